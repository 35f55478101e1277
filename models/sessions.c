/* The apps as a whole: their streams, who arrives, what changes in mid-run, what is told
 * at the end.  What becomes of a user is in session.c. */
#include "models/session.h"

#include <stdlib.h>

#include "models/client_pool.h"
#include "models/session_group.h"
#include "models/session_table.h"
#include "models/tracer.h"
#include "sim/base/memory.h"
#include "sim/engine/distribution.h"

/* --- arrivals -------------------------------------------------------------------------
 */

/* The users' program; while it does not run they cannot come. */
static bool is_running(const struct sessions *s, const struct app *a)
{
    const struct processes *p = &s->net->processes;
    return p->stopped == 0 || p->at[p->of[(size_t)(a - s->apps) * 4]].running;
}

static void schedule_arrival(struct sessions *s, struct app *a)
{
    struct event_queue *q = s->net->queue;
    sim_ns when = arrivals_next(&a->config->arrivals, a->trace, a->arrived,
                                event_queue_now(q), &a->arrivals);
    if (when != SIM_NEVER)
        a->next_arrival.ticket =
            event_queue_push(q, when, EVENT_ARRIVAL, 0, (uint64_t)(a - s->apps));
}

static uint32_t pick_target(struct sessions *s, struct app *a)
{
    const struct host *server = &s->net->hosts.at[a->config->to.reference];
    uint32_t family = a->config->family;
    uint32_t each = server->address_count[family];
    uint32_t pick = a->next_target++ % (server->member_count * each);
    return host_first_address(server, pick / each, family) +
           host_nth_address(server, family, pick % each);
}

/* What the user asks for, and whether it needs no network: a local account. */
static bool draw_request(struct sessions *s, uint32_t id)
{
    struct app *a = session_app(s, &s->at[id]);
    if (a->cache)
        s->names[id] = cache_draw(a->cache, &a->names);
    return a->config->local > 0 && random_unit(&a->locals) < a->config->local;
}

/* Everything that chance decides about a user who comes now.  True: it needs no network.
 */
static bool draw_user(struct sessions *s, struct app *a, uint32_t id)
{
    struct session *x = &s->at[id];
    const struct app_config *config = a->config;
    const struct host *from = &s->net->hosts.at[config->from];
    x->member = from->first_member + random_below(&a->members, from->member_count);
    x->target = pick_target(s, a);
    x->life = distribution_sample(&config->lifetime, &a->lifetimes);
    if (a->trace->count && a->trace->rows[a->arrived].life >= 0)
        x->life = a->trace->rows[a->arrived].life;
    x->behaviour =
        behaviour_draw(config->closes_first == CLOSES_SERVER ? &config->client_close
                                                             : &config->server_close,
                       &a->behaviours);
    x->leaks = leak_draw(&config->leaks, &a->leaks) & 31u;
    if (config->through != FIELD_NO_REFERENCE)
        x->proxy_leaks =
            leak_draw(&s->net->hosts.at[config->through].configured->proxying.leaks,
                      &a->proxy_leaks) &
            31u;
    x->vanishes = config->vanishes > 0 && random_unit(&a->vanishings) < config->vanishes;
    a->arrived++;
    if (s->arrivals)
        s->arrivals[id] = a->arrived;
    return draw_request(s, id);
}

bool sessions_arrival(struct sessions *s, const struct event *e)
{
    struct app *a = &s->apps[e->arg];
    if (!event_timer_due(&a->next_arrival, e))
        return false;
    uint32_t id = session_open(s);
    struct session *x = &s->at[id];
    x->app = (uint16_t)e->arg;
    x->arrived = net_now(s->net);
    bool local = draw_user(s, a, id);
    if (!is_running(s, a)) {
        session_settle(s, id);
        schedule_arrival(s, a);
        return true;
    }
    session_count(s, x, APP_ATTEMPTS);
    if (local)
        session_count(s, x, APP_LOCAL);
    if (s->net->tracer)
        trace_session(s->net, id, x->app, TRACE_ARRIVES, FAILURE_NONE);
    schedule_arrival(s, a);
    session_begins(s, id, local);
    return true;
}

/* --- set-up ---------------------------------------------------------------------------
 */

static void open_app(struct sessions *s, struct app *a, const struct app_config *config,
                     const struct arrival_trace *trace, uint64_t seed,
                     uint32_t replication)
{
    char *path = memory_print("apps.%s", config->name);
    *a = (struct app){
        .config = config,
        .trace = trace,
        .metric = metrics_declare(s->net->metrics, path, app_metrics, APP_METRIC_COUNT),
        .arrivals = random_stream_make(seed, replication, path, "arrivals"),
        .members = random_stream_make(seed, replication, path, "members"),
        .lifetimes = random_stream_make(seed, replication, path, "lifetimes"),
        .behaviours = random_stream_make(seed, replication, path, "behaviours"),
        .delays = random_stream_make(seed, replication, path, "late closes"),
        .vanishings = random_stream_make(seed, replication, path, "vanishings"),
        .leaks = random_stream_make(seed, replication, path, "leaks"),
        .answers = random_stream_make(seed, replication, path, "answers"),
        .proxy_leaks = random_stream_make(seed, replication, path, "proxy leaks"),
        .jitters = random_stream_make(seed, replication, path, "jitters"),
        .names = random_stream_make(seed, replication, path, "names"),
        .locals = random_stream_make(seed, replication, path, "locals")};
    if (config->pool.idle)
        a->clients =
            memory_new(s->net->hosts.at[config->from].member_count, sizeof *a->clients);
    if (config->cache.names) {
        a->cache = cache_new(&config->cache, s->net->hosts.at[config->from].member_count);
        if (!s->names)
            s->names = memory_new(1, sizeof *s->names);
    }
    if (config->connections > 1 && !s->mates)
        s->mates = memory_new(1, sizeof *s->mates);
    free(path);
}

