#include "models/socket_options.h"

#include <stddef.h>

const char *socket_bind_name(uint32_t index)
{
    static const char *const words[] = {
        [SOCKET_BIND_CONNECT] = "connect",
        [SOCKET_BIND_ZERO] = "bind-zero",
        [SOCKET_BIND_NO_PORT] = "bind-no-port",
        [SOCKET_BIND_EXPLICIT] = "explicit",
    };
    return index < sizeof words / sizeof words[0] ? words[index] : NULL;
}

static const char *port_range_choice(uint32_t index)
{
    static const char *const words[] = {
        [SOCKET_PORTS_DEFAULT] = "default",
        [SOCKET_PORTS_HIGH] = "high",
        [SOCKET_PORTS_LOW] = "low",
    };
    return index < sizeof words / sizeof words[0] ? words[index] : NULL;
}

static const struct field_table keep_alive_fields = {
    .what = "keep_alive",
    .size = sizeof(struct keep_alive),
    .rows =
        (const struct field[]){
            {.key = "idle",
             .type = FIELD_DURATION,
             .offset = offsetof(struct keep_alive, idle),
             .max = 604800,
             .fallback = "\"0s\"",
             .help = "silence before the first probe (TCP_KEEPIDLE); \"0s\": no "
                     "keep-alive"},
            {.key = "interval",
             .type = FIELD_DURATION,
             .offset = offsetof(struct keep_alive, interval),
             .min = 0.001,
             .max = 86400,
             .fallback = "\"75s\"",
             .help = "between probes that are not answered (TCP_KEEPINTVL)"},
            {.key = "probes",
             .type = FIELD_U32,
             .offset = offsetof(struct keep_alive, probes),
             .min = 1,
             .max = 127,
             .fallback = "9",
             .help = "unanswered probes before the connection is given up "
                     "(TCP_KEEPCNT)"},
            FIELD_END,
        },
};

static void check_options(const void *self, const struct field_check *check)
{
    const struct socket_options *o = self;
    if (o->bind == SOCKET_BIND_EXPLICIT && o->ring.low == 0)
        field_complain(check, "ring", "is needed where bind is \"explicit\"");
    if (o->bind != SOCKET_BIND_EXPLICIT && o->ring.low != 0)
        field_complain(check, "ring", "has no effect unless bind is \"explicit\"");
    if (o->no_fin_wait_2 && o->linger2)
        field_complain(check, "linger2", "has no effect where no_fin_wait_2 is true");
}

const struct field_table socket_options_fields = {
    .what = "socket",
    .size = sizeof(struct socket_options),
    .check = check_options,
    .rows =
        (const struct field[]){
            {.key = "bind",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct socket_options, bind),
             .choices = socket_bind_name,
             .fallback = "\"connect\"",
             .help = "how the local port is found: by connect(), by bind(addr, 0) before "
                     "it, by IP_BIND_ADDRESS_NO_PORT, or a port of `ring` bound by the "
                     "program"},
            {.key = "reuse_address",
             .type = FIELD_BOOL,
             .offset = offsetof(struct socket_options, reuse_address),
             .fallback = "false",
             .help = "SO_REUSEADDR"},
            {.key = "reuse_port",
             .type = FIELD_BOOL,
             .offset = offsetof(struct socket_options, reuse_port),
             .fallback = "false",
             .help = "SO_REUSEPORT"},
            {.key = "randomize",
             .type = FIELD_BOOL,
             .offset = offsetof(struct socket_options, randomize),
             .fallback = "false",
             .help = "SO_RANDOMIZE_PORT (Windows)"},
            {.key = "port_range",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct socket_options, port_range),
             .choices = port_range_choice,
             .fallback = "\"default\"",
             .help =
                 "IP_PORTRANGE: which range of its allocator the system searches; "
                 "FreeBSD, DragonFly, OpenBSD and macOS have three, others ignore it"},
            {.key = "uid",
             .type = FIELD_U16,
             .offset = offsetof(struct socket_options, uid),
             .fallback = "0",
             .help = "user that owns the socket; SO_REUSEPORT shares among one user's"},
            {.key = "local_range",
             .type = FIELD_RANGE,
             .offset = offsetof(struct socket_options, local_range),
             .min = 1,
             .max = 65535,
             .flags = FIELD_OPTIONAL,
             .help = "IP_LOCAL_PORT_RANGE: each end that lies inside the system's range "
                     "replaces that end"},
            {.key = "ring",
             .type = FIELD_RANGE,
             .offset = offsetof(struct socket_options, ring),
             .min = 1,
             .max = 65535,
             .flags = FIELD_OPTIONAL,
             .help = "ports the program hands out itself, first in, first out (HAProxy "
                     "`source addr:low-high`)"},
            {.key = "linger_zero",
             .type = FIELD_BOOL,
             .offset = offsetof(struct socket_options, linger_zero),
             .fallback = "false",
             .help = "SO_LINGER with 0 s: close() sends RST and leaves nothing behind"},
            {.key = "no_fin_wait_2",
             .type = FIELD_BOOL,
             .offset = offsetof(struct socket_options, no_fin_wait_2),
             .fallback = "false",
             .help = "TCP_LINGER2 of -1: RST in place of an orphan FIN_WAIT_2"},
            {.key = "linger2",
             .type = FIELD_DURATION,
             .offset = offsetof(struct socket_options, linger2),
             .max = 120, /* TCP_FIN_TIMEOUT_MAX of Linux */
             .fallback = "\"0s\"",
             .help = "TCP_LINGER2: this socket's fin_wait_2; \"0s\": the system's"},
            {.key = "user_timeout",
             .type = FIELD_DURATION,
             .offset = offsetof(struct socket_options, user_timeout),
             .max = 86400,
             .fallback = "\"0s\"",
             .help = "TCP_USER_TIMEOUT: how long a segment may stay unanswered; \"0s\": "
                     "by the stack's schedule"},
            {.key = "keep_alive",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct socket_options, keep_alive),
             .table = &keep_alive_fields,
             .fallback = "{}",
             .help = "SO_KEEPALIVE"},
            FIELD_END,
        },
};

const struct socket_options socket_options_plain = {.bind = SOCKET_BIND_CONNECT};
