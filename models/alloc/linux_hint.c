#include "models/alloc/linux_hint.h"

#include "models/port_hash.h"

size_t linux_hint_size(const void *config)
{
    (void)config;
    return sizeof(struct linux_hint);
}

void linux_hint_init(void *state, const void *config, struct port_range range,
                     struct random_stream *chance)
{
    (void)config;
    (void)range;
    struct linux_hint *s = state;
    s->secret = port_hash_key(chance);
}

uint32_t linux_hint_hash(const struct linux_hint *s, const struct port_request *request)
{
    return (uint32_t)(port_hash(s->secret, request->local_address, request->to) >> 32);
}

struct port_found linux_hint_walk(const struct port_view *view, uint32_t offset)
{
    return port_view_scan(
        view, (struct port_walk){.first = (uint16_t)(view->range.low + offset),
                                 .step = 1,
                                 .candidates = port_range_size(view->range)});
}
