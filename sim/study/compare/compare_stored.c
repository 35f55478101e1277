#include "sim/study/compare/compare_stored.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/text.h"

/* --- baselines ---------------------------------------------------------------------- */

const struct baseline_case *compare_baseline_case(const struct baseline *b,
                                                  const char *name)
{
    for (uint32_t i = 0; i < b->case_count; i++)
        if (strcmp(b->cases[i].name, name) == 0)
            return &b->cases[i];
    return NULL;
}

/* Zero in every run may have been left out of every summary: what shows the metric then
 * is the other side. */
static bool is_shown(const struct baseline_metric *m, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!(fabs(m->values[i]) <= 0))
            return true;
    return false;
}

void compare_side_of_baseline(struct compare_side *side, const struct baseline_case *c,
                              const char *const *patterns, uint32_t count)
{
    for (uint32_t i = 0; i < c->metric_count; i++) {
        const struct baseline_metric *m = &c->metrics[i];
        if (count && !compare_wants(patterns, count, m->name))
            continue;
        compare_side_metric(side, m->name, m->unit, i);
        side->metrics[side->metric_count - 1].shown = is_shown(m, c->run_count);
    }
    for (uint32_t r = 0; r < c->run_count; r++) {
        double *values = compare_side_run(
            side, &(struct compare_run){.seed = c->seed,
                                        .fingerprint = c->fingerprints[r],
                                        .replication = r + 1});
        for (uint32_t i = 0; i < side->metric_count; i++)
            values[i] = c->metrics[side->metrics[i].row].values[r];
    }
}

static struct baseline_case baseline_of(const struct compare_case *from)
{
    const struct compare_side *s = &from->b;
    struct baseline_case c = {
        .name = from->name,
        .key = (char *)s->key,
        .seed = s->run_count ? s->runs[0].seed : 0,
        .fingerprints = memory_new(s->run_count, sizeof *c.fingerprints),
        .run_count = s->run_count,
        .metrics = memory_new(s->metric_count, sizeof *c.metrics),
        .metric_count = s->metric_count,
    };
    for (uint32_t r = 0; r < s->run_count; r++)
        c.fingerprints[r] = s->runs[r].fingerprint;
    for (uint32_t i = 0; i < s->metric_count; i++) {
        struct baseline_metric *m = &c.metrics[i];
        *m = (struct baseline_metric){.name = s->metrics[i].name,
                                      .unit = s->metrics[i].unit,
                                      .values = memory_new(s->run_count, sizeof(double))};
        for (uint32_t r = 0; r < s->run_count; r++)
            m->values[r] = s->values[(size_t)r * s->metric_count + i];
    }
    return c;
}

bool compare_baseline_write(const char *path, const struct compare_case *cases,
                            uint32_t count, struct results_error *error)
{
    struct baseline b = {.cases = memory_new(count, sizeof *b.cases),
                         .case_count = count};
    for (uint32_t i = 0; i < count; i++)
        b.cases[i] = baseline_of(&cases[i]);
    bool written = baseline_write(path, &b, error);
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < b.cases[i].metric_count; k++)
            free(b.cases[i].metrics[k].values);
        free(b.cases[i].metrics);
        free(b.cases[i].fingerprints);
    }
    free(b.cases);
    return written;
}

/* --- studies ------------------------------------------------------------------------ */

/* A point by what it varies: "apps.a.arrivals.rate=40/s, ..."; "" of the base alone.  Of
 * one study no two are alike. */
static char *settings_of(const struct study_store *s, uint32_t point)
{
    struct text t = {0};
    for (uint32_t i = 0; i < store_axis_count(s); i++) {
        const char *value = store_value(s, point, i);
        text_print(&t, "%s%s=%s", i ? ", " : "", store_axis(s, i), value ? value : "");
    }
    char *settings = memory_text(text_of(&t), t.length);
    text_free(&t);
    return settings;
}

static uint32_t find_point(const struct study_store *s, const char *settings)
{
    for (uint32_t i = 0; i < store_point_count(s); i++) {
        char *other = settings_of(s, i);
        bool same = strcmp(other, settings) == 0;
        free(other);
        if (same)
            return i;
    }
    return STORE_NONE;
}

static bool load_side(struct study_store *s, uint32_t point, const char *const *patterns,
                      uint32_t count, struct compare_side *side,
                      struct results_error *error)
{
    struct store_runs runs;
    if (!store_load(s, point, &runs, error))
        return false;
    if (runs.count)
        compare_side_choose(side, runs.at[0], patterns, count);
    for (uint32_t i = 0; i < runs.count; i++)
        compare_side_add(side, runs.at[i]);
    snprintf(side->key, sizeof side->key, "%s", store_point_key(s, point));
    store_runs_free(&runs);
    return true;
}

bool compare_studies(struct study_store *a, struct study_store *b,
                     const char *const *patterns, uint32_t count,
                     struct compare_studies *out, struct results_error *error)
{
    uint32_t *points = store_points(a), total = store_point_count(a);
    bool good = true;
    *out = (struct compare_studies){.cases = memory_new(total, sizeof *out->cases)};
    for (uint32_t i = 0; i < total && good; i++) {
        char *settings = settings_of(a, points[i]);
        uint32_t other = find_point(b, settings);
        if (other == STORE_NONE) {
            out->only_a++;
            free(settings);
            continue;
        }
        struct compare_case *c = &out->cases[out->count++];
        bool plain = !*settings;
        c->name = plain ? memory_print("%s", store_about(a)->scenario) : settings;
        if (plain)
            free(settings);
        good = load_side(a, points[i], patterns, count, &c->a, error) &&
               load_side(b, other, patterns, count, &c->b, error);
        uint32_t fewer =
            c->a.run_count < c->b.run_count ? c->a.run_count : c->b.run_count;
        out->replications = out->replications > fewer ? out->replications : fewer;
    }
    out->only_b = store_point_count(b) - out->count;
    free(points);
    return good;
}
