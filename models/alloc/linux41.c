/* Linux up to 4.1, connect(): RFC 6056 algorithm 3, one counter for the whole machine.
 *
 * A keyed hash of (source address, destination) and one static counter, the hint, give
 * the place before the first candidate; the walk goes up by one.  Success moves the hint
 * on by the candidates examined, for all destinations at once; failure leaves it alone.
 * So with one destination ports come in order, and with several each sees the others'
 * connections as steps.
 *
 * The machine's other namespaces share the hint; here a host has its own.
 */
#include "models/alloc/linux_hint.h"
#include "models/alloc/list.h"

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    (void)config;
    (void)chance;
    struct linux_hint *s = state;
    struct port_view view = port_request_view(request);
    uint32_t size = port_range_size(request->range);
    uint32_t offset = (s->hint + linux_hint_hash(s, request) + 1) % size;
    struct port_found found = linux_hint_walk(&view, offset);
    if (found.port)
        s->hint += found.probes;
    return (struct port_answer){.port = found.port, .probes = found.probes};
}

const struct port_allocator_ops port_allocator_linux41 = {
    .name = "linux41",
    .summary = "a hidden start for each destination, one counter for all, upwards",
    .systems = "Linux 2.6.16 to 4.1 (the older end: inference)",
    .source = "Linux 3.x net/ipv4/inet_hashtables.c __inet_hash_connect(); MODEL.md A3.1",
    .order = "from a hashed start that every connection of the host moves on, by one",
    .state = "one counter for the host, one secret",
    .cost = "1 plus the run of taken ports at the start; a failure N",
    .failure = "connect() says EADDRNOTAVAIL",
    .scope = PORT_SCOPE_MIXED,
    .exhaustive = true,
    .state_size = linux_hint_size,
    .init = linux_hint_init,
    .choose = choose,
};
