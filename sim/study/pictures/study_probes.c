/* Where the picture "probes" has its numbers from.
 *
 * A run counted its choices in probes.csv, a hundredth of the ports a band; a study has
 * the metrics probes_at.* of hosts that ask for them.  Both speak of the share that was
 * taken when each choice was made, so a closed form holds for them at every moment of a
 * run; the mean cost over the mean use, of runs at several rates, would mix the two where
 * the cost is steep.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/port_allocator.h"
#include "models/probe_log.h"
#include "sim/base/memory.h"
#include "sim/base/texts.h"
#include "sim/results/figure.h"
#include "sim/study/pictures/study_ports.h"
#include "sim/theory/probes.h"

/* A pool with fewer choices, or that was never as full, has no curve worth looking at. */
#define CHOICES_LEAST 100
#define SHARE_LEAST   0.25

/* A picture of which every line looks at one port shows nothing. */
#define COST_LEAST 1.5

/* Choices from which 99 of 100 says something; and the mean. */
#define P99_LEAST  100
#define MEAN_LEAST 5

/* Points of a closed form. */
#define CURVE_POINTS 120

/* A picture being made. */
struct making {
    struct picture_probes picture;
    struct theory_search searches[PROBES_CURVES_MAX]; /* of each curve */
    const struct theory_probe_curve *forms[PROBES_CURVES_MAX];
    struct probes_point *points[PROBES_LINES_MAX];                      /* owned */
    double *numbers[PROBES_CURVES_MAX];                                 /* owned */
    const char *hosts[PROBES_LINES_MAX], *allocators[PROBES_LINES_MAX]; /* of a run */
    struct texts texts;
};

static void drop(struct making *m)
{
    for (unsigned i = 0; i < m->picture.line_count; i++)
        free(m->points[i]);
    for (unsigned i = 0; i < m->picture.curve_count; i++)
        free(m->numbers[i]);
    texts_free(&m->texts);
}

static const char *keep(struct making *m, char *text)
{
    const char *kept = texts_keep(&m->texts, text);
    free(text);
    return kept;
}

static bool shows_something(const struct picture_probes *p)
{
    for (unsigned i = 0; i < p->line_count; i++)
        for (size_t k = 0; k < p->lines[i].count; k++)
            if (p->lines[i].points[k].mean.mean >= COST_LEAST)
                return true;
    return false;
}

/* --- closed forms ---------------------------------------------------------------------
 */

static bool has_curve(const struct making *m, const struct theory_probe_curve *form,
                      const struct theory_search *s)
{
    for (unsigned i = 0; i < m->picture.curve_count; i++)
        if (m->forms[i] == form && m->searches[i].tries == s->tries)
            return true;
    return false;
}

/* At places that are evenly apart in the picture, as far as a port is left. */
static void fill_curve(struct making *m, const struct theory_probe_curve *form,
                       const struct theory_search *s, uint32_t ports)
{
    struct probes_curve *curve = &m->picture.curves[m->picture.curve_count];
    double *taken = memory_new(3 * CURVE_POINTS, sizeof *taken);
    double *mean = taken + CURVE_POINTS, *p99 = mean + CURVE_POINTS;
    double least_free = fmax(1.0 / ports, 0.004);
    for (unsigned i = 0; i < CURVE_POINTS; i++) {
        taken[i] = -expm1(log(least_free) * i / (CURVE_POINTS - 1));
        mean[i] = form->mean(s, ports, taken[i]);
        p99[i] = form->p99 ? form->p99(s, ports, taken[i]) : NAN;
    }
    *curve = (struct probes_curve){.name = form->name,
                                   .taken = taken,
                                   .mean = mean,
                                   .p99 = form->p99 ? p99 : NULL,
                                   .count = CURVE_POINTS};
    if (s->tries && s->tries < ports)
        curve->name = keep(m, memory_print("the same, at most %u draws", s->tries));
    m->forms[m->picture.curve_count] = form;
    m->searches[m->picture.curve_count] = *s;
    m->numbers[m->picture.curve_count++] = taken;
}

/* Adds what closed forms say of an allocator, as far as nobody said it before. */
static void add_curves(struct making *m, const struct field_variant *allocator,
                       uint32_t ports)
{
    struct theory_search s = theory_search_of(allocator, ports, false);
    for (size_t i = 0; i < THEORY_PROBE_CURVES; i++) {
        const struct theory_probe_curve *form = &theory_probe_curves[i];
        if (m->picture.curve_count < PROBES_CURVES_MAX && form->of(&s) &&
            !has_curve(m, form, &s))
            fill_curve(m, form, &s, ports);
    }
}

/* --- a study --------------------------------------------------------------------------
 */

/* Of each row of the metrics the mean and the 99th of 100. */
#define NAMES (2 * PROBE_METRICS)

static size_t take_point(const struct table_point *p, struct probes_point *out)
{
    size_t count = 0;
    for (uint32_t row = 0; row < PROBE_METRICS; row++) {
        const struct picture_point mean = study_point_of(p, 2 * row);
        if (isnan(mean.mean))
            continue;
        out[count++] = (struct probes_point){.low = probe_metric_low(row) / 100.0,
                                             .high = probe_metric_high(row) / 100.0,
                                             .mean = mean,
                                             .p99 = p->estimates[2 * row + 1].value};
    }
    return count;
}

