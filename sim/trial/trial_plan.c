#include "sim/trial/trial_plan.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/scenario/scenario.h"
#include "sim/trial/later_addresses.h"
#include "sim/trial/moments.h"
#include "sim/trial/plan_metrics.h"
#include "sim/trial/trace_file.h"

/* --- changes ------------------------------------------------------------------- */

/* What world_reconfigure relies on: a change keeps every host, path and app. */
static void check_same_shape(const struct trial_config *a, const struct trial_config *b)
{
    SIM_ASSERT(a->world.hosts.count == b->world.hosts.count);
    SIM_ASSERT(a->world.paths.count == b->world.paths.count);
    SIM_ASSERT(a->world.apps.count == b->world.apps.count);
}

static void read_changes(struct trial_plan *plan)
{
    plan->change_count = scenario_change_count(plan->scenario);
    plan->changes = memory_new(plan->change_count, sizeof *plan->changes);
    for (uint32_t i = 0; i < plan->change_count; i++) {
        struct plan_change *c = &plan->changes[i];
        struct field_list settings = scenario_change_settings(plan->scenario, i);
        const struct field_setting *setting = settings.items;
        c->at = scenario_change_at(plan->scenario, i);
        c->config = scenario_after_change(plan->scenario, i + 1);
        check_same_shape(plan->config, c->config);
        c->texts = memory_new(settings.count, sizeof *c->texts);
        c->text_count = settings.count;
        for (uint32_t k = 0; k < settings.count; k++)
            c->texts[k] = scenario_setting_text(&setting[k]);
    }
}

/* --- traces -------------------------------------------------------------------- */

/* The caller's to free.  A run of the library has its scenario and not the recording
 * beside it: that is still in the library. */
static char *find_trace(const struct trial_plan *plan, const char *path, const char *file,
                        const char *library)
{
    if (file[0] == '/')
        return memory_text(file, strlen(file));
    char *beside = memory_print("%s/%s", scenario_folder(plan->scenario, path), file);
    if (!library || trace_file_exists(beside))
        return beside;
    char *there = memory_print("%s/%s", library, file);
    bool found = trace_file_exists(there);
    free(found ? beside : there);
    return found ? there : beside;
}

static void read_trace(struct trial_plan *plan, uint32_t number,
                       const struct app_config *app, const char *library,
                       struct issues *issues)
{
    const struct arrivals_trace *trace = app->arrivals.config;
    char *path = memory_print("apps.%s.arrivals.file", app->name);
    char *file = find_trace(plan, path, trace->file, library);
    struct trace_error error;
    if (!trace_file_read(file, &plan->traces[number], &error)) {
        if (error.unreadable)
            issues_unreadable(issues);
        if (error.line)
            issues_add(issues, scenario_place(plan->scenario, path), path, NULL,
                       "%s, line %u: %s", file, error.line, error.text);
        else
            issues_add(issues, scenario_place(plan->scenario, path), path, NULL,
                       "cannot use %s: %s", file, error.text);
    }
    free(file);
    free(path);
}

static bool same_recording(const struct field_variant *a, const struct field_variant *b)
{
    const struct arrivals_trace *x = a->config, *y = b->config;
    return a->kind == ARRIVALS_TRACE && strcmp(x->file, y->file) == 0;
}

static void complain_late_trace(const struct trial_plan *plan, uint32_t change,
                                const char *app, struct issues *issues)
{
    char *path = memory_print("changes[%u].set",
                              (unsigned)scenario_change_entry(plan->scenario, change));
    issues_add(issues, scenario_place(plan->scenario, path), path, NULL,
               "a recording counts from the beginning of the run: \"%s\" cannot get "
               "another one in mid-run",
               app);
    free(path);
}

static void refuse_late_traces(const struct trial_plan *plan, struct issues *issues)
{
    const struct app_config *before = plan->config->world.apps.items;
    for (uint32_t i = 0; i < plan->change_count; i++) {
        const struct field_list *apps = &plan->changes[i].config->world.apps;
        const struct app_config *after = apps->items;
        for (uint32_t k = 0; k < apps->count; k++)
            if (after[k].arrivals.kind == ARRIVALS_TRACE &&
                !same_recording(&before[k].arrivals, &after[k].arrivals))
                complain_late_trace(plan, i, after[k].name, issues);
        before = after;
    }
}

static void read_traces(struct trial_plan *plan, const char *library,
                        struct issues *issues)
{
    const struct field_list *apps = &plan->config->world.apps;
    const struct app_config *app = apps->items;
    plan->traces = memory_new(apps->count, sizeof *plan->traces);
    for (uint32_t i = 0; i < apps->count; i++)
        if (app[i].arrivals.kind == ARRIVALS_TRACE)
            read_trace(plan, i, &app[i], library, issues);
}

