/* FreeBSD of 1996: 4.4BSD's cursor with an end to the search, and ranges to ask for.
 *
 * The counter starts at last - first and is tested before each probe, so N - 1 ports are
 * looked at: the one the cursor stands on, which was given last, is not.  A range of one
 * port never gives it.
 */
#include <stddef.h>

#include "models/alloc/bsd_ports.h"
#include "models/alloc/list.h"

struct config {
    struct bsd_ranges portrange;
};

static size_t state_size(const void *config)
{
    (void)config;
    return sizeof(struct bsd_cursors);
}

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    (void)chance;
    const struct config *c = config;
    struct bsd_search search = bsd_search_begin(request, &c->portrange, state);
    return bsd_search_walk(&search, bsd_search_size(&search) - 1);
}

static const struct field rows[] = {
    {.key = "portrange",
     .type = FIELD_OBJECT,
     .offset = offsetof(struct config, portrange),
     .table = &bsd_ranges_fields,
     .fallback = "{\"high\": [40000, 44999]}",
     .help = "the ranges that sockets may ask for"},
    FIELD_END,
};

static const struct field_table fields = {
    .what = "allocator freebsd-1996",
    .size = sizeof(struct config),
    .rows = rows,
};

const struct port_allocator_ops port_allocator_freebsd1996 = {
    .name = "freebsd-1996",
    .summary = "the next port after the last one given, which itself is not looked at",
    .systems = "FreeBSD 2.x",
    .source = "FreeBSD sys/netinet/in_pcb.c of 1996 (commit 00503a161c79) in_pcbbind(); "
              "MODEL.md A2.1b",
    .order = "sequential, upwards, wrapping; low ports downwards",
    .state = "a cursor for each range",
    .cost = "1 plus the length of the run of taken ports; a failure N - 1",
    .failure = "EADDRNOTAVAIL from bind(); connect() ignores it and goes on with port 0",
    .scope = PORT_SCOPE_PORT,
    .exhaustive = false,
    .fields = &fields,
    .state_size = state_size,
    .choose = choose,
};
