/* What one operating system's TCP does, as numbers: range, allocator, timers, schedules.
 *
 * Systems are rows, not classes (stack.c): a row fills a struct stack, and every field of
 * it can be overridden under a host's "tcp" key.  Each number has its source in the row.
 */
#ifndef MODELS_STACK_H
#define MODELS_STACK_H

#include "models/failure.h"
#include "models/port_space.h"
#include "models/retransmission.h"
#include "models/udp_stack.h"
#include "sim/base/field.h"
#include "sim/base/time.h"

/* What a stack does with a SYN that meets its own TIME_WAIT for that tuple [MODEL.md B1].
 */
enum syn_in_time_wait {
    SYN_ACCEPTED,   /* a new connection at once (newer ISN or timestamp) */
    SYN_CHALLENGED, /* challenge ACK, RST, and the client's SYN again */
    SYN_DROPPED,    /* nothing until TIME_WAIT is over */
};

/* When connect() may take the tuple of an own TIME_WAIT [KERNEL.md T3]. */
enum tw_reuse {
    TW_REUSE_OFF,
    TW_REUSE_ON,
    TW_REUSE_LOOPBACK, /* where either end is in 127/8 */
};

/* Which ports outlive their connection, for as long as the descriptor is open. */
enum stack_bound {
    STACK_BOUND_NONE,
    STACK_BOUND_EXPLICIT, /* those that bind() was given by number */
    STACK_BOUND_ALL,
};

/* No limit on TIME_WAITs. */
#define TW_BUCKETS_UNLIMITED UINT32_MAX

enum stack_scope {
    STACK_SCOPE_ALLOCATOR,
    STACK_SCOPE_PORT,
    STACK_SCOPE_TUPLE,
    STACK_SCOPE_MIXED
};

/* What a timer's new length does in mid-run. */
enum timer_change {
    TIMER_CHANGE_NEW,     /* timers started from then on; those running keep theirs */
    TIMER_CHANGE_RUNNING, /* TIME_WAITs and FIN_WAIT_2s under way as well */
    TIMER_CHANGE_BOOT,    /* nothing, until the host has been restarted */
};

/* What the system writes into its log when a choice finds no port [MODEL.md A4.5]. */
enum port_events_kind {
    PORT_EVENTS_NONE,
    PORT_EVENTS_WINDOWS_2003, /* 4231 */
    PORT_EVENTS_WINDOWS,      /* 4227, 4231, 4266: Vista and later */
};

struct stack {
    struct field_range range;
    struct field_variant allocator; /* kind indexes port_allocators[] */
    uint32_t scope;                 /* enum stack_scope: the allocator's own, or named */
    uint32_t exhausted; /* enum failure - 1: what connect() says without a port */
    struct field_variant bind_allocator; /* the same for bind(addr, 0); scope is port */
    uint32_t exhausted_bind; /* enum failure - 1: what bind(addr, 0) says without one */
    uint32_t bind_rules;     /* enum bind_rules_kind: who may share a port by bind() */
    bool bound_until_empty;  /* Linux before 6.18: models/port_space.h */
    uint32_t bound_state;    /* enum stack_bound */
    bool families_apart;     /* IPv4 and IPv6 have port spaces of their own */
    bool exit_resets;        /* a process that ends resets its connections */
    sim_ns time_wait;
    sim_ns fin_wait_2;         /* of a socket nobody owns any more */
    bool fin_wait_2_unlimited; /* RFC 9293 and OpenBSD: no limit */
    sim_ns fin_wait_2_split;   /* Linux: a longer one is waited for twice; 0: no */
    bool timestamps;           /* TCP timestamps, on both ends */
    uint32_t tw_reuse;         /* enum tw_reuse */
    sim_ns tw_reuse_delay;
    uint32_t max_tw_buckets; /* minisockets of a member; TW_BUCKETS_UNLIMITED */
    struct retransmission syn, syn_ack, fin;
    sim_ns challenged_retry;   /* SYN again after a challenge ACK; 0s: by the schedule */
    uint32_t syn_in_time_wait; /* enum syn_in_time_wait */
    bool rfc1337;              /* TIME_WAIT ignores RST */
    bool rst_sender_time_wait; /* who aborts goes to TIME_WAIT [RFC 9293 3.5.2] */
    uint32_t
        timer_hz; /* 0: timers are exact; else the kernel's tick, and its timer wheel */
    sim_ns timer_phase;    /* where in the wheel's largest slot the run begins */
    uint32_t ns_per_probe; /* what a candidate costs a search; 0: not known */
    uint32_t timer_change; /* enum timer_change */
    uint32_t port_events;  /* enum port_events_kind */
    sim_ns event_pause;    /* between two events of one number and pool */
};

/* Keys under "tcp". */
extern const struct field_table stack_fields;

struct stack_row {
    const char *name;    /* "proxysg-legacy" */
    const char *systems; /* what it stands for */
    const char *source;  /* of the numbers */
    struct stack stack;
    struct udp_stack udp;
};

/* Every system, in the order `list stacks` prints them; ends with a row without a name.
 */
extern const struct stack_row stack_rows[];

/* For field tables: the name of the index-th row, NULL after the last. */
const char *stack_choice(uint32_t index);

/* For field tables: the words of enum stack_scope. */
const char *stack_scope_choice(uint32_t index);

/* What such a word means for an allocator. */
enum port_scope stack_scope_of(uint32_t scope, const struct field_variant *allocator);

/* The scope of the conflict test this stack's connect() uses. */
enum port_scope stack_scope(const struct stack *s);

/* `configured` as the host runs it: where timers are read at boot, with those of
 * `running`. */
struct stack stack_before_boot(const struct stack *configured,
                               const struct stack *running);

/* One tick of the kernel's clock; 0: timers are exact. */
sim_ns stack_tick(const struct stack *s);

/* The moment a timer of length `delay`, started now, fires: exact, or on the grid of the
 * timer wheel [KERNEL.md section 4].  Never steps back for rising `now`. */
sim_ns stack_timer(const struct stack *s, sim_ns now, sim_ns delay);

#endif
