#include "models/stack.h"

#include "models/alloc/list.h"
#include "models/bind_rules.h"

const char *stack_scope_choice(uint32_t index)
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

static const char *tw_reuse_choice(uint32_t index)
{
    static const char *const words[] = {
        [TW_REUSE_OFF] = "off",
        [TW_REUSE_ON] = "on",
        [TW_REUSE_LOOPBACK] = "loopback",
    };
    return index < sizeof words / sizeof words[0] ? words[index] : NULL;
}

static const char *timer_change_choice(uint32_t index)
{
    static const char *const words[] = {
        [TIMER_CHANGE_NEW] = "new",
        [TIMER_CHANGE_RUNNING] = "running",
        [TIMER_CHANGE_BOOT] = "boot",
    };
    return index < sizeof words / sizeof words[0] ? words[index] : NULL;
}

static const char *port_events_choice(uint32_t index)
{
    static const char *const words[] = {
        [PORT_EVENTS_NONE] = "none",
        [PORT_EVENTS_WINDOWS_2003] = "windows-2003",
        [PORT_EVENTS_WINDOWS] = "windows",
    };
    return index < sizeof words / sizeof words[0] ? words[index] : NULL;
}

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

static const char *bound_choice(uint32_t index)
{
    static const char *const words[] = {
        [STACK_BOUND_NONE] = "none",
        [STACK_BOUND_EXPLICIT] = "explicit",
        [STACK_BOUND_ALL] = "all",
    };
    return index < sizeof words / sizeof words[0] ? words[index] : NULL;
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
             .change = "holders outside a narrowed range stay; nobody gets their ports "
                       "after them",
             .help = "local ports for outgoing connections, both ends included "
                     "(ip_local_port_range, inet-lowport)"},
            {.key = "allocator",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct stack, allocator),
             .table = &port_allocator_fields,
             .flags = CHANGES,
             .change = "starts afresh, knowing what is held",
             .help =
                 "how the next local port is chosen; a word of `list allocators`, or an "
                 "object with \"kind\" and the allocator's own keys"},
            {.key = "scope",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct stack, scope),
             .choices = stack_scope_choice,
             .flags = CHANGES,
             .change = "counts at once, for holders who are there as well",
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
             .change = "a system's code is its own",
             .help = "what connect() reports when no local port is found"},
            {.key = "bind_allocator",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct stack, bind_allocator),
             .table = &port_allocator_fields,
             .flags = CHANGES,
             .change = "starts afresh, knowing what is held",
             .help =
                 "how bind(addr, 0) chooses a port, for sockets that bind before they "
                 "connect; the test is by port"},
            {.key = "exhausted_bind",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct stack, exhausted_bind),
             .choices = failure_choice,
             .flags = FIELD_INHERITED,
             .change = "a system's code is its own",
             .help = "what bind(addr, 0) reports when no local port is found"},
            {.key = "bind_rules",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct stack, bind_rules),
             .choices = bind_rules_choice,
             .flags = FIELD_INHERITED,
             .change = "a system's rules are its own",
             .help =
                 "when bind() to a port with holders succeeds: whose SO_REUSEADDR and "
                 "SO_REUSEPORT"},
            {.key = "bound_until_empty",
             .type = FIELD_BOOL,
             .offset = offsetof(struct stack, bound_until_empty),
             .flags = FIELD_INHERITED,
             .change = "port spaces are built with it",
             .help =
                 "a port that was bound stays so until its last socket is gone (Linux "
                 "before 6.18)"},
            {.key = "bound_state",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct stack, bound_state),
             .choices = bound_choice,
             .flags = FIELD_INHERITED,
             .help =
                 "which ports stay held (BOUND) when their connection is over and the "
                 "descriptor still open: all (Windows), those bind() was given by number "
                 "(explicit: Linux), none"},
            {.key = "families_apart",
             .type = FIELD_BOOL,
             .offset = offsetof(struct stack, families_apart),
             .flags = FIELD_INHERITED,
             .change = "port spaces are built with it",
             .help =
                 "a port held by IPv4 stays free for IPv6 and the other way, for TCP and "
                 "for UDP (Windows: one range for each); else they share one space"},
            {.key = "exit_resets",
             .type = FIELD_BOOL,
             .offset = offsetof(struct stack, exit_resets),
             .flags = FIELD_INHERITED,
             .help = "a process that ends without closing its connections resets them "
                     "(Windows); false: they get a FIN as from close()"},
            {.key = "time_wait",
             .type = FIELD_DURATION,
             .offset = offsetof(struct stack, time_wait),
             .min = 0,
             .max = 86400,
             .flags = CHANGES,
             .change = "TIME_WAITs under way as timer_change says",
             .help = "how long TIME_WAIT holds the tuple (2 MSL)"},
            {.key = "fin_wait_2",
             .type = FIELD_DURATION,
             .offset = offsetof(struct stack, fin_wait_2),
             .min = 0.001,
             .max = 604800,
             .flags = CHANGES,
             .change = "FIN_WAIT_2s under way as timer_change says",
             .help = "how long FIN_WAIT_2 waits for the peer's FIN once nobody owns the "
                     "socket"},
            {.key = "fin_wait_2_unlimited",
             .type = FIELD_BOOL,
             .offset = offsetof(struct stack, fin_wait_2_unlimited),
             .flags = CHANGES,
             .change = "those under way keep their deadline, or none",
             .help = "FIN_WAIT_2 has no limit, as in RFC 9293"},
            {.key = "fin_wait_2_split",
             .type = FIELD_DURATION,
             .offset = offsetof(struct stack, fin_wait_2_split),
             .max = 86400,
             .flags = CHANGES,
             .change = "those under way keep their deadline",
             .help =
                 "a fin_wait_2 of T above this S lasts 2(T-S): T-S as a whole socket, "
                 "then T-S as a TIME_WAIT record (Linux: 60s, so that 61s means 2s); "
                 "\"0s\": T as it stands"},
            {.key = "timestamps",
             .type = FIELD_BOOL,
             .offset = offsetof(struct stack, timestamps),
             .flags = CHANGES,
             .change = "asked when a tuple would be taken over",
             .help =
                 "TCP timestamps are offered (tcp_timestamps); used where both ends do"},
            {.key = "tw_reuse",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct stack, tw_reuse),
             .choices = tw_reuse_choice,
             .flags = CHANGES,
             .change = "turned on, also for TIME_WAITs that are there; turned off, those "
                       "old enough by then still yield",
             .help = "connect() may take the 4-tuple of an own TIME_WAIT that had "
                     "timestamps (tcp_tw_reuse 0, 1, 2)"},
            {.key = "tw_reuse_delay",
             .type = FIELD_DURATION,
             .offset = offsetof(struct stack, tw_reuse_delay),
             .max = 3600,
             .flags = CHANGES,
             .change = "of TIME_WAITs that begin from then on",
             .help = "how old TIME_WAIT must be for tw_reuse (tcp_tw_reuse_delay)"},
            {.key = "max_tw_buckets",
             .type = FIELD_U32,
             .offset = offsetof(struct stack, max_tw_buckets),
             .flags = CHANGES,
             .change = "records beyond a lowered limit stay",
             .help =
                 "TIME_WAIT and FIN_WAIT_2 records a member keeps; one more is dropped "
                 "at once and its port free (tcp_max_tw_buckets); 4294967295: no limit"},
            {.key = "syn",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct stack, syn),
             .table = &retransmission_fields,
             .base = syn_of,
             .flags = CHANGES,
             .change = "waits under way keep their deadline, the next one is by the new "
                       "schedule",
             .help = "schedule of an unanswered SYN"},
            {.key = "syn_ack",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct stack, syn_ack),
             .table = &retransmission_fields,
             .base = syn_ack_of,
             .flags = CHANGES,
             .change = "as `syn`",
             .help = "schedule of an unanswered SYN+ACK"},
            {.key = "fin",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct stack, fin),
             .table = &retransmission_fields,
             .base = fin_of,
             .flags = CHANGES,
             .change = "as `syn`",
             .help = "schedule of an unanswered FIN (FIN_WAIT_1, CLOSING, LAST_ACK)"},
            {.key = "challenged_retry",
             .type = FIELD_DURATION,
             .offset = offsetof(struct stack, challenged_retry),
             .min = 0,
             .max = 60,
             .flags = CHANGES,
             .change = "of challenges that arrive from then on",
             .help =
                 "how soon the SYN is sent again after a challenge ACK from a lingering "
                 "peer; \"0s\": by the schedule of `syn`"},
            {.key = "syn_in_time_wait",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct stack, syn_in_time_wait),
             .choices = time_wait_choice,
             .flags = CHANGES,
             .change = "of SYNs that arrive from then on",
             .help = "what happens to a SYN that meets this host's own TIME_WAIT"},
            {.key = "rfc1337",
             .type = FIELD_BOOL,
             .offset = offsetof(struct stack, rfc1337),
             .flags = CHANGES,
             .change = "of resets that arrive from then on",
             .help = "TIME_WAIT ignores RST (tcp_rfc1337)"},
            {.key = "rst_sender_time_wait",
             .type = FIELD_BOOL,
             .offset = offsetof(struct stack, rst_sender_time_wait),
             .flags = CHANGES,
             .change = "of resets sent from then on",
             .help =
                 "who resets a connection goes to TIME_WAIT, as RFC 9293 section 3.5.2 "
                 "advises; no known system does (inference)"},
            {.key = "timer_hz",
             .type = FIELD_U32,
             .offset = offsetof(struct stack, timer_hz),
             .min = 0,
             .max = 10000,
             .flags = FIELD_INHERITED,
             .change = "a kernel is built with it",
             .help = "ticks a second of a kernel whose timers live on a wheel (HZ); 0: "
                     "timers "
                     "are exact"},
            {.key = "timer_phase",
             .type = FIELD_DURATION,
             .offset = offsetof(struct stack, timer_phase),
             .min = 0,
             .max = 86400,
             .flags = FIELD_INHERITED,
             .change = "it is the age of the kernel when the run begins",
             .help = "age of the wheel when the run begins"},
            {.key = "ns_per_probe",
             .type = FIELD_U32,
             .offset = offsetof(struct stack, ns_per_probe),
             .min = 0,
             .max = 1000000,
             .flags = CHANGES,
             .change = "of searches from then on",
             .help = "what each candidate costs a search for a port, in ns, for "
                     "search_time_s (Linux before 6.8: 162; 6.18: 65 to 180, bind(0) 150 "
                     "to 400; 7.2: 10); 0: not known"},
            {.key = "timer_change",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct stack, timer_change),
             .choices = timer_change_choice,
             .flags = FIELD_INHERITED,
             .change = "it is how the system is made",
             .help = "what a timer's new length does in mid-run.  new: it is that of "
                     "timers started from then on; running: TIME_WAITs and FIN_WAIT_2s "
                     "under way end by it, counted from when they began; boot: nothing "
                     "before the host is restarted (registry values of Windows)"},
            {.key = "port_events",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct stack, port_events),
             .choices = port_events_choice,
             .flags = FIELD_INHERITED,
             .change = "it is how the system is made",
             .help = "what a choice that finds no port writes into the system's log: "
                     "nothing, event 4231, or events 4227, 4231 and 4266"},
            {.key = "event_pause",
             .type = FIELD_DURATION,
             .offset = offsetof(struct stack, event_pause),
             .max = 604800,
             .flags = CHANGES,
             .change = "the pause under way keeps its end",
             .help = "such an event is written at most so often for each pool"},
            FIELD_END,
        },
};

