/* Of which metric of a replicated run the convergence is drawn: the watched one that is
 * known least, since that one says how many runs it takes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/study/pictures/replicated.h"

/* The mean of a quantile over the runs is not the quantile of them all: nothing to show
 * beside it. */
static bool is_quantile(const char *name)
{
    static const char *const tails[] = {".p1", ".p50", ".p99"};
    size_t length = strcspn(name, "@");
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        size_t tail = strlen(tails[i]);
        if (length > tail && strncmp(name + length - tail, tails[i], tail) == 0)
            return true;
    }
    return false;
}

/* Half-width beside the mean; below zero of what has none, or nothing to be precise of.
 */
static double unknown_share(const struct run_metric *m)
{
    if (isnan(m->value) || isnan(m->half_width) || m->value == 0 || m->half_width <= 0)
        return -1;
    return m->half_width / fabs(m->value);
}

static void consider(const struct run_record *r, const char *name,
                     const struct run_metric **least)
{
    const struct run_metric *m = run_record_metric(r, name);
    if (!m || is_quantile(name) || unknown_share(m) < 0)
        return;
    if (!*least || unknown_share(m) > unknown_share(*least))
        *least = m;
}

/* A watched one; else, of what every run has, the use of a pool. */
static const struct run_metric *metric_known_least(const struct replicated *r)
{
    const struct run_metric *least = NULL;
    for (uint32_t i = 0; r->plan && i < r->plan->watch_count; i++)
        consider(r->run, r->plan->watch[i], &least);
    for (size_t i = 0; !least && i < r->run->pool_count; i++) {
        const struct run_pool *pool = &r->run->pools[i];
        char *name = memory_print("hosts.%s.%s.in_use", pool->host, pool->pool);
        consider(r->run, name, &least);
        free(name);
    }
    return least;
}

/* Its course, whatever its phase; of a pool's use that of its utilisation is another
 * axis, so there is none. */
static struct run_band_rows course_of(const struct run_record *r, const char *metric)
{
    int length = (int)strcspn(metric, "@");
    char *name = memory_print("%.*s", length, metric);
    struct run_band_rows rows = run_bands_of(r, name);
    free(name);
    return rows;
}

/* A value a run, the caller's to free. */
static double *values_of(const struct run_record *r, const char *metric)
{
    const struct run_study *study = r->study;
    size_t column = replicated_column(r, metric);
    double *values = memory_new(study->run_count, sizeof *values);
    for (size_t i = 0; i < study->run_count; i++)
        values[i] = study->runs[i].values[column];
    return values;
}

bool replicated_convergence(struct canvas *c, const struct replicated *r)
{
    const struct run_study *study = r->run->study;
    const struct run_metric *m = metric_known_least(r);
    if (!m || (study->run_count < BANDS_RUNS_LEAST && !study->batches))
        return true;
    double *values = values_of(r->run, m->name);
    struct picture_convergence p = {
        .words = r->words,
        .metric = picture_axis_of_metric(m->name, m->unit),
        .course = course_of(r->run, m->name),
        .end_s = sim_seconds(r->run->simulated),
        .steady = strcmp(study->kind, "steady") == 0,
        .warm_up_s = r->warm_up_s,
        .values = values,
        .count = study->run_count,
        .batches = study->batches,
        .mean = m->value,
        .half_width = m->half_width,
        .precision = study->precision,
    };
    bool some = p.course.count > 1 || p.count > 1;
    bool good = !some || picture_convergence(c, "convergence", &p);
    free(values);
    return good;
}
