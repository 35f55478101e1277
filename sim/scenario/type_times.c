/* Durations, windows of time and rates: FIELD_DURATION, FIELD_WINDOW, FIELD_RATE. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/scenario/schema.h"
#include "sim/scenario/types.h"
#include "sim/scenario/units.h"

#define DURATION_PATTERN "^[0-9]+(\\.[0-9]+)?(ns|us|ms|s|min|h|d)$"
#define RATE_PATTERN     "^[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?/(s|min|h|d)$"

/* The text to parse: a string as it stands; a bare number with the unit it lacks, which
 * is never right but gives the suggestion. */
static const char *text_of(const cJSON *node, char out[NUMBER_TEXT])
{
    if (cJSON_IsString(node))
        return node->valuestring;
    if (cJSON_IsNumber(node))
        return number_text(node->valuedouble, out);
    return "";
}

/* --- durations -------------------------------------------------------------------- */

static sim_ns nanoseconds(double seconds)
{
    return (sim_ns)llround(seconds * 1e9);
}

static bool within_durations(struct reader *r, const struct field *f,
                             const struct spot *at, sim_ns value)
{
    char low[UNITS_TEXT], high[UNITS_TEXT], is[UNITS_TEXT];
    sim_ns min = nanoseconds(f->min), max = nanoseconds(f->max);
    if (!field_limited(f) || (value >= min && value <= max))
        return true;
    return reader_complain(r, at, NULL, "must be between \"%s\" and \"%s\", is \"%s\"",
                           duration_text(min, low), duration_text(max, high),
                           duration_text(value, is));
}

static bool read_duration(struct reader *r, const struct field *f, const struct spot *at,
                          void *out)
{
    char number[NUMBER_TEXT];
    struct unit_fault fault;
    sim_ns value;
    if (!duration_parse(text_of(at->node, number), &value, &fault))
        return reader_refuse_text(r, at, fault.suggestion, fault.rule);
    if (!within_durations(r, f, at, value))
        return false;
    *(sim_ns *)out = value;
    return true;
}

static void write_duration(struct writer *w, const struct field *f, const char *key,
                           const void *value, const cJSON *node)
{
    (void)f, (void)node;
    char text[UNITS_TEXT];
    json_string(w->json, key, duration_text(*(const sim_ns *)value, text));
}

static void schema_duration(struct schema *s, const struct field *f)
{
    (void)f;
    json_string(schema_json(s), "type", "string");
    json_string(schema_json(s), "pattern", DURATION_PATTERN);
}

const struct type type_duration = {.name = "duration",
                                   .size = sizeof(sim_ns),
                                   .read = read_duration,
                                   .write = write_duration,
                                   .schema = schema_duration};

/* --- windows ---------------------------------------------------------------------- */

#define WINDOW_RULE "must be a window [\"start\", \"end\"]"

static bool read_window(struct reader *r, const struct field *f, const struct spot *at,
                        void *out)
{
    const cJSON *start = at->node->child;
    if (!cJSON_IsArray(at->node) || !start || !start->next || start->next->next)
        return reader_refuse(r, at, NULL, WINDOW_RULE);
    struct field_window window = {0, 0};
    bool right =
        read_duration(r, f, reader_below(r, at, NULL, 0, start, NULL), &window.start);
    right &=
        read_duration(r, f, reader_below(r, at, NULL, 1, start->next, NULL), &window.end);
    if (!right)
        return false;
    if (window.start >= window.end) {
        char low[UNITS_TEXT], high[UNITS_TEXT], swapped[2 * UNITS_TEXT + 8];
        duration_text(window.start, high);
        duration_text(window.end, low);
        snprintf(swapped, sizeof swapped, "[\"%s\", \"%s\"]", low, high);
        return reader_complain(r, at, window.start > window.end ? swapped : NULL,
                               "must begin before it ends, is [\"%s\", \"%s\"]", high,
                               low);
    }
    *(struct field_window *)out = window;
    return true;
}

static void write_window(struct writer *w, const struct field *f, const char *key,
                         const void *value, const cJSON *node)
{
    const struct field_window *window = value;
    json_array_begin_flat(w->json, key);
    write_duration(w, f, NULL, &window->start, node);
    write_duration(w, f, NULL, &window->end, node);
    json_array_end(w->json);
}

static void schema_window(struct schema *s, const struct field *f)
{
    struct json_text *json = schema_json(s);
    json_string(json, "type", "array");
    json_object_begin(json, "items");
    schema_duration(s, f);
    json_object_end(json);
    json_integer(json, "minItems", 2);
    json_integer(json, "maxItems", 2);
}

const struct type type_window = {.name = "window [start, end]",
                                 .size = sizeof(struct field_window),
                                 .read = read_window,
                                 .write = write_window,
                                 .schema = schema_window};

/* --- rates ------------------------------------------------------------------------ */

static bool read_rate(struct reader *r, const struct field *f, const struct spot *at,
                      void *out)
{
    char number[NUMBER_TEXT], low[UNITS_TEXT], high[UNITS_TEXT], is[UNITS_TEXT];
    struct unit_fault fault;
    double rate;
    if (!rate_parse(text_of(at->node, number), &rate, &fault))
        return reader_refuse_text(r, at, fault.suggestion, fault.rule);
    if (field_limited(f) && (rate < f->min || rate > f->max))
        return reader_complain(
            r, at, NULL, "must be between \"%s\" and \"%s\", is \"%s\"",
            rate_text(f->min, low), rate_text(f->max, high), rate_text(rate, is));
    *(double *)out = rate;
    return true;
}

static void write_rate(struct writer *w, const struct field *f, const char *key,
                       const void *value, const cJSON *node)
{
    (void)f, (void)node;
    char text[UNITS_TEXT];
    json_string(w->json, key, rate_text(*(const double *)value, text));
}

static void schema_rate(struct schema *s, const struct field *f)
{
    (void)f;
    json_string(schema_json(s), "type", "string");
    json_string(schema_json(s), "pattern", RATE_PATTERN);
}

const struct type type_rate = {.name = "rate",
                               .size = sizeof(double),
                               .read = read_rate,
                               .write = write_rate,
                               .schema = schema_rate};
