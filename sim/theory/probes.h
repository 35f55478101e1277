/* What one choice of a port costs while a share of the ports is taken, in closed form
 * [MODEL.md D5].
 *
 * A curve belongs to an order of candidates.  What is taken matters to a search as much
 * as how much of it: draws that forget each other do not care, a walk does, since it
 * builds the runs of taken ports that the next one must pass.
 */
#ifndef SIM_THEORY_PROBES_H
#define SIM_THEORY_PROBES_H

#include "sim/theory/search.h"

struct theory_probe_curve {
    const char *name;  /* "1/(1-a): drawn anew at random" */
    const char *holds; /* when it is exact, in a few words */
    bool (*of)(const struct theory_search *s);
    /* Candidates examined while a share of 0 .. 1 of `ports` is taken: the mean, and what
     * 99 of 100 choices do not exceed.  NaN where it says nothing; `p99` may be NULL. */
    double (*mean)(const struct theory_search *s, uint32_t ports, double taken);
    double (*p99)(const struct theory_search *s, uint32_t ports, double taken);
};

#define THEORY_PROBE_CURVES 5

extern const struct theory_probe_curve theory_probe_curves[THEORY_PROBE_CURVES];

#endif
