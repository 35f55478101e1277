#include "sim/study/plan/plan_axis.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/host_config.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/engine/elementary.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/types.h"
#include "sim/scenario/units.h"
#include "sim/trial/trial_plan.h"

/* Steps of an axis that allows fractions, about; positions of any axis, at most. */
#define STEPS         1000
#define POSITIONS_MAX 4e9

/* The ratio of two neighbours on an axis of ratios. */
#define NEIGHBOURS 1.005

#define PORTS_LAST 65535

/* What is read, and where complaints of it belong. */
struct reading {
    const struct trial_plan *base;
    struct issues *issues;
    const char *text; /* all that stood after --vary */
    uint32_t source;  /* of `text` */
    const struct field *field;
    struct plan_axis *axis;
};

static bool __attribute__((format(printf, 3, 4)))
complain(const struct reading *r, const char *at, const char *format, ...)
{
    char message[400];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    struct place place = {r->source, 1, (uint32_t)(at - r->text) + 1};
    issues_add(r->issues, place, r->axis->path ? r->axis->path : "", NULL, "%s", message);
    return false;
}

/* --- what kind of value stands at the path ------------------------------------------ */

static bool find_kind(const struct reading *r, const char *at)
{
    const struct field *f = r->field;
    switch (f->type) {
    case FIELD_U16:
    case FIELD_U32:
    case FIELD_U64:
        r->axis->kind = PLAN_WHOLE;
        return true;
    case FIELD_REAL:
        r->axis->kind = PLAN_REAL;
        return true;
    case FIELD_DURATION:
        r->axis->kind = PLAN_DURATION;
        return true;
    case FIELD_RATE:
        r->axis->kind = PLAN_RATE;
        return true;
    case FIELD_RANGE:
        r->axis->kind = PLAN_PORTS;
        return true;
    case FIELD_LIST:
        r->axis->kind = PLAN_ADDRESSES;
        return f->element->type == FIELD_ADDRESS ||
               complain(r, at,
                        "is a list of something else than addresses, which "
                        "nobody can count on");
    case FIELD_BOOL:
    case FIELD_NAME:
    case FIELD_TEXT:
    case FIELD_CHOICE:
    case FIELD_REFERENCE:
    case FIELD_ENDPOINT:
    case FIELD_ADDRESS:
    case FIELD_WINDOW:
    case FIELD_OBJECT:
    case FIELD_MAP:
    case FIELD_SETTINGS:
        break;
    }
    return complain(
        r, at,
        "is of the type \"%s\"; a plan varies numbers, rates, durations, how many "
        "addresses a list has and how many ports a range",
        type_of(f)->name);
}

static bool is_whole(enum plan_kind kind)
{
    return kind == PLAN_WHOLE || kind == PLAN_ADDRESSES || kind == PLAN_PORTS;
}

/* --- one end -------------------------------------------------------------------------
 */

/* Seconds of a duration, occurrences per second of a rate: what one of `unit` is. */
static double unit_size(enum plan_kind kind, const char *unit)
{
    if (kind == PLAN_DURATION)
        return sim_seconds(units_find(unit)->length);
    return kind == PLAN_RATE ? 1 / sim_seconds(units_find(unit + 1)->length) : 1;
}

/* Whether `text`, after a number, is a unit that the kind has. */
static bool has_unit(const struct reading *r, const char *text, const char *word)
{
    struct unit_fault fault;
    sim_ns duration;
    double rate;
    if (r->axis->kind == PLAN_DURATION)
        return duration_parse(text, &duration, &fault) ||
               complain(r, word, "%s, is \"%s\"", fault.rule, text);
    if (r->axis->kind == PLAN_RATE)
        return rate_parse(text, &rate, &fault) ||
               complain(r, word, "%s, is \"%s\"", fault.rule, text);
    return text[units_number(text)] == '\0' ||
           complain(r, word, "must be a plain number, is \"%s\"", text);
}

