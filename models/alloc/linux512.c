/* Linux 5.12 to 5.17, connect(): RFC 6056 algorithm 4 with 256 counters.
 *
 * As linux46, but the counter is one of 256 that a hash of (source address, destination)
 * picks, and a little noise is added: when the first candidate is free, in one case of 16
 * the counter moves on by two steps in place of one.
 *
 * Kernels as released draw the secret of the hash once.  "redraw" is for stable series
 * that took the re-salting of 5.18 back (commit 4dfa9b438ee3 of May 2022, 4.19.244 and
 * others); an epoch then adds a new uniform hash whatever the counters held, so here they
 * begin again from 0.
 */
#include <stddef.h>
#include <string.h>

#include "models/alloc/list.h"
#include "models/alloc/parity_laps.h"
#include "models/port_hash.h"

#define COUNTERS 256 /* 1 << INET_TABLE_PERTURB_SHIFT of 5.12 */

struct config {
    sim_ns redraw; /* 0: never */
};

struct state {
    uint64_t secret;
    int64_t epoch;
    uint32_t counters[COUNTERS];
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

static void enter_epoch(struct state *s, const struct config *c, sim_ns now)
{
    int64_t epoch = c->redraw ? now / c->redraw : 0;
    if (epoch == s->epoch)
        return;
    s->epoch = epoch;
    memset(s->counters, 0, sizeof s->counters);
}

static uint32_t advance(struct parity_laps laps, uint32_t in_lap,
                        struct random_stream *chance)
{
    if (in_lap == 1 && random_below(chance, 16) == 0)
        in_lap = 2;
    return in_lap * laps.step;
}

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    struct state *s = state;
    enter_epoch(s, config, request->now);
    uint64_t key = hash_join(s->secret, (uint64_t)s->epoch);
    uint64_t hash = port_hash(key, request->local_address, request->to);
    uint32_t *counter = &s->counters[hash % COUNTERS];

    struct port_view view = port_request_view(request);
    struct parity_laps laps = parity_laps_of(port_range_size(request->range));
    uint32_t in_lap = 0;
    struct port_found found =
        parity_laps_scan(&view, laps, *counter + (uint32_t)(hash >> 32), &in_lap);
    if (found.port)
        *counter += advance(laps, in_lap, chance);
    return (struct port_answer){.port = found.port, .probes = found.probes};
}

static const struct field rows[] = {
    {.key = "redraw",
     .type = FIELD_DURATION,
     .offset = offsetof(struct config, redraw),
     .fallback = "\"0s\"",
     .min = 0,
     .max = 86400,
     .help = "how often all hidden numbers are drawn anew; \"0s\": never"},
    FIELD_END,
};

static const struct field_table fields = {
    .what = "allocator linux512",
    .size = sizeof(struct config),
    .rows = rows,
};

const struct port_allocator_ops port_allocator_linux512 = {
    .name = "linux512",
    .summary = "as linux518, with few counters and little noise",
    .systems = "Linux 5.12 to 5.17",
    .source = "Linux 5.12 net/ipv4/inet_hashtables.c __inet_hash_connect() (commits "
              "190cc82489f4, c579bd1b4021); MODEL.md A3.4",
    .order = "from a hashed start by two, the parity of the low end first; then the "
             "other",
    .state = "one of 256 counters for each destination",
    .cost = "1 while its parity has room; N/2 more once that is spent; a failure N",
    .failure = "connect() says EADDRNOTAVAIL; of an odd range also with one port left",
    .scope = PORT_SCOPE_MIXED,
    .exhaustive = true, /* but for the port that an odd range loses */
    .by_parity = true,
    .fields = &fields,
    .state_size = state_size,
    .init = init,
    .choose = choose,
};
