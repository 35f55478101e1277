/* The film of one run at leisure: simulated again only to be filmed, every pool as finely
 * as asked for, of which the fullest is kept.
 *
 * The same events as trial_run() of the same plan, seed and replication 1.
 *
 *     cost      the run, and of each frame a look (port_film.h); at each change a look
 *               after every event
 *     memory    two bytes a cell and frame
 */
#ifndef SIM_TRIAL_FILM_TAKE_H
#define SIM_TRIAL_FILM_TAKE_H

#include <signal.h>

#include "sim/results/run_film.h"
#include "sim/trial/trial_log.h"
#include "sim/trial/trial_plan.h"

/* A film "at each change" of a range with more ports would be nothing but frames. */
#define FILM_CHANGES_PORTS 64
#define FILM_FRAMES_MAX    20000

struct film_order {
    const struct trial_plan *plan;
    const char *host, *pool; /* NULL: any */
    uint32_t cells;          /* at most; even, up to FILM_CELLS_MAX */
    sim_ns every;            /* between frames; 0: at each change */
    const sim_ns *also;      /* by time: moments that have frames of their own */
    uint32_t also_count;
    const volatile sig_atomic_t *stop; /* as in struct trial_watch, or NULL */
    void (*progress)(void *context, sim_ns now, sim_ns end, uint64_t events);
    void *context;
};

struct film_frame {
    struct run_film_row row;
    uint64_t failures; /* of all applications, up to then */
};

struct film_take {
    struct film_grid grid;
    struct film_frame *frames; /* by time; the first is at 0 */
    uint32_t count;
    struct trial_log log;  /* of the run; points into the plan */
    sim_ns end;            /* how far it came */
    uint64_t fingerprint;  /* of the run, if it came to its end */
    bool stopped, crowded; /* crowded: more changes than FILM_FRAMES_MAX, the rest is not
                              there */
    struct film_take_storage *storage;
};

/* NULL if no host connects from such a pool; at each change only small ones are filmed.
 */
struct film_take *film_take_new(const struct film_order *order);
void film_take_free(struct film_take *t); /* NULL is allowed */

/* The last frame that is not after that moment. */
uint32_t film_take_at(const struct film_take *t, sim_ns when);

/* Failed attempts per second since the frame before, or the last that is a second old: a
 * failure between two frames of a millisecond is no thousand a second. */
double film_take_failures(const struct film_take *t, uint32_t frame);

/* The last event of the log not after that moment; NULL if there was none. */
const struct run_event *film_take_event(const struct film_take *t, sim_ns when);

#endif
