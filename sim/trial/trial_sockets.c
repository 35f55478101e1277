#include "sim/trial/trial_sockets.h"

#include <stdlib.h>
#include <string.h>

#include "models/host_config.h"
#include "models/socket_rows.h"
#include "sim/base/memory.h"
#include "sim/base/texts.h"
#include "sim/trial/moments.h"

#define LOOKS_BETWEEN 60
#define LOOK_EVENTS   4
#define RECORDS_FREE  1000
#define LIVE_MOST     1000000
#define OWN_MOST      100 /* looks at moments of their own */
#define APART_OWN     64  /* addresses of an entry that are told apart */
#define APART_BETWEEN 1

/* A moment that is known beforehand. */
struct due {
    sim_ns when;
    bool own;                  /* looked at with addresses, whatever it costs */
    const struct moment *kept; /* one by one; NULL: only counted */
};

struct trial_sockets {
    const struct trial_plan *plan;
    struct world *world;
    struct texts texts;
    struct due *due; /* by time */
    size_t due_count, next;
    struct run_census_row *rows;
    size_t count, capacity;
    size_t last_row; /* first one of the last look */
    sim_ns last;     /* its moment; -1: none yet */
    uint32_t own_looks;
    uint64_t events; /* at the last look */
    uint32_t notes;  /* seen so far */
    bool *exhausted; /* by host and pool */
    struct run_snapshot *snapshots;
    size_t snapshot_count;
    struct socket_row *kept; /* of the snapshot under way */
    size_t kept_count, kept_capacity;
};

/* --- when to look --------------------------------------------------------------------
 */

static int by_time(const void *a, const void *b)
{
    const struct due *x = a, *y = b;
    return (x->when > y->when) - (x->when < y->when);
}

static void add_due(struct trial_sockets *t, sim_ns when, bool own,
                    const struct moment *kept)
{
    if (when > 0 || kept)
        t->due[t->due_count++] = (struct due){when, own, kept};
}

static size_t looks_between(const struct trial_config *c)
{
    return c->sockets.every ? (size_t)(c->duration / c->sockets.every) : LOOKS_BETWEEN;
}

static void plan_looks(struct trial_sockets *t)
{
    const struct trial_plan *plan = t->plan;
    const struct trial_config *c = plan->config;
    const struct phase_config *phase = c->phases.items;
    size_t between = looks_between(c);
    t->due = memory_new(between + 2 * (size_t)c->phases.count + plan->change_count +
                            plan->moment_count,
                        sizeof *t->due);
    for (size_t i = 1; i <= between; i++)
        add_due(t,
                c->sockets.every ? (sim_ns)i * c->sockets.every
                                 : c->duration / LOOKS_BETWEEN * (sim_ns)i,
                false, NULL);
    for (uint32_t i = 0; i < c->phases.count; i++) {
        add_due(t, phase[i].window.start, true, NULL);
        add_due(t, phase[i].window.end, true, NULL);
    }
    for (uint32_t i = 0; i < plan->change_count; i++)
        if (plan->changes[i].at <= c->duration)
            add_due(t, plan->changes[i].at, true, NULL);
    for (uint32_t i = 0; i < plan->moment_count; i++)
        if (plan->moments[i].kind == MOMENT_TIME)
            add_due(t, plan->moments[i].when, true, &plan->moments[i]);
    qsort(t->due, t->due_count, sizeof *t->due, by_time);
}

sim_ns trial_sockets_next(const struct trial_sockets *t)
{
    return t->next < t->due_count ? t->due[t->next].when : SIM_NEVER;
}

/* --- counting -------------------------------------------------------------------------
 */

static const char *endpoint(struct trial_sockets *t, const struct ip_address *a,
                            uint16_t port)
{
    char text[IP_ENDPOINT_TEXT];
    return texts_keep(&t->texts, ip_endpoint_text(a, port, text));
}

static const char *destination(struct trial_sockets *t, const struct socket_row *row)
{
    if (row->passive || !row->remote_host)
        return "";
    char *text = memory_print("%s:%u", row->remote_host, (unsigned)row->remote_port);
    const char *kept = texts_keep(&t->texts, text);
    free(text);
    return kept;
}