/* Reads "27.3/s" in the unit of the axis, which the first of its values sets. */
static bool read_value(const struct reading *r, const char *word, size_t length,
                       double *out)
{
    struct plan_axis *axis = r->axis;
    char text[PLAN_VALUE_TEXT];
    if (length == 0 || length >= sizeof text)
        return complain(r, word, "must be PATH=LOW..HIGH");
    memcpy(text, word, length);
    text[length] = '\0';
    size_t digits = units_number(text);
    if (digits == 0)
        return complain(r, word, "must begin with a number, is \"%s\"", text);
    if (!has_unit(r, text, word))
        return false;
    const char *unit = text + digits;
    if (!axis->unit[0])
        snprintf(axis->unit, sizeof axis->unit, "%s", unit);
    *out = strtod(text, NULL);
    if (strcmp(unit, axis->unit) != 0)
        *out = *out * unit_size(axis->kind, unit) / unit_size(axis->kind, axis->unit);
    if (is_whole(axis->kind) && *out != floor(*out))
        return complain(r, word, "must be a whole number, is %s", text);
    return true;
}

/* --- both ends -----------------------------------------------------------------------
 */

static bool check_ends(const struct reading *r, const char *low, const char *high)
{
    const struct plan_axis *a = r->axis;
    const struct field *f = r->field;
    double size = unit_size(a->kind, a->unit);
    bool counts = a->kind == PLAN_ADDRESSES || a->kind == PLAN_PORTS;
    double least = counts ? 1 : f->min,
           most = a->kind == PLAN_PORTS ? PORTS_LAST : f->max;
    if (a->low >= a->high)
        return complain(r, low,
                        "the range is empty: the low end must be below the high "
                        "one");
    if (a->ratios && (is_whole(a->kind) || a->low <= 0))
        return complain(r, low,
                        is_whole(a->kind) ? "\":log\" is for what can have fractions"
                                          : "\":log\" wants a low end above 0");
    if (least == 0 && most == 0)
        return true;
    if (a->low * size < least)
        return complain(r, low, "must be at least %.12g%s", least / size, a->unit);
    if (a->high * size > most)
        return complain(r, high, "must be at most %.12g%s", most / size, a->unit);
    return true;
}

/* "64,128,256": its ends are the first and the last. */
static bool read_list(const struct reading *r, const char *begin, const char *end)
{
    struct plan_axis *a = r->axis;
    for (const char *at = begin; at <= end;) {
        size_t length = strcspn(at, ",;");
        a->listed = memory_resize(a->listed, a->listed_count + 1u, sizeof *a->listed);
        double *value = &a->listed[a->listed_count];
        if (!read_value(r, at, length, value))
            return false;
        if (a->listed_count++ > 0 && value[0] <= value[-1])
            return complain(r, at, "values must be listed from the least on");
        at += length + 1;
    }
    a->low = a->listed[0];
    a->high = a->listed[a->listed_count - 1];
    return check_ends(r, begin, begin);
}

static bool read_ends(const struct reading *r, const char *low, const char *end)
{
    if (memchr(low, ',', (size_t)(end - low)))
        return read_list(r, low, end);
    const char *dots = strstr(low, ".."), *colon = memchr(low, ':', (size_t)(end - low));
    const char *stop = colon ? colon : end;
    if (!dots || dots >= stop)
        return complain(r, low, "must be PATH=LOW..HIGH");
    r->axis->ratios = colon && end - colon == 4 && strncmp(colon, ":log", 4) == 0;
    if (colon && !r->axis->ratios)
        return complain(r, colon, "after HIGH there can be \":log\" only");
    return read_value(r, low, (size_t)(dots - low), &r->axis->low) &&
           read_value(r, dots + 2, (size_t)(stop - dots - 2), &r->axis->high) &&
           check_ends(r, low, dots + 2);
}

/* --- addresses and ports --------------------------------------------------------------
 */

/* Whom else the scenario gives that address, or the axis itself. */
static bool is_taken(const struct reading *r, const struct ip_address *ip, uint32_t own)
{
    const struct host_config *host = r->base->config->world.hosts.items;
    for (uint32_t i = 0; i < r->base->config->world.hosts.count; i++) {
        const struct ip_address *given = host[i].addresses.items;
        for (uint32_t k = 0; k < host[i].addresses.count; k++)
            if (ip_address_equal(&given[k], ip))
                return true;
    }
    for (uint32_t i = 0; i < own; i++)
        if (ip_address_equal(&r->axis->addresses[i], ip))
            return true;
    return false;
}

/* A host to which the scenario gives none would be given one beyond these by the world.
 */
static const struct ip_address first_address = {.family = 4, .bytes = {10, 0, 0, 1}};

