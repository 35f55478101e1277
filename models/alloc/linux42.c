/* Linux 4.2 to 4.5, connect(): as linux41, but each search begins at an even offset.
 *
 * The walk still goes up by one; success moves the hint on past the port found and to
 * the next even place.  Connections thus leave about half of the ports, the odd offsets,
 * to bind(addr, 0) while there is room.
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
    uint32_t offset = ((s->hint + linux_hint_hash(s, request)) & ~1u) % size;
    struct port_found found = linux_hint_walk(&view, offset);
    if (found.port)
        s->hint += (found.probes + 1) & ~1u; /* (i + 2) & ~1, i counted from 0 */
    return (struct port_answer){.port = found.port, .probes = found.probes};
}

const struct port_allocator_ops port_allocator_linux42 = {
    .name = "linux42",
    .summary = "as linux41, from an even offset, the counter moving on by two",
    .systems = "Linux 4.2 to 4.5",
    .source = "Linux 4.2 net/ipv4/inet_hashtables.c __inet_hash_connect() (commit "
              "07f4c90062f8); MODEL.md A3.2",
    .order = "from a hashed even offset that every connection of the host moves on, by "
             "one",
    .state = "one counter for the host, one secret",
    .cost = "1 plus the run of taken ports at the start; a failure N",
    .failure = "connect() says EADDRNOTAVAIL",
    .scope = PORT_SCOPE_MIXED,
    .exhaustive = true,
    .state_size = linux_hint_size,
    .init = linux_hint_init,
    .choose = choose,
};
