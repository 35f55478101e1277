#include "sim/trial/moments.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/scenario/units.h"
#include "sim/trial/trial_plan.h"

void moment_name_time(sim_ns when, char out[FIELD_NAME_SIZE])
{
    int length = snprintf(out, FIELD_NAME_SIZE, "T%" PRId64 ".%09" PRId64, when / SIM_S,
                          when % SIM_S);
    while (out[length - 1] == '0')
        length--;
    out[out[length - 1] == '.' ? length - 1 : length] = '\0';
}

/* The phase's own end; SIM_NEVER: there is no such phase. */
static sim_ns phase_end(const struct trial_config *config, const char *name)
{
    const struct phase_config *phase = config->phases.items;
    for (uint32_t i = 0; i < config->phases.count; i++)
        if (strcmp(phase[i].name, name) == 0)
            return phase[i].window.end;
    return SIM_NEVER;
}

/* The index in "change-1" and so on; 0: it is another word. */
static uint32_t change_number(const char *word)
{
    static const char prefix[] = "change-";
    size_t length = sizeof prefix - 1;
    if (strncmp(word, prefix, length) != 0)
        return 0;
    const char *digits = word + length;
    size_t count = strspn(digits, "0123456789");
    return count > 0 && count < 8 && !digits[count] ? (uint32_t)strtoul(digits, NULL, 10)
                                                    : 0;
}

static bool named(struct moment *out, enum moment_kind kind, const char *name,
                  sim_ns when)
{
    *out = (struct moment){.kind = kind, .when = when};
    snprintf(out->name, sizeof out->name, "%s", name);
    return true;
}

static bool at_time(sim_ns when, const struct trial_config *config, struct moment *out,
                    char complaint[MOMENT_COMPLAINT])
{
    char end[UNITS_TEXT];
    *out = (struct moment){.kind = MOMENT_TIME, .when = when};
    moment_name_time(when, out->name);
    if (when <= config->duration)
        return true;
    snprintf(complaint, MOMENT_COMPLAINT, "the run is over after %s",
             duration_text(config->duration, end));
    return false;
}

bool moment_of(const char *word, const struct trial_config *config,
               const struct plan_change *changes, uint32_t change_count,
               struct moment *out, char complaint[MOMENT_COMPLAINT])
{
    struct unit_fault fault;
    sim_ns when;
    uint32_t change = change_number(word);
    if (strcmp(word, "end") == 0)
        return named(out, MOMENT_TIME, word, config->duration);
    if (strcmp(word, "first-failure") == 0)
        return named(out, MOMENT_FIRST_FAILURE, word, SIM_NEVER);
    if (strcmp(word, "first-exhaustion") == 0)
        return named(out, MOMENT_FIRST_EXHAUSTION, word, SIM_NEVER);
    if (change && change <= change_count)
        return named(out, MOMENT_TIME, word, changes[change - 1].at);
    if ((when = phase_end(config, word)) != SIM_NEVER)
        return named(out, MOMENT_TIME, word, when);
    if (duration_parse(word, &when, &fault))
        return at_time(when, config, out, complaint);
    snprintf(complaint, MOMENT_COMPLAINT,
             "must be a time (\"10min\"), first-failure, first-exhaustion, a phase, "
             "%s or end",
             change_count ? "change-1 and so on," : "(there are no changes)");
    return false;
}
