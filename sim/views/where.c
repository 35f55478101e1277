#include "sim/views/where.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/time.h"
#include "sim/scenario/logic.h"
#include "sim/scenario/units.h"

enum op { OP_EQUAL, OP_DIFFERS, OP_LESS, OP_AT_MOST, OP_MORE, OP_AT_LEAST, OP_LIKE };

static const struct {
    const char *sign;
    enum op op;
} ops[] = {
    {"==", OP_EQUAL},    {"!=", OP_DIFFERS}, {"<=", OP_AT_MOST},
    {">=", OP_AT_LEAST}, {"=~", OP_LIKE},    {"=", OP_EQUAL},
    {"<", OP_LESS},      {">", OP_MORE},     {"~", OP_LIKE},
};

struct test {
    uint32_t column;
    enum op op;
    char *text;                /* the value as it was written */
    double number;             /* of a number, a time, a flag */
    struct ip_address address; /* of an address; family 0: by its text */
    uint16_t port;             /* 0: any */
    int bits;                  /* of a prefix; -1: it is none */
};

struct where {
    struct logic *logic;
    struct test tests[LOGIC_MAX];
    uint32_t count;
};

/* --- reading -------------------------------------------------------------------------
 */

struct reading {
    struct where *where;
    const struct table *table;
    struct where_error *error;
};

static bool __attribute__((format(printf, 3, 4)))
fail(struct logic_reader *r, const char *at, const char *format, ...)
{
    const struct reading *reading = r->context;
    va_list args;
    va_start(args, format);
    vsnprintf(reading->error->message, sizeof reading->error->message, format, args);
    va_end(args);
    reading->error->at = (size_t)(at - r->text);
    return false;
}

static bool complain(struct logic_reader *r, const char *at, const char *message)
{
    return fail(r, at, "%s", message);
}

/* Letters a word may have, and with `value` also what addresses and times are made of. */
static size_t word_length(const char *p, bool value)
{
    size_t n = 0;
    while (isalnum((unsigned char)p[n]) || p[n] == '_' || p[n] == '-' ||
           (value && p[n] && strchr(".:/*[]%+", p[n])))
        n++;
    return n;
}

/* The next word, or text in quotes, the caller's to free; NULL after a complaint. */
static char *read_value(struct logic_reader *r)
{
    char *text;
    if (!logic_take_quoted(r, &text) || text)
        return text;
    size_t length = word_length(r->p, true);
    if (length == 0) {
        fail(r, r->p, "a value should stand here");
        return NULL;
    }
    text = memory_text(r->p, length);
    r->p += length;
    return text;
}

/* --- values --------------------------------------------------------------------------
 */

static bool read_number(const char *text, double *out)
{
    char *end;
    if (text[strspn(text, "0123456789.")])
        return false;
    *out = strtod(text, &end);
    return end != text && !*end;
}

static bool read_seconds(const char *text, double *out)
{
    struct unit_fault fault;
    sim_ns time;
    if (read_number(text, out))
        return true;
    if (!duration_parse(text, &time, &fault))
        return false;
    *out = sim_seconds(time);
    return true;
}

static bool read_flag(const char *text, double *out)
{
    static const char *const words[] = {"no", "yes", "false", "true", "0", "1"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(text, words[i]) == 0) {
            *out = (double)(i % 2);
            return true;
        }
    return false;
}

static bool read_port(const char *text, uint16_t *out)
{
    size_t digits = strspn(text, "0123456789");
    unsigned long port =
        digits && digits < 6 && !text[digits] ? strtoul(text, NULL, 10) : 65536;
    *out = (uint16_t)port;
    return port > 0 && port <= 65535;
}

