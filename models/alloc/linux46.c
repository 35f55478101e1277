/* Linux 4.6 to 5.11, connect(): one counter for the machine, steps of two.
 *
 * As linux42, but all ports of the parity of the low end are tried before any of the
 * other: the knee at half of the range that later kernels kept.  Success moves the hint
 * on past the port found.
 */
#include "models/alloc/linux_hint.h"
#include "models/alloc/list.h"
#include "models/alloc/parity_laps.h"

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    (void)config;
    (void)chance;
    struct linux_hint *s = state;
    struct port_view view = port_request_view(request);
    struct parity_laps laps = parity_laps_of(port_range_size(request->range));
    uint32_t in_lap = 0;
    struct port_found found =
        parity_laps_scan(&view, laps, s->hint + linux_hint_hash(s, request), &in_lap);
    if (found.port)
        s->hint += in_lap * laps.step; /* i + 2, i the distance walked in the lap */
    return (struct port_answer){.port = found.port, .probes = found.probes};
}

const struct port_allocator_ops port_allocator_linux46 = {
    .name = "linux46",
    .summary = "as linux42, but all ports of one parity first, by two",
    .systems = "Linux 4.6 to 5.11",
    .source = "Linux 4.6 net/ipv4/inet_hashtables.c __inet_hash_connect() (commit "
              "1580ab63fc9a); MODEL.md A3.3",
    .order = "from a hashed start by two, the parity of the low end first; then the "
             "other",
    .state = "one counter for the host, one secret",
    .cost = "1 while its parity has room; N/2 more once that is spent; a failure N",
    .failure = "connect() says EADDRNOTAVAIL; of an odd range also with one port left",
    .scope = PORT_SCOPE_MIXED,
    .exhaustive = true, /* but for the port that an odd range loses */
    .by_parity = true,
    .state_size = linux_hint_size,
    .init = linux_hint_init,
    .choose = choose,
};