static void see_alike(void *context, const struct socket_row *row, uint64_t count)
{
    struct trial_sockets *t = context;
    if (t->count == t->capacity) {
        t->capacity = memory_grown(t->capacity, t->count + 1);
        t->rows = memory_resize(t->rows, t->capacity, sizeof *t->rows);
    }
    t->rows[t->count++] = (struct run_census_row){
        .when = t->last,
        .host = texts_keep(&t->texts, row->host),
        .pool = pool_name(row->pool),
        .process = row->process ? texts_keep(&t->texts, row->process) : "",
        .pid = row->pid,
        .state = row->state,
        .local = endpoint(t, &row->local, row->passive ? row->local_port : 0),
        .remote = endpoint(t, &row->remote, row->passive ? 0 : row->remote_port),
        .destination = destination(t, row),
        .ephemeral = row->ephemeral,
        .owned = row->owned,
        .count = count};
}

static void see_listener(void *context, const struct socket_row *row)
{
    see_alike(context, row, 1);
}

/* By everything but the count. */
static int by_texts(const void *a, const void *b)
{
    const struct run_census_row *x = a, *y = b;
    const char *const texts[][2] = {{x->host, y->host},
                                    {x->pool, y->pool},
                                    {x->process, y->process},
                                    {x->state, y->state},
                                    {x->local, y->local},
                                    {x->remote, y->remote},
                                    {x->destination, y->destination}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int order = texts[i][0] == texts[i][1] ? 0 : strcmp(texts[i][0], texts[i][1]);
        if (order != 0)
            return order;
    }
    if (x->pid != y->pid)
        return x->pid < y->pid ? -1 : 1;
    return (x->ephemeral * 2 + x->owned) - (y->ephemeral * 2 + y->owned);
}

/* Sorts the rows of the last look and joins those that are alike after all. */
static void settle(struct trial_sockets *t)
{
    struct run_census_row *rows = t->rows + t->last_row;
    size_t count = t->count - t->last_row, kept = 0;
    qsort(rows, count, sizeof *rows, by_texts);
    for (size_t i = 0; i < count; i++)
        if (kept && by_texts(&rows[kept - 1], &rows[i]) == 0)
            rows[kept - 1].count += rows[i].count;
        else
            rows[kept++] = rows[i];
    t->count = t->last_row + kept;
}

/* A moment that is looked at twice says what was there at last. */
static void look(struct trial_sockets *t, uint32_t apart)
{
    struct socket_scene scene = world_scene(t->world);
    sim_ns now = world_now(t->world);
    if (t->last == now)
        t->count = t->last_row;
    t->last_row = t->count;
    t->last = now;
    t->events = world_totals(t->world).events;
    socket_rows_alike(&scene, apart, see_alike, t);
    socket_rows_listening(&scene, see_listener, t);
    settle(t);
}

static void look_of_its_own(struct trial_sockets *t)
{
    if (t->own_looks++ < OWN_MOST)
        look(t, APART_OWN);
}

static bool is_cheap(const struct trial_sockets *t)
{
    struct world_totals now = world_totals(t->world);
    return now.live <= LIVE_MOST && (now.records <= RECORDS_FREE ||
                                     now.events - t->events >= LOOK_EVENTS * now.records);
}

static void look_between(struct trial_sockets *t)
{
    if (t->last != world_now(t->world) && (t->plan->config->sockets.every || is_cheap(t)))
        look(t, APART_BETWEEN);
}

/* --- keeping --------------------------------------------------------------------------
 */

static void see_kept(void *context, const struct socket_row *row)
{
    struct trial_sockets *t = context;
    if (t->kept_count == t->kept_capacity) {
        t->kept_capacity = memory_grown(t->kept_capacity, t->kept_count + 1);
        t->kept = memory_resize(t->kept, t->kept_capacity, sizeof *t->kept);
    }
    struct socket_row *out = &t->kept[t->kept_count++];
    *out = *row;
    out->host = texts_keep(&t->texts, row->host);
    out->app = texts_keep(&t->texts, row->app);
    out->process = texts_keep(&t->texts, row->process);
    out->remote_host = texts_keep(&t->texts, row->remote_host);
}

