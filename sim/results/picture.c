#include "sim/results/picture.h"

#include <string.h>

static bool begins_with(const char *bytes, size_t length, const char *start, size_t size)
{
    return length >= size && memcmp(bytes, start, size) == 0;
}

static bool ends_with(const char *bytes, size_t length, const char *end, size_t size)
{
    return length >= size && memcmp(bytes + length - size, end, size) == 0;
}

bool picture_is_png(const char *bytes, size_t length)
{
    static const char signature[] = "\x89PNG\r\n\x1A\n";
    static const char iend[] = "\0\0\0\0IEND\xAE\x42\x60\x82";
    return begins_with(bytes, length, signature, sizeof signature - 1) &&
           ends_with(bytes, length, iend, sizeof iend - 1);
}

bool picture_is_svg(const char *bytes, size_t length)
{
    static const char start[] = "<?xml ", end[] = "</svg>", script[] = "<script";
    while (length && (bytes[length - 1] == '\n' || bytes[length - 1] == ' '))
        length--;
    return begins_with(bytes, length, start, sizeof start - 1) &&
           ends_with(bytes, length, end, sizeof end - 1) &&
           !memmem(bytes, length, script, sizeof script - 1);
}

bool picture_is_plain(const char *bytes, size_t length)
{
    for (size_t i = length && bytes[0] == '\f'; i < length; i++)
        if ((unsigned char)bytes[i] < 0x20 && bytes[i] != '\n')
            return false;
    return length > 0 && memchr(bytes, '\n', length);
}
