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
#include <stdlib.h>

#include "models/alloc/list.h"
#include "sim/base/memory.h"

struct config {
    uint32_t attempts;
};

struct state {
    struct port_range range; /* of the ring; {0, 0} before the first choice */
    uint16_t *ports;         /* as many as the range has; `count` from `head` on */
    uint32_t head, count;
    struct port_set idle; /* those in the ring */
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
    free(s->ports);
    port_set_clear(&s->idle);
    *s = (struct state){0};
}

static uint16_t *place(const struct state *s, uint32_t index)
{
    return &s->ports[(s->head + index) % port_range_size(s->range)];
}

static void put(struct state *s, uint16_t port)
{
    *place(s, s->count++) = port;
    port_set_add(&s->idle, port);
}

/* Another range begins with all its ports in order, as a new configuration does. */
static void enter_range(struct state *s, struct port_range range)
{
    if (s->range.low == range.low && s->range.high == range.high)
        return;
    free_ring(s, NULL);
    s->range = range;
    s->ports = memory_new(port_range_size(range), sizeof *s->ports);
    for (uint32_t port = range.low; port <= range.high; port++)
        put(s, (uint16_t)port);
}

static void head_to_tail(struct state *s)
{
    uint16_t port = *place(s, 0);
    s->head = (s->head + 1) % port_range_size(s->range);
    *place(s, s->count - 1) = port;
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
    uint32_t tries = s->count < c->attempts ? s->count : c->attempts;
    for (uint32_t i = 1; i <= tries; i++, head_to_tail(s))
        if (port_view_free(&view, *place(s, 0)))
            return (struct port_answer){.port = *place(s, 0), .probes = i};
    return (struct port_answer){.probes = tries ? tries : 1};
}

/* Nearly always the head; a port that came to its holder by another way is looked for. */
static void taken(void *state, const void *config, uint16_t port, uint32_t inside_host,
                  sim_ns now)
{
    (void)config;
    (void)inside_host;
    (void)now;
    struct state *s = state;
    if (!port_set_remove(&s->idle, port))
        return;
    uint32_t at = 0;
    while (*place(s, at) != port)
        at++;
    for (; at > 0; at--)
        *place(s, at) = *place(s, at - 1);
    s->head = (s->head + 1) % port_range_size(s->range);
    s->count--;
}

static void released(void *state, const void *config, uint16_t port, uint32_t inside_host,
                     sim_ns now)
{
    (void)config;
    (void)inside_host;
    (void)now;
    struct state *s = state;
    bool is_ours = s->ports && port_range_holds(s->range, port);
    if (is_ours && !port_set_has(&s->idle, port))
        put(s, port);
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
