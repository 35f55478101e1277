/* Where the picture "fairness" has its numbers from: the failure ratios of the
 * applications of a run directory, and Jain's index of each of its runs. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/run_study.h"
#include "sim/study/estimate.h"
#include "sim/study/pictures/study_ports.h"

/* The columns of an application in the metrics of a record. */
struct columns {
    size_t attempts, failing;
};

static size_t find(const struct run_record *r, const char *app, const char *metric)
{
    char *name = memory_print("apps.%s.%s", app, metric);
    const struct run_metric *m = run_record_metric(r, name);
    free(name);
    return m ? (size_t)(m - r->metrics) : SIZE_MAX;
}

static struct picture_point point_of(const struct run_metric *m)
{
    return (struct picture_point){.mean = m->value,
                                  .low = m->value - m->half_width,
                                  .high = m->value + m->half_width};
}

/* Of each replication by itself: applications compete within a run. */
static struct picture_point jain_of(const struct run_record *r,
                                    const struct columns *columns, size_t apps)
{
    size_t runs = r->study ? r->study->run_count : 0;
    double *failing = memory_new(apps, sizeof *failing);
    double *jain = memory_new(runs + 1, sizeof *jain);
    for (size_t k = 0; k < runs; k++) {
        for (size_t i = 0; i < apps; i++)
            failing[i] = r->study->runs[k].values[columns[i].failing];
        jain[k] = fairness_jain(failing, apps);
    }
    for (size_t i = 0; i < apps; i++)
        failing[i] = r->metrics[columns[i].failing].value;
    struct picture_point p = {
        .mean = fairness_jain(failing, apps), .low = NAN, .high = NAN};
    if (runs) {
        struct estimate e = estimate_mean(jain, runs, r->study->confidence);
        p = (struct picture_point){.mean = e.value,
                                   .low = e.value - e.half_width,
                                   .high = e.value + e.half_width};
    }
    free(failing);
    free(jain);
    return p;
}

bool run_fairness(struct run_drawing *d)
{
    const struct run_record *r = d->run;
    struct columns *columns = memory_new(r->app_count, sizeof *columns);
    struct picture_fairness f = {.words = d->words};
    bool any = false;
    f.rows = memory_new(r->app_count, sizeof *f.rows);
    for (size_t i = 0; i < r->app_count; i++) {
        struct columns c = {find(r, r->apps[i].name, "attempts"),
                            find(r, r->apps[i].name, "failure_ratio")};
        if (c.attempts == SIZE_MAX || c.failing == SIZE_MAX ||
            isnan(r->metrics[c.failing].value))
            continue;
        columns[f.count] = c;
        f.rows[f.count++] =
            (struct fairness_row){.label = r->apps[i].name,
                                  .attempts = r->metrics[c.attempts].value,
                                  .failing = point_of(&r->metrics[c.failing])};
        any = any || r->metrics[c.failing].value > 0;
    }
    f.jain = jain_of(r, columns, f.count);
    bool good = f.count < 2 || !any || isnan(f.jain.mean) ||
                picture_fairness(&d->canvas, "fairness", &f);
    free(columns);
    free(f.rows);
    return good;
}
