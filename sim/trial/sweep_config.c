#include "sim/trial/sweep_config.h"

static const struct field a_path = {.type = FIELD_TEXT, .min = 1, .max = 1000};

static const struct field a_group = {
    .type = FIELD_LIST, .element = &a_path, .min = 2, .max = 100};

static const char *const designs[] = {
    [SWEEP_GRID] = "grid", [SWEEP_ONE_BY_ONE] = "one-at-a-time"};

const char *sweep_design_word(uint32_t design)
{
    return design < SWEEP_DESIGNS ? designs[design] : NULL;
}

const struct field_table sweep_fields = {
    .what = "sweep",
    .size = sizeof(struct sweep_config),
    .rows =
        (const struct field[]){
            {.key = "vary",
             .type = FIELD_SETTINGS,
             .offset = offsetof(struct sweep_config, vary),
             .min = 1,
             .max = 100,
             .flags = FIELD_REQUIRED,
             .help = "paths, and the values each takes: a list, or { \"from\", \"to\", "
                     "\"steps\", \"scale\": \"linear\" or \"log\" }"},
            {.key = "together",
             .type = FIELD_LIST,
             .offset = offsetof(struct sweep_config, together),
             .element = &a_group,
             .max = 100,
             .fallback = "[]",
             .help = "lists of paths that step together instead of with every value of "
                     "one another"},
            {.key = "where",
             .type = FIELD_TEXT,
             .offset = offsetof(struct sweep_config, where),
             .max = 2000,
             .flags = FIELD_OPTIONAL,
             .help = "which points are wanted: comparisons of these paths with values or "
                     "one another, joined by and, or, not"},
            {.key = "design",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct sweep_config, design),
             .choices = sweep_design_word,
             .fallback = "\"grid\"",
             .help = "grid: every value with every other; one-at-a-time: the scenario as "
                     "it is, and each value alone"},
            {.key = "replications",
             .type = FIELD_U32,
             .offset = offsetof(struct sweep_config, replications),
             .min = 1,
             .max = SWEEP_REPLICATIONS_MAX,
             .fallback = "10",
             .help = "of each point"},
            FIELD_END,
        },
};
