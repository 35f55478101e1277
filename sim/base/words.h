/* The nearest word, for "did you mean".
 *
 * Distance counts insertions, deletions, substitutions and swaps of neighbours; a word
 * counts as near when it is at most two away and less than half of it would have to
 * change.
 */
#ifndef SIM_BASE_WORDS_H
#define SIM_BASE_WORDS_H

#include <stdint.h>

/* Of the words `word(0)`, `word(1)`, ... up to NULL, the nearest to `given`; the first of
 * equals.  NULL when none is near.  Words beyond 63 bytes are never near. */
const char *words_nearest(const char *given, const char *(*word)(uint32_t index));

/* The distance, at most `limit` + 1. */
unsigned words_distance(const char *a, const char *b, unsigned limit);

#endif
