#include "sim/study/points/axis_range.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/engine/elementary.h"
#include "sim/scenario/units.h"

/* Digits of the distance to the next value that are kept. */
#define DIGITS       6
#define DECIMALS_MAX 12

/* Whole numbers up to here are exact as doubles. */
#define WHOLE_MAX 9007199254740992.0

/* An end: how many of its unit. */
struct end {
    double number;
    const char *unit; /* "", "min", "/s": points into the text */
    double size;      /* of the unit, in seconds; 1 without; of a rate per unit */
};

static bool is_whole(enum field_type type)
{
    return type == FIELD_U16 || type == FIELD_U32 || type == FIELD_U64;
}

bool axis_has_ranges(enum field_type type)
{
    return is_whole(type) || type == FIELD_REAL || type == FIELD_DURATION ||
           type == FIELD_RATE;
}

static bool __attribute__((format(printf, 2, 3)))
refuse(char complaint[AXIS_COMPLAINT], const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(complaint, AXIS_COMPLAINT, format, args);
    va_end(args);
    return false;
}

/* --- ends ---------------------------------------------------------------------- */

static bool read_plain(const char *text, bool whole, struct end *out, char *complaint)
{
    size_t length = units_number(text);
    if (length == 0 || text[length])
        return refuse(complaint, "an end of a range must be a number, is \"%.40s\"",
                      text);
    out->number = strtod(text, NULL);
    if (whole && (out->number != floor(out->number) || out->number > WHOLE_MAX))
        return refuse(complaint, "an end of this range must be a whole number, is %.40s",
                      text);
    return isfinite(out->number) || refuse(complaint, "%.40s is too large", text);
}

static bool refuse_unit(const char *text, const struct unit_fault *fault, char *complaint)
{
    if (fault->suggestion[0])
        return refuse(complaint,
                      "an end of the range %s, is \"%.40s\"; did you mean \"%s\"?",
                      fault->rule, text, fault->suggestion);
    return refuse(complaint, "an end of the range %s, is \"%.40s\"", fault->rule, text);
}

static bool read_end(const char *text, enum field_type type, struct end *out,
                     char *complaint)
{
    struct unit_fault fault;
    sim_ns duration;
    double rate;
    *out = (struct end){.unit = "", .size = 1};
    if (type != FIELD_DURATION && type != FIELD_RATE)
        return read_plain(text, is_whole(type), out, complaint);
    if (type == FIELD_DURATION ? !duration_parse(text, &duration, &fault)
                               : !rate_parse(text, &rate, &fault))
        return refuse_unit(text, &fault, complaint);
    out->number = strtod(text, NULL);
    out->unit = text + units_number(text);
    const struct unit *unit = units_find(out->unit + (*out->unit == '/'));
    out->size =
        type == FIELD_RATE ? 1 / sim_seconds(unit->length) : sim_seconds(unit->length);
    return true;
}

/* Both ends, in the unit of the first. */
static bool read_ends(const struct axis_range *range, enum field_type type,
                      struct end *low, struct end *high, char *complaint)
{
    if (!read_end(range->low, type, low, complaint) ||
        !read_end(range->high, type, high, complaint))
        return false;
    if (strcmp(low->unit, high->unit) != 0)
        high->number = high->number * high->size / low->size;
    if (low->number > high->number)
        return refuse(complaint,
                      "the range ends before it begins: %.40s is more than "
                      "%.40s",
                      range->low, range->high);
    if (low->number == high->number)
        return refuse(complaint, "the range is empty: it ends where it begins, at %.40s",
                      range->low);
    if (range->logarithmic && low->number <= 0)
        return refuse(complaint, "a logarithmic range begins above zero, not at %.40s",
                      range->low);
    return true;
}

static bool read_steps(const char *text, uint32_t *steps, char *complaint)
{
    size_t digits = strspn(text, "0123456789");
    unsigned long count = digits && digits < 9 ? strtoul(text, NULL, 10) : 0;
    *steps = (uint32_t)count;
    if (digits == 0 || text[digits] || count < 2)
        return refuse(
            complaint,
            "the steps of a range are a whole number, at least 2, are \"%.40s\"", text);
    return count <= AXIS_VALUES_MAX ||
           refuse(complaint, "an axis has at most %d values, not %lu", AXIS_VALUES_MAX,
                  count);
}

/* --- values -------------------------------------------------------------------- */

/* x = a few times 10 to this power. */
static int magnitude(double x)
{
    int power = 0;
    while (x >= 10) {
        x /= 10;
        power++;
    }
    while (x < 1) {
        x *= 10;
        power--;
    }
    return power;
}

/* The number with the digits that tell it from the next, `spacing` away. */
static void print_number(double number, double spacing, char out[UNITS_TEXT])
{
    int decimals = DIGITS - 1 - magnitude(spacing);
    decimals = decimals < 0 ? 0 : decimals > DECIMALS_MAX ? DECIMALS_MAX : decimals;
    snprintf(out, UNITS_TEXT, "%.*f", decimals, number);
    char *end = out + strlen(out);
    while (decimals && end[-1] == '0')
        *--end = '\0';
    if (decimals && end[-1] == '.')
        *--end = '\0';
}

static char *value_text(double number, double spacing, enum field_type type,
                        const struct end *low)
{
    char digits[UNITS_TEXT];
    if (is_whole(type))
        return memory_print("%.0f", floor(number + 0.5));
    print_number(number, spacing, digits);
    char *text = memory_print("%s%s", digits, low->unit);
    struct unit_fault fault;
    sim_ns duration;
    if (type != FIELD_DURATION || duration_parse(text, &duration, &fault))
        return text;
    free(text); /* not whole nanoseconds in that unit */
    return memory_print("%.0fns", floor(number * low->size * 1e9 + 0.5));
}

/* The value of that step, and how far away the one below it lies. */
static double step_value(const struct axis_range *range, const struct end *low,
                         const struct end *high, double share, uint32_t steps,
                         double *spacing)
{
    if (!range->logarithmic) {
        *spacing = (high->number - low->number) / (steps - 1);
        return low->number + (high->number - low->number) * share;
    }
    double whole = elementary_log(high->number / low->number);
    double value = low->number * elementary_exp(whole * share);
    *spacing = value * (1 - elementary_exp(-whole / (steps - 1)));
    return value;
}

char **axis_range_values(const struct axis_range *range, enum field_type type,
                         uint32_t *count, char complaint[AXIS_COMPLAINT])
{
    struct end low, high;
    uint32_t steps, kept = 0;
    if (!read_ends(range, type, &low, &high, complaint) ||
        !read_steps(range->steps, &steps, complaint))
        return NULL;
    char **values = memory_new(steps, sizeof *values);
    for (uint32_t i = 0; i < steps; i++) {
        double spacing;
        double value =
            step_value(range, &low, &high, (double)i / (steps - 1), steps, &spacing);
        const char *given = i == 0 ? range->low : i == steps - 1 ? range->high : NULL;
        char *text = given ? memory_text(given, strlen(given))
                           : value_text(value, spacing, type, &low);
        bool again = kept && strcmp(values[kept - 1], text) == 0;
        if (again)
            free(text);
        else
            values[kept++] = text;
    }
    *count = kept;
    return values;
}
