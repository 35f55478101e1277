/* HAProxy's `source addr:low-high`: the program hands out ports itself, first in, first
 * out.
 *
 * A ring of ports that nobody uses: the head is taken, and a port that is given back goes
 * to the tail, so the port that rested longest is used first.  The program binds the port
 * explicitly; if the kernel refuses (a reserved port is no obstacle to bind(), but here a
 * host's reserved ports are nobody's; another program may hold the port) it goes to the
 * tail and the next is tried, `attempts` times in all.  An empty ring fails without
 * asking the kernel.
 *
 * Two views of what is in use.  The ring knows its own ports, the kernel everybody's.
 * As a host's allocator the ring gets a port back when the kernel lets go of it, at the
 * end of TIME_WAIT; so what it hands out has no lingering tuple of its own.  HAProxy
 * itself puts the port back when it closes the descriptor, and TIME_WAIT is then the
 * kernel's business at connect(): that is `ring` of socket options, not this.
 */
#include <stddef.h>

#include "models/alloc/list.h"
#include "models/port_ring.h"

struct config {
    uint32_t attempts;
};

struct state {
    struct port_ring *ring;
    uint16_t chosen; /* out of the ring, but not yet held by anybody; 0: none */
};

static size_t state_size(const void *config)
{
    (void)config;
    return sizeof(struct state);
}

static void free_ring(void *state, const void *config)
{
    (void)config;
    struct state *s = state;
    port_ring_free(s->ring);
    *s = (struct state){0};
}

/* Another range begins with all its ports in order, as a new configuration does. */
static void enter_range(struct state *s, struct port_range range)
{
    if (s->ring && port_ring_range(s->ring).low == range.low &&
        port_ring_range(s->ring).high == range.high)
        return;
    free_ring(s, NULL);
    s->ring = port_ring_new(range);
}

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    (void)chance;
    struct state *s = state;
    const struct config *c = config;
    enter_range(s, request->range);
    struct port_view view = port_request_view(request);
    for (uint32_t i = 1; i <= c->attempts; i++) {
        uint16_t port = s->chosen ? s->chosen : port_ring_take(s->ring);
        s->chosen = port;
        if (port == 0 || port_view_free(&view, port))
            return (struct port_answer){.port = port, .probes = i};
        s->chosen = 0;
        port_ring_give(s->ring, port);
    }
    return (struct port_answer){.probes = c->attempts};
}

static void taken(void *state, const void *config, uint16_t port, uint32_t inside_host,
                  sim_ns now)
{
    (void)config;
    (void)inside_host;
    (void)now;
    struct state *s = state;
    if (port == s->chosen)
        s->chosen = 0;
}

/* A port that somebody else held is in the ring all the time. */
static void released(void *state, const void *config, uint16_t port, uint32_t inside_host,
                     sim_ns now)
{
    (void)config;
    (void)inside_host;
    (void)now;
    struct state *s = state;
    if (s->ring && port_range_holds(port_ring_range(s->ring), port) && port != s->chosen)
        port_ring_give(s->ring, port);
}

static const struct field rows[] = {
    {.key = "attempts",
     .type = FIELD_U32,
     .offset = offsetof(struct config, attempts),
     .fallback = "10",
     .min = 1,
     .max = 65536,
     .help = "ports tried, one after the other, while bind() refuses them"},
    FIELD_END,
};

static const struct field_table fields = {
    .what = "allocator haproxy-ring",
    .size = sizeof(struct config),
    .rows = rows,
};

const struct port_allocator_ops port_allocator_haproxy_ring = {
    .name = "haproxy-ring",
    .summary = "a ring of the program's own: the port that rested longest first",
    .systems = "HAProxy `source addr:low-high`, per server",
    .source = "HAProxy include/haproxy/port_range.h, src/proto_tcp.c (10 attempts); "
              "MODEL.md A7.1",
    .order = "first in, first out; at the start upwards",
    .state = "a queue of the ports not in use",
    .cost = "1; one more for each port that bind() refuses; a failure 1",
    .failure = "the connection fails at once (\"no more source ports\"), or with "
               "EADDRNOTAVAIL from connect()",
    .scope = PORT_SCOPE_PORT,
    .exhaustive = false, /* gives up after `attempts` refusals */
    .fields = &fields,
    .state_size = state_size,
    .free = free_ring,
    .choose = choose,
    .taken = taken,
    .released = released,
};
