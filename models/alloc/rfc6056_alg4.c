/* RFC 6056 algorithm 4, double-hash: algorithm 3 with a table of counters, one of which a
 * second hash picks for each destination.
 *
 * A port comes back after N choices of the destinations that share the counter.  Counters
 * start at 0, where the RFC draws them: the offsets are uniform as it is, so nobody can
 * tell.
 */
#include <stddef.h>

#include "models/alloc/list.h"
#include "models/alloc/slot_table.h"
#include "models/alloc/walks.h"
#include "models/port_hash.h"

struct config {
    uint32_t table_size;
};

struct state {
    uint64_t offset_secret, slot_secret;
    struct slot_table counters;
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
}

static void free_table(void *state, const void *config)
{
    (void)config;
    struct state *s = state;
    slot_table_clear(&s->counters);
}

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    (void)chance;
    struct state *s = state;
    const struct config *c = config;
    uint64_t offset = port_hash(s->offset_secret, request->local_address, request->to);
    uint64_t slot = port_hash(s->slot_secret, request->local_address, request->to);
    uint32_t index = (uint32_t)((slot >> 32) % c->table_size);

    struct port_view view = port_request_view(request);
    uint32_t counter = slot_table_get(&s->counters, index);
    struct port_answer answer = walk_hashed(&view, (uint32_t)(offset >> 32), &counter);
    slot_table_add(&s->counters, index, answer.probes);
    return answer;
}

static const struct field rows[] = {
    {.key = "table_size",
     .type = FIELD_U32,
     .offset = offsetof(struct config, table_size),
     .min = 1,
     .max = 65536,
     /* RFC 6056 section 3.3.4, from memory [MODEL.md A1]. */
     .fallback = "10",
     .help = "counters"},
    FIELD_END,
};

static const struct field_table fields = {
    .what = "allocator rfc6056-alg4",
    .size = sizeof(struct config),
    .rows = rows,
};

const struct port_allocator_ops port_allocator_rfc6056_alg4 = {
    .name = "rfc6056-alg4",
    .summary = "one of a few counters plus an offset, both hidden in the destination",
    .systems = "NetBSD doublehash; Linux from 5.12 in the main",
    .source = "RFC 6056 section 3.3.4, which leaves the scope of the test to the host; "
              "MODEL.md A1",
    .order = "for each destination upwards, wrapping; few share a counter",
    .state = "a table of counters, two secrets",
    .cost = "1 plus the run of taken ports; a failure N",
    .failure = "the system's: EADDRNOTAVAIL on Linux",
    .scope = PORT_SCOPE_TUPLE,
    .exhaustive = true,
    .fields = &fields,
    .state_size = state_size,
    .init = init,
    .free = free_table,
    .choose = choose,
};
