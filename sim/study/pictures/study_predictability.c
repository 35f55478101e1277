/* Where the picture "predictability" has its numbers from: the metrics of hosts that ask
 * for them (`predictability`), of each point of a study or each pool of a run; and of
 * "successors", the pairs of ports that such a run kept. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/port_allocator.h"
#include "sim/base/memory.h"
#include "sim/base/texts.h"
#include "sim/results/figure.h"
#include "sim/study/pictures/study_ports.h"

#define SERVER_BITS   "next_port_bits"
#define OBSERVER_BITS "next_port_bits_knowing_all"

/* Which algorithm of RFC 6056, section 3.3, an allocator is [MODEL.md A1, A2.6, A3, A5];
 * for Linux since 5.12 and ProxySG that is an inference: order and state are theirs. */
static const struct {
    const char *allocator, *algorithm;
} algorithms[] = {
    {"rfc6056-alg1", "A1"},
    {"netbsd-random-start", "A1"},
    {"openbsd", "A1"},
    {"illumos", "A1"},
    {"linux-udp", "A1"},
    {"sg-legacy-a", "A1"},
    {"sg-reworked", "A1"},
    {"rfc6056-alg2", "A2"},
    {"netbsd-random-pick", "A2"},
    {"sg-legacy-b", "A2"},
    {"rfc6056-alg3", "A3"},
    {"netbsd-hash", "A3"},
    {"linux41", "A3"},
    {"linux42", "A3"},
    {"linux46", "A3"},
    {"rfc6056-alg4", "A4"},
    {"netbsd-doublehash", "A4"},
    {"linux512", "A4"},
    {"linux518", "A4"},
    {"rfc6056-alg5", "A5"},
    {"netbsd-randinc", "A5"},
};

static const char *algorithm_of(const char *allocator)
{
    for (size_t i = 0; i < sizeof algorithms / sizeof algorithms[0]; i++)
        if (strcmp(algorithms[i].allocator, allocator) == 0)
            return algorithms[i].algorithm;
    return NULL;
}

/* A picture being made. */
struct making {
    struct picture_predictability picture;
    struct predictability_row rows[PREDICTABILITY_ROWS_MAX];
    struct texts texts;
};

static const char *keep(struct making *m, char *text)
{
    const char *kept = texts_keep(&m->texts, text);
    free(text);
    return kept;
}

/* Takes the label. */
static void add(struct making *m, const struct field_variant *allocator, uint32_t ports,
                char *label, struct picture_point server, struct picture_point observer)
{
    const char *kept = keep(m, label);
    if (isnan(server.mean) || ports < 2)
        return;
    if (m->picture.count == PREDICTABILITY_ROWS_MAX) {
        m->picture.left_out++;
        return;
    }
    m->rows[m->picture.count++] = (struct predictability_row){
        .label = kept,
        .rfc6056 = algorithm_of(port_allocators[allocator->kind]->name),
        .server = server,
        .observer = observer,
        .ports = ports};
}

static bool finish(struct making *m, struct canvas *c)
{
    m->picture.rows = m->rows;
    return !m->picture.count || picture_predictability(c, "predictability", &m->picture);
}

/* --- a study
 * ---------------------------------------------------------------------------- */

static void add_point(struct making *m, struct study_drawing *d,
                      const struct study_table *t, const struct table_point *p,
                      const char *host, const char *pool)
{
    struct issues *issues = issues_new();
    struct trial_plan *plan = study_plan_of(d, p, issues);
    uint32_t ports = 0;
    const struct field_variant *allocator =
        plan ? study_allocator(plan, host, pool, &ports) : NULL;
    if (allocator)
        add(m, allocator, ports, study_point_label(t, p), study_point_of(p, 0),
            study_point_of(p, 1));
    trial_plan_free(plan);
    issues_free(issues);
}

