#include "sim/views/capture_lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/memory.h"
#include "sim/base/utf8.h"

#define BUFFER      65536
#define REPLACEMENT 0xFFFDu

void capture_lines_init(struct capture_lines *l, int handle)
{
    *l = (struct capture_lines){.handle = handle};
    l->bytes = memory_new(BUFFER, 1);
    l->text = memory_new(CAPTURE_LINE_MAX + 1, 1);
}

void capture_lines_free(struct capture_lines *l)
{
    free(l->bytes);
    free(l->text);
    *l = (struct capture_lines){0};
}

/* Reads more behind what is left; false at the end. */
static bool fill(struct capture_lines *l)
{
    size_t left = l->filled - l->at;
    memmove(l->bytes, l->bytes + l->at, left);
    l->at = 0;
    l->filled = left;
    for (;;) {
        ssize_t got = read(l->handle, l->bytes + left, BUFFER - left);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            l->failed = errno;
        if (got <= 0)
            return false;
        l->filled += (size_t)got;
        return true;
    }
}

static void begin(struct capture_lines *l)
{
    const unsigned char *b = l->bytes;
    l->begun = true;
    while (l->filled < 4 && fill(l))
        ;
    if (l->filled >= 3 && memcmp(b, "\xEF\xBB\xBF", 3) == 0)
        l->at = 3;
    else if (l->filled >= 2 && b[0] == 0xFF && b[1] == 0xFE)
        l->encoding = CAPTURE_UTF16_LITTLE, l->at = 2;
    else if (l->filled >= 2 && b[0] == 0xFE && b[1] == 0xFF)
        l->encoding = CAPTURE_UTF16_BIG, l->at = 2;
    else if (l->filled >= 4 && b[0] && !b[1] && b[2] && !b[3])
        l->encoding = CAPTURE_UTF16_LITTLE;
    else if (l->filled >= 4 && !b[0] && b[1] && !b[2] && b[3])
        l->encoding = CAPTURE_UTF16_BIG;
}

static void add(struct capture_lines *l, const char *bytes, size_t count)
{
    size_t room = CAPTURE_LINE_MAX - l->length;
    if (count > room) {
        l->too_long = true;
        count = room;
    }
    memcpy(l->text + l->length, bytes, count);
    l->length += count;
}

/* Up to the end of the line or of what was read; true at the end of the line. */
static bool take_bytes(struct capture_lines *l)
{
    const unsigned char *from = l->bytes + l->at;
    size_t left = l->filled - l->at;
    const unsigned char *end = memchr(from, '\n', left);
    size_t count = end ? (size_t)(end - from) : left;
    add(l, (const char *)from, count);
    l->at += count + (end != NULL);
    return end != NULL;
}

static void add_unit(struct capture_lines *l, uint32_t unit)
{
    char bytes[4];
    uint32_t code = unit;
    if (unit >= 0xD800 && unit < 0xDC00) {
        l->high = unit;
        return;
    }
    if (unit >= 0xDC00 && unit < 0xE000)
        code = l->high ? 0x10000 + ((l->high - 0xD800) << 10) + (unit - 0xDC00)
                       : REPLACEMENT;
    l->high = 0;
    add(l, bytes, utf8_encode(code, bytes));
}

static bool take_utf16(struct capture_lines *l)
{
    for (; l->filled - l->at >= 2; l->at += 2) {
        const unsigned char *b = l->bytes + l->at;
        bool little = l->encoding == CAPTURE_UTF16_LITTLE;
        uint32_t unit = little ? (uint32_t)b[1] << 8 | b[0] : (uint32_t)b[0] << 8 | b[1];
        if (unit == '\n') {
            l->at += 2;
            return true;
        }
        add_unit(l, unit);
    }
    return false;
}

static bool take(struct capture_lines *l)
{
    return l->encoding == CAPTURE_BYTES ? take_bytes(l) : take_utf16(l);
}

bool capture_lines_next(struct capture_lines *l)
{
    size_t unit = l->encoding == CAPTURE_BYTES ? 1 : 2;
    if (!l->begun)
        begin(l);
    l->length = 0;
    l->high = 0;
    l->too_long = l->holds_zero = l->unended = false;
    while (!take(l)) {
        if (fill(l))
            continue;
        l->half = l->filled - l->at > 0 && l->filled - l->at < unit;
        l->unended = true;
        break;
    }
    if (l->unended && l->length == 0)
        return false;
    while (l->length && l->text[l->length - 1] == '\r')
        l->length--;
    l->text[l->length] = '\0';
    l->holds_zero = memchr(l->text, '\0', l->length) != NULL;
    l->line++;
    return true;
}
