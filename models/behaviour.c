#include "models/behaviour.h"

#include "sim/engine/distribution.h"

static const struct field_table late_fields = {
    .what = "late close",
    .size = sizeof(struct late_config),
    .rows =
        (const struct field[]){
            {.key = "delay",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct late_config, delay),
             .table = &distribution_fields,
             .flags = FIELD_REQUIRED,
             .help = "how long after the peer's FIN"},
            FIELD_END,
        },
};

static const struct field_table hang_fields = {
    .what = "hang",
    .size = sizeof(struct hang_config),
    .rows =
        (const struct field[]){
            {.key = "until",
             .type = FIELD_DURATION,
             .offset = offsetof(struct hang_config, until),
             .max = 31536000,
             .flags = FIELD_REQUIRED,
             .help = "when in the run it is well again: all that hang close then"},
            FIELD_END,
        },
};

static const struct field_variant_row *behaviour_row(uint32_t index)
{
    static const struct field_variant_row rows[] = {
        [BEHAVES_PROMPT] = {"prompt", "closes at once", NULL},
        [BEHAVES_LATE] = {"late", "closes after a delay", &late_fields},
        [BEHAVES_HANGS] = {"hangs",
                           "closes when it is repaired, and promptly from then on",
                           &hang_fields},
        [BEHAVES_NEVER] = {"never", "acknowledges the FIN and never sends its own", NULL},
        [BEHAVES_RESET] = {"reset", "answers the FIN with RST", NULL},
        [BEHAVES_SILENT] = {"silent", "answers nothing from then on", NULL},
    };
    return index < sizeof rows / sizeof rows[0] ? &rows[index] : NULL;
}

const struct field_table behaviour_fields = {
    .what = "close behaviour",
    .size = sizeof(struct behaviour),
    .variants = behaviour_row,
    .variant_offset = offsetof(struct behaviour, kind),
    .rows =
        (const struct field[]){
            {.key = "share",
             .type = FIELD_REAL,
             .offset = offsetof(struct behaviour, share),
             .min = 0,
             .max = 1e6,
             .fallback = "1",
             .help = "weight of this row; weights are divided by their sum"},
            FIELD_END,
        },
};

const struct behaviour *behaviour_draw(const struct field_list *rows,
                                       struct random_stream *chance)
{
    const struct behaviour *row = rows->items;
    double sum = 0;
    for (uint32_t i = 0; i < rows->count; i++)
        sum += row[i].share;
    double left = random_unit(chance) * sum;
    for (uint32_t i = 0; i + 1 < rows->count; i++) {
        if (left < row[i].share)
            return &row[i];
        left -= row[i].share;
    }
    return &row[rows->count - 1];
}
