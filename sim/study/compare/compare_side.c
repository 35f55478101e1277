#include "sim/study/compare/compare_side.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/study/compare/compare_metrics.h"

void compare_side_metric(struct compare_side *s, const char *name, const char *unit,
                         uint32_t row)
{
    s->metrics = memory_resize(s->metrics, s->metric_count + 1u, sizeof *s->metrics);
    s->metrics[s->metric_count++] =
        (struct compare_metric){.name = memory_text(name, strlen(name)),
                                .unit = memory_text(unit, strlen(unit)),
                                .row = row};
}

void compare_side_choose(struct compare_side *s, const struct trial_numbers *numbers,
                         const char *const *patterns, uint32_t count)
{
    for (uint32_t i = 0; i < numbers->count; i++)
        if (compare_wants(patterns, count, numbers->rows[i].name))
            compare_side_metric(s, numbers->rows[i].name, numbers->rows[i].unit, i);
}

double *compare_side_run(struct compare_side *s, const struct compare_run *run)
{
    if (s->run_count == s->capacity) {
        s->capacity = (uint32_t)memory_grown(s->capacity, s->run_count + 1u);
        s->runs = memory_resize(s->runs, s->capacity, sizeof *s->runs);
        s->values = memory_resize(s->values, (size_t)s->capacity * s->metric_count,
                                  sizeof *s->values);
    }
    double *values = s->values + (size_t)s->run_count * s->metric_count;
    for (uint32_t i = 0; i < s->metric_count; i++)
        values[i] = NAN;
    s->runs[s->run_count++] = *run;
    return values;
}

void compare_side_add(struct compare_side *s, const struct trial_numbers *numbers)
{
    double *values =
        compare_side_run(s, &(struct compare_run){.seed = numbers->seed,
                                                  .replication = numbers->replication,
                                                  .fingerprint = numbers->fingerprint});
    for (uint32_t i = 0; i < s->metric_count; i++) {
        uint32_t row = s->metrics[i].row;
        values[i] = numbers->values[row];
        s->metrics[i].shown |= !numbers->hidden[row];
    }
}

uint32_t compare_side_find(const struct compare_side *s, const char *name, uint32_t hint)
{
    for (uint32_t i = 0; i < s->metric_count; i++) {
        uint32_t at = (hint + i) % s->metric_count;
        if (strcmp(s->metrics[at].name, name) == 0)
            return at;
    }
    return NUMBERS_NONE;
}

void compare_side_free(struct compare_side *s)
{
    for (uint32_t i = 0; i < s->metric_count; i++) {
        free(s->metrics[i].name);
        free(s->metrics[i].unit);
    }
    free(s->metrics);
    free(s->runs);
    free(s->values);
    *s = (struct compare_side){0};
}
