/* Which points of a study are wanted: an expression over the values of its axes.
 *
 *     hosts.a.tcp.range[0] < hosts.a.tcp.range[1]
 *     apps.x.arrivals.rate <= 300/s or not (hosts.a.stack == win10)
 *
 * A comparison has an axis on at least one side, a value or another axis on the other,
 * and one of == != < <= > >= between them; values with blanks or signs stand in quotes.
 * Numbers, durations and rates are compared as what they are ("1min" == "60s"), anything
 * else is equal or not.  `and` binds more than `or`.
 */
#ifndef SIM_STUDY_FILTER_H
#define SIM_STUDY_FILTER_H

#include <stdbool.h>

#include "sim/study/points/axes.h"

struct filter;

/* NULL after a complaint, at a column of `text`, whose name in messages is `source`. */
struct filter *filter_read(const char *text, const char *source,
                           const struct study_axes *axes, struct issues *issues);
void filter_free(struct filter *f); /* NULL is allowed */

/* `values`: one text for each axis; NULL: the scenario has none there, and no comparison
 * holds. */
bool filter_holds(const struct filter *f, const char *const *values);

#endif
