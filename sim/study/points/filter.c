#include "sim/study/points/filter.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/scenario/spelling.h"
#include "sim/scenario/units.h"
#include "sim/study/points/axis_range.h"

#define NODES_MAX 500
#define DEPTH_MAX 100

enum node_kind { NODE_AND, NODE_OR, NODE_NOT, NODE_TEST };

/* Longer ones first, so that "<=" is not read as "<". */
static const struct {
    const char *text;
    bool below, equal, above; /* for which orders it holds */
} signs[] = {
    {"==", false, true, false}, {"!=", true, false, true}, {"<=", true, true, false},
    {">=", false, true, true},  {"<", true, false, false}, {">", false, false, true},
    {"=", false, true, false},
};
#define SIGNS (sizeof signs / sizeof signs[0])

/* A side of a comparison. */
struct side {
    uint32_t axis; /* UINT32_MAX: `text` */
    char *text;
};

struct node {
    enum node_kind kind;
    uint32_t left, right; /* AND, OR; NOT: left */
    struct side a, b;     /* TEST */
    size_t sign;
    enum field_type type; /* of what is compared */
};

struct filter {
    const struct study_axes *axes;
    struct node nodes[NODES_MAX];
    uint32_t count, root;
};

/* --- values -------------------------------------------------------------------- */

/* A value as the number it is; NaN if it is none of that type. */
static double number_of(const char *text, enum field_type type)
{
    struct unit_fault fault;
    sim_ns duration;
    double rate;
    size_t length = units_number(text);
    switch (type) {
    case FIELD_DURATION:
        return duration_parse(text, &duration, &fault) ? (double)duration : NAN;
    case FIELD_RATE:
        return rate_parse(text, &rate, &fault) ? rate : NAN;
    default:
        return length && !text[length] ? strtod(text, NULL) : NAN;
    }
}

static const char *text_of(const struct side *side, const char *const *values)
{
    return side->axis == UINT32_MAX ? side->text : values[side->axis];
}

static bool test_holds(const struct node *n, const char *const *values)
{
    const char *a = text_of(&n->a, values), *b = text_of(&n->b, values);
    if (!a || !b)
        return false;
    int order = strcmp(a, b);
    if (axis_has_ranges(n->type)) {
        double x = number_of(a, n->type), y = number_of(b, n->type);
        if (isnan(x) || isnan(y))
            return false;
        order = (x > y) - (x < y);
    }
    return order < 0    ? signs[n->sign].below
           : order == 0 ? signs[n->sign].equal
                        : signs[n->sign].above;
}

static bool node_holds(const struct filter *f, uint32_t index, const char *const *values)
{
    const struct node *n = &f->nodes[index];
    switch (n->kind) {
    case NODE_AND:
        return node_holds(f, n->left, values) && node_holds(f, n->right, values);
    case NODE_OR:
        return node_holds(f, n->left, values) || node_holds(f, n->right, values);
    case NODE_NOT:
        return !node_holds(f, n->left, values);
    case NODE_TEST:
        return test_holds(n, values);
    }
    return false;
}

bool filter_holds(const struct filter *f, const char *const *values)
{
    return node_holds(f, f->root, values);
}

/* --- reading ------------------------------------------------------------------- */

struct parser {
    struct filter *filter;
    const char *text, *p;
    struct issues *issues;
    uint32_t source;
    unsigned depth;
};

static bool __attribute__((format(printf, 4, 5)))
fail(struct parser *p, const char *at, const char *suggestion, const char *format, ...)
{
    char message[400];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    struct place place = {p->source, 1, 1};
    for (const char *c = p->text; c < at; c++)
        place.column += ((unsigned char)*c & 0xC0) != 0x80;
    issues_add(p->issues, place, "", suggestion, "%s", message);
    return false;
}

static void skip_blanks(struct parser *p)
{
    while (isspace((unsigned char)*p->p))
        p->p++;
}

/* Letters up to the next blank, bracket of ours, or sign. */
static size_t word_length(const char *p)
{
    size_t n = 0;
    while (p[n] && !isspace((unsigned char)p[n]) && !strchr("()<>=!", p[n]))
        n++;
    return n;
}

/* True, and past it, if the bracket or word comes next. */
static bool take(struct parser *p, const char *what)
{
    skip_blanks(p);
    size_t length = strlen(what);
    if (strncmp(p->p, what, length) != 0 ||
        (isalpha((unsigned char)*what) && word_length(p->p) != length))
        return false;
    p->p += length;
    return true;
}

static bool add_node(struct parser *p, struct node node, uint32_t *out)
{
    if (p->filter->count == NODES_MAX)
        return fail(p, p->p, NULL, "the expression is too long");
    *out = p->filter->count++;
    p->filter->nodes[*out] = node;
    return true;
}

/* A word, or text in quotes. */
static bool read_side(struct parser *p, struct side *out, bool *quoted)
{
    skip_blanks(p);
    const char *begin = p->p;
    char quote = *begin;
    *quoted = quote == '"' || quote == '\'';
    size_t length = word_length(begin);
    if (*quoted) {
        const char *end = strchr(begin + 1, quote);
        if (!end)
            return fail(p, begin, NULL, "a quotation mark that is never closed");
        begin++;
        length = (size_t)(end - begin);
    } else if (length == 0) {
        return fail(p, begin, NULL, "expected an axis or a value");
    }
    p->p = begin + length + *quoted;
    *out = (struct side){.axis = UINT32_MAX, .text = memory_text(begin, length)};
    const struct study_axis *axis =
        *quoted ? NULL : study_axes_find(p->filter->axes, out->text);
    if (axis)
        out->axis = (uint32_t)(axis - p->filter->axes->at);
    return true;
}

