/* How a system chooses the local port of an outgoing connection.
 *
 * An allocator is one file in models/alloc/ and one line in PORT_ALLOCATORS (in
 * models/alloc/list.h).  It holds no table of ports: models/port_space.h knows what is
 * taken; the allocator chooses where to look.  Running out of ports is a result, not an
 * error.  Random numbers come from the stream it is given and nowhere else.
 *
 * Three choices are independent [MODEL.md 0.1]: the order of candidates (the
 * allocator's), the scope of the conflict test (the request's), and exhaustiveness (the
 * allocator's).
 */
#ifndef MODELS_PORT_ALLOCATOR_H
#define MODELS_PORT_ALLOCATOR_H

#include "models/port_space.h"
#include "sim/base/field.h"
#include "sim/base/time.h"
#include "sim/engine/random.h"

/* How the caller asks for a port. */
enum port_bind_mode {
    PORT_MODE_AUTOBIND,  /* connect() on an unbound socket */
    PORT_MODE_BIND_ZERO, /* bind(addr, 0), then connect() */
    PORT_MODE_NO_PORT,   /* IP_BIND_ADDRESS_NO_PORT, bind(addr, 0), connect() */
    PORT_MODE_EXPLICIT,  /* bind(addr, port) */
    PORT_MODE_TRANSLATE, /* a NAT maps an inside flow */
};

enum port_request_flags {
    PORT_ASK_REUSEADDR = 1,
    PORT_ASK_REUSEPORT = 2,
    PORT_ASK_RANDOMIZE = 4,  /* SO_RANDOMIZE_PORT */
    PORT_ASK_HIGH_RANGE = 8, /* IP_PORTRANGE_HIGH */
    PORT_ASK_LOW_RANGE = 16, /* IP_PORTRANGE_LOW */
    PORT_ASK_OWN_RANGE = 32, /* `range` is the socket's (IP_LOCAL_PORT_RANGE) */
    PORT_ASK_UDP = 64,
    PORT_ASK_MAY_EVICT = 128, /* a SYN that may take over a closing NAT entry */
};

/* Everything the question carries. */
struct port_request {
    sim_ns now;
    const struct port_space *space;
    struct port_range range; /* in force for this request */
    uint32_t local_address;  /* or PORT_ANY_ADDRESS */
    struct port_destination to;
    uint16_t wanted; /* EXPLICIT: the port; TRANSLATE: the inside source port; or 0 */
    uint32_t inside_host; /* TRANSLATE: who asks, for blocks and per-host limits */
    uint32_t uid;
    uint16_t flags; /* enum port_request_flags */
    uint8_t mode;   /* enum port_bind_mode */
    uint8_t scope;  /* enum port_scope */
};

/* What the request sees in its own scope. */
struct port_view port_request_view(const struct port_request *request);

struct port_answer {
    uint16_t port;   /* 0: none found */
    uint32_t probes; /* candidates examined, in all stages */
    bool evicts;     /* the closing holder of this very tuple must go first (NAT) */
};

/* One allocator.  All texts are required. */
struct port_allocator_ops {
    union {
        struct {
            const char *name;    /* as scenarios spell it: "rfc6056-alg1" */
            const char *summary; /* one line */
            /* Own scenario keys; NULL: none.  `config` below is this table's struct, its
             * defaults filled in, or NULL. */
            const struct field_table *fields;
        };
        struct field_variant_row row; /* the same three, as a row of the scenario */
    };
    const char *systems;   /* who does it, with versions */
    const char *source;    /* RFC, file and version, or MODEL.md section; says "inference"
                              if so */
    const char *order;     /* of the candidates, in a few words */
    const char *state;     /* what it remembers, in a few words; "none" */
    const char *cost;      /* probes, in a few words */
    const char *failure;   /* what a caller sees when none is found, by system */
    enum port_scope scope; /* the test it is known with; a host may say otherwise */
    bool exhaustive;       /* finds a free port whenever there is one */
    bool by_parity;        /* all ports of one parity before any of the other */

    /* The most ports of one address that one inside host may have of its own, for those
     * that deal out blocks.  NULL: no such limit. */
    uint32_t (*block)(const void *config, struct port_range range);

    /* Bytes of state a host keeps for it; port_allocator_open() allocates and zeroes. */
    size_t (*state_size)(const void *config); /* NULL: no state */

    /* Once, before the first choice.  Optional. */
    void (*init)(void *state, const void *config, struct port_range range,
                 struct random_stream *chance);

    /* Gives back what the state itself allocated.  Optional. */
    void (*free)(void *state, const void *config);

    /* Finds a port without taking it. */
    struct port_answer (*choose)(void *state, const void *config,
                                 const struct port_request *request,
                                 struct random_stream *chance);

    /* The host took a port it chose / gave one back: rings, blocks, hold-downs. Optional.
     */
    void (*taken)(void *state, const void *config, uint16_t port, uint32_t inside_host,
                  sim_ns now);
    void (*released)(void *state, const void *config, uint16_t port, uint32_t inside_host,
                     sim_ns now);

    /* Called every `tick` of simulated time (rate switches, re-drawn offsets).  Optional.
     */
    sim_ns tick;
    void (*on_tick)(void *state, const void *config, sim_ns now,
                    struct random_stream *chance);
};

/* Every allocator, in the order `list allocators` prints them; NULL ends it. */
extern const struct port_allocator_ops *const port_allocators[];

/* A host's state for the allocator, after `init`; never NULL.  `range` is the host's, a
 * hint: each request brings its own. */
void *port_allocator_open(const struct port_allocator_ops *ops, const void *config,
                          struct port_range range, struct random_stream *chance);

/* Frees it.  A state of NULL is allowed. */
void port_allocator_close(const struct port_allocator_ops *ops, const void *config,
                          void *state);

/* NULL when none has that name. */
const struct port_allocator_ops *port_allocator_find(const char *name);

/* True if both state the same allocator with the same configuration, nested ones
 * included. */
bool port_allocator_same(const struct field_variant *a, const struct field_variant *b);

/* How a scenario states one: "sg-reworked", or { "kind": "sg-legacy-b", "tries": 32 }.
 * The struct is a struct field_variant; kind indexes port_allocators[]. */
extern const struct field_table port_allocator_fields;

#endif
