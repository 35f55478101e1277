#include "sim/views/where.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/time.h"
#include "sim/scenario/units.h"

#define NODES_MAX 1000
#define DEPTH_MAX 100

enum node_kind { NODE_AND, NODE_OR, NODE_NOT, NODE_TEST };
enum op { OP_EQUAL, OP_DIFFERS, OP_LESS, OP_AT_MOST, OP_MORE, OP_AT_LEAST, OP_LIKE };

static const struct {
    const char *sign;
    enum op op;
} ops[] = {
    {"==", OP_EQUAL},    {"!=", OP_DIFFERS}, {"<=", OP_AT_MOST},
    {">=", OP_AT_LEAST}, {"=~", OP_LIKE},    {"=", OP_EQUAL},
    {"<", OP_LESS},      {">", OP_MORE},     {"~", OP_LIKE},
};

struct node {
    enum node_kind kind;
    uint32_t left, right; /* AND, OR; NOT: left */
    uint32_t column;      /* TEST */
    enum op op;
    char *text;                /* the value as it was written */
    double number;             /* of a number, a time, a flag */
    struct ip_address address; /* of an address; family 0: by its text */
    uint16_t port;             /* 0: any */
    int bits;                  /* of a prefix; -1: it is none */
};

struct where {
    struct node nodes[NODES_MAX];
    uint32_t count, root;
};

/* --- reading -------------------------------------------------------------------------
 */

struct parser {
    struct where *where;
    const struct table *table;
    const char *text, *p;
    struct where_error *error;
    unsigned depth;
};

static bool __attribute__((format(printf, 3, 4)))
fail(struct parser *p, const char *at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(p->error->message, sizeof p->error->message, format, args);
    va_end(args);
    p->error->at = (size_t)(at - p->text);
    return false;
}

