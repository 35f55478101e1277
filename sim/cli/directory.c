#include "sim/cli/directory.h"

#include <stdio.h>

error_t directory_argument(int key, char *argument, struct argp_state *state,
                           const char **directory)
{
    switch (key) {
    case ARGP_KEY_ARG:
        if (*directory)
            argp_error(state, "one directory at a time, also got \"%s\"", argument);
        *directory = argument;
        return 0;
    case ARGP_KEY_END:
        if (!*directory)
            argp_error(state, "which run directory?");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

struct stored_run *directory_read(const char *directory)
{
    struct results_error error;
    struct stored_run *stored = run_directory_read(directory, &error);
    if (!stored)
        fprintf(stderr, "portsim: %s\n", error.text);
    return stored;
}
