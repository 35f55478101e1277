/* RFC 6056 algorithm 3, simple hash-based: one counter for the host, an offset for each
 * destination.
 *
 * Toward one destination ports come in sequence, with gaps where others took theirs: the
 * counter moves on with every candidate, whoever looks.  A port comes back after N
 * choices of the whole host.  The counter starts at 0; the offsets hide it.
 */
#include "models/alloc/list.h"
#include "models/alloc/walks.h"
#include "models/port_hash.h"

struct state {
    uint64_t secret;
    uint32_t counter;
};

static size_t state_size(const void *config)
{
    (void)config;
    return sizeof(struct state);
}

static void init(void *state, const void *config, struct port_range range,
                 struct random_stream *chance)
{
    (void)config;
    (void)range;
    struct state *s = state;
    s->secret = port_hash_key(chance);
}

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    (void)config;
    (void)chance;
    struct state *s = state;
    uint64_t hash = port_hash(s->secret, request->local_address, request->to);
    struct port_view view = port_request_view(request);
    return walk_hashed(&view, (uint32_t)(hash >> 32), &s->counter);
}

const struct port_allocator_ops port_allocator_rfc6056_alg3 = {
    .name = "rfc6056-alg3",
    .summary = "the host's counter plus a hidden offset for each destination",
    .systems = "NetBSD hash; Jool; Linux to 5.11 in the main",
    .source = "RFC 6056 section 3.3.3, which leaves the scope of the test to the host; "
              "MODEL.md A1",
    .order = "for each destination upwards, wrapping; all share one counter",
    .state = "one counter, one secret",
    .cost = "1 plus the run of taken ports; a failure N",
    .failure = "the system's: EADDRNOTAVAIL on Linux",
    .scope = PORT_SCOPE_TUPLE,
    .exhaustive = true,
    .state_size = state_size,
    .init = init,
    .choose = choose,
};
