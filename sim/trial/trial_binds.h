/* What a run keeps of its choices of ports, for binds.csv: numbers while it runs, texts
 * when somebody reads a row.
 *
 *     a choice    48 bytes, up to BINDS_MAX
 *
 * Needs the world's tracer for itself while the run is under way.
 */
#ifndef SIM_TRIAL_TRIAL_BINDS_H
#define SIM_TRIAL_TRIAL_BINDS_H

#include "models/world.h"
#include "sim/results/run_binds.h"

enum trial_binds_wanted { BINDS_NONE, BINDS_FAILURES, BINDS_ALL };

struct trial_binds;

/* NULL with BINDS_NONE.  `config` must outlive it. */
struct trial_binds *trial_binds_new(enum trial_binds_wanted wanted, struct world *w,
                                    const struct world_config *config);

/* Takes from the world what the rows need; it may end now. */
void trial_binds_end(struct trial_binds *b);

/* NULL of NULL. */
const struct run_binds *trial_binds_rows(const struct trial_binds *b);

void trial_binds_free(struct trial_binds *b); /* NULL is allowed */

#endif
