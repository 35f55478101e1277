/* macOS and its relatives: the port after the cursor, or a random start where the sysctl
 * or the socket asks for it.
 *
 * net.inet.tcp.randomize_ports is 0 in the sources, so TCP is sequential as shipped.  The
 * random start is 16 random bits modulo N - 1, which favours a few ports slightly, and
 * the walk begins one behind it.  An implicit bind tests with wildcards whatever
 * SO_REUSE* says, so the test is on the port.
 *
 * Restricted ports, and those the Skywalk name space holds for others, are the host's
 * `reserved`.
 */
#include <stddef.h>

#include "models/alloc/bsd_ports.h"
#include "models/alloc/list.h"

struct config {
    bool randomize_ports;
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
    const struct config *c = config;
    struct bsd_search search = bsd_search_begin(request, &c->portrange, state);
    uint32_t size = bsd_search_size(&search);
    bool random = c->randomize_ports || request->flags & PORT_ASK_RANDOMIZE;
    if (size > 1 && random)
        bsd_search_move(&search, (random_u32(chance) & 0xFFFF) % (size - 1));
    return bsd_search_walk(&search, size);
}

static const struct field rows[] = {
    {.key = "randomize_ports",
     .type = FIELD_BOOL,
     .offset = offsetof(struct config, randomize_ports),
     .fallback = "false",
     .help = "a random start for every socket (net.inet.tcp.randomize_ports, for UDP "
             "net.inet.udp.randomize_ports)"},
    {.key = "portrange",
     .type = FIELD_OBJECT,
     .offset = offsetof(struct config, portrange),
     .table = &bsd_ranges_fields,
     .fallback = "{}",
     .help = "the ranges that sockets may ask for"},
    FIELD_END,
};

static const struct field_table fields = {
    .what = "allocator xnu",
    .size = sizeof(struct config),
    .rows = rows,
};

const struct port_allocator_ops port_allocator_xnu = {
    .name = "xnu",
    .summary = "the next port after the last one given; a random start if asked for",
    .systems = "macOS, iOS",
    .source = "XNU bsd/netinet/in_pcb.c (commit 0f4c859e) in_pcbbind(), tcp_subr.c "
              "tcp_use_randomport; MODEL.md A2.7",
    .order = "upwards, wrapping, from the cursor or a random start; low ports downwards",
    .state = "a cursor for each range",
    .cost = "1 plus the run of taken ports at the start; a failure N",
    .failure = "EADDRNOTAVAIL",
    .scope = PORT_SCOPE_PORT,
    .exhaustive = true,
    .fields = &fields,
    .state_size = state_size,
    .choose = choose,
};
