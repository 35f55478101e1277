/* What one proxy program does with its connections, as numbers and choices: who ends the
 * connection to the server, how, when, and what its client is told.
 *
 * Programs are rows, not classes (proxy.c): a row fills a struct proxy, and every field
 * of it can be overridden under a host's "proxying" key, by the names the programs
 * themselves use.  models/proxy_session.h does what a row says.
 *
 * The rows were measured on HAProxy 2.6.12 and nginx 1.22.1 over Linux 6.18, one worker
 * each, plain connect(): packet captures of single connections [PROXIES.md].
 */
#ifndef MODELS_PROXY_H
#define MODELS_PROXY_H

#include "models/leak.h"
#include "models/socket_options.h"
#include "sim/base/field.h"
#include "sim/base/time.h"

enum proxy_mode {
    PROXY_TCP,  /* passes bytes and closes on */
    PROXY_HTTP, /* knows where an answer ends, and what to do with the connection then */
};

/* How the proxy ends a connection whose server has not closed. */
enum proxy_close {
    PROXY_CLOSES, /* close(): FIN, and the kernel waits for the server's */
    PROXY_RESETS, /* close() with linger 0: RST, the port is free at once */
};

/* What a client is told when the proxy cannot connect on. */
enum proxy_tells {
    PROXY_TELLS_CODE, /* the code of the failure itself */
    PROXY_TELLS_EOF,
    PROXY_TELLS_RESET,
    PROXY_TELLS_502,
    PROXY_TELLS_503,
};

/* Which idle connection goes when there are too many. */
enum proxy_overflow { PROXY_DROPS_OLDEST, PROXY_DROPS_NEWEST };

/* Durations of 0: not set, no limit. */
struct proxy {
    uint32_t mode;       /* enum proxy_mode */
    uint32_t close_mode; /* enum proxy_close */
    bool half_close;     /* TCP: passes a FIN on by shutdown() and waits for the other */
    bool nolinger;       /* TCP: RST in place of the FIN to the server */
    bool crossing_fins;  /* HTTP: closes with the answer of a server that closes */
    sim_ns client_timeout, server_timeout; /* since the last data */
    sim_ns tunnel_timeout;                 /* the same, in place of both */
    sim_ns proxy_timeout;                  /* since the last data or FIN, of both */
    sim_ns client_fin_timeout, server_fin_timeout; /* since the FIN passed on */
    uint32_t retries;                              /* of a connect() without a port */
    uint32_t client_sees;                          /* enum proxy_tells */
    uint32_t keepalive;                            /* idle connections kept; 0: none */
    uint32_t overflow;                             /* enum proxy_overflow */
    bool reuse; /* a new client may be given an idle connection */
    uint32_t keepalive_requests;
    sim_ns keepalive_timeout;
    struct socket_options socket; /* of connections to servers */
    struct leak_config leaks;     /* of the same */
};

/* Keys under "proxying". */
extern const struct field_table proxy_fields;

struct proxy_row {
    const char *name;    /* "haproxy-tcp" */
    const char *systems; /* what it stands for */
    const char *source;
    struct proxy proxy;
};

/* Every program, in the order `list proxies` prints them; ends with a row without a name.
 */
extern const struct proxy_row proxy_rows[];

/* For field tables: the name of the index-th row, NULL after the last. */
const char *proxy_choice(uint32_t index);

/* The names of the values of enum proxy_mode, proxy_close and proxy_tells, as scenarios
 * spell them; NULL after the last. */
const char *proxy_mode_word(uint32_t mode);
const char *proxy_close_word(uint32_t close);
const char *proxy_tells_word(uint32_t tells);

/* How long both halves may be silent; 0: for ever. */
sim_ns proxy_idle_limit(const struct proxy *p);

/* When the proxy stops to wait for the FIN of the other side, having passed on one FIN
 * just now; SIM_NEVER: not at all. */
sim_ns proxy_waits_for_server_until(const struct proxy *p, sim_ns now, sim_ns last_data);
sim_ns proxy_waits_for_client_until(const struct proxy *p, sim_ns now, sim_ns last_data);

#endif
