#include "sim/scenario/path.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* A hostile key is shown up to here. */
#define KEY_SHOWN 80

static bool plain(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("_-/$", c));
}

static bool plain_key(const char *key)
{
    size_t length = 0;
    while (plain(key[length]))
        length++;
    return length > 0 && !key[length];
}

static void add(struct path_text *path, const char *bytes, size_t length)
{
    size_t space = PATH_TEXT - 1 - path->length;
    length = length < space ? length : space;
    memcpy(path->bytes + path->length, bytes, length);
    path->length += length;
    path->bytes[path->length] = '\0';
}

/* Cuts between characters, not inside one. */
static size_t shown_length(const char *key)
{
    size_t length = strlen(key);
    if (length <= KEY_SHOWN)
        return length;
    length = KEY_SHOWN;
    while (length > 0 && ((unsigned char)key[length] & 0xC0) == 0x80)
        length--;
    return length;
}

void path_add_key(struct path_text *path, const char *key)
{
    size_t length = shown_length(key);
    bool quoted = !plain_key(key);
    if (quoted)
        add(path, "[\"", 2);
    else if (path->length)
        add(path, ".", 1);
    for (size_t i = 0; i < length; i++) {
        if (quoted && (key[i] == '"' || key[i] == '\\'))
            add(path, "\\", 1);
        add(path, &key[i], 1);
    }
    if (key[length])
        add(path, "...", 3);
    if (quoted)
        add(path, "\"]", 2);
}

void path_add_index(struct path_text *path, uint32_t index)
{
    char text[16];
    int length = snprintf(text, sizeof text, "[%u]", (unsigned)index);
    add(path, text, (size_t)length);
}

void path_add_path(struct path_text *path, const char *more)
{
    if (path->length && *more && *more != '[')
        add(path, ".", 1);
    add(path, more, strlen(more));
}

static uint32_t index_of(const char *digits)
{
    uint32_t index = 0;
    size_t length = strspn(digits, "0123456789");
    if (length == 0 || length > 9 || digits[length])
        return UINT32_MAX;
    for (size_t i = 0; i < length; i++)
        index = index * 10 + (uint32_t)(digits[i] - '0');
    return index;
}

static bool put(struct path_step *step, size_t *length, char c)
{
    if (*length == sizeof step->key - 1)
        return false;
    step->key[(*length)++] = c;
    step->key[*length] = '\0';
    return true;
}

/* ["odd.key"]: *at is behind the opening quote. */
static bool read_quoted(const char **at, struct path_step *step)
{
    size_t length = 0;
    const char *p = *at;
    for (; *p && *p != '"'; p++) {
        if (*p == '\\' && p[1])
            p++;
        if (!put(step, &length, *p))
            return false;
    }
    if (p[0] != '"' || p[1] != ']')
        return false;
    *at = p + 2;
    return true;
}

static bool read_bracket(const char **at, struct path_step *step)
{
    if (**at == '"') {
        (*at)++;
        return read_quoted(at, step);
    }
    size_t length = 0;
    const char *p = *at;
    for (; isdigit((unsigned char)*p); p++)
        if (!put(step, &length, *p))
            return false;
    if (length == 0 || *p != ']')
        return false;
    *at = p + 1;
    return true;
}

static bool read_key(const char **at, struct path_step *step)
{
    size_t length = 0;
    const char *p = *at;
    for (; *p && *p != '.' && *p != '['; p++)
        if (!put(step, &length, *p))
            return false;
    *at = p;
    return length > 0;
}

bool path_next(const char **at, struct path_step *step)
{
    const char *p = *at;
    bool quoted = p[0] == '[' && p[1] == '"';
    step->key[0] = '\0';
    if (*p == '[') {
        p++;
        if (!read_bracket(&p, step))
            return false;
    } else if (!read_key(&p, step)) {
        return false;
    }
    step->index = quoted ? UINT32_MAX : index_of(step->key);
    if (*p == '.' && p[1] && p[1] != '.' && p[1] != '[')
        p++;
    else if (*p && *p != '[')
        return false;
    *at = p;
    return true;
}
