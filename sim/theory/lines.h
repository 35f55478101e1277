/* Everything closed forms say of a scenario, line by line [MODEL.md D].
 *
 * For the whole run where the scenario stays as it is, and for each of its phases in
 * which it does.  What has no closed form is a gap with its reason.
 */
#ifndef SIM_THEORY_LINES_H
#define SIM_THEORY_LINES_H

#include <stdint.h>

#include "sim/base/texts.h"

struct trial_plan;

struct theory_line {
    const char *about;    /* "apps.web", "hosts.proxy.tcp4" */
    const char *phase;    /* NULL: the whole run after the warm-up */
    const char *quantity; /* "attempts that fail" */
    const char *formula;  /* "Erlang B" */
    const char *metric;   /* the simulated one, with its phase; NULL: none */
    const char *unit;     /* as metrics have it: "1", "s", "ports" */
    double value;
    const char *doubt; /* why it is approximate; NULL: exact */
};

/* Where no closed form applies, and why. */
struct theory_gap {
    const char *about, *phase, *why;
};

struct theory_lines {
    struct theory_line *at; /* by phase, then apps, then pools */
    uint32_t count;
    struct theory_gap *gaps;
    uint32_t gap_count;
    struct texts texts;
};

struct theory_lines theory_lines_of(const struct trial_plan *plan);
void theory_lines_free(struct theory_lines *t);

#endif
