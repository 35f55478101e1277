#include "models/alloc/walks.h"

#include <math.h>

#include "sim/engine/elementary.h"

struct port_answer walk_round(const struct port_view *view, uint16_t first)
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
    return walk_round(&view, random_port(request->range, chance));
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
    struct port_answer answer = walk_round(view, first);
    if (answer.port)
        cursor->port = answer.port;
    return answer;
}

struct port_answer walk_down_from_cursor(const struct port_view *view,
                                         struct walk_cursor *cursor)
{
    struct port_range range = view->range;
    bool has_next = port_range_holds(range, cursor->port) && cursor->port != range.low;
    uint16_t first = has_next ? (uint16_t)(cursor->port - 1) : range.high;
    struct port_found found = port_view_scan_down(view, first, port_range_size(range));
    if (found.port)
        cursor->port = found.port;
    return (struct port_answer){.port = found.port, .probes = found.probes};
}

struct port_answer walk_hashed(const struct port_view *view, uint32_t offset,
                               uint32_t *counter)
{
    uint32_t size = port_range_size(view->range);
    uint32_t place = (uint32_t)(((uint64_t)*counter + offset) % size);
    struct port_answer answer = walk_round(view, (uint16_t)(view->range.low + place));
    *counter += answer.probes;
    return answer;
}

/* The sum of `count` draws from 1 .. step, as one draw: mean and variance are exact, the
 * shape is that of twelve uniform numbers added up. */
static uint32_t sum_of_steps(uint32_t count, uint32_t step, struct random_stream *chance)
{
    double spread = sqrt(count * ((double)step * step - 1) / 12), deviation = -6;
    for (int i = 0; i < 12; i++)
        deviation += random_unit(chance);
    double sum = count * (step + 1.0) / 2 + spread * deviation;
    return sum > count ? (uint32_t)sum : count;
}

struct port_answer walk_random_steps(const struct port_view *view, uint32_t step,
                                     uint32_t *next, struct random_stream *chance)
{
    uint32_t size = port_range_size(view->range), place = *next % size;
    struct port_answer answer = {.probes = 0};
    if (walk_round(view, view->range.low).port == 0) {
        answer.probes = size;
        place = (uint32_t)(((uint64_t)place + sum_of_steps(size, step, chance)) % size);
    }
    while (answer.probes < size && !answer.port) {
        answer.probes++;
        place = (place + 1 + random_below(chance, step)) % size;
        uint16_t port = (uint16_t)(view->range.low + place);
        answer.port = port_view_free(view, port) ? port : 0;
    }
    *next = place;
    return answer;
}

struct port_answer walk_pick(const struct port_view *view, struct random_stream *chance)
{
    /* A draw that happens to be free is uniform over the free ones.  Counting them, which
     * passes over the whole range, is for when that takes too long. */
    for (int i = 0; i < 8; i++) {
        uint16_t port = random_port(view->range, chance);
        if (port_view_free(view, port))
            return (struct port_answer){.port = port, .probes = 1};
    }
    uint32_t free = port_view_count(view);
    return (struct port_answer){
        .port = free ? port_view_nth(view, random_below(chance, free)) : 0, .probes = 1};
}

bool walk_is_full_toward(const struct port_request *request, uint32_t most)
{
    return request->to.port != 0 &&
           port_space_toward(request->space, request->local_address, request->to) >= most;
}

/* So many draws are made one by one, the rest at once. */
#define DRAWS_MADE 64

/* Up to `tries` draws among ports of which at least one is free: how many miss is
 * geometric, and what is hit is any free port. */
static struct port_answer redraw_at_once(const struct port_view *view, uint32_t tries,
                                         struct random_stream *chance)
{
    uint32_t free = port_view_count(view);
    double miss = 1 - (double)free / port_range_size(view->range);
    double missed = elementary_log(random_unit(chance)) / elementary_log(miss);
    if (!(missed < tries))
        return (struct port_answer){.probes = tries};
    return (struct port_answer){.port = port_view_nth(view, random_below(chance, free)),
                                .probes = (uint32_t)missed + 1};
}

struct port_answer walk_redraw(const struct port_request *request, uint32_t tries,
                               struct random_stream *chance)
{
    struct port_view view = port_request_view(request);
    /* With nothing free every draw is wasted: the answer is known without making them. */
    if (walk_round(&view, request->range.low).port == 0)
        return (struct port_answer){.probes = tries};
    uint32_t made = tries < DRAWS_MADE ? tries : DRAWS_MADE;
    for (uint32_t probes = 1; probes <= made; probes++) {
        uint16_t port = random_port(request->range, chance);
        if (port_view_free(&view, port))
            return (struct port_answer){.port = port, .probes = probes};
    }
    struct port_answer answer = {.probes = 0};
    if (made < tries)
        answer = redraw_at_once(&view, tries - made, chance);
    answer.probes += made;
    return answer;
}

struct port_answer walk_redraw_tries(void *state, const void *config,
                                     const struct port_request *request,
                                     struct random_stream *chance)
{
    (void)state;
    const struct walk_tries *c = config;
    return walk_redraw(request, c->tries, chance);
}
