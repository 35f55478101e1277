/* The figures of one pool of ports, put together for a judgement.
 *
 * Everything comes from the record: the knobs an administrator knows (struct run_pool,
 * and changes under "hosts." in the log), metrics, series and census.  What a scenario
 * does to its servers is not asked for.  A capture of a real machine is a record of one
 * pool and one census, without metrics, log and series: what those would have told is NaN
 * then, and the judgement goes "as far as a single snapshot can tell".
 *
 * Choices that fail come in spells.  Judged are the spells between two changes of the
 * host's knobs: the first such stretch, unless in a later one more than twice as many
 * choices failed.
 */
#ifndef SIM_VIEWS_DIAGNOSE_CASE_H
#define SIM_VIEWS_DIAGNOSE_CASE_H

#include <stdbool.h>

#include "sim/results/run_record.h"
#include "sim/views/tally.h"

/* Kinds of sockets or mappings by what ends them. */
enum hold_kind {
    HOLD_OPEN,       /* the users: ESTABLISHED and what leads to and from it */
    HOLD_FIN_WAIT_2, /* of the kernel: ends by its timer, or by the peer's FIN */
    HOLD_TIME_WAIT,
    HOLD_HALF_CLOSED, /* FIN_WAIT_2 whose descriptor is kept */
    HOLD_CLOSE_WAIT,
    HOLD_BOUND,
    HOLD_SYN_SENT,
    HOLD_KINDS
};

/* A stretch of time. */
struct stretch {
    sim_ns begin, end;
};

/* How connections flow through the pool, by Little's law over the judged stretch; NaN
 * where the record cannot tell. */
struct flow {
    double demand;            /* attempts a second */
    double admitted;          /* of them those that got a port */
    double hold[HOLD_KINDS];  /* seconds of each kind a connection costs in the mean */
    double share[HOLD_KINDS]; /* of the timed kinds: connections that come to it */
    double need;              /* ports for all of the demand; INFINITY: nothing ends */
    double growth; /* ports a second that came and did not go, before the first failure */
};

struct pool_case {
    const struct run_record *record;
    const struct run_pool *pool;
    bool snapshot; /* no series: a capture */

    /* in force during the stretch */
    double capacity; /* ports */
    uint16_t low, high;
    sim_ns time_wait, fin_wait_2;
    bool narrowed; /* by a change in mid-run, before the first failure */

    /* By port scope, or where bind() comes first, all holders compete for the capacity;
     * by tuple scope those of one destination: `crowd`, the busiest. */
    bool by_port;
    const struct tally_row *crowd; /* NULL: everybody */
    uint32_t remotes;              /* addresses and ports of the crowd; 1 if not known */
    double busiest;                /* sockets toward the busiest of them */
    double room;                   /* ports for the crowd */

    bool exhausted; /* a choice failed; of a snapshot: no port is left */
    bool recovered;
    sim_ns first, last; /* failed choice of the run; last: the end if it goes on */
    uint32_t spells;
    struct stretch stretch; /* judged: what the means below are over */

    double in_use, in_use_max; /* ports, in the stretch */
    double chosen, failed;     /* choices, of the whole run */
    double probes, probes_p99;
    double refused;    /* clients turned away */
    double collisions; /* with sockets that linger at the peer */
    double collision_delay, collision_failures;

    double kinds[HOLD_KINDS]; /* sockets that hold a port, means */
    double held;              /* their sum */
    struct tally states, destinations;

    /* from the census of one moment in the stretch; false: there is none */
    bool counted;
    sim_ns moment;
    double counted_kinds[HOLD_KINDS];
    struct tally toward[HOLD_KINDS]; /* destinations */
    struct tally by[HOLD_KINDS];     /* processes */
    struct tally peers;              /* states at the other end of the main destination */

    struct flow flow;
};

/* Fills `c` for one pool of the record, which must outlive it. */
void pool_case_of(struct pool_case *c, const struct run_record *record,
                  const struct run_pool *pool);

/* Value of "hosts.<host>.<pool>.<name>" for the whole run, NaN when it is not there. */
double case_metric(const struct pool_case *c, const char *name);

/* The kind with most holders. */
enum hold_kind case_main_kind(const struct pool_case *c);

/* "FIN_WAIT_2": the state of a kind. */
const char *hold_kind_state(enum hold_kind kind);

/* Whether connections of the app come by this pool: as a host's own, as a proxy's, or
 * through a gateway. */
bool case_carries(const struct pool_case *c, const struct run_app *app);

/* The part of a kind's sockets that is the crowd's. */
double case_crowd_part(const struct pool_case *c, enum hold_kind kind);

/* Where the pool's sockets of this app go: its server, or the proxy. */
void case_destination(const struct pool_case *c, const struct run_app *app,
                      char out[256]);

/* How near the pool is to its end, 1: there.  By port scope all holders count, by tuple
 * scope those of the busiest destination. */
double case_wall(const struct pool_case *c);

/* Means of each kind over a stretch, by the series; and their states. */
void case_kinds_over(const struct pool_case *c, struct stretch w,
                     double kinds[HOLD_KINDS], struct tally *states);

/* Samples of the series within the judged stretch. */
uint32_t case_samples(const struct pool_case *c);

/* Mean of a column of the series over a stretch; NaN without one. */
double series_mean(const struct run_record *r, struct stretch s, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
