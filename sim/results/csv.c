#include "sim/results/csv.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/bug.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"

/* --- writing ---------------------------------------------------------------------- */

static void put(struct csv_writer *w, const void *bytes, size_t length)
{
    if (w->file)
        safe_file_put(w->file, bytes, length);
    else
        fwrite(bytes, 1, length, w->stream);
}

static void begin_cell(struct csv_writer *w)
{
    if (w->begun)
        put(w, ",", 1);
    w->begun = true;
}

/* Text that a reader would not get back as it is, or that a spreadsheet would run: any
 * number of apostrophes and a formula character.  Counting the apostrophes in makes the
 * way back exact. */
static bool looks_like_formula(const char *text)
{
    const char *p = text + strspn(text, "'");
    return *p && strchr("=+-@\t\r", *p);
}

void csv_put_text(struct csv_writer *w, const char *text)
{
    begin_cell(w);
    if (!text)
        return;
    bool quoted = strpbrk(text, "\",\r\n") != NULL;
    if (quoted)
        put(w, "\"", 1);
    if (looks_like_formula(text))
        put(w, "'", 1);
    for (const char *rest = text; *rest;) {
        size_t plain = strcspn(rest, "\"");
        put(w, rest, plain);
        rest += plain;
        if (*rest) {
            put(w, "\"\"", 2);
            rest++;
        }
    }
    if (quoted)
        put(w, "\"", 1);
}

/* Most cells are small whole numbers, which number_text writes as plain digits as well
 * (test_whole_numbers_are_written_alike): 12 ns instead of 400. */
