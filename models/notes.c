#include "models/notes.h"

#include <stdlib.h>

#include "sim/base/memory.h"

static const struct {
    const char *name;
    unsigned members;
} rows[NOTE_COUNT] = {
#define X(symbol, kind, fills, says) [NOTE_##symbol] = {kind, fills},
    NOTES(X)
#undef X
};

const char *note_kind_name(enum note_kind kind)
{
    return rows[kind].name;
}

unsigned note_kind_members(enum note_kind kind)
{
    return rows[kind].members;
}

void notes_add(struct notes *n, struct note note)
{
    if (n->count == n->capacity) {
        n->capacity = (uint32_t)memory_grown(n->capacity, (size_t)n->count + 1);
        n->at = memory_resize(n->at, n->capacity, sizeof *n->at);
    }
    n->at[n->count++] = note;
}

void notes_free(struct notes *n)
{
    free(n->at);
    *n = (struct notes){0};
}
