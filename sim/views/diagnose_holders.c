/* Causes by who holds the ports: the state of most of them, toward whom, and of which
 * process. */
#include <math.h>
#include <string.h>

#include "sim/views/diagnose_causes.h"
#include "sim/views/diagnose_flow.h"
#include "sim/views/human.h"

/* A snapshot this full is judged like one that has no port left: what 80 % are to an
 * operator's alarm. */
#define NEAR 0.8

/* --- weights ------------------------------------------------------------------------ */

static struct weight of_kind(const struct pool_case *c, enum hold_kind kind)
{
    bool tight = c->exhausted || (c->snapshot && case_wall(c) >= NEAR);
    if (!tight || c->pool->translates || !(c->held > 0))
        return (struct weight){0, false};
    return (struct weight){case_ports_part(c) * c->kinds[kind] / c->held, false};
}

static struct weight weigh_fin_wait_2(const struct pool_case *c)
{
    return of_kind(c, HOLD_FIN_WAIT_2);
}

static struct weight weigh_time_wait(const struct pool_case *c)
{
    return of_kind(c, HOLD_TIME_WAIT);
}

static struct weight weigh_close_wait(const struct pool_case *c)
{
    return of_kind(c, HOLD_CLOSE_WAIT);
}

static struct weight weigh_bound(const struct pool_case *c)
{
    return of_kind(c, HOLD_BOUND);
}

static struct weight weigh_half_closed(const struct pool_case *c)
{
    return of_kind(c, HOLD_HALF_CLOSED);
}

static struct weight weigh_syn_sent(const struct pool_case *c)
{
    return of_kind(c, HOLD_SYN_SENT);
}

static struct weight weigh_open(const struct pool_case *c)
{
    return flow_leaks_udp(c) ? (struct weight){0, false} : of_kind(c, HOLD_OPEN);
}

static struct weight weigh_udp(const struct pool_case *c)
{
    return flow_leaks_udp(c) ? of_kind(c, HOLD_OPEN) : (struct weight){0, false};
}

/* --- words -------------------------------------------------------------------------- */

/* "14,203 of 16,384 ports (86.7 %)" */
static void put_count(struct text *out, const struct pool_case *c, enum hold_kind kind)
{
    char n[HUMAN_TEXT], capacity[HUMAN_TEXT], share[HUMAN_TEXT];
    text_print(out, "%s of %s ports (%s)", human_count(c->kinds[kind], n),
               human_count(c->capacity, capacity),
               human_share(c->kinds[kind] / c->capacity, share));
}

/* The first of a tally, if it has most: "cifs:445"; "" else. */
static void put_most(struct text *out, const char *before, const struct tally *t)
{
    char share[HUMAN_TEXT];
    if (!t->used || t->at[0].count < t->sum / 2)
        return;
    text_print(out, "%s%.*s", before, (int)t->at[0].length, t->at[0].name);
    if (t->used > 1)
        text_print(out, " (%s of them)", human_share(t->at[0].count / t->sum, share));
}

/* Whom they lead to: by the census, else all the pool's destinations. */
static void put_toward(struct text *out, const struct pool_case *c, enum hold_kind kind)
{
    const struct tally *t = c->counted ? &c->toward[kind] : &c->destinations;
    put_most(out, " toward ", t);
}

static void put_process(struct text *out, const struct pool_case *c, enum hold_kind kind)
{
    put_most(out, " of the process ", &c->by[kind]);
}

/* What the record shows of the other end of the main destination. */
static void put_peer(struct text *out, const struct pool_case *c)
{
    char n[HUMAN_TEXT];
    double waits = tally_of(&c->peers, "CLOSE_WAIT"),
           ends = tally_of(&c->peers, "LAST_ACK");
    if (!c->counted || c->snapshot || !c->destinations.used)
        return;
    const struct tally_row *to = &c->destinations.at[0];
    double held = c->counted_kinds[HOLD_FIN_WAIT_2];
    if (waits >= held / 2)
        text_print(
            out,
            " At %.*s %s sockets are in CLOSE_WAIT: it got our FIN, and its program "
            "does not close.",
            (int)to->length, to->name, human_count(waits, n));
    else if (ends > 0 && waits < held / 20)
        text_print(
            out,
            " At %.*s %s sockets are in LAST_ACK and %s in CLOSE_WAIT: it sends its "
            "FIN, and something on the way eats it.",
            (int)to->length, to->name, human_count(ends, n), waits > 0 ? "few" : "none");
    else
        text_print(
            out,
            " At %.*s hardly any of these connections is left: it closed or forgot "
            "them, and its FIN never came.",
            (int)to->length, to->name);
}

