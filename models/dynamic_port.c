#include "models/dynamic_port.h"

#define START_MIN 1025
#define NUM_MIN   255
#define END_MAX   65535

static void check_dynamic_port(const void *self, const struct field_check *check)
{
    const struct dynamic_port *d = self;
    if (d->start < START_MIN)
        field_complain(check, "start",
                       "must be at least %d, is %u: netsh sets no dynamic range below it",
                       START_MIN, (unsigned)d->start);
    if (d->num < NUM_MIN)
        field_complain(check, "num",
                       "must be at least %d, is %u: netsh sets no smaller dynamic range",
                       NUM_MIN, (unsigned)d->num);
    else if (d->start >= START_MIN && d->start + d->num - 1 > END_MAX)
        field_complain(check, "num",
                       "must keep the end of the range within %d, ends it at %u: from "
                       "start %u at most %u",
                       END_MAX, (unsigned)(d->start + d->num - 1), (unsigned)d->start,
                       (unsigned)(END_MAX + 1 - d->start));
}

/* From the latest start there is no room for the smallest number. */
static const struct field_table dynamic_port_fields = {
    .what = "dynamicport",
    .size = sizeof(struct dynamic_port),
    .check = check_dynamic_port,
    .rows =
        (const struct field[]){
            {.key = "start",
             .type = FIELD_U32,
             .offset = offsetof(struct dynamic_port, start),
             .max = END_MAX,
             .flags = FIELD_REQUIRED | FIELD_CHANGEABLE,
             .change = "holders outside a narrowed range stay",
             .help = "the first port, at least 1025"},
            {.key = "num",
             .type = FIELD_U32,
             .offset = offsetof(struct dynamic_port, num),
             .max = END_MAX,
             .flags = FIELD_REQUIRED | FIELD_CHANGEABLE,
             .change = "holders outside a narrowed range stay",
             .help = "how many, at least 255; the last port is at most 65535"},
            FIELD_END,
        },
};

#define POOL_ROW(word, pool, text)                                                       \
    {                                                                                    \
        .key = word, .type = FIELD_OBJECT,                                               \
        .offset = offsetof(struct dynamic_ports, of[pool]),                              \
        .table = &dynamic_port_fields, .flags = FIELD_OPTIONAL | FIELD_CHANGEABLE,       \
        .help = text                                                                     \
    }

const struct field_table dynamic_ports_fields = {
    .what = "dynamicport",
    .size = sizeof(struct dynamic_ports),
    .rows =
        (const struct field[]){
            POOL_ROW("tcp4", POOL_TCP4, "netsh int ipv4 set dynamicport tcp"),
            POOL_ROW("tcp6", POOL_TCP6, "netsh int ipv6 set dynamicport tcp"),
            POOL_ROW("udp4", POOL_UDP4, "netsh int ipv4 set dynamicport udp"),
            POOL_ROW("udp6", POOL_UDP6, "netsh int ipv6 set dynamicport udp"),
            FIELD_END,
        },
};

bool dynamic_ports_set(const struct dynamic_ports *d)
{
    for (int i = 0; i < POOL_COUNT; i++)
        if (d->of[i].num)
            return true;
    return false;
}
