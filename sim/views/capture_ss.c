/* ss of iproute2: `ss -tan`, `-tanp`, `-tanop`, `-tuanp`, `-H`.
 *
 *     State  Recv-Q Send-Q Local Address:Port  Peer Address:Port Process
 *     ESTAB  0      0          10.0.0.1:40002       10.0.0.2:445
 * users:(("app",pid=7,fd=3))
 *
 * With more than one protocol a Netid stands first; asked for one state (`ss state X`) ss
 * leaves the State column out.  Behind the peer stand timer:(...), users:(...), uid: and
 * so on, in an order that depends on the version; -i and -m add lines that begin with a
 * tab. */
#include <string.h>

#include "sim/views/capture_format.h"

/* Netid of what is no TCP and no UDP socket. */
static const char *const others[] = {
    "nl",    "u_str", "u_dgr",  "u_seq", "p_raw", "p_dgr", "raw",
    "icmp6", "v_str", "v_dgr",  "sctp",  "tipc",  "dccp",  "xdp",
    "ti_dg", "mptcp", "ti_rdm", "ti_sq", "ti_st", "???",   NULL,
};

static bool is_other(struct capture_token t)
{
    for (const char *const *name = others; *name; name++)
        if (capture_token_is(t, *name))
            return true;
    return false;
}

static bool is_header(const struct capture_token *t, unsigned count)
{
    for (unsigned i = 0; i + 1 < count; i++)
        if (capture_token_is(t[i], "Recv-Q") && capture_token_is(t[i + 1], "Send-Q"))
            return memmem(t[i].at, 200 < strlen(t[i].at) ? 200 : strlen(t[i].at),
                          "Address:Port", 12) != NULL;
    return false;
}

/* users:(("name",pid=7,fd=3),...), by ss of 2014 and before users:(("name",7,3),...): the
 * first of them. */
static void read_users(const char *rest, struct capture_socket *out)
{
    static const char begins[] = "users:((\"";
    const char *name = strstr(rest, begins);
    name = name ? name + strlen(begins) : NULL;
    const char *ends = "\",pid=";
    const char *pid = name ? strstr(name, ends) : NULL;
    if (name && !pid)
        pid = strstr(name, ends = "\",");
    if (!pid)
        return;
    out->process = name;
    out->process_length = (size_t)(pid - name);
    pid += strlen(ends);
    struct capture_token number = {pid, strspn(pid, "0123456789")};
    out->has_owner = capture_token_number(number, UINT32_MAX, &out->pid);
}

static enum capture_meaning read_row(struct capture_reading *r,
                                     const struct capture_token *t, unsigned count,
                                     struct capture_socket *out)
{
    const char *reason = NULL;
    uint32_t queue;
    if (count < 5)
        return capture_bad(r, "the line ends before the peer's address", true);
    for (unsigned i = 1; i <= 2; i++)
        if (!capture_token_number(t[i], UINT32_MAX, &queue))
            return CAPTURE_NOTHING;
    if (!capture_end_read(t[3], ':', &out->local, &reason) ||
        !capture_end_read(t[4], ':', &out->remote, &reason))
        return capture_bad(r, reason, count == 5);
    if (count > 5)
        read_users(t[5].at, out);
    return CAPTURE_ROW;
}

static enum capture_meaning read(struct capture_reading *r, char *line, size_t length,
                                 struct capture_socket *out)
{
    struct capture_token t[CAPTURE_TOKENS];
    unsigned count = capture_split(line, length, t), first = 0;
    uint32_t queue;
    if (count == 0)
        return CAPTURE_NOTHING;
    if (is_header(t, count)) {
        r->lacks_state = !strstr(line, "State");
        return CAPTURE_HEADER;
    }
    if (is_other(t[0]))
        return CAPTURE_BLANK;
    if (capture_token_is(t[0], "tcp") || capture_token_is(t[0], "udp"))
        first = 1;
    out->udp = first && t[0].at[0] == 'u';
    if (count > first && capture_state_find(t[first].at, t[first].length, &out->state)) {
        if (!first && out->state == CAPTURE_UNCONN)
            out->udp = true;
        out->guessed_tcp = !first && !out->udp;
        return read_row(r, t + first, count - first, out);
    }
    if (r->lacks_state && capture_token_number(t[0], UINT32_MAX, &queue))
        return capture_bad(r,
                           "no state stands there (ss leaves the column out when it "
                           "is asked for one state; capture with ss -tan)",
                           false);
    return line[0] == '\t' ? CAPTURE_BLANK : CAPTURE_NOTHING;
}

const struct capture_format capture_ss = {
    .name = "ss",
    .platform = "Linux",
    .stack = "linux618",
    .tool = CAPTURE_SS,
    .owners = "sudo ss -tuanp",
    .read = read,
};
