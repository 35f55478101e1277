#include "sim/trial/trial_distributions.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

struct buckets {
    struct run_bucket *rows;
    size_t count, capacity;
};

static void add(struct buckets *b, struct run_bucket row)
{
    if (b->count == b->capacity) {
        b->capacity = memory_grown(b->capacity, b->count + 1);
        b->rows = memory_resize(b->rows, b->capacity, sizeof *b->rows);
    }
    b->rows[b->count++] = row;
}

static double edge(const struct metric_samples *s, uint32_t bucket)
{
    double low = (double)histogram_low(bucket);
    return s->in_ns ? low / 1e9 : low;
}

static void add_samples(struct buckets *b, const char *metric,
                        const struct metric_samples *s)
{
    for (uint32_t i = 0; s->buckets && i < s->buckets->width; i++) {
        uint32_t bucket = s->buckets->first + i;
        if (s->buckets->counts[i])
            add(b, (struct run_bucket){.metric = metric,
                                       .low = edge(s, bucket),
                                       .high = edge(s, bucket + 1),
                                       .count = s->buckets->counts[i]});
    }
}

/* "hosts.a.tcp4.probes" of the reading "hosts.a.tcp4.probes.p50": every sampled metric
 * has one; NULL of any other. */
static const char *metric_of(const struct metrics *m, uint32_t reading,
                             struct texts *texts)
{
    if (metrics_reading_percent(m, reading) != 50)
        return NULL;
    const char *name = metrics_reading(m, reading).name;
    char *metric = memory_text(name, (size_t)(strrchr(name, '.') - name));
    const char *kept = texts_keep(texts, metric);
    free(metric);
    return kept;
}

struct run_bucket *trial_distributions_of(const struct metrics *m, const struct window *w,
                                          struct texts *texts, size_t *count)
{
    struct buckets b = {0};
    uint32_t ended = metrics_segments(m), last = w->last < ended ? w->last : ended;
    for (uint32_t i = 0; w->first < last && i < metrics_reading_count(m); i++) {
        const char *metric = metric_of(m, i, texts);
        if (!metric)
            continue;
        struct metric_samples s =
            metrics_samples(m, metrics_reading(m, i).metric, w->first, last);
        add_samples(&b, metric, &s);
        free(s.buckets);
    }
    *count = b.count;
    return b.rows;
}
