#include "sim/trial/trace_file.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/memory.h"

#define ROWS_MAX       50000000u
#define COLUMN_NONE    UINT32_MAX
#define LINE_MAX_BYTES 4096 /* with its end: a device or a picture is no recording */

struct reader {
    struct arrival *rows;
    uint32_t count, capacity;
    uint32_t time_column, life_column; /* COLUMN_NONE until the header was read */
    unsigned line;
    struct trace_error *error;
};

static bool __attribute__((format(printf, 2, 3)))
wrong(struct reader *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    r->error->line = r->line;
    vsnprintf(r->error->text, sizeof r->error->text, format, args);
    va_end(args);
    return false;
}

static bool read_header(struct reader *r, char *line)
{
    char shown[60];
    uint32_t column = 0;
    snprintf(shown, sizeof shown, "%.59s", line);
    for (char *rest = line, *name; (name = strsep(&rest, ",")); column++) {
        if (strcmp(name, "t_s") == 0)
            r->time_column = column;
        if (strcmp(name, "life_s") == 0)
            r->life_column = column;
    }
    return r->time_column != COLUMN_NONE ||
           wrong(r, "the header must name a column t_s, is \"%s\"", shown);
}

/* Seconds as whole nanoseconds. */
static bool read_seconds(struct reader *r, const char *text, sim_ns *out)
{
    char *end;
    double seconds = strtod(text, &end);
    if (end == text || *end || !(seconds >= 0) ||
        seconds * 1e9 > (double)SIM_DURATION_MAX)
        return wrong(r, "must be a number of seconds from 0 on, is \"%.40s\"", text);
    *out = llround(seconds * 1e9);
    return true;
}

static bool read_row(struct reader *r, char *line)
{
    struct arrival row = {.at = -1, .life = -1};
    uint32_t column = 0;
    for (char *rest = line, *cell; (cell = strsep(&rest, ",")); column++) {
        if (column == r->time_column && !read_seconds(r, cell, &row.at))
            return false;
        if (column == r->life_column && *cell && !read_seconds(r, cell, &row.life))
            return false;
    }
    if (row.at < 0)
        return wrong(r, "the row has no t_s");
    if (r->count && row.at < r->rows[r->count - 1].at)
        return wrong(r, "t_s must not step back, but %.9g comes after %.9g",
                     sim_seconds(row.at), sim_seconds(r->rows[r->count - 1].at));
    if (r->count == ROWS_MAX)
        return wrong(r, "at most %u arrivals", ROWS_MAX);
    if (r->count == r->capacity) {
        r->capacity = (uint32_t)memory_grown(r->capacity, (size_t)r->count + 1);
        r->rows = memory_resize(r->rows, r->capacity, sizeof *r->rows);
    }
    r->rows[r->count++] = row;
    return true;
}

static bool read_line(struct reader *r, char *line)
{
    line[strcspn(line, "\r\n")] = '\0';
    if (line[0] == '#' || line[0] == '\0')
        return true;
    return r->time_column == COLUMN_NONE ? read_header(r, line) : read_row(r, line);
}

static bool read_lines(struct reader *r, FILE *file)
{
    char line[LINE_MAX_BYTES];
    while (fgets(line, sizeof line, file)) {
        r->line++;
        if (!strchr(line, '\n') && !feof(file))
            return wrong(r, "must be a line of at most %d characters",
                         LINE_MAX_BYTES - 2);
        if (!read_line(r, line))
            return false;
    }
    if (!ferror(file))
        return true;
    r->error->unreadable = true;
    return wrong(r, "%s", strerror(errno));
}

bool trace_file_read(const char *path, struct arrival_trace *out,
                     struct trace_error *error)
{
    struct reader r = {
        .time_column = COLUMN_NONE, .life_column = COLUMN_NONE, .error = error};
    *error = (struct trace_error){0};
    FILE *file = fopen(path, "re");
    if (!file) {
        error->unreadable = true;
        return wrong(&r, "%s", strerror(errno));
    }
    bool well = read_lines(&r, file);
    fclose(file);
    r.line = 0;
    if (well && r.count == 0)
        well = wrong(&r, "holds no arrival");
    if (!well) {
        free(r.rows);
        return false;
    }
    *out = (struct arrival_trace){.rows = r.rows, .count = r.count};
    return true;
}

bool trace_file_exists(const char *path)
{
    return access(path, R_OK) == 0;
}
