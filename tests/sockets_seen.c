#include "tests/sockets_seen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"

struct seen {
    const char *host;
    const char *states[65536]; /* by port; NULL: no socket */
    char text[2000];
};

static void see(void *context, const struct socket_row *row)
{
    struct seen *seen = context;
    if (strcmp(row->host, seen->host) != 0)
        return;
    seen->states[row->ephemeral ? row->local_port : row->remote_port] = row->state;
}

static void write_states(struct seen *seen)
{
    size_t used = 0;
    for (unsigned port = 0; port < 65536; port++)
        if (seen->states[port])
            used +=
                (size_t)snprintf(seen->text + used, sizeof seen->text - used, "%s%u:%s",
                                 used ? " " : "", port, seen->states[port]);
}

void expect_sockets(struct world *w, const char *host, const char *expected)
{
    struct seen *seen = memory_new(1, sizeof *seen);
    seen->host = host;
    world_sockets(w, see, seen);
    write_states(seen);
    if (strcmp(seen->text, expected) != 0)
        fail_msg("at %.6f s %s has \"%s\", should have \"%s\"", sim_seconds(world_now(w)),
                 host, seen->text, expected);
    free(seen);
}
