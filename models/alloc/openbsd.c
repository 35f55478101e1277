/* OpenBSD: always a random start, and service ports that are never given.
 *
 * The draw excludes the last port and the walk begins one behind it, as in FreeBSD.  A
 * port of the list is a candidate like any other, and passed over.
 */
#include <stddef.h>

#include "models/alloc/bsd_ports.h"
#include "models/alloc/list.h"

struct config {
    struct field_list bad_ports; /* uint16_t */
    struct bsd_ranges portrange;
};

struct state {
    struct bsd_cursors cursors;
    struct port_set bad;
};

static size_t state_size(const void *config)
{
    (void)config;
    return sizeof(struct state);
}

static void init(void *state, const void *config, struct port_range range,
                 struct random_stream *chance)
{
    (void)range;
    (void)chance;
    struct state *s = state;
    const struct config *c = config;
    const uint16_t *ports = c->bad_ports.items;
    for (uint32_t i = 0; i < c->bad_ports.count; i++)
        port_set_add(&s->bad, ports[i]);
}

static void free_list(void *state, const void *config)
{
    (void)config;
    struct state *s = state;
    port_set_clear(&s->bad);
}

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    struct state *s = state;
    const struct config *c = config;
    struct bsd_search search = bsd_search_begin(request, &c->portrange, &s->cursors);
    uint32_t size = bsd_search_size(&search);
    port_view_hide(&search.view, &s->bad);
    if (size > 1)
        bsd_search_move(&search, random_below(chance, size - 1));
    return bsd_search_walk(&search, size);
}

static const struct field a_port = {.type = FIELD_U16, .min = 1, .max = 65535};

static const struct field rows[] = {
    {.key = "bad_dynamic_ports",
     .type = FIELD_LIST,
     .offset = offsetof(struct config, bad_ports),
     .element = &a_port,
     .max = 65535,
     /* DEFBADDYNAMICPORTS_TCP of sys/netinet/in_pcb.h. */
     .fallback = "[587, 749, 750, 751, 853, 871, 2049, 6000, 6001, 6002, 6003, 6004, "
                 "6005, 6006, 6007, 6008, 6009, 6010]",
     .help = "service ports that are passed over (net.inet.tcp.baddynamic)"},
    {.key = "portrange",
     .type = FIELD_OBJECT,
     .offset = offsetof(struct config, portrange),
     .table = &bsd_ranges_fields,
     .fallback = "{}",
     .help = "the ranges that sockets may ask for"},
    FIELD_END,
};

static const struct field_table fields = {
    .what = "allocator openbsd",
    .size = sizeof(struct config),
    .rows = rows,
};

const struct port_allocator_ops port_allocator_openbsd = {
    .name = "openbsd",
    .summary = "a random start, then upwards past service ports to the first free port",
    .systems = "OpenBSD",
    .source = "OpenBSD sys/netinet/in_pcb.c (commit 0039ae51) in_pcbbind(), in_pcb.h; "
              "MODEL.md A2.5",
    .order = "from a uniform start upwards, wrapping; low ports downwards",
    .state = "none that a search uses",
    .cost = "1 plus the run of taken ports at the start; a failure N",
    .failure = "EADDRNOTAVAIL",
    .scope = PORT_SCOPE_PORT,
    .exhaustive = true, /* but for the service ports */
    .fields = &fields,
    .state_size = state_size,
    .init = init,
    .free = free_list,
    .choose = choose,
};
