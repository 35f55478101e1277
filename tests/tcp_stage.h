/* TCP without users: a world whose sockets a test opens, closes and watches itself, as a
 * program would.
 *
 * The text names hosts "client" and "server" and one app from the one to the other, whose
 * users never come.  What TCP tells is kept as words, in order.
 */
#ifndef TESTS_TCP_STAGE_H
#define TESTS_TCP_STAGE_H

#include "models/tcp.h"
#include "models/world.h"
#include "tests/run_text.h"

struct tcp_stage {
    struct text_plan plan;
    struct world *world;
    struct net *net;
    bool server_closes;   /* accepted sockets close as soon as their peer does */
    enum failure refused; /* why the last tcp_stage_connect() found no port */
    char told[8000];      /* "connected peer_closed ...": of the active sockets */
};

/* A socket that may be gone: numbers are used again. */
struct stage_socket {
    uint32_t number; /* 0: none */
    uint8_t generation;
};

/* Both hosts have that stack; `client` and `server` are what stands under "tcp" of each,
 * without braces. */
struct tcp_stage *tcp_stage_new(const char *stack, const char *rtt, const char *client,
                                const char *server);
void tcp_stage_free(struct tcp_stage *stage);

/* Begins anew, with the timer wheels of both hosts at that age. */
void tcp_stage_restart(struct tcp_stage *stage, sim_ns timer_phase);

/* connect() from the client's address to port 80 of the server's first, or second,
 * address (STAGE_SERVER). */
#define STAGE_SERVER 1
struct stage_socket tcp_stage_connect_to(struct tcp_stage *stage, uint32_t address,
                                         const struct socket_options *options);
struct stage_socket tcp_stage_connect(struct tcp_stage *stage,
                                      const struct socket_options *options);

/* The other end of a connection, none while it is not known. */
struct stage_socket tcp_stage_peer(struct tcp_stage *stage, struct stage_socket s);

/* "ESTABLISHED" and so on; "" when the socket is gone. */
const char *tcp_stage_state(struct tcp_stage *stage, struct stage_socket s);

/* An RST that the socket must believe, from nowhere. */
void tcp_stage_reset(struct tcp_stage *stage, struct stage_socket s);

void tcp_stage_run(struct tcp_stage *stage, sim_ns until);

/* Runs until the socket is in `state` ("": gone) and says when that was; SIM_NEVER if it
 * is not by `limit`, where the clock then stands. */
sim_ns tcp_stage_until(struct tcp_stage *stage, struct stage_socket s, const char *state,
                       sim_ns limit);

/* Fails the test when the socket is not in that state. */
void tcp_stage_expect(struct tcp_stage *stage, struct stage_socket s, const char *state);

#endif
