/* Everything one run leaves behind, as the trial hands it over and as it is read back.
 *
 * Of several replications the metrics and requirements are estimates over all of them;
 * everything else is replication 1's.
 *
 * A plain struct that points to what others own: whoever fills it keeps the texts and
 * arrays alive while it is used.  Order is kept everywhere: metrics and events are
 * written, read and printed as they stand here.
 */
#ifndef SIM_RESULTS_RUN_RECORD_H
#define SIM_RESULTS_RUN_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/socket_row.h"
#include "sim/base/time.h"
#include "sim/results/series.h"

enum run_status { RUN_COMPLETE, RUN_INTERRUPTED };

struct run_metric {
    const char *name;  /* whole path, with @phase if it has one */
    const char *unit;  /* "1", "s", "ports" */
    double value;      /* NaN: null, the metric has no value; of several replications the
                          mean of those that have one, of a quantile that of them all */
    double half_width; /* of its interval; NaN: null, one replication */
    uint32_t runs;     /* of a study: the replications that have a value */
};

enum run_verdict { RUN_HOLDS, RUN_FAILS, RUN_UNDECIDED };

struct run_requirement {
    const char *expression; /* as the scenario states it */
    double value;           /* what the metric was; NaN: null */
    enum run_verdict verdict;
    double half_width; /* of a study, as in struct run_metric */
    uint32_t runs;
};

/* One line of the log an operator would see.  Absent texts are NULL or "". */
struct run_event {
    sim_ns when;
    const char *host;
    const char *process;
    const char
        *kind; /* "change", "exhaustion-begins", "exhaustion-ends", "first-failure" */
    const char *detail; /* "hosts.proxy.tcp.fin_wait_2 = 1min" */
};

/* What an administrator knows of a pool of a host, or of a gateway's outside ports, as it
 * was when the run began; later knobs are lines of the log, kind "change". */
struct run_pool {
    const char *host;
    const char *pool;  /* "tcp4" */
    const char *stack; /* row of `list stacks`, of a gateway of `list nats` */
    const char *allocator;
    const char *scope; /* "port", "tuple", "mixed": of the conflict test */
    bool exhaustive;   /* a search that fails has looked at every port */
    uint16_t low, high;
    uint16_t usual_low, usual_high; /* of that system unchanged */
    uint32_t reserved;              /* ports of the range that are never chosen */
    uint32_t block; /* ports of one inside host at most; 0: no such limit */
    uint32_t addresses, members;
    const char *failure; /* what connect() says without a port */
    sim_ns time_wait;
    sim_ns fin_wait_2;     /* SIM_NEVER: no limit */
    uint32_t client_limit; /* accepted connections a member may have; 0: no such limit */
    const char *gateway;   /* translates what leaves the host; NULL: nobody does */
    bool translates;       /* a gateway: its timers are those of TIME_WAIT and FIN_WAIT */
};

/* What is known of an application beforehand. */
struct run_app {
    const char *name;
    const char *from, *through; /* hosts; through: NULL without a proxy */
    const char *to;             /* "cifs:445" */
    const char *pool;           /* "tcp4" */
    const char *process;        /* that opens its sockets on `from` */
    const char *face;           /* what its users would call it; NULL: the name says it */
    const char *binds;          /* how whoever connects to `to` finds its port: "connect",
                                   "bind-zero", "bind-no-port", "explicit" */
    uint16_t ring_low, ring_high; /* ports the program itself hands out; 0: none */
};

/* Sockets alike, counted: a line of sockets/census.csv. */
struct run_census_row {
    sim_ns when;
    const char *host;
    const char *pool;
    const char *process; /* "": the kernel's */
    uint32_t pid;
    const char *state;
    const char *local;       /* address, or address:port of a socket that accepts */
    const char *remote;      /* address:port, or address of the client of such a socket */
    const char *destination; /* "cifs:445", as in the metrics; "" where it accepts */
    bool ephemeral;          /* each holds a port of the range */
    bool owned;              /* a process has the descriptors */
    uint64_t count;
};

/* A moment whose sockets were kept one by one: sockets/<name>.csv. */
struct run_snapshot {
    const char *name; /* "first-failure", "T1234.5" */
    sim_ns when;
    const struct socket_row *rows; /* in the order of their numbers, listeners first */
    size_t count;
};

