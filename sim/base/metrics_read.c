/* The value of every reading of every kind, over a window of ended segments.
 *
 * metric_derivations is the list of what can be read: a new statistic is one row and one
 * function.  Sums stay integers until the last division.
 */
#include <math.h>
#include <stdlib.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/base/metrics_store.h"

/* --- sums over segments ---------------------------------------------------------------
 */

/* What segments first .. last - 1 hold of one metric, as one cell without buckets. */
static struct metric_cell merged(const struct metrics *m, uint32_t metric, uint32_t first,
                                 uint32_t last)
{
    struct metric_cell sum = {.max = INT64_MIN, .min = INT64_MAX};
    for (uint32_t i = first; i < last; i++) {
        const struct metric_cell *c = &m->store->segments[i].cells[metric];
        sum.weighted += c->weighted;
        sum.value += c->value;
        sum.max = c->max > sum.max ? c->max : sum.max;
        sum.min = c->min < sum.min ? c->min : sum.min;
    }
    return sum;
}

static struct histogram *merged_buckets(const struct metrics *m, uint32_t metric,
                                        uint32_t first, uint32_t last)
{
    struct histogram *sum = NULL;
    for (uint32_t i = first; i < last; i++)
        sum = histogram_merge(sum, m->store->segments[i].cells[metric].buckets);
    return sum;
}

static sim_ns duration(const struct metrics *m, uint32_t first, uint32_t last)
{
    const struct metric_segment *segments = m->store->segments;
    return first == last ? 0 : segments[last - 1].end - segments[first].begin;
}

static double ratio(double a, double b)
{
    return b == 0 ? NAN : a / b;
}

/* Samples in "s" are reported in ns. */
static bool in_ns(const struct metrics *m, uint32_t metric)
{
    const char *unit = m->store->rows[metric].def->unit;
    return unit[0] == 's' && unit[1] == '\0';
}

static double in_unit(const struct metrics *m, uint32_t metric, double value)
{
    return in_ns(m, metric) ? value / 1e9 : value;
}

/* --- readings -------------------------------------------------------------------------
 */

static double read_number(const struct metrics *m, uint32_t metric, uint32_t first,
                          uint32_t last)
{
    return (double)merged(m, metric, first, last).value;
}

static double read_rate(const struct metrics *m, uint32_t metric, uint32_t first,
                        uint32_t last)
{
    return ratio(read_number(m, metric, first, last),
                 sim_seconds(duration(m, first, last)));
}

static double read_average(const struct metrics *m, uint32_t metric, uint32_t first,
                           uint32_t last)
{
    return ratio((double)merged(m, metric, first, last).weighted,
                 (double)duration(m, first, last));
}

static double read_level_max(const struct metrics *m, uint32_t metric, uint32_t first,
                             uint32_t last)
{
    return first == last ? NAN : (double)merged(m, metric, first, last).max;
}

static double read_mean(const struct metrics *m, uint32_t metric, uint32_t first,
                        uint32_t last)
{
    struct metric_cell sum = merged(m, metric, first, last);
    return in_unit(m, metric, ratio((double)sum.weighted, (double)sum.value));
}

static double read_min(const struct metrics *m, uint32_t metric, uint32_t first,
                       uint32_t last)
{
    struct metric_cell sum = merged(m, metric, first, last);
    return sum.value ? in_unit(m, metric, (double)sum.min) : NAN;
}

static double read_max(const struct metrics *m, uint32_t metric, uint32_t first,
                       uint32_t last)
{
    struct metric_cell sum = merged(m, metric, first, last);
    return sum.value ? in_unit(m, metric, (double)sum.max) : NAN;
}

struct metric_samples metrics_samples(const struct metrics *m, uint32_t metric,
                                      uint32_t first, uint32_t last)
{
    struct metric_cell sum = merged(m, metric, first, last);
    return (struct metric_samples){.buckets = merged_buckets(m, metric, first, last),
                                   .count = (uint64_t)sum.value,
                                   .min = sum.min,
                                   .max = sum.max,
                                   .in_ns = in_ns(m, metric)};
}

void metric_samples_merge(struct metric_samples *into, const struct metric_samples *from)
{
    if (!from->count)
        return;
    bool empty = !into->count;
    into->buckets = histogram_merge(into->buckets, from->buckets);
    into->count += from->count;
    into->min = empty || from->min < into->min ? from->min : into->min;
    into->max = empty || from->max > into->max ? from->max : into->max;
    into->in_ns = from->in_ns;
}

/* The middle of a bucket may lie outside of what was reported; the value does not. */
double metric_samples_quantile(const struct metric_samples *s, unsigned percent)
{
    if (!s->count)
        return NAN;
    double middle = histogram_at_rank(s->buckets, (percent * s->count + 99) / 100);
    double value = fmin(fmax(middle, (double)s->min), (double)s->max);
    return s->in_ns ? value / 1e9 : value;
}

static double read_percentile(const struct metrics *m, uint32_t metric, uint32_t first,
                              uint32_t last, unsigned percent)
{
    struct metric_samples s = metrics_samples(m, metric, first, last);
    double value = metric_samples_quantile(&s, percent);
    free(s.buckets);
    return value;
}

static double read_p1(const struct metrics *m, uint32_t metric, uint32_t first,
                      uint32_t last)
{
    return read_percentile(m, metric, first, last, 1);
}

