#include "models/path.h"

const struct field_table network_fields = {
    .what = "network",
    .size = sizeof(struct network_config),
    .rows =
        (const struct field[]){
            {.key = "rtt",
             .type = FIELD_DURATION,
             .offset = offsetof(struct network_config, rtt),
             .min = 0,
             .max = 60,
             .fallback = "\"10ms\"",
             .flags = FIELD_CHANGEABLE,
             .change = "segments under way arrive when they would have",
             .help = "round-trip time between hosts that no entry of paths names"},
            {.key = "loss",
             .type = FIELD_REAL,
             .offset = offsetof(struct network_config, loss),
             .min = 0,
             .max = 1,
             .fallback = "0",
             .flags = FIELD_CHANGEABLE,
             .change = "of segments sent from then on",
             .help = "share of segments lost, each way"},
            FIELD_END,
        },
};

static const struct field path_end = {.type = FIELD_REFERENCE, .target = "hosts"};

static void check_path(const void *self, const struct field_check *check)
{
    const struct path_config *p = self;
    const uint32_t *ends = p->between.items;
    uint32_t eats = p->eats_fin_from;
    if (ends[0] == ends[1])
        field_complain(check, "between", "must name two different hosts");
    if (eats != FIELD_NO_REFERENCE && eats != ends[0] && eats != ends[1])
        field_complain(check, "eats_fin_from", "must be one of the two hosts");
    if (eats == FIELD_NO_REFERENCE && p->eats_fin_share != 1)
        field_complain(
            check, "eats_fin_share",
            "says how much is eaten, but eats_fin_from does not say whose FINs");
}

const struct field_table path_fields = {
    .what = "path",
    .size = sizeof(struct path_config),
    .check = check_path,
    .rows =
        (const struct field[]){
            {.key = "between",
             .type = FIELD_LIST,
             .offset = offsetof(struct path_config, between),
             .element = &path_end,
             .min = 2,
             .max = 2,
             .flags = FIELD_REQUIRED,
             .change = "links are built from it; change rtt and loss",
             .help = "the two hosts"},
            {.key = "rtt",
             .type = FIELD_DURATION,
             .offset = offsetof(struct path_config, rtt),
             .min = 0,
             .max = 60,
             .fallback = "\"10ms\"",
             .flags = FIELD_CHANGEABLE,
             .change = "segments under way arrive when they would have",
             .help = "round-trip time; a segment takes half of it"},
            {.key = "loss",
             .type = FIELD_REAL,
             .offset = offsetof(struct path_config, loss),
             .min = 0,
             .max = 1,
             .fallback = "0",
             .flags = FIELD_CHANGEABLE,
             .change = "of segments sent from then on",
             .help = "share of segments lost, each way"},
            {.key = "eats_fin_from",
             .type = FIELD_REFERENCE,
             .offset = offsetof(struct path_config, eats_fin_from),
             .target = "hosts",
             .flags = FIELD_OPTIONAL | FIELD_CHANGEABLE,
             .change =
                 "FINs that were eaten are sent again by their stack; null: nobody's",
             .help =
                 "a network element eats the FINs that this end sends (and only those)"},
            {.key = "eats_fin_share",
             .type = FIELD_REAL,
             .offset = offsetof(struct path_config, eats_fin_share),
             .min = 0,
             .max = 1,
             .fallback = "1",
             .flags = FIELD_CHANGEABLE,
             .change = "of FINs sent from then on",
             .help = "share of those FINs that are eaten"},
            FIELD_END,
        },
};