/* --- what it means --------------------------------------------------------------------
 */

enum port_scope stack_scope_of(uint32_t scope, const struct field_variant *allocator)
{
    if (scope == STACK_SCOPE_ALLOCATOR)
        return port_allocators[allocator->kind]->scope;
    return (enum port_scope)(scope - STACK_SCOPE_PORT + PORT_SCOPE_PORT);
}

enum port_scope stack_scope(const struct stack *s)
{
    return stack_scope_of(s->scope, &s->allocator);
}

struct stack stack_before_boot(const struct stack *configured,
                               const struct stack *running)
{
    struct stack s = *configured;
    if (s.timer_change != TIMER_CHANGE_BOOT)
        return s;
    s.time_wait = running->time_wait;
    s.fin_wait_2 = running->fin_wait_2;
    s.fin_wait_2_unlimited = running->fin_wait_2_unlimited;
    s.fin_wait_2_split = running->fin_wait_2_split;
    s.syn = running->syn;
    s.syn_ack = running->syn_ack;
    s.fin = running->fin;
    return s;
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

sim_ns stack_tick(const struct stack *s)
{
    return s->timer_hz ? SIM_S / s->timer_hz : 0;
}

sim_ns stack_timer(const struct stack *s, sim_ns now, sim_ns delay)
{
    if (s->timer_hz == 0)
        return now + delay;
    sim_ns tick = stack_tick(s);
    int64_t ticks = (delay + tick - 1) / tick;
    int64_t granularity = wheel_granularity(ticks);
    int64_t jiffies = (now + s->timer_phase) / tick; /* as the kernel reads its clock */
    int64_t due = ((jiffies + ticks) / granularity + 1) * granularity;
    sim_ns when = due * tick - s->timer_phase;
    return when > now ? when : now;
}
