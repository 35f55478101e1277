#include "sim/scenario/units.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"

/* As many digits as the longest duration has in ns; times a day still fits 128 bits. */
#define DIGITS_MAX 19

__extension__ typedef __int128 wide;

const struct unit units[] = {
    {"ns", 1, false},   {"us", SIM_US, false},  {"ms", SIM_MS, false},
    {"s", SIM_S, true}, {"min", SIM_MIN, true}, {"h", SIM_H, true},
    {"d", SIM_D, true}, {NULL, 0, false},
};

/* What people write, and the unit they may mean. */
static const struct {
    const char *written, *meant;
} habits[] = {
    {"sec", "s"},   {"secs", "s"},    {"second", "s"},     {"seconds", "s"},
    {"m", "min"},   {"mins", "min"},  {"minute", "min"},   {"minutes", "min"},
    {"hr", "h"},    {"hrs", "h"},     {"hour", "h"},       {"hours", "h"},
    {"day", "d"},   {"days", "d"},    {"msec", "ms"},      {"usec", "us"},
    {"nsec", "ns"}, {"millis", "ms"}, {"\xC2\xB5s", "us"}, {"\xCE\xBCs", "us"},
    {"", "s"},
};

const struct unit *units_find(const char *name)
{
    for (const struct unit *u = units; u->name; u++)
        if (strcmp(u->name, name) == 0)
            return u;
    return NULL;
}

/* The unit that `written` may mean; NULL: no idea. */
static const char *guess_unit(const char *written)
{
    for (size_t i = 0; i < sizeof habits / sizeof habits[0]; i++)
        if (strcasecmp(habits[i].written, written) == 0)
            return habits[i].meant;
    for (const struct unit *u = units; u->name; u++)
        if (strcasecmp(u->name, written) == 0)
            return u->name;
    return NULL;
}

static size_t count_digits(const char *text)
{
    return strspn(text, "0123456789");
}

size_t units_number(const char *text)
{
    size_t length = count_digits(text);
    if (length == 0)
        return 0;
    if (text[length] == '.' && isdigit((unsigned char)text[length + 1]))
        length += 1 + count_digits(text + length + 1);
    if (text[length] == 'e' || text[length] == 'E') {
        size_t sign = text[length + 1] == '+' || text[length + 1] == '-';
        size_t digits = count_digits(text + length + 1 + sign);
        length += digits ? 1 + sign + digits : 0;
    }
    return length;
}

static bool refuse(struct unit_fault *fault, const char *rule)
{
    fault->rule = rule;
    return false;
}

static const char *skip_spaces(const char *p)
{
    while (*p == ' ')
        p++;
    return p;
}

/* --- durations -------------------------------------------------------------------- */

/* A number of `length` characters in front of what may be a unit. */
static bool refuse_duration(const char *text, size_t length, struct unit_fault *fault)
{
    const char *written = skip_spaces(text + length);
    const char *meant = guess_unit(written);
    if (length && meant)
        snprintf(fault->suggestion, sizeof fault->suggestion, "%.*s%s", (int)length, text,
                 meant);
    if (strcmp(written, "m") == 0)
        return refuse(fault,
                      "must be a duration with a unit (write \"min\" for minutes)");
    return refuse(fault, "must be a duration with a unit (ns us ms s min h d)");
}

/* whole.fraction x unit, exactly. */
static bool multiply(const char *text, size_t whole_digits, size_t fraction_digits,
                     sim_ns unit, sim_ns *out, struct unit_fault *fault)
{
    wide value = 0, power = 1;
    const char *fraction = text + whole_digits + 1;
    for (; whole_digits > 1 && *text == '0'; text++)
        whole_digits--;
    while (fraction_digits && fraction[fraction_digits - 1] == '0')
        fraction_digits--;
    if (whole_digits > DIGITS_MAX)
        return refuse(fault, "must be at most 100 years");
    if (fraction_digits > DIGITS_MAX)
        return refuse(fault, "must be whole nanoseconds");
    for (size_t i = 0; i < fraction_digits; i++) {
        value = value * 10 + (fraction[i] - '0');
        power *= 10;
    }
    if (value * unit % power != 0)
        return refuse(fault, "must be whole nanoseconds");
    value = value * unit / power;
    wide whole = 0;
    for (size_t i = 0; i < whole_digits; i++)
        whole = whole * 10 + (text[i] - '0');
    value += whole * unit;
    if (value > SIM_DURATION_MAX)
        return refuse(fault, "must be at most 100 years");
    *out = (sim_ns)value;
    return true;
}

bool duration_parse(const char *text, sim_ns *out, struct unit_fault *fault)
{
    *fault = (struct unit_fault){0};
    if (*text == '-' && units_number(text + 1))
        return refuse(fault, "must not be negative");
    size_t whole = count_digits(text);
    size_t fraction = text[whole] == '.' ? count_digits(text + whole + 1) : 0;
    size_t length = whole + (fraction ? 1 + fraction : 0);
    const struct unit *unit = units_find(text + length);
    if (whole == 0 || !unit)
        return refuse_duration(text, whole ? length : 0, fault);
    return multiply(text, whole, fraction, unit->length, out, fault);
}

const char *duration_text(sim_ns duration, char out[UNITS_TEXT])
{
    const struct unit *best = units_find(duration ? "ns" : "s");
    for (const struct unit *u = best; u->name && duration; u++)
        if (duration % u->length == 0)
            best = u;
    snprintf(out, UNITS_TEXT, "%lld%s", (long long)(duration / best->length), best->name);
    return out;
}

/* --- rates ------------------------------------------------------------------------ */

static bool refuse_rate(const char *text, size_t length, struct unit_fault *fault)
{
    const char *written = skip_spaces(text + length);
    if (*written == '/')
        written = skip_spaces(written + 1);
    const char *meant = guess_unit(written);
    if (length && meant && units_find(meant)->rate)
        snprintf(fault->suggestion, sizeof fault->suggestion, "%.*s/%s", (int)length,
                 text, meant);
    if (strcmp(written, "m") == 0)
        return refuse(fault, "must be a rate (write \"/min\" for a minute)");
    return refuse(fault, "must be a rate (/s /min /h /d)");
}

bool rate_parse(const char *text, double *out, struct unit_fault *fault)
{
    *fault = (struct unit_fault){0};
    if (*text == '-' && units_number(text + 1))
        return refuse(fault, "must not be negative");
    size_t length = units_number(text);
    const struct unit *unit =
        length && text[length] == '/' ? units_find(text + length + 1) : NULL;
    if (!unit || !unit->rate)
        return refuse_rate(text, length, fault);
    double rate = strtod(text, NULL) / sim_seconds(unit->length);
    if (!isfinite(rate))
        return refuse(fault, "must be a finite rate");
    *out = rate;
    return true;
}

const char *rate_text(double per_second, char out[UNITS_TEXT])
{
    char number[NUMBER_TEXT];
    snprintf(out, UNITS_TEXT, "%s/s", number_text(per_second, number));
    return out;
}
