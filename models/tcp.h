/* TCP on both ends: what the calls of an application and the segments of the peer do.
 *
 * The machine is tcp_state.h's table; this room sends what an edge sends, starts the
 * timer the new state waits on, by the schedule of the host's stack and the options of
 * the socket, and tells the application. Segments travel as events over the link between
 * the two hosts and may be lost.
 *
 * Data is only a duration.  So there is no zero window (a FIN behind data that cannot be
 * sent stays in FIN_WAIT_1 as long as probes are answered: KERNEL.md X3), no RST for data
 * that meets a record (F5) or that was never read, and no tcp_max_orphans.  Segments of
 * one connection never overtake one another: the resets that bursts of closes draw upon
 * their own TIME_WAITs (T6) do not happen by themselves.
 *
 * Socket numbers of the caller's stay valid until TCP says `failed` or `ended`, or until
 * the caller closes or aborts: from then on the socket is TCP's own (it may linger in
 * FIN_WAIT_2 or TIME_WAIT) and must not be named again.
 */
#ifndef MODELS_TCP_H
#define MODELS_TCP_H

#include "models/net.h"

struct tcp_open {
    uint32_t member;
    uint32_t local_address;
    uint16_t local_port; /* with `reflected`: this very port */
    bool reflected;      /* local_address is the client's */
    bool upstream;       /* TCP_UPSTREAM */
    struct port_destination to;
    uint32_t session;
    uint16_t app;
    const struct socket_options *options; /* must outlive the world's run */
};

struct tcp_opened {
    uint32_t socket; /* 0: none, and `failure` says why */
    enum failure failure;
};

/* connect(): takes a local port and sends a SYN. */
struct tcp_opened tcp_connect(struct net *net, const struct tcp_open *how);

/* close(): the socket has no owner from now on.  With linger 0 as tcp_abort(). */
void tcp_close(struct net *net, uint32_t socket);

/* shutdown(SHUT_WR), in ESTABLISHED or CLOSE_WAIT: sends FIN and keeps the descriptor.
 * FIN_WAIT_2 then has no limit until tcp_close() starts its timer [KERNEL.md F3]; the
 * peer's FIN is told by `peer_closed` and leaves the socket in TIME_WAIT, which runs
 * whether or not the descriptor is closed. */
void tcp_shutdown(struct net *net, uint32_t socket);

/* close() with linger 0: RST, unless both ends have closed already. */
void tcp_abort(struct net *net, uint32_t socket);

/* The application forgets the descriptor without closing it: a leak, open until the
 * process ends.  Also in `failed` and `ended`, where the socket is about to disappear:
 * the port stays BOUND where the stack keeps it. */
void tcp_leak(struct net *net, uint32_t socket);

/* The same with the socket of a tcp_connect() that found no port. */
void tcp_leak_without_port(struct net *net, uint16_t app, bool upstream);

/* The process that has the descriptor ends, and the system closes it. */
void tcp_exit(struct net *net, uint32_t socket);

/* The socket is gone without a word: its machine lost power, or forgot it. */
void tcp_vanish(struct net *net, uint32_t socket);

/* The host's timers had other lengths before: where its stack moves timers under way,
 * TIME_WAITs and FIN_WAIT_2s end by the new ones, counted from when they began; those
 * whose time has passed end at once.  Cost: one pass over all sockets. */
void tcp_timers_changed(struct net *net, uint32_t host, const struct stack *before);

/* Handles EVENT_SYN .. EVENT_CHALLENGE_ACK, EVENT_PROBE and its answer. */
void tcp_segment(struct net *net, const struct event *e);

/* Handles EVENT_TCP_TIMER; false if the timer was cancelled and nothing happened. */
bool tcp_timer(struct net *net, const struct event *e);

#endif
