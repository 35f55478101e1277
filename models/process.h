/* Processes: whose the sockets of a host are, and how many descriptors each has open.
 *
 * A socket does not carry its process: it follows from the app, from the connection
 * (clients', or a proxy's own to a server) and from the end, and a table of the net
 * answers it.  An app's users are the process its key `process` names, else one named as
 * the app; a proxy is "proxy", who accepts on port 445 "listener-445", unless a process
 * of the host's `processes` says that it accepts there.  Members of one entry have one
 * such process each; metrics are their sums.
 *
 * A descriptor outlives its connection when its program has forgotten it (tcp_leak()): it
 * is counted until the process ends.
 *
 * Cost: a look-up and a shift of a level when a descriptor opens and when it closes; of a
 * process that a scenario names one shift more.
 */
#ifndef MODELS_PROCESS_H
#define MODELS_PROCESS_H

#include "models/tcp_socket.h"
#include "sim/base/field.h"
#include "sim/base/metrics.h"

enum process_metric {
    PROCESS_SOCKETS,
    PROCESS_HANDLES, /* only of a process that the scenario names */
    PROCESS_METRIC_COUNT
};

/* Rows for enum process_metric, under "hosts.<host>.processes.<process>". */
extern const struct metric_def process_metrics[PROCESS_METRIC_COUNT];

struct process {
    uint32_t metric; /* of the first of enum process_metric */
    bool running;
    bool named;    /* by the scenario's `processes`: has PROCESS_HANDLES */
    int64_t stale; /* descriptors open whose socket is no more */
    int64_t other; /* handles that are no connections: files, listeners */
    uint32_t host; /* entry; its members each have one */
    uint32_t pid;
    char name[FIELD_NAME_SIZE];
};

struct processes {
    struct process *at; /* host by host: those of `processes`, then who else is met */
    uint32_t count;
    uint32_t *of;       /* process of [app][upstream][passive] */
    uint32_t *next_pid; /* of each host */
    uint32_t stopped;   /* how many do not run */
    const struct field_list *hosts;
    struct metrics *metrics;
};

/* `hosts` (struct host_config) and `apps` (struct app_config) must outlive it. */
void processes_init(struct processes *p, const struct field_list *hosts,
                    const struct field_list *apps, struct metrics *metrics);
void processes_free(struct processes *p);

/* The process of that name on that host, NULL: there is none. */
struct process *process_find(const struct processes *p, uint32_t host, const char *name);

/* Whose descriptor the socket's is, or would be. */
static inline struct process *process_of(const struct processes *p,
                                         const struct tcp_socket *s)
{
    uint32_t slot = s->app * 4u + (s->flags & TCP_UPSTREAM ? 2 : 0) +
                    (s->flags & TCP_PASSIVE ? 1 : 0);
    return &p->at[p->of[slot]];
}

/* The process of an app's users. */
static inline struct process *process_of_users(const struct processes *p, uint16_t app)
{
    return &p->at[p->of[app * 4u]];
}

/* Who answers an app that goes through no proxy. */
static inline struct process *process_of_server(const struct processes *p, uint16_t app)
{
    return &p->at[p->of[app * 4u + 3]];
}

/* Who would accept the connection that this socket opens. */
static inline struct process *process_called(const struct processes *p,
                                             const struct tcp_socket *s)
{
    return &p->at[p->of[s->app * 4u + (s->flags & TCP_UPSTREAM ? 2 : 0) + 1]];
}

/* The process has `change` descriptors of sockets more. */
static inline void process_count(struct processes *p, struct process *process, int change,
                                 sim_ns now)
{
    metrics_shift(p->metrics, process->metric + PROCESS_SOCKETS, change, now);
    if (process->named)
        metrics_shift(p->metrics, process->metric + PROCESS_HANDLES, change, now);
}

/* The scenario lets it run, when its host does. */
bool process_should_run(const struct processes *p, const struct process *process);

/* Descriptors of sockets, and handles in all, that it has open. */
int64_t process_sockets(const struct processes *p, const struct process *process);
int64_t process_handles(const struct processes *p, const struct process *process);

/* It ends: nothing of it is open, its sockets having been closed before.  It begins anew,
 * with another number unless the scenario gives it one. */
void process_ends(struct processes *p, struct process *process, sim_ns now);
void process_begins(struct processes *p, struct process *process, sim_ns now);

#endif
