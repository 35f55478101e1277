/* Users of an application: they arrive, connect, stay, leave, fail and come again.
 *
 * A session is one attempt with all its tries and the sockets it holds: the client's, the
 * server's, and with a proxy the two in between.  It exists only while an application
 * holds one of them; a socket lingering in TIME_WAIT has none.  What a proxy does in it
 * is in models/proxy_session.h.
 *
 * Everything chance decides about a session (member, lifetime, behaviour at close) is
 * drawn when its user arrives, from a stream for each purpose, whether or not a port is
 * found: two runs that differ in a timer see the same users.  What is drawn later, if at
 * all (how late a close is, how long a query is thought about, the jitter of a retry), is
 * drawn from the user's own part of its stream: whoever else came through does not
 * matter.
 *
 * Cost: 64 bytes an open session, and 4 where an app draws later.
 */
#ifndef MODELS_SESSION_H
#define MODELS_SESSION_H

#include "models/app.h"
#include "models/net.h"
#include "models/spell.h"

enum app_metric {
    APP_ATTEMPTS,
    APP_SUCCESSES,
    APP_FAILURES,
    APP_FAILURE_RATIO,
    APP_TRIES,
    APP_FAILED_TRIES,
    APP_TRY_FAILURE_RATIO,
    APP_TRIES_PER_ATTEMPT,
    APP_RESETS,
    APP_STOPPED,
    APP_OPEN,
    APP_IDLE,
    APP_REUSED,
    APP_OPENED,
    APP_IN_LINE,
    APP_STALE,
    APP_LOCAL,
    APP_CACHE_LOOKUPS,
    APP_CACHE_HITS,
    APP_CACHE_HIT_RATIO,
    APP_CONNECT_DELAY,
    APP_FIRST_FAILURE,
    APP_LAST_FAILURE,
    APP_FAILURES_BY_CODE, /* + enum failure - 1 */
    APP_METRIC_COUNT = APP_FAILURES_BY_CODE + FAILURE_COUNT - 1
};

/* One row for each of enum app_metric, under "apps.<app>". */
extern const struct metric_def app_metrics[APP_METRIC_COUNT];

struct client_pool;
struct idle_pool;

struct app {
    const struct app_config *config;
    const struct arrival_trace *trace;
    struct event_timer next_arrival;
    uint32_t arrived;        /* so far: the next row of a trace */
    uint32_t next_target;    /* round robin over the server's addresses */
    uint32_t metric;         /* of the first of enum app_metric */
    struct idle_pool *pools; /* idle connections of each member of its proxy, or of its
                                own host; NULL until the first */
    struct client_pool *clients; /* of each member of its host; NULL: no pool */
    struct cache *cache;         /* NULL: none */
    uint64_t failures;
    sim_ns last_failure;
    uint32_t codes;      /* bits of enum failure that a try has met */
    struct spell resets; /* of open connections */
    struct random_stream arrivals, members, lifetimes, behaviours, delays, vanishings;
    struct random_stream leaks, proxy_leaks, jitters, names, locals, answers;
};

struct session;
struct session_mates;

struct sessions {
    struct net *net;
    struct notes *notes;
    struct app *apps;
    uint32_t app_count;
    struct session *at; /* [1 .. used] */
    uint32_t *names;    /* [capacity] that sessions of apps with a cache are for; NULL:
                           no app has one */
    struct session_mates *mates; /* [capacity] session_group.h; NULL: no app opens
                                    several connections at once */
    uint32_t *arrivals; /* [capacity] which of its app's arrivals each is, from 1; NULL:
                           no app draws later */
    uint32_t used, capacity, free;
};

/* Declares the metrics and opens the streams of every app of `configs` (list of struct
 * app_config) and schedules the first arrivals.  `traces[i]` belongs to app i. */
void sessions_init(struct sessions *s, struct net *net, struct notes *notes,
                   const struct field_list *configs, const struct arrival_trace *traces,
                   uint64_t seed, uint32_t replication);
void sessions_free(struct sessions *s);

/* Takes changed configurations in mid-run, after power_reconfigure(): attempts of
 * programs that do not run any more end.  Users who are there keep what they drew; the
 * next arrival is drawn anew where the arrivals changed. */
void sessions_reconfigure(struct sessions *s, const struct field_list *configs);

/* Handle EVENT_ARRIVAL and EVENT_SESSION; false if it was cancelled and nothing happened.
 */
bool sessions_arrival(struct sessions *s, const struct event *e);
bool sessions_event(struct sessions *s, const struct event *e);

/* Ends the spells of resets that are over.  Called every second of simulated time. */
void sessions_settle(struct sessions *s, sim_ns now);

/* Notes the last failure of each app. */
void sessions_end(struct sessions *s);

size_t sessions_bytes(const struct sessions *s);

/* What TCP tells the sessions; the context is the struct sessions. */
extern const struct tcp_user sessions_tcp_user;

#endif
