/* The judgement of a pool in words, paragraph by paragraph: for a screen
 * (diagnose_print.c) and for a page (report_verdict.c).
 *
 * Names of hosts and applications stand in them as the record has them: whoever shows the
 * words sees to it that they are only shown.
 */
#ifndef SIM_VIEWS_DIAGNOSE_WORDS_H
#define SIM_VIEWS_DIAGNOSE_WORDS_H

#include "sim/views/diagnose.h"

/* Beside one for each cause: when, pool, held, note. */
#define VERDICT_PARAGRAPHS (VERDICT_CAUSES + 4)

struct verdict_paragraph {
    const char *label; /* "when", "cause", "innocent" */
    struct text text;
};

struct verdict_words {
    struct text headline; /* "proxy ran out of local ports (tcp4)" */
    bool bad;             /* attempts fail for that */
    struct verdict_paragraph at[VERDICT_PARAGRAPHS];
    uint32_t count;
};

/* What would help is told by diagnose_advice.h. */
void verdict_words_of(struct verdict_words *w, const struct verdict *v);
void verdict_words_free(struct verdict_words *w);

/* A pool beside the first, in a line; it has a main cause. */
void verdict_brief(const struct verdict *v, struct text *out);

#endif
