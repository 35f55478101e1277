#include "sim/cli/sweep_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/cli/command.h"
#include "sim/cli/complaint.h"
#include "sim/cli/places.h"
#include "sim/cli/stop.h"

/* Replications of a sweep about which nobody says how many. */
#define REPLICATIONS 10

/* --- what is to be printed ----------------------------------------------------- */

/* Takes `text`; each is printed once. */
static void want(struct sweep_session *s, char *text)
{
    s->texts = memory_resize(s->texts, s->text_count + 1u, sizeof *s->texts);
    s->texts[s->text_count++] = text;
    for (uint32_t i = 0; i < s->metrics.count; i++)
        if (strcmp(s->metrics.at[i], text) == 0)
            return;
    text_list_add(&s->metrics, text);
}

void sweep_session_metrics(struct sweep_session *s)
{
    const struct trial_plan *base = s->base;
    const struct app_config *app = base->config->world.apps.items;
    for (uint32_t i = 0; i < s->a->metrics.count; i++)
        want(s, memory_text(s->a->metrics.at[i], strlen(s->a->metrics.at[i])));
    for (uint32_t i = 0; !s->a->metrics.count && i < base->requirement_count; i++)
        want(s, plan_requirement_metric(&base->requirements[i]));
    bool none = s->metrics.count == 0;
    for (uint32_t i = 0; none && i < base->config->world.apps.count; i++)
        want(s, memory_print("apps.%s.failure_ratio", app[i].name));
}

/* The setting that requires something of each of the metrics. */
static char *required(const struct text_list *metrics)
{
    struct text_list rules = {0};
    for (uint32_t i = 0; i < metrics->count; i++)
        text_list_add(&rules, memory_print("%s >= 0", metrics->at[i]));
    char *setting = setting_list("require", &rules);
    for (uint32_t i = 0; i < rules.count; i++)
        free((char *)rules.at[i]);
    text_list_free(&rules);
    return setting;
}

/* A metric is one that a requirement could speak of. */
static bool check_metrics(struct sweep_session *s)
{
    if (!s->a->metrics.count)
        return true;
    char *setting = required(&s->a->metrics);
    struct text_list settings = {0};
    for (uint32_t i = 0; i < s->a->settings.count; i++)
        text_list_add(&settings, s->a->settings.at[i]);
    text_list_add(&settings, setting);
    struct scenario_options options = {
        .library = s->library, .settings = settings.at, .setting_count = settings.count};
    struct issues *issues = issues_new();
    struct trial_plan *plan = trial_plan_read(s->path, &options, issues);
    const struct issue *issue;
    for (size_t i = 0; (issue = issues_get(issues, i)) != NULL; i++)
        fprintf(stderr, "portsim: --metric: %s%s%s%s\n", issue->message,
                issue->suggestion ? "; did you mean " : "",
                issue->suggestion ? issue->suggestion : "", issue->suggestion ? "?" : "");
    bool right = plan != NULL;
    trial_plan_free(plan);
    issues_free(issues);
    text_list_free(&settings);
    free(setting);
    return right;
}

/* --- what is asked for --------------------------------------------------------- */

static void on_progress(void *session, uint64_t done, uint64_t missing)
{
    progress_study(&((struct sweep_session *)session)->progress, done, missing);
}

struct sweep_order sweep_session_order(struct sweep_session *s)
{
    uint32_t own = s->a->vary.count ? 0 : s->base->config->sweep.replications;
    return (struct sweep_order){.points = &s->points,
                                .seed = s->base->config->seed,
                                .replications = s->a->replications ? s->a->replications
                                                : own              ? own
                                                                   : REPLICATIONS,
                                .shard = s->a->shard,
                                .threads = s->a->jobs,
                                .stop = stop_flag(),
                                .progress = on_progress,
                                .context = s};
}

/* --- reading ------------------------------------------------------------------- */

static bool read_axes(struct sweep_session *s)
{
    const struct sweep_arguments *a = s->a;
    bool right = true;
    for (uint32_t i = 0; i < a->vary.count; i++)
        right &= study_axes_add_text(&s->axes, a->vary.at[i], s->base, s->issues);
    return a->vary.count ? right : study_axes_add_config(&s->axes, s->base, s->issues);
}

static enum sweep_design design_of(const struct sweep_session *s)
{
    uint32_t design = 0;
    if (!s->a->design)
        return s->a->vary.count ? SWEEP_GRID
                                : (enum sweep_design)s->base->config->sweep.design;
    while (strcmp(s->a->design, sweep_design_word(design)) != 0)
        design++;
    return (enum sweep_design)design;
}

/* False with *status after complaints. */
static bool read_points(struct sweep_session *s, int *status)
{
    const struct sweep_config *own = &s->base->config->sweep;
    bool ours = s->a->vary.count > 0;
    if (!ours && own->replications == 0) {
        fputs("portsim: what is to vary? --vary PATH=VALUES, or a scenario with a "
              "\"sweep\"\n",
              stderr);
        *status = EXIT_USAGE;
        return false;
    }
    struct points_order order = {.path = s->path,
                                 .options = &s->options,
                                 .axes = &s->axes,
                                 .where = s->a->where ? s->a->where
                                          : ours      ? NULL
                                                      : own->where,
                                 .where_name = s->a->where ? "--where" : "sweep.where",
                                 .design = design_of(s)};
    *status = ours || s->a->where ? EXIT_USAGE : EXIT_SCENARIO;
    if (!read_axes(s) || !study_points_read(&s->points, &order, s->base, s->issues))
        return false;
    *status = EXIT_USAGE;
    struct sweep_order sweep = sweep_session_order(s);
    struct results_error error;
    if (sweep_fits(&sweep, &error))
        return check_metrics(s);
    io_error(&error);
    return false;
}

/* Shares of a study are studies of their own until they are merged. */
static char *directory_of(const struct sweep_arguments *a, const char *scenario)
{
    if (a->directory)
        return memory_text(a->directory, strlen(a->directory));
    if (a->shard.count > 1)
        return memory_print("studies/%s-%u-of-%u", scenario, (unsigned)a->shard.index + 1,
                            (unsigned)a->shard.count);
    return memory_print("studies/%s", scenario);
}

bool sweep_session_read(struct sweep_session *s, int *status)
{
    struct sweep_arguments *a = s->a;
    if (a->seed)
        setting_add(&a->settings, a->seed, NULL);
    s->path = places_scenario(a->scenario);
    s->library = places_folder("scenarios");
    s->options = (struct scenario_options){.library = s->library,
                                           .settings = a->settings.at,
                                           .setting_count = a->settings.count};
    s->base = read_plan(a->scenario, &a->settings, &s->issues, status);
    s->told = !s->base;
    if (s->told)
        return false;
    s->directory = directory_of(a, s->base->config->name);
    return read_points(s, status);
}

void sweep_session_close(struct sweep_session *s)
{
    for (uint32_t i = 0; i < s->text_count; i++)
        free(s->texts[i]);
    free(s->texts);
    text_list_free(&s->metrics);
    store_close(s->store);
    study_points_free(&s->points);
    study_axes_free(&s->axes);
    trial_plan_free(s->base);
    issues_free(s->issues);
    free(s->directory);
    free(s->library);
    free(s->path);
}
