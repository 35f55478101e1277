/* Sockets that a program forgets: which share of them, and where on their way.
 *
 * A leak keeps the descriptor open until the process ends; whether it keeps the port as
 * well is the stack's affair (struct stack, bound_state).  What a socket will leak at is
 * drawn when its user arrives, like everything about a session.
 */
#ifndef MODELS_LEAK_H
#define MODELS_LEAK_H

#include "sim/base/field.h"
#include "sim/engine/random.h"

/* Shares of the connections, 0 to 1, of those that come to that point. */
struct leak_config {
    double close_wait;
    double after_time_wait;
    double after_failure;
    double half_closed;
    double never_closed;
};

/* A set of these is what one connection leaks at. */
enum leak {
    LEAK_CLOSE_WAIT = 1,
    LEAK_AFTER_TIME_WAIT = 2,
    LEAK_AFTER_FAILURE = 4,
    LEAK_HALF_CLOSED = 8,
    LEAK_NEVER_CLOSED = 16,
};

/* Keys under "leaks". */
extern const struct field_table leak_fields;

/* One random number, and none where nothing leaks. */
uint8_t leak_draw(const struct leak_config *config, struct random_stream *chance);

#endif
