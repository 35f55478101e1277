#include "sim/study/bands.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"

/* The runs whose courses are joined, and room for one bin of them. */
struct joining {
    const struct trial_numbers *const *runs;
    size_t count;
    const struct trial_course *shape; /* the first run's; all have its series and bins */
    double *values;
};

double bands_quantile(const double *sorted, size_t count, double share)
{
    double place = share * (double)(count - 1);
    size_t below = (size_t)place;
    double part = place - (double)below;
    if (below + 1 >= count)
        return sorted[count - 1];
    /* In this form equal neighbours give their value to the last bit, and never more than
     * the upper one: a band is read back only if low <= median <= high. */
    double value = sorted[below] + part * (sorted[below + 1] - sorted[below]);
    return value < sorted[below + 1] ? value : sorted[below + 1];
}

static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* The values that the runs have in a bin, smallest first. */
static size_t gather(const struct joining *j, uint32_t series, uint32_t bin)
{
    size_t n = 0;
    for (size_t i = 0; i < j->count; i++) {
        const struct trial_course *c = j->runs[i]->course;
        double value = c->values[(size_t)series * c->bins + bin];
        if (!isnan(value))
            j->values[n++] = value;
    }
    qsort(j->values, n, sizeof *j->values, by_size);
    return n;
}

static bool is_something(const struct joining *j, uint32_t series)
{
    size_t bins = j->shape->bins;
    for (size_t i = 0; i < j->count; i++)
        for (size_t k = 0; k < bins; k++) {
            double value = j->runs[i]->course->values[series * bins + k];
            if (!isnan(value) && value != 0)
                return true;
        }
    return false;
}

/* The middle of a bin, of which the last may be shorter. */
static sim_ns middle(const struct trial_course *c, uint32_t bin)
{
    sim_ns from = c->length * (sim_ns)bin, to = from + c->length;
    return from + ((to < c->end ? to : c->end) - from) / 2;
}

static double mean(const double *values, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return sum / (double)count;
}

/* Adds the rows of a series behind `at`; how many these are. */
static size_t add_series(const struct joining *j, uint32_t series, struct run_band *at)
{
    size_t rows = 0;
    for (uint32_t bin = 0; bin < j->shape->bins; bin++) {
        size_t n = gather(j, series, bin);
        if (n)
            at[rows++] = (struct run_band){
                .metric = j->shape->names[series],
                .when = middle(j->shape, bin),
                .low = bands_quantile(j->values, n, 0.05),
                .median = bands_quantile(j->values, n, 0.5),
                .high = bands_quantile(j->values, n, 0.95),
                .mean = mean(j->values, n),
                .runs = (uint32_t)n,
            };
    }
    return rows;
}

struct run_band *bands_of(const struct trial_numbers *const *runs, size_t runs_count,
                          size_t *count)
{
    *count = 0;
    if (!runs_count || !runs[0]->course)
        return NULL;
    struct joining j = {.runs = runs,
                        .count = runs_count,
                        .shape = runs[0]->course,
                        .values = memory_new(runs_count, sizeof(double))};
    struct run_band *rows =
        memory_new((size_t)j.shape->count * j.shape->bins, sizeof *rows);
    for (uint32_t i = 0; i < j.shape->count; i++)
        if (is_something(&j, i))
            *count += add_series(&j, i, rows + *count);
    free(j.values);
    return rows;
}