static double read_p50(const struct metrics *m, uint32_t metric, uint32_t first,
                       uint32_t last)
{
    return read_percentile(m, metric, first, last, 50);
}

static double read_p99(const struct metrics *m, uint32_t metric, uint32_t first,
                       uint32_t last)
{
    return read_percentile(m, metric, first, last, 99);
}

static double read_first(const struct metrics *m, uint32_t metric, uint32_t first,
                         uint32_t last)
{
    struct metric_cell sum = merged(m, metric, first, last);
    return sum.value ? sim_seconds(sum.min) : NAN;
}

static double read_last(const struct metrics *m, uint32_t metric, uint32_t first,
                        uint32_t last)
{
    struct metric_cell sum = merged(m, metric, first, last);
    return sum.value ? sim_seconds(sum.max) : NAN;
}

static double read_ratio(const struct metrics *m, uint32_t metric, uint32_t first,
                         uint32_t last)
{
    const struct metric_row *row = &m->store->rows[metric];
    return ratio(read_number(m, row->table + row->def->a, first, last),
                 read_number(m, row->table + row->def->b, first, last));
}

static double read_rest(const struct metrics *m, uint32_t metric, uint32_t first,
                        uint32_t last)
{
    return 1 - read_ratio(m, metric, first, last);
}

/* Rounded, because the last bits of log2() differ from machine to machine. */
static double read_bits(const struct metrics *m, uint32_t metric, uint32_t first,
                        uint32_t last)
{
    double share = read_ratio(m, metric, first, last);
    return share > 0 ? round(log2(1 / share) * 1e6) / 1e6 : NAN;
}

/* clang-format off */
#define MEAN METRIC_PARTS_MEAN
#define SUM  METRIC_PARTS_SUM
#define NONE METRIC_PARTS_NONE
const struct metric_derivation metric_derivations[] = {
    /* kind          suffix    other     read            series  unit   percent of parts */
    {METRIC_COUNT,  "",       "",       read_number,    false,  "",    0,      SUM},
    {METRIC_COUNT,  "_per_s", "_per_s", read_rate,      true,   "/s",  0,      MEAN},
    {METRIC_LEVEL,  "",       "",       read_average,   true,   "",    0,      MEAN},
    {METRIC_LEVEL,  ".max",   "_max",   read_level_max, false,  "",    0,      NONE},
    {METRIC_SAMPLE, "",       "",       read_mean,      false,  "",    0,      MEAN},
    {METRIC_SAMPLE, ".p1",    ".p1",    read_p1,        false,  "",    1,      MEAN},
    {METRIC_SAMPLE, ".p50",   ".p50",   read_p50,       false,  "",    50,     MEAN},
    {METRIC_SAMPLE, ".p99",   ".p99",   read_p99,       false,  "",    99,     MEAN},
    {METRIC_SAMPLE, ".min",   ".min",   read_min,       false,  "",    0,      NONE},
    {METRIC_SAMPLE, ".max",   "_max",   read_max,       false,  "",    0,      NONE},
    {METRIC_FIRST,  "",       "",       read_first,     false,  "",    0,      NONE},
    {METRIC_LAST,   "",       "",       read_last,      false,  "",    0,      NONE},
    {METRIC_RATIO,  "",       "",       read_ratio,     false,  "",    0,      MEAN},
    {METRIC_REST,   "",       "",       read_rest,      false,  "",    0,      MEAN},
    {METRIC_BITS,   "",       "",       read_bits,      false,  "",    0,      MEAN},
};
#undef MEAN
#undef SUM
#undef NONE
/* clang-format on */

const uint32_t metric_derivation_count =
    sizeof metric_derivations / sizeof metric_derivations[0];

double metrics_read(const struct metrics *m, uint32_t reading, uint32_t first,
                    uint32_t last)
{
    const struct metrics_store *s = m->store;
    SIM_ASSERT(reading < s->name_count);
    SIM_ASSERT(first <= last && last <= s->segment_count);
    const struct metric_name *name = &s->names[reading];
    return metric_derivations[name->derived].read(m, name->metric, first, last);
}

unsigned metrics_reading_percent(const struct metrics *m, uint32_t reading)
{
    SIM_ASSERT(reading < m->store->name_count);
    return metric_derivations[m->store->names[reading].derived].percent;
}

enum metric_of_parts metrics_reading_of_parts(const struct metrics *m, uint32_t reading)
{
    SIM_ASSERT(reading < m->store->name_count);
    return metric_derivations[m->store->names[reading].derived].of_parts;
}

/* Names stand in the order of their metrics, the plain reading of a count first. */
static uint32_t plain_reading(const struct metrics_store *s, uint32_t metric)
{
    uint32_t low = 0, high = s->name_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (s->names[middle].metric < metric)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t metrics_reading_share_of(const struct metrics *m, uint32_t reading)
{
    const struct metrics_store *s = m->store;
    SIM_ASSERT(reading < s->name_count);
    const struct metric_row *row = &s->rows[s->names[reading].metric];
    if (row->def->kind != METRIC_RATIO)
        return UINT32_MAX;
    return plain_reading(s, row->table + row->def->b);
}

double metrics_instant(const struct metrics *m, uint32_t reading)
{
    SIM_ASSERT(metrics_reading(m, reading).series);
    uint32_t metric = m->store->names[reading].metric;
    return (double)(m->store->rows[metric].earlier + m->cells[metric].value);
}
