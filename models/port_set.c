#include "models/port_set.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

static uint64_t bit(uint16_t port)
{
    return UINT64_C(1) << port % 64;
}

/* Where the port stands in the list; `count` when it does not. */
static uint32_t place(const struct port_set *s, uint16_t port)
{
    uint32_t i = 0;
    while (i < s->count && s->few[i] != port)
        i++;
    return i;
}

static void become_many(struct port_set *s)
{
    s->words = memory_new(PORT_SET_WORDS, sizeof *s->words);
    for (uint32_t i = 0; i < s->count; i++)
        s->words[s->few[i] / 64] |= bit(s->few[i]);
}

bool port_set_add(struct port_set *s, uint16_t port)
{
    if (port_set_has(s, port))
        return false;
    if (!s->words && s->count == PORT_SET_FEW)
        become_many(s);
    if (s->words)
        s->words[port / 64] |= bit(port);
    else
        s->few[s->count] = port;
    s->count++;
    return true;
}

static bool remove_from_few(struct port_set *s, uint16_t port)
{
    uint32_t i = place(s, port);
    if (i == s->count)
        return false;
    s->few[i] = s->few[--s->count];
    return true;
}

bool port_set_remove(struct port_set *s, uint16_t port)
{
    if (!s->words)
        return remove_from_few(s, port);
    if (!(s->words[port / 64] & bit(port)))
        return false;
    s->words[port / 64] &= ~bit(port);
    if (--s->count == 0)
        port_set_clear(s);
    return true;
}

uint64_t port_set_word_of_few(const struct port_set *s, uint32_t w)
{
    uint64_t word = 0;
    for (uint32_t i = 0; i < s->count; i++)
        if (s->few[i] / 64u == w)
            word |= bit(s->few[i]);
    return word;
}

uint32_t port_set_count_in(const struct port_set *s, struct port_range range)
{
    uint32_t first = range.low / 64u, last = range.high / 64u, count = 0;
    for (uint32_t w = first; w <= last; w++) {
        uint64_t word = port_set_word(s, w);
        if (w == first)
            word &= UINT64_MAX << range.low % 64;
        if (w == last)
            word &= UINT64_MAX >> (63 - range.high % 64);
        count += (uint32_t)__builtin_popcountll(word);
    }
    return count;
}

struct port_set port_set_copy(const struct port_set *s)
{
    struct port_set copy = *s;
    if (s->words) {
        copy.words = memory_resize(NULL, PORT_SET_WORDS, sizeof *copy.words);
        memcpy(copy.words, s->words, PORT_SET_WORDS * sizeof *copy.words);
    }
    return copy;
}

void port_set_clear(struct port_set *s)
{
    free(s->words);
    *s = (struct port_set){0};
}

size_t port_set_bytes(const struct port_set *s)
{
    return s->words ? PORT_SET_WORDS * sizeof *s->words : 0;
}
