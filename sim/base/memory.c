#include "sim/base/memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_MEMORY 6 /* PRODUCT: out of memory or over a resource cap */

/* Large blocks are moved by remapping, so growing them often costs little. */
#define DOUBLES_BELOW 65536

/* With SIM_TINY_GROWTH every push up to here moves the block, so that a stale pointer
 * shows. */
#define TINY_BELOW 200

_Noreturn void memory_exhausted(size_t bytes)
{
    fprintf(stderr, "portsim: out of memory (%zu bytes more were needed)\n", bytes);
    exit(EXIT_MEMORY);
}

void *memory_new(size_t count, size_t size)
{
    void *block = calloc(count ? count : 1, size ? size : 1);
    if (!block)
        memory_exhausted(size && count > SIZE_MAX / size ? SIZE_MAX : count * size);
    return block;
}

void *memory_resize(void *block, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        memory_exhausted(SIZE_MAX);
    size_t bytes = count * size;
    void *resized = realloc(block, bytes ? bytes : 1);
    if (!resized)
        memory_exhausted(bytes);
    return resized;
}

char *memory_text(const char *text, size_t length)
{
    char *copy = memory_new(length + 1, 1);
    memcpy(copy, text, length);
    return copy;
}

char *memory_print(const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = memory_new((size_t)(length < 0 ? 0 : length) + 1, 1);
    if (length > 0)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

size_t memory_grown(size_t capacity, size_t needed)
{
#ifdef SIM_TINY_GROWTH
    if (needed < TINY_BELOW)
        return needed;
#endif
    size_t grown = capacity ? capacity : 8;
    while (grown < needed)
        grown += grown < DOUBLES_BELOW ? grown : grown / 8;
    return grown;
}
