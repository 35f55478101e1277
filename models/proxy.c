#include "models/proxy.h"

#include <stddef.h>

const char *proxy_mode_word(uint32_t mode)
{
    static const char *const words[] = {[PROXY_TCP] = "tcp", [PROXY_HTTP] = "http"};
    return mode < sizeof words / sizeof words[0] ? words[mode] : NULL;
}

const char *proxy_close_word(uint32_t close)
{
    static const char *const words[] = {
        [PROXY_CLOSES] = "close", [PROXY_RESETS] = "reset"};
    return close < sizeof words / sizeof words[0] ? words[close] : NULL;
}

const char *proxy_tells_word(uint32_t tells)
{
    static const char *const words[] = {
        [PROXY_TELLS_CODE] = "code", [PROXY_TELLS_EOF] = "eof",
        [PROXY_TELLS_RESET] = "rst", [PROXY_TELLS_502] = "502",
        [PROXY_TELLS_503] = "503",
    };
    return tells < sizeof words / sizeof words[0] ? words[tells] : NULL;
}

static const char *overflow_word(uint32_t index)
{
    static const char *const words[] = {
        [PROXY_DROPS_OLDEST] = "oldest", [PROXY_DROPS_NEWEST] = "newest"};
    return index < sizeof words / sizeof words[0] ? words[index] : NULL;
}

static void check_proxy(const void *self, const struct field_check *check)
{
    const struct proxy *p = self;
    if (p->mode == PROXY_HTTP && p->half_close)
        field_complain(check, "half_close", "has no effect where mode is \"http\"");
    if (p->mode == PROXY_HTTP && p->nolinger)
        field_complain(check, "nolinger",
                       "has no effect where mode is \"http\"; close_mode \"reset\" has");
    if (p->mode == PROXY_TCP && p->keepalive)
        field_complain(check, "keepalive", "needs mode \"http\"");
    if (p->mode == PROXY_TCP && p->crossing_fins)
        field_complain(check, "crossing_fins", "needs mode \"http\"");
    if (p->tunnel_timeout && p->proxy_timeout)
        field_complain(check, "proxy_timeout",
                       "is nginx's and tunnel_timeout HAProxy's: set one of them");
}

#define CHANGES (FIELD_INHERITED | FIELD_CHANGEABLE)

#define TIMEOUT(member, text)                                                            \
    {                                                                                    \
        .key = #member, .type = FIELD_DURATION,                                          \
        .offset = offsetof(struct proxy, member), .max = 31536000, .flags = CHANGES,     \
        .change = "timers under way keep their deadline", .help = text                   \
    }

