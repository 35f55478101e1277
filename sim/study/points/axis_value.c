#include "sim/study/points/axis_value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/scenario/units.h"

enum kind { KIND_NONE, KIND_NUMBER, KIND_DURATION, KIND_RATE, KIND_TEXT };

struct sized {
    enum kind kind;
    double size;
};

bool axis_value_number(const char *text, double *out)
{
    const char *digits = text + (*text == '-');
    size_t length = units_number(digits);
    if (length == 0 || digits[length])
        return false;
    *out = strtod(text, NULL);
    return isfinite(*out);
}

static struct sized size_of(const char *text)
{
    struct sized s = {text ? KIND_TEXT : KIND_NONE, 0};
    struct unit_fault unused;
    sim_ns duration;
    if (!text)
        return s;
    if (axis_value_number(text, &s.size)) {
        s.kind = KIND_NUMBER;
    } else if (duration_parse(text, &duration, &unused)) {
        s.kind = KIND_DURATION;
        s.size = (double)duration;
    } else if (rate_parse(text, &s.size, &unused)) {
        s.kind = KIND_RATE;
    }
    return s;
}

int axis_value_compare(const char *a, const char *b)
{
    struct sized x = size_of(a), y = size_of(b);
    if (x.kind != y.kind)
        return x.kind < y.kind ? -1 : 1;
    if (x.kind == KIND_NONE)
        return 0;
    if (x.kind != KIND_TEXT && x.size != y.size)
        return x.size < y.size ? -1 : 1;
    return strcmp(a, b);
}

bool axis_value_size(const char *text, double *size, const char **unit)
{
    static const char *const of_kind[] = {
        [KIND_NUMBER] = "", [KIND_DURATION] = "s", [KIND_RATE] = "/s"};
    struct sized s = size_of(text);
    if (s.kind == KIND_NONE || s.kind == KIND_TEXT)
        return false;
    *size = s.kind == KIND_DURATION ? s.size / SIM_S : s.size;
    *unit = of_kind[s.kind];
    return true;
}
