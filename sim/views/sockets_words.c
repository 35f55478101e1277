#include "sim/views/sockets_words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

/* Linux lists no TCP socket that is only bound, Windows with -q alone; ss calls a UDP
 * socket without a peer UNCONN, netstat nothing [iproute2 6.1, net-tools 2.10, run;
 * Windows as in MODEL.md A4.4]. */
static const struct {
    const char *state, *words[TOOL_COUNT];
} states[] = {
    {"LISTEN", {"LISTEN", "LISTEN", "LISTENING"}},
    {"SYN_SENT", {"SYN-SENT", "SYN_SENT", "SYN_SENT"}},
    {"SYN_RECEIVED", {"SYN-RECV", "SYN_RECV", "SYN_RECEIVED"}},
    {"ESTABLISHED", {"ESTAB", "ESTABLISHED", "ESTABLISHED"}},
    {"FIN_WAIT_1", {"FIN-WAIT-1", "FIN_WAIT1", "FIN_WAIT_1"}},
    {"FIN_WAIT_2", {"FIN-WAIT-2", "FIN_WAIT2", "FIN_WAIT_2"}},
    {"CLOSE_WAIT", {"CLOSE-WAIT", "CLOSE_WAIT", "CLOSE_WAIT"}},
    {"CLOSING", {"CLOSING", "CLOSING", "CLOSING"}},
    {"LAST_ACK", {"LAST-ACK", "LAST_ACK", "LAST_ACK"}},
    {"TIME_WAIT", {"TIME-WAIT", "TIME_WAIT", "TIME_WAIT"}},
    {"BOUND", {NULL, NULL, "BOUND"}},
    {"UNCONN", {"UNCONN", "", ""}},
};

const char *sockets_state_word(enum sockets_tool tool, const struct socket_row *row)
{
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        if (strcmp(states[i].state, row->state) == 0)
            return states[i].words[tool];
    return NULL;
}

bool sockets_is_listed(enum sockets_tool tool, const struct socket_row *row)
{
    return !row->translated && sockets_state_word(tool, row);
}

const char *sockets_process_name(const struct socket_row *row, char out[SOCKETS_NAME])
{
    size_t used = 0;
    for (const char *p = row->process; p && *p && used + 1 < SOCKETS_NAME; p++)
        out[used++] = isgraph((unsigned char)*p) && *p != '"' ? *p : '?';
    out[used] = '\0';
    return out;
}

/* --- descriptors ---------------------------------------------------------------------
 */

struct owner {
    const char *host;
    uint32_t member, pid;
    unsigned next;
};

struct sockets_descriptors {
    struct owner *at;
    size_t count;
};

struct sockets_descriptors *sockets_descriptors_new(void)
{
    return memory_new(1, sizeof(struct sockets_descriptors));
}

unsigned sockets_descriptor_next(struct sockets_descriptors *d,
                                 const struct socket_row *row)
{
    size_t i = 0;
    while (i < d->count && (d->at[i].pid != row->pid || d->at[i].member != row->member ||
                            strcmp(d->at[i].host, row->host) != 0))
        i++;
    if (i == d->count) {
        d->at = memory_resize(d->at, ++d->count, sizeof *d->at);
        d->at[i] = (struct owner){row->host, row->member, row->pid, 3};
    }
    return d->at[i].next++;
}

void sockets_descriptors_free(struct sockets_descriptors *d)
{
    free(d->at);
    free(d);
}
