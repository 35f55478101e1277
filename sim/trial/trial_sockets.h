/* Which sockets there are, at moments of a run: counted by what they have in common, and
 * kept one by one where the scenario asks for it.
 *
 * Counted are
 *
 *   - at moments of their own: the first failure of each app, the first exhaustion of
 *     each pool, the ends of phases, the changes, the end of the run; with the addresses
 *     of entries that have 64 or fewer;
 *   - at 60 moments in between, evenly spaced, or every so often if the scenario says so;
 *     the members of an entry together.
 *
 * What it costs is bounded by a rule over simulated things only, so that the same run
 * says the same on every machine.  One of the 60 moments is left out with more than a
 * million sockets, or when there have been fewer events since the last look than
 * LOOK_EVENTS for each record that a look must pass over (1,000 of them are always
 * looked at): looks then take less than 3 % of the run's time.  Of the moments of their
 * own at most 100 are looked at.
 */
#ifndef SIM_TRIAL_TRIAL_SOCKETS_H
#define SIM_TRIAL_TRIAL_SOCKETS_H

#include "sim/results/run_record.h"
#include "sim/trial/trial_plan.h"

struct trial_sockets;

/* `world` must outlive the calls that look at it. */
struct trial_sockets *trial_sockets_new(const struct trial_plan *plan,
                                        struct world *world);
void trial_sockets_free(struct trial_sockets *t); /* NULL is allowed */

/* The next moment at which to look; SIM_NEVER: none is left. */
sim_ns trial_sockets_next(const struct trial_sockets *t);

/* That moment has come. */
void trial_sockets_look(struct trial_sockets *t);

/* The world paused because of a note. */
void trial_sockets_noted(struct trial_sockets *t);

/* The run is over, or was stopped. */
void trial_sockets_end(struct trial_sockets *t);

/* True once every moment that the scenario asks for was kept. */
bool trial_sockets_kept(const struct trial_sockets *t);

/* Gives them to a record, which points into `t`. */
void trial_sockets_fill(const struct trial_sockets *t, struct run_record *r);

#endif
