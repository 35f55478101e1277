#include "models/app.h"

#include "sim/engine/distribution.h"

static const char *closer_choice(uint32_t index)
{
    static const char *const words[] = {
        [CLOSES_CLIENT] = "client", [CLOSES_SERVER] = "server", [CLOSES_BOTH] = "both"};
    return index < sizeof words / sizeof words[0] ? words[index] : NULL;
}

static const char *protocol_choice(uint32_t index)
{
    static const char *const words[] = {[APP_TCP] = "tcp", [APP_UDP] = "udp"};
    return index < sizeof words / sizeof words[0] ? words[index] : NULL;
}

static const char *family_choice(uint32_t index)
{
    static const char *const words[] = {[APP_IPV4] = "ipv4", [APP_IPV6] = "ipv6"};
    return index < sizeof words / sizeof words[0] ? words[index] : NULL;
}

static const struct field_table retry_fields = {
    .what = "on_failure",
    .size = sizeof(struct retry_config),
    .rows =
        (const struct field[]){
            {.key = "retries",
             .type = FIELD_U32,
             .offset = offsetof(struct retry_config, retries),
             .min = 0,
             .max = 100,
             .fallback = "0",
             .help = "how often a failed attempt is repeated"},
            {.key = "backoff",
             .type = FIELD_DURATION,
             .offset = offsetof(struct retry_config, backoff),
             .min = 0,
             .max = 86400,
             .fallback = "\"1s\"",
             .help = "the wait before the first retry"},
            {.key = "factor",
             .type = FIELD_REAL,
             .offset = offsetof(struct retry_config, factor),
             .min = 1,
             .max = 10,
             .fallback = "2",
             .help = "how much longer each further wait is; 1: always the same"},
            {.key = "jitter",
             .type = FIELD_REAL,
             .offset = offsetof(struct retry_config, jitter),
             .min = 0,
             .max = 1,
             .fallback = "0",
             .help = "share of each wait that chance may take away, so that those who "
                     "failed together do not come again together; 1: uniform from 0 to "
                     "the whole wait"},
            FIELD_END,
        },
};

static const struct field_table pool_fields = {
    .what = "pool",
    .size = sizeof(struct client_pool_config),
    .rows =
        (const struct field[]){
            {.key = "connections",
             .type = FIELD_U32,
             .offset = offsetof(struct client_pool_config, connections),
             .fallback = "0",
             .flags = FIELD_CHANGEABLE,
             .help = "how many a machine opens at most; 0: no limit"},
            {.key = "requests",
             .type = FIELD_U32,
             .offset = offsetof(struct client_pool_config, requests),
             .max = 65535,
             .fallback = "0",
             .flags = FIELD_CHANGEABLE,
             .help = "how many requests a connection serves before it is closed; 0: no "
                     "limit"},
            {.key = "idle",
             .type = FIELD_DURATION,
             .offset = offsetof(struct client_pool_config, idle),
             .min = 0.001,
             .max = 31536000,
             .fallback = "\"60s\"",
             .flags = FIELD_CHANGEABLE,
             .help = "how long a connection may be idle before it is closed, by whoever "
                     "closes first"},
            {.key = "wait",
             .type = FIELD_DURATION,
             .offset = offsetof(struct client_pool_config, wait),
             .max = 31536000,
             .fallback = "\"100s\"",
             .help =
                 "how long a request waits in line when all connections are busy; then "
                 "the try fails with POOL_TIMEOUT; \"0s\": at once"},
            FIELD_END,
        },
};

static const struct field close_row = {.type = FIELD_OBJECT, .table = &behaviour_fields};

static void check_shares(const struct field_check *check, const char *key,
                         const struct field_list *rows)
{
    const struct behaviour *row = rows->items;
    double sum = 0;
    for (uint32_t i = 0; i < rows->count; i++)
        sum += row[i].share;
    if (sum <= 0)
        field_complain(check, key, "needs a row whose share is above 0");
}

/* What only connections have. */
static void check_udp(const struct app_config *a, const struct field_check *check)
{
    const struct leak_config *l = &a->leaks;
    if (a->through != FIELD_NO_REFERENCE)
        field_complain(check, "through",
                       "must not be given with protocol udp: no proxy "
                       "passes queries on");
    if (a->quiet)
        field_complain(check, "quiet", "has no effect with protocol udp");
    if (a->vanishes > 0)
        field_complain(check, "vanishes", "has no effect with protocol udp");
    if (a->closes_first != CLOSES_CLIENT)
        field_complain(check, "closes_first",
                       "must be client with protocol udp: a server closes nothing");
    if (l->close_wait + l->after_time_wait + l->after_failure + l->half_closed > 0)
        field_complain(check, "leaks",
                       "with protocol udp only never_closed: nothing is shut down or "
                       "closed by a peer");
}

