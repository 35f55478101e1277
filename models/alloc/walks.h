/* The searches that several allocators are made of.
 *
 * Each looks at what the request's scope calls taken, over the request's range.  Some are
 * whole allocators but for their names: their functions fit struct port_allocator_ops.
 */
#ifndef MODELS_ALLOC_WALKS_H
#define MODELS_ALLOC_WALKS_H

#include "models/port_allocator.h"

/* Every port once, upwards from `first`. */
struct port_answer walk_round(const struct port_view *view, uint16_t first);

/* choose(): a random start, then every port once, upwards [RFC 6056 section 3.3.1].  No
 * state. */
struct port_answer walk_random_start(void *state, const void *config,
                                     const struct port_request *request,
                                     struct random_stream *chance);

/* The state of the next: the port given last; 0 at boot, below every range. */
struct walk_cursor {
    uint16_t port;
};

size_t walk_cursor_size(const void *config);

/* choose(): from the port after the cursor, then every port once, upwards. */
struct port_answer walk_sequential(void *state, const void *config,
                                   const struct port_request *request,
                                   struct random_stream *chance);

/* The same over any view.  A cursor outside the range, or at its high end, starts at the
 * low end; it moves to the port found, and stays where it is when there is none. */
struct port_answer walk_from_cursor(const struct port_view *view,
                                    struct walk_cursor *cursor);

/* Downwards: from the port before the cursor, which at boot, outside the range or at its
 * low end starts at the high end. */
struct port_answer walk_down_from_cursor(const struct port_view *view,
                                         struct walk_cursor *cursor);

/* From low + (counter + offset) mod N upwards; the counter moves on by one with each
 * candidate, also of a search that fails [RFC 6056 sections 3.3.3 and 3.3.4]. */
struct port_answer walk_hashed(const struct port_view *view, uint32_t offset,
                               uint32_t *counter);

/* N candidates at most, each 1 .. `step` beyond the one before, modulo N; `next` is where
 * the last stood [RFC 6056 section 3.3.5].  With nothing free the N steps are made at
 * once: `next` lands where their sum, as good as normal, puts it. */
struct port_answer walk_random_steps(const struct port_view *view, uint32_t step,
                                     uint32_t *next, struct random_stream *chance);

/* A free port of the view, each as likely, by one candidate: who does so keeps a list of
 * the free ones.  A search port by port would have to examine more. */
struct port_answer walk_pick(const struct port_view *view, struct random_stream *chance);

/* True if the request's destination already has `most` ports of its local address.  A
 * request without a destination never is. */
bool walk_is_full_toward(const struct port_request *request, uint32_t most);

/* Up to `tries` random ports, independent of one another [RFC 6056 section 3.3.2].  Costs
 * O(words) however many they are: beyond 64 they are not made one by one. */
struct port_answer walk_redraw(const struct port_request *request, uint32_t tries,
                               struct random_stream *chance);

/* The configuration of the next. */
struct walk_tries {
    uint32_t tries;
};

/* choose(): the same, as often as the configuration says. */
struct port_answer walk_redraw_tries(void *state, const void *config,
                                     const struct port_request *request,
                                     struct random_stream *chance);

#endif
