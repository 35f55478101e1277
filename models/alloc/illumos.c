/* illumos, Solaris: 16 random bits, folded into the range if they lie outside, then every
 * port once, upwards.
 *
 * Folding is modulo hi - lo: with the default range the low end is half again as likely a
 * start as the others, the high end half as likely.  The walk looks at hi - lo + 1 ports
 * (loopmax in tcp_bindi(); MODEL.md A2.8 read hi - lo).
 */
#include <stddef.h>

#include "models/alloc/list.h"
#include "models/alloc/walks.h"

struct config {
    bool random_anon_port;
};

static uint16_t random_start(struct port_range range, struct random_stream *chance)
{
    uint16_t draw = (uint16_t)random_u32(chance);
    if (port_range_holds(range, draw))
        return draw;
    uint32_t fold = range.high - range.low;
    return (uint16_t)(range.low + (fold ? draw % fold : 0));
}

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    struct walk_cursor *hint = state;
    const struct config *c = config;
    struct port_view view = port_request_view(request);
    if (!c->random_anon_port)
        return walk_from_cursor(&view, hint);
    struct port_answer answer = walk_round(&view, random_start(request->range, chance));
    if (answer.port)
        hint->port = answer.port;
    return answer;
}

static const struct field rows[] = {
    {.key = "random_anon_port",
     .type = FIELD_BOOL,
     .offset = offsetof(struct config, random_anon_port),
     .fallback = "true",
     .help = "a random start; false: the port after the one given last "
             "(tcp_random_anon_port)"},
    FIELD_END,
};

static const struct field_table fields = {
    .what = "allocator illumos",
    .size = sizeof(struct config),
    .rows = rows,
};

const struct port_allocator_ops port_allocator_illumos = {
    .name = "illumos",
    .summary = "a random start, then upwards to the first free port",
    .systems = "illumos, Solaris",
    .source = "illumos tcp_bind.c tcp_update_next_port(), tcp_bindi(); MODEL.md A2.8",
    .order = "from a nearly uniform start upwards, wrapping",
    .state = "the port given last, used where drawing is off",
    .cost = "1 plus the run of taken ports at the start; a failure N",
    .failure = "EADDRNOTAVAIL (TNOADDR)",
    .scope = PORT_SCOPE_PORT,
    .exhaustive = true,
    .fields = &fields,
    .state_size = walk_cursor_size,
    .choose = choose,
};
