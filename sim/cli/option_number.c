#include "sim/cli/option_number.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/scenario/units.h"
#include "sim/trial/study_config.h"

/* More are a slip: threads beyond the processors gain nothing. */
#define JOBS_MAX 1000

uint64_t option_count(const char *option, const char *text, uint64_t least, uint64_t most,
                      const struct argp_state *state)
{
    size_t digits = strspn(text, "0123456789");
    uint64_t value = digits && digits < 20 ? strtoull(text, NULL, 10) : 0;
    if (text[digits] || value < least || value > most)
        argp_error(state,
                   "%s wants a whole number from %" PRIu64 " to %" PRIu64 ", is \"%s\"",
                   option, least, most, text);
    return value;
}

uint32_t option_jobs(const char *text, const struct argp_state *state)
{
    return (uint32_t)option_count("--jobs", text, 1, JOBS_MAX, state);
}

uint32_t option_replications(const char *option, const char *text, uint32_t least,
                             const struct argp_state *state)
{
    return (uint32_t)option_count(option, text, least, STUDY_REPLICATIONS_MAX, state);
}

sim_ns option_duration(const char *option, const char *text,
                       const struct argp_state *state)
{
    struct unit_fault fault = {.rule = NULL};
    sim_ns length = 0;
    if (!duration_parse(text, &length, &fault))
        argp_error(state, "%s %s, is \"%s\"%s%s%s", option, fault.rule, text,
                   fault.suggestion[0] ? "; did you mean \"" : "", fault.suggestion,
                   fault.suggestion[0] ? "\"?" : "");
    return length;
}

bool option_size(const char *text, double *value, bool *relative)
{
    char *end;
    *value = strtod(text, &end);
    bool number = end > text;
    end += strspn(end, " ");
    *relative = *end == '%';
    if (*relative)
        *value /= 100;
    return number && end[*relative] == '\0' && *value >= 0 && isfinite(*value);
}

double option_confidence(const char *text, const struct argp_state *state)
{
    double value;
    bool relative;
    if (!option_size(text, &value, &relative) || value < STUDY_CONFIDENCE_LEAST ||
        value > STUDY_CONFIDENCE_MOST)
        argp_error(state,
                   "--confidence wants a share from %g%% to %g%% (95%% or 0.95), is "
                   "\"%s\"",
                   100 * STUDY_CONFIDENCE_LEAST, 100 * STUDY_CONFIDENCE_MOST, text);
    return value;
}

double option_precision(const char *text, bool may_be_zero,
                        const struct argp_state *state)
{
    double value;
    bool relative;
    if (!option_size(text, &value, &relative) || value >= 1 ||
        (value <= 0 && !may_be_zero))
        argp_error(state, "--precision wants a share %s 100%% (2%% or 0.02), is \"%s\"",
                   may_be_zero ? "below" : "between 0% and", text);
    return value;
}
