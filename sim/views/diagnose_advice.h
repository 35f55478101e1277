/* What would help, and what would only put it off: computed for the case from closed
 * forms on measured rates, so theory, and said to be.
 */
#ifndef SIM_VIEWS_DIAGNOSE_ADVICE_H
#define SIM_VIEWS_DIAGNOSE_ADVICE_H

#include "sim/views/diagnose.h"

enum advice_kind {
    ADVICE_HELPS, /* the measured demand fits */
    ADVICE_EASES, /* better, but it does not fit */
    ADVICE_DELAYS /* the same again, later */
};

struct advice {
    const char *name; /* "fin-wait-2-60s" */
    enum advice_kind kind;
    struct text what;   /* "FIN_WAIT_2 at 60 s" */
    struct text effect; /* "5,740 of 16,384 ports" */
    double need;        /* ports; NaN: not of that kind */
    double capacity;    /* ports there would be */
    double seconds;     /* delay won, or until all is well; NaN */
};

/* "would help, by theory": what stands above those of a kind. */
const char *advice_title(enum advice_kind kind);

#define ADVICE_MOST 16

/* Fills `out` with what fits the verdict, helps first; returns how many. */
uint32_t advice_for(const struct verdict *v, struct advice out[ADVICE_MOST]);
void advice_free(struct advice *list, uint32_t count);

#endif
