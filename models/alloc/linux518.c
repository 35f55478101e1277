/* Linux 5.18 and later, connect(): RFC 6056 algorithm 4 with steps of two.
 *
 * Every (source address, destination) has a hidden number P.  The search starts at P
 * modulo the range, takes the ports of the parity of the low end first, all of them, and
 * only then the others; success moves P on by at least one step and by a little noise,
 * failure leaves it alone [KERNEL.md P1-P4].  Every 10 s all hidden numbers are drawn
 * anew [P9].
 *
 * In the kernel P is the sum of a keyed hash of the tuple and the epoch, and of one of
 * 2^16 counters that the same hash picks, shared by all tuples it picks it for [P8].  So
 * it is here, per host, with two savings that no observer can see: counters that never
 * moved are not stored, and all start from 0 in each epoch, because a new epoch adds a
 * new hash that is uniform whatever they held.
 *
 * With step_width (ip_local_port_step_width, commit 7da62262ec96 of 2026) each search
 * goes through the ports of a parity by a random stride, so that what follows a block of
 * reserved or busy ports is not chosen more often than others.
 *
 * A socket with a range of its own (IP_LOCAL_PORT_RANGE, PORT_ASK_OWN_RANGE) steps by one
 * [C13].  Only the choice connect() makes is modelled: bind(addr, 0) has an order of its
 * own [P5, P6].
 */
#include <stddef.h>

#include "models/alloc/list.h"
#include "models/alloc/parity_laps.h"
#include "models/alloc/slot_table.h"
#include "models/port_hash.h"

struct config {
    uint32_t table_bits;
    sim_ns redraw; /* 0: never */
    sim_ns phase;
    uint32_t step_width; /* 0: off */
};

struct state {
    uint64_t secret;
    uint64_t key; /* of the hash, in this epoch */
    int64_t epoch;
    struct slot_table moved; /* how far each counter moved in this epoch */
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
    s->key = hash_join(s->secret, 0);
}

static void free_table(void *state, const void *config)
{
    (void)config;
    struct state *s = state;
    slot_table_clear(&s->moved);
}

static void enter_epoch(struct state *s, const struct config *c, sim_ns now)
{
    int64_t epoch = c->redraw ? (now + c->phase) / c->redraw : 0;
    if (epoch == s->epoch)
        return;
    s->epoch = epoch;
    s->key = hash_join(s->secret, (uint64_t)epoch);
    slot_table_clear(&s->moved);
}

static struct parity_laps laps_of(const struct port_request *request)
{
    uint32_t size = port_range_size(request->range);
    return request->flags & PORT_ASK_OWN_RANGE ? parity_laps_by_one(size)
                                               : parity_laps_of(size);
}