/* What choices of ports cost while so much of a pool was taken: a line of probes.csv. */
struct run_probes {
    const char *host;
    const char *pool;
    double low, high;  /* of the shares taken; both 1: no port was free */
    uint64_t choices;  /* made then, in the whole run, warm-up included */
    uint64_t failures; /* that found no port */
    double mean;       /* candidates examined, failures included */
    double p50, p99;   /* within 1.6 % */
    uint32_t max;
};

/* Which states held the ports of a pool at a moment: a line of ports.csv (run_film.h). */
struct run_film_row {
    const char *host;
    const char *pool;
    const char *local; /* the address whose ports they are, of the first member */
    uint16_t low, high;
    uint16_t group, step; /* ports of a cell, how far apart they are */
    sim_ns when;
    uint32_t held, capacity; /* ports held, and those that may be chosen */
    const char *states;      /* a letter for each cell */
    const char *filled;      /* a digit for each cell */
};

/* How many values of a metric of samples lay in low <= value < high, in the metric's
 * unit, in the window of the whole run: a line of distributions.csv. */
struct run_bucket {
    const char *metric; /* "hosts.proxy.tcp4.reuse_interval_s" */
    double low, high;   /* at most 1/32 of it apart, or 1 */
    uint64_t count;
};

/* How often sockets of a host went from one state of TCP to another, in the whole run,
 * warm-up included: a line of transitions.csv. */
struct run_transition {
    const char *host;
    unsigned from, to; /* run_tcp_states[]; CLOSED: no socket */
    uint64_t count;
};

/* The states as result files name them; NULL ends them. */
extern const char *const run_tcp_states[];

/* A port, and the one that followed it toward the same destination: a line of
 * successors.csv, of pools whose host asks for it. */
struct run_successor {
    const char *host;
    const char *pool;
    uint16_t last, next;
};

struct run_binds; /* run_binds.h */
struct run_study; /* run_study.h */
struct run_band;  /* run_bands.h */

struct run_record {
    const char *version;  /* of the program that ran it; NULL: this one */
    const char *scenario; /* its name */
    uint64_t seed;
    uint32_t replications;
    enum run_status status;
    sim_ns simulated; /* how far it came */
    uint64_t events;
    uint64_t connections;
    uint64_t fingerprint;

    const struct run_metric *metrics;
    size_t metric_count;
    const struct run_requirement *requirements;
    size_t requirement_count;
    const struct run_event *log; /* in order of time */
    size_t log_count;
    const struct series *series;
    const char *resolved_scenario; /* JSON text; NULL when it was taken away */

    const struct run_pool *pools; /* by host and pool */
    size_t pool_count;
    const struct run_app *apps;
    size_t app_count;
    const struct run_census_row *census; /* by moment, host, and then by the texts */
    size_t census_count;
    const struct run_snapshot *snapshots; /* by moment */
    size_t snapshot_count;
    const struct run_probes *probes; /* by host, pool and share taken */
    size_t probe_count;
    const struct run_successor *successors; /* by host and pool, as they came */
    size_t successor_count;
    const struct run_film_row *film; /* by host, pool and moment */
    size_t film_count;
    const struct run_bucket *distributions; /* by metric and value */
    size_t distribution_count;
    const struct run_transition *transitions; /* by host and states */
    size_t transition_count;
    const struct run_binds *binds; /* NULL: nobody asked for them, or read back */
    const struct run_study *study; /* NULL: one run, and nothing was estimated */
    const struct run_band *bands;  /* of all replications, by metric and time */
    size_t band_count;
};

/* "complete", "interrupted"; "holds", "fails", "undecided". */
const char *run_status_name(enum run_status status);
const char *run_verdict_name(enum run_verdict verdict);

/* The other way; false if there is no such word. */
bool run_status_find(const char *name, enum run_status *out);
bool run_verdict_find(const char *name, enum run_verdict *out);

/* NULL when the record has no metric of that name.  Looks through all of them. */
const struct run_metric *run_record_metric(const struct run_record *r, const char *name);

#endif
