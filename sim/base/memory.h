/* Allocation that does not return NULL: out of memory ends the program with exit 6.
 *
 * Nothing else in portsim tests for NULL from an allocator.  All sizes are checked for
 * overflow.  Blocks are given back with free().
 */
#ifndef SIM_BASE_MEMORY_H
#define SIM_BASE_MEMORY_H

#include <stddef.h>

/* `count` items of `size` bytes, zeroed.  A count of 0 gives a block that can be freed.
 */
void *memory_new(size_t count, size_t size);

/* Resizes to `count` items; what is added is not zeroed.  `block` may be NULL. */
void *memory_resize(void *block, size_t count, size_t size);

/* A copy of `length` bytes with a terminating zero. */
char *memory_text(const char *text, size_t length);

/* printf into a block of its own. */
char *memory_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The capacity to grow to when `needed` items must fit: doubling at first, by an eighth
 * beyond 65,536 items.  With
 * -DSIM_TINY_GROWTH (make sanitize) by one at first, so that every push moves the block.
 */
size_t memory_grown(size_t capacity, size_t needed);

/* Prints "out of memory" and exits 6. */
_Noreturn void memory_exhausted(size_t bytes);

#endif