static uint32_t common_divisor(uint32_t a, uint32_t b)
{
    while (b) {
        uint32_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* How many candidates of a lap the search passes over at once: 1, or a random number of
 * at most `width` that visits each of them once [MODEL.md A3.5, 2026]. */
static uint32_t random_stride(uint32_t width, uint32_t candidates,
                              struct random_stream *chance)
{
    if (candidates == 1)
        return 1;
    uint32_t most = width < candidates ? width : candidates;
    uint32_t stride = 1 + random_below(chance, most);
    while (stride <= most && common_divisor(stride, candidates) != 1)
        stride++;
    return stride <= most ? stride : 1;
}

/* The lap from `offset` on, by strides.  That it has nothing free is seen faster in order
 * of ports, and costs the same probes. */
static struct port_found scan_by_strides(const struct port_view *view,
                                         struct parity_laps laps, uint32_t offset,
                                         uint32_t stride)
{
    struct port_found found = parity_lap_scan(view, laps, offset);
    if (stride == 1 || found.port == 0 || found.probes == 1)
        return found;
    return port_view_scan(
        view, (struct port_walk){.first = (uint16_t)(view->range.low + offset),
                                 .step = stride * laps.step,
                                 .wrap = laps.size,
                                 .candidates = parity_lap_length(laps)});
}

/* How far P moves: past the candidates examined, and by a step more; never less than a
 * random number of steps, 1 to 8 [P3]. */
static uint32_t advance(struct parity_laps laps, uint32_t probes_in_lap,
                        struct random_stream *chance)
{
    uint32_t distance = (probes_in_lap - 1) * laps.step;
    uint32_t noise = random_below(chance, 8) * laps.step;
    return (distance > noise ? distance : noise) + laps.step;
}

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    struct state *s = state;
    const struct config *c = config;
    enter_epoch(s, c, request->now);
    uint64_t hash = port_hash(s->key, request->local_address, request->to);
    uint32_t slot = (uint32_t)(hash & ((UINT64_C(1) << c->table_bits) - 1));
    uint32_t hidden = (uint32_t)(hash >> 32) + slot_table_get(&s->moved, slot);

    struct parity_laps laps = laps_of(request);
    struct port_view view = port_request_view(request);
    uint32_t stride =
        c->step_width ? random_stride(c->step_width, parity_lap_length(laps), chance) : 1;
    uint32_t offset = hidden % laps.size & ~(laps.step - 1);
    struct port_answer answer = {.port = 0};
    for (uint32_t lap = 0; lap < laps.count && !answer.port; lap++) {
        struct port_found found = scan_by_strides(&view, laps, offset + lap, stride);
        answer.port = found.port;
        answer.probes += found.probes;
        if (found.port)
            slot_table_add(&s->moved, slot, advance(laps, found.probes, chance));
    }
    return answer;
}

static const struct field rows[] = {
    {.key = "table_bits",
     .type = FIELD_U32,
     .offset = offsetof(struct config, table_bits),
     .fallback = "16",
     .min = 0,
     .max = 24,
     .help = "the counters are 2 to this power (CONFIG_INET_TABLE_PERTURB_ORDER)"},
    {.key = "redraw",
     .type = FIELD_DURATION,
     .offset = offsetof(struct config, redraw),
     .fallback = "\"10s\"",
     .min = 0,
     .max = 86400,
     .help = "how often all hidden numbers are drawn anew; \"0s\": never"},
    {.key = "phase",
     .type = FIELD_DURATION,
     .offset = offsetof(struct config, phase),
     .fallback = "\"0s\"",
     .min = 0,
     .max = 86400,
     .help = "time since the last redraw when the run begins"},
    {.key = "step_width",
     .type = FIELD_U32,
     .offset = offsetof(struct config, step_width),
     .fallback = "0",
     .min = 0,
     .max = 65535,
     .help = "each search steps by a random multiple, up to this "
             "(ip_local_port_step_width, 2026); 0: by one"},
    FIELD_END,
};

static const struct field_table fields = {
    .what = "allocator linux518",
    .size = sizeof(struct config),
    .rows = rows,
};

const struct port_allocator_ops port_allocator_linux518 = {
    .name = "linux518",
    .summary = "a hidden start for each destination, one parity first, steps of two",
    .systems = "Linux 5.18 and later, and the stable series it was taken back to",
    .source =
        "Linux 6.x net/ipv4/inet_hashtables.c __inet_hash_connect(); MODEL.md A3.5; "
        "KERNEL.md P1-P4, P7-P9, C13 (measured on 6.18)",
    .order =
        "from a hashed start by two, the parity of the low end first; then the other",
    .state = "one of 65,536 counters for each destination, drawn anew every 10 s",
    .cost = "1 while its parity has room; N/2 more once that is spent; a failure N",
    .failure = "connect() says EADDRNOTAVAIL; of an odd range also with one port left",
    .scope = PORT_SCOPE_MIXED,
    .exhaustive = true, /* but for the port that an odd range loses */
    .by_parity = true,
    .fields = &fields,
    .state_size = state_size,
    .init = init,
    .free = free_table,
    .choose = choose,
};
