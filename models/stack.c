#include "models/stack.h"

#include "models/alloc/list.h"
#include "models/bind_rules.h"

static const char *scope_choice(uint32_t index)
{
    static const char *const words[] = {
        [STACK_SCOPE_ALLOCATOR] = "allocator",
        [STACK_SCOPE_PORT] = "port",
        [STACK_SCOPE_TUPLE] = "tuple",
        [STACK_SCOPE_MIXED] = "mixed",
    };
    return index < sizeof words / sizeof words[0] ? words[index] : NULL;
}

static const char *time_wait_choice(uint32_t index)
{
    static const char *const words[] = {
        [SYN_ACCEPTED] = "accepted",
        [SYN_CHALLENGED] = "challenged",
        [SYN_DROPPED] = "dropped",
    };
    return index < sizeof words / sizeof words[0] ? words[index] : NULL;
}

static void check_retransmission(const void *self, const struct field_check *check)
{
    const struct retransmission *r = self;
    const sim_ns *at = r->at.items;
    for (uint32_t i = 1; i < r->at.count; i++)
        if (at[i] <= at[i - 1])
            field_complain(check, "at",
                           "must rise, but entry %u is not later than entry %u",
                           (unsigned)i + 1, (unsigned)i);
    if (r->at.count && r->give_up < at[r->at.count - 1])
        field_complain(check, "give_up",
                       "must not be earlier than the last retransmission (%g s), is %g s",
                       sim_seconds(at[r->at.count - 1]), sim_seconds(r->give_up));
}

static const struct field moment = {.type = FIELD_DURATION, .min = 0.001, .max = 86400};

static const struct field_table retransmission_fields = {
    .what = "retransmission",
    .size = sizeof(struct retransmission),
    .check = check_retransmission,
    .rows =
        (const struct field[]){
            {.key = "at",
             .type = FIELD_LIST,
             .offset = offsetof(struct retransmission, at),
             .element = &moment,
             .max = 32,
             .flags = FIELD_INHERITED,
             .help = "when the segment is sent again, counted from the first time"},
            {.key = "give_up",
             .type = FIELD_DURATION,
             .offset = offsetof(struct retransmission, give_up),
             .min = 0.001,
             .max = 86400,
             .flags = FIELD_INHERITED,
             .help = "when the stack stops trying, counted from the first time"},
            FIELD_END,
        },
};

static const void *syn_of(const void *stack)
{
    return &((const struct stack *)stack)->syn;
}

static const void *syn_ack_of(const void *stack)
{
    return &((const struct stack *)stack)->syn_ack;
}

static const void *fin_of(const void *stack)
{
    return &((const struct stack *)stack)->fin;
}

#define CHANGES (FIELD_INHERITED | FIELD_CHANGEABLE)

