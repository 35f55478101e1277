#include "sim/base/texts.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/hash.h"
#include "sim/base/memory.h"

static char **slot_of(const struct texts *t, const char *text)
{
    size_t i = (size_t)hash_mix(hash_text(text)) & (t->size - 1);
    while (t->slots[i] && strcmp(t->slots[i], text) != 0)
        i = (i + 1) & (t->size - 1);
    return &t->slots[i];
}

static void grow(struct texts *t)
{
    struct texts old = *t;
    t->size = old.size ? 2 * old.size : 16;
    t->slots = memory_new(t->size, sizeof *t->slots);
    for (size_t i = 0; i < old.size; i++)
        if (old.slots[i])
            *slot_of(t, old.slots[i]) = old.slots[i];
    free(old.slots);
}

const char *texts_keep(struct texts *t, const char *text)
{
    if (!text)
        return NULL;
    if (2 * t->count >= t->size)
        grow(t);
    char **slot = slot_of(t, text);
    if (!*slot) {
        *slot = memory_text(text, strlen(text));
        t->count++;
    }
    return *slot;
}

void texts_free(struct texts *t)
{
    for (size_t i = 0; i < t->size; i++)
        free(t->slots[i]);
    free(t->slots);
    *t = (struct texts){0};
}
