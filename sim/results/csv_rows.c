#include "sim/results/csv_rows.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/address.h"
#include "sim/base/memory.h"

/* Members are reached by offset, as rows of a table name them. */
#define AT(type, row, column) (*(type *)(void *)((char *)(row) + (column)->offset))
#define OF(type, row, column)                                                            \
    (*(const type *)(const void *)((const char *)(row) + (column)->offset))

/* --- writing ---------------------------------------------------------------------- */

static void put_address(struct csv_writer *w, const struct ip_address *a)
{
    char text[IP_ADDRESS_TEXT];
    csv_put_text(w, a->family ? ip_address_text(a, text) : NULL);
}

static void put_member(struct csv_writer *w, const struct csv_column *c, const void *row)
{
    switch (c->member) {
    case CSV_MEMBER_TIME:
        csv_put_time(w, OF(sim_ns, row, c));
        break;
    case CSV_MEMBER_TEXT:
    case CSV_MEMBER_NAME:
        csv_put_text(w, OF(char *, row, c));
        break;
    case CSV_MEMBER_U16:
        csv_put_number(w, OF(uint16_t, row, c));
        break;
    case CSV_MEMBER_U32:
        csv_put_number(w, OF(uint32_t, row, c));
        break;
    case CSV_MEMBER_U64:
        csv_put_number(w, (double)OF(uint64_t, row, c));
        break;
    case CSV_MEMBER_NUMBER:
        csv_put_number(w, OF(double, row, c));
        break;
    case CSV_MEMBER_FLAG:
        csv_put_number(w, OF(bool, row, c));
        break;
    case CSV_MEMBER_ADDRESS:
        put_address(w, &OF(struct ip_address, row, c));
        break;
    case CSV_MEMBER_WORD:
        csv_put_text(w, c->words[OF(unsigned, row, c)]);
        break;
    }
}

void csv_rows_write(const struct csv_columns *columns, const void *rows, size_t count,
                    struct safe_file *file)
{
    struct csv_writer w = {.file = file};
    for (size_t i = 0; i < columns->count; i++)
        csv_put_text(&w, columns->at[i].name);
    csv_end_row(&w);
    csv_rows_append(columns, rows, count, file);
}

void csv_rows_append(const struct csv_columns *columns, const void *rows, size_t count,
                     struct safe_file *file)
{
    struct csv_writer w = {.file = file};
    for (size_t k = 0; k < count; k++) {
        for (size_t i = 0; i < columns->count; i++)
            put_member(&w, &columns->at[i], (const char *)rows + k * columns->size);
        csv_end_row(&w);
    }
}

/* --- reading ---------------------------------------------------------------------- */

static bool whole_number(const char *cell, uint64_t most, uint64_t *out)
{
    size_t digits = strspn(cell, "0123456789");
    if (digits == 0 || digits > 16 || cell[digits])
        return false;
    *out = strtoull(cell, NULL, 10);
    return *out <= most;
}

static bool word(const struct csv_column *c, const char *cell, unsigned *out)
{
    for (unsigned i = 0; c->words[i]; i++)
        if (strcmp(c->words[i], cell) == 0) {
            *out = i;
            return true;
        }
    return false;
}

static bool get_member(const struct csv_column *c, const char *cell, struct texts *texts,
                       void *row)
{
    uint64_t number = 0;
    bool good = true;
    switch (c->member) {
    case CSV_MEMBER_TIME:
        return csv_time_of(cell, &AT(sim_ns, row, c));
    case CSV_MEMBER_TEXT:
        AT(const char *, row, c) = texts_keep(texts, csv_text_of(cell));
        break;
    case CSV_MEMBER_NAME:
        AT(const char *, row, c) = texts_keep(texts, *cell ? csv_text_of(cell) : NULL);
        break;
    case CSV_MEMBER_U16:
        good = whole_number(cell, UINT16_MAX, &number);
        AT(uint16_t, row, c) = (uint16_t)number;
        break;
    case CSV_MEMBER_U32:
        good = whole_number(cell, UINT32_MAX, &number);
        AT(uint32_t, row, c) = (uint32_t)number;
        break;
    case CSV_MEMBER_U64:
        return whole_number(cell, (uint64_t)1 << 53, &AT(uint64_t, row, c));
    case CSV_MEMBER_NUMBER:
        return csv_number_of(cell, &AT(double, row, c));
    case CSV_MEMBER_FLAG:
        good = whole_number(cell, 1, &number);
        AT(bool, row, c) = number == 1;
        break;
    case CSV_MEMBER_ADDRESS:
        AT(struct ip_address, row, c) = (struct ip_address){0};
        return !*cell || ip_address_parse(cell, &AT(struct ip_address, row, c));
    case CSV_MEMBER_WORD:
        return word(c, cell, &AT(unsigned, row, c));
    }
    return good;
}

static bool read_header(struct csv_reader *csv, const struct csv_columns *columns)
{
    for (size_t i = 0; i < columns->count; i++)
        if (csv_read(csv) != CSV_CELL || strcmp(csv_cell(csv), columns->at[i].name) != 0)
            return false;
    return csv_read(csv) == CSV_ROW;
}

/* The rest of a row whose first cell was just read. */
static bool read_row(struct csv_reader *csv, const struct csv_columns *columns,
                     struct texts *texts, void *row)
{
    for (size_t i = 0; i < columns->count; i++)
        if ((i > 0 && csv_read(csv) != CSV_CELL) ||
            !get_member(&columns->at[i], csv_cell(csv), texts, row))
            return false;
    return csv_read(csv) == CSV_ROW;
}

bool csv_rows_read(const struct csv_columns *columns, const struct safe_directory *d,
                   const char *name, struct texts *texts, void **rows, size_t *count,
                   struct results_error *error)
{
    int handle = safe_file_open(d, name, error);
    if (handle < 0)
        return false;
    struct csv_reader *csv = csv_reader_new(handle);
    bool good = read_header(csv, columns);
    enum csv_step step = CSV_END;
    size_t capacity = 0, line = 1;
    char *out = memory_new(0, 1);
    for (*count = 0; good && (step = csv_read(csv)) == CSV_CELL; *count += good) {
        if (*count == capacity) {
            capacity = memory_grown(capacity, *count + 1);
            out = memory_resize(out, capacity, columns->size);
        }
        line = csv_line(csv);
        void *row = out + *count * columns->size;
        memset(row, 0, columns->size);
        good = read_row(csv, columns, texts, row);
    }
    csv_reader_free(csv);
    *rows = out;
    if (good && step == CSV_END)
        return true;
    free(out);
    *rows = NULL;
    *count = 0;
    return results_fail(error, 0, "%s/%s:%zu is not a row of this file", d->path, name,
                        line);
}
