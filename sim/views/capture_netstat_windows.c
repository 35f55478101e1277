/* netstat of Windows: `netstat -an`, `-ano`, `-anob`, `-anobq`, in any language.
 *
 *       Proto  Local Address          Foreign Address        State           PID
 *       TCP    10.0.0.5:49734         10.0.0.9:445           ESTABLISHED     1036
 *      [svchost.exe]
 *
 * With -b the line behind a socket names its process, before it perhaps a component of
 * that process, or there stands that the owner cannot be told; the words depend on the
 * language.  A socket in TIME_WAIT has process 0.  A state may have two words.  With -t a
 * column follows the PID. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "sim/views/capture_format.h"

/* " [svchost.exe]". */
static bool read_owner(const char *line, size_t length, struct capture_socket *out)
{
    const char *from = line + strspn(line, " \t"), *end = line + length;
    while (end > from && isspace((unsigned char)end[-1]))
        end--;
    if (end - from < 3 || from[0] != '[' || end[-1] != ']' ||
        memchr(from, ':', (size_t)(end - from)))
        return false;
    out->process = from + 1;
    out->process_length = (size_t)(end - from - 2);
    return true;
}

/* Words of other systems, and the first half of one of Windows: a terminal broke it. */
static bool is_half(struct capture_token t)
{
    return capture_token_is(t, "LISTEN") || capture_token_is(t, "ESTAB") ||
           capture_token_is(t, "CLOSE");
}

/* Behind the foreign address stand the state, in words, the PID, in digits, and perhaps a
 * word of -t. */
static enum capture_meaning read_rest(struct capture_reading *r,
                                      const struct capture_token *t, unsigned count,
                                      struct capture_socket *out)
{
    unsigned pid = count;
    for (unsigned i = count; i-- > 3 && pid == count;)
        if (capture_token_number(t[i], UINT32_MAX, &out->pid))
            pid = i;
    out->has_owner = pid < count;
    if (out->udp) {
        out->state = out->remote.port ? CAPTURE_ESTABLISHED : CAPTURE_UNCONN;
        return CAPTURE_ROW;
    }
    if (pid == 3 || count == 3)
        return capture_bad(r, "the line ends before the state", true);
    size_t length = (size_t)(t[pid - 1].at + t[pid - 1].length - t[3].at);
    if (is_half(t[3]) || !capture_state_find(t[3].at, length, &out->state))
        return capture_bad(r, "the state is no word this program knows", !out->has_owner);
    if (r->has_pid && !out->has_owner)
        return capture_bad(r, "the line ends before the PID", true);
    return CAPTURE_ROW;
}

/* In whatever language: four columns at least, of words only. */
static bool is_header(const char *line)
{
    unsigned groups = capture_groups(line);
    for (const char *p = line; *p; p++)
        if ((unsigned char)*p < ' ' && *p != '\t' && *p != '\r')
            return false;
    return groups >= 4 && groups <= 6 && !strpbrk(line, ":./\\-");
}

/* A line that is no socket. */
static enum capture_meaning read_other(struct capture_reading *r, const char *line,
                                       size_t length, struct capture_socket *out)
{
    if (read_owner(line, length, out))
        return CAPTURE_OWNER;
    if (is_header(line)) {
        r->has_pid = capture_groups(line) >= 5;
        r->unsure = strncmp(line + strspn(line, " \t"), "Proto", 5) != 0;
        return CAPTURE_HEADER;
    }
    return line[0] == ' ' && capture_groups(line) == 1 ? CAPTURE_BLANK : CAPTURE_NOTHING;
}

static enum capture_meaning read(struct capture_reading *r, char *line, size_t length,
                                 struct capture_socket *out)
{
    struct capture_token t[CAPTURE_TOKENS];
    unsigned count = capture_split(line, length, t);
    const char *reason = NULL;
    if (count == 0)
        return CAPTURE_NOTHING;
    if (!capture_token_is(t[0], "TCP") && !capture_token_is(t[0], "UDP"))
        return read_other(r, line, length, out);
    out->udp = t[0].at[0] == 'U';
    if (count < 3)
        return capture_bad(r, "the line ends before the foreign address", true);
    if (!capture_end_read(t[1], ':', &out->local, &reason) ||
        !capture_end_read(t[2], ':', &out->remote, &reason))
        return capture_bad(r, reason, count == 3);
    return read_rest(r, t, count, out);
}

const struct capture_format capture_netstat_windows = {
    .name = "netstat",
    .platform = "Windows",
    .stack = "win10",
    .tool = CAPTURE_NETSTAT,
    .owners = "netstat -anobq as administrator",
    .read = read,
};