const struct field_table stack_fields = {
    .what = "tcp",
    .size = sizeof(struct stack),
    .rows =
        (const struct field[]){
            {.key = "range",
             .type = FIELD_RANGE,
             .offset = offsetof(struct stack, range),
             .min = 1,
             .max = 65535,
             .flags = CHANGES,
             .help =
                 "local ports for outgoing connections, both ends included "
                 "(ip_local_port_range, inet-lowport); holders outside a narrowed range "
                 "stay"},
            {.key = "allocator",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct stack, allocator),
             .table = &port_allocator_fields,
             .flags = CHANGES,
             .help =
                 "how the next local port is chosen; a word of `list allocators`, or an "
                 "object with \"kind\" and the allocator's own keys"},
            {.key = "scope",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct stack, scope),
             .choices = scope_choice,
             .flags = CHANGES,
             .help =
                 "when a port counts as taken: by any holder (port), by a holder of the "
                 "same 4-tuple (tuple), by bind() for everybody and else by tuple "
                 "(mixed), "
                 "or as the allocator is known to test (allocator)"},
            {.key = "exhausted",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct stack, exhausted),
             .choices = failure_choice,
             .flags = FIELD_INHERITED,
             .help = "what connect() reports when no local port is found"},
            {.key = "bind_allocator",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct stack, bind_allocator),
             .table = &port_allocator_fields,
             .flags = CHANGES,
             .help =
                 "how bind(addr, 0) chooses a port, for sockets that bind before they "
                 "connect; the test is by port"},
            {.key = "exhausted_bind",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct stack, exhausted_bind),
             .choices = failure_choice,
             .flags = FIELD_INHERITED,
             .help = "what bind(addr, 0) reports when no local port is found"},
            {.key = "bind_rules",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct stack, bind_rules),
             .choices = bind_rules_choice,
             .flags = FIELD_INHERITED,
             .help =
                 "when bind() to a port with holders succeeds: whose SO_REUSEADDR and "
                 "SO_REUSEPORT"},
            {.key = "bound_until_empty",
             .type = FIELD_BOOL,
             .offset = offsetof(struct stack, bound_until_empty),
             .flags = FIELD_INHERITED,
             .help =
                 "a port that was bound stays so until its last socket is gone (Linux "
                 "before 6.18)"},
            {.key = "time_wait",
             .type = FIELD_DURATION,
             .offset = offsetof(struct stack, time_wait),
             .min = 0,
             .max = 86400,
             .flags = CHANGES,
             .help =
                 "how long TIME_WAIT holds the tuple (2 MSL); TIME_WAITs under way keep "
                 "their deadline"},
            {.key = "fin_wait_2",
             .type = FIELD_DURATION,
             .offset = offsetof(struct stack, fin_wait_2),
             .min = 0.001,
             .max = 604800,
             .flags = CHANGES,
             .help = "how long FIN_WAIT_2 waits for the peer's FIN once nobody owns the "
                     "socket; "
                     "those under way keep their deadline"},
            {.key = "fin_wait_2_unlimited",
             .type = FIELD_BOOL,
             .offset = offsetof(struct stack, fin_wait_2_unlimited),
             .flags = CHANGES,
             .help = "FIN_WAIT_2 has no limit, as in RFC 9293"},
            {.key = "syn",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct stack, syn),
             .table = &retransmission_fields,
             .base = syn_of,
             .flags = CHANGES,
             .help = "schedule of an unanswered SYN"},
            {.key = "syn_ack",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct stack, syn_ack),
             .table = &retransmission_fields,
             .base = syn_ack_of,
             .flags = CHANGES,
             .help = "schedule of an unanswered SYN+ACK"},
            {.key = "fin",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct stack, fin),
             .table = &retransmission_fields,
             .base = fin_of,
             .flags = CHANGES,
             .help = "schedule of an unanswered FIN (FIN_WAIT_1, CLOSING, LAST_ACK)"},
            {.key = "challenged_retry",
             .type = FIELD_DURATION,
             .offset = offsetof(struct stack, challenged_retry),
             .min = 0,
             .max = 60,
             .flags = CHANGES,
             .help =
                 "how soon the SYN is sent again after a challenge ACK from a lingering "
                 "peer; \"0s\": by the schedule of `syn`"},
            {.key = "syn_in_time_wait",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct stack, syn_in_time_wait),
             .choices = time_wait_choice,
             .flags = CHANGES,
             .help = "what happens to a SYN that meets this host's own TIME_WAIT"},
            {.key = "rfc1337",
             .type = FIELD_BOOL,
             .offset = offsetof(struct stack, rfc1337),
             .flags = CHANGES,
             .help = "TIME_WAIT ignores RST (tcp_rfc1337)"},
            {.key = "timer_hz",
             .type = FIELD_U32,
             .offset = offsetof(struct stack, timer_hz),
             .min = 0,
             .max = 10000,
             .flags = FIELD_INHERITED,
             .help = "ticks a second of a kernel whose timers live on a wheel (HZ); 0: "
                     "timers "
                     "are exact"},
            {.key = "timer_phase",
             .type = FIELD_DURATION,
             .offset = offsetof(struct stack, timer_phase),
             .min = 0,
             .max = 86400,
             .flags = FIELD_INHERITED,
             .help = "age of the wheel when the run begins"},
            FIELD_END,
        },
};

