#include "sim/cli/directory.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/cli/command.h"
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
            argp_error(state,
                       "which run directory? portsim run SCENARIO writes one: runs/NAME");
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

bool directory_has_host(const struct run_record *r, const char *host)
{
    bool exists = false;
    for (size_t i = 0; i < r->census_count && !exists; i++)
        exists = strcmp(r->census[i].host, host) == 0;
    for (size_t i = 0; i < r->pool_count && !exists; i++)
        exists = strcmp(r->pools[i].host, host) == 0;
    if (exists)
        return true;
    fputs("portsim: there is no host \"", stderr);
    terminal_print(stderr, host);
    fputs("\" in this run", stderr);
    const char *before = "; it has";
    for (size_t i = 0; i < r->pool_count; i++) {
        if (i && strcmp(r->pools[i].host, r->pools[i - 1].host) == 0)
            continue;
        fputs(before, stderr);
        fputc(' ', stderr);
        terminal_print(stderr, r->pools[i].host);
        before = ",";
    }
    fputc('\n', stderr);
    return false;
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

int directory_print(const char *directory, const char *file)
{
    char *path = memory_print("%s/%s", directory, file);
    FILE *in = fopen(path, "re");
    char block[65536];
    int status = EXIT_DONE;
    for (size_t n; in && (n = fread(block, 1, sizeof block, in)) > 0;)
        fwrite(block, 1, n, stdout);
    if (!in || ferror(in)) {
        fprintf(stderr, "portsim: cannot read %s: %s\n", path, strerror(errno));
        status = EXIT_IO;
    }
    if (in)
        fclose(in);
    free(path);
    return status;
}
