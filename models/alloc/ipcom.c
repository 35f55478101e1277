/* IPCOM000012910D: when the host's search finds every port in use, look for a port whose
 * tuple with this very destination is free.
 *
 * Two stages, both counted: the base allocator with the test on the port; if that fails,
 * a walk from the port after the cursor, over ports that no listener and no bind()-only
 * holder has and whose tuple is free.  Below N holders it chooses as its base; beyond, it
 * carries N per destination at N wasted probes each.  The request's scope is not asked:
 * the two stages are the method.  A request that has no tuple yet (bind()) ends with the
 * first.
 *
 * Only 55 % of the text is public [MODEL.md A6].  That the walk goes on from the port
 * given last, and that bound ports are left alone, are inferences.
 */
#include <stddef.h>

#include "models/alloc/list.h"
#include "models/alloc/walks.h"

struct config {
    struct field_variant base; /* kind indexes bases(), which lacks this allocator */
};

struct state {
    struct walk_cursor cursor; /* the port given last, by either stage */
    max_align_t base[];        /* the base's own state */
};

static const struct port_allocator_ops *base_at(uint32_t kind)
{
    return port_allocators[kind < PORT_ALLOCATOR_ipcom ? kind : kind + 1];
}

static const struct port_allocator_ops *base_of(const struct config *c)
{
    return base_at(c->base.kind);
}

static size_t state_size(const void *config)
{
    const struct config *c = config;
    const struct port_allocator_ops *base = base_of(c);
    size_t own = base->state_size ? base->state_size(c->base.config) : 0;
    return offsetof(struct state, base) + own;
}

static void init(void *state, const void *config, struct port_range range,
                 struct random_stream *chance)
{
    struct state *s = state;
    const struct config *c = config;
    if (base_of(c)->init)
        base_of(c)->init(s->base, c->base.config, range, chance);
}

static void free_base(void *state, const void *config)
{
    struct state *s = state;
    const struct config *c = config;
    if (base_of(c)->free)
        base_of(c)->free(s->base, c->base.config);
}

static void taken(void *state, const void *config, uint16_t port, uint32_t inside_host,
                  sim_ns now)
{
    struct state *s = state;
    const struct config *c = config;
    if (base_of(c)->taken)
        base_of(c)->taken(s->base, c->base.config, port, inside_host, now);
}

static void released(void *state, const void *config, uint16_t port, uint32_t inside_host,
                     sim_ns now)
{
    struct state *s = state;
    const struct config *c = config;
    if (base_of(c)->released)
        base_of(c)->released(s->base, c->base.config, port, inside_host, now);
}

static void on_tick(void *state, const void *config, sim_ns now,
                    struct random_stream *chance)
{
    struct state *s = state;
    const struct config *c = config;
    if (base_of(c)->on_tick && now % base_of(c)->tick == 0)
        base_of(c)->on_tick(s->base, c->base.config, now, chance);
}

static struct port_answer fall_back(struct state *s, const struct port_request *request,
                                    uint32_t wasted)
{
    struct port_answer answer = {.probes = 0};
    if (request->local_address != PORT_ANY_ADDRESS && request->to.port != 0) {
        struct port_view view = port_space_view_fallback(
            request->space, request->range, request->local_address, request->to);
        answer = walk_from_cursor(&view, &s->cursor);
    }
    answer.probes += wasted;
    return answer;
}

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    struct state *s = state;
    const struct config *c = config;
    struct port_request first = *request;
    first.scope = PORT_SCOPE_PORT;
    struct port_answer answer =
        base_of(c)->choose(s->base, c->base.config, &first, chance);
    if (answer.port == 0)
        return fall_back(s, request, answer.probes);
    s->cursor.port = answer.port;
    return answer;
}

/* --- keys -----------------------------------------------------------------------------
 */

static const struct field_variant_row *bases(uint32_t index)
{
    return index < PORT_ALLOCATOR_COUNT - 1 ? &base_at(index)->row : NULL;
}

static const struct field no_rows[] = {FIELD_END};

static const struct field_table base_fields = {
    .what = "base allocator",
    .size = sizeof(struct field_variant),
    .rows = no_rows,
    .variants = bases,
};

static const struct field rows[] = {
    {.key = "base",
     .type = FIELD_OBJECT,
     .offset = offsetof(struct config, base),
     .table = &base_fields,
     .fallback = "\"bsd44\"",
     .help = "the search that runs first: any other allocator, as a word or an object"},
    FIELD_END,
};

static const struct field_table fields = {
    .what = "allocator ipcom",
    .size = sizeof(struct config),
    .rows = rows,
};

const struct port_allocator_ops port_allocator_ipcom = {
    .name = "ipcom",
    .summary = "another allocator on whole ports; when it fails, the first free tuple",
    .systems = "none known: a method published for BSD stacks",
    .source =
        "IPCOM000012910D; MODEL.md A6.  The second stage's order and its respect for "
        "bound ports are inferences",
    .order = "the base's; then from the port after the one given last, upwards",
    .state = "the base's, and a cursor",
    .cost = "the base's; beyond N holders its N wasted probes and a second walk",
    .failure = "the platform's: EADDRINUSE, EAGAIN or EADDRNOTAVAIL",
    .scope = PORT_SCOPE_TUPLE,
    .exhaustive = true,
    .fields = &fields,
    .state_size = state_size,
    .init = init,
    .free = free_base,
    .choose = choose,
    .taken = taken,
    .released = released,
    .tick = SIM_S, /* the finest there is: bases pick theirs */
    .on_tick = on_tick,
};
