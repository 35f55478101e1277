#include "sim/study/points/filter.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/scenario/logic.h"
#include "sim/scenario/spelling.h"
#include "sim/scenario/units.h"
#include "sim/study/points/axis_range.h"

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

struct test {
    struct side a, b;
    size_t sign;
    enum field_type type; /* of what is compared */
};

struct filter {
    const struct study_axes *axes;
    struct logic *logic;
    struct test tests[LOGIC_MAX];
    uint32_t count;
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

static bool compare(const struct test *n, const char *const *values)
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

/* A filter asked about one point. */
struct question {
    const struct filter *filter;
    const char *const *values;
};

static bool test_holds(const void *context, uint32_t test)
{
    const struct question *q = context;
    return compare(&q->filter->tests[test], q->values);
}

bool filter_holds(const struct filter *f, const char *const *values)
{
    return logic_holds(f->logic, test_holds, &(struct question){f, values});
}

/* --- reading ------------------------------------------------------------------- */

/* Whom complaints go to. */
struct reading {
    struct filter *filter;
    struct issues *issues;
    uint32_t source;
};

static bool __attribute__((format(printf, 4, 5)))
fail(struct logic_reader *r, const char *at, const char *suggestion, const char *format,
     ...)
{
    const struct reading *reading = r->context;
    char message[400];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    struct place place = {reading->source, 1, 1};
    for (const char *c = r->text; c < at; c++)
        place.column += ((unsigned char)*c & 0xC0) != 0x80;
    issues_add(reading->issues, place, "", suggestion, "%s", message);
    return false;
}

static bool complain(struct logic_reader *r, const char *at, const char *message)
{
    return fail(r, at, NULL, "%s", message);
}

/* Letters up to the next blank, bracket of ours, or sign. */
static size_t word_length(const char *p)
{
    size_t n = 0;
    while (p[n] && !isspace((unsigned char)p[n]) && !strchr("()<>=!", p[n]))
        n++;
    return n;
}

/* A word, or text in quotes. */
static bool read_side(struct logic_reader *r, struct side *out, bool *quoted)
{
    const struct reading *reading = r->context;
    *out = (struct side){.axis = UINT32_MAX};
    if (!logic_take_quoted(r, &out->text))
        return false;
    *quoted = out->text;
    if (*quoted)
        return true;
    size_t length = word_length(r->p);
    if (length == 0)
        return fail(r, r->p, NULL, "expected an axis or a value");
    out->text = memory_text(r->p, length);
    r->p += length;
    const struct study_axis *axis = study_axes_find(reading->filter->axes, out->text);
    if (axis)
        out->axis = (uint32_t)(axis - reading->filter->axes->at);
    return true;
}

static bool read_sign(struct logic_reader *r, size_t *out)
{
    for (*out = 0; *out < SIGNS; ++*out)
        if (logic_take(r, signs[*out].text))
            return true;
    return fail(r, r->p, NULL, "expected one of == != < <= > >=");
}

static bool refuse_unknown(struct logic_reader *r, const char *at, const char *word)
{
    const struct reading *reading = r->context;
    const struct study_axes *axes = reading->filter->axes;
    struct spelling spelling = {.word = word};
    for (uint32_t i = 0; i < axes->count; i++)
        spelling_offer(&spelling, axes->at[i].path);
    return fail(r, at, spelling.nearest, "\"%.200s\" is no axis of this study", word);
}

/* Whether what is compared can be, in this way. */
static bool check_test(struct logic_reader *r, const char *at, const struct test *n)
{
    const struct side *sides[] = {&n->a, &n->b};
    bool numbers = axis_has_ranges(n->type);
    for (size_t i = 0; i < 2 && numbers; i++)
        if (sides[i]->axis == UINT32_MAX && isnan(number_of(sides[i]->text, n->type)))
            return fail(r, at, NULL, "cannot compare with \"%.80s\": %s", sides[i]->text,
                        n->type == FIELD_DURATION
                            ? "it is no duration (ns us ms s min h d)"
                        : n->type == FIELD_RATE ? "it is no rate (/s /min /h /d)"
                                                : "it is no number");
    if (!numbers && signs[n->sign].below != signs[n->sign].above)
        return fail(r, at, NULL, "these values are equal or not, and have no order");
    return true;
}

static bool read_test(struct logic_reader *r, uint32_t *out)
{
    struct filter *f = ((struct reading *)r->context)->filter;
    struct test n = {.a = {.axis = UINT32_MAX}};
    bool quoted_a = false, quoted_b = false, right;
    const char *at = r->p;
    right = read_side(r, &n.a, &quoted_a) && read_sign(r, &n.sign) &&
            read_side(r, &n.b, &quoted_b);
    if (right && n.a.axis == UINT32_MAX && n.b.axis == UINT32_MAX)
        right = refuse_unknown(r, at, quoted_a ? n.b.text : n.a.text);
    if (right) {
        const struct study_axis *axes = f->axes->at;
        n.type = axes[n.a.axis != UINT32_MAX ? n.a.axis : n.b.axis].row->type;
        right = check_test(r, at, &n) &&
                (f->count < LOGIC_MAX || complain(r, at, "the expression is too long"));
    }
    if (right) {
        *out = f->count++;
        f->tests[*out] = n;
        return true;
    }
    free(n.a.text);
    free(n.b.text);
    return false;
}

struct filter *filter_read(const char *text, const char *source,
                           const struct study_axes *axes, struct issues *issues)
{
    size_t length = strlen(text);
    struct filter *f = memory_new(1, sizeof *f);
    struct reading reading = {.filter = f, .issues = issues};
    struct logic_reader reader = {.text = text,
                                  .p = text,
                                  .context = &reading,
                                  .read = read_test,
                                  .complain = complain};
    reading.source = issues_source(issues, source, memory_text(text, length), length);
    f->axes = axes;
    f->logic = logic_read(&reader);
    if (f->logic)
        return f;
    filter_free(f);
    return NULL;
}

void filter_free(struct filter *f)
{
    for (uint32_t i = 0; f && i < f->count; i++) {
        free(f->tests[i].a.text);
        free(f->tests[i].b.text);
    }
    if (f)
        logic_free(f->logic);
    free(f);
}
