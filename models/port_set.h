/* A set of ports: a short list while few are in it, 65,536 bits from then on.
 *
 * A set becomes bits when it outgrows the list and a list again when it empties, so sets
 * of one or two ports, of which a world may hold millions, cost what they are worth, and
 * sets that come and go around the limit do not move back and forth.  Either form can be
 * read 64 ports at a time, which is how searches look at several sets at once.
 *
 *     few     48 bytes in place; every verb looks at up to PORT_SET_FEW ports
 *     many    8 KiB more; add, remove and has are O(1)
 *
 * {0} is empty.  A set may be moved by copying it: the copy then owns the bits.  Includes
 * port ranges and nothing else of the models.
 */
#ifndef MODELS_PORT_SET_H
#define MODELS_PORT_SET_H

#include <stddef.h>

#include "models/port_range.h"

#define PORT_SET_FEW   18
#define PORT_SET_WORDS (PORT_COUNT / 64)

struct port_set {
    uint64_t *words; /* bit p % 64 of word p / 64; NULL while few */
    uint32_t count;
    uint16_t few[PORT_SET_FEW]; /* the first `count`, in no order */
};
_Static_assert(sizeof(struct port_set) == 48, "a set of few ports is 48 bytes");

/* True if the port was not in it before. */
bool port_set_add(struct port_set *s, uint16_t port);

/* True if the port was in it. */
bool port_set_remove(struct port_set *s, uint16_t port);

/* Ports 64 w .. 64 w + 63 as bits; of a set that is few. */
uint64_t port_set_word_of_few(const struct port_set *s, uint32_t w);

static inline uint64_t port_set_word(const struct port_set *s, uint32_t w)
{
    return s->words ? s->words[w] : port_set_word_of_few(s, w);
}

static inline bool port_set_has(const struct port_set *s, uint16_t port)
{
    return port_set_word(s, port / 64u) >> port % 64 & 1;
}

/* Ports of the range that are in the set. */
uint32_t port_set_count_in(const struct port_set *s, struct port_range range);

/* A set of the same ports, with bits of its own. */
struct port_set port_set_copy(const struct port_set *s);

/* Empties it and gives its memory back. */
void port_set_clear(struct port_set *s);

/* What it allocated, without the struct itself. */
size_t port_set_bytes(const struct port_set *s);

#endif
