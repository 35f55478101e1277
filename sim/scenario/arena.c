#include "sim/scenario/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"

#define CHUNK_BYTES ((size_t)65536)
#define UNIT        alignof(max_align_t)

struct arena_chunk {
    struct arena_chunk *older;
    size_t size;
    alignas(max_align_t) unsigned char bytes[];
};

static void add_chunk(struct arena *arena, size_t size)
{
    struct arena_chunk *chunk = memory_new(1, sizeof *chunk + size);
    chunk->older = arena->chunks;
    chunk->size = size;
    arena->chunks = chunk;
    arena->left = size;
}

void *arena_new(struct arena *arena, size_t count, size_t size)
{
    SIM_ASSERT(size == 0 || count <= (SIZE_MAX / 2) / size);
    size_t bytes = (count * size + UNIT - 1) / UNIT * UNIT;
    if (bytes > arena->left || !arena->chunks)
        add_chunk(arena, bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES);
    void *block = arena->chunks->bytes + (arena->chunks->size - arena->left);
    arena->left -= bytes;
    return block;
}

char *arena_text(struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_new(arena, length + 1, 1);
    memcpy(copy, text, length);
    return copy;
}

void arena_free(struct arena *arena)
{
    while (arena->chunks) {
        struct arena_chunk *older = arena->chunks->older;
        free(arena->chunks);
        arena->chunks = older;
    }
    arena->left = 0;
}
