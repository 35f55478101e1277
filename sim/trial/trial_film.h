/* The film of a run's ports: which states held them, at up to 200 moments.
 *
 * Filmed are pools that a host connects from or a gateway translates to: of its first
 * member, on its first address.  Of more than four that were used those are kept that
 * were fullest.
 *
 * What it costs is bounded by a rule over simulated things only, so that the same run
 * says the same on every machine.  A look passes over records of sockets, and over ports,
 * four of which count as one record; a run may pass over one for each two events, and 3
 * million besides, spread evenly over its time.  A look beyond that is left out, and the
 * one before lasts longer.  Measured in instructions: 1.9 % of a run of a million sockets
 * and 1.5 million events, 5 % of one that fills three pools within 0.4 s (20 ms).  The
 * last moment is always looked at.
 */
#ifndef SIM_TRIAL_TRIAL_FILM_H
#define SIM_TRIAL_TRIAL_FILM_H

#include "sim/results/run_record.h"
#include "sim/trial/trial_plan.h"

struct trial_film;

/* `world` must outlive the calls that look at it. */
struct trial_film *trial_film_new(const struct trial_plan *plan, struct world *world);
void trial_film_free(struct trial_film *f); /* NULL is allowed */

/* The next moment at which to look; SIM_NEVER: none is left. */
sim_ns trial_film_next(const struct trial_film *f);

/* That moment has come. */
void trial_film_look(struct trial_film *f);

/* The run is over, or was stopped. */
void trial_film_end(struct trial_film *f);

/* Gives it to a record, which points into `f`. */
void trial_film_fill(struct trial_film *f, struct run_record *r);

#endif
