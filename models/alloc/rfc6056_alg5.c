/* RFC 6056 algorithm 5, random increments: each candidate lies a random step beyond the
 * one before.
 *
 * The mean step is 250.5, so a lap of 16,384 ports is about 65 choices.  Not exhaustive:
 * N steps may pass by a free port.  Linux turned it down because it could hurt typical
 * workloads [MODEL.md A1].
 */
#include <stddef.h>

#include "models/alloc/list.h"
#include "models/alloc/walks.h"

struct config {
    uint32_t step;
};

struct state {
    uint32_t next;
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
    struct state *s = state;
    const struct config *c = config;
    struct port_view view = port_request_view(request);
    return walk_random_steps(&view, c->step, &s->next, chance);
}

static const struct field rows[] = {
    {.key = "step",
     .type = FIELD_U32,
     .offset = offsetof(struct config, step),
     .min = 1,
     .max = 65535,
     .fallback = "500",
     .help = "the longest step (N in the RFC)"},
    FIELD_END,
};

static const struct field_table fields = {
    .what = "allocator rfc6056-alg5",
    .size = sizeof(struct config),
    .rows = rows,
};

const struct port_allocator_ops port_allocator_rfc6056_alg5 = {
    .name = "rfc6056-alg5",
    .summary = "a random step beyond the last candidate, N times at most",
    .systems = "NetBSD randinc",
    .source = "RFC 6056 section 3.3.5, which leaves the scope of the test to the host; "
              "MODEL.md A1",
    .order = "upwards, wrapping, in steps of 1 to 500",
    .state = "one counter",
    .cost = "N / free ports in the mean; a failure N",
    .failure = "the system's: EADDRNOTAVAIL on the BSDs, also while a few ports are free",
    .scope = PORT_SCOPE_TUPLE,
    .exhaustive = false,
    .fields = &fields,
    .state_size = state_size,
    .init = init,
    .choose = choose,
};