static void add_point(struct making *m, struct study_drawing *d,
                      const struct study_table *t, const struct table_point *p,
                      const char *host, const char *pool)
{
    struct issues *issues = issues_new();
    struct trial_plan *plan = study_plan_of(d, p, issues);
    uint32_t ports = 0;
    const struct field_variant *allocator =
        plan ? study_allocator(plan, host, pool, &ports) : NULL;
    struct probes_point *points = memory_new(PROBE_METRICS, sizeof *points);
    size_t count = take_point(p, points);
    unsigned line = m->picture.line_count;
    if (allocator && count) {
        m->points[line] = points;
        m->picture.lines[line] =
            (struct probes_line){keep(m, study_point_label(t, p)), points, count};
        m->picture.line_count++;
        if (!m->picture.ports)
            m->picture.ports = ports;
        add_curves(m, allocator, ports);
    } else {
        free(points);
    }
    trial_plan_free(plan);
    issues_free(issues);
}

static bool draw_study(struct study_drawing *d, const struct study_table *t,
                       const char *prefix)
{
    struct making m = {.picture = {.words = d->words}};
    const char *host = prefix + strlen("hosts."), *pool = strrchr(prefix, '.') + 1;
    char *name = memory_text(host, (size_t)(pool - 1 - host));
    m.picture.where = keep(&m, memory_print("%s %s", name, pool));
    for (uint32_t i = 0; i < t->point_count; i++) {
        if (m.picture.line_count < PROBES_LINES_MAX)
            add_point(&m, d, t, &t->points[i], name, pool);
        else
            m.picture.left_out++;
    }
    bool good =
        !shows_something(&m.picture) || picture_probes(&d->canvas, "probes", &m.picture);
    free(name);
    drop(&m);
    return good;
}

bool study_probes(struct study_drawing *d)
{
    char *prefix = study_find_pool(d, "probes_at.90"), *names[NAMES];
    struct study_table t = {0};
    if (!prefix)
        return true;
    for (uint32_t i = 0; i < PROBE_METRICS; i++) {
        names[2 * i] = memory_print("%s.%s", prefix, probe_log_metrics[i].name);
        names[2 * i + 1] = memory_print("%s.%s.p99", prefix, probe_log_metrics[i].name);
    }
    bool good = study_table_read(&t, d->store, (const char *const *)names, NAMES, NULL,
                                 d->canvas.error) &&
                draw_study(d, &t, prefix);
    study_table_free(&t);
    for (uint32_t i = 0; i < NAMES; i++)
        free(names[i]);
    free(prefix);
    return good;
}

/* --- a run ----------------------------------------------------------------------------
 */

/* The rows of a pool, one behind the other. */
static size_t rows_of_pool(const struct run_record *r, size_t first)
{
    size_t end = first;
    while (end < r->probe_count &&
           strcmp(r->probes[end].host, r->probes[first].host) == 0 &&
           strcmp(r->probes[end].pool, r->probes[first].pool) == 0)
        end++;
    return end - first;
}

static bool is_worth_it(const struct run_probes *rows, size_t count)
{
    uint64_t choices = 0;
    for (size_t i = 0; i < count; i++)
        choices += rows[i].choices;
    return choices >= CHOICES_LEAST && rows[count - 1].low >= SHARE_LEAST;
}

static void add_pool(struct making *m, const struct run_drawing *d,
                     const struct run_probes *rows, size_t count)
{
    const struct run_pool *pool = study_run_pool(d->run, rows->host, rows->pool);
    unsigned line = m->picture.line_count;
    struct probes_point *points = memory_new(count, sizeof *points);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].choices < MEAN_LEAST)
            continue;
        points[kept++] = (struct probes_point){
            .low = rows[i].low,
            .high = rows[i].high,
            .mean = {.mean = rows[i].mean, .low = NAN, .high = NAN},
            .p99 = rows[i].choices >= P99_LEAST ? rows[i].p99 : (double)NAN};
    }
    m->points[line] = points;
    m->hosts[line] = rows->host;
    m->allocators[line] = pool ? pool->allocator : rows->pool;
    m->picture.lines[line] = (struct probes_line){NULL, points, kept};
    m->picture.line_count += kept > 0;
    if (!kept)
        free(points);
    uint32_t ports = 0;
    const struct field_variant *allocator =
        d->plan ? study_allocator(d->plan, rows->host, rows->pool, &ports) : NULL;
    if (pool && !m->picture.ports)
        m->picture.ports = (uint32_t)(pool->high - pool->low + 1) - pool->reserved;
    if (allocator && kept)
        add_curves(m, allocator, ports);
}

static bool all_differ(const char *const *texts, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        for (unsigned k = 0; k < i; k++)
            if (strcmp(texts[i], texts[k]) == 0)
                return false;
    return true;
}

/* By allocator where that tells the lines apart, else by host. */
static void name_lines(struct making *m, const struct run_probes *first)
{
    unsigned count = m->picture.line_count;
    char name[FIGURE_SHORT];
    bool by_allocator = all_differ(m->allocators, count);
    for (unsigned i = 0; i < count; i++)
        m->picture.lines[i].label =
            keep(m, memory_print("%s", by_allocator ? m->allocators[i]
                                                    : figure_short(m->hosts[i], name)));
    if (count == 1)
        m->picture.where =
            keep(m, memory_print("%s %s", figure_short(m->hosts[0], name), first->pool));
}

bool run_probes_picture(struct run_drawing *d)
{
    const struct run_record *r = d->run;
    struct making m = {.picture = {.words = d->first}};
    const struct run_probes *first = NULL;
    for (size_t i = 0, count; i < r->probe_count; i += count) {
        count = rows_of_pool(r, i);
        if (!is_worth_it(&r->probes[i], count))
            continue;
        first = first ? first : &r->probes[i];
        if (m.picture.line_count < PROBES_LINES_MAX)
            add_pool(&m, d, &r->probes[i], count);
        else
            m.picture.left_out++;
    }
    if (first)
        name_lines(&m, first);
    bool good =
        !shows_something(&m.picture) || picture_probes(&d->canvas, "probes", &m.picture);
    drop(&m);
    return good;
}
