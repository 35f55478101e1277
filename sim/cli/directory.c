#include "sim/cli/directory.h"

#include <inttypes.h>
#include <stdio.h>

#include "sim/cli/complaint.h"
#include "sim/cli/terminal.h"

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

/* Who looks into a run looks into one. */
static void take_first(struct stored_run *stored, const char *directory)
{
    if (stored->record.replications > 1) {
        fputs("portsim: ", stderr);
        terminal_print(stderr, directory);
        fprintf(stderr, " holds %" PRIu32 " replications; this is the first\n",
                stored->record.replications);
    }
    stored_run_first(stored);
}

struct stored_run *directory_read(const char *directory)
{
    struct results_error error;
    struct stored_run *stored = run_directory_read(directory, &error);
    if (!stored)
        io_error(&error);
    else
        take_first(stored, directory);
    return stored;
}
