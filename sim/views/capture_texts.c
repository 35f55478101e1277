#include "sim/views/capture_texts.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/hash.h"
#include "sim/base/memory.h"

void capture_texts_free(struct capture_texts *t)
{
    free(t->bytes);
    free(t->offsets);
    free(t->slots);
    *t = (struct capture_texts){0};
}

const char *capture_texts_get(const struct capture_texts *t, uint32_t number)
{
    return t->bytes + t->offsets[number];
}

static uint64_t hash_bytes(const char *text, size_t length)
{
    uint64_t hash = length;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (uint8_t)text[i]) * UINT64_C(0x100000001B3);
    return hash_mix(hash);
}

/* Where the text is, or where it would go. */
static uint32_t *slot_of(const struct capture_texts *t, const char *text, size_t length)
{
    uint32_t mask = t->slot_count - 1;
    for (uint32_t i = (uint32_t)hash_bytes(text, length) & mask;; i = (i + 1) & mask) {
        uint32_t *slot = &t->slots[i];
        if (!*slot)
            return slot;
        const char *there = capture_texts_get(t, *slot - 1);
        if (strncmp(there, text, length) == 0 && !there[length])
            return slot;
    }
}

static void grow(struct capture_texts *t)
{
    uint32_t *old = t->slots;
    t->slot_count = t->slot_count ? 2 * t->slot_count : 256;
    t->slots = memory_new(t->slot_count, sizeof *t->slots);
    for (uint32_t i = 0; i < t->count; i++) {
        const char *text = capture_texts_get(t, i);
        *slot_of(t, text, strlen(text)) = i + 1;
    }
    free(old);
}

uint32_t capture_texts_number(struct capture_texts *t, const char *text, size_t length)
{
    if (2 * t->count >= t->slot_count)
        grow(t);
    uint32_t *slot = slot_of(t, text, length);
    if (*slot)
        return *slot - 1;
    if (t->length + length + 1 > t->capacity) {
        t->capacity = memory_grown(t->capacity, t->length + length + 1);
        t->bytes = memory_resize(t->bytes, t->capacity, 1);
    }
    if (t->count == t->room) {
        t->room = (uint32_t)memory_grown(t->room, (size_t)t->count + 1);
        t->offsets = memory_resize(t->offsets, t->room, sizeof *t->offsets);
    }
    SIM_ASSERT(t->length + length < UINT32_MAX);
    memcpy(t->bytes + t->length, text, length);
    t->bytes[t->length + length] = '\0';
    t->offsets[t->count] = (uint32_t)t->length;
    t->length += length + 1;
    *slot = ++t->count;
    return t->count - 1;
}
