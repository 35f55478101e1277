#include "sim/trial/plan_metrics.h"

#include <stdlib.h>
#include <string.h>

#include "models/app.h"
#include "sim/base/memory.h"
#include "sim/scenario/expression.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/spelling.h"

/* --- finding ------------------------------------------------------------------- */

/* The phase's own copy of its name; NULL when there is none, and `nearest` then knows
 * which one may have been meant. */
static const char *find_phase(const struct trial_config *config, const char *name,
                              struct spelling *nearest)
{
    const struct phase_config *phase = config->phases.items;
    for (uint32_t i = 0; i < config->phases.count; i++) {
        if (strcmp(phase[i].name, name) == 0)
            return phase[i].name;
        spelling_offer(nearest, phase[i].name);
    }
    return NULL;
}

/* The reading whose name is nearest to a wrong one: most of a path is right as a rule, so
 * the one that shares most of its beginning and end. */
static const char *nearest_reading(const struct metrics *m, const char *name)
{
    const char *nearest = NULL;
    size_t best = strlen(name) / 2;
    for (uint32_t i = 0; i < metrics_reading_count(m); i++) {
        const char *other = metrics_reading(m, i).name;
        size_t a = strlen(name), b = strlen(other), head = 0, tail = 0;
        while (head < a && head < b && name[head] == other[head])
            head++;
        while (tail < a - head && tail < b - head &&
               name[a - 1 - tail] == other[b - 1 - tail])
            tail++;
        if (head + tail > best) {
            best = head + tail;
            nearest = other;
        }
    }
    return nearest;
}

/* Complains of a metric, or a phase, that there is not.  Returns the phase's own copy of
 * its name; NULL: none is named. */
static const char *find_metric(const struct trial_plan *plan, const struct metrics *m,
                               const char *metric, const char *phase, const char *path,
                               struct issues *issues)
{
    struct place place = scenario_place(plan->scenario, path);
    struct spelling near = {.word = phase};
    const char *found = find_phase(plan->config, phase, &near);
    if (phase[0] && !found)
        issues_add(issues, place, path, near.nearest, "there is no phase \"%s\"", phase);
    if (metrics_reading_find(m, metric) == UINT32_MAX)
        issues_add(issues, place, path, nearest_reading(m, metric),
                   "there is no metric \"%s\"", metric);
    return found;
}

/* A time is asked of what is in seconds, a share of what is a number without a unit. */
static void check_unit(const struct trial_plan *plan, const struct metrics *m,
                       const struct expression *e, const char *path,
                       struct issues *issues)
{
    uint32_t reading = metrics_reading_find(m, e->metric);
    if (reading == UINT32_MAX || e->unit == EXPRESSION_PLAIN)
        return;
    const char *unit = metrics_reading(m, reading).unit;
    bool plain = strcmp(unit, "1") == 0;
    if (e->unit == EXPRESSION_TIME ? strcmp(unit, "s") != 0 : !plain)
        issues_add(issues, scenario_place(plan->scenario, path), path, NULL,
                   "\"%s\" is %s%s, not %s", e->metric, plain ? "a plain number" : "in ",
                   plain ? "" : unit, e->unit == EXPRESSION_TIME ? "a time" : "a share");
}

/* --- requirements -------------------------------------------------------------- */

static void read_requirement(struct trial_plan *plan, const struct metrics *m, uint32_t i,
                             struct issues *issues)
{
    const char *text = ((const char *const *)plan->config->require.items)[i];
    char *path = memory_print("require[%u]", (unsigned)i);
    struct expression e;
    struct expression_error error;
    bool right = expression_parse(text, &e, &error);
    if (right)
        check_unit(plan, m, &e, path, issues);
    if (right)
        plan->requirements[i] = (struct plan_requirement){
            .text = text,
            .metric = memory_text(e.metric, strlen(e.metric)),
            .phase = find_metric(plan, m, e.metric, e.phase, path, issues),
            .op = (uint8_t)e.op,
            .bound = e.bound};
    else
        issues_add(issues, scenario_place(plan->scenario, path), path, NULL,
                   "%s (character %u)", error.message, (unsigned)error.column);
    free(path);
}

static void read_requirements(struct trial_plan *plan, const struct metrics *m,
                              struct issues *issues)
{
    for (uint32_t i = 0; i < plan->requirement_count; i++)
        read_requirement(plan, m, i, issues);
}

/* --- what a study watches ------------------------------------------------------ */

static void check_watched(const struct trial_plan *plan, const struct metrics *m,
                          const char *text, uint32_t i, struct issues *issues)
{
    size_t length = strcspn(text, "@");
    char *metric = memory_text(text, length);
    char *path = memory_print("study.watch[%u]", (unsigned)i);
    if (text[length] && !text[length + 1])
        issues_add(issues, scenario_place(plan->scenario, path), path, NULL,
                   "\"%s\" names no phase after the @", text);
    find_metric(plan, m, metric, text[length] ? text + length + 1 : "", path, issues);
    free(metric);
    free(path);
}

/* Takes `text`, unless it is watched already. */
static void watch(struct trial_plan *plan, char *text)
{
    for (uint32_t i = 0; i < plan->watch_count; i++)
        if (strcmp(plan->watch[i], text) == 0) {
            free(text);
            return;
        }
    plan->watch[plan->watch_count++] = text;
}

static void watch_requirements(struct trial_plan *plan)
{
    for (uint32_t i = 0; i < plan->requirement_count; i++) {
        const struct plan_requirement *r = &plan->requirements[i];
        if (r->metric)
            watch(plan, r->phase ? memory_print("%s@%s", r->metric, r->phase)
                                 : memory_text(r->metric, strlen(r->metric)));
    }
}

static void watch_apps(struct trial_plan *plan)
{
    const struct app_config *app = plan->config->world.apps.items;
    for (uint32_t i = 0; i < plan->config->world.apps.count; i++)
        watch(plan, memory_print("apps.%s.failure_ratio", app[i].name));
}

static void read_watch(struct trial_plan *plan, const struct metrics *m,
                       struct issues *issues)
{
    const struct field_list *asked = &plan->config->study.watch;
    const char *const *texts = asked->items;
    for (uint32_t i = 0; i < asked->count; i++) {
        check_watched(plan, m, texts[i], i, issues);
        watch(plan, memory_text(texts[i], strlen(texts[i])));
    }
    if (!asked->count)
        watch_requirements(plan);
    if (!plan->watch_count)
        watch_apps(plan);
}

/* --- both ---------------------------------------------------------------------- */

void plan_metrics_read(struct trial_plan *plan, struct issues *issues)
{
    const struct trial_config *c = plan->config;
    plan->requirement_count = c->require.count;
    plan->requirements = memory_new(plan->requirement_count, sizeof *plan->requirements);
    plan->watch =
        memory_new(c->study.watch.count + c->require.count + c->world.apps.count,
                   sizeof *plan->watch);
    bool named = c->require.count || c->study.watch.count;
    struct world *w = named ? world_new(&c->world, plan->traces, c->seed, 1) : NULL;
    read_requirements(plan, w ? world_metrics(w) : NULL, issues);
    read_watch(plan, w ? world_metrics(w) : NULL, issues);
    world_free(w);
}

void plan_metrics_free(struct trial_plan *plan)
{
    for (uint32_t i = 0; i < plan->requirement_count; i++)
        free(plan->requirements[i].metric);
    for (uint32_t i = 0; i < plan->watch_count; i++)
        free(plan->watch[i]);
    free(plan->requirements);
    free(plan->watch);
}
