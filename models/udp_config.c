#include "models/udp_config.h"

#include "sim/engine/distribution.h"

const struct field_table udp_config_fields = {
    .what = "udp",
    .size = sizeof(struct udp_config),
    .rows =
        (const struct field[]){
            {.key = "timeout",
             .type = FIELD_DURATION,
             .offset = offsetof(struct udp_config, timeout),
             .min = 0.001,
             .max = 86400,
             .fallback = "\"5s\"",
             .flags = FIELD_CHANGEABLE,
             .change = "queries under way keep their deadline",
             .help = "how long a query waits for its answer; then the socket is closed, "
                     "and the try failed with ETIMEDOUT (resolv.conf: 5s)"},
            {.key = "connected",
             .type = FIELD_BOOL,
             .offset = offsetof(struct udp_config, connected),
             .fallback = "true",
             .flags = FIELD_CHANGEABLE,
             .change = "of sockets opened from then on",
             .help = "the socket calls connect(), and is ESTABLISHED; false: it calls "
                     "sendto(), stays UNCONN, and takes whatever comes to its port"},
            {.key = "unanswered",
             .type = FIELD_REAL,
             .offset = offsetof(struct udp_config, unanswered),
             .max = 1,
             .fallback = "0",
             .flags = FIELD_CHANGEABLE,
             .change = "of queries sent from then on",
             .help = "share of the queries that the server ignores"},
            {.key = "server_thinks",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct udp_config, thinks),
             .table = &distribution_fields,
             .fallback = "{\"kind\": \"constant\", \"value\": \"0s\"}",
             .flags = FIELD_CHANGEABLE,
             .change = "of queries sent from then on",
             .help = "how long the server takes for an answer, the paths apart"},
            FIELD_END,
        },
};
