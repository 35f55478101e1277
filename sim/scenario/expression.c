#include "sim/scenario/expression.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/scenario/units.h"

/* Longer ones first, so that "<=" is not read as "<". */
static const struct {
    const char *text;
    enum expression_op op;
} operators[] = {
    {"<=", EXPRESSION_AT_MOST}, {">=", EXPRESSION_AT_LEAST}, {"==", EXPRESSION_EQUAL},
    {"!=", EXPRESSION_UNEQUAL}, {"<", EXPRESSION_BELOW},     {">", EXPRESSION_ABOVE},
};

#define OPERATORS (sizeof operators / sizeof operators[0])

struct parse {
    const char *text, *at;
    struct expression_error *error;
};

static bool fail(const struct parse *p, const char *message)
{
    p->error->column = (uint32_t)(p->at - p->text) + 1;
    snprintf(p->error->message, sizeof p->error->message, "%s", message);
    return false;
}

static void skip_spaces(struct parse *p)
{
    while (*p->at == ' ' || *p->at == '\t')
        p->at++;
}

static bool is_metric(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("._-:", c));
}

static bool is_phase(char c)
{
    return islower((unsigned char)c) || isdigit((unsigned char)c) || c == '_' || c == '-';
}

/* Copies what `belongs` into out[size]; `what` for complaints. */
static bool read_name(struct parse *p, bool (*belongs)(char), char *out, size_t size,
                      const char *what)
{
    char message[64];
    size_t length = 0;
    while (belongs(p->at[length]))
        length++;
    snprintf(message, sizeof message, length ? "%s is too long" : "%s is missing", what);
    if (length == 0 || length >= size)
        return fail(p, message);
    memcpy(out, p->at, length);
    out[length] = '\0';
    p->at += length;
    return true;
}

static bool read_operator(struct parse *p, enum expression_op *op)
{
    for (size_t i = 0; i < OPERATORS; i++) {
        size_t length = strlen(operators[i].text);
        if (strncmp(p->at, operators[i].text, length) == 0) {
            *op = operators[i].op;
            p->at += length;
            return true;
        }
    }
    return fail(p, "expected one of <= < >= > == !=");
}

/* What the number is multiplied by; 0 for a unit that is none. */
static double scale_of(const char *unit)
{
    const struct unit *time = units_find(unit);
    if (time)
        return sim_seconds(time->length);
    return *unit == '\0' ? 1 : strcmp(unit, "%") == 0 ? 0.01 : 0;
}

static bool read_bound(struct parse *p, struct expression *out)
{
    bool negative = *p->at == '-';
    const char *begin = p->at + negative;
    size_t digits = units_number(begin);
    char unit[8] = "";
    if (digits == 0)
        return fail(p, "a number is missing");
    double number = strtod(begin, NULL);
    if (!isfinite(number))
        return fail(p, "the number is too large");
    p->at = begin + digits;
    skip_spaces(p);
    size_t length = strcspn(p->at, " \t");
    double scale = 0;
    if (length < sizeof unit) {
        memcpy(unit, p->at, length);
        scale = scale_of(unit);
    }
    if (scale == 0)
        return fail(p, "expected \"%\", a unit (ns us ms s min h d), or the end");
    p->at += length;
    /* Divided rather than multiplied: 10 % is then the double nearest 0.1. */
    number = scale == 0.01 ? number / 100 : number * scale;
    out->bound = negative ? -number : number;
    out->unit = length == 0      ? EXPRESSION_PLAIN
                : unit[0] == '%' ? EXPRESSION_PERCENT
                                 : EXPRESSION_TIME;
    return true;
}

bool expression_parse(const char *text, struct expression *out,
                      struct expression_error *error)
{
    struct parse p = {text, text, error};
    out->phase[0] = '\0';
    skip_spaces(&p);
    if (!read_name(&p, is_metric, out->metric, sizeof out->metric, "the metric"))
        return false;
    if (*p.at == '@') {
        p.at++;
        if (!read_name(&p, is_phase, out->phase, sizeof out->phase, "the phase"))
            return false;
    }
    skip_spaces(&p);
    if (!read_operator(&p, &out->op))
        return false;
    skip_spaces(&p);
    if (!read_bound(&p, out))
        return false;
    skip_spaces(&p);
    return *p.at == '\0' || fail(&p, "expected the end");
}

bool expression_holds(enum expression_op op, double value, double bound)
{
    if (isnan(value))
        return false;
    switch (op) {
    case EXPRESSION_AT_MOST:
        return value <= bound;
    case EXPRESSION_BELOW:
        return value < bound;
    case EXPRESSION_AT_LEAST:
        return value >= bound;
    case EXPRESSION_ABOVE:
        return value > bound;
    case EXPRESSION_EQUAL:
        return value == bound;
    case EXPRESSION_UNEQUAL:
        return value != bound;
    }
    return false;
}

const char *expression_op_text(enum expression_op op)
{
    for (size_t i = 0; i < OPERATORS; i++)
        if (operators[i].op == op)
            return operators[i].text;
    return "?";
}
