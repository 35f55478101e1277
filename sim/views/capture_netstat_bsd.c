/* netstat of the BSDs and of macOS: a dot before the port.
 *
 *     Proto Recv-Q Send-Q  Local Address     Foreign Address   (state)
 *     tcp4       0      0  10.0.0.1.49152    10.0.0.2.445      ESTABLISHED
 *
 * macOS with -v adds name:pid.  CLOSED with a local port is a socket after bind(). */
#include <string.h>

#include "sim/views/capture_format.h"

static bool is_protocol(struct capture_token t, struct capture_socket *out)
{
    if (t.length < 3 || t.length > 5 || strspn(t.at + 3, "46") < t.length - 3)
        return false;
    out->udp = memcmp(t.at, "udp", 3) == 0;
    return out->udp || memcmp(t.at, "tcp", 3) == 0;
}

/* "Brave Browser He:7187", as wide as its column: the number behind the colon tells. */
static void read_process(const struct capture_token *t, unsigned count,
                         struct capture_socket *out)
{
    for (unsigned i = 6; i < count; i++) {
        const char *colon = memrchr(t[i].at, ':', t[i].length);
        struct capture_token pid = {colon ? colon + 1 : t[i].at,
                                    colon ? (size_t)(t[i].at + t[i].length - colon - 1)
                                          : 0};
        uint32_t number;
        if (!capture_token_number(pid, UINT32_MAX, &out->pid))
            continue;
        unsigned first = i; /* words before it that are no byte counts are of the name */
        while (first > 6 && !capture_token_number(t[first - 1], UINT32_MAX, &number))
            first--;
        out->process = t[first].at;
        out->process_length = (size_t)(colon - t[first].at);
        out->has_owner = true;
        return;
    }
}

static enum capture_meaning read(struct capture_reading *r, char *line, size_t length,
                                 struct capture_socket *out)
{
    struct capture_token t[CAPTURE_TOKENS];
    unsigned count = capture_split(line, length, t);
    const char *reason = NULL;
    uint32_t queue;
    if (count >= 6 && capture_token_is(t[0], "Proto"))
        return CAPTURE_HEADER;
    if (count < 3 || !is_protocol(t[0], out) ||
        !capture_token_number(t[1], UINT32_MAX, &queue) ||
        !capture_token_number(t[2], UINT32_MAX, &queue))
        return CAPTURE_NOTHING;
    if (count < 5)
        return capture_bad(r, "the line ends before the foreign address", true);
    if (!capture_end_read(t[3], '.', &out->local, &reason) ||
        !capture_end_read(t[4], '.', &out->remote, &reason))
        return capture_bad(r, reason, count == 5);
    out->state = CAPTURE_UNCONN;
    if (out->udp && out->remote.port)
        out->state = CAPTURE_ESTABLISHED;
    if (!out->udp && count == 5)
        return capture_bad(r, "the line ends before the state", true);
    if (!out->udp && !capture_state_find(t[5].at, t[5].length, &out->state))
        return capture_bad(r, "the state is no word this program knows", count == 6);
    if (out->state == CAPTURE_CLOSED && out->local.port)
        out->state = CAPTURE_BOUND;
    read_process(t, count, out);
    return CAPTURE_ROW;
}

const struct capture_format capture_netstat_bsd = {
    .name = "netstat",
    .platform = "BSD or macOS",
    .stack = "macos",
    .tool = CAPTURE_NETSTAT,
    .owners = "netstat -anv on macOS",
    .read = read,
};