static void words_fin_wait_2(const struct pool_case *c, struct text *out)
{
    char limit[HUMAN_TEXT];
    text_print(out, "FIN_WAIT_2");
    put_toward(out, c, HOLD_FIN_WAIT_2);
    text_print(out, " holds ");
    put_count(out, c, HOLD_FIN_WAIT_2);
    text_print(out,
               ": we closed, the other end acknowledged, and its FIN does not come.");
    if (c->fin_wait_2 == SIM_NEVER)
        text_print(out, " This system waits for it without limit.");
    else
        text_print(out, " Each waits %s.", human_duration(c->fin_wait_2, limit));
    put_peer(out, c);
}

static void words_time_wait(const struct pool_case *c, struct text *out)
{
    char limit[HUMAN_TEXT], rate[HUMAN_TEXT], most[HUMAN_TEXT];
    double wait = flow_timer(c->pool, c->time_wait);
    text_print(out, "TIME_WAIT");
    put_toward(out, c, HOLD_TIME_WAIT);
    text_print(out, " holds ");
    put_count(out, c, HOLD_TIME_WAIT);
    text_print(out, ": connections end as they should, but come too fast for %s of 2MSL.",
               human_duration(c->time_wait, limit));
    if (c->flow.need > 0 && c->flow.need <= c->room)
        text_print(out,
                   " In the mean they would fit (%s ports), but they come in bunches.",
                   human_count(c->flow.need, most));
    else if (isfinite(c->flow.need))
        text_print(out, " %s/s are wanted; the range carries %s/s.",
                   human_value(c->flow.demand, "1/s", rate),
                   human_value(c->room * c->flow.demand / c->flow.need, "1/s", most));
    else
        text_print(out, " The range carries %s/s at most.",
                   human_value(c->capacity / wait, "1/s", most));
}

static void words_close_wait(const struct pool_case *c, struct text *out)
{
    text_print(out, "CLOSE_WAIT");
    put_process(out, c, HOLD_CLOSE_WAIT);
    put_toward(out, c, HOLD_CLOSE_WAIT);
    text_print(out, " holds ");
    put_count(out, c, HOLD_CLOSE_WAIT);
    text_print(out, ": the other end closed and our own program does not.  No timer ends "
                    "CLOSE_WAIT, so the leak grows until the program stops.");
}

static void words_bound(const struct pool_case *c, struct text *out)
{
    text_print(out, "BOUND");
    put_process(out, c, HOLD_BOUND);
    text_print(out, " holds ");
    put_count(out, c, HOLD_BOUND);
    text_print(out, ": descriptors without a connection, left open after it ended or "
                    "failed.  They keep their ports until the program closes them.");
}

static void words_half_closed(const struct pool_case *c, struct text *out)
{
    text_print(out, "half-closed connections");
    put_process(out, c, HOLD_HALF_CLOSED);
    put_toward(out, c, HOLD_HALF_CLOSED);
    text_print(out, " hold ");
    put_count(out, c, HOLD_HALF_CLOSED);
    text_print(out,
               ": the program called shutdown(), keeps the descriptor and waits for the "
               "other end.  The kernel's FIN_WAIT_2 timer does not run for these; only "
               "the program's own timeout ends them.");
}

static void words_syn_sent(const struct pool_case *c, struct text *out)
{
    text_print(out, "SYN_SENT");
    put_toward(out, c, HOLD_SYN_SENT);
    text_print(out, " holds ");
    put_count(out, c, HOLD_SYN_SENT);
    text_print(out,
               ": nobody answers there, neither with SYN+ACK nor with RST, and every "
               "attempt keeps its port until the stack gives up.");
}