static void check_pool(const struct app_config *a, const struct field_check *check)
{
    if (a->through != FIELD_NO_REFERENCE)
        field_complain(
            check, "pool",
            "is of clients that connect to the server themselves; what a proxy "
            "keeps is hosts.<proxy>.proxying.keepalive");
    if (a->protocol == APP_UDP)
        field_complain(check, "pool", "has no effect with protocol udp");
}

/* Others may stand between the connections of one user, or share them. */
static void check_connections(const struct app_config *a, const struct field_check *check)
{
    if (a->through != FIELD_NO_REFERENCE)
        field_complain(check, "connections",
                       "must be 1 through a proxy: each connection there is an attempt");
    if (a->protocol == APP_UDP)
        field_complain(check, "connections", "must be 1 with protocol udp");
    if (a->pool.idle)
        field_complain(check, "connections",
                       "must be 1 with a pool: pool.connections says how many it has");
}

static void check_app(const void *self, const struct field_check *check)
{
    const struct app_config *a = self;
    check_shares(check, "server_close", &a->server_close);
    check_shares(check, "client_close", &a->client_close);
    if (a->through != FIELD_NO_REFERENCE && a->through == a->from)
        field_complain(check, "through", "must be another host than from");
    if (a->through != FIELD_NO_REFERENCE && a->through == a->to.reference)
        field_complain(check, "through", "must be another host than the one in to");
    if (a->from == a->to.reference)
        field_complain(check, "to", "must be another host than from");
    if (a->protocol == APP_UDP)
        check_udp(a, check);
    if (a->pool.idle)
        check_pool(a, check);
    if (a->connections > 1)
        check_connections(a, check);
}