static bool read_sign(struct parser *p, size_t *out)
{
    skip_blanks(p);
    for (size_t i = 0; i < SIGNS; i++)
        if (strncmp(p->p, signs[i].text, strlen(signs[i].text)) == 0) {
            p->p += strlen(signs[i].text);
            *out = i;
            return true;
        }
    return fail(p, p->p, NULL, "expected one of == != < <= > >=");
}

static bool refuse_unknown(struct parser *p, const char *at, const char *word)
{
    const struct study_axes *axes = p->filter->axes;
    struct spelling spelling = {.word = word};
    for (uint32_t i = 0; i < axes->count; i++)
        spelling_offer(&spelling, axes->at[i].path);
    return fail(p, at, spelling.nearest, "\"%.200s\" is no axis of this study", word);
}

/* Whether what is compared can be, in this way. */
static bool check_test(struct parser *p, const char *at, const struct node *n)
{
    const struct side *sides[] = {&n->a, &n->b};
    bool numbers = axis_has_ranges(n->type);
    for (size_t i = 0; i < 2 && numbers; i++)
        if (sides[i]->axis == UINT32_MAX && isnan(number_of(sides[i]->text, n->type)))
            return fail(p, at, NULL, "cannot compare with \"%.80s\": %s", sides[i]->text,
                        n->type == FIELD_DURATION
                            ? "it is no duration (ns us ms s min h d)"
                        : n->type == FIELD_RATE ? "it is no rate (/s /min /h /d)"
                                                : "it is no number");
    if (!numbers && signs[n->sign].below != signs[n->sign].above)
        return fail(p, at, NULL, "these values are equal or not, and have no order");
    return true;
}

static bool read_test(struct parser *p, uint32_t *out)
{
    struct node n = {.kind = NODE_TEST};
    bool quoted_a = false, quoted_b = false, right;
    skip_blanks(p);
    const char *at = p->p;
    right = read_side(p, &n.a, &quoted_a) && read_sign(p, &n.sign) &&
            read_side(p, &n.b, &quoted_b);
    if (right && n.a.axis == UINT32_MAX && n.b.axis == UINT32_MAX)
        right = refuse_unknown(p, at, quoted_a ? n.b.text : n.a.text);
    if (right) {
        const struct study_axis *axes = p->filter->axes->at;
        n.type = axes[n.a.axis != UINT32_MAX ? n.a.axis : n.b.axis].row->type;
        right = check_test(p, at, &n) && add_node(p, n, out);
    }
    if (!right) {
        free(n.a.text);
        free(n.b.text);
    }
    return right;
}

static bool read_or(struct parser *p, uint32_t *out);

static bool read_term(struct parser *p, uint32_t *out)
{
    bool negated = take(p, "not"), right;
    if (++p->depth > DEPTH_MAX)
        return fail(p, p->p, NULL, "too many brackets");
    if (negated) {
        right = read_term(p, out) &&
                add_node(p, (struct node){.kind = NODE_NOT, .left = *out}, out);
    } else if (take(p, "(")) {
        right = read_or(p, out);
        if (right && !take(p, ")"))
            right = fail(p, p->p, NULL, "expected \")\"");
    } else {
        right = read_test(p, out);
    }
    p->depth--;
    return right;
}

/* Terms joined by one word. */
static bool read_joined(struct parser *p, const char *word, enum node_kind kind,
                        bool (*part)(struct parser *, uint32_t *), uint32_t *out)
{
    if (!part(p, out))
        return false;
    while (take(p, word)) {
        struct node n = {.kind = kind, .left = *out};
        if (!part(p, &n.right) || !add_node(p, n, out))
            return false;
    }
    return true;
}

static bool read_and(struct parser *p, uint32_t *out)
{
    return read_joined(p, "and", NODE_AND, read_term, out);
}

static bool read_or(struct parser *p, uint32_t *out)
{
    return read_joined(p, "or", NODE_OR, read_and, out);
}

struct filter *filter_read(const char *text, const char *source,
                           const struct study_axes *axes, struct issues *issues)
{
    size_t length = strlen(text);
    struct filter *f = memory_new(1, sizeof *f);
    struct parser p = {.filter = f, .text = text, .p = text, .issues = issues};
    p.source = issues_source(issues, source, memory_text(text, length), length);
    f->axes = axes;
    bool right = read_or(&p, &f->root);
    skip_blanks(&p);
    if (right && *p.p)
        right = fail(&p, p.p, NULL, "expected \"and\", \"or\" or the end");
    if (right)
        return f;
    filter_free(f);
    return NULL;
}

void filter_free(struct filter *f)
{
    for (uint32_t i = 0; f && i < f->count; i++) {
        free(f->nodes[i].a.text);
        free(f->nodes[i].b.text);
    }
    free(f);
}
