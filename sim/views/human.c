#include "sim/views/human.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/utf8.h"

const char *human_count(double value, char out[HUMAN_TEXT])
{
    char digits[HUMAN_TEXT];
    if (isnan(value))
        return strcpy(out, "-");
    snprintf(digits, sizeof digits, "%.0f", value);
    size_t length = strlen(digits), at = 0;
    for (size_t i = 0; i < length && at + 2 < HUMAN_TEXT; i++) {
        out[at++] = digits[i];
        size_t left = length - 1 - i;
        if (left && left % 3 == 0 && digits[i] != '-')
            out[at++] = ',';
    }
    out[at] = '\0';
    return out;
}

struct unit {
    sim_ns length;
    const char *name;
};

/* 83 ms: three digits of the largest unit that fits. */
static const char *short_duration(sim_ns t, char out[HUMAN_TEXT])
{
    static const struct unit units[] = {
        {SIM_S, "s"}, {SIM_MS, "ms"}, {SIM_US, "us"}, {1, "ns"}};
    const struct unit *u = units;
    /* What three digits round up to a thousand is one of the next unit. */
    while (t && (double)t < 0.9995 * (double)u->length)
        u++;
    snprintf(out, HUMAN_TEXT, "%.3g %s", (double)t / (double)u->length, u->name);
    return out;
}

const char *human_duration(sim_ns t, char out[HUMAN_TEXT])
{
    static const struct unit units[] = {
        {SIM_D, "d"}, {SIM_H, "h"}, {SIM_MIN, "min"}, {SIM_S, "s"}};
    for (size_t i = 0; i + 1 < sizeof units / sizeof units[0]; i++) {
        if (t < units[i].length)
            continue;
        long long whole = t / units[i].length;
        long long rest = t % units[i].length / units[i + 1].length;
        if (rest)
            snprintf(out, HUMAN_TEXT, "%lld %s %lld %s", whole, units[i].name, rest,
                     units[i + 1].name);
        else
            snprintf(out, HUMAN_TEXT, "%lld %s", whole, units[i].name);
        return out;
    }
    return short_duration(t, out);
}

const char *human_seconds(double seconds, char out[HUMAN_TEXT])
{
    if (isnan(seconds))
        return strcpy(out, "-");
    if (seconds >= sim_seconds(SIM_DURATION_MAX))
        return strcpy(out, "over 100 years");
    return human_duration((sim_ns)llround(seconds * 1e9), out);
}

const char *human_share(double value, char out[HUMAN_TEXT])
{
    if (isnan(value))
        return strcpy(out, "-");
    double percent = 100 * value;
    if (percent <= 0)
        return strcpy(out, "0 %");
    snprintf(out, HUMAN_TEXT, percent < 0.1 ? "%.2g %%" : "%.1f %%", percent);
    return out;
}

const char *human_value(double value, const char *unit, char out[HUMAN_TEXT])
{
    if (isnan(value))
        return strcpy(out, "null");
    if (strcmp(unit, "s") == 0)
        snprintf(out, HUMAN_TEXT, "%.6g s", value);
    else if (fabs(value) >= 1000)
        return human_count(value, out);
    else
        snprintf(out, HUMAN_TEXT, "%.4g", value);
    return out;
}

/* Decimals with which two digits of a half-width are seen. */
static int decimals_of(double half_width)
{
    if (!(half_width > 0) || half_width >= 10)
        return 0;
    int decimals = 1 - (int)floor(log10(half_width));
    return decimals < 6 ? decimals : 6;
}

const char *human_count_interval(double value, double half_width,
                                 char out[HUMAN_INTERVAL])
{
    char a[HUMAN_TEXT], b[HUMAN_TEXT];
    int decimals = fabs(value) < 1000 ? decimals_of(half_width) : 0;
    if (isnan(half_width))
        return human_count(value, out);
    if (decimals)
        snprintf(out, HUMAN_INTERVAL, "%.*f ± %.*f", decimals, value, decimals,
                 half_width);
    else
        snprintf(out, HUMAN_INTERVAL, "%s ± %s", human_count(value, a),
                 human_count(ceil(half_width), b));
    return out;
}

const char *human_share_interval(double value, double half_width,
                                 char out[HUMAN_INTERVAL])
{
    if (isnan(half_width))
        return human_share(value, out);
    int decimals = half_width > 0 ? decimals_of(100 * half_width) : value > 0;
    snprintf(out, HUMAN_INTERVAL, "%.*f ± %.*f %%", decimals, 100 * value, decimals,
             100 * half_width);
    return out;
}

const char *human_seconds_interval(double value, double half_width,
                                   char out[HUMAN_INTERVAL])
{
    char a[HUMAN_TEXT], b[HUMAN_TEXT];
    if (isnan(half_width))
        return human_seconds(value, out);
    snprintf(out, HUMAN_INTERVAL, "%s ± %s", human_seconds(value, a),
             human_seconds(half_width, b));
    return out;
}

const char *human_value_interval(double value, double half_width, const char *unit,
                                 char out[HUMAN_INTERVAL])
{
    char a[HUMAN_TEXT], b[HUMAN_TEXT];
    if (isnan(half_width))
        return human_value(value, unit, out);
    if (half_width > 0 && strcmp(unit, "s") != 0)
        return human_count_interval(value, half_width, out);
    snprintf(out, HUMAN_INTERVAL, "%s ± %s", human_value(value, unit, a),
             human_value(half_width, unit, b));
    return out;
}

void human_print(FILE *out, const char *text)
{
    uint32_t code;
    for (const char *end = text + strlen(text); text < end;) {
        size_t length = utf8_decode(text, end, &code);
        if (length == 0 || utf8_unsafe(code))
            fputc('?', out);
        else
            fwrite(text, 1, length, out);
        text += length ? length : 1;
    }
}

unsigned human_columns(const char *text)
{
    unsigned columns = 0;
    uint32_t code;
    for (const char *end = text + strlen(text); text < end; columns++) {
        size_t length = utf8_decode(text, end, &code);
        text += length ? length : 1;
    }
    return columns;
}
