/* netstat of net-tools: `netstat -an`, `-ant`, `-anp`, `-ano`, `-ane`, in any language.
 *
 *     Proto Recv-Q Send-Q Local Address   Foreign Address  State       PID/Program name
 *     tcp        0      0 10.0.0.1:40002  10.0.0.2:445     ESTABLISHED 7/app
 *
 * A UDP socket has a state only when it is connected.  Behind the state stand the user
 * and inode of -e, the process of -p, "-" where it may not be seen, and the timer of -o.
 * An address that does not fit its column is cut, its port is not. */
#include <string.h>

#include "sim/views/capture_format.h"

/* "tcp", "udp6": true; udplite, raw, unix and the others: *other. */
static bool is_protocol(struct capture_token t, struct capture_socket *out, bool *other)
{
    static const char *const rest[] = {"udplite", "udplite6", "udpl", "udpl6", "raw",
                                       "raw6",    "unix",     "sctp", "l2cap", "rfcomm"};
    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++)
        *other |= capture_token_is(t, rest[i]);
    out->udp = capture_token_is(t, "udp") || capture_token_is(t, "udp6");
    return out->udp || capture_token_is(t, "tcp") || capture_token_is(t, "tcp6");
}

/* "1234/name of a program" among the tokens from `at` on. */
static void read_process(const struct capture_token *t, unsigned count, unsigned at,
                         const char *end, struct capture_socket *out)
{
    for (unsigned i = at; i < count; i++) {
        const char *slash = memchr(t[i].at, '/', t[i].length);
        struct capture_token pid = {t[i].at, slash ? (size_t)(slash - t[i].at) : 0};
        if (!slash || !capture_token_number(pid, UINT32_MAX, &out->pid))
            continue;
        const char *timer = strstr(slash, " (");
        if (timer) { /* the word before it is the timer's */
            end = timer;
            while (end > slash && end[-1] != ' ')
                end--;
        }
        while (end > slash + 1 && end[-1] == ' ')
            end--;
        if (end <= slash)
            end = slash + 1;
        out->process = slash + 1;
        out->process_length = (size_t)(end - slash - 1);
        out->has_owner = true;
        return;
    }
}

static bool read_state(const struct capture_token *t, unsigned count,
                       struct capture_socket *out, unsigned *next)
{
    *next = 6;
    if (count > 5 && capture_state_find(t[5].at, t[5].length, &out->state))
        return true;
    if (count > 6) { /* Czech: two words */
        size_t length = (size_t)(t[6].at + t[6].length - t[5].at);
        if (capture_state_find(t[5].at, length, &out->state)) {
            *next = 7;
            return true;
        }
    }
    *next = 5;
    out->state = CAPTURE_UNCONN;
    return out->udp;
}

static enum capture_meaning read(struct capture_reading *r, char *line, size_t length,
                                 struct capture_socket *out)
{
    struct capture_token t[CAPTURE_TOKENS];
    unsigned count = capture_split(line, length, t), next;
    const char *reason = NULL;
    uint32_t queue;
    bool other = false;
    if (count < 2)
        return CAPTURE_NOTHING;
    if (capture_token_is(t[0], "Proto") && count >= 6)
        return CAPTURE_HEADER;
    if (!is_protocol(t[0], out, &other))
        return other ? CAPTURE_BLANK : CAPTURE_NOTHING;
    if (!capture_token_number(t[1], UINT32_MAX, &queue))
        return CAPTURE_NOTHING;
    if (count < 5)
        return capture_bad(r, "the line ends before the foreign address", true);
    if (!capture_token_number(t[2], UINT32_MAX, &queue))
        return CAPTURE_NOTHING;
    if (!capture_end_read(t[3], ':', &out->local, &reason) ||
        !capture_end_read(t[4], ':', &out->remote, &reason))
        return capture_bad(r, reason, count == 5);
    if (!read_state(t, count, out, &next))
        return capture_bad(r,
                           count < 6 ? "the line ends before the state"
                                     : "the state is no word this program knows",
                           count <= 6);
    read_process(t, count, next, line + length, out);
    return CAPTURE_ROW;
}

const struct capture_format capture_netstat_linux = {
    .name = "netstat",
    .platform = "Linux",
    .stack = "linux618",
    .tool = CAPTURE_NETSTAT,
    .owners = "sudo netstat -anp",
    .read = read,
};
