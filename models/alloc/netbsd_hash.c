/* NetBSD "hash": RFC 6056 algorithm 3 with an offset of 16 bits, the test on the port. */
#include "models/alloc/list.h"
#include "models/alloc/netbsd.h"
#include "models/port_hash.h"

struct state {
    uint64_t secret;
    uint32_t counter;
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
    s->secret = port_hash_key(chance);
}

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    struct state *s = state;
    struct port_view view = port_request_view(request);
    uint16_t offset = netbsd_hash(config, s->secret, request, chance);
    struct port_answer answer = walk_hashed(&view, offset, &s->counter);
    return netbsd_or_bsd(answer, request, &s->bsd);
}

const struct port_allocator_ops port_allocator_netbsd_hash = {
    .name = "netbsd-hash",
    .summary = "the host's counter plus a hashed offset, upwards",
    .systems = "NetBSD with anonportalgo hash",
    .source = "NetBSD sys/netinet/portalgo.c (commit 08770e5b) algo_hash(), Fhash(); "
              "MODEL.md A2.6, the fall back an inference",
    .order = "from counter plus offset upwards, wrapping; the offset new for each choice",
    .state = "one counter, one secret, netbsd-bsd's cursor",
    .cost = "1 plus the run of taken ports at the start; a failure 2 N",
    .failure = NETBSD_FAILURE,
    .scope = PORT_SCOPE_PORT,
    .exhaustive = true,
    .fields = &netbsd_hash_fields,
    .state_size = state_size,
    .init = init,
    .choose = choose,
};