/* "10.0.0.1", "10.0.0.1:445", "[::1]:445", "::1", ":445"; with a slash a prefix. */
static bool read_address(char *text, struct test *n)
{
    char *slash = strchr(text, '/'), *colon = strrchr(text, ':');
    if (ip_address_parse(text, &n->address))
        return true;
    if (slash) {
        char *end;
        *slash = '\0';
        long bits = strtol(slash + 1, &end, 10);
        bool good = end != slash + 1 && !*end && ip_address_parse(text, &n->address) &&
                    bits >= 0 && bits <= (n->address.family == 6 ? 128 : 32);
        *slash = '/';
        n->bits = (int)bits;
        return good;
    }
    if (!colon || !read_port(colon + 1, &n->port))
        return false;
    if (colon == text || (colon == text + 1 && *text == '*'))
        return true; /* any address, this port */
    bool bracketed = *text == '[' && colon[-1] == ']';
    char *host = bracketed ? memory_text(text + 1, (size_t)(colon - text) - 2)
                           : memory_text(text, (size_t)(colon - text));
    bool good = ip_address_parse(host, &n->address);
    free(host);
    return good;
}

static bool value_fits(struct logic_reader *r, const char *at, struct test *n)
{
    const struct reading *reading = r->context;
    const struct table_column *c = &reading->table->columns[n->column];
    bool has_order =
        c->kind == CELL_NUMBER || c->kind == CELL_SECONDS || c->kind == CELL_PERCENT;
    if (!has_order && n->op >= OP_LESS && n->op <= OP_AT_LEAST)
        return fail(r, at, "\"%s\" has no order: use ==, != or ~", c->name);
    if (c->kind != CELL_TEXT && c->kind != CELL_ADDRESS && n->op == OP_LIKE)
        return fail(r, at, "~ is for text and addresses; \"%s\" is neither", c->name);
    switch (c->kind) {
    case CELL_TEXT:
        return true;
    case CELL_NUMBER:
    case CELL_PERCENT:
        return read_number(n->text, &n->number) ||
               fail(r, at, "\"%s\" is a number, not \"%.40s\"", c->name, n->text);
    case CELL_SECONDS:
        return read_seconds(n->text, &n->number) ||
               fail(r, at, "\"%s\" is a time (\"10min\", or seconds), not \"%.40s\"",
                    c->name, n->text);
    case CELL_FLAG:
        return read_flag(n->text, &n->number) ||
               fail(r, at, "\"%s\" is yes or no, not \"%.40s\"", c->name, n->text);
    case CELL_ADDRESS:
        return read_address(n->text, n) || n->op == OP_LIKE ||
               strcmp(n->text, "*") == 0 ||
               fail(r, at, "\"%s\" is an address, or address:port, not \"%.40s\"",
                    c->name, n->text);
    }
    return true;
}

/* --- tests ---------------------------------------------------------------------------
 */

static bool read_op(struct logic_reader *r, enum op *out)
{
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
        if (logic_take(r, ops[i].sign)) {
            *out = ops[i].op;
            return true;
        }
    return false;
}

static bool read_column(struct logic_reader *r, uint32_t *out)
{
    const struct reading *reading = r->context;
    size_t length = word_length(r->p, false);
    if (length == 0)
        return fail(r, r->p, "a column should stand here");
    char *name = memory_text(r->p, length);
    char complaint[TABLE_COMPLAINT];
    uint32_t count = table_columns_named(reading->table, name, out, 1, complaint);
    free(name);
    if (count == 0)
        return fail(r, r->p, "%s", complaint);
    r->p += length;
    return true;
}

/* What stands behind the column. */
static bool read_rest(struct logic_reader *r, struct test *n)
{
    const struct reading *reading = r->context;
    logic_skip_blanks(r);
    const char *at = r->p;
    if (!read_op(r, &n->op)) {
        n->op = OP_EQUAL;
        return reading->table->columns[n->column].kind == CELL_FLAG ||
               fail(r, at, "after a column: one of == != < <= > >= ~");
    }
    logic_skip_blanks(r);
    at = r->p;
    n->text = read_value(r);
    return n->text && value_fits(r, at, n);
}

static bool read_test(struct logic_reader *r, uint32_t *out)
{
    struct where *w = ((struct reading *)r->context)->where;
    struct test n = {.bits = -1, .number = 1};
    const char *at = r->p;
    bool good = read_column(r, &n.column) && read_rest(r, &n) &&
                (w->count < LOGIC_MAX || fail(r, at, "the expression is too long"));
    if (!good) {
        free(n.text);
        return false;
    }
    *out = w->count++;
    w->tests[*out] = n;
    return true;
}

