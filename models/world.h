/* Everything simulated in one trial: hosts, links, TCP, applications, and the event loop.
 *
 * A world is a function of (configuration, traces, seed, replication) and nothing else;
 * it opens no file and prints nothing.  It belongs to one thread; any number may live
 * side by side.
 */
#ifndef MODELS_WORLD_H
#define MODELS_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/app.h"
#include "models/notes.h"
#include "models/path.h"
#include "sim/base/metrics.h"
#include "sim/base/socket_row.h"

struct world_config {
    struct network_config network;
    struct field_list hosts; /* struct host_config */
    struct field_list paths; /* struct path_config */
    struct field_list apps;  /* struct app_config */
};

struct net;
struct world;

/* `config` and `traces` (one for each app) must outlive the world. */
struct world *world_new(const struct world_config *config,
                        const struct arrival_trace *traces, uint64_t seed,
                        uint32_t replication);
void world_free(struct world *w);

/* Why world_run() returned. */
enum world_pause {
    WORLD_BUDGET_SPENT, /* 0: there is more to do */
    WORLD_ARRIVED,      /* the clock stands at `until` */
    WORLD_NOTED,        /* a model wrote a note during the last event */
};

/* Runs events up to and including `until`, at most `budget` of them. */
enum world_pause world_run(struct world *w, sim_ns until, uint64_t budget);

/* From now on world_run() returns also after each event that leaves a note. */
void world_pause_at_notes(struct world *w);

/* The configuration from this moment on: the same hosts, paths and apps with other
 * values.  Running timers keep their deadline unless the stack moves them
 * (tcp.timer_change), segments under way their arrival. */
void world_reconfigure(struct world *w, const struct world_config *config);

/* Writes the notes that only the end of a run can know. */
void world_end(struct world *w);

sim_ns world_now(const struct world *w);
const sim_ns *world_clock(const struct world *w);
struct metrics *world_metrics(struct world *w);
const struct notes *world_notes(const struct world *w);

/* The parts TCP works with, for whoever drives sockets without users (tests do). */
struct net *world_net(struct world *w);

/* Calls `see` for every live socket, in the order of their numbers.  Cost: one pass over
 * all records and all events that wait. */
void world_sockets(const struct world *w,
                   void (*see)(void *context, const struct socket_row *), void *context);

/* The world as models/socket_rows.h looks at it; valid until world_reconfigure(). */
struct socket_scene;
struct socket_scene world_scene(const struct world *w);

struct world_totals {
    uint64_t events;      /* handled; cancelled ones are not counted */
    uint64_t connections; /* sockets opened by connect() */
    uint64_t fingerprint; /* of (time, event, sockets, port) of every event and choice */
    uint64_t live;        /* sockets now, both ends */
    uint64_t records;     /* of sockets, free ones included: what one pass looks at */
};
struct world_totals world_totals(const struct world *w);

/* Held by sockets, ports, events, sessions.  Cost: a pass over the members of all hosts.
 */
size_t world_bytes(const struct world *w);

#endif
