#include "sim/trial/film_take.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/texts.h"
#include "sim/trial/port_film.h"
#include "sim/trial/trial_facts.h"
#include "sim/trial/walk.h"

#define POOLS_MAX 8

/* One pool while it is filmed. */
struct reel {
    struct film_frame *frames;
    uint32_t count, capacity, most; /* most: ports held at once */
};

struct film_take_storage {
    struct texts texts;
};

struct shoot {
    const struct film_order *order;
    struct walk walk;
    struct port_camera cameras[POOLS_MAX];
    struct reel reels[POOLS_MAX];
    uint32_t pools;
    uint32_t also;      /* moments asked for that are past */
    uint32_t *failures; /* readings: one for each application */
    struct film_take *take;
};

/* --- what is filmed --------------------------------------------------------------------
 */

static uint32_t host_named(const struct trial_plan *plan, const char *name)
{
    const struct host_config *hosts = plan->config->world.hosts.items;
    uint32_t i = 0;
    while (strcmp(hosts[i].name, name) != 0)
        i++;
    return i;
}

static void open_cameras(struct shoot *s)
{
    const struct film_order *o = s->order;
    struct trial_facts facts = trial_facts_of(o->plan->config);
    for (size_t i = 0; i < facts.pool_count && s->pools < POOLS_MAX; i++) {
        const struct run_pool *p = &facts.pools[i];
        if ((o->host && strcmp(o->host, p->host) != 0) ||
            (o->pool && strcmp(o->pool, p->pool) != 0))
            continue;
        struct port_place place = {.host = host_named(o->plan, p->host)};
        if (!pool_find(p->pool, &place.pool) ||
            (!o->every && (uint32_t)p->high - p->low >= FILM_CHANGES_PORTS))
            continue;
        port_camera_open(&s->cameras[s->pools++], o->plan, place, o->cells);
    }
    trial_facts_free(&facts);
}

static void find_failures(struct shoot *s)
{
    const struct field_list *apps = &s->order->plan->config->world.apps;
    const struct metrics *m = world_metrics(s->walk.world);
    s->failures = memory_new(apps->count, sizeof *s->failures);
    for (uint32_t i = 0; i < apps->count; i++) {
        char *name = memory_print("apps.%s.failures_per_s",
                                  ((const struct app_config *)apps->items)[i].name);
        s->failures[i] = metrics_reading_find(m, name);
        free(name);
    }
}

/* --- frames ----------------------------------------------------------------------------
 */

static uint64_t failures_now(const struct shoot *s)
{
    const struct metrics *m = world_metrics(s->walk.world);
    double sum = 0;
    for (uint32_t i = 0; i < s->order->plan->config->world.apps.count; i++)
        if (s->failures[i] != UINT32_MAX)
            sum += metrics_instant(m, s->failures[i]);
    return (uint64_t)sum;
}

static char *copy(const char *text)
{
    return memory_text(text, strlen(text));
}

static void add_frame(struct shoot *s, uint32_t i)
{
    struct reel *r = &s->reels[i];
    const struct port_camera *c = &s->cameras[i];
    if (r->count == r->capacity) {
        r->capacity = (uint32_t)memory_grown(r->capacity, r->count + 1u);
        r->frames = memory_resize(r->frames, r->capacity, sizeof *r->frames);
    }
    struct film_frame *f = &r->frames[r->count++];
    f->row = port_camera_row(c, world_net(s->walk.world), world_now(s->walk.world),
                             &s->take->storage->texts);
    f->row.states = copy(c->states);
    f->row.filled = copy(c->filled);
    f->failures = failures_now(s);
    r->most = c->held > r->most ? c->held : r->most;
}

static void look(struct shoot *s)
{
    for (uint32_t i = 0; i < s->pools; i++)
        s->cameras[i].used = true; /* also before the first connection */
    port_cameras_look(s->cameras, s->pools, world_net(s->walk.world));
}

static void add_frames(struct shoot *s)
{
    look(s);
    for (uint32_t i = 0; i < s->pools; i++)
        add_frame(s, i);
}

static bool has_changed(const struct shoot *s, uint32_t i)
{
    const struct reel *r = &s->reels[i];
    return strcmp(r->frames[r->count - 1].row.states, s->cameras[i].states) != 0;
}

/* --- the run ---------------------------------------------------------------------------
 */

static bool was_stopped(const void *context)
{
    const struct shoot *s = context;
    return s->order->stop && *s->order->stop;
}

static void tell(const struct shoot *s)
{
    if (s->order->progress)
        s->order->progress(s->order->context, world_now(s->walk.world),
                           s->order->plan->config->duration,
                           world_totals(s->walk.world).events);
}