static void skip_blanks(struct parser *p)
{
    while (isspace((unsigned char)*p->p))
        p->p++;
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

/* True, and past it, if the word or sign comes next. */
static bool take(struct parser *p, const char *what)
{
    skip_blanks(p);
    size_t length = strlen(what);
    if (strncmp(p->p, what, length) != 0 ||
        (isalpha((unsigned char)*what) && word_length(p->p, false) != length))
        return false;
    p->p += length;
    return true;
}

static bool new_node(struct parser *p, struct node node, uint32_t *out)
{
    if (p->where->count == NODES_MAX)
        return fail(p, p->p, "the expression is too long");
    *out = p->where->count++;
    p->where->nodes[*out] = node;
    return true;
}

/* The next word, or text in quotes, the caller's to free; NULL after a complaint. */
static char *read_value(struct parser *p)
{
    skip_blanks(p);
    char quote = *p->p;
    if (quote == '"' || quote == '\'') {
        const char *end = strchr(p->p + 1, quote);
        if (!end) {
            fail(p, p->p, "a quotation mark that is never closed");
            return NULL;
        }
        char *text = memory_text(p->p + 1, (size_t)(end - p->p - 1));
        p->p = end + 1;
        return text;
    }
    size_t length = word_length(p->p, true);
    if (length == 0) {
        fail(p, p->p, "a value should stand here");
        return NULL;
    }
    char *text = memory_text(p->p, length);
    p->p += length;
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
static bool read_address(char *text, struct node *n)
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

static bool value_fits(struct parser *p, const char *at, struct node *n)
{
    const struct table_column *c = &p->table->columns[n->column];
    bool has_order =
        c->kind == CELL_NUMBER || c->kind == CELL_SECONDS || c->kind == CELL_PERCENT;
    if (!has_order && n->op >= OP_LESS && n->op <= OP_AT_LEAST)
        return fail(p, at, "\"%s\" has no order: use ==, != or ~", c->name);
    if (c->kind != CELL_TEXT && c->kind != CELL_ADDRESS && n->op == OP_LIKE)
        return fail(p, at, "~ is for text and addresses; \"%s\" is neither", c->name);
    switch (c->kind) {
    case CELL_TEXT:
        return true;
    case CELL_NUMBER:
    case CELL_PERCENT:
        return read_number(n->text, &n->number) ||
               fail(p, at, "\"%s\" is a number, not \"%.40s\"", c->name, n->text);
    case CELL_SECONDS:
        return read_seconds(n->text, &n->number) ||
               fail(p, at, "\"%s\" is a time (\"10min\", or seconds), not \"%.40s\"",
                    c->name, n->text);
    case CELL_FLAG:
        return read_flag(n->text, &n->number) ||
               fail(p, at, "\"%s\" is yes or no, not \"%.40s\"", c->name, n->text);
    case CELL_ADDRESS:
        return read_address(n->text, n) || n->op == OP_LIKE ||
               strcmp(n->text, "*") == 0 ||
               fail(p, at, "\"%s\" is an address, or address:port, not \"%.40s\"",
                    c->name, n->text);
    }
    return true;
}

/* --- grammar -------------------------------------------------------------------------
 */

static bool parse_or(struct parser *p, uint32_t *out);

static bool read_op(struct parser *p, enum op *out)
{
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
        if (take(p, ops[i].sign)) {
            *out = ops[i].op;
            return true;
        }
    return false;
}

static bool parse_column(struct parser *p, uint32_t *out)
{
    size_t length = word_length(p->p, false);
    if (length == 0)
        return fail(p, p->p, "a column should stand here");
    char *name = memory_text(p->p, length);
    char complaint[TABLE_COMPLAINT];
    uint32_t count = table_columns_named(p->table, name, out, 1, complaint);
    free(name);
    if (count == 0)
        return fail(p, p->p, "%s", complaint);
    p->p += length;
    return true;
}

static bool parse_test(struct parser *p, uint32_t *out)
{
    struct node n = {.kind = NODE_TEST, .bits = -1, .number = 1};
    skip_blanks(p);
    if (!parse_column(p, &n.column))
        return false;
    skip_blanks(p);
    const char *at = p->p;
    if (!read_op(p, &n.op)) {
        if (p->table->columns[n.column].kind != CELL_FLAG)
            return fail(p, at, "after a column: one of == != < <= > >= ~");
        n.op = OP_EQUAL;
        return new_node(p, n, out);
    }
    skip_blanks(p);
    at = p->p;
    n.text = read_value(p);
    if (n.text && value_fits(p, at, &n) && new_node(p, n, out))
        return true;
    free(n.text);
    return false;
}

static bool parse_not(struct parser *p, uint32_t *out)
{
    if (++p->depth > DEPTH_MAX)
        return fail(p, p->p, "the expression is nested too deeply");
    bool good;
    skip_blanks(p);
    if (take(p, "not") || (p->p[0] == '!' && p->p[1] != '=' && take(p, "!"))) {
        struct node n = {.kind = NODE_NOT};
        good = parse_not(p, &n.left) && new_node(p, n, out);
    } else if (take(p, "(")) {
        good = parse_or(p, out);
        if (good && !take(p, ")"))
            good = fail(p, p->p, "a parenthesis is not closed");
    } else {
        good = parse_test(p, out);
    }
    p->depth--;
    return good;
}

static bool parse_and(struct parser *p, uint32_t *out)
{
    bool good = parse_not(p, out);
    while (good && (take(p, "and") || take(p, "&&"))) {
        struct node n = {.kind = NODE_AND, .left = *out};
        good = parse_not(p, &n.right) && new_node(p, n, out);
    }
    return good;
}

static bool parse_or(struct parser *p, uint32_t *out)
{
    bool good = parse_and(p, out);
    while (good && (take(p, "or") || take(p, "||"))) {
        struct node n = {.kind = NODE_OR, .left = *out};
        good = parse_and(p, &n.right) && new_node(p, n, out);
    }
    return good;
}

struct where *where_parse(const char *text, const struct table *table,
                          struct where_error *error)
{
    struct where *w = memory_new(1, sizeof *w);
    struct parser p = {
        .where = w, .table = table, .text = text, .p = text, .error = error};
    bool good = parse_or(&p, &w->root);
    skip_blanks(&p);
    if (good && *p.p)
        good = fail(&p, p.p, "what stands here belongs to nothing; \"and\", \"or\"?");
    if (good)
        return w;
    where_free(w);
    return NULL;
}

void where_free(struct where *w)
{
    if (!w)
        return;
    for (uint32_t i = 0; i < w->count; i++)
        free(w->nodes[i].text);
    free(w);
}

/* --- asking --------------------------------------------------------------------------
 */

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool in_prefix(const struct ip_address *a, const struct node *n)
{
    if (a->family != n->address.family)
        return false;
    int whole = n->bits / 8, rest = n->bits % 8;
    return memcmp(a->bytes, n->address.bytes, (size_t)whole) == 0 &&
           (rest == 0 || (a->bytes[whole] ^ n->address.bytes[whole]) >> (8 - rest) == 0);
}

static bool address_fits(const struct cell *c, const struct node *n)
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

static bool test_holds(const struct node *n, const struct table *t, size_t row)
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

static bool node_holds(const struct where *w, uint32_t node, const struct table *t,
                       size_t row)
{
    const struct node *n = &w->nodes[node];
    switch (n->kind) {
    case NODE_AND:
        return node_holds(w, n->left, t, row) && node_holds(w, n->right, t, row);
    case NODE_OR:
        return node_holds(w, n->left, t, row) || node_holds(w, n->right, t, row);
    case NODE_NOT:
        return !node_holds(w, n->left, t, row);
    case NODE_TEST:
        break;
    }
    return test_holds(n, t, row);
}

bool where_holds(const struct where *w, const struct table *table, size_t row)
{
    return node_holds(w, w->root, table, row);
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
