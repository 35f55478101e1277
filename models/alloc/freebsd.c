#include "models/alloc/freebsd.h"

#include <stddef.h>

#include "models/alloc/bsd_ports.h"

struct config {
    bool randomized;
    bool rate_switch;
    uint32_t randomcps;
    sim_ns randomtime;
    struct bsd_ranges portrange;
};

struct state {
    struct bsd_cursors cursors;
    uint32_t asked;    /* since the last tick */
    sim_ns sequential; /* how much longer; 0 or less: drawing */
};

size_t freebsd_state_size(const void *config)
{
    (void)config;
    return sizeof(struct state);
}

static bool draws(const struct state *s, const struct config *c,
                  const struct port_request *request)
{
    bool too_fast = c->rate_switch && s->sequential > 0;
    return c->randomized && (!too_fast || request->flags & PORT_ASK_UDP);
}

struct port_answer freebsd_choose(void *state, const void *config,
                                  const struct port_request *request,
                                  struct random_stream *chance)
{
    struct state *s = state;
    const struct config *c = config;
    struct bsd_search search = bsd_search_begin(request, &c->portrange, &s->cursors);
    search.down = false;
    uint32_t size = bsd_search_size(&search);
    if (size > 1 && draws(s, c, request))
        bsd_search_move(&search, random_below(chance, size - 1));
    s->asked++;
    return bsd_search_walk(&search, size);
}

void freebsd_tick(void *state, const void *config, sim_ns now,
                  struct random_stream *chance)
{
    (void)now;
    (void)chance;
    struct state *s = state;
    const struct config *c = config;
    if (s->asked > c->randomcps)
        s->sequential = c->randomtime;
    else if (s->sequential > 0)
        s->sequential -= SIM_S;
    s->asked = 0;
}

/* --- keys, named as the sysctls net.inet.ip.portrange.* -------------------------------
 */

static const struct field rows[] = {
    {.key = "randomized",
     .type = FIELD_BOOL,
     .offset = offsetof(struct config, randomized),
     .fallback = "true",
     .help = "draw the start of each search"},
    {.key = "rate_switch",
     .type = FIELD_BOOL,
     .offset = offsetof(struct config, rate_switch),
     .fallback = "true",
     .help = "stop drawing while ports go fast; false: a release without randomcps"},
    {.key = "randomcps",
     .type = FIELD_U32,
     .offset = offsetof(struct config, randomcps),
     .min = 0,
     .max = 1e9,
     .fallback = "10",
     .help = "choices in a second up to which it goes on drawing"},
    {.key = "randomtime",
     .type = FIELD_DURATION,
     .offset = offsetof(struct config, randomtime),
     .min = 0,
     .max = 86400,
     .fallback = "\"45s\"",
     .help = "how long no second may exceed randomcps before it draws again"},
    {.key = "portrange",
     .type = FIELD_OBJECT,
     .offset = offsetof(struct config, portrange),
     .table = &bsd_ranges_fields,
     .fallback = "{}",
     .help = "the ranges that sockets may ask for"},
    FIELD_END,
};

const struct field_table freebsd_fields = {
    .what = "allocator freebsd",
    .size = sizeof(struct config),
    .rows = rows,
};
