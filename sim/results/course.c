#include "sim/results/course.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/results/bins.h"

/* Rows a bin on average, beyond which lines become a hatching. */
#define HATCHED 2.5

struct keeper {
    const struct series *series;
    course_line *line;
    const void *figure;
    double unseen;
    unsigned lines;
    size_t *rows; /* kept, in order */
    size_t count, capacity;
    size_t first; /* of those kept in the bin at hand */
};

/* --- rows --------------------------------------------------------------------------- */

static void keep(struct keeper *k, size_t row)
{
    if (k->count == k->capacity) {
        k->capacity = memory_grown(k->capacity, k->count + 1);
        k->rows = memory_resize(k->rows, k->capacity, sizeof *k->rows);
    }
    k->rows[k->count++] = row;
}

/* Keeps where the line stands highest (sign 1) or lowest (-1), if that would be missed.
 */
static void keep_extreme(struct keeper *k, const struct bin *bin, unsigned line,
                         double sign)
{
    double shown = -INFINITY, most = -INFINITY;
    size_t where = bin->first;
    for (size_t i = k->first; i < k->count; i++)
        shown = fmax(shown, sign * k->line(k->figure, k->rows[i], line));
    for (size_t row = bin->first; row < bin->end; row++) {
        double value = sign * k->line(k->figure, row, line);
        if (value > most) {
            most = value;
            where = row;
        }
    }
    if (most > shown + k->unseen)
        keep(k, where);
}

static int by_row(const void *a, const void *b)
{
    const size_t *one = a, *two = b;
    return *one < *two ? -1 : *one > *two;
}

static void keep_of_bin(struct keeper *k, const struct bin *bin)
{
    k->first = k->count;
    keep(k, bin->first);
    for (unsigned line = 0; line < k->lines && bin->end > bin->first + 1; line++) {
        keep_extreme(k, bin, line, 1);
        keep_extreme(k, bin, line, -1);
    }
    qsort(k->rows + k->first, k->count - k->first, sizeof *k->rows, by_row);
}

static void keep_rows(struct keeper *k, const struct bins *bins)
{
    size_t last = series_rows(k->series) - 1;
    for (size_t i = 0; i < bins->count; i++)
        keep_of_bin(k, &bins->at[i]);
    if (!k->count || k->rows[k->count - 1] != last)
        keep(k, last);
}

/* --- points ------------------------------------------------------------------------- */

static struct course_value value_of_bin(const struct keeper *k, const struct bin *bin,
                                        unsigned line)
{
    struct course_value v = {(double)NAN, (double)NAN, (double)NAN};
    double sum = 0;
    size_t count = 0;
    for (size_t row = bin->first; row < bin->end; row++) {
        double value = k->line(k->figure, row, line);
        if (isnan(value))
            continue;
        sum += value;
        count++;
        v.least = fmin(v.least, value);
        v.most = fmax(v.most, value);
    }
    if (count)
        v.value = sum / (double)count;
    return v;
}

static struct course course_new(const struct keeper *k, size_t count)
{
    return (struct course){.lines = k->lines,
                           .count = count,
                           .when = memory_new(count, sizeof(sim_ns)),
                           .values =
                               memory_new(count * k->lines, sizeof(struct course_value))};
}

static struct course course_of_rows(const struct keeper *k)
{
    struct course c = course_new(k, k->count);
    for (size_t i = 0; i < k->count; i++) {
        c.when[i] = series_time(k->series, k->rows[i]);
        for (unsigned line = 0; line < k->lines; line++) {
            double value = k->line(k->figure, k->rows[i], line);
            c.values[i * k->lines + line] = (struct course_value){value, value, value};
        }
    }
    return c;
}

static struct course course_of_bins(const struct keeper *k, const struct bins *bins)
{
    struct course c = course_new(k, bins->count);
    c.length = bins->length;
    for (size_t i = 0; i < bins->count; i++) {
        c.when[i] = bins->at[i].when;
        for (unsigned line = 0; line < k->lines; line++)
            c.values[i * k->lines + line] = value_of_bin(k, &bins->at[i], line);
    }
    return c;
}

struct course course_of(const struct series *s, unsigned moments, unsigned lines,
                        course_line *line, const void *figure, double unseen)
{
    struct keeper k = {
        .series = s, .line = line, .figure = figure, .unseen = unseen, .lines = lines};
    struct bins bins = bins_of(s, moments);
    keep_rows(&k, &bins);
    bool hatched = bins.length > 0 && (double)k.count > HATCHED * (double)bins.count;
    struct course c = hatched ? course_of_bins(&k, &bins) : course_of_rows(&k);
    bins_free(&bins);
    free(k.rows);
    return c;
}

void course_free(struct course *c)
{
    free(c->when);
    free(c->values);
    *c = (struct course){0};
}

struct course_value course_at(const struct course *c, size_t point, unsigned line)
{
    return c->values[point * c->lines + line];
}