/* --- schedules ------------------------------------------------------------------------
 */

#define SCHEDULE(last, ...)                                                              \
    {                                                                                    \
        .at = {.items = (sim_ns[]){__VA_ARGS__},                                         \
               .count = sizeof((sim_ns[]){__VA_ARGS__}) / sizeof(sim_ns)},               \
        .give_up = (last)                                                                \
    }

/* RFC 6298: 1 s, doubling; RFC 9293 MUST-23: at least 3 minutes for SYN, so 1..127 s and
 * out at 255 s. */
#define SYN_DOUBLING                                                                     \
    SCHEDULE(255 * SIM_S, 1 * SIM_S, 3 * SIM_S, 7 * SIM_S, 15 * SIM_S, 31 * SIM_S,       \
             63 * SIM_S, 127 * SIM_S)

/* MODEL.md B4: Linux, tcp_syn_retries 6, before syn_linear_timeouts. */
#define SYN_LINUX_4                                                                      \
    SCHEDULE(127 * SIM_S, 1 * SIM_S, 3 * SIM_S, 7 * SIM_S, 15 * SIM_S, 31 * SIM_S,       \
             63 * SIM_S)

/* KERNEL.md X4: tcp_syn_linear_timeouts 4, measured; out at 133.5-134.5 s. */
#define SYN_LINUX_6                                                                      \
    SCHEDULE(134 * SIM_S, 1000 * SIM_MS, 2000 * SIM_MS, 3100 * SIM_MS, 4100 * SIM_MS,    \
             5100 * SIM_MS, 7200 * SIM_MS, 11200 * SIM_MS, 19400 * SIM_MS,               \
             35600 * SIM_MS, 68800 * SIM_MS)

/* MODEL.md B4: Linux, synack_retries 5. */
#define SYN_ACK_LINUX                                                                    \
    SCHEDULE(63 * SIM_S, 1 * SIM_S, 3 * SIM_S, 7 * SIM_S, 15 * SIM_S, 31 * SIM_S)

/* MODEL.md B4: FreeBSD multipliers 1,1,1,1,1,2,4,8,16,... of 1 s, KEEP_INIT 75 s. */
#define SYN_FREEBSD                                                                      \
    SCHEDULE(75 * SIM_S, 1 * SIM_S, 2 * SIM_S, 3 * SIM_S, 4 * SIM_S, 5 * SIM_S,          \
             7 * SIM_S, 11 * SIM_S, 19 * SIM_S, 35 * SIM_S, 67 * SIM_S)

/* KERNEL.md X1: FIN lost, tcp_orphan_retries 0 (= 8); out at 106-108 s. */
#define FIN_LINUX                                                                        \
    SCHEDULE(107 * SIM_S, 430 * SIM_MS, 850 * SIM_MS, 1680 * SIM_MS, 3340 * SIM_MS,      \
             6900 * SIM_MS, 13500 * SIM_MS, 26800 * SIM_MS, 54500 * SIM_MS)

/* Doubling from 1 s [RFC 6298], capped at 64 s; 12 retransmissions [MODEL.md B4,
 * recalled]. */
#define FIN_BSD                                                                          \
    SCHEDULE(511 * SIM_S, 1 * SIM_S, 3 * SIM_S, 7 * SIM_S, 15 * SIM_S, 31 * SIM_S,       \
             63 * SIM_S, 127 * SIM_S, 191 * SIM_S, 255 * SIM_S, 319 * SIM_S,             \
             383 * SIM_S, 447 * SIM_S)

/* Windows: SYN at 3 and 9 s, out at 21 s (TcpMaxConnectRetransmissions 2, initial RTO 3
 * s); FIN: five retransmissions (TcpMaxDataRetransmissions 5).  Recalled, not measured.
 */