static void list_addresses(const struct reading *r)
{
    struct plan_axis *a = r->axis;
    uint32_t wanted = (uint32_t)a->high, count = 0;
    bool given = true;
    a->addresses = memory_new(wanted, sizeof *a->addresses);
    while (given && count < wanted) {
        char *entry = memory_print("%s[%u]", a->path, (unsigned)count);
        char *text = scenario_value_text(r->base->scenario, entry);
        given = text && ip_address_parse(text, &a->addresses[count]);
        count += given;
        free(text);
        free(entry);
    }
    struct ip_address next =
        count ? ip_address_add(a->addresses[count - 1], 1) : first_address;
    for (; count < wanted; next = ip_address_add(next, 1))
        if (!is_taken(r, &next, count))
            a->addresses[count++] = next;
}

static bool find_first_port(const struct reading *r, const char *at)
{
    char *entry = memory_print("%s[0]", r->axis->path);
    char *text = scenario_value_text(r->base->scenario, entry);
    if (text)
        r->axis->first_port = (uint16_t)strtoul(text, NULL, 10);
    free(entry);
    free(text);
    return r->axis->first_port ||
           complain(r, at, "has no range in this scenario to begin from; set one");
}

/* --- an axis -------------------------------------------------------------------------
 */

static bool read_axis(struct reading *r, const char *begin, const char *end)
{
    const char *equals = memchr(begin, '=', (size_t)(end - begin));
    if (!equals || equals == begin)
        return complain(r, begin, "must be PATH=LOW..HIGH");
    r->axis->path = memory_text(begin, (size_t)(equals - begin));
    struct place place = {r->source, 1, (uint32_t)(begin - r->text) + 1};
    r->field =
        scenario_field(r->base->scenario, NULL, 0, r->axis->path, place, r->issues);
    if (!r->field || !find_kind(r, begin) || !read_ends(r, equals + 1, end))
        return false;
    if (r->axis->kind == PLAN_ADDRESSES)
        list_addresses(r);
    return r->axis->kind != PLAN_PORTS || find_first_port(r, begin);
}

/* The largest of 1, 2 and 5 x 10^n that is at most x. */
static double round_step(double x)
{
    double power = 1;
    while (power > x)
        power /= 10;
    while (power * 10 <= x)
        power *= 10;
    return power * (x >= 5 * power ? 5 : x >= 2 * power ? 2 : 1);
}

/* How far apart the positions of the first axis are, and how many there are. */
static bool count_positions(struct reading *r, struct plan_axes *axes, const char *step)
{
    struct plan_axis *a = r->axis;
    if (a->listed && !step) {
        axes->positions = a->listed_count;
        return true;
    }
    if (step) {
        r->text = step;
        r->source =
            issues_source(r->issues, "--step", memory_print("%s", step), strlen(step));
        if (!read_value(r, step, strlen(step), &a->step))
            return false;
        if (a->ratios || a->listed || a->step <= 0)
            return complain(r, step,
                            a->step <= 0 ? "must be above 0"
                                         : "neither ratios nor listed values have steps");
    } else {
        a->step = is_whole(a->kind) ? 1 : round_step((a->high - a->low) / STEPS);
    }
    double steps = a->ratios
                       ? elementary_log(a->high / a->low) / elementary_log(NEIGHBOURS)
                       : (a->high - a->low) / a->step;
    /* The last step may be a short one; not one of rounding errors. */
    steps = ceil(steps - 1e-6);
    if (steps >= POSITIONS_MAX)
        return complain(r, r->text, "has more than 4 billion steps");
    axes->positions = (uint32_t)(steps < 1 ? 1 : steps) + 1;
    return true;
}

/* What is listed in step with something else has as many values. */
static bool check_lists(struct reading *r, const struct plan_axes *axes)
{
    for (uint32_t i = 1; i < axes->count; i++)
        if (axes->at[i].listed && axes->at[i].listed_count != axes->positions) {
            r->axis = &axes->at[i];
            return complain(r, r->text, "lists %u values, in step with %u",
                            (unsigned)axes->at[i].listed_count,
                            (unsigned)axes->positions);
        }
    return true;
}

