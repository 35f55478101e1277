/* DragonFly BSD: 4.4BSD's cursor; connect() may tell it the destination.
 *
 * With the sysctl net.inet.tcp.lportext on, connect() picks its local address first and
 * then a port whose tuple is free; off, it binds first, and the port has to be free.
 *
 * The kernel keeps a cursor and every n-th port for each of n CPUs and goes on with the
 * next CPU's when one has none left; here there is one CPU.
 */
#include <stddef.h>

#include "models/alloc/bsd_ports.h"
#include "models/alloc/list.h"

struct config {
    bool lport_extension;
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
    struct port_request asked = *request;
    if (!c->lport_extension)
        asked.scope = PORT_SCOPE_PORT;
    struct bsd_search search = bsd_search_begin(&asked, &c->portrange, state);
    return bsd_search_walk(&search, bsd_search_size(&search));
}

static const struct field rows[] = {
    {.key = "lport_extension",
     .type = FIELD_BOOL,
     .offset = offsetof(struct config, lport_extension),
     .fallback = "true",
     .help = "connect() looks for a free tuple (net.inet.tcp.lportext); false: for a "
             "free port, whatever the scope"},
    {.key = "portrange",
     .type = FIELD_OBJECT,
     .offset = offsetof(struct config, portrange),
     .table = &bsd_ranges_fields,
     .fallback = "{}",
     .help = "the ranges that sockets may ask for"},
    FIELD_END,
};

static const struct field_table fields = {
    .what = "allocator dragonfly",
    .size = sizeof(struct config),
    .rows = rows,
};

const struct port_allocator_ops port_allocator_dragonfly = {
    .name = "dragonfly",
    .summary = "the next port after the last one given whose tuple is free",
    .systems = "DragonFly BSD",
    .source = "DragonFly BSD sys/netinet/in_pcb.c in_pcbbind_remote(), in_pcbsetlport(), "
              "tcp_usrreq.c tcp_lport_extension; MODEL.md A2.4.  One CPU is a "
              "simplification",
    .order = "sequential, upwards, wrapping; low ports downwards",
    .state = "a cursor for each range",
    .cost = "1 plus the length of the run of taken tuples; a failure N",
    .failure = "EADDRNOTAVAIL",
    .scope = PORT_SCOPE_TUPLE,
    .exhaustive = true,
    .fields = &fields,
    .state_size = state_size,
    .choose = choose,
};