const struct field_table proxy_fields = {
    .what = "proxying",
    .size = sizeof(struct proxy),
    .check = check_proxy,
    .rows =
        (const struct field[]){
            {.key = "mode",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct proxy, mode),
             .choices = proxy_mode_word,
             .flags = CHANGES,
             .help = "tcp: passes closes on; http: an app's lifetime ends with the last "
                     "byte of the answer, and the proxy is the first to know"},
            {.key = "close_mode",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct proxy, close_mode),
             .choices = proxy_close_word,
             .flags = CHANGES,
             .help =
                 "how it ends a connection whose server has not closed: close() sends "
                 "FIN and leaves FIN_WAIT_2 to the kernel (tcp.fin_wait_2), reset "
                 "sends RST and leaves nothing"},
            {.key = "half_close",
             .type = FIELD_BOOL,
             .offset = offsetof(struct proxy, half_close),
             .flags = CHANGES,
             .help = "mode tcp: a FIN is passed on by shutdown(), and both connections "
                     "are held until the other side closes or a timeout ends it "
                     "(HAProxy; nginx proxy_half_close); false: both are closed at once"},
            {.key = "nolinger",
             .type = FIELD_BOOL,
             .offset = offsetof(struct proxy, nolinger),
             .flags = CHANGES,
             .help = "mode tcp: RST in place of the FIN to the server (HAProxy option "
                     "nolinger)"},
            {.key = "crossing_fins",
             .type = FIELD_BOOL,
             .offset = offsetof(struct proxy, crossing_fins),
             .flags = CHANGES,
             .help = "mode http: closes as soon as it has the answer of a server that "
                     "closes first, so that the FINs cross and TIME_WAIT stays at both; "
                     "false: the server's FIN comes with the answer.  In nginx a race"},
            TIMEOUT(client_timeout,
                    "HAProxy timeout client: silence since the last data; \"0s\": no "
                    "limit"),
            TIMEOUT(server_timeout,
                    "HAProxy timeout server: silence since the last data, not since "
                    "the FIN; \"0s\": no limit"),
            TIMEOUT(tunnel_timeout,
                    "HAProxy timeout tunnel: in place of client_timeout and "
                    "server_timeout; \"0s\": not set"),
            TIMEOUT(proxy_timeout,
                    "nginx proxy_timeout: silence since the last data or FIN, on "
                    "both sides; \"0s\": not set"),
            TIMEOUT(client_fin_timeout,
                    "HAProxy timeout client-fin: wait for the client's FIN after the "
                    "server's was passed on; \"0s\": as for data"),
            TIMEOUT(server_fin_timeout,
                    "HAProxy timeout server-fin: wait for the server's FIN after the "
                    "client's was passed on; \"0s\": as for data"),
            {.key = "retries",
             .type = FIELD_U32,
             .offset = offsetof(struct proxy, retries),
             .max = 100,
             .flags = CHANGES,
             .help = "further calls of connect() when one finds no port, all in the same "
                     "instant; a server that refuses is not asked again (inference)"},
            {.key = "client_sees",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct proxy, client_sees),
             .choices = proxy_tells_word,
             .flags = CHANGES,
             .help =
                 "what a client is told when the proxy cannot connect on: the code of "
                 "the failure, end of file, RST, or an HTTP status"},
            {.key = "keepalive",
             .type = FIELD_U32,
             .offset = offsetof(struct proxy, keepalive),
             .max = 1000000,
             .flags = CHANGES,
             .help = "mode http: connections to servers kept open between requests, for "
                     "each app and member of the host (nginx keepalive, of one worker); "
                     "0: none"},
            {.key = "overflow",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct proxy, overflow),
             .choices = overflow_word,
             .flags = CHANGES,
             .help = "which connection goes when keepalive are idle already: the one "
                     "idle for longest (nginx), or the one that has just become idle "
                     "(HAProxy)"},
            {.key = "reuse",
             .type = FIELD_BOOL,
             .offset = offsetof(struct proxy, reuse),
             .flags = CHANGES,
             .help = "a new client's request may go over an idle connection, the last "
                     "used first (nginx); false: never the first of a client, and ours "
                     "have one each (HAProxy http-reuse safe)"},
            {.key = "keepalive_requests",
             .type = FIELD_U32,
             .offset = offsetof(struct proxy, keepalive_requests),
             .min = 1,
             .max = 65535,
             .flags = CHANGES,
             .help = "requests a connection serves before it is closed"},
            TIMEOUT(keepalive_timeout,
                    "how long a connection may stay idle; \"0s\": no limit"),
            {.key = "socket",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct proxy, socket),
             .table = &socket_options_fields,
             .fallback = "{}",
             .help = "options of the connections to servers; HAProxy's source "
                     "addr:low-high is bind \"explicit\", reuse_address and a ring"},
            {.key = "leaks",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct proxy, leaks),
             .table = &leak_fields,
             .fallback = "{}",
             .flags = FIELD_CHANGEABLE,
             .help = "shares of the connections to servers that the proxy never closes; "
                     "of clients who come from then on"},
            FIELD_END,
        },
};

/* Debian 12's /etc/haproxy/haproxy.cfg: timeout client 50000, timeout server 50000. */
#define HAPROXY_TIMEOUTS .client_timeout = 50 * SIM_S, .server_timeout = 50 * SIM_S

/* nginx documentation, ngx_http_upstream_module: keepalive_requests 1000,
 * keepalive_timeout 60s. */
#define KEEPALIVE_DEFAULTS                                                               \
    .keepalive_requests = 1000, .keepalive_timeout = 60 * SIM_S, .reuse = true

