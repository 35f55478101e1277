#include "sim/study/pictures/study_wanted.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/text.h"
#include "sim/scenario/expression.h"
#include "sim/scenario/spelling.h"

char *wanted_app(const char *metric)
{
    static const char prefix[] = "apps.";
    size_t skipped = sizeof prefix - 1;
    if (strncmp(metric, prefix, skipped) != 0)
        return NULL;
    return memory_text(metric + skipped, strcspn(metric + skipped, "."));
}

static bool is_wanted(const struct study_wanted *w, const char *name)
{
    for (uint32_t i = 0; i < w->count; i++)
        if (strcmp(w->at[i].name, name) == 0)
            return true;
    return false;
}

static void add(struct study_wanted *w, char *name, struct picture_bound bound)
{
    if (is_wanted(w, name))
        free(name);
    else
        w->at[w->count++] = (struct wanted_metric){name, bound};
}

static struct picture_bound bound_of(const struct plan_requirement *r)
{
    enum expression_op op = (enum expression_op)r->op;
    bool at_most = op == EXPRESSION_AT_MOST || op == EXPRESSION_BELOW;
    bool at_least = op == EXPRESSION_AT_LEAST || op == EXPRESSION_ABOVE;
    return (struct picture_bound){
        .is = at_most || at_least, .at_most = at_most, .value = r->bound};
}

static void take_requirements(struct study_wanted *w, const struct trial_plan *base)
{
    for (uint32_t i = 0; base && i < base->requirement_count && w->count < WANTED_MAX;
         i++)
        add(w, plan_requirement_metric(&base->requirements[i]),
            bound_of(&base->requirements[i]));
}

/* The bound that a requirement sets on this metric, if one does. */
static struct picture_bound known_bound(const struct trial_plan *base, const char *metric)
{
    struct picture_bound bound = {0};
    for (uint32_t i = 0; base && !bound.is && i < base->requirement_count; i++) {
        char *name = plan_requirement_metric(&base->requirements[i]);
        if (strcmp(name, metric) == 0)
            bound = bound_of(&base->requirements[i]);
        free(name);
    }
    return bound;
}

static void take_failure_ratios(struct study_wanted *w, const struct trial_numbers *run)
{
    for (uint32_t i = 0; i < run->count && w->count < PICTURE_LINES_MAX; i++) {
        char *app = text_middle(run->rows[i].name, "apps.", ".failure_ratio");
        if (app && !strchr(app, '.'))
            add(w, memory_print("%s", run->rows[i].name), (struct picture_bound){0});
        free(app);
    }
    w->apps = w->count > 0;
}

static char *first_failure_of(char *app)
{
    char *name = app ? memory_print("apps.%s.first_failure_s", app) : NULL;
    free(app);
    return name;
}

/* Of the application that is asked about; else of the first that there is. */
static char *find_moment(const struct study_wanted *w, const struct trial_numbers *run)
{
    for (uint32_t i = 0; i < w->count; i++) {
        char *name = first_failure_of(wanted_app(w->at[i].name));
        if (name && trial_numbers_find(run, name) != NUMBERS_NONE)
            return name;
        free(name);
    }
    for (uint32_t i = 0; i < run->count; i++) {
        char *app = text_middle(run->rows[i].name, "apps.", ".first_failure_s");
        if (app)
            return first_failure_of(app);
    }
    return NULL;
}

static bool refuse(const struct trial_numbers *run, const char *metric,
                   struct results_error *error)
{
    struct spelling spelling = {.word = metric};
    for (uint32_t i = 0; i < run->count; i++)
        if (!run->hidden[i])
            spelling_offer(&spelling, run->rows[i].name);
    if (spelling.nearest)
        return results_refuse(error, "no run has a metric \"%s\"; did you mean \"%s\"?",
                              metric, spelling.nearest);
    return results_refuse(error,
                          "no run has a metric \"%s\"; those that have a column in "
                          "results.csv can be drawn",
                          metric);
}

static bool choose(struct study_wanted *w, const struct trial_numbers *run,
                   const struct trial_plan *base, const char *metric,
                   struct results_error *error)
{
    if (metric && trial_numbers_find(run, metric) == NUMBERS_NONE)
        return refuse(run, metric, error);
    if (metric)
        add(w, memory_print("%s", metric), known_bound(base, metric));
    else
        take_requirements(w, base);
    if (!w->count)
        take_failure_ratios(w, run);
    w->moment = find_moment(w, run);
    return w->count > 0 || results_fail(error, 0,
                                        "no requirement and no application says what to "
                                        "draw; name a metric");
}

bool study_wanted_read(struct study_wanted *w, struct study_store *store,
                       const struct trial_plan *base, const char *metric,
                       struct results_error *error)
{
    *w = (struct study_wanted){0};
    uint32_t *order = store_points(store), count = store_point_count(store);
    struct store_runs runs = {0};
    bool good = true;
    for (uint32_t i = 0; good && i < count && runs.count == 0; i++) {
        store_runs_free(&runs);
        good = store_load(store, order[i], &runs, error);
    }
    free(order);
    if (good)
        good = runs.count ? choose(w, runs.at[0], base, metric, error)
                          : results_fail(error, 0, "the study has no run yet");
    store_runs_free(&runs);
    return good;
}

void study_wanted_free(struct study_wanted *w)
{
    for (uint32_t i = 0; i < w->count; i++)
        free(w->at[i].name);
    free(w->moment);
}
