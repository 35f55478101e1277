/* A capture as a record that `diagnose` judges like a run's, without log and series.
 *
 * What the capture does not say is assumed and told: the system by the tool's platform,
 * the range by the system's default.  Where ports are told apart by 4-tuple, each local
 * address has its pool toward each destination; where a port is taken for the whole
 * machine there is one, of as many addresses as are seen to share a port.  Ports of the
 * range on which somebody listens are never chosen: they count as reserved.
 *
 * Linux gives connect() ports of one parity first, toward every destination [KERNEL.md
 * P1; MODEL.md A3.3].  Where more than half of the range is held, no destination has half
 * of it, and still no port serves two, bind() gave them: then each port counts once.
 */
#ifndef SIM_VIEWS_CAPTURE_RECORD_H
#define SIM_VIEWS_CAPTURE_RECORD_H

#include "models/stack.h"
#include "sim/views/capture.h"
#include "sim/views/capture_census.h"

/* The busiest are judged. */
#define CAPTURE_POOLS     16
#define CAPTURE_POOL_NAME 112 /* two addresses, a port and a word */

struct capture_question {
    const char *stack;       /* row of `list stacks`; NULL: by the platform */
    struct port_range range; /* high 0: the stack's */
    const char *destination; /* only sockets toward this one; NULL: toward all */
};

struct capture_record {
    struct run_record record;
    struct run_pool pools[CAPTURE_POOLS];
    char names[CAPTURE_POOLS][CAPTURE_POOL_NAME];
    struct run_census_row *rows; /* of the record, their hosts the pools' */
    struct capture_census census;
    const struct stack_row *stack;
    struct port_range range;
    uint32_t listening[POOL_COUNT]; /* ports of the range with a listener */
    bool halves;                    /* connect() tries one parity before the other */
    bool bound[POOL_COUNT];         /* bind() gave the ports */
    struct run_app program;         /* that did so, if there is one */
    bool stack_assumed, range_assumed;
};

/* Fills `out`, which then points into itself and into the capture: neither may move.
 * False and *error if there is no such stack. */
bool capture_record_of(const struct capture *c, const struct capture_question *q,
                       struct capture_record *out, struct results_error *error);
void capture_record_free(struct capture_record *r);

#endif