static size_t whole_number(double value, char out[NUMBER_TEXT])
{
    if (!(value >= 0 && value < 1e15) || signbit(value))
        return 0;
    uint64_t rest = (uint64_t)value;
    if ((double)rest != value)
        return 0;
    char digits[NUMBER_TEXT];
    size_t length = 0;
    do {
        digits[length++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    for (size_t i = 0; i < length; i++)
        out[i] = digits[length - 1 - i];
    return length;
}

void csv_put_number(struct csv_writer *w, double value)
{
    begin_cell(w);
    char text[NUMBER_TEXT];
    size_t length = whole_number(value, text);
    if (length == 0)
        length = strlen(number_text(value, text));
    put(w, text, length);
}

void csv_put_time(struct csv_writer *w, sim_ns when)
{
    SIM_ASSERT(when >= 0);
    begin_cell(w);
    char text[NUMBER_TEXT];
    int length =
        snprintf(text, sizeof text, "%" PRId64 ".%09" PRId64, when / SIM_S, when % SIM_S);
    while (text[length - 1] == '0')
        length--;
    if (text[length - 1] == '.')
        length--;
    put(w, text, (size_t)length);
}

void csv_end_row(struct csv_writer *w)
{
    put(w, "\n", 1);
    w->begun = false;
}

/* --- reading ---------------------------------------------------------------------- */

struct csv_reader {
    int handle;
    size_t line;
    bool row_ended;    /* the last cell was the row's last */
    bool cell_pending; /* a separator was read: a cell must follow */
    const char *complaint;
    size_t filled, used; /* of `buffer` */
    size_t length;       /* of `cell` */
    char cell[CSV_CELL_MAX + 1];
    unsigned char buffer[65536];
};

#define NO_BYTE  (-1) /* the end of the file */
#define BAD_BYTE (-2)

struct csv_reader *csv_reader_new(int handle)
{
    struct csv_reader *r = memory_new(1, sizeof *r);
    r->handle = handle;
    r->line = 1;
    return r;
}

void csv_reader_free(struct csv_reader *r)
{
    if (r)
        close(r->handle);
    free(r);
}

static int refill(struct csv_reader *r)
{
    ssize_t got;
    do
        got = read(r->handle, r->buffer, sizeof r->buffer);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        r->complaint = strerror(errno);
    if (got <= 0)
        return got < 0 ? BAD_BYTE : NO_BYTE;
    r->filled = (size_t)got;
    r->used = 0;
    return 0;
}

/* The next byte, which stays. */
static int peek(struct csv_reader *r)
{
    int state = r->used == r->filled ? refill(r) : 0;
    return state < 0 ? state : r->buffer[r->used];
}

static void skip(struct csv_reader *r)
{
    r->used++;
}

static bool complain(struct csv_reader *r, const char *complaint)
{
    if (!r->complaint)
        r->complaint = complaint;
    return false;
}

static bool keep(struct csv_reader *r, int byte)
{
    if (byte == 0)
        return complain(r, "a zero byte");
    if (r->length == CSV_CELL_MAX)
        return complain(r, "a cell of more than 65536 bytes");
    r->cell[r->length++] = (char)byte;
    skip(r);
    return true;
}

static bool quoted_cell(struct csv_reader *r)
{
    skip(r);
    for (;;) {
        int byte = peek(r);
        if (byte < 0)
            return complain(r, "a quotation mark that is never closed");
        if (byte == '\n')
            r->line++;
        if (byte == '"') {
            skip(r);
            if (peek(r) != '"')
                return true;
        }
        if (!keep(r, byte))
            return false;
    }
}

static bool plain_cell(struct csv_reader *r)
{
    for (;;) {
        int byte = peek(r);
        if (byte == BAD_BYTE)
            return false;
        if (byte == NO_BYTE || byte == ',' || byte == '\n')
            return true;
        if (byte == '"' || byte == '\r')
            return complain(r, "a quotation mark or carriage return inside a cell");
        if (!keep(r, byte))
            return false;
    }
}

/* What stands after a cell: a comma, the end of the row, or of the file. */
static bool separator(struct csv_reader *r)
{
    int byte = peek(r);
    if (byte == BAD_BYTE)
        return false;
    if (byte != ',' && byte != '\n' && byte != NO_BYTE)
        return complain(r, "text after a closing quotation mark");
    if (byte == NO_BYTE)
        return complain(r, "a last line without its end: the file is cut short");
    skip(r);
    r->row_ended = byte == '\n';
    r->cell_pending = byte == ',';
    return true;
}

enum csv_step csv_read(struct csv_reader *r)
{
    if (r->row_ended) {
        r->row_ended = false;
        r->line++;
        return CSV_ROW;
    }
    r->length = 0;
    r->cell[0] = '\0';
    int byte = peek(r);
    if (byte == NO_BYTE && !r->cell_pending)
        return CSV_END;
    bool good = byte != BAD_BYTE && (byte == '"' ? quoted_cell(r) : plain_cell(r)) &&
                separator(r);
    r->cell[r->length] = '\0';
    return good ? CSV_CELL : CSV_BAD;
}

const char *csv_cell(const struct csv_reader *r)
{
    return r->cell;
}

size_t csv_line(const struct csv_reader *r)
{
    return r->line;
}

const char *csv_complaint(const struct csv_reader *r)
{
    return r->complaint ? r->complaint : "unreadable";
}

const char *csv_text_of(const char *cell)
{
    return cell[0] == '\'' && looks_like_formula(cell) ? cell + 1 : cell;
}

bool csv_number_of(const char *cell, double *out)
{
    *out = (double)NAN;
    if (*cell == '\0')
        return true;
    if (cell[strspn(cell, "0123456789+-.eE")] != '\0')
        return false;
    char *end;
    double value = strtod(cell, &end);
    if (*end != '\0' || !isfinite(value))
        return false;
    *out = value;
    return true;
}

bool csv_time_of(const char *cell, sim_ns *out)
{
    sim_ns seconds = 0;
    const char *p = cell;
    for (; isdigit((unsigned char)*p); p++) {
        seconds = seconds * 10 + (*p - '0');
        if (seconds >= SIM_NEVER / SIM_S)
            return false;
    }
    if (p == cell)
        return false;
    sim_ns fraction = 0;
    if (*p == '.') {
        p++;
        for (sim_ns unit = SIM_S / 10; isdigit((unsigned char)*p) && unit;
             p++, unit /= 10)
            fraction += unit * (*p - '0');
    }
    *out = seconds * SIM_S + fraction;
    return *p == '\0';
}