/* --- sockets ------------------------------------------------------------------- */

/* Counts beyond this would fill a disk. */
#define COUNTS_MOST 100000

static bool is_asked(const struct trial_plan *plan, const struct moment *m)
{
    for (uint32_t i = 0; i < plan->moment_count; i++)
        if (strcmp(plan->moments[i].name, m->name) == 0)
            return true;
    return false;
}

static void read_moments(struct trial_plan *plan, struct issues *issues)
{
    const struct sockets_config *c = &plan->config->sockets;
    const char *const *words = c->at.items;
    plan->moments = memory_new(c->at.count, sizeof *plan->moments);
    for (uint32_t i = 0; i < c->at.count; i++) {
        struct moment m;
        char complaint[MOMENT_COMPLAINT];
        if (!moment_of(words[i], plan->config, plan->changes, plan->change_count, &m,
                       complaint)) {
            char *path = memory_print("sockets.at[%u]", (unsigned)i);
            issues_add(issues, scenario_place(plan->scenario, path), path, NULL, "%s",
                       complaint);
            free(path);
        } else if (!is_asked(plan, &m)) {
            plan->moments[plan->moment_count++] = m;
        }
    }
    if (c->every && plan->config->duration / c->every > COUNTS_MOST)
        issues_add(issues, scenario_place(plan->scenario, "sockets.every"),
                   "sockets.every", NULL, "the run would be counted more than %u times",
                   (unsigned)COUNTS_MOST);
}

/* --- all of it ----------------------------------------------------------------- */

static struct trial_plan *plan_of(struct scenario *scenario,
                                  const struct scenario_options *options,
                                  struct issues *issues)
{
    if (!scenario)
        return NULL;
    struct trial_plan *plan = memory_new(1, sizeof *plan);
    struct json_text resolved = {0};
    plan->scenario = scenario;
    plan->own = memory_new(1, sizeof *plan->own);
    *plan->own = *(const struct trial_config *)scenario_root(scenario);
    plan->config = plan->own;
    read_changes(plan);
    later_addresses_find(plan, issues);
    read_traces(plan, options ? options->library : NULL, issues);
    refuse_late_traces(plan, issues);
    read_moments(plan, issues);
    if (issues_count(issues) == 0)
        plan_metrics_read(plan, issues);
    scenario_write(scenario, scenario_root(scenario), &resolved);
    plan->resolved = resolved.bytes;
    if (issues_count(issues) == 0)
        return plan;
    trial_plan_free(plan);
    return NULL;
}

struct trial_plan *trial_plan_read(const char *path,
                                   const struct scenario_options *options,
                                   struct issues *issues)
{
    return plan_of(scenario_read_file(path, &trial_fields, options, issues), options,
                   issues);
}

struct trial_plan *trial_plan_read_text(const char *name, const char *text, size_t length,
                                        const struct scenario_options *options,
                                        struct issues *issues)
{
    return plan_of(scenario_read_text(name, text, length, &trial_fields, options, issues),
                   options, issues);
}

void trial_plan_keep(struct trial_plan *plan, const struct moment *moment)
{
    plan->moments = memory_resize(plan->moments, 1, sizeof *plan->moments);
    plan->moments[0] = *moment;
    plan->moment_count = 1;
}

void trial_plan_warm_up(struct trial_plan *plan, sim_ns warm_up)
{
    struct trial_config root =
        *(const struct trial_config *)scenario_root(plan->scenario);
    struct json_text resolved = {0};
    SIM_ASSERT(warm_up < plan->config->duration);
    plan->own->warm_up = root.warm_up = warm_up;
    scenario_write(plan->scenario, &root, &resolved);
    free(plan->resolved);
    plan->resolved = resolved.bytes;
}

char *plan_requirement_metric(const struct plan_requirement *r)
{
    return memory_print("%s%s%s", r->metric, r->phase ? "@" : "",
                        r->phase ? r->phase : "");
}

void trial_plan_free(struct trial_plan *plan)
{
    if (!plan)
        return;
    for (uint32_t i = 0; i < plan->change_count; i++) {
        for (uint32_t k = 0; k < plan->changes[i].text_count; k++)
            free(plan->changes[i].texts[k]);
        free(plan->changes[i].texts);
    }
    for (uint32_t i = 0; i < plan->config->world.apps.count; i++)
        free(plan->traces[i].rows);
    plan_metrics_free(plan);
    later_addresses_free(plan);
    free(plan->changes);
    free(plan->traces);
    free(plan->moments);
    free(plan->resolved);
    free(plan->own);
    scenario_free(plan->scenario);
    free(plan);
}
