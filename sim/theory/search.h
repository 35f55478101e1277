/* What the theory needs to know of an allocator: whether it finds every free port, how
 * often it draws, in which order it looks. */
#ifndef SIM_THEORY_SEARCH_H
#define SIM_THEORY_SEARCH_H

#include "models/port_allocator.h"

struct theory_search {
    uint32_t kind;  /* port_allocators[] */
    uint32_t tries; /* independent draws; 0: it finds every free port */
    bool bounded;   /* may stop early, and no closed form is known */
    const char *doubt, *cannot;
};

/* Of a search over so many ports.  In a block of one's own those of the others are not
 * missed. */
struct theory_search theory_search_of(const struct field_variant *allocator,
                                      uint32_t ports, bool in_block);

/* A key of the allocator's own, as the scenario has it; NULL: it has no such key. */
const void *theory_search_key(const struct field_variant *allocator, const char *key);

/* A random start, and then port by port. */
bool theory_search_walks(uint32_t kind);

/* The port after the last one given, for the whole host. */
bool theory_search_in_turn(uint32_t kind);

/* Linux since 4.6: the ports of one parity first. */
bool theory_search_prefers_parity(uint32_t kind);

/* Linux since 5.12: as good as uniform over that parity, for its offsets are drawn anew
 * every 10 s [MODEL.md D, correction]. */
bool theory_search_redraws_offsets(uint32_t kind);

#endif