bool plan_axes_read(struct plan_axes *axes, const char *vary, const char *step,
                    const struct trial_plan *base, struct issues *issues)
{
    struct reading r = {.base = base, .issues = issues, .text = vary};
    bool right = true;
    *axes = (struct plan_axes){0};
    r.source = issues_source(issues, "--vary", memory_print("%s", vary), strlen(vary));
    for (const char *at = vary;; at++) {
        const char *end = at + strcspn(at, ";");
        axes->at = memory_resize(axes->at, axes->count + 1u, sizeof *axes->at);
        r.axis = &axes->at[axes->count++];
        *r.axis = (struct plan_axis){0};
        right &= read_axis(&r, at, end);
        at = end;
        if (!*end)
            break;
    }
    r.axis = &axes->at[0];
    return right && count_positions(&r, axes, step) && check_lists(&r, axes);
}

void plan_axes_free(struct plan_axes *axes)
{
    for (uint32_t i = 0; i < axes->count; i++) {
        free(axes->at[i].path);
        free(axes->at[i].listed);
        free(axes->at[i].addresses);
    }
    free(axes->at);
    *axes = (struct plan_axes){0};
}

bool plan_axis_is_dense(const struct plan_axis *a)
{
    return !a->listed && !is_whole(a->kind);
}

/* --- values --------------------------------------------------------------------------
 */

/* The number as it will be printed, digits of rounding errors left out. */
static double number_at(const struct plan_axes *axes, uint32_t axis, uint32_t position,
                        char out[NUMBER_TEXT])
{
    const struct plan_axis *a = &axes->at[axis];
    double share = (double)position / (double)(axes->positions - 1), number;
    if (a->listed)
        number = a->listed[position];
    else if (position == 0)
        number = a->low;
    else if (position == axes->positions - 1)
        number = a->high;
    else if (a->ratios)
        number = a->low * elementary_exp(elementary_log(a->high / a->low) * share);
    else if (axis == 0)
        number = a->low + a->step * position;
    else
        number = a->low + (a->high - a->low) * share;
    if (is_whole(a->kind))
        number = round(number);
    snprintf(out, NUMBER_TEXT, a->ratios ? "%.4g" : "%.10g", number);
    return strtod(out, NULL);
}

double plan_axis_value(const struct plan_axes *axes, uint32_t axis, uint32_t position)
{
    char text[NUMBER_TEXT];
    return number_at(axes, axis, position, text);
}

/* Without the exponent that durations do not have. */
static void write_number(double number, char out[NUMBER_TEXT])
{
    snprintf(out, NUMBER_TEXT, "%.9f", number);
    size_t length = strlen(out);
    while (out[length - 1] == '0')
        length--;
    out[out[length - 1] == '.' ? length - 1 : length] = '\0';
}

const char *plan_axis_text(const struct plan_axes *axes, uint32_t axis, uint32_t position,
                           char out[PLAN_VALUE_TEXT])
{
    char text[NUMBER_TEXT];
    double number = number_at(axes, axis, position, text);
    if (strchr(text, 'e') && number >= 1e-9)
        write_number(number, text);
    snprintf(out, PLAN_VALUE_TEXT, "%s%s", text, axes->at[axis].unit);
    return out;
}

static char *address_list(const struct plan_axis *a, uint32_t count)
{
    struct json_text json = {0};
    char text[IP_ADDRESS_TEXT];
    json_array_begin_flat(&json, NULL);
    for (uint32_t i = 0; i < count; i++)
        json_string(&json, NULL, ip_address_text(&a->addresses[i], text));
    json_array_end(&json);
    json.bytes[strcspn(json.bytes, "\n")] = '\0';
    return json.bytes;
}

static char *port_range_text(const struct plan_axis *a, uint32_t count)
{
    uint32_t low = a->first_port;
    if (low + count - 1 > PORTS_LAST)
        low = PORTS_LAST + 1 - count;
    return memory_print("[%u, %u]", (unsigned)low, (unsigned)(low + count - 1));
}

char *plan_axis_setting(const struct plan_axes *axes, uint32_t axis, uint32_t position)
{
    const struct plan_axis *a = &axes->at[axis];
    char text[PLAN_VALUE_TEXT], *value = NULL;
    uint32_t count = (uint32_t)plan_axis_value(axes, axis, position);
    if (a->kind == PLAN_ADDRESSES)
        value = address_list(a, count);
    else if (a->kind == PLAN_PORTS)
        value = port_range_text(a, count);
    char *setting = memory_print(
        "%s=%s", a->path, value ? value : plan_axis_text(axes, axis, position, text));
    free(value);
    return setting;
}
