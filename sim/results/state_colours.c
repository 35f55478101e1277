#include "sim/results/state_colours.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/safe_file.h"

#define SIZE_MAX_OF_FILE ((size_t)1 << 16)
#define NAME_SIZE        64
#define WHITE            0xFFFFFF

/* What stands behind "name = " at the beginning of a line; NULL: no such line. */
static const char *value_of(const char *file, const char *name)
{
    size_t length = strlen(name);
    for (const char *line = file; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, length) != 0)
            continue;
        const char *rest = line + length + strspn(line + length, " ");
        if (*rest == '=')
            return rest + 1 + strspn(rest + 1, " ");
    }
    return NULL;
}

/* A colour, or the name of another. */
static bool colour_of(const char *file, const char *name, uint32_t *out)
{
    char other[NAME_SIZE];
    unsigned rgb;
    const char *value = value_of(file, name);
    if (value && sscanf(value, "%63[A-Za-z0-9_]", other) == 1 && *other != '0')
        value = value_of(file, other);
    if (!value || sscanf(value, "0x%6x", &rgb) != 1)
        return false;
    *out = rgb;
    return true;
}

static bool state_colour(const char *file, enum port_state state, uint32_t *out)
{
    if (state == PORT_STATE_RESERVED)
        return colour_of(file, "faint", out);
    if (state == PORT_STATE_OUTSIDE)
        return colour_of(file, "beyond", out);
    *out = WHITE;
    if (state == PORT_STATE_FREE)
        return true;
    char *name = memory_print("state_%s", port_state_name(state));
    bool good = colour_of(file, name, out);
    free(name);
    return good;
}

bool state_colours_read(struct state_colours *out, const char *folder,
                        struct results_error *error)
{
    struct safe_directory d;
    size_t length;
    if (!safe_directory_open(&d, folder, error))
        return false;
    char *file = safe_file_read(&d, "colours.gp", SIZE_MAX_OF_FILE, &length, error);
    safe_directory_close(&d);
    bool good = file != NULL;
    for (int i = 0; good && i < PORT_STATE_COUNT; i++)
        good = state_colour(file, (enum port_state)i, &out->of[i]) ||
               results_fail(error, 0, "%s/colours.gp has no colour of %s", folder,
                            port_state_name((enum port_state)i));
    free(file);
    return good;
}