#define SYN_WINDOWS SCHEDULE(21 * SIM_S, 3 * SIM_S, 9 * SIM_S)
#define FIN_WINDOWS                                                                      \
    SCHEDULE(19 * SIM_S, 300 * SIM_MS, 900 * SIM_MS, 2100 * SIM_MS, 4500 * SIM_MS,       \
             9300 * SIM_MS)

#define PROXYSG                                                                          \
    .range = {49152, 65535}, .exhausted = FAILURE_EADDRNOTAVAIL - 1,                     \
    .exhausted_bind = FAILURE_EADDRNOTAVAIL - 1, .bind_rules = BIND_RULES_BSD,           \
    .time_wait = 120 * SIM_S, .fin_wait_2 = 600 * SIM_S, .syn = SYN_FREEBSD,             \
    .syn_ack = SYN_ACK_LINUX, .fin = FIN_BSD, .syn_in_time_wait = SYN_ACCEPTED

const struct stack_row stack_rows[] = {
    {.name = "plain",
     .systems =
         "no system: every timer exact, the numbers of the RFCs, for theory and teaching",
     .source =
         "RFC 9293 (no FIN_WAIT_2 limit of its own: 60 s here), RFC 6298, RFC 6335 range",
     .stack = {.range = {49152, 65535},
               .allocator = {.kind = PORT_ALLOCATOR_rfc6056_alg1},
               .exhausted = FAILURE_EADDRNOTAVAIL - 1,
               .bind_allocator = {.kind = PORT_ALLOCATOR_rfc6056_alg1},
               .exhausted_bind = FAILURE_EADDRNOTAVAIL - 1,
               .bind_rules = BIND_RULES_BSD,
               .time_wait = 240 * SIM_S,
               .fin_wait_2 = 60 * SIM_S,
               .syn = SYN_DOUBLING,
               .syn_ack = SYN_ACK_LINUX,
               .fin = FIN_BSD}},
    {.name = "bsd44",
     .systems = "4.4BSD-Lite2 and its early descendants",
     .source = "MODEL.md A2.1 (range, order); timers of the BSD family (inference)",
     .stack = {.range = {1024, 5000},
               .allocator = {.kind = PORT_ALLOCATOR_bsd44},
               .exhausted = FAILURE_EADDRNOTAVAIL - 1,
               .bind_allocator = {.kind = PORT_ALLOCATOR_bsd44},
               .exhausted_bind = FAILURE_EADDRNOTAVAIL - 1,
               .bind_rules = BIND_RULES_BSD,
               .time_wait = 60 * SIM_S,
               .fin_wait_2 = 600 * SIM_S,
               .syn = SYN_FREEBSD,
               .syn_ack = SYN_ACK_LINUX,
               .fin = FIN_BSD}},
    {.name = "linux518",
     .systems = "Linux 5.18 and later, sysctl defaults, HZ 250",
     .source =
         "MODEL.md A3.5; KERNEL.md P1-P9, T1, F1, X1, X4, F6, S2 (measured on 6.18)",
     .stack = {.range = {32768, 60999},
               .allocator = {.kind = PORT_ALLOCATOR_linux518},
               .exhausted = FAILURE_EADDRNOTAVAIL - 1,
               .bind_allocator = {.kind = PORT_ALLOCATOR_linux_bind0},
               .exhausted_bind = FAILURE_EADDRINUSE - 1,
               .time_wait = 60 * SIM_S,
               .fin_wait_2 = 60 * SIM_S,
               .syn = SYN_LINUX_6,
               .syn_ack = SYN_ACK_LINUX,
               .fin = FIN_LINUX,
               /* KERNEL.md F6: 2 jiffies on the wheel, 9-15 ms in all. */
               .challenged_retry = 8 * SIM_MS,
               .syn_in_time_wait = SYN_ACCEPTED,
               .timer_hz = 250}},
    {.name = "win10",
     .systems = "Windows Vista and later",
     .source =
         "MODEL.md A4.2, B3 (120 s measured by users, 240 s documented); FIN_WAIT_2 and "
         "schedules inference",
     .stack = {.range = {49152, 65535},
               .allocator = {.kind = PORT_ALLOCATOR_win10},
               .exhausted = FAILURE_WSAENOBUFS - 1,
               .bind_allocator = {.kind = PORT_ALLOCATOR_win10},
               .exhausted_bind = FAILURE_WSAEADDRINUSE - 1,
               .bind_rules = BIND_RULES_WINDOWS,
               .time_wait = 120 * SIM_S,
               .fin_wait_2 = 240 * SIM_S,
               .syn = SYN_WINDOWS,
               .syn_ack = SYN_WINDOWS,
               .fin = FIN_WINDOWS}},
    {.name = "proxysg-legacy",
     .systems = "Blue Coat ProxySG, SGOS 5.4 and 5.5 before the fixes",
     .source =
         "TFA42 / KB 000007649; allocator, scope and schedules inference (MODEL.md A5)",
     .stack = {PROXYSG, .allocator = {.kind = PORT_ALLOCATOR_sg_legacy_a},
               .bind_allocator = {.kind = PORT_ALLOCATOR_sg_legacy_a}}},
    {.name = "proxysg-legacy-b",
     .systems = "the same, with a search that gives up after 32 draws (variant)",
     .source = "MODEL.md A5 SG-LEGACY-B (inference)",
     .stack = {PROXYSG, .allocator = {.kind = PORT_ALLOCATOR_sg_legacy_b},
               .bind_allocator = {.kind = PORT_ALLOCATOR_sg_legacy_b}}},
    {.name = "proxysg-random-off",
     .systems = "ProxySG after tcp-randomize-port disable",
     .source = "TFA42; sequential order and tuple scope inference (MODEL.md A5)",
     .stack = {PROXYSG, .allocator = {.kind = PORT_ALLOCATOR_sg_random_off},
               .bind_allocator = {.kind = PORT_ALLOCATOR_sg_random_off}}},
    {.name = "proxysg-reworked",
     .systems = "ProxySG with bug 139449 fixed: the reworked randomisation",
     .source = "TFA42; order and scope inference (MODEL.md A5)",
     .stack = {PROXYSG, .allocator = {.kind = PORT_ALLOCATOR_sg_reworked},
               .bind_allocator = {.kind = PORT_ALLOCATOR_sg_reworked}}},
    {.name = NULL},
};

