/* A spell: something goes wrong again and again, and is over when it has not for 10 s.
 *
 * Shorter pauses are the bunches in which a full pool frees its ports (TIME_WAIT grids,
 * retries).  Its end is known only then, and is the moment of the last time; a spell that
 * still goes on when the run ends has no end.
 */
#ifndef MODELS_SPELL_H
#define MODELS_SPELL_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/time.h"

#define SPELL_PAUSE (10 * SIM_S)

struct spell {
    sim_ns last;
    uint64_t count; /* 0: there is none */
};

/* Once more; true if a spell begins with it. */
static inline bool spell_meets(struct spell *s, sim_ns now)
{
    s->last = now;
    return s->count++ == 0;
}

static inline bool spell_is_over(const struct spell *s, sim_ns now)
{
    return s->count && now - s->last >= SPELL_PAUSE;
}

#endif
