#include "models/retransmission.h"

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
    if (r->rto_max < r->rto)
        field_complain(check, "rto_max", "must not be shorter than rto (%g s), is %g s",
                       sim_seconds(r->rto), sim_seconds(r->rto_max));
}

static const struct field moment = {.type = FIELD_DURATION, .min = 0.001, .max = 86400};

const struct field_table retransmission_fields = {
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
             .help = "when the segment is sent again, counted from the first time, in "
                     "place of rto, linear and retries; needs give_up; []: by those"},
            {.key = "give_up",
             .type = FIELD_DURATION,
             .offset = offsetof(struct retransmission, give_up),
             .max = 86400,
             .flags = FIELD_INHERITED,
             .help = "when the stack stops trying at the latest, counted from the first "
                     "time; \"0s\": by retries alone"},
            {.key = "retries",
             .type = FIELD_U32,
             .offset = offsetof(struct retransmission, retries),
             .max = 100,
             .flags = FIELD_INHERITED,
             .help = "stops at the first expiry not earlier than (2^(retries+1) - 1) x "
                     "rto (tcp_syn_retries, tcp_orphan_retries with its 0 written as 8, "
                     "TcpMaxDataRetransmissions)"},
            {.key = "retries_open",
             .type = FIELD_U32,
             .offset = offsetof(struct retransmission, retries_open),
             .max = 100,
             .flags = FIELD_INHERITED,
             .help = "the same for a FIN sent by shutdown() while the descriptor is open "
                     "(tcp_retries2)"},
            {.key = "rto",
             .type = FIELD_DURATION,
             .offset = offsetof(struct retransmission, rto),
             .min = 0.001,
             .max = 3600,
             .flags = FIELD_INHERITED,
             .help = "the first wait; it doubles"},
            {.key = "rto_max",
             .type = FIELD_DURATION,
             .offset = offsetof(struct retransmission, rto_max),
             .min = 0.001,
             .max = 3600,
             .flags = FIELD_INHERITED,
             .help = "no wait is longer"},
            {.key = "linear",
             .type = FIELD_U32,
             .offset = offsetof(struct retransmission, linear),
             .max = 100,
             .flags = FIELD_INHERITED,
             .help = "waits of one rto before doubling begins "
                     "(tcp_syn_linear_timeouts)"},
            {.key = "loss_probe",
             .type = FIELD_BOOL,
             .offset = offsetof(struct retransmission, loss_probe),
             .flags = FIELD_INHERITED,
             .help = "the first time is a tail-loss probe, one rto before the first "
                     "retransmission, from which retries count"},
            {.key = "rtt_added",
             .type = FIELD_BOOL,
             .offset = offsetof(struct retransmission, rtt_added),
             .flags = FIELD_INHERITED,
             .help = "rto is what is added to the measured round trip (Linux); else it "
                     "is the floor of RFC 6298"},
            FIELD_END,
        },
};

static sim_ns shorter(sim_ns a, sim_ns b)
{
    return a < b ? a : b;
}

static sim_ns whole_ticks(sim_ns time, sim_ns tick)
{
    return tick ? (time + tick - 1) / tick * tick : time;
}

sim_ns retransmission_base(const struct retransmission *r, sim_ns rtt, sim_ns tick)
{
    if (!r->rtt_added)
        return whole_ticks(r->rto > rtt ? r->rto : rtt, tick);
    return whole_ticks(r->rto + (rtt ? rtt : 1), tick ? tick : SIM_MS);
}

/* The wait after `sent` retransmissions, of which the first `linear` did not double. */
static sim_ns doubled(const struct retransmission *r, sim_ns base, uint32_t sent,
                      uint32_t linear)
{
    sim_ns wait = base;
    for (uint32_t i = linear; i < sent && wait < r->rto_max; i++)
        wait *= 2;
    return shorter(wait, r->rto_max > base ? r->rto_max : base);
}

/* The moment that many retries stand for.  Linux reckons it without the round trip. */
static sim_ns limit(const struct retransmission *r, const struct unanswered *x)
{
    sim_ns sum = 0, first = r->rtt_added ? r->rto : x->base;
    for (uint32_t i = 0; i <= x->retries; i++)
        sum += doubled(r, first, i, 0);
    return sum;
}

/* Segments sent again that count as no retry. */
static uint32_t probes(const struct retransmission *r)
{
    return r->loss_probe && r->at.count == 0 ? 1 : 0;
}

static sim_ns listed(const struct retransmission *r, uint32_t sent)
{
    const sim_ns *at = r->at.items;
    sim_ns before = sent ? at[sent - 1] : 0;
    return (sent < r->at.count ? at[sent] : r->give_up) - before;
}

sim_ns retransmission_wait(const struct retransmission *r, const struct unanswered *x)
{
    sim_ns wait = r->at.count ? listed(r, x->sent)
                              : doubled(r, x->base, x->sent, r->linear + probes(r));
    if (r->give_up && !r->at.count)
        wait = shorter(wait, x->since + r->give_up - x->now);
    if (x->user_timeout && x->sent > probes(r))
        wait = shorter(wait, x->counted_from + x->user_timeout - x->now);
    return wait > 0 ? wait : 1;
}

bool retransmission_over(const struct retransmission *r, const struct unanswered *x)
{
    bool counts = x->sent > probes(r);
    if (x->sent < probes(r))
        return false; /* the probe itself is sent in any case */
    sim_ns waited = x->now - x->counted_from;
    if (counts && x->user_timeout)
        return waited >= x->user_timeout;
    if (r->at.count)
        return x->sent >= r->at.count;
    if (r->give_up && x->now - x->since >= r->give_up)
        return true;
    return waited >= limit(r, x);
}

uint32_t retransmission_plan(const struct retransmission *r, sim_ns *at, uint32_t size,
                             sim_ns *end)
{
    struct unanswered x = {.base = retransmission_base(r, 0, 0), .retries = r->retries};
    x.counted_from = probes(r) ? 2 * x.base : 0;
    for (;; x.sent++) {
        x.now += retransmission_wait(r, &x);
        if (retransmission_over(r, &x))
            break;
        if (x.sent < size)
            at[x.sent] = x.now;
    }
    *end = x.now;
    return x.sent;
}
