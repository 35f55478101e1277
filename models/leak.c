#include "models/leak.h"

static void check_leaks(const void *self, const struct field_check *check)
{
    const struct leak_config *l = self;
    if (l->after_time_wait + l->half_closed > 1)
        field_complain(check, "half_closed",
                       "and after_time_wait are shares of the same closes: together at "
                       "most 1, are %g",
                       l->after_time_wait + l->half_closed);
}

#define SHARE(member, text)                                                              \
    {                                                                                    \
        .key = #member, .type = FIELD_REAL,                                              \
        .offset = offsetof(struct leak_config, member), .max = 1, .fallback = "0",       \
        .help = text                                                                     \
    }

const struct field_table leak_fields = {
    .what = "leaks",
    .size = sizeof(struct leak_config),
    .check = check_leaks,
    .rows =
        (const struct field[]){
            SHARE(close_wait,
                  "share never closed after the peer has closed: CLOSE_WAIT without end"),
            SHARE(after_time_wait,
                  "share shut down and read to the end, but never closed: the descriptor "
                  "outlives TIME_WAIT, and on Windows the port does, too (BOUND)"),
            SHARE(after_failure,
                  "share never closed after the attempt has failed: refused, timed out, "
                  "without a port; on Windows its port is BOUND"),
            SHARE(half_closed,
                  "share shut down, and closed only when the peer closes: FIN_WAIT_2 "
                  "without limit toward one that never does"),
            SHARE(
                never_closed,
                "share never closed when the user is done: ESTABLISHED without end, or, "
                "of UDP, a port without end"),
            FIELD_END,
        },
};

/* The shares are of different moments of a connection, or, of the two ways to end it,
 * follow one another: one number serves all. */
uint8_t leak_draw(const struct leak_config *config, struct random_stream *chance)
{
    const struct leak_config *c = config;
    double both = c->after_time_wait + c->half_closed;
    if (c->close_wait + both + c->after_failure + c->never_closed <= 0)
        return 0;
    double u = random_unit(chance);
    return (uint8_t)((u < c->close_wait ? LEAK_CLOSE_WAIT : 0) |
                     (u < c->after_failure ? LEAK_AFTER_FAILURE : 0) |
                     (u < c->never_closed ? LEAK_NEVER_CLOSED : 0) |
                     (u < c->after_time_wait ? LEAK_AFTER_TIME_WAIT
                      : u < both             ? LEAK_HALF_CLOSED
                                             : 0));
}
