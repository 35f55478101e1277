/* NetBSD "randinc": RFC 6056 algorithm 5 with steps of up to 500, the test on the port.
 */
#include "models/alloc/list.h"
#include "models/alloc/netbsd.h"

#define STEP 500

struct state {
    uint32_t next;
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
    s->next = random_below(chance, PORT_COUNT);
}

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    (void)config;
    struct state *s = state;
    struct port_view view = port_request_view(request);
    struct port_answer answer = walk_random_steps(&view, STEP, &s->next, chance);
    return netbsd_or_bsd(answer, request, &s->bsd);
}

const struct port_allocator_ops port_allocator_netbsd_randinc = {
    .name = "netbsd-randinc",
    .summary = "a random step beyond the last candidate; after N of them netbsd-bsd",
    .systems = "NetBSD with anonportalgo randinc",
    .source = "NetBSD sys/netinet/portalgo.c (commit 08770e5b) algo_randinc(); "
              "MODEL.md A2.6, the fall back an inference",
    .order = "upwards, wrapping, in steps of 1 to 500; then downwards from netbsd-bsd's "
             "cursor",
    .state = "one counter, netbsd-bsd's cursor",
    .cost = "N / free ports in the mean; a failure 2 N",
    .failure = NETBSD_FAILURE,
    .scope = PORT_SCOPE_PORT,
    .exhaustive = true,
    .state_size = state_size,
    .init = init,
    .choose = choose,
};
