#include "models/alloc/bsd_ports.h"

#include <stddef.h>

static struct port_range range_of(struct field_range r)
{
    return (struct port_range){r.low, r.high};
}

struct bsd_search bsd_search_begin(const struct port_request *request,
                                   const struct bsd_ranges *ranges,
                                   struct bsd_cursors *cursors)
{
    struct port_request asked = *request;
    struct bsd_search search = {.cursor = &cursors->normal};
    if (request->flags & PORT_ASK_HIGH_RANGE) {
        search.cursor = &cursors->high;
        asked.range = range_of(ranges->high);
    } else if (request->flags & PORT_ASK_LOW_RANGE) {
        search.cursor = &cursors->low;
        search.down = true;
        asked.range = range_of(ranges->low);
    }
    search.view = port_request_view(&asked);
    return search;
}

void bsd_search_move(struct bsd_search *search, uint32_t offset)
{
    struct port_range range = search->view.range;
    search->cursor->port =
        (uint16_t)(search->down ? range.high - offset : range.low + offset);
}

/* The port `steps` behind `port` in the direction of the walk, around the range. */
static uint16_t port_behind(const struct bsd_search *search, uint16_t port,
                            uint32_t steps)
{
    struct port_range range = search->view.range;
    uint32_t size = port_range_size(range), place = port - range.low;
    uint32_t moved = search->down ? place + size - steps % size : place + steps % size;
    return (uint16_t)(range.low + moved % size);
}

static uint16_t first_candidate(const struct bsd_search *search)
{
    struct port_range range = search->view.range;
    if (port_range_holds(range, search->cursor->port))
        return port_behind(search, search->cursor->port, 1);
    return search->down ? range.high : range.low;
}

struct port_answer bsd_search_walk(struct bsd_search *search, uint32_t candidates)
{
    if (candidates == 0)
        return (struct port_answer){.port = 0};
    uint16_t first = first_candidate(search);
    struct port_walk up = {.first = first, .step = 1, .candidates = candidates};
    struct port_found found = search->down
                                  ? port_view_scan_down(&search->view, first, candidates)
                                  : port_view_scan(&search->view, up);
    search->cursor->port = port_behind(search, first, found.probes - 1);
    return (struct port_answer){.port = found.port, .probes = found.probes};
}

/* --- keys -----------------------------------------------------------------------------
 */

static const struct field rows[] = {
    {.key = "high",
     .type = FIELD_RANGE,
     .offset = offsetof(struct bsd_ranges, high),
     .min = 1,
     .max = 65535,
     .fallback = "[49152, 65535]",
     .help = "for sockets that ask for IP_PORTRANGE_HIGH (hifirst, hilast)"},
    {.key = "low",
     .type = FIELD_RANGE,
     .offset = offsetof(struct bsd_ranges, low),
     .min = 1,
     .max = 1023,
     .fallback = "[600, 1023]",
     .help = "for sockets that ask for IP_PORTRANGE_LOW (lowlast, lowfirst)"},
    FIELD_END,
};

const struct field_table bsd_ranges_fields = {
    .what = "portrange",
    .size = sizeof(struct bsd_ranges),
    .rows = rows,
};
