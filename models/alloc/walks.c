#include "models/alloc/walks.h"

static struct port_answer every_port_once(const struct port_view *view, uint16_t first)
{
    struct port_walk walk = {
        .first = first, .step = 1, .candidates = port_range_size(view->range)};
    struct port_found found = port_view_scan(view, walk);
    return (struct port_answer){.port = found.port, .probes = found.probes};
}

static uint16_t random_port(struct port_range range, struct random_stream *chance)
{
    return (uint16_t)(range.low + random_below(chance, port_range_size(range)));
}

struct port_answer walk_random_start(void *state, const void *config,
                                     const struct port_request *request,
                                     struct random_stream *chance)
{
    (void)state;
    (void)config;
    struct port_view view = port_request_view(request);
    return every_port_once(&view, random_port(request->range, chance));
}

size_t walk_cursor_size(const void *config)
{
    (void)config;
    return sizeof(struct walk_cursor);
}

struct port_answer walk_sequential(void *state, const void *config,
                                   const struct port_request *request,
                                   struct random_stream *chance)
{
    (void)config;
    (void)chance;
    struct port_view view = port_request_view(request);
    return walk_from_cursor(&view, state);
}

struct port_answer walk_from_cursor(const struct port_view *view,
                                    struct walk_cursor *cursor)
{
    struct port_range range = view->range;
    bool has_next = port_range_holds(range, cursor->port) && cursor->port != range.high;
    uint16_t first = has_next ? (uint16_t)(cursor->port + 1) : range.low;
    struct port_answer answer = every_port_once(view, first);
    if (answer.port)
        cursor->port = answer.port;
    return answer;
}

struct port_answer walk_redraw(const struct port_request *request, uint32_t tries,
                               struct random_stream *chance)
{
    struct port_view view = port_request_view(request);
    /* With nothing free every draw is wasted: the answer is known without making them. */
    if (every_port_once(&view, request->range.low).port == 0)
        return (struct port_answer){.probes = tries};
    for (uint32_t probes = 1; probes <= tries; probes++) {
        uint16_t port = random_port(request->range, chance);
        if (port_view_free(&view, port))
            return (struct port_answer){.port = port, .probes = probes};
    }
    return (struct port_answer){.probes = tries};
}