static void words_open(const struct pool_case *c, struct text *out)
{
    char need[HUMAN_TEXT], hold[HUMAN_TEXT], rate[HUMAN_TEXT];
    text_print(out, "open connections");
    put_process(out, c, HOLD_OPEN);
    put_toward(out, c, HOLD_OPEN);
    text_print(out, " hold ");
    put_count(out, c, HOLD_OPEN);
    if (isinf(c->flow.need)) {
        text_print(out, ": hardly one has ended, and at %s/s any range fills.",
                   human_value(c->flow.demand, "1/s", rate));
        return;
    }
    text_print(out, ": nothing is stuck, there are simply more of them than ports.");
    if (c->flow.need > 0)
        text_print(out, " %s/s that last %s need %s.",
                   human_value(c->flow.demand, "1/s", rate),
                   human_seconds(c->flow.hold[HOLD_OPEN], hold),
                   human_count(c->flow.need, need));
}

static void words_udp(const struct pool_case *c, struct text *out)
{
    char hours[HUMAN_TEXT];
    text_print(out, "UDP sockets");
    put_process(out, c, HOLD_OPEN);
    text_print(out, " hold ");
    put_count(out, c, HOLD_OPEN);
    text_print(out, ": a UDP socket keeps its port, whatever the destination, until the "
                    "program closes it, and these are not closed.");
    if (c->flow.growth > 0)
        text_print(out, " Their number grew by %s an hour.",
                   human_count(3600 * c->flow.growth, hours));
}

/* --- figures ------------------------------------------------------------------------ */

static void put_figures(const struct pool_case *c, enum hold_kind kind, struct text *out)
{
    char n[HUMAN_TEXT], share[HUMAN_TEXT];
    text_print(out, "%s of %s", human_count(c->kinds[kind], n), hold_kind_state(kind));
    text_print(out, ", %s of all holders",
               human_share(c->held > 0 ? c->kinds[kind] / c->held : (double)NAN, share));
    if (!c->exhausted)
        text_print(out, "; the pool is not exhausted");
}

#define FIGURES(kind, name)                                                              \
    static void figures_##name(const struct pool_case *c, struct text *out)              \
    {                                                                                    \
        put_figures(c, kind, out);                                                       \
    }
FIGURES(HOLD_FIN_WAIT_2, fin_wait_2)
FIGURES(HOLD_TIME_WAIT, time_wait)
FIGURES(HOLD_CLOSE_WAIT, close_wait)
FIGURES(HOLD_BOUND, bound)
FIGURES(HOLD_HALF_CLOSED, half_closed)
FIGURES(HOLD_SYN_SENT, syn_sent)
FIGURES(HOLD_OPEN, open)

/* --- rows --------------------------------------------------------------------------- */

const struct cause cause_fin_wait_2 = {
    "fin-wait-2",     "the other end does not close: FIN_WAIT_2",
    CAUSE_FAILS,      weigh_fin_wait_2,
    words_fin_wait_2, figures_fin_wait_2};
const struct cause cause_time_wait = {
    "time-wait",     "connections close too fast for 2MSL: TIME_WAIT",
    CAUSE_FAILS,     weigh_time_wait,
    words_time_wait, figures_time_wait};
const struct cause cause_close_wait = {
    "close-wait",     "our program does not close: CLOSE_WAIT",
    CAUSE_FAILS,      weigh_close_wait,
    words_close_wait, figures_close_wait};
const struct cause cause_bound = {
    "bound",     "our program keeps dead descriptors: BOUND",
    CAUSE_FAILS, weigh_bound,
    words_bound, figures_bound};
const struct cause cause_half_closed = {
    "half-closed",     "our program keeps half-closed connections",
    CAUSE_FAILS,       weigh_half_closed,
    words_half_closed, figures_half_closed};
const struct cause cause_syn_sent = {"black-hole",   "nobody answers: SYN_SENT",
                                     CAUSE_FAILS,    weigh_syn_sent,
                                     words_syn_sent, figures_syn_sent};
const struct cause cause_open = {"undersized", "more open connections than ports",
                                 CAUSE_FAILS,  weigh_open,
                                 words_open,   figures_open};
const struct cause cause_udp_leak = {
    "udp-leak",  "our program does not close its UDP sockets",
    CAUSE_FAILS, weigh_udp,
    words_udp,   figures_open};
