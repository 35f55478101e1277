/* When the replications of a run failed first, application by application. */
#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/study/pictures/replicated.h"
#include "sim/study/pictures/study_pictures.h"

/* Adds the application, if it failed in some run; its moments are `owned`. */
static void add_app(struct picture_ecdf *e, const struct run_record *r, const char *app,
                    double **owned)
{
    const struct run_study *study = r->study;
    char *name = memory_print("apps.%s.first_failure_s", app);
    size_t column = replicated_column(r, name);
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

bool replicated_first_failures(struct canvas *c, const struct replicated *r)
{
    struct picture_ecdf e = {
        .words = r->words,
        .what = "failed",
        .label = "first failure",
        .start_s = r->warm_up_s,
    };
    double *owned[PICTURE_LINES_MAX];
    if (r->run->study->run_count < ECDF_RUNS_LEAST)
        return true;
    for (size_t i = 0; i < r->run->app_count; i++)
        add_app(&e, r->run, r->run->apps[i].name, owned);
    bool good = e.line_count == 0 || picture_ecdf(c, "ecdf", &e);
    for (unsigned i = 0; i < e.line_count; i++)
        free(owned[i]);
    return good;
}
