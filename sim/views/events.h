/* The log of a run as an operator reads it: when, where, who, what.
 *
 * Takes the lines of the run record as they are; the same record gives the same bytes.
 * As CSV they are those of events.csv.
 */
#ifndef SIM_VIEWS_EVENTS_H
#define SIM_VIEWS_EVENTS_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/results/run_record.h"

/* Which lines; NULL: any. */
struct events_filter {
    const char *kind; /* "exhaustion-begins", or its beginning up to a hyphen */
    const char *host;
    const char *process;
    sim_ns from, until; /* both belong to it */
};

enum events_format { EVENTS_TEXT, EVENTS_CSV, EVENTS_JSON };

bool events_match(const struct events_filter *f, const struct run_event *e);

/* Every kind of line there is; ends with a row without a name. */
struct events_kind {
    const char *name, *help;
};
extern const struct events_kind events_kinds[];

/* For words_nearest(). */
const char *events_kind_name(uint32_t index);

/* True if a filter for `word` can match any line. */
bool events_kind_exists(const char *word);

void events_print(FILE *out, const struct run_record *record,
                  const struct events_filter *filter, enum events_format format);

#endif
