/* The TIME_WAITs of one member that connect() may take once they are old enough, oldest
 * first [KERNEL.md T3].
 *
 * Those that ended meanwhile stay until their turn comes; whoever takes an entry asks
 * whether its socket is still the one.  A member has a queue from its first such
 * TIME_WAIT on.
 *
 *     put, take    O(1), 20 ns
 *     memory       16 bytes an entry, a power of two of them
 */
#ifndef MODELS_TW_QUEUE_H
#define MODELS_TW_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/time.h"

struct tw_entry {
    sim_ns began;
    uint32_t socket;
    uint8_t generation;
};

struct tw_queue;

struct tw_queue *tw_queue_new(void);
void tw_queue_free(struct tw_queue *q); /* NULL is allowed */

void tw_queue_put(struct tw_queue *q, struct tw_entry entry);

/* Takes the first entry if it began before that moment; false otherwise. */
bool tw_queue_take(struct tw_queue *q, sim_ns before, struct tw_entry *out);

size_t tw_queue_bytes(const struct tw_queue *q);

#endif