struct where *where_parse(const char *text, const struct table *table,
                          struct where_error *error)
{
    struct where *w = memory_new(1, sizeof *w);
    struct reading reading = {.where = w, .table = table, .error = error};
    struct logic_reader reader = {.text = text,
                                  .p = text,
                                  .context = &reading,
                                  .read = read_test,
                                  .complain = complain};
    w->logic = logic_read(&reader);
    if (w->logic)
        return w;
    where_free(w);
    return NULL;
}

void where_free(struct where *w)
{
    if (!w)
        return;
    for (uint32_t i = 0; i < w->count; i++)
        free(w->tests[i].text);
    logic_free(w->logic);
    free(w);
}

/* --- asking --------------------------------------------------------------------------
 */

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool in_prefix(const struct ip_address *a, const struct test *n)
{
    if (a->family != n->address.family)
        return false;
    int whole = n->bits / 8, rest = n->bits % 8;
    return memcmp(a->bytes, n->address.bytes, (size_t)whole) == 0 &&
           (rest == 0 || (a->bytes[whole] ^ n->address.bytes[whole]) >> (8 - rest) == 0);
}

static bool address_fits(const struct cell *c, const struct test *n)
{
    char text[IP_ENDPOINT_TEXT];
    if (n->bits >= 0)
        return in_prefix(&c->address, n);
    if (n->op == OP_LIKE && !n->address.family)
        return begins(ip_endpoint_text(&c->address, c->port, text), n->text);
    bool any = n->text[0] == ':' || (n->text[0] == '*' && n->port);
    return (any || ip_address_equal(&c->address, &n->address)) &&
           (n->port == 0 || n->port == c->port);
}

static bool ordered(double a, enum op op, double b)
{
    switch (op) {
    case OP_EQUAL:
        return a == b;
    case OP_DIFFERS:
        return a != b;
    case OP_LESS:
        return a < b;
    case OP_AT_MOST:
        return a <= b;
    case OP_MORE:
        return a > b;
    case OP_AT_LEAST:
        return a >= b;
    case OP_LIKE:
        break;
    }
    return false;
}

static bool fits(const struct test *n, const struct table *t, size_t row)
{
    struct cell c = t->cell(t->rows, row, n->column);
    char text[CELL_SIZE];
    switch (t->columns[n->column].kind) {
    case CELL_TEXT:
        cell_text(t, row, n->column, text);
        if (n->op == OP_LIKE)
            return begins(text, n->text);
        return (strcmp(text, n->text) == 0) == (n->op == OP_EQUAL);
    case CELL_ADDRESS:
        return address_fits(&c, n) == (n->op != OP_DIFFERS);
    case CELL_NUMBER:
    case CELL_SECONDS:
    case CELL_PERCENT:
    case CELL_FLAG:
        break;
    }
    return ordered(c.number, n->op, n->number);
}

/* An expression asked about one row. */
struct question {
    const struct where *where;
    const struct table *table;
    size_t row;
};

static bool test_holds(const void *context, uint32_t test)
{
    const struct question *q = context;
    return fits(&q->where->tests[test], q->table, q->row);
}

bool where_holds(const struct where *w, const struct table *table, size_t row)
{
    return logic_holds(w->logic, test_holds, &(struct question){w, table, row});
}

size_t *where_rows(const struct where *w, const struct table *table, size_t *count)
{
    size_t *rows = memory_new(table->row_count, sizeof *rows);
    *count = 0;
    for (size_t i = 0; i < table->row_count; i++)
        if (!w || where_holds(w, table, i))
            rows[(*count)++] = i;
    return rows;
}

void where_explain(FILE *out, const char *text, const struct table *table,
                   const struct where_error *error)
{
    fprintf(out, "%s\n  ", error->message);
    for (const char *p = text; *p; p++)
        fputc(*p >= ' ' && *p != 127 ? *p : '?', out);
    fprintf(out, "\n  %*s^\n", (int)error->at, "");
    fputs("columns:", out);
    for (uint32_t i = 0, width = 8; i < table->column_count; i++) {
        const char *name = table->columns[i].name;
        width += (uint32_t)strlen(name) + 1;
        if (width > 78) {
            fputs("\n        ", out);
            width = 9 + (uint32_t)strlen(name);
        }
        fprintf(out, " %s", name);
    }
    fputc('\n', out);
}
