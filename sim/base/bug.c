#include "sim/base/bug.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define EXIT_BUG 5 /* PRODUCT: internal invariant broken */

static _Thread_local const struct bug_context *current;

void bug_context_set(const struct bug_context *context)
{
    current = context;
}

_Noreturn void bug_report(const char *what, const char *file, int line)
{
    fprintf(stderr, "portsim: bug: %s does not hold (%s:%d)\n", what, file, line);
    if (current) {
        fprintf(stderr, "  scenario %s, seed %" PRIu64 ", replication %" PRIu32,
                current->scenario ? current->scenario : "?", current->seed,
                current->replication);
        if (current->now)
            fprintf(stderr, ", simulated time %.9f s", sim_seconds(*current->now));
        fputc('\n', stderr);
    }
    fputs(
        "  This is an error in portsim, not in your scenario; please report it with the "
        "lines above.\n",
        stderr);
    exit(EXIT_BUG);
}
