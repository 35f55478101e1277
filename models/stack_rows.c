/* Operating systems as rows of numbers, each with its source.
 *
 * Times are those of an unchanged system; what a knob of the system changes is a field of
 * struct stack.  A row that says (inference) or (recalled) says so in its source.
 *
 * Where no row says otherwise a timer's new length is that of timers started from then on
 * (`timer_change`): these systems put the deadline into the socket when the wait begins
 * [Linux: KERNEL.md F1, F2; the others inference].
 */
#include "models/alloc/list.h"
#include "models/bind_rules.h"
#include "models/stack.h"

#define BOTH_ALLOCATORS(id)                                                              \
    .allocator = {.kind = PORT_ALLOCATOR_##id},                                          \
    .bind_allocator = {.kind = PORT_ALLOCATOR_##id}
#define EXHAUSTED(at_connect, at_bind)                                                   \
    .exhausted = FAILURE_##at_connect - 1, .exhausted_bind = FAILURE_##at_bind - 1

/* --- schedules ------------------------------------------------------------------------
 */

/* RFC 6298: 1 s, doubling; RFC 9293 MUST-23: at least 3 minutes for a SYN: 1..127 s, out
 * at 255 s. */
#define SYN_RFC                                                                          \
    {                                                                                    \
        .retries = 7, .rto = 1 * SIM_S, .rto_max = 240 * SIM_S                           \
    }
/* MODEL.md B4: Linux synack_retries 5: 1..31 s, out at 63 s. */
#define SYN_ACK_5                                                                        \
    {                                                                                    \
        .retries = 5, .rto = 1 * SIM_S, .rto_max = 120 * SIM_S                           \
    }

/* MODEL.md B4: tcp_syn_retries 6: 1..63 s, out at 127 s. */
#define SYN_LINUX(linear_timeouts)                                                       \
    {                                                                                    \
        .retries = 6, .rto = 1 * SIM_S, .rto_max = 120 * SIM_S,                          \
        .linear = (linear_timeouts)                                                      \
    }
/* KERNEL.md X1: tcp_orphan_retries 0 (= 8), RTO of 200 ms and the round trip, a tail-loss
 * probe first; tcp_retries2 15 while the descriptor is open [MODEL.md B4]. */
#define FIN_LINUX                                                                        \
    {                                                                                    \
        .retries = 8, .retries_open = 15, .rto = 200 * SIM_MS, .rto_max = 120 * SIM_S,   \
        .loss_probe = true, .rtt_added = true                                            \
    }

/* MODEL.md B4: FreeBSD multipliers 1,1,1,1,1,2,4,8,16,... of 1 s, KEEP_INIT 75 s. */
#define SYN_BSD                                                                          \
    {                                                                                    \
        .retries = 12, .rto = 1 * SIM_S, .rto_max = 64 * SIM_S, .linear = 4,             \
        .give_up = 75 * SIM_S                                                            \
    }
/* Doubling from 1 s [RFC 6298], capped at 64 s; 12 retransmissions [MODEL.md B4,
 * recalled]. */
#define FIN_BSD                                                                          \
    {                                                                                    \
        .retries = 12, .retries_open = 12, .rto = 1 * SIM_S, .rto_max = 64 * SIM_S       \
    }

/* MODEL.md B4: illumos: initial 1 s, at least 0.4, at most 60 s; 3 min for a connect,
 * 5 min for data.  The retries are out of the way. */
#define SYN_ILLUMOS                                                                      \
    {                                                                                    \
        .retries = 12, .rto = 1 * SIM_S, .rto_max = 60 * SIM_S, .give_up = 180 * SIM_S   \
    }
#define FIN_ILLUMOS                                                                      \
    {                                                                                    \
        .retries = 12, .retries_open = 12, .rto = 400 * SIM_MS, .rto_max = 60 * SIM_S,   \
        .give_up = 300 * SIM_S                                                           \
    }

/* SYN at 3 and 9 s, out at 21 s (TcpMaxConnectRetransmissions 2, initial RTO 3 s); FIN
 * five times (TcpMaxDataRetransmissions 5).  Recalled, not measured. */
#define SYN_WINDOWS                                                                      \
    {                                                                                    \
        .retries = 2, .rto = 3 * SIM_S, .rto_max = 240 * SIM_S                           \
    }
#define FIN_WINDOWS                                                                      \
    {                                                                                    \
        .retries = 5, .retries_open = 5, .rto = 300 * SIM_MS, .rto_max = 240 * SIM_S     \
    }

/* --- families -------------------------------------------------------------------------
 */

#define UNLIKE_LINUX                                                                     \
    .tw_reuse = TW_REUSE_OFF, .tw_reuse_delay = 1 * SIM_S,                               \
    .max_tw_buckets = TW_BUCKETS_UNLIMITED

/* FIN_WAIT_2 of 600 s is 8 x 75 s of idleness, looked at every 75 s [MODEL.md B2]; no
 * data arrives in between here, so that the first look ends it. */
#define BSD(fin_wait_2_s, time_wait_s)                                                   \
    UNLIKE_LINUX, .fin_wait_2 = (fin_wait_2_s)*SIM_S, .time_wait = (time_wait_s)*SIM_S,  \
                  .syn = SYN_BSD, .syn_ack = SYN_ACK_5, .fin = FIN_BSD,                  \
                  .syn_in_time_wait = SYN_ACCEPTED, .timestamps = true,                  \
                  .bind_rules = BIND_RULES_BSD

/* KERNEL.md R1: a port bind() chose is free as soon as the connection is over, one that
 * it was given is kept until close(); measured on 6.18.  The others give back either:
 * FreeBSD's in_pcbdrop() (recalled), the BSDs and illumos alike (inference); of Windows
 * see MODEL.md A4.4. */
#define LINUX_BOUND .bound_state = STACK_BOUND_EXPLICIT

/* KERNEL.md T1, F1, F2, B1, S2, measured on 6.18. */
#define LINUX                                                                            \
    EXHAUSTED(EADDRNOTAVAIL, EADDRINUSE), LINUX_BOUND,                                   \
        .time_wait = 60 * SIM_S, .fin_wait_2 = 60 * SIM_S,                               \
        .fin_wait_2_split = 60 * SIM_S, .syn_ack = SYN_ACK_5, .fin = FIN_LINUX,          \
        .syn_in_time_wait = SYN_ACCEPTED, .timestamps = true,                            \
        .tw_reuse_delay = 1 * SIM_S, .max_tw_buckets = 131072

/* Timers live on a wheel that does not cascade since 4.8 (recalled); HZ 250 and the SYN
 * after a challenge, 2 ticks or 9-15 ms in all, as measured [KERNEL.md 4, F6]. */
#define LINUX_WHEEL                                                                      \
    LINUX, .range = {32768, 60999}, .challenged_retry = 8 * SIM_MS, .timer_hz = 250

/* MODEL.md 0.3, C2: 4.59 ms for 28,256 wasted probes before 6.8, on other hardware. */
#define PROBES_BEFORE_68 .ns_per_probe = 162
/* KERNEL.md section 3: 65 ns a port in a range of 1,000, 90 to 180 in 28,232. */
#define PROBES_618 .ns_per_probe = 100

#define LINUX_BIND .bind_allocator = {.kind = PORT_ALLOCATOR_linux_bind0}
/* Before 6.18 a port once bound stays so until its last socket is gone [KERNEL.md C8]. */
#define BEFORE_618 .bound_until_empty = true

#define ILLUMOS(fin_wait_2_s)                                                            \
    BOTH_ALLOCATORS(illumos), EXHAUSTED(EADDRNOTAVAIL, EADDRNOTAVAIL), UNLIKE_LINUX,     \
        .range = {32768, 65535}, .fin_wait_2 = (fin_wait_2_s)*SIM_S,                     \
        .time_wait = 60 * SIM_S, .syn = SYN_ILLUMOS, .syn_ack = SYN_ACK_5,               \
        .fin = FIN_ILLUMOS, .timestamps = true, .bind_rules = BIND_RULES_BSD

/* One range, and so one space, for each protocol and family: the Windows guide (netsh int
 * ipv4|ipv6 set dynamicport tcp|udp).  TcpTimedWaitDelay and its like are read when the
 * system starts (recalled: guides that set them end with a restart).  How often an event
 * may repeat is not documented; ten minutes is inference.  A process that is killed
 * resets the connections it has not shut down, where its own closesocket() would have
 * sent a FIN (recalled). */
#define WINDOWS(time_wait_s)                                                             \
    EXHAUSTED(WSAENOBUFS, WSAEADDRINUSE), UNLIKE_LINUX,                                  \
        .bound_state = STACK_BOUND_ALL, .exit_resets = true, .families_apart = true,     \
        .time_wait = (time_wait_s)*SIM_S, .fin_wait_2 = 240 * SIM_S, .syn = SYN_WINDOWS, \
        .syn_ack = SYN_WINDOWS, .fin = FIN_WINDOWS, .bind_rules = BIND_RULES_WINDOWS,    \
        .timer_change = TIMER_CHANGE_BOOT, .event_pause = 600 * SIM_S

#define PROXYSG                                                                          \
    EXHAUSTED(EADDRNOTAVAIL, EADDRNOTAVAIL), BSD(600, 120), .range = {49152, 65535}

/* UDP: the choices of the system's TCP, but by port: no system but FreeBSD 13 and later
 * gives the search a destination [MODEL.md A2.3, A3.9; of the ProxySG, DragonFly and
 * Solaris inference, of Linux 2.2 recalled].  A socket of Linux hears EAGAIN [KERNEL.md
 * C3]. */
#define BY_PORT(id) BOTH_ALLOCATORS(id), .scope = STACK_SCOPE_PORT

/* --- rows -----------------------------------------------------------------------------
 */

const struct stack_row stack_rows[] = {
    {.name = "plain",
     .systems =
         "no system: every timer exact, the numbers of the RFCs, for theory and teaching",
     .source =
         "RFC 9293 (no FIN_WAIT_2 limit of its own: 60 s here), RFC 6298, RFC 6335 range",
     .stack = {BOTH_ALLOCATORS(rfc6056_alg1), EXHAUSTED(EADDRNOTAVAIL, EADDRNOTAVAIL),
               UNLIKE_LINUX, .range = {49152, 65535}, .time_wait = 240 * SIM_S,
               .fin_wait_2 = 60 * SIM_S, .syn = SYN_RFC, .syn_ack = SYN_ACK_5,
               .fin = FIN_BSD},
     .udp = {BY_PORT(rfc6056_alg1), EXHAUSTED(EADDRNOTAVAIL, EADDRNOTAVAIL)}},
    {.name = "bsd44",
     .systems = "4.4BSD-Lite2 and its early descendants",
     .source = "MODEL.md A2.1 (range, order); timers of the BSD family (inference)",
     .stack = {BOTH_ALLOCATORS(bsd44), EXHAUSTED(EADDRNOTAVAIL, EADDRNOTAVAIL),
               BSD(600, 60), .range = {1024, 5000}},
     .udp = {BY_PORT(bsd44), EXHAUSTED(EADDRNOTAVAIL, EADDRNOTAVAIL)}},
    {.name = "freebsd12",
     .systems = "FreeBSD up to 12",
     .source = "MODEL.md A2.2, B2-B4",
     .stack = {BOTH_ALLOCATORS(freebsd12), EXHAUSTED(EADDRNOTAVAIL, EADDRNOTAVAIL),
               BSD(600, 60), .range = {10000, 65535}},
     .udp = {BY_PORT(freebsd12), EXHAUSTED(EADDRNOTAVAIL, EADDRNOTAVAIL)}},
    {.name = "freebsd14",
     .systems = "FreeBSD 13 and 14",
     .source = "MODEL.md A2.3, B2-B4; bind(0) by port",
     .stack = {BOTH_ALLOCATORS(freebsd14), EXHAUSTED(EADDRNOTAVAIL, EADDRNOTAVAIL),
               BSD(600, 60), .range = {10000, 65535}},
     .udp = {BOTH_ALLOCATORS(freebsd14), EXHAUSTED(EADDRNOTAVAIL, EADDRNOTAVAIL)}},
    {.name = "freebsd14-fast",
     .systems = "the same with net.inet.tcp.fast_finwait2_recycle=1",
     .source = "MODEL.md A2.3, B2 (60 s, whatever arrives)",
     .stack = {BOTH_ALLOCATORS(freebsd14), EXHAUSTED(EADDRNOTAVAIL, EADDRNOTAVAIL),
               BSD(60, 60), .range = {10000, 65535}},
     .udp = {BOTH_ALLOCATORS(freebsd14), EXHAUSTED(EADDRNOTAVAIL, EADDRNOTAVAIL)}},
    {.name = "dragonfly",
     .systems = "DragonFly BSD",
     .source = "MODEL.md A2.4; range and timers of FreeBSD (inference)",
     .stack = {BOTH_ALLOCATORS(dragonfly), EXHAUSTED(EADDRNOTAVAIL, EADDRNOTAVAIL),
               BSD(600, 60), .range = {10000, 65535}},
     .udp = {BY_PORT(dragonfly), EXHAUSTED(EADDRNOTAVAIL, EADDRNOTAVAIL)}},
    {.name = "openbsd",
     .systems = "OpenBSD: FIN_WAIT_2 has no limit without keep-alive",
     .source = "MODEL.md A2.5, B2; TIME_WAIT of 60 s and schedules inference",
     .stack = {BOTH_ALLOCATORS(openbsd), EXHAUSTED(EADDRNOTAVAIL, EADDRNOTAVAIL),
               BSD(600, 60), .fin_wait_2_unlimited = true, .range = {1024, 49151}},
     .udp = {BY_PORT(openbsd), EXHAUSTED(EADDRNOTAVAIL, EADDRNOTAVAIL)}},
    {.name = "netbsd",
     .systems = "NetBSD, as shipped",
     .source = "MODEL.md A2.6, 0.2; range recalled, timers inference",
     .stack = {BOTH_ALLOCATORS(netbsd_bsd), EXHAUSTED(EAGAIN, EAGAIN), BSD(600, 60),
               .range = {49152, 65535}},
     .udp = {BY_PORT(netbsd_bsd), EXHAUSTED(EAGAIN, EAGAIN)}},
    {.name = "macos",
     .systems = "macOS, iOS",
     .source = "MODEL.md A2.7, B3; FIN_WAIT_2 of 60 s and schedules inference",
     .stack = {BOTH_ALLOCATORS(xnu), EXHAUSTED(EADDRNOTAVAIL, EADDRNOTAVAIL), BSD(60, 30),
               .range = {49152, 65535}},
     .udp = {BY_PORT(xnu), EXHAUSTED(EADDRNOTAVAIL, EADDRNOTAVAIL)}},
    {.name = "illumos",
     .systems = "illumos",
     .source = "MODEL.md A2.8, B2-B4",
     .stack = {ILLUMOS(60)},
     .udp = {BY_PORT(illumos), EXHAUSTED(EADDRNOTAVAIL, EADDRNOTAVAIL)}},
    {.name = "solaris",
     .systems = "Solaris up to OpenSolaris: FIN_WAIT_2 of 675 s",
     .source = "MODEL.md A2.8, B2-B4",
     .stack = {ILLUMOS(675)},
     .udp = {BY_PORT(illumos), EXHAUSTED(EADDRNOTAVAIL, EADDRNOTAVAIL)}},
    {.name = "linux22",
     .systems = "Linux 2.2: FIN_WAIT_2 of 180 s",
     .source = "MODEL.md B2 (FIN_WAIT_2); range, SYN after 3 s, a sequential search and "
               "exact timers recalled; the rest as later Linux (inference)",
     .stack = {BOTH_ALLOCATORS(bsd44), EXHAUSTED(EADDRNOTAVAIL, EADDRINUSE), BEFORE_618,
               LINUX_BOUND, .range = {1024, 4999}, .time_wait = 60 * SIM_S,
               .fin_wait_2 = 180 * SIM_S,
               .syn = {.retries = 5, .rto = 3 * SIM_S, .rto_max = 120 * SIM_S},
               .syn_ack = {.retries = 5, .rto = 3 * SIM_S, .rto_max = 120 * SIM_S},
               .fin = FIN_LINUX, .timestamps = true, .tw_reuse_delay = 1 * SIM_S,
               .max_tw_buckets = TW_BUCKETS_UNLIMITED},
     .udp = {BY_PORT(bsd44), EXHAUSTED(EAGAIN, EADDRINUSE)}},
    {.name = "linux41",
     .systems = "Linux up to 4.1, sysctl defaults",
     .source = "MODEL.md A3.1, A3.8, B2-B4; timers exact, before the wheel of 4.8 "
               "(recalled); tcp_tw_reuse 0",
     .stack = {LINUX, LINUX_BIND, PROBES_BEFORE_68, BEFORE_618, .range = {32768, 61000},
               .allocator = {.kind = PORT_ALLOCATOR_linux41}, .syn = SYN_LINUX(0)},
     .udp = {BY_PORT(linux_udp), EXHAUSTED(EAGAIN, EADDRINUSE)}},
    {.name = "linux42",
     .systems = "Linux 4.2 to 4.5, sysctl defaults",
     .source = "MODEL.md A3.2, A3.8, B2-B4; timers exact, before the wheel of 4.8 "
               "(recalled); tcp_tw_reuse 0",
     .stack = {LINUX, LINUX_BIND, PROBES_BEFORE_68, BEFORE_618, .range = {32768, 60999},
               .allocator = {.kind = PORT_ALLOCATOR_linux42}, .syn = SYN_LINUX(0)},
     .udp = {BY_PORT(linux_udp), EXHAUSTED(EAGAIN, EADDRINUSE)}},
    {.name = "linux46",
     .systems = "Linux 4.6 to 5.11, sysctl defaults, HZ 250",
     .source = "MODEL.md A3.3, A3.8, B2-B4; tcp_tw_reuse 2 since 4.19 and the timer "
               "wheel since 4.8 (recalled)",
     .stack = {LINUX_WHEEL, LINUX_BIND, PROBES_BEFORE_68, BEFORE_618,
               .allocator = {.kind = PORT_ALLOCATOR_linux46},
               .tw_reuse = TW_REUSE_LOOPBACK, .syn = SYN_LINUX(0)},
     .udp = {BY_PORT(linux_udp), EXHAUSTED(EAGAIN, EADDRINUSE)}},
    {.name = "linux512",
     .systems = "Linux 5.12 to 5.17, sysctl defaults, HZ 250",
     .source = "MODEL.md A3.4, A3.8, B2-B4",
     .stack = {LINUX_WHEEL, LINUX_BIND, PROBES_BEFORE_68, BEFORE_618,
               .allocator = {.kind = PORT_ALLOCATOR_linux512},
               .tw_reuse = TW_REUSE_LOOPBACK, .syn = SYN_LINUX(0)},
     .udp = {BY_PORT(linux_udp), EXHAUSTED(EAGAIN, EADDRINUSE)}},
    {.name = "linux518",
     .systems = "Linux 5.18 to 6.17, sysctl defaults, HZ 250",
     .source =
         "MODEL.md A3.5, A3.8; KERNEL.md P1-P9, T1-T5, F1-F6, X1, X4, B1, S2 (measured "
         "on 6.18 but for C8); linear SYN timeouts since 6.5; MODEL.md C2 (probes, "
         "before 6.8)",
     .stack = {LINUX_WHEEL, LINUX_BIND, PROBES_BEFORE_68, BEFORE_618,
               .allocator = {.kind = PORT_ALLOCATOR_linux518},
               .tw_reuse = TW_REUSE_LOOPBACK, .syn = SYN_LINUX(4)},
     .udp = {BY_PORT(linux_udp), EXHAUSTED(EAGAIN, EADDRINUSE)}},
    {.name = "linux618",
     .systems = "Linux 6.18 and later, sysctl defaults, HZ 250",
     .source = "MODEL.md A3.5, A3.8; KERNEL.md as a whole, measured on 6.18",
     .stack = {LINUX_WHEEL, LINUX_BIND, PROBES_618,
               .allocator = {.kind = PORT_ALLOCATOR_linux518},
               .tw_reuse = TW_REUSE_LOOPBACK, .syn = SYN_LINUX(4)},
     .udp = {BY_PORT(linux_udp), EXHAUSTED(EAGAIN, EADDRINUSE)}},
    {.name = "win2000",
     .systems = "Windows 2000",
     .source = "MODEL.md A4.1, B2, B3; order and schedules inference",
     .stack = {BOTH_ALLOCATORS(win2003), .port_events = PORT_EVENTS_WINDOWS_2003,
               WINDOWS(240), .range = {1025, 5000}},
     .udp = {BY_PORT(win2003), EXHAUSTED(WSAENOBUFS, WSAEADDRINUSE)}},
    {.name = "win2003",
     .systems = "Windows Server 2003 and XP",
     .source = "MODEL.md A4.1, B2, B3; order and schedules inference",
     .stack = {BOTH_ALLOCATORS(win2003), .port_events = PORT_EVENTS_WINDOWS_2003,
               WINDOWS(120), .range = {1025, 5000}},
     .udp = {BY_PORT(win2003), EXHAUSTED(WSAENOBUFS, WSAEADDRINUSE)}},
    {.name = "win10",
     .systems = "Windows Vista and later, TIME_WAIT as users measure it",
     .source = "MODEL.md A4.2, B3 (120 s measured by users; 240 s documented: row "
               "win10-240); FIN_WAIT_2 and schedules inference",
     .stack = {BOTH_ALLOCATORS(win10), .port_events = PORT_EVENTS_WINDOWS, WINDOWS(120),
               .range = {49152, 65535}},
     .udp = {BY_PORT(win10), EXHAUSTED(WSAENOBUFS, WSAEADDRINUSE)}},
    {.name = "win10-240",
     .systems = "the same, TIME_WAIT as documented",
     .source =
         "MODEL.md A4.2, B3 (240 s documented; 120 s measured by users: row win10); "
         "FIN_WAIT_2 and schedules inference",
     .stack = {BOTH_ALLOCATORS(win10), .port_events = PORT_EVENTS_WINDOWS, WINDOWS(240),
               .range = {49152, 65535}},
     .udp = {BY_PORT(win10), EXHAUSTED(WSAENOBUFS, WSAEADDRINUSE)}},
    {.name = "proxysg-legacy",
     .systems = "Blue Coat ProxySG, SGOS 5.4 and 5.5 before the fixes",
     .source =
         "TFA42 / KB 000007649; allocator, scope and schedules inference (MODEL.md A5)",
     .stack = {PROXYSG, BOTH_ALLOCATORS(sg_legacy_a)},
     .udp = {BY_PORT(sg_legacy_a), EXHAUSTED(EADDRNOTAVAIL, EADDRNOTAVAIL)}},
    {.name = "proxysg-legacy-b",
     .systems = "the same, with a search that gives up after 32 draws (variant)",
     .source = "MODEL.md A5 SG-LEGACY-B (inference)",
     .stack = {PROXYSG, BOTH_ALLOCATORS(sg_legacy_b)},
     .udp = {BY_PORT(sg_legacy_b), EXHAUSTED(EADDRNOTAVAIL, EADDRNOTAVAIL)}},
    {.name = "proxysg-random-off",
     .systems = "ProxySG after tcp-randomize-port disable",
     .source = "TFA42; sequential order and tuple scope inference (MODEL.md A5)",
     .stack = {PROXYSG, BOTH_ALLOCATORS(sg_random_off)},
     .udp = {BY_PORT(sg_random_off), EXHAUSTED(EADDRNOTAVAIL, EADDRNOTAVAIL)}},
    {.name = "proxysg-reworked",
     .systems = "ProxySG with bug 139449 fixed: the reworked randomisation",
     .source = "TFA42; order and scope inference (MODEL.md A5)",
     .stack = {PROXYSG, BOTH_ALLOCATORS(sg_reworked)},
     .udp = {BY_PORT(sg_reworked), EXHAUSTED(EADDRNOTAVAIL, EADDRNOTAVAIL)}},
    {.name = NULL},
};

const char *stack_choice(uint32_t index)
{
    return index < sizeof stack_rows / sizeof stack_rows[0] ? stack_rows[index].name
                                                            : NULL;
}
