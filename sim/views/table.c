#include "sim/views/table.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/base/utf8.h"
#include "sim/base/words.h"

/* --- columns -------------------------------------------------------------------------
 */

uint32_t table_column_named(const struct table *t, const char *name)
{
    for (uint32_t i = 0; i < t->column_count; i++)
        if (strcmp(t->columns[i].name, name) == 0 ||
            (t->columns[i].alias && strcmp(t->columns[i].alias, name) == 0))
            return i;
    return TABLE_NO_COLUMN;
}

static bool complain(const struct table *t, const char *name,
                     char complaint[TABLE_COMPLAINT])
{
    const char *near = NULL;
    for (uint32_t i = 0; i < t->column_count && !near; i++)
        if (words_distance(name, t->columns[i].name, 2) <= 2)
            near = t->columns[i].name;
    snprintf(complaint, TABLE_COMPLAINT, "there is no column \"%.60s\"%s%s%s", name,
             near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
    return false;
}

uint32_t table_columns_named(const struct table *t, const char *list, uint32_t *out,
                             uint32_t limit, char complaint[TABLE_COMPLAINT])
{
    uint32_t count = 0;
    bool good = true;
    for (const char *p = list; good; p++) {
        size_t length = strcspn(p, ",");
        char *name = memory_text(p, length);
        uint32_t column = table_column_named(t, name);
        if (column == TABLE_NO_COLUMN)
            good = complain(t, name, complaint);
        else if (count == limit)
            good = snprintf(complaint, TABLE_COMPLAINT, "more than %u columns",
                            (unsigned)limit) < 0;
        else
            out[count++] = column;
        free(name);
        p += length;
        if (!*p)
            break;
    }
    return good ? count : 0;
}

/* --- cells ---------------------------------------------------------------------------
 */

/* What is no character or would disturb a terminal becomes '?'. */
static void copy_harmless(const char *text, char out[CELL_SIZE])
{
    size_t used = 0;
    uint32_t code;
    for (const char *end = text + strlen(text); text < end;) {
        size_t length = utf8_decode(text, end, &code);
        bool harmless = length > 0 && !utf8_unsafe(code);
        if (used + (harmless ? length : 1) >= CELL_SIZE)
            break;
        if (harmless)
            memcpy(out + used, text, length);
        else
            out[used] = '?';
        used += harmless ? length : 1;
        text += length ? length : 1;
    }
    out[used] = '\0';
}

static void add_port(uint16_t port, char out[CELL_SIZE])
{
    size_t used = strlen(out);
    snprintf(out + used, CELL_SIZE - used, ":%u", (unsigned)port);
}

static void number_cell(enum cell_kind kind, double value, char out[CELL_SIZE])
{
    if (isnan(value))
        out[0] = '\0';
    else if (kind == CELL_SECONDS)
        snprintf(out, CELL_SIZE, "%.3f", value);
    else if (kind == CELL_PERCENT)
        snprintf(out, CELL_SIZE, "%.1f", value);
    else
        snprintf(out, CELL_SIZE, "%.15g", value);
}

static const char *text_of(enum cell_kind kind, const struct cell *c, char out[CELL_SIZE])
{
    char endpoint[IP_ENDPOINT_TEXT];
    switch (kind) {
    case CELL_TEXT:
        copy_harmless(c->text ? c->text : "", out);
        if (c->port)
            add_port(c->port, out);
        break;
    case CELL_NUMBER:
    case CELL_SECONDS:
    case CELL_PERCENT:
        number_cell(kind, c->number, out);
        break;
    case CELL_FLAG:
        snprintf(out, CELL_SIZE, "%s", c->number != 0 ? "yes" : "no");
        break;
    case CELL_ADDRESS:
        snprintf(out, CELL_SIZE, "%s", ip_endpoint_text(&c->address, c->port, endpoint));
        break;
    }
    return out;
}

const char *cell_text(const struct table *t, size_t row, uint32_t column,
                      char out[CELL_SIZE])
{
    struct cell c = t->cell(t->rows, row, column);
    return text_of(t->columns[column].kind, &c, out);
}

/* --- aligned text --------------------------------------------------------------------
 */

static int columns_of(const char *text)
{
    int columns = 0;
    for (; *text; text++)
        columns += ((unsigned char)*text & 0xC0) != 0x80;
    return columns;
}

static bool is_number(const struct table *t, uint32_t column)
{
    enum cell_kind kind = t->columns[column].kind;
    return kind == CELL_NUMBER || kind == CELL_SECONDS || kind == CELL_PERCENT;
}

static void put_padded(FILE *out, const char *text, int width, bool right, bool last)
{
    int pad = width - columns_of(text);
    if (right)
        fprintf(out, "%*s%s", pad, "", text);
    else
        fprintf(out, "%s%*s", text, last ? 0 : pad, "");
    fputs(last ? "\n" : "  ", out);
}

void table_print(FILE *out, const struct table *t, const struct table_choice *choice)
{
    uint32_t n = choice->column_count;
    int *width = memory_new(n, sizeof *width);
    char text[CELL_SIZE];
    for (uint32_t c = 0; c < n; c++) {
        width[c] = columns_of(t->columns[choice->columns[c]].name);
        for (size_t r = 0; r < choice->row_count; r++) {
            int w = columns_of(cell_text(t, choice->rows[r], choice->columns[c], text));
            width[c] = w > width[c] ? w : width[c];
        }
    }
    for (uint32_t c = 0; c < n; c++)
        put_padded(out, t->columns[choice->columns[c]].name, width[c],
                   is_number(t, choice->columns[c]), c + 1 == n);
    for (size_t r = 0; r < choice->row_count; r++)
        for (uint32_t c = 0; c < n; c++)
            put_padded(out, cell_text(t, choice->rows[r], choice->columns[c], text),
                       width[c], is_number(t, choice->columns[c]), c + 1 == n);
    free(width);
}

/* --- CSV -----------------------------------------------------------------------------
 */

/* As RFC 4180 wants it; what a spreadsheet would run gets an apostrophe before it, as in
 * the files of a run (sim/results/csv.h). */
static void put_csv(FILE *out, const char *text, bool last)
{
    const char *bare = text + strspn(text, "'");
    bool quoted = strpbrk(text, "\",\r\n") != NULL;
    if (quoted)
        fputc('"', out);
    if (*bare && strchr("=+-@\t\r", *bare))
        fputc('\'', out);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    if (quoted)
        fputc('"', out);
    fputc(last ? '\n' : ',', out);
}

void table_csv(FILE *out, const struct table *t, const struct table_choice *choice)
{
    uint32_t n = choice->column_count;
    char text[CELL_SIZE];
    for (uint32_t c = 0; c < n; c++)
        put_csv(out, t->columns[choice->columns[c]].name, c + 1 == n);
    for (size_t r = 0; r < choice->row_count; r++)
        for (uint32_t c = 0; c < n; c++)
            put_csv(out, cell_text(t, choice->rows[r], choice->columns[c], text),
                    c + 1 == n);
}

/* --- JSON ----------------------------------------------------------------------------
 */

static void put_json(struct json_text *j, const struct table *t, size_t row,
                     uint32_t column)
{
    const struct table_column *c = &t->columns[column];
    struct cell cell = t->cell(t->rows, row, column);
    char text[CELL_SIZE];
    if (c->kind == CELL_FLAG)
        json_bool(j, c->name, cell.number != 0);
    else if (is_number(t, column))
        json_number(j, c->name, cell.number);
    else
        json_string(j, c->name, text_of(c->kind, &cell, text));
}

void table_json(FILE *out, const struct table *t, const struct table_choice *choice)
{
    fputs("[", out);
    for (size_t r = 0; r < choice->row_count; r++) {
        struct json_text j = {0};
        json_object_begin_flat(&j, NULL);
        for (uint32_t c = 0; c < choice->column_count; c++)
            put_json(&j, t, choice->rows[r], choice->columns[c]);
        json_object_end(&j);
        fputs(r ? ",\n " : "\n ", out);
        fwrite(j.bytes, 1, j.length - (j.bytes[j.length - 1] == '\n'), out);
        json_free(&j);
    }
    fputs("\n]\n", out);
}

void table_write(FILE *out, const struct table *t, const size_t *rows, size_t count,
                 table_writer *writer)
{
    size_t *own = rows ? NULL : memory_new(count, sizeof *own);
    uint32_t *columns = memory_new(t->column_count, sizeof *columns);
    for (size_t i = 0; own && i < count; i++)
        own[i] = i;
    for (uint32_t i = 0; i < t->column_count; i++)
        columns[i] = i;
    struct table_choice all = {rows ? rows : own, count, columns, t->column_count};
    writer(out, t, &all);
    free(columns);
    free(own);
}
