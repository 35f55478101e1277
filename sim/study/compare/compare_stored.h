/* Sides of a comparison that nobody simulates now: from a baseline, and from studies. */
#ifndef SIM_STUDY_COMPARE_STORED_H
#define SIM_STUDY_COMPARE_STORED_H

#include "sim/results/baseline.h"
#include "sim/study/compare/compare.h"
#include "sim/study/store/store.h"

/* --- baselines ---------------------------------------------------------------------- */

/* The case of that name; NULL: the baseline has none. */
const struct baseline_case *compare_baseline_case(const struct baseline *b,
                                                  const char *name);

/* Fills an empty side with the metrics that the patterns want. */
void compare_side_of_baseline(struct compare_side *side, const struct baseline_case *c,
                              const char *const *patterns, uint32_t count);

/* Writes the sides B of the cases.  Their runs must be replications 1, 2, ... */
bool compare_baseline_write(const char *path, const struct compare_case *cases,
                            uint32_t count, struct results_error *error);

/* --- studies ------------------------------------------------------------------------ */

struct compare_studies {
    struct compare_case *cases; /* compare_cases_free() */
    uint32_t count;
    uint32_t only_a, only_b; /* points that the other study has not */
    uint32_t replications;   /* of the case with most pairs */
};

/* One case for each point that both studies have: that of the same settings, whatever
 * scenario they vary; so two allocators, or two versions of the program, meet load by
 * load.  False on an error; the cases are the caller's either way. */
bool compare_studies(struct study_store *a, struct study_store *b,
                     const char *const *patterns, uint32_t count,
                     struct compare_studies *out, struct results_error *error);

#endif
