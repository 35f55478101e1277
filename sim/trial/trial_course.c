#include "sim/trial/trial_course.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/app.h"
#include "sim/base/memory.h"
#include "sim/results/axis.h"
#include "sim/trial/trial_plan.h"

/* One reading, or a level as a share of another. */
struct followed {
    uint32_t reading, share_of; /* share_of UINT32_MAX: none */
    struct metric_total before, share_before;
};

struct course_recorder {
    const struct metrics *metrics;
    struct trial_course *course;
    struct followed at[COURSE_SERIES_MAX];
    uint32_t bin; /* under way */
};

/* --- which ------------------------------------------------------------------------- */

/* Takes the name, which is the caller's to give. */
static void follow(struct course_recorder *r, char *name, uint32_t reading,
                   uint32_t share_of)
{
    struct trial_course *c = r->course;
    struct metric_total unused;
    bool known = reading == UINT32_MAX || c->count == COURSE_SERIES_MAX ||
                 !metrics_total(r->metrics, reading, 0, &unused);
    for (uint32_t i = 0; i < c->count; i++)
        known = known || strcmp(c->names[i], name) == 0;
    if (known) {
        free(name);
        return;
    }
    r->at[c->count] = (struct followed){.reading = reading, .share_of = share_of};
    c->names[c->count++] = name;
}

static void follow_metric(struct course_recorder *r, char *name)
{
    follow(r, name, metrics_reading_find(r->metrics, name), UINT32_MAX);
}

/* Of a plain count its rate; without its phase: the whole run is looked at. */
static void follow_watched(struct course_recorder *r, const char *watched)
{
    int length = (int)strcspn(watched, "@");
    char *rate = memory_print("%.*s_per_s", length, watched);
    bool counts = metrics_reading_find(r->metrics, rate) != UINT32_MAX;
    follow_metric(r, counts ? rate : memory_text(watched, (size_t)length));
    if (!counts)
        free(rate);
}

static void follow_pools(struct course_recorder *r)
{
    static const char tail[] = ".capacity";
    uint32_t readings = metrics_reading_count(r->metrics);
    for (uint32_t i = 0; i < readings; i++) {
        const char *name = metrics_reading(r->metrics, i).name;
        size_t length = strlen(name), end = sizeof tail - 1;
        if (strncmp(name, "hosts.", 6) != 0 || length < end ||
            strcmp(name + length - end, tail) != 0)
            continue;
        int stem = (int)(length - end);
        char *use = memory_print("%.*s.in_use", stem, name);
        follow(r, memory_print("%.*s.utilisation", stem, name),
               metrics_reading_find(r->metrics, use), i);
        free(use);
    }
}

static void follow_apps(struct course_recorder *r, const struct field_list *apps)
{
    static const char *const what[] = {"attempts_per_s", "failures_per_s",
                                       "failure_ratio"};
    const struct app_config *app = apps->items;
    for (uint32_t i = 0; i < apps->count; i++)
        for (size_t k = 0; k < sizeof what / sizeof what[0]; k++)
            follow_metric(r, memory_print("apps.%s.%s", app[i].name, what[k]));
}

/* --- the recorder ------------------------------------------------------------------ */

struct course_recorder *course_recorder_new(const struct trial_plan *plan,
                                            const struct metrics *m)
{
    struct course_recorder *r = memory_new(1, sizeof *r);
    struct trial_course *c = memory_new(1, sizeof *c);
    const struct trial_config *config = plan->config;
    *r = (struct course_recorder){.metrics = m, .course = c};
    c->names = memory_new(COURSE_SERIES_MAX, sizeof *c->names);
    c->end = config->duration;
    c->length = axis_round_up((config->duration + COURSE_BINS - 1) / COURSE_BINS);
    c->bins = (uint32_t)((c->end + c->length - 1) / c->length);
    for (uint32_t i = 0; i < plan->watch_count; i++)
        follow_watched(r, plan->watch[i]);
    follow_pools(r);
    follow_apps(r, &config->world.apps);
    size_t count = (size_t)c->count * c->bins;
    c->values = memory_new(count, sizeof *c->values);
    for (size_t i = 0; i < count; i++)
        c->values[i] = NAN;
    return r;
}

sim_ns course_recorder_next(const struct course_recorder *r)
{
    const struct trial_course *c = r->course;
    if (r->bin == c->bins)
        return SIM_NEVER;
    return r->bin + 1 == c->bins ? c->end : c->length * (sim_ns)(r->bin + 1);
}

static double take(const struct course_recorder *r, struct followed *f, sim_ns now)
{
    const struct metrics *m = r->metrics;
    struct metric_total total;
    metrics_total(m, f->reading, now, &total);
    double value = metrics_between(m, f->reading, &f->before, &total);
    f->before = total;
    if (f->share_of == UINT32_MAX)
        return value;
    metrics_total(m, f->share_of, now, &total);
    double of = metrics_between(m, f->share_of, &f->share_before, &total);
    f->share_before = total;
    return of > 0 ? value / of : (double)NAN;
}

void course_recorder_take(struct course_recorder *r)
{
    struct trial_course *c = r->course;
    sim_ns now = course_recorder_next(r);
    for (uint32_t i = 0; i < c->count; i++)
        c->values[(size_t)i * c->bins + r->bin] = take(r, &r->at[i], now);
    r->bin++;
}

struct trial_course *course_recorder_end(struct course_recorder *r)
{
    struct trial_course *c = r->course;
    free(r);
    return c;
}

void trial_course_free(struct trial_course *c)
{
    if (!c)
        return;
    for (uint32_t i = 0; i < c->count; i++)
        free(c->names[i]);
    free(c->names);
    free(c->values);
    free(c);
}
