#include "sim/trial/trial_numbers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

/* --- texts: one block, sized before it is filled ----------------------------------- */

static size_t text_room(const struct metrics *m, const struct windows *windows)
{
    size_t readings = 0, phases = 0;
    uint32_t count = metrics_reading_count(m);
    for (uint32_t i = 0; i < count; i++) {
        struct metric_reading r = metrics_reading(m, i);
        readings += strlen(r.name) + strlen(r.unit) + 2;
    }
    for (uint32_t k = 0; k < windows->count; k++)
        phases += windows->at[k].name ? strlen(windows->at[k].name) + 1 : 0;
    return readings * windows->count + phases * count;
}

static const char *put(char **end, const char *text)
{
    size_t size = strlen(text) + 1;
    char *start = memcpy(*end, text, size);
    *end += size;
    return start;
}

static const char *put_name(char **end, const char *name, const char *phase)
{
    const char *start = put(end, name);
    if (phase) {
        (*end)[-1] = '@';
        put(end, phase);
    }
    return start;
}

/* --- reading ----------------------------------------------------------------------- */

/* A window in which no segment has ended yet has no numbers. */
struct span {
    uint32_t first, last;
    bool any;
};

static struct span span_of(const struct metrics *m, const struct window *w)
{
    uint32_t ended = metrics_segments(m);
    uint32_t last = w->last < ended ? w->last : ended;
    return (struct span){w->first, last, w->first < last};
}

/* The samples behind a quantile: those of the reading before, if it is of the same
 * metric. */
static uint32_t samples_of(struct trial_numbers *n, const struct metrics *m,
                           uint32_t metric, uint32_t *sampled, const struct span *span)
{
    if (*sampled != metric) {
        struct metric_samples s = {0};
        if (span->any)
            s = metrics_samples(m, metric, span->first, span->last);
        n->samples[n->sample_count++] = s;
        *sampled = metric;
    }
    return n->sample_count - 1;
}

static void read_window(struct trial_numbers *n, const struct metrics *m,
                        const struct window *w, char **texts)
{
    struct span span = span_of(m, w);
    uint32_t sampled = UINT32_MAX, readings = metrics_reading_count(m), base = n->count;
    for (uint32_t i = 0; i < readings; i++) {
        struct metric_reading r = metrics_reading(m, i);
        uint32_t share_of = metrics_reading_share_of(m, i);
        unsigned percent = metrics_reading_percent(m, i);
        uint32_t samples =
            percent ? samples_of(n, m, r.metric, &sampled, &span) : NUMBERS_NONE;
        double value = NAN;
        if (span.any)
            value = percent ? metric_samples_quantile(&n->samples[samples], percent)
                            : metrics_read(m, i, span.first, span.last);
        n->values[n->count] = value;
        n->hidden[n->count] = r.quiet;
        n->rows[n->count++] = (struct number_row){
            .name = put_name(texts, r.name, w->name),
            .unit = put(texts, r.unit),
            .samples = samples,
            .share_of = share_of == UINT32_MAX ? NUMBERS_NONE : base + share_of,
            .percent = (uint8_t)percent,
            .of_parts = (uint8_t)metrics_reading_of_parts(m, i),
            .may_hide = r.may_hide};
    }
}

static uint32_t quantiles(const struct metrics *m)
{
    uint32_t count = 0, readings = metrics_reading_count(m);
    for (uint32_t i = 0; i < readings; i++)
        count += metrics_reading_percent(m, i) > 0;
    return count;
}

struct trial_numbers *trial_numbers_read(const struct metrics *m,
                                         const struct windows *windows)
{
    struct trial_numbers *n = memory_new(1, sizeof *n);
    size_t count = (size_t)metrics_reading_count(m) * windows->count;
    n->rows = memory_new(count, sizeof *n->rows);
    n->values = memory_new(count, sizeof *n->values);
    n->hidden = memory_new(count, sizeof *n->hidden);
    n->samples = memory_new((size_t)quantiles(m) * windows->count, sizeof *n->samples);
    n->texts = memory_new(text_room(m, windows), 1);
    char *end = n->texts;
    for (uint32_t k = 0; k < windows->count; k++)
        read_window(n, m, &windows->at[k], &end);
    return n;
}

/* --- parts ------------------------------------------------------------------------- */

static void read_parts(struct trial_numbers *n, const struct metrics *m,
                       const struct windows *windows, uint32_t row)
{
    for (uint32_t k = 0; k < windows->part_count; k++) {
        struct span span = span_of(m, &windows->parts[k]);
        if (span.any)
            n->parts[(size_t)row * n->part_count + k] =
                metrics_read(m, row, span.first, span.last);
    }
}

void trial_numbers_read_parts(struct trial_numbers *n, const struct metrics *m,
                              const struct windows *windows, char *const *watched,
                              uint32_t watched_count)
{
    n->part_rows = metrics_reading_count(m);
    n->part_count = windows->part_count;
    size_t count = (size_t)n->part_rows * n->part_count;
    n->parts = memory_new(count, sizeof *n->parts);
    for (size_t i = 0; i < count; i++)
        n->parts[i] = NAN;
    for (uint32_t i = 0; !watched && i < n->part_rows; i++)
        read_parts(n, m, windows, i);
    for (uint32_t i = 0; watched && i < watched_count; i++) {
        char *metric = memory_text(watched[i], strcspn(watched[i], "@"));
        read_parts(n, m, windows, metrics_reading_find(m, metric));
        free(metric);
    }
}

void trial_numbers_free(struct trial_numbers *n)
{
    if (!n)
        return;
    for (uint32_t i = 0; i < n->sample_count; i++)
        free(n->samples[i].buckets);
    free(n->samples);
    free(n->rows);
    free(n->values);
    free(n->hidden);
    free(n->parts);
    trial_course_free(n->course);
    free(n->texts);
    free(n);
}

/* --- questions --------------------------------------------------------------------- */

uint32_t trial_numbers_find(const struct trial_numbers *n, const char *name)
{
    for (uint32_t i = 0; i < n->count; i++)
        if (strcmp(n->rows[i].name, name) == 0)
            return i;
    return NUMBERS_NONE;
}

bool trial_numbers_alike(const struct trial_numbers *a, const struct trial_numbers *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (strcmp(a->rows[i].name, b->rows[i].name) != 0 ||
            strcmp(a->rows[i].unit, b->rows[i].unit) != 0)
            return false;
    return true;
}
