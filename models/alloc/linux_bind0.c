/* Linux bind(addr, 0): a uniform start, the parity that connect() leaves alone first.
 *
 * Each call draws a start of its own among the odd offsets, goes up by two through all of
 * them, and only then through the even ones [KERNEL.md P5].  With SO_REUSEADDR the lower
 * half of a range of four or more ports is searched first, odd then even offsets, then
 * the upper half with a start of its own [P6].  SO_REUSEPORT alone changes nothing, nor
 * does IP_LOCAL_PORT_RANGE but for the range: measured on 6.18, where connect() steps by
 * one and bind() still by two.
 *
 * With ip_autobind_reuse a search that found nothing is made once more, and now a port
 * will do whose holders all have SO_REUSEADDR, none of them listening [C14].  Whether the
 * tuple is free is found out by connect(): it may say EADDRNOTAVAIL.
 */
#include <stddef.h>

#include "models/alloc/list.h"
#include "models/alloc/parity_laps.h"
#include "models/alloc/sharing.h"

struct config {
    bool autobind_reuse;
};

/* One lap over `range`: free ports, or those that may be shared. */
static struct port_found scan(const struct port_request *request, struct port_view *view,
                              struct parity_laps laps, uint32_t offset, bool relaxed)
{
    if (!relaxed)
        return parity_lap_scan(view, laps, offset);
    struct port_walk walk = {.first = (uint16_t)(view->range.low + offset),
                             .step = laps.step,
                             .wrap = laps.size,
                             .candidates = parity_lap_length(laps)};
    return sharing_walk(request, view->range, walk, PORT_SHARE_AUTOBIND);
}

/* Both parities of `range`, the odd offsets first. */
static void search(const struct port_request *request, struct port_range range,
                   bool relaxed, struct port_answer *answer, struct random_stream *chance)
{
    struct port_view view = port_request_view(request);
    view.range = range;
    uint32_t size = port_range_size(range);
    struct parity_laps laps = parity_laps_of(size);
    uint32_t offset = size > 1 ? random_below(chance, laps.size) | 1u : 0;
    for (uint32_t lap = 0; lap < laps.count && !answer->port; lap++) {
        struct port_found found = scan(request, &view, laps, offset - lap, relaxed);
        answer->port = found.port;
        answer->probes += found.probes;
    }
}

static void search_halves(const struct port_request *request, bool relaxed,
                          struct port_answer *answer, struct random_stream *chance)
{
    struct port_range whole = request->range;
    uint32_t size = port_range_size(whole);
    if (!(request->flags & PORT_ASK_REUSEADDR) || size < 4) {
        search(request, whole, relaxed, answer, chance);
        return;
    }
    uint16_t middle = (uint16_t)(whole.low + size / 4 * 2);
    search(request, (struct port_range){whole.low, (uint16_t)(middle - 1)}, relaxed,
           answer, chance);
    if (!answer->port)
        search(request, (struct port_range){middle, whole.high}, relaxed, answer, chance);
}

static struct port_answer choose(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance)
{
    (void)state;
    const struct config *c = config;
    struct port_request here = *request;
    here.scope = PORT_SCOPE_PORT;
    struct port_answer answer = {.port = 0};
    search_halves(&here, false, &answer, chance);
    if (answer.port || !c->autobind_reuse)
        return answer;
    if ((request->flags & PORT_ASK_REUSEADDR) && port_space_sharers(request->space))
        search_halves(&here, true, &answer, chance);
    else
        answer.probes *= 2; /* nothing is shared: the second search wastes as much */
    return answer;
}

static const struct field rows[] = {
    {.key = "autobind_reuse",
     .type = FIELD_BOOL,
     .offset = offsetof(struct config, autobind_reuse),
     .fallback = "false",
     .help = "where no port is free, one whose holders all have SO_REUSEADDR will do "
             "(ip_autobind_reuse)"},
    FIELD_END,
};

static const struct field_table fields = {
    .what = "allocator linux-bind0",
    .size = sizeof(struct config),
    .rows = rows,
};

const struct port_allocator_ops port_allocator_linux_bind0 = {
    .name = "linux-bind0",
    .summary = "Linux bind(addr, 0): a uniform start by two, the odd offsets first",
    .systems = "Linux 4.6 and later, bind(addr, 0); autobind_reuse since 5.7 (recalled)",
    .source = "Linux 6.x net/ipv4/inet_connection_sock.c inet_csk_find_open_port(); "
              "MODEL.md A3.8; KERNEL.md P5-P7, C2, C14 (measured on 6.18)",
    .order = "from a uniform start by two, the parity opposite to the low end first; "
             "with SO_REUSEADDR the lower half before the upper",
    .state = "none",
    .cost = "1 while the odd offsets have room; N/2 more once they are spent; a failure "
            "N",
    .failure = "bind() says EADDRINUSE; of an odd range also with one port left",
    .scope = PORT_SCOPE_PORT,
    .exhaustive = true, /* but for the port that an odd range loses */
    .by_parity = true,
    .fields = &fields,
    .choose = choose,
};
