#include "sim/results/bins.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/results/axis.h"

static sim_ns start_of(const struct series *s)
{
    return series_time(s, 0);
}

static sim_ns end_of(const struct series *s)
{
    return series_time(s, series_rows(s) - 1);
}

sim_ns bins_length(const struct series *s, unsigned most)
{
    sim_ns run = end_of(s) - start_of(s);
    SIM_ASSERT(run > 0 && most > 0);
    sim_ns sample = run / (sim_ns)(series_rows(s) - 1);
    if (sample == 0)
        sample = 1;
    sim_ns length = axis_round_up(run / most > sample ? run / most : sample);
    return (length + sample / 2) / sample * sample;
}

/* The number of the bin a row falls into.  The end of the series belongs to the last full
 * one. */
static size_t number_of(const struct series *s, sim_ns length, size_t row)
{
    if (length == 0)
        return row;
    sim_ns when = series_time(s, row);
    return (size_t)((when - start_of(s) - (when == end_of(s))) / length);
}

static sim_ns middle_of(const struct series *s, size_t first, size_t end)
{
    if (first == 0)
        return start_of(s);
    if (end == series_rows(s))
        return end_of(s);
    sim_ns from = series_time(s, first);
    return from + (series_time(s, end - 1) - from) / 2;
}

struct bins bins_of(const struct series *s, unsigned most)
{
    size_t rows = series_rows(s);
    struct bins bins = {.length = rows <= 2 * (size_t)most ? 0 : bins_length(s, most)};
    size_t capacity = 0;
    for (size_t first = 0, end; first < rows; first = end) {
        size_t number = number_of(s, bins.length, first);
        for (end = first + 1; end < rows && number_of(s, bins.length, end) == number;)
            end++;
        if (bins.count == capacity) {
            capacity = memory_grown(capacity, bins.count + 1);
            bins.at = memory_resize(bins.at, capacity, sizeof *bins.at);
        }
        bins.at[bins.count++] = (struct bin){middle_of(s, first, end), first, end};
    }
    return bins;
}

void bins_free(struct bins *bins)
{
    free(bins->at);
    *bins = (struct bins){0};
}
