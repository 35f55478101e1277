/* Memory that is given back all at once: what a scenario owns, what a reading needs.
 *
 * Blocks are zeroed and never move.  Cost: a bump of a pointer; chunks of 64 KiB, larger
 * blocks get a chunk of their own.
 */
#ifndef SIM_SCENARIO_ARENA_H
#define SIM_SCENARIO_ARENA_H

#include <stddef.h>

struct arena_chunk;

/* {0} is an empty arena. */
struct arena {
    struct arena_chunk *chunks;
    size_t left; /* bytes of the newest chunk not given out */
};

/* `count` items of `size` bytes, aligned for any type; the product must not overflow. */
void *arena_new(struct arena *arena, size_t count, size_t size);

/* A copy of `length` bytes with a terminating zero. */
char *arena_text(struct arena *arena, const char *text, size_t length);

void arena_free(struct arena *arena);

#endif
