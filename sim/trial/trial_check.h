/* Rules of a scenario that span its entries: what belongs to whom, and what ends when. */
#ifndef SIM_TRIAL_TRIAL_CHECK_H
#define SIM_TRIAL_TRIAL_CHECK_H

#include "sim/base/field.h"

/* The check of the root table; `self` is a struct trial_config.  Cost: O(n log n) in
 * addresses and paths. */
void trial_check(const void *self, const struct field_check *check);

#endif
