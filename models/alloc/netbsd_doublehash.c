/* NetBSD "doublehash": RFC 6056 algorithm 4 with 8 counters and an offset of 16 bits, the
 * test on the port.
 *
 * The counters are drawn at the first choice, so with a secret kept only their distances
 * can be told.
 */
#include "models/alloc/list.h"
#include "models/alloc/netbsd.h"
#include "models/port_hash.h"

#define COUNTERS 8

struct state {
    uint64_t offset_secret, slot_secret;
    uint32_t counters[COUNTERS];
    struct walk_cursor bsd;
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
    s->offset_secret = port_hash_key(chance);
    s->slot_secret = port_hash_key(chance);
    for (int i = 0; i < COUNTERS; i++)
        s->counters[i] = random_below(chance, PORT_COUNT);
}

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    struct state *s = state;
    struct port_view view = port_request_view(request);
    uint16_t offset = netbsd_hash(config, s->offset_secret, request, chance);
    uint16_t slot = netbsd_hash(config, s->slot_secret, request, chance) % COUNTERS;
    struct port_answer answer = walk_hashed(&view, offset, &s->counters[slot]);
    return netbsd_or_bsd(answer, request, &s->bsd);
}

const struct port_allocator_ops port_allocator_netbsd_doublehash = {
    .name = "netbsd-doublehash",
    .summary = "one of 8 counters plus a hashed offset, upwards",
    .systems = "NetBSD with anonportalgo doublehash",
    .source = "NetBSD sys/netinet/portalgo.c (commit 08770e5b) algo_doublehash(), "
              "Fhash(); MODEL.md A2.6, the fall back an inference",
    .order = "from counter plus offset upwards, wrapping; both new for each choice",
    .state = "8 counters, two secrets, netbsd-bsd's cursor",
    .cost = "1 plus the run of taken ports at the start; a failure 2 N",
    .failure = NETBSD_FAILURE,
    .scope = PORT_SCOPE_PORT,
    .exhaustive = true,
    .fields = &netbsd_hash_fields,
    .state_size = state_size,
    .init = init,
    .choose = choose,
};
