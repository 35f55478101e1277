/* Cilium's SNAT in eBPF: the inside port if it lies in the range and is free, then a
 * random one, then the ports after that, one candidate for each of a fixed number of
 * retries; older versions draw each retry anew.
 *
 * The first candidate counts as a retry.  Older versions draw modulo high - low, so
 * their draws never reach the highest port.  The published failure law (1 - K/N)^128
 * [MODEL.md C6] is that of draws; a walk fails more often, because taken ports stand in
 * runs.
 */
#include <stddef.h>

#include "models/alloc/list.h"

enum retry { RETRY_NEXT, RETRY_REDRAW };

static const char *retry_word(uint32_t index)
{
    static const char *const words[] = {"next", "redraw"};
    return index < sizeof words / sizeof words[0] ? words[index] : NULL;
}

struct config {
    uint32_t tries;
    uint32_t retry; /* enum retry */
};

static uint16_t draw(const struct config *c, struct port_range range,
                     struct random_stream *chance)
{
    uint32_t ports = port_range_size(range);
    if (c->retry == RETRY_REDRAW && ports > 1)
        ports--;
    return (uint16_t)(range.low + random_below(chance, ports));
}

static struct port_answer redraw(const struct config *c, const struct port_view *view,
                                 uint32_t tries, struct random_stream *chance)
{
    /* With nothing free every draw is wasted: the answer is known without making them. */
    if (port_view_count(view) == 0)
        return (struct port_answer){.probes = tries};
    for (uint32_t probes = 1; probes <= tries; probes++) {
        uint16_t port = draw(c, view->range, chance);
        if (port_view_free(view, port))
            return (struct port_answer){.port = port, .probes = probes};
    }
    return (struct port_answer){.probes = tries};
}

static struct port_answer walk(const struct config *c, const struct port_view *view,
                               uint32_t tries, struct random_stream *chance)
{
    struct port_walk walk = {
        .first = draw(c, view->range, chance), .step = 1, .candidates = tries};
    struct port_found found = port_view_scan(view, walk);
    return (struct port_answer){.port = found.port, .probes = found.probes};
}

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    (void)state;
    const struct config *c = config;
    struct port_view view = port_request_view(request);
    bool keeps = request->wanted && port_range_holds(request->range, request->wanted);
    if (keeps && port_view_free(&view, request->wanted))
        return (struct port_answer){.port = request->wanted, .probes = 1};
    struct port_answer (*const search)(const struct config *, const struct port_view *,
                                       uint32_t, struct random_stream *) =
        c->retry == RETRY_NEXT ? walk : redraw;
    struct port_answer answer = search(c, &view, c->tries - keeps, chance);
    answer.probes += keeps;
    return answer;
}

static const struct field rows[] = {
    {.key = "tries",
     .type = FIELD_U32,
     .offset = offsetof(struct config, tries),
     .fallback = "128",
     .min = 1,
     .max = 65536,
     .help = "candidates, the inside port included: 128; 32 in 1.19 and on kernels with "
             "small programs; 16 to 20 in early versions"},
    {.key = "retry",
     .type = FIELD_CHOICE,
     .offset = offsetof(struct config, retry),
     .choices = retry_word,
     .fallback = "\"next\"",
     .help =
         "after a draw that is taken: next, the port above; redraw, as older versions"},
    FIELD_END,
};

static const struct field_table fields = {
    .what = "allocator cilium",
    .size = sizeof(struct config),
    .rows = rows,
};

const struct port_allocator_ops port_allocator_cilium = {
    .name = "cilium",
    .summary = "the inside port if free; else one draw and the ports after it, 128 looks",
    .systems = "Cilium: egress gateway, masquerading and NodePort in eBPF",
    .source = "cilium bpf/lib/nat.h snat_v4_new_mapping(); MODEL.md A7.4, C6",
    .order = "the inside port; then from a random start upwards, or a draw each time",
    .state = "none",
    .cost = "1 while the inside port is free; at most `tries`",
    .failure = "none: the packet is dropped, reason \"no mapping\"",
    .scope = PORT_SCOPE_TUPLE,
    .exhaustive = false,
    .fields = &fields,
    .choose = choose,
};
