/* What a comparison knows of metrics by name: which way is better, and which are compared
 * when nobody says which.
 *
 * Patterns are those of the shell (fnmatch): * stands for anything, dots too.  A pattern
 * is held against the whole name and against the name without its @phase, so that
 * "apps.*.failure_ratio" means every window and "*@outage" one.
 */
#ifndef SIM_STUDY_COMPARE_METRICS_H
#define SIM_STUDY_COMPARE_METRICS_H

#include <stdbool.h>
#include <stdint.h>

enum compare_better { BETTER_NEITHER, BETTER_LOWER, BETTER_HIGHER };

/* NEITHER of a metric that nobody minds: more ports in use is not worse by itself. */
enum compare_better compare_better(const char *name);

/* "lower", "higher", "neither". */
const char *compare_better_name(enum compare_better better);

bool compare_matches(const char *pattern, const char *name);

/* Whether the metric is compared: it matches one of the patterns, or, if there are none,
 * it is one of those that users and allocators are judged by. */
bool compare_wants(const char *const *patterns, uint32_t count, const char *name);

#endif