static bool draws_late(const struct field_list *rows)
{
    const struct behaviour *row = rows->items;
    for (uint32_t i = 0; i < rows->count; i++)
        if (row[i].kind.kind == BEHAVES_LATE)
            return true;
    return false;
}

/* Whether users of an app are decided about after they came. */
static bool draws_later(const struct app_config *c)
{
    return c->protocol == APP_UDP || c->on_failure.jitter > 0 ||
           draws_late(&c->server_close) || draws_late(&c->client_close);
}

/* Counts the users from now on if an app needs it. */
static void number_arrivals(struct sessions *s, const struct field_list *configs)
{
    const struct app_config *config = configs->items;
    for (uint32_t i = 0; i < configs->count && !s->arrivals; i++)
        if (draws_later(&config[i]))
            s->arrivals = memory_new(s->capacity + 1u, sizeof *s->arrivals);
}

void sessions_init(struct sessions *s, struct net *net, struct notes *notes,
                   const struct field_list *configs, const struct arrival_trace *traces,
                   uint64_t seed, uint32_t replication)
{
    const struct app_config *config = configs->items;
    *s = (struct sessions){.net = net, .notes = notes, .app_count = configs->count};
    s->apps = memory_new(configs->count, sizeof *s->apps);
    number_arrivals(s, configs);
    for (uint32_t i = 0; i < configs->count; i++)
        open_app(s, &s->apps[i], &config[i], &traces[i], seed, replication);
    for (uint32_t i = 0; i < configs->count; i++)
        schedule_arrival(s, &s->apps[i]);
}

void sessions_free(struct sessions *s)
{
    for (uint32_t i = 0; i < s->app_count; i++) {
        free(s->apps[i].pools);
        client_pools_free(s, &s->apps[i]);
        cache_free(s->apps[i].cache);
    }
    free(s->names);
    free(s->mates);
    free(s->arrivals);
    free(s->apps);
    free(s->at);
    *s = (struct sessions){0};
}

/* Attempts that wait to be made again, or for their pool, have no socket to be told by.
 */
static void stop_retries(struct sessions *s)
{
    for (uint32_t id = 1; id <= s->used; id++)
        if ((s->at[id].retries || s->at[id].waits) &&
            !is_running(s, session_app(s, &s->at[id]))) {
            session_stops(s, id);
            session_settle(s, id);
        }
}

/* What a resolver remembers ends with it; confirmed credentials are on disk. */
static void forget_names(struct sessions *s, struct app *a)
{
    if (!a->cache || a->config->cache.consulted != CACHE_FIRST || is_running(s, a))
        return;
    cache_free(a->cache);
    a->cache =
        cache_new(&a->config->cache, s->net->hosts.at[a->config->from].member_count);
}

void sessions_reconfigure(struct sessions *s, const struct field_list *configs)
{
    if (s->net->processes.stopped)
        stop_retries(s);
    number_arrivals(s, configs);
    const struct app_config *config = configs->items;
    for (uint32_t i = 0; i < s->app_count; i++) {
        struct app *a = &s->apps[i];
        bool same = arrivals_same(&a->config->arrivals, &config[i].arrivals);
        a->config = &config[i];
        forget_names(s, a);
        if (a->clients)
            client_pool_resized(s, a);
        if (same)
            continue;
        event_timer_cancel(&a->next_arrival);
        schedule_arrival(s, a);
    }
}

void sessions_settle(struct sessions *s, sim_ns now)
{
    for (uint32_t i = 0; i < s->app_count; i++) {
        struct spell *spell = &s->apps[i].resets;
        if (!spell_is_over(spell, now))
            continue;
        notes_add(s->notes, (struct note){.when = spell->last,
                                          .kind = NOTE_RESETS_END,
                                          .app = i,
                                          .value = spell->count});
        *spell = (struct spell){0};
    }
}

void sessions_end(struct sessions *s)
{
    for (uint32_t i = 0; i < s->app_count; i++) {
        const struct app *a = &s->apps[i];
        if (a->failures)
            notes_add(s->notes, (struct note){.when = a->last_failure,
                                              .kind = NOTE_LAST_FAILURE,
                                              .app = i,
                                              .value = a->failures});
    }
}

size_t sessions_bytes(const struct sessions *s)
{
    size_t bytes = s->app_count * sizeof *s->apps;
    for (uint32_t i = 0; i < s->app_count; i++) {
        const struct app *a = &s->apps[i];
        bytes += (a->cache ? cache_bytes(a->cache) : 0) + client_pools_bytes(s, a);
    }
    return bytes + s->capacity * (sizeof *s->at + (s->names ? sizeof *s->names : 0) +
                                  (s->mates ? sizeof *s->mates : 0) +
                                  (s->arrivals ? sizeof *s->arrivals : 0));
}