const struct field_table app_fields = {
    .what = "app",
    .size = sizeof(struct app_config),
    .check = check_app,
    .rows =
        (const struct field[]){
            {.key = "face",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct app_config, face),
             .choices = face_choice,
             .fallback = "\"none\"",
             .help = "what its users would call it: a word of `list faces`; summaries "
                     "then say what they see when it fails"},
            {.key = "from",
             .type = FIELD_REFERENCE,
             .offset = offsetof(struct app_config, from),
             .target = "hosts",
             .flags = FIELD_REQUIRED,
             .change = "an app belongs to its host; let another app's arrivals begin",
             .help = "the host whose users connect; of several members one at random"},
            {.key = "process",
             .type = FIELD_NAME,
             .offset = offsetof(struct app_config, process),
             .flags = FIELD_OPTIONAL,
             .help = "the process on `from` whose sockets its users' are; absent: one "
                     "named as the app"},
            {.key = "through",
             .type = FIELD_REFERENCE,
             .offset = offsetof(struct app_config, through),
             .target = "hosts",
             .flags = FIELD_OPTIONAL,
             .change = "an app goes one way; let another app's arrivals begin",
             .help = "an explicit proxy: the client connects to its proxy_port, and it "
                     "connects "
                     "on"},
            {.key = "to",
             .type = FIELD_ENDPOINT,
             .offset = offsetof(struct app_config, to),
             .target = "hosts",
             .flags = FIELD_REQUIRED,
             .change = "an app goes one way; let another app's arrivals begin, or change "
                       "the server's addresses",
             .help =
                 "the server, \"host:port\"; of several addresses one after the other"},
            {.key = "protocol",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct app_config, protocol),
             .choices = protocol_choice,
             .fallback = "\"tcp\"",
             .change = "pools are built at the start; let another app's arrivals begin",
             .help =
                 "udp: an attempt is a query, which takes a local port and succeeds "
                 "with the answer; the socket is held for `lifetime` and then closed"},
            {.key = "family",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct app_config, family),
             .choices = family_choice,
             .fallback = "\"ipv4\"",
             .change =
                 "addresses are given at the start; let another app's arrivals begin",
             .help = "of the addresses on every leg; hosts without one of it are given "
                     "one (IPv6: from fd00::1 on)"},
            {.key = "arrivals",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct app_config, arrivals),
             .table = &arrivals_fields,
             .flags = FIELD_REQUIRED | FIELD_CHANGEABLE,
             .change = "the next arrival is drawn anew",
             .help = "when users come"},
            {.key = "lifetime",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct app_config, lifetime),
             .table = &distribution_fields,
             .flags = FIELD_REQUIRED | FIELD_CHANGEABLE,
             .change = "of users who come from then on",
             .help = "from established (through a proxy: from its answer) to close, or, "
                     "where a proxy's mode is http, to the last byte of the answer"},
            {.key = "quiet",
             .type = FIELD_DURATION,
             .offset = offsetof(struct app_config, quiet),
             .max = 31536000,
             .fallback = "\"0s\"",
             .flags = FIELD_CHANGEABLE,
             .change = "of attempts that succeed from then on",
             .help = "how long before its close a connection has carried its last data: "
                     "a proxy's timeouts and a gateway's idle timer count from there"},
            {.key = "vanishes",
             .type = FIELD_REAL,
             .offset = offsetof(struct app_config, vanishes),
             .min = 0,
             .max = 1,
             .fallback = "0",
             .flags = FIELD_CHANGEABLE,
             .change = "of users who come from then on",
             .help = "share of the connections whose closer disappears without a word "
                     "instead: its socket is gone, and nobody is told"},
            {.key = "closes_first",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct app_config, closes_first),
             .choices = closer_choice,
             .fallback = "\"client\"",
             .flags = FIELD_CHANGEABLE,
             .change = "also of users who are there",
             .help = "who closes when the lifetime is over; both: at the same instant"},
            {.key = "server_close",
             .type = FIELD_LIST,
             .offset = offsetof(struct app_config, server_close),
             .element = &close_row,
             .min = 1,
             .max = 64,
             .fallback = "[{\"kind\": \"prompt\"}]",
             .flags = FIELD_CHANGEABLE,
             .change = "of users who come from then on: what a server will do is drawn "
                       "when they come",
             .help =
                 "what the server does when the other side has closed; one row is drawn "
                 "for each connection, when its user arrives"},
            {.key = "client_close",
             .type = FIELD_LIST,
             .offset = offsetof(struct app_config, client_close),
             .element = &close_row,
             .min = 1,
             .max = 64,
             .fallback = "[{\"kind\": \"prompt\"}]",
             .flags = FIELD_CHANGEABLE,
             .change = "of users who come from then on",
             .help = "what the client does when the other side has closed"},
            {.key = "patience",
             .type = FIELD_DURATION,
             .offset = offsetof(struct app_config, patience),
             .min = 0.001,
             .max = 86400,
             .fallback = "\"5min\"",
             .flags = FIELD_CHANGEABLE,
             .change = "waits under way keep their deadline",
             .help =
                 "how long a client that reached the proxy waits for its answer; then it "
                 "closes, and the attempt failed with ETIMEDOUT"},
            {.key = "on_failure",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct app_config, on_failure),
             .table = &retry_fields,
             .fallback = "{}",
             .flags = FIELD_CHANGEABLE,
             .change = "of failures from then on",
             .help = "what a user does when an attempt fails"},
            {.key = "connections",
             .type = FIELD_U32,
             .offset = offsetof(struct app_config, connections),
             .min = 1,
             .max = 255,
             .fallback = "1",
             .change = "users under way have opened theirs",
             .help = "how many a user opens at once, all or nothing: a browser's six; if "
                     "one finds no port all are given back and the attempt has failed"},
            {.key = "pool",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct app_config, pool),
             .table = &pool_fields,
             .flags = FIELD_OPTIONAL,
             .help = "connections its program keeps open for the next request: an "
                     "arrival is a request then, and the lifetime the length of one"},
            {.key = "cache",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct app_config, cache),
             .table = &cache_fields,
             .flags = FIELD_OPTIONAL,
             .help = "what a machine remembers of earlier successes: resolved names, "
                     "confirmed credentials; an attempt it answers needs no port"},
            {.key = "local",
             .type = FIELD_REAL,
             .offset = offsetof(struct app_config, local),
             .min = 0,
             .max = 1,
             .fallback = "0",
             .flags = FIELD_CHANGEABLE,
             .help = "share of the attempts that need no network at all: a local "
                     "account"},
            {.key = "socket",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct app_config, socket),
             .table = &socket_options_fields,
             .fallback = "{}",
             .change = "sockets are made with it",
             .help = "options of the users' own sockets"},
            {.key = "udp",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct app_config, udp),
             .table = &udp_config_fields,
             .flags = FIELD_CHANGEABLE,
             .fallback = "{}",
             .change = "of queries sent from then on",
             .help = "with protocol udp: its queries"},
            {.key = "leaks",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct app_config, leaks),
             .table = &leak_fields,
             .fallback = "{}",
             .flags = FIELD_CHANGEABLE,
             .change = "of users who come from then on",
             .help = "shares of the users' own sockets that their program never closes"},
            FIELD_END,
        },
};
