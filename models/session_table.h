/* One attempt of a user: the record, the sockets it holds, its two timers.
 *
 * Shared by the rooms that move sessions on: sessions.c, where users come from, session.c
 * for what becomes of them, proxy_session.c for a proxy's part, udp_session.c for
 * queries, and the pools of connections; nobody else includes this.
 *
 * A record lives while an application holds one of its sockets or one of its timers runs.
 * It has up to four sockets: the client's, the server's, and with a proxy the two in
 * between.  A proxy's idle connection to a server is a session without a client.
 *
 * The table moves when it grows: keep numbers, not pointers, across session_open().
 */
#ifndef MODELS_SESSION_TABLE_H
#define MODELS_SESSION_TABLE_H

#include "models/proxy.h"
#include "models/session.h"

/* What a session's own event is about (event_detail). */
enum session_event {
    SESSION_ANSWER,    /* the proxy's "connected" reaches the client */
    SESSION_IMPATIENT, /* the proxy has not answered */
    SESSION_LIFE_OVER, /* whoever closes first does so */
    SESSION_SERVER_LATE,
    SESSION_CLIENT_LATE,
    SESSION_RETRY,
    SESSION_CUT,       /* silent for too long: the proxy ends both connections */
    SESSION_IDLE_OVER, /* nobody asked for the idle connection */
    SESSION_IN_LINE,   /* no connection of its pool became free in time */
    SESSION_PLACE,     /* it may open a connection of its pool */
    SESSION_UNHEARD,   /* its request met a server that had closed */
    /* The proxy's own timer, `hold`; the others are `timer`. */
    SESSION_HELD_OVER,    /* the other side has not closed in time */
    SESSION_ANSWER_WHOLE, /* the last byte of the answer reaches the client */
    SESSION_FALLS_QUIET,  /* the last data was sent; the same timer */
};

/* Whose socket a session's socket is. */
enum role {
    ROLE_CLIENT, /* the user's */
    ROLE_INNER,  /* the proxy's, toward the client */
    ROLE_OUTER,  /* the proxy's, toward the server */
    ROLE_SERVER,
    ROLE_COUNT,
    ROLE_LEFTOVER = ROLE_COUNT /* of an earlier try */
};

struct session {
    union {
        sim_ns arrived;   /* until the attempt succeeds */
        sim_ns last_data; /* from then on */
        struct {
            uint32_t older, newer; /* idle: its neighbours in the pool */
        };
    };
    sim_ns life;
    const struct behaviour *behaviour; /* of the side that closes second */
    uint32_t sockets[ROLE_COUNT];      /* 0: none, or not ours any more */
    uint32_t member;                   /* the client; a free record: the next free */
    uint32_t target;                   /* address of the server */
    struct event_timer timer;
    uint16_t app;
    uint8_t tries;     /* 0: a connection kept for the next request, nobody's attempt */
    uint8_t failure;   /* enum failure the proxy is about to report */
    bool open : 1;     /* the attempt succeeded and the client has not closed */
    bool idle : 1;     /* in a pool */
    bool vanishes : 1; /* who closes first disappears instead */
    bool retries : 1;  /* the timer is that of the next try */
    bool waits : 1;    /* in line for its pool, or just called to open a connection */
    bool stale : 1;    /* its server has closed, and the client does not know it yet */
    uint16_t leaks : 5, proxy_leaks : 5; /* enum leak: of the client, and of the proxy's
                                           connection to the server */
    uint16_t requests; /* that its connection to the server has carried before */
    struct event_timer hold;
};
_Static_assert(sizeof(struct session) == 64, "a session is 64 bytes");

static inline struct session *session_at(struct sessions *s, uint32_t id)
{
    return &s->at[id];
}

static inline struct app *session_app(struct sessions *s, const struct session *x)
{
    return &s->apps[x->app];
}

static inline enum role session_role(const struct session *x, uint32_t socket)
{
    int role = 0;
    while (role < ROLE_COUNT && x->sockets[role] != socket)
        role++;
    return (enum role)role;
}

/* The timer whose event this is: the proxy's own waits have one of their own, for they
 * run beside those of the client and the server. */
static inline struct event_timer *session_timer(struct session *x,
                                                enum session_event what)
{
    return what >= SESSION_HELD_OVER ? &x->hold : &x->timer;
}

/* A zeroed record. */
uint32_t session_open(struct sessions *s);

/* Where to draw from what chance decides about the session after its arrival: *own, made
 * the part of `stream` that belongs to this try of this user; or `stream` itself, of a
 * user who came before a change made apps draw later. */
struct random_stream *session_chance(const struct sessions *s, uint32_t id,
                                     struct random_stream *stream,
                                     struct random_stream *own);

/* Forgets the session once nothing of it is left. */
void session_settle(struct sessions *s, uint32_t id);

/* Everything about it is drawn: it is answered from the cache, or tries.  `local`: it
 * needs no network. */
void session_begins(struct sessions *s, uint32_t id, bool local);

/* The attempt has what it wanted: its life begins.  A try has failed: the next one will
 * come, or the attempt has failed as well. */
void session_succeeded(struct sessions *s, uint32_t id);
void session_failed(struct sessions *s, uint32_t id, enum failure code);

/* The attempt has an end that is neither success nor failure. */
void session_stops(struct sessions *s, uint32_t id);

/* Starts the timer of that event. */
void session_wait(struct sessions *s, uint32_t id, sim_ns delay, enum session_event what);

/* The same for a wait that many sessions share. */
void session_wait_as_always(struct sessions *s, uint32_t id, sim_ns delay,
                            enum session_event what);

/* Takes the socket from the session, so that closing it cannot come back here. */
uint32_t session_let_go(struct sessions *s, struct session *x, enum role role);

/* The client has none of the connections its app counts as open any more. */
void session_no_longer_open(struct sessions *s, struct session *x);

/* Close, and reset, a socket of the session's, if it has it.  Of a program that leaks a
 * close may be none, or half of one: the session may keep the socket. */
void session_close(struct sessions *s, uint32_t id, enum role role);
void session_reset(struct sessions *s, uint32_t id, enum role role);

/* The attempt has failed, and its program closes the socket, or forgets to. */
void session_drop(struct sessions *s, uint32_t id, enum role role);

/* The client's connect(), by TCP, of all its connections. */
void session_connects(struct sessions *s, uint32_t id);

/* The same of this one connection; the code of a failure is the caller's affair. */
enum failure session_dials(struct sessions *s, uint32_t id);

/* The connection is made, and with it all that was wanted: its life begins. */
void session_lives(struct sessions *s, uint32_t id);

/* Whoever closes first does so; both at the same instant where both do. */
void session_ends_connection(struct sessions *s, uint32_t id);

/* Counts one event of an app. */
void session_count(struct sessions *s, const struct session *x, uint32_t metric);

#endif
