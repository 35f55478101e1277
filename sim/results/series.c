#include "sim/results/series.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/results/csv.h"

#define BLOCK_VALUES 65536 /* doubles: 512 KiB */

/* More is not a series that portsim wrote. */
#define COLUMNS_MAX 1000000

struct series {
    char **names;
    size_t columns, names_capacity;
    sim_ns *times;
    size_t rows, times_capacity;
    double **blocks;   /* each `block_rows` rows of `columns` values */
    size_t block_rows; /* fixed by the first row */
    size_t blocks_made, blocks_capacity;
};

struct series *series_new(void)
{
    return memory_new(1, sizeof(struct series));
}

void series_free(struct series *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->columns; i++)
        free(s->names[i]);
    for (size_t i = 0; i < s->blocks_made; i++)
        free(s->blocks[i]);
    free(s->names);
    free(s->times);
    free(s->blocks);
    free(s);
}

uint32_t series_add(struct series *s, const char *name)
{
    SIM_ASSERT(s->rows == 0 && s->columns < COLUMNS_MAX);
    if (s->columns == s->names_capacity) {
        s->names_capacity = memory_grown(s->names_capacity, s->columns + 1);
        s->names = memory_resize(s->names, s->names_capacity, sizeof *s->names);
    }
    s->names[s->columns] = memory_text(name, strlen(name));
    return (uint32_t)s->columns++;
}

static void add_block(struct series *s)
{
    if (s->block_rows == 0) {
        size_t columns = s->columns ? s->columns : 1;
        s->block_rows = (BLOCK_VALUES + columns - 1) / columns;
    }
    if (s->blocks_made == s->blocks_capacity) {
        s->blocks_capacity = memory_grown(s->blocks_capacity, s->blocks_made + 1);
        s->blocks = memory_resize(s->blocks, s->blocks_capacity, sizeof *s->blocks);
    }
    s->blocks[s->blocks_made++] = memory_new(s->block_rows * s->columns, sizeof(double));
}

static double *row_values(const struct series *s, size_t row)
{
    return s->blocks[row / s->block_rows] + row % s->block_rows * s->columns;
}

void series_append(struct series *s, sim_ns when, const double *values)
{
    SIM_ASSERT(when >= 0 && (s->rows == 0 || when >= s->times[s->rows - 1]));
    if (s->rows == s->times_capacity) {
        s->times_capacity = memory_grown(s->times_capacity, s->rows + 1);
        s->times = memory_resize(s->times, s->times_capacity, sizeof *s->times);
    }
    if (s->rows == s->blocks_made * s->block_rows)
        add_block(s);
    s->times[s->rows] = when;
    if (s->columns)
        memcpy(row_values(s, s->rows), values, s->columns * sizeof *values);
    s->rows++;
}

uint32_t series_columns(const struct series *s)
{
    return (uint32_t)s->columns;
}

const char *series_name(const struct series *s, uint32_t column)
{
    SIM_ASSERT(column < s->columns);
    return s->names[column];
}

uint32_t series_find(const struct series *s, const char *name)
{
    for (size_t i = 0; i < s->columns; i++)
        if (strcmp(s->names[i], name) == 0)
            return (uint32_t)i;
    return SERIES_NONE;
}

size_t series_rows(const struct series *s)
{
    return s->rows;
}

sim_ns series_time(const struct series *s, size_t row)
{
    SIM_ASSERT(row < s->rows);
    return s->times[row];
}

double series_value(const struct series *s, size_t row, uint32_t column)
{
    SIM_ASSERT(row < s->rows && column < s->columns);
    return row_values(s, row)[column];
}

size_t series_bytes(const struct series *s)
{
    return sizeof *s + s->names_capacity * sizeof *s->names +
           s->times_capacity * sizeof *s->times + s->blocks_capacity * sizeof *s->blocks +
           s->blocks_made * s->block_rows * s->columns * sizeof(double);
}

void series_write(const struct series *s, struct safe_file *file)
{
    struct csv_writer w = {.file = file};
    csv_put_text(&w, "t_s");
    for (size_t i = 0; i < s->columns; i++)
        csv_put_text(&w, s->names[i]);
    csv_end_row(&w);
    for (size_t row = 0; row < s->rows; row++) {
        csv_put_time(&w, s->times[row]);
        for (size_t i = 0; i < s->columns; i++)
            csv_put_number(&w, row_values(s, row)[i]);
        csv_end_row(&w);
    }
}

/* --- reading back ----------------------------------------------------------------- */

/* A reader at work, and why it stopped. */
struct parse {
    struct csv_reader *csv;
    struct series *series;
    double *values; /* the row under way */
    size_t line;    /* where it begins */
    const char *complaint;
};

static bool complain(struct parse *p, const char *complaint)
{
    p->complaint = complaint;
    return false;
}

static bool read_header(struct parse *p)
{
    enum csv_step step = csv_read(p->csv);
    if (step != CSV_CELL || strcmp(csv_cell(p->csv), "t_s") != 0)
        return complain(p, "the first column is not t_s");
    while ((step = csv_read(p->csv)) == CSV_CELL) {
        const char *name = csv_text_of(csv_cell(p->csv));
        if (*name == '\0')
            return complain(p, "a column without a name");
        if (p->series->columns == COLUMNS_MAX)
            return complain(p, "more than 1,000,000 columns");
        series_add(p->series, name);
    }
    return step == CSV_ROW || complain(p, csv_complaint(p->csv));
}

/* Reads the row whose first cell was just read. */
static bool read_row(struct parse *p)
{
    struct series *s = p->series;
    sim_ns when;
    if (!csv_time_of(csv_cell(p->csv), &when))
        return complain(p, "the first cell is not a time in seconds");
    if (s->rows && when < s->times[s->rows - 1])
        return complain(p, "a row earlier than the one before it");
    size_t column = 0;
    enum csv_step step;
    while ((step = csv_read(p->csv)) == CSV_CELL) {
        if (column == s->columns)
            return complain(p, "more cells than columns");
        if (!csv_number_of(csv_cell(p->csv), &p->values[column++]))
            return complain(p, "a cell that is not a number");
    }
    if (step != CSV_ROW)
        return complain(p, csv_complaint(p->csv));
    if (column < s->columns)
        return complain(p, "fewer cells than columns");
    series_append(s, when, p->values);
    return true;
}

static bool read_rows(struct parse *p)
{
    enum csv_step step;
    while ((step = csv_read(p->csv)) == CSV_CELL) {
        p->line = csv_line(p->csv);
        if (!read_row(p))
            return false;
    }
    return step == CSV_END || complain(p, csv_complaint(p->csv));
}

struct series *series_read(int handle, const char *path, struct results_error *error)
{
    struct parse p = {.csv = csv_reader_new(handle), .series = series_new(), .line = 1};
    bool good = read_header(&p);
    p.values = memory_new(p.series->columns, sizeof *p.values);
    good = good && read_rows(&p);
    if (!good) {
        results_fail(error, 0, "%s:%zu: %s", path, p.line, p.complaint);
        series_free(p.series);
    }
    csv_reader_free(p.csv);
    free(p.values);
    return good ? p.series : NULL;
}
