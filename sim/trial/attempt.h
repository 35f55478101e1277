/* One attempt of a user, followed from its first call to its last port: as data.
 *
 * An attempt has one try or several; a try has two ends, or four with a proxy.  What
 * happened stands in rungs, in the order in which it happened; every step of every end is
 * there.  Whoever draws a ladder of them (sim/views/ladder.h) leaves out what goes
 * without saying.
 *
 * An attempt is followed until its ports are free again and nothing of it is under way.
 * The run is repeated up to there; attempt_find() repeats it once more, to look for one
 * that is worth it.
 */
#ifndef SIM_TRIAL_ATTEMPT_H
#define SIM_TRIAL_ATTEMPT_H

#include "models/tracer.h"
#include "sim/trial/trial_plan.h"

/* Where an end stands. */
enum attempt_place {
    PLACE_CLIENT,
    PLACE_INNER, /* the proxy's, toward the client */
    PLACE_OUTER, /* the proxy's, toward the server */
    PLACE_SERVER,
    PLACE_GATEWAY_FIRST,  /* before the client's first hop */
    PLACE_GATEWAY_SECOND, /* between the proxy and the server */
    PLACE_COUNT
};

#define NO_END UINT16_MAX

/* A socket. */
struct attempt_end {
    uint32_t socket;
    uint8_t generation;
    uint8_t place; /* enum attempt_place */
    uint8_t state; /* enum tcp_state; the last */
    bool earlier;  /* of a connection before, that still had the tuple */
    bool active;   /* holds a local port */
    bool leaked;   /* its program has forgotten it */
    bool left;     /* it went on with other users: a proxy's kept connection */
    uint32_t host, member;
    struct ip_address local, remote;
    uint16_t local_port, remote_port;
    sim_ns opened, since, closed; /* SIM_NEVER: it was there when we stopped */
    sim_ns spent[TCP_STATE_COUNT];
};

enum rung_kind {
    RUNG_USER,    /* `what`: enum trace_session */
    RUNG_CHOICE,  /* enum trace_port_call */
    RUNG_SEGMENT, /* enum net_event */
    RUNG_STEP,    /* enum tcp_input */
    RUNG_TIMER,
    RUNG_CALL,    /* enum trace_call */
    RUNG_GATEWAY, /* enum trace_gateway_act */
    RUNG_MEETS,   /* a SYN comes to an earlier end: enum tcp_state, of that */
};

struct rung {
    sim_ns when;
    uint8_t kind; /* enum rung_kind */
    uint8_t what;
    uint8_t place; /* where it happens; of a segment, who sends it */
    uint8_t code;  /* enum failure; of a gateway's drop enum gateway_metric */
    uint16_t end;  /* NO_END: of no socket */
    union {
        struct {
            uint32_t from, to; /* sockets, as the segment names them */
            sim_ns arrives;
            uint16_t end;   /* who receives it */
            uint16_t again; /* how often it was sent before */
            uint8_t place;
            uint8_t fate;                 /* enum segment_fate */
            uint8_t from_state, to_state; /* when it is out, and when it is in */
            bool held;                    /* by a gateway, that lets it go later */
            bool arrived;
            bool heeded; /* something came of it */
        } segment;
        struct {
            uint8_t from, to;
            bool carried; /* by the segment that arrived last */
        } step;
        struct {
            sim_ns until;
            bool fired;
        } timer;
        struct {
            uint32_t probes;
            uint16_t port;
            bool takes_over;
        } choice;
    };
};

struct attempt {
    const struct trial_plan *plan;
    uint64_t seed;
    uint64_t number; /* of the run, from 1; 0: there was none */
    uint64_t of_app; /* the same among those of its app */
    uint16_t app;
    sim_ns began, ended;         /* ended: where we stopped */
    uint32_t hosts[PLACE_COUNT]; /* UINT32_MAX: nobody stands there */
    struct attempt_end *ends;
    uint16_t end_count;
    struct rung *rungs;
    uint32_t rung_count;
    uint32_t tries;
    bool over;       /* nothing of it is left, or nothing that could change */
    bool succeeded;  /* what its user wanted was there */
    sim_ns success;  /* when */
    uint8_t failure; /* enum failure it ended with; 0: none */
    bool cut;        /* more than RUNG_LIMIT rungs */
};

#define RUNG_LIMIT 20000

/* Which attempt; members that are 0 ask for nothing. */
struct attempt_wish {
    uint32_t app;    /* FIELD_NO_REFERENCE: of any */
    uint64_t number; /* the N-th of these; the others are not asked then */
    bool fails;      /* with all its tries */
    uint8_t code;    /* enum failure of a try */
    uint16_t port;   /* one of its ends has this local port, or wanted it */
    uint8_t state;   /* enum tcp_state that one of its ends comes to */
};

/* The number in the run of the first attempt that is as wished, before `until`; 0: there
 * is none. */
uint64_t attempt_find(const struct trial_plan *plan, uint64_t seed, sim_ns until,
                      const struct attempt_wish *wish);

/* Follows the attempt of that number, until `until` at most. */
void attempt_follow(struct attempt *a, const struct trial_plan *plan, uint64_t seed,
                    sim_ns until, uint64_t number);
void attempt_free(struct attempt *a);

#endif