bool study_predictability(struct study_drawing *d)
{
    char *prefix = study_find_pool(d, SERVER_BITS);
    struct making m = {.picture = {.words = d->words}};
    struct study_table t = {0};
    if (!prefix)
        return true;
    char *names[] = {memory_print("%s." SERVER_BITS, prefix),
                     memory_print("%s." OBSERVER_BITS, prefix)};
    char *pool = strrchr(prefix, '.') + 1, *host = prefix + strlen("hosts.");
    pool[-1] = '\0';
    m.picture.where = keep(&m, memory_print("%s %s", host, pool));
    bool good = study_table_read(&t, d->store, (const char *const *)names, 2, NULL,
                                 d->canvas.error);
    for (uint32_t i = 0; good && i < t.point_count; i++)
        add_point(&m, d, &t, &t.points[i], host, pool);
    good = good && finish(&m, &d->canvas);
    texts_free(&m.texts);
    study_table_free(&t);
    free(names[0]);
    free(names[1]);
    free(prefix);
    return good;
}

/* --- a run
 * ------------------------------------------------------------------------------ */

static struct picture_point metric_of(const struct run_record *r,
                                      const struct run_pool *pool, const char *name)
{
    char *path = memory_print("hosts.%s.%s.%s", pool->host, pool->pool, name);
    const struct run_metric *m = run_record_metric(r, path);
    free(path);
    if (!m)
        return (struct picture_point){.mean = NAN, .low = NAN, .high = NAN};
    return (struct picture_point){.mean = m->value,
                                  .low = m->value - m->half_width,
                                  .high = m->value + m->half_width};
}

bool run_predictability(struct run_drawing *d)
{
    struct making m = {.picture = {.words = d->words}};
    for (size_t i = 0; d->plan && i < d->run->pool_count; i++) {
        const struct run_pool *pool = &d->run->pools[i];
        uint32_t ports = 0;
        char name[FIGURE_SHORT];
        const struct field_variant *allocator =
            study_allocator(d->plan, pool->host, pool->pool, &ports);
        if (allocator)
            add(&m, allocator, ports,
                memory_print("%s %s", figure_short(pool->host, name), pool->allocator),
                metric_of(d->run, pool, SERVER_BITS),
                metric_of(d->run, pool, OBSERVER_BITS));
    }
    bool good = finish(&m, &d->canvas);
    texts_free(&m.texts);
    return good;
}

/* --- which port followed which ---------------------------------------------------------
 */

static size_t pairs_of_pool(const struct run_record *r, size_t first)
{
    size_t end = first;
    while (end < r->successor_count &&
           strcmp(r->successors[end].host, r->successors[first].host) == 0 &&
           strcmp(r->successors[end].pool, r->successors[first].pool) == 0)
        end++;
    return end - first;
}

static void add_panel(struct picture_successors *p, const struct run_record *r,
                      size_t first, size_t count, struct texts *texts)
{
    const struct run_successor *pairs = &r->successors[first];
    const struct run_pool *pool = study_run_pool(r, pairs->host, pairs->pool);
    char name[FIGURE_SHORT];
    if (!pool)
        return;
    if (p->count == SUCCESSORS_PANELS_MAX) {
        p->left_out++;
        return;
    }
    char *label = memory_print("%s, %s", figure_short(pool->host, name), pool->allocator);
    p->panels[p->count++] =
        (struct successors_panel){.label = texts_keep(texts, label),
                                  .pairs = pairs,
                                  .count = count,
                                  .low = pool->low,
                                  .high = pool->high,
                                  .bits = metric_of(r, pool, SERVER_BITS).mean};
    p->most = count > p->most ? count : p->most;
    free(label);
}

bool run_successors(struct run_drawing *d)
{
    struct picture_successors p = {.words = d->first};
    struct texts texts = {0};
    for (size_t i = 0, count; i < d->run->successor_count; i += count) {
        count = pairs_of_pool(d->run, i);
        add_panel(&p, d->run, i, count, &texts);
    }
    bool good = !p.count || picture_successors(&d->canvas, "successors", &p);
    texts_free(&texts);
    return good;
}
