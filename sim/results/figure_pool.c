/* Which host a run is about: the one whose ports came nearest to their end. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/figure.h"

static const char *const pools[] = {"tcp4", "tcp6", "udp4", "udp6"};

#define POOLS (sizeof pools / sizeof pools[0])

double figure_peak(const struct series *series, uint32_t column)
{
    double peak = 0;
    for (size_t row = 0; row < series_rows(series); row++)
        peak = fmax(peak, series_value(series, row, column));
    return peak;
}

double figure_share(const struct figure_source *source, size_t row, uint32_t column)
{
    double value = series_value(source->series, row, column);
    if (source->pool.capacity == SERIES_NONE)
        return value;
    double capacity = series_value(source->series, row, source->pool.capacity);
    return capacity > 0 ? value / capacity : (double)NAN;
}

/* The summary's value, which knows what happened between samples; else the largest
 * sample; NaN when neither is there. */
static double largest(const struct run_record *run, const char *host, const char *pool,
                      const char *metric, uint32_t column)
{
    char *name = memory_print("hosts.%s.%s.%s", host, pool, metric);
    const struct run_metric *m = run_record_metric(run, name);
    free(name);
    if (m && !isnan(m->value))
        return m->value;
    return column == SERIES_NONE ? (double)NAN : figure_peak(run->series, column);
}

static uint32_t find_column(const struct run_record *run, const char *host,
                            const char *pool, const char *metric)
{
    char *name = memory_print("hosts.%s.%s.%s", host, pool, metric);
    uint32_t column = series_find(run->series, name);
    free(name);
    return column;
}

/* How far a pool was filled, of 1; the use itself, far below any share, when the capacity
 * is unknown. */
static double fill(const struct run_record *run, const struct figure_pool *pool)
{
    double used = largest(run, pool->host, pool->name, "in_use_max", pool->in_use);
    double capacity = largest(run, pool->host, pool->name, "capacity", pool->capacity);
    return capacity > 0 ? used / capacity : used * 1e-12;
}

/* The pool whose `in_use` column this is; .host NULL if it is none. */
static struct figure_pool pool_of(const struct run_record *run, uint32_t column)
{
    struct figure_pool pool = {.in_use = column, .capacity = SERIES_NONE};
    for (size_t i = 0; i < POOLS && !pool.host; i++) {
        char *after = memory_print(".%s.in_use", pools[i]);
        pool.host = text_middle(series_name(run->series, column), "hosts.", after);
        free(after);
        if (pool.host) {
            pool.name = memory_text(pools[i], strlen(pools[i]));
            pool.capacity = find_column(run, pool.host, pool.name, "capacity");
        }
    }
    return pool;
}

struct figure_pool figure_pool_find(const struct run_record *run)
{
    struct figure_pool best = {.in_use = SERIES_NONE, .capacity = SERIES_NONE};
    double best_fill = -1;
    for (uint32_t i = 0; i < series_columns(run->series); i++) {
        struct figure_pool pool = pool_of(run, i);
        if (!pool.host)
            continue;
        double filled = fill(run, &pool);
        if (filled > best_fill) {
            figure_pool_free(&best);
            best = pool;
            best_fill = filled;
        } else {
            figure_pool_free(&pool);
        }
    }
    return best;
}

void figure_pool_free(struct figure_pool *pool)
{
    free(pool->host);
    free(pool->name);
    *pool = (struct figure_pool){.in_use = SERIES_NONE, .capacity = SERIES_NONE};
}
