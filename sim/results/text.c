#include "sim/results/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"

static void reserve(struct text *t, size_t more)
{
    if (t->length + more + 1 <= t->capacity)
        return;
    t->capacity = memory_grown(t->capacity, t->length + more + 1);
    t->bytes = memory_resize(t->bytes, t->capacity, 1);
}

void text_add(struct text *t, const char *bytes, size_t length)
{
    reserve(t, length);
    if (length)
        memcpy(t->bytes + t->length, bytes, length);
    t->length += length;
    t->bytes[t->length] = '\0';
}

void text_print(struct text *t, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    SIM_ASSERT(length >= 0);
    reserve(t, (size_t)length);
    vsnprintf(t->bytes + t->length, (size_t)length + 1, format, again);
    va_end(again);
    t->length += (size_t)length;
}

const char *text_of(const struct text *t)
{
    return t->bytes ? t->bytes : "";
}

void text_free(struct text *t)
{
    free(t->bytes);
    *t = (struct text){0};
}

char *text_middle(const char *whole, const char *before, const char *after)
{
    size_t length = strlen(whole), head = strlen(before), tail = strlen(after);
    if (length <= head + tail || strncmp(whole, before, head) != 0 ||
        strcmp(whole + length - tail, after) != 0)
        return NULL;
    return memory_text(whole + head, length - head - tail);
}
