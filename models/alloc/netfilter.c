/* Linux netfilter, the source port of SNAT and MASQUERADE: keep the port if it may be
 * kept, else rounds of 128, 64, 32, 16 and 8 candidates, each from a new random start.
 *
 * 248 candidates at most, so it fails while ports are free; a range below 128 is scanned
 * once and completely.  Before 2018 the whole range was walked [MODEL.md A7.3].
 *
 * Without --to-ports the inside port decides: 1-511 and 512-1023 stay among 1-511 and
 * 600-1023, all others go to the host's range, which is 1024-65535 in the kernel.
 *
 * Kernels since about 6.7 let a SYN take a closing entry away (TIME_WAIT or CLOSE) when
 * it meets one among the last 32 candidates of a round: PORT_ASK_MAY_EVICT, and
 * port_space_closing().  The other conditions of that rule (the entry was source-NATed,
 * the new sequence number lies beyond the old one's end) are taken as met.
 */
#include <stddef.h>

#include "models/alloc/list.h"
#include "models/alloc/walks.h"

#define ATTEMPTS_MAX    128 /* of the first round */
#define ATTEMPTS_LAST   16  /* a round of fewer is the last */
#define ATTEMPTS_HARDER 32  /* at the end of a round: closing entries yield */

enum mode { MODE_KEEP, MODE_RANDOM, MODE_RANDOM_FULLY };

static const char *mode_word(uint32_t index)
{
    static const char *const words[] = {"keep", "random", "random-fully"};
    return index < sizeof words / sizeof words[0] ? words[index] : NULL;
}

struct config {
    uint32_t mode; /* enum mode */
    bool to_ports;
    bool evict;
};

/* What a search may take. */
struct sight {
    struct port_view view;
    const struct port_set *closing; /* holders that yield to this request; NULL: none */
};

static struct port_range ports_for(const struct config *c,
                                   const struct port_request *request)
{
    if (c->to_ports || request->wanted == 0 || request->wanted >= 1024)
        return request->range;
    return request->wanted < 512 ? (struct port_range){1, 511}
                                 : (struct port_range){600, 1023};
}

/* Without --to-ports any free port is kept, 512-599 too, which no search would find. */
static bool may_keep(const struct config *c, const struct port_request *request)
{
    if (c->mode != MODE_KEEP || request->wanted == 0)
        return false;
    return port_range_holds(request->range, request->wanted) ||
           (!c->to_ports && request->wanted < 1024);
}

static struct sight look(const struct config *c, const struct port_request *request,
                         struct port_range range)
{
    struct port_request narrowed = *request;
    narrowed.range = range;
    struct sight sight = {.view = port_request_view(&narrowed)};
    if (c->evict && request->flags & PORT_ASK_MAY_EVICT && request->to.port != 0)
        sight.closing = port_space_closing_toward(request->space, request->local_address,
                                                  request->to);
    return sight;
}

static uint16_t after(struct port_range range, uint16_t port, uint32_t steps)
{
    return (uint16_t)(range.low + (port - range.low + steps) % port_range_size(range));
}

/* `count` candidates of which some may be closing. */
static struct port_answer scan_harder(const struct sight *sight, uint16_t first,
                                      uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint16_t port = after(sight->view.range, first, i);
        bool closing = port_set_has(sight->closing, port);
        if (closing || port_view_free(&sight->view, port))
            return (struct port_answer){.port = port, .probes = i + 1, .evicts = closing};
    }
    return (struct port_answer){.probes = count};
}

static struct port_answer scan_round(const struct sight *sight, uint16_t first,
                                     uint32_t count)
{
    uint32_t harder = 0;
    if (sight->closing)
        harder = count < ATTEMPTS_HARDER ? count : ATTEMPTS_HARDER;
    struct port_found found = port_view_scan(
        &sight->view,
        (struct port_walk){.first = first, .step = 1, .candidates = count - harder});
    struct port_answer answer = {.port = found.port, .probes = found.probes};
    if (answer.port || harder == 0)
        return answer;
    answer = scan_harder(sight, after(sight->view.range, first, count - harder), harder);
    answer.probes += count - harder;
    return answer;
}

static struct port_answer search(const struct sight *sight, struct random_stream *chance)
{
    struct port_range range = sight->view.range;
    uint32_t size = port_range_size(range);
    uint32_t attempts = size < ATTEMPTS_MAX ? size : ATTEMPTS_MAX, probes = 0;
    for (;;) {
        uint16_t first = after(range, range.low, random_u32(chance) >> 16);
        struct port_answer answer = scan_round(sight, first, attempts);
        answer.probes += probes;
        if (answer.port || attempts >= size || attempts < ATTEMPTS_LAST)
            return answer;
        probes = answer.probes;
        attempts /= 2;
    }
}

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    (void)state;
    const struct config *c = config;
    struct port_range range = ports_for(c, request);
    struct sight sight = look(c, request, range);
    bool keeps = may_keep(c, request);
    if (keeps && port_view_free(&sight.view, request->wanted))
        return (struct port_answer){.port = request->wanted, .probes = 1};
    struct port_answer answer = search(&sight, chance);
    answer.probes += keeps;
    return answer;
}

static const struct field rows[] = {
    {.key = "mode",
     .type = FIELD_CHOICE,
     .offset = offsetof(struct config, mode),
     .choices = mode_word,
     .fallback = "\"keep\"",
     .help = "keep: the inside port if its tuple is free; random, random-fully "
             "(one search in the kernel read): never because it is the same"},
    {.key = "to_ports",
     .type = FIELD_BOOL,
     .offset = offsetof(struct config, to_ports),
     .fallback = "false",
     .help = "the host's range is --to-ports: for inside ports below 1024, too"},
    {.key = "evict",
     .type = FIELD_BOOL,
     .offset = offsetof(struct config, evict),
     .fallback = "true",
     .help = "a SYN may take a closing entry away; false: kernels before about 6.7"},
    FIELD_END,
};

static const struct field_table fields = {
    .what = "allocator netfilter",
    .size = sizeof(struct config),
    .rows = rows,
};

const struct port_allocator_ops port_allocator_netfilter = {
    .name = "netfilter",
    .summary = "the inside port if free; else five rounds from random starts, 248 looks",
    .systems = "Linux SNAT and MASQUERADE since 2018; Kubernetes and Docker on it",
    .source = "Linux net/netfilter/nf_nat_core.c nf_nat_l4proto_unique_tuple(), "
              "get_unique_tuple(); MODEL.md A7.3",
    .order = "the inside port; then rounds of 128, 64, 32, 16, 8 upwards from random "
             "starts",
    .state = "none",
    .cost = "1 while the inside port is free; at most 248 more",
    .failure = "none: the packet is dropped when the entry is confirmed, and "
               "insert_failed counts it",
    .scope = PORT_SCOPE_TUPLE,
    .exhaustive = false,
    .fields = &fields,
    .choose = choose,
};