const struct proxy_row proxy_rows[] = {
    {.name = "explicit",
     .systems = "no program: an explicit proxy that closes both sides when either closes "
                "and tells its client the code of a failure",
     .source = "the ProxySG of TFA42, as far as it says (inference)",
     .proxy = {KEEPALIVE_DEFAULTS}},
    {.name = "haproxy-tcp",
     .systems = "HAProxy 2.6, mode tcp: passes a FIN on by shutdown(), holds FIN_WAIT_2 "
                "until timeout server, then resets",
     .source = "PROXIES.md 1 (measured); 50 s from Debian 12's haproxy.cfg",
     .proxy = {HAPROXY_TIMEOUTS, KEEPALIVE_DEFAULTS, .close_mode = PROXY_RESETS,
               .half_close = true, .retries = 3, .client_sees = PROXY_TELLS_EOF}},
    {.name = "haproxy-http",
     .systems = "HAProxy 2.6, mode http, option httpclose or http-server-close: resets "
                "the connection to the server after each answer",
     .source = "PROXIES.md 1 (measured)",
     .proxy = {HAPROXY_TIMEOUTS, KEEPALIVE_DEFAULTS, .mode = PROXY_HTTP,
               .close_mode = PROXY_RESETS, .retries = 3, .client_sees = PROXY_TELLS_503}},
    {.name = "haproxy-http-keepalive",
     .systems = "HAProxy 2.6, mode http by default, clients of one request each: one "
                "idle connection, reset after 15 s; every other reset after its answer",
     .source = "PROXIES.md 1 (measured); no reuse for a client's first request: "
               "http-reuse safe, HAProxy's default",
     .proxy = {HAPROXY_TIMEOUTS, .mode = PROXY_HTTP, .close_mode = PROXY_RESETS,
               .retries = 3, .client_sees = PROXY_TELLS_503, .keepalive = 1,
               .overflow = PROXY_DROPS_NEWEST, .keepalive_requests = 65535,
               .keepalive_timeout = 15 * SIM_S}},
    {.name = "nginx-stream",
     .systems = "nginx 1.22, stream: closes both sides at once; FIN_WAIT_2 is the "
                "kernel's",
     .source = "PROXIES.md 1 (measured; RST is what 54-92 % of its clients met on "
               "exhaustion, FIN alone the others); proxy_timeout 10m is its default",
     .proxy = {KEEPALIVE_DEFAULTS, .proxy_timeout = 10 * SIM_MIN,
               .client_sees = PROXY_TELLS_RESET}},
    {.name = "nginx-http",
     .systems =
         "nginx 1.22, proxy_pass as it comes: HTTP/1.0 to the server, closed after "
         "each answer",
     .source = "PROXIES.md 1 (measured; that the FIN of a server that closes first comes "
               "with its answer is the side of the race that was seen)",
     .proxy = {KEEPALIVE_DEFAULTS, .mode = PROXY_HTTP, .client_sees = PROXY_TELLS_502}},
    {.name = "nginx-http-keepalive",
     .systems =
         "nginx 1.22, HTTP/1.1 to servers, keepalive 16 in the upstream block, one "
         "worker",
     .source = "PROXIES.md 1 and 3.10 (measured); 1000 requests and 60 s are its "
               "defaults",
     .proxy = {KEEPALIVE_DEFAULTS, .mode = PROXY_HTTP, .client_sees = PROXY_TELLS_502,
               .crossing_fins = true, .keepalive = 16}},
    {.name = NULL},
};

const char *proxy_choice(uint32_t index)
{
    return index < sizeof proxy_rows / sizeof proxy_rows[0] ? proxy_rows[index].name
                                                            : NULL;
}

/* --- timers ---------------------------------------------------------------------------
 */

/* What counts from the last data, of one side. */
static sim_ns silence(const struct proxy *p, sim_ns side)
{
    if (p->tunnel_timeout)
        return p->tunnel_timeout;
    return p->proxy_timeout ? p->proxy_timeout : side;
}

sim_ns proxy_idle_limit(const struct proxy *p)
{
    sim_ns client = silence(p, p->client_timeout), server = silence(p, p->server_timeout);
    if (client == 0 || server == 0)
        return client + server;
    return client < server ? client : server;
}

/* HAProxy's fin timeouts count from the FIN, its others go on from the last data
 * [PROXIES.md 1].  To nginx a FIN is an event like data: measured by
 * tests/live/proxies.py.
 */
static sim_ns waits_until(const struct proxy *p, sim_ns fin_timeout, sim_ns side_timeout,
                          sim_ns now, sim_ns last_data)
{
    if (fin_timeout)
        return now + fin_timeout;
    if (p->proxy_timeout)
        return now + p->proxy_timeout;
    sim_ns limit = silence(p, side_timeout);
    if (limit == 0)
        return SIM_NEVER;
    return last_data + limit > now ? last_data + limit : now;
}

sim_ns proxy_waits_for_server_until(const struct proxy *p, sim_ns now, sim_ns last_data)
{
    return waits_until(p, p->server_fin_timeout, p->server_timeout, now, last_data);
}

sim_ns proxy_waits_for_client_until(const struct proxy *p, sim_ns now, sim_ns last_data)
{
    return waits_until(p, p->client_fin_timeout, p->client_timeout, now, last_data);
}
