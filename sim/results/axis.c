#include "sim/results/axis.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/results/gnuplot.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

const char *axis_grouped(double value, unsigned decimals, char out[AXIS_TEXT])
{
    char plain[AXIS_TEXT];
    int length = snprintf(plain, sizeof plain, "%.*f", (int)decimals, fabs(value));
    if (length < 0 || length >= AXIS_TEXT * 3 / 4) { /* no room for commas */
        snprintf(out, AXIS_TEXT, "%.3g", value);
        return out;
    }
    size_t whole = strcspn(plain, ".");
    char *p = out;
    if (value < 0)
        *p++ = '-';
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0)
            *p++ = ',';
        *p++ = plain[i];
    }
    memcpy(p, plain + whole, strlen(plain + whole) + 1);
    return out;
}

const char *axis_percent(double share, char out[AXIS_TEXT])
{
    double percent = 100 * share;
    unsigned decimals = 0;
    if (percent > 0 && percent < 9.95)
        decimals = percent < 0.095 ? 2 : 1;
    if (percent > 99 && percent < 100)
        decimals = percent < 99.95 ? 1 : 2;
    if (percent > 0 && percent < 0.005)
        snprintf(out, AXIS_TEXT, "below 0.01 %%");
    else if (percent < 100 && percent >= 99.995)
        snprintf(out, AXIS_TEXT, "above 99.99 %%");
    else
        snprintf(out, AXIS_TEXT, "%.*f %%", (int)decimals, percent);
    return out;
}

double axis_step(double span, unsigned most)
{
    double unit = pow(10, floor(log10(span / most)));
    static const double steps[] = {1, 2, 5};
    for (size_t i = 0; i < COUNT(steps); i++)
        if (span <= steps[i] * unit * most * (1 + 1e-9))
            return steps[i] * unit;
    return 10 * unit;
}

#define STEPS_MAX 8

static const struct {
    struct time_unit unit;
    sim_ns until;            /* the longest run it is used for */
    double steps[STEPS_MAX]; /* ascending; 0 ends it */
} units[] = {
    {{"s", SIM_S}, 10 * SIM_MIN, {1, 2, 5, 10, 15, 20, 30, 60}},
    {{"min", SIM_MIN}, 5 * SIM_H, {1, 2, 5, 10, 15, 20, 30, 60}},
    {{"h", SIM_H}, 5 * SIM_D, {1, 2, 3, 6, 12, 24}},
    {{"d", SIM_D}, SIM_NEVER, {1, 2, 7, 14, 28}},
};

struct time_unit axis_time_unit(sim_ns run)
{
    size_t i = 0;
    while (run > units[i].until)
        i++;
    return units[i].unit;
}

double axis_time_step(struct time_unit unit, double span, unsigned most)
{
    double step = axis_step(span, most);
    if (step < 1)
        return step;
    for (size_t i = 0; i < COUNT(units); i++)
        for (size_t k = 0; units[i].unit.length == unit.length && k < STEPS_MAX; k++)
            if (units[i].steps[k] > 0 && span <= units[i].steps[k] * most * (1 + 1e-9))
                return units[i].steps[k];
    return step;
}

sim_ns axis_round_up(sim_ns least)
{
    if (least < SIM_S)
        return (sim_ns)llround(axis_step((double)least, 1));
    for (size_t i = 0; i < COUNT(units); i++)
        for (size_t k = 0; k < STEPS_MAX; k++) {
            sim_ns length = (sim_ns)units[i].steps[k] * units[i].unit.length;
            if (length >= least)
                return length;
        }
    return least;
}

/* The unit below, for a moment that the axis' own unit would make "0.63 min". */
static struct time_unit unit_below(struct time_unit unit)
{
    size_t i = 0;
    while (units[i].unit.length != unit.length)
        i++;
    return units[i > 0 ? i - 1 : 0].unit;
}

const char *axis_moment(sim_ns when, struct time_unit unit, char out[AXIS_TEXT])
{
    while (when > 0 && when < unit.length && unit.length > SIM_S)
        unit = unit_below(unit);
    double value = (double)when / (double)unit.length;
    char number[NUMBER_TEXT];
    snprintf(number, sizeof number, "%.3g", value);
    bool whole = value >= 100 || !strpbrk(number, ".e");
    char grouped[AXIS_TEXT];
    snprintf(out, AXIS_TEXT, "%.*s %s", AXIS_TEXT - 8,
             whole ? axis_grouped(value, 0, grouped) : number, unit.name);
    return out;
}

void axis_tics(struct text *script, const char *axis, double max, double step)
{
    unsigned decimals = step < 1 ? (unsigned)ceil(-log10(step) - 1e-9) : 0;
    text_print(script, "set %stics (", axis);
    for (unsigned i = 0; i * step <= max * (1 + 1e-9); i++) {
        char label[AXIS_TEXT];
        text_print(script, "%s\"%s\" ", i ? ", " : "",
                   axis_grouped(i * step, decimals, label));
        gnuplot_number(script, i * step);
    }
    text_print(script, ")\n");
}
