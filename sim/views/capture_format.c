#include "sim/views/capture_format.h"

#include <arpa/inet.h>
#include <string.h>

const struct capture_format *const capture_formats[] = {
    &capture_ss,
    &capture_netstat_linux,
    &capture_netstat_bsd,
    &capture_netstat_windows,
    &capture_powershell_csv,
    &capture_powershell_table,
    NULL,
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

unsigned capture_split(const char *line, size_t length,
                       struct capture_token out[CAPTURE_TOKENS])
{
    const char *p = line, *end = line + length;
    unsigned count = 0;
    while (end > p && is_space(end[-1]))
        end--;
    for (;;) {
        while (p < end && is_space(*p))
            p++;
        if (p == end)
            return count;
        const char *from = p;
        while (p < end && !is_space(*p))
            p++;
        out[count++] = (struct capture_token){from, (size_t)(p - from)};
        if (count == CAPTURE_TOKENS) {
            out[count - 1].length = (size_t)(end - from);
            return count;
        }
    }
}

bool capture_token_is(struct capture_token t, const char *word)
{
    return strlen(word) == t.length && memcmp(t.at, word, t.length) == 0;
}

bool capture_token_number(struct capture_token t, uint32_t most, uint32_t *out)
{
    uint64_t value = 0;
    if (t.length == 0 || t.length > 10)
        return false;
    for (size_t i = 0; i < t.length; i++) {
        if (t.at[i] < '0' || t.at[i] > '9')
            return false;
        value = value * 10 + (uint64_t)(t.at[i] - '0');
    }
    *out = (uint32_t)value;
    return value <= most;
}

static bool read_port(struct capture_token t, uint16_t *out, const char **reason)
{
    uint32_t port = 0;
    if (!capture_token_is(t, "*") && !capture_token_number(t, UINT16_MAX, &port)) {
        bool digit = t.length && t.at[0] >= '0' && t.at[0] <= '9';
        *reason = t.length == 0 || digit ? "a port must be a number up to 65535"
                                         : "a port is a name (capture with -n)";
        return false;
    }
    *out = (uint16_t)port;
    return true;
}

/* Without brackets and zone: "[fe80::1%12]", "[fe80::1]%eth0", "127.0.0.53%lo". */
static struct capture_token bare(struct capture_token t)
{
    const char *zone = memchr(t.at, '%', t.length);
    if (zone)
        t.length = (size_t)(zone - t.at);
    if (t.length && t.at[0] == '[')
        t.at++, t.length--;
    if (t.length && t.at[t.length - 1] == ']')
        t.length--;
    return t;
}

/* ::ffff:10.0.0.1 is a connection of IPv4. */
static void unmap(struct ip_address *a)
{
    static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    if (a->family != 6 || memcmp(a->bytes, mapped, sizeof mapped) != 0)
        return;
    struct ip_address four = {.family = 4};
    memcpy(four.bytes, a->bytes + sizeof mapped, 4);
    *a = four;
}

static bool is_any(const struct ip_address *a)
{
    static const uint8_t none[16];
    return memcmp(a->bytes, none, sizeof none) == 0;
}

/* "2001:db8:85a3:8d3:1319:8a" is what netstat leaves of a long one. */
static bool is_cut(const char *text)
{
    return strspn(text, "0123456789abcdefABCDEF:.") == strlen(text) &&
           strpbrk(text, ":.") != NULL;
}

static bool read_address(struct capture_token whole, struct capture_end *out,
                         const char **reason)
{
    struct capture_token t = bare(whole);
    struct ip_address ip;
    if (capture_token_is(t, "*") || t.length == 0) {
        memcpy(out->address, "*", 2);
        return true;
    }
    if (t.length >= sizeof out->address) {
        *reason = "an address is too long";
        return false;
    }
    memcpy(out->address, t.at, t.length);
    out->address[t.length] = '\0';
    if (ip_address_parse(out->address, &ip)) {
        bool spelled = ip.family == 4; /* in one way only */
        unmap(&ip);
        out->family = ip.family;
        if (is_any(&ip))
            memcpy(out->address, "*", 2);
        else if (!spelled)
            ip_address_text(&ip, out->address);
        return true;
    }
    out->cut = is_cut(out->address);
    out->family = strchr(out->address, ':') ? 6 : 4;
    if (!out->cut)
        *reason = "an address is a name (capture with -n)";
    return out->cut;
}

bool capture_end_read_cells(struct capture_token address, struct capture_token port,
                            struct capture_end *out, const char **reason)
{
    *out = (struct capture_end){0};
    return read_address(address, out, reason) && read_port(port, &out->port, reason);
}

bool capture_end_read(struct capture_token t, char separator, struct capture_end *out,
                      const char **reason)
{
    const char *at = memrchr(t.at, separator, t.length);
    if (!at) {
        *reason = "an address must have a port";
        return false;
    }
    struct capture_token address = {t.at, (size_t)(at - t.at)};
    struct capture_token port = {at + 1, t.length - address.length - 1};
    return capture_end_read_cells(address, port, out, reason);
}

enum capture_meaning capture_bad(struct capture_reading *r, const char *reason,
                                 bool unfinished)
{
    r->reason = reason;
    r->unfinished = unfinished;
    return CAPTURE_BAD;
}

unsigned capture_groups(const char *line)
{
    unsigned groups = 0;
    for (const char *p = line + strspn(line, " \t"); *p; p += strspn(p, " \t")) {
        groups++;
        while (*p && *p != '\t' && !(p[0] == ' ' && (p[1] == ' ' || p[1] == '\0')))
            p++;
    }
    return groups;
}