/* The moment of the next frame: the next step, or one asked for before that. */
static sim_ns next_frame(struct shoot *s, sim_ns *step)
{
    const struct film_order *o = s->order;
    sim_ns now = world_now(s->walk.world);
    while (s->also < o->also_count && o->also[s->also] <= now)
        s->also++;
    while (*step <= now)
        *step += o->every;
    return s->also < o->also_count && o->also[s->also] < *step ? o->also[s->also] : *step;
}

static void shoot_evenly(struct shoot *s, sim_ns end)
{
    sim_ns step = 0;
    for (sim_ns when; (when = next_frame(s, &step)) < end;) {
        if (!walk_until(&s->walk, when, was_stopped, s))
            break;
        add_frames(s);
        tell(s);
    }
}

/* After an event; true when it is enough. */
static bool see_changes(const void *context)
{
    struct shoot *s = (struct shoot *)context;
    look(s);
    for (uint32_t i = 0; i < s->pools; i++) {
        if (s->reels[i].count == FILM_FRAMES_MAX)
            s->take->crowded = true;
        else if (has_changed(s, i))
            add_frame(s, i);
    }
    return s->take->crowded || was_stopped(s);
}

static void shoot_all(struct shoot *s)
{
    sim_ns end = s->order->plan->config->duration;
    add_frames(s);
    if (s->order->every)
        shoot_evenly(s, end);
    else
        walk_by_event(&s->walk, end, see_changes, s);
    if (!was_stopped(s))
        walk_until(&s->walk, end, was_stopped, s);
    s->take->stopped = was_stopped(s);
    add_frames(s);
    tell(s);
}

/* --- what is kept ----------------------------------------------------------------------
 */

static double fullness(const struct shoot *s, uint32_t i)
{
    const struct film_grid *g = &s->cameras[i].grid;
    return (double)s->reels[i].most / ((double)g->high - g->low + 1);
}

static void free_frames(struct film_frame *frames, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        free((char *)frames[i].row.states);
        free((char *)frames[i].row.filled);
    }
    free(frames);
}

static void keep_fullest(struct shoot *s)
{
    struct film_take *t = s->take;
    uint32_t best = 0;
    for (uint32_t i = 1; i < s->pools; i++)
        if (fullness(s, i) > fullness(s, best))
            best = i;
    t->frames = s->reels[best].frames;
    t->count = s->reels[best].count;
    t->grid = s->cameras[best].grid;
    for (uint32_t i = 0; i < s->pools; i++) {
        if (i != best)
            free_frames(s->reels[i].frames, s->reels[i].count);
        port_camera_close(&s->cameras[i]);
    }
}

struct film_take *film_take_new(const struct film_order *order)
{
    struct shoot s = {.order = order};
    open_cameras(&s);
    if (!s.pools)
        return NULL;
    s.take = memory_new(1, sizeof *s.take);
    s.take->storage = memory_new(1, sizeof *s.take->storage);
    walk_begin(&s.walk, order->plan, order->plan->config->seed, 1);
    find_failures(&s);
    shoot_all(&s);
    s.take->end = world_now(s.walk.world);
    world_end(s.walk.world);
    s.take->log = trial_log_of(order->plan, world_notes(s.walk.world), s.take->end);
    s.take->fingerprint = world_totals(s.walk.world).fingerprint;
    keep_fullest(&s);
    walk_end(&s.walk);
    free(s.failures);
    return s.take;
}

void film_take_free(struct film_take *t)
{
    if (!t)
        return;
    free_frames(t->frames, t->count);
    trial_log_free(&t->log);
    texts_free(&t->storage->texts);
    free(t->storage);
    free(t);
}

/* --- looking at it ---------------------------------------------------------------------
 */

uint32_t film_take_at(const struct film_take *t, sim_ns when)
{
    uint32_t low = 0, high = t->count; /* the one looked for is in [low, high) */
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (t->frames[middle].row.when <= when)
            low = middle;
        else
            high = middle;
    }
    return low;
}

double film_take_failures(const struct film_take *t, uint32_t frame)
{
    const struct film_frame *now = &t->frames[frame], *before = now;
    while (before > t->frames && now->row.when - before->row.when < SIM_S)
        before--;
    double seconds = sim_seconds(now->row.when - before->row.when);
    return seconds > 0 ? (double)(now->failures - before->failures) / seconds : 0;
}

const struct run_event *film_take_event(const struct film_take *t, sim_ns when)
{
    const struct run_event *found = NULL;
    for (size_t i = 0; i < t->log.count && t->log.rows[i].when <= when; i++)
        found = &t->log.rows[i];
    return found;
}
