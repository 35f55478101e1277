#include "sim/trial/trial_film.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/texts.h"
#include "sim/trial/port_film.h"
#include "sim/trial/trial_facts.h"

#define MOMENTS 200
#define CELLS   128
#define FILMED  8 /* pools that are looked at */
#define KEPT    4 /* of which so many are kept */

/* What may be passed over: see trial_film.h. */
#define PASSED_FREE   3000000
#define PASSED_EVENTS 2

/* One pool, and its rows so far. */
struct reel {
    uint32_t count;
    uint32_t most; /* ports held at one moment */
    struct run_film_row rows[MOMENTS + 2];
};

struct trial_film {
    const struct trial_plan *plan;
    struct world *world;
    struct texts texts;
    struct port_camera cameras[FILMED];
    struct reel *reels; /* one for each camera */
    uint32_t count;
    uint32_t next;   /* moment, from 0 */
    uint64_t passed; /* over, so far */
    sim_ns last;     /* look */
    struct run_film_row *rows;
    size_t row_count;
};

/* --- which pools
 * ------------------------------------------------------------------------
 */

static uint32_t host_named(const struct trial_plan *plan, const char *name)
{
    const struct field_list *hosts = &plan->config->world.hosts;
    uint32_t i = 0;
    while (strcmp(((const struct host_config *)hosts->items)[i].name, name) != 0)
        i++;
    return i;
}

struct trial_film *trial_film_new(const struct trial_plan *plan, struct world *world)
{
    struct trial_film *f = memory_new(1, sizeof *f);
    struct trial_facts facts = trial_facts_of(plan->config);
    *f = (struct trial_film){.plan = plan, .world = world, .last = -1};
    f->reels = memory_new(FILMED, sizeof *f->reels);
    for (size_t i = 0; i < facts.pool_count && f->count < FILMED; i++) {
        struct port_place place = {.host = host_named(plan, facts.pools[i].host)};
        if (pool_find(facts.pools[i].pool, &place.pool))
            port_camera_open(&f->cameras[f->count++], plan, place, CELLS);
    }
    trial_facts_free(&facts);
    return f;
}

void trial_film_free(struct trial_film *f)
{
    if (!f)
        return;
    for (uint32_t i = 0; i < f->count; i++) {
        for (uint32_t k = 0; k < f->reels[i].count; k++) {
            free((char *)f->reels[i].rows[k].states);
            free((char *)f->reels[i].rows[k].filled);
        }
        port_camera_close(&f->cameras[i]);
    }
    texts_free(&f->texts);
    free(f->reels);
    free(f->rows);
    free(f);
}

/* --- looking
 * ----------------------------------------------------------------------------
 */

/* Evenly spaced, the beginning and the end included. */
sim_ns trial_film_next(const struct trial_film *f)
{
    sim_ns length = f->plan->config->duration;
    if (f->count == 0 || f->next > MOMENTS)
        return SIM_NEVER;
    return length / MOMENTS * f->next + length % MOMENTS * f->next / MOMENTS;
}

static char *copy(const char *text)
{
    return memory_text(text, strlen(text));
}

static void keep(struct trial_film *f, uint32_t i)
{
    const struct port_camera *c = &f->cameras[i];
    struct reel *reel = &f->reels[i];
    struct run_film_row row = port_camera_row(c, world_net(f->world), f->last, &f->texts);
    row.states = copy(c->states);
    row.filled = copy(c->filled);
    reel->most = c->held > reel->most ? c->held : reel->most;
    reel->rows[reel->count++] = row;
}

static void look(struct trial_film *f)
{
    const struct net *net = world_net(f->world);
    f->last = world_now(f->world);
    f->passed += port_cameras_cost(f->cameras, f->count, net);
    port_cameras_look(f->cameras, f->count, net);
    for (uint32_t i = 0; i < f->count; i++)
        if (f->cameras[i].used)
            keep(f, i);
}

static bool is_cheap(const struct trial_film *f)
{
    uint64_t cost = port_cameras_cost(f->cameras, f->count, world_net(f->world));
    uint64_t free_by_now = (uint64_t)PASSED_FREE / MOMENTS * f->next;
    return f->passed + cost <=
           free_by_now + world_totals(f->world).events / PASSED_EVENTS;
}

void trial_film_look(struct trial_film *f)
{
    f->next++;
    if (is_cheap(f))
        look(f);
}

void trial_film_end(struct trial_film *f)
{
    if (f->count && f->last != world_now(f->world))
        look(f);
}

/* --- the record
 * -------------------------------------------------------------------------
 */

/* How much of it was held at once, in shares of 2^32. */
static uint64_t fullness(const struct trial_film *f, uint32_t i)
{
    const struct film_grid *g = &f->cameras[i].grid;
    return ((uint64_t)f->reels[i].most << 32) / ((uint64_t)g->high - g->low + 1);
}

/* How many pools are fuller than this one; of equals those named before it. */
static uint32_t rank(const struct trial_film *f, uint32_t i)
{
    uint32_t before = 0;
    for (uint32_t k = 0; k < f->count; k++)
        before += fullness(f, k) > fullness(f, i) ||
                  (k < i && fullness(f, k) == fullness(f, i));
    return before;
}

void trial_film_fill(struct trial_film *f, struct run_record *r)
{
    f->rows = memory_new((size_t)KEPT * (MOMENTS + 2), sizeof *f->rows);
    for (uint32_t i = 0; i < f->count; i++) {
        const struct reel *reel = &f->reels[i];
        if (!reel->most || rank(f, i) >= KEPT)
            continue;
        memcpy(f->rows + f->row_count, reel->rows, reel->count * sizeof *f->rows);
        f->row_count += reel->count;
    }
    r->film = f->rows;
    r->film_count = f->row_count;
}
