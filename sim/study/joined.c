#include "sim/study/joined.h"

#include <math.h>
#include <stdlib.h>

#include "models/app.h"
#include "sim/base/memory.h"
#include "sim/study/verdict.h"

/* --- estimates --------------------------------------------------------------------- */

static bool is_in_parts(const struct joined_runs *runs)
{
    return runs->count == 1 && runs->at[0]->parts;
}

static struct batch_means batches_of(const struct joined_runs *runs, uint32_t row)
{
    const struct trial_numbers *n = runs->at[0];
    return batch_means(n->parts + (size_t)row * n->part_count, n->part_count,
                       n->part_count, runs->plan->config->study.confidence);
}

/* The value is the whole window's; its parts say how far it may be off. */
static struct estimate of_parts(const struct joined_runs *runs, uint32_t row)
{
    const struct trial_numbers *n = runs->at[0];
    struct estimate whole = estimate_mean(&n->values[row], 1, 0.95);
    enum metric_of_parts kind = (enum metric_of_parts)n->rows[row].of_parts;
    if (row >= n->part_rows || kind == METRIC_PARTS_NONE || !whole.n)
        return whole;
    double times = kind == METRIC_PARTS_SUM ? n->part_count : 1;
    struct estimate e = batches_of(runs, row).mean;
    whole.half_width = times * e.half_width;
    whole.variance = times * times * e.variance;
    return whole;
}

struct estimate joined_estimate(const struct joined_runs *runs, uint32_t row)
{
    if (is_in_parts(runs))
        return of_parts(runs, row);
    return estimate_number(runs->at, runs->count, row,
                           runs->plan->config->study.confidence);
}

bool joined_correlated(const struct joined_runs *runs, uint32_t row)
{
    return is_in_parts(runs) && row < runs->at[0]->part_rows &&
           batches_of(runs, row).correlated;
}

/* --- metrics ----------------------------------------------------------------------- */

static bool is_shown(const struct joined_runs *runs, uint32_t row)
{
    for (uint32_t i = 0; i < runs->count; i++)
        if (!runs->at[i]->hidden[row])
            return true;
    return false;
}

/* Rows of the numbers that a record shows; the caller's to free. */
static uint32_t *shown_rows(const struct joined_runs *runs, size_t *count)
{
    uint32_t all = runs->at[0]->count;
    uint32_t *rows = memory_new(all, sizeof *rows);
    *count = 0;
    for (uint32_t i = 0; i < all; i++)
        if (is_shown(runs, i))
            rows[(*count)++] = i;
    return rows;
}

static void fill_metrics(const struct joined_runs *runs, const uint32_t *rows,
                         struct joined *j)
{
    j->metrics = memory_new(j->metric_count, sizeof *j->metrics);
    for (size_t i = 0; i < j->metric_count; i++) {
        const struct number_row *row = &runs->at[0]->rows[rows[i]];
        struct estimate e = joined_estimate(runs, rows[i]);
        j->metrics[i] = (struct run_metric){.name = row->name,
                                            .unit = row->unit,
                                            .value = e.value,
                                            .half_width = e.half_width,
                                            .runs = e.n};
    }
}

static void fill_rows(const struct joined_runs *runs, const uint32_t *rows,
                      struct joined *j)
{
    j->rows = memory_new(runs->count, sizeof *j->rows);
    j->values = memory_new(runs->count * j->metric_count, sizeof *j->values);
    for (uint32_t r = 0; r < runs->count; r++) {
        const struct trial_numbers *n = runs->at[r];
        double *values = j->values + r * j->metric_count;
        for (size_t i = 0; i < j->metric_count; i++)
            values[i] = n->values[rows[i]];
        j->rows[r] = (struct run_replication){.number = n->replication,
                                              .fingerprint = n->fingerprint,
                                              .events = n->events,
                                              .connections = n->connections,
                                              .values = values};
    }
}

/* --- requirements ------------------------------------------------------------------ */

static uint32_t row_of(const struct trial_numbers *n, const char *metric,
                       const char *phase)
{
    char *name = phase ? memory_print("%s@%s", metric, phase) : NULL;
    uint32_t row = trial_numbers_find(n, name ? name : metric);
    free(name);
    return row;
}

/* Of a scenario that is to be run once, the one run is the answer. */
static enum run_verdict judge(const struct trial_plan *plan,
                              const struct plan_requirement *q, const struct estimate *e)
{
    const struct study_config *study = &plan->config->study;
    enum expression_op op = (enum expression_op)q->op;
    if (study->replications > 1 || study->precision > 0 || study->batches)
        return verdict_of(op, q->bound, e);
    return expression_holds(op, e->value, q->bound) ? RUN_HOLDS : RUN_FAILS;
}

static void fill_requirements(const struct joined_runs *runs, struct joined *j)
{
    const struct trial_plan *plan = runs->plan;
    j->requirements = memory_new(plan->requirement_count, sizeof *j->requirements);
    for (uint32_t i = 0; i < plan->requirement_count; i++) {
        const struct plan_requirement *q = &plan->requirements[i];
        struct estimate e =
            joined_estimate(runs, row_of(runs->at[0], q->metric, q->phase));
        j->requirements[i] = (struct run_requirement){.expression = q->text,
                                                      .value = e.value,
                                                      .verdict = judge(plan, q, &e),
                                                      .half_width = e.half_width,
                                                      .runs = e.n};
    }
}

/* --- failures ---------------------------------------------------------------------- */

static uint32_t runs_with_failures(const struct joined_runs *runs, const char *app)
{
    char *name = memory_print("apps.%s.failures", app);
    uint32_t row = trial_numbers_find(runs->at[0], name), count = 0;
    for (uint32_t i = 0; i < runs->count; i++)
        count += runs->at[i]->values[row] > 0;
    free(name);
    return count;
}

static void fill_failing(const struct joined_runs *runs, struct joined *j)
{
    const struct app_config *app = runs->plan->config->world.apps.items;
    j->failing_count = runs->plan->config->world.apps.count;
    j->failing = memory_new(j->failing_count, sizeof *j->failing);
    for (size_t i = 0; i < j->failing_count; i++) {
        uint32_t failing = runs_with_failures(runs, app[i].name);
        struct interval share =
            estimate_share(failing, runs->count, runs->plan->config->study.confidence);
        j->failing[i] = (struct run_failing){
            .app = app[i].name, .runs = failing, .low = share.low, .high = share.high};
    }
}

struct joined joined_of(const struct joined_runs *runs)
{
    struct joined j = {.metrics = NULL};
    uint32_t *rows = shown_rows(runs, &j.metric_count);
    fill_metrics(runs, rows, &j);
    fill_requirements(runs, &j);
    if (!is_in_parts(runs)) {
        fill_rows(runs, rows, &j);
        fill_failing(runs, &j);
    }
    free(rows);
    return j;
}

void joined_free(struct joined *j)
{
    free(j->metrics);
    free(j->requirements);
    free(j->rows);
    free(j->values);
    free(j->failing);
}