const char *stack_choice(uint32_t index)
{
    return index < sizeof stack_rows / sizeof stack_rows[0] ? stack_rows[index].name
                                                            : NULL;
}

enum port_scope stack_scope(const struct stack *s)
{
    if (s->scope == STACK_SCOPE_ALLOCATOR)
        return port_allocators[s->allocator.kind]->scope;
    return (enum port_scope)(s->scope - STACK_SCOPE_PORT + PORT_SCOPE_PORT);
}

/* The wheel of Linux: a timer of J ticks fires at the first multiple of G ticks after now
 * + J, G = 1, 8, 64, ... by the size of J [KERNEL.md section 4]. */
static int64_t wheel_granularity(int64_t ticks)
{
    int64_t granularity = 1, limit = 63;
    while (ticks >= limit && granularity < 8 * 8 * 8 * 8 * 8 * 8) {
        granularity *= 8;
        limit *= 8;
    }
    return granularity;
}

sim_ns stack_timer(const struct stack *s, sim_ns now, sim_ns delay)
{
    if (s->timer_hz == 0)
        return now + delay;
    sim_ns tick = SIM_S / s->timer_hz;
    int64_t ticks = (delay + tick - 1) / tick;
    int64_t granularity = wheel_granularity(ticks);
    int64_t jiffies = (now + s->timer_phase) / tick; /* as the kernel reads its clock */
    int64_t due = ((jiffies + ticks) / granularity + 1) * granularity;
    sim_ns when = due * tick - s->timer_phase;
    return when > now ? when : now;
}
