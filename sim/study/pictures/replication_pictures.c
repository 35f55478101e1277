/* What the replications of a run directory show that its first run does not. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/run_directory.h"
#include "sim/results/run_study.h"
#include "sim/scenario/issues.h"
#include "sim/study/pictures/pictures.h"
#include "sim/study/pictures/study_pictures.h"
#include "sim/trial/trial_plan.h"

/* The column of a run's metric; SIZE_MAX if there is none. */
static size_t column_of(const struct run_record *r, const char *name)
{
    for (size_t i = 0; i < r->metric_count; i++)
        if (strcmp(r->metrics[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

/* Adds the application, if it failed in some run; its moments are `owned`. */
static void add_app(struct picture_ecdf *e, const struct run_record *r, const char *app,
                    double **owned)
{
    const struct run_study *study = r->study;
    char *name = memory_print("apps.%s.first_failure_s", app);
    size_t column = column_of(r, name);
    free(name);
    if (column == SIZE_MAX || isnan(r->metrics[column].value) ||
        e->line_count == PICTURE_LINES_MAX)
        return;
    double *moments = memory_new(study->run_count, sizeof *moments);
    for (size_t i = 0; i < study->run_count; i++)
        moments[i] = study->runs[i].values[column];
    owned[e->line_count] = moments;
    e->lines[e->line_count++] =
        (struct ecdf_line){app, moments, study->run_count, sim_seconds(r->simulated)};
}

/* The end of the warm-up, as the stored scenario has it. */
static double start_of(const struct run_record *r)
{
    const char *text = r->resolved_scenario;
    struct issues *issues = issues_new();
    struct trial_plan *plan =
        text ? trial_plan_read_text(r->scenario, text, strlen(text), NULL, issues) : NULL;
    double start = plan ? sim_seconds(plan->config->warm_up) : 0;
    trial_plan_free(plan);
    issues_free(issues);
    return start;
}

static bool draw_first_failures(struct canvas *c, const struct run_record *r)
{
    struct picture_ecdf e = {
        .words = {.scenario = r->scenario,
                  .seed = r->seed,
                  .replications = r->replications,
                  .confidence = r->study->confidence,
                  .version = r->version},
        .what = "failed",
        .label = "first failure",
        .start_s = start_of(r),
    };
    double *owned[PICTURE_LINES_MAX];
    for (size_t i = 0; i < r->app_count; i++)
        add_app(&e, r, r->apps[i].name, owned);
    bool good = e.line_count == 0 || picture_ecdf(c, "ecdf", &e);
    for (unsigned i = 0; i < e.line_count; i++)
        free(owned[i]);
    return good;
}

bool replication_pictures_draw(const struct figures_request *request,
                               struct figures_drawn *drawn, struct results_error *error)
{
    struct stored_run *run = run_directory_read(request->directory, error);
    if (!run)
        return false;
    const struct run_study *study = run->record.study;
    bool good = true;
    if (study && study->run_count >= ECDF_RUNS_LEAST) {
        struct canvas c;
        good = canvas_open(&c, request, drawn, error) &&
               draw_first_failures(&c, &run->record);
        canvas_close(&c);
    }
    stored_run_free(run);
    return good;
}