static void keep(struct trial_sockets *t, const struct moment *m)
{
    struct socket_scene scene = world_scene(t->world);
    t->kept = NULL;
    t->kept_count = t->kept_capacity = 0;
    socket_rows_listening(&scene, see_kept, t);
    socket_rows_each(&scene, see_kept, t);
    socket_rows_translated(&scene, see_kept, t);
    t->snapshots[t->snapshot_count++] = (struct run_snapshot){.name = m->name,
                                                              .when = world_now(t->world),
                                                              .rows = t->kept,
                                                              .count = t->kept_count};
}

bool trial_sockets_kept(const struct trial_sockets *t)
{
    return t->snapshot_count == t->plan->moment_count;
}

/* Keeps the moment of that kind if the scenario asks for it and it is the first. */
static void keep_first(struct trial_sockets *t, enum moment_kind kind)
{
    for (uint32_t i = 0; i < t->plan->moment_count; i++) {
        const struct moment *m = &t->plan->moments[i];
        bool done = m->kind != kind;
        for (size_t k = 0; k < t->snapshot_count; k++)
            done |= t->snapshots[k].name == m->name;
        if (!done)
            keep(t, m);
    }
}

/* --- the run --------------------------------------------------------------------------
 */

void trial_sockets_look(struct trial_sockets *t)
{
    const struct due *due = &t->due[t->next++];
    if (due->own)
        look_of_its_own(t);
    else
        look_between(t);
    if (due->kept)
        keep(t, due->kept);
}

static void see_note(struct trial_sockets *t, const struct note *n)
{
    if (n->kind == NOTE_FIRST_FAILURE) {
        look_of_its_own(t);
        keep_first(t, MOMENT_FIRST_FAILURE);
    } else if (n->kind == NOTE_EXHAUSTION_BEGINS) {
        bool *seen = &t->exhausted[n->host * POOL_COUNT + n->pool];
        if (!*seen)
            look_of_its_own(t);
        *seen = true;
        keep_first(t, MOMENT_FIRST_EXHAUSTION);
    }
}

void trial_sockets_noted(struct trial_sockets *t)
{
    const struct notes *notes = world_notes(t->world);
    for (; t->notes < notes->count; t->notes++)
        see_note(t, &notes->at[t->notes]);
}

void trial_sockets_end(struct trial_sockets *t)
{
    look(t, APART_OWN);
}

static int by_moment(const void *a, const void *b)
{
    const struct run_snapshot *x = a, *y = b;
    if (x->when != y->when)
        return x->when < y->when ? -1 : 1;
    return strcmp(x->name, y->name);
}

void trial_sockets_fill(const struct trial_sockets *t, struct run_record *r)
{
    qsort(t->snapshots, t->snapshot_count, sizeof *t->snapshots, by_moment);
    r->census = t->rows;
    r->census_count = t->count;
    r->snapshots = t->snapshots;
    r->snapshot_count = t->snapshot_count;
}

struct trial_sockets *trial_sockets_new(const struct trial_plan *plan,
                                        struct world *world)
{
    struct trial_sockets *t = memory_new(1, sizeof *t);
    uint32_t hosts = plan->config->world.hosts.count;
    *t = (struct trial_sockets){.plan = plan, .world = world, .last = -1};
    t->exhausted = memory_new((size_t)hosts * POOL_COUNT, sizeof *t->exhausted);
    t->snapshots = memory_new(plan->moment_count, sizeof *t->snapshots);
    plan_looks(t);
    world_pause_at_notes(world);
    return t;
}

void trial_sockets_free(struct trial_sockets *t)
{
    if (!t)
        return;
    texts_free(&t->texts);
    for (size_t i = 0; i < t->snapshot_count; i++)
        free((void *)t->snapshots[i].rows);
    free(t->snapshots);
    free(t->exhausted);
    free(t->due);
    free(t->rows);
    free(t);
}
