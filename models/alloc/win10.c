/* Windows Vista and later: one counter for the whole machine.
 *
 * A search goes up from the port given last, over excluded blocks (the host's reserved
 * ports) and ports in use.  A socket with SO_RANDOMIZE_PORT begins at a random port
 * instead, and moves the counter to where it ended [MODEL.md A4.2; that the walk goes on
 * from the random pick, and that the counter follows, rest on one observer: inference].
 *
 * With an auto-reuse range [A4.3] sockets that leave the choice to connect() get their
 * port there, by the tuple and with a counter of its own (both inferences), and only
 * bind(addr, 0) uses the dynamic range.  The host's capacity counts the dynamic range.
 */
#include <stddef.h>

#include "models/alloc/list.h"
#include "models/alloc/walks.h"

struct config {
    struct field_range auto_reuse; /* low 0: none */
};

struct state {
    struct walk_cursor dynamic, auto_reuse;
};

static size_t state_size(const void *config)
{
    (void)config;
    return sizeof(struct state);
}

static struct port_answer choose_for_reuse(struct state *s, const struct config *c,
                                           const struct port_request *request)
{
    struct port_request reuse = *request;
    reuse.range = (struct port_range){c->auto_reuse.low, c->auto_reuse.high};
    reuse.scope = PORT_SCOPE_TUPLE;
    struct port_view view = port_request_view(&reuse);
    return walk_from_cursor(&view, &s->auto_reuse);
}

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    struct state *s = state;
    const struct config *c = config;
    bool at_connect = request->mode == PORT_MODE_AUTOBIND ||
                      request->mode == PORT_MODE_NO_PORT; /* SO_REUSE_UNICASTPORT */
    if (c->auto_reuse.low && at_connect)
        return choose_for_reuse(s, c, request);
    struct port_range range = request->range;
    if (request->flags & PORT_ASK_RANDOMIZE) {
        uint32_t pick = range.low + random_below(chance, port_range_size(range));
        s->dynamic.port = (uint16_t)(pick - 1); /* the walk begins one past the cursor */
    }
    struct port_view view = port_request_view(request);
    return walk_from_cursor(&view, &s->dynamic);
}

static const struct field rows[] = {
    {.key = "auto_reuse_range",
     .type = FIELD_RANGE,
     .offset = offsetof(struct config, auto_reuse),
     .min = 1,
     .max = 65535,
     .flags = FIELD_OPTIONAL,
     .help = "ports for connect() without bind(), shared by tuple "
             "(AutoReusePortRangeStartPort); none: the dynamic range serves all"},
    FIELD_END,
};

static const struct field_table fields = {
    .what = "allocator win10",
    .size = sizeof(struct config),
    .rows = rows,
};

const struct port_allocator_ops port_allocator_win10 = {
    .name = "win10",
    .summary = "the next port after the last one given; random where a socket asks",
    .systems = "Windows Vista, Server 2008 and later: 49152-65535",
    .source = "undocumented by Microsoft; two observers (MODEL.md A4.2, A4.3); details "
              "are inference",
    .order = "sequential, upwards, wrapping; with SO_RANDOMIZE_PORT from a random port",
    .state = "one counter for the machine, one for the auto-reuse range",
    .cost = "1 plus the run of taken and excluded ports; a failure N",
    .failure = "STATUS_TOO_MANY_ADDRESSES and event 4231; WSAENOBUFS or WSAEADDRINUSE",
    .scope = PORT_SCOPE_PORT,
    .exhaustive = true,
    .fields = &fields,
    .state_size = state_size,
    .choose = choose,
};
