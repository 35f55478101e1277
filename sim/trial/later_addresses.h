/* The addresses that hosts get in mid-run: the world needs room for all of them from the
 * beginning.
 */
#ifndef SIM_TRIAL_LATER_ADDRESSES_H
#define SIM_TRIAL_LATER_ADDRESSES_H

#include "sim/trial/trial_plan.h"

struct issues;

/* Fills `later` of the hosts of a plan with changes, in a copy of its configuration.
 * Complains of a change that leaves a host no address of a family it was given one of. */
void later_addresses_find(struct trial_plan *plan, struct issues *issues);
void later_addresses_free(struct trial_plan *plan);

#endif
