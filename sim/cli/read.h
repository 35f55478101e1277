/* Reading a scenario for a command: options in, plan out, complaints printed. */
#ifndef SIM_CLI_READ_H
#define SIM_CLI_READ_H

#include <stdint.h>

#include "sim/scenario/issues.h"
#include "sim/trial/trial_plan.h"

/* Reads `name` (a file, or a scenario of the library).  On failure prints every complaint
 * on stderr, returns NULL and sets *status.  `*issues` belongs to the caller either way
 * and must outlive the plan. */
struct trial_plan *read_plan(const char *name, const char *const *settings,
                             uint32_t setting_count, struct issues **issues, int *status);

#endif
