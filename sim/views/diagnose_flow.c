#include "sim/views/diagnose_flow.h"

#include <math.h>
#include <string.h>

#include "models/stack.h"

/* A share of the sockets below which their kind does not count for what never ends. */
#define SOME 0.2

/* Of so few users the ports for each cannot be told: one each, then. */
#define SERVED 100

/* Fewer samples than these in the judged stretch say nothing about a flow. */
#define SAMPLES 3

double flow_timer(const struct run_pool *pool, sim_ns length)
{
    const struct stack_row *row = stack_rows;
    while (row->name && strcmp(row->name, pool->stack) != 0)
        row++;
    if (!row->name || pool->translates || length == SIM_NEVER)
        return length == SIM_NEVER ? (double)INFINITY : sim_seconds(length);
    double sum = 0;
    enum { MOMENTS = 512 };
    for (int i = 0; i < MOMENTS; i++) { /* over the wheel's coarsest slots in use */
        sim_ns now = i * (32768 * SIM_MS) / MOMENTS;
        sum += sim_seconds(stack_timer(&row->stack, now, length) - now);
    }
    return sum / MOMENTS;
}

static double rate_of(const struct pool_case *c, const char *what, struct stretch w)
{
    return series_mean(c->record, w, "hosts.%s.%s.%s_per_s", c->pool->host, c->pool->pool,
                       what);
}

static double kind_over(const struct pool_case *c, enum hold_kind kind, struct stretch w)
{
    double kinds[HOLD_KINDS];
    struct tally unused;
    case_kinds_over(c, w, kinds, &unused);
    double all = c->kinds[HOLD_FIN_WAIT_2] + c->kinds[HOLD_HALF_CLOSED];
    if (kind == HOLD_FIN_WAIT_2 && all > 0)
        return kinds[kind] * c->kinds[HOLD_FIN_WAIT_2] / all;
    return kinds[kind];
}

/* Attempts or successes a second of the applications in the crowd, or of all. */
static double users(const struct pool_case *c, const char *what, bool crowd)
{
    double sum = 0;
    char to[256];
    for (size_t i = 0; i < c->record->app_count; i++) {
        const struct run_app *a = &c->record->apps[i];
        case_destination(c, a, to);
        bool in = !crowd || !c->crowd ||
                  (strlen(to) == c->crowd->length &&
                   memcmp(to, c->crowd->name, c->crowd->length) == 0);
        double rate =
            in && case_carries(c, a)
                ? series_mean(c->record, c->stretch, "apps.%s.%s_per_s", a->name, what)
                : 0;
        sum += isnan(rate) ? 0 : rate;
    }
    return sum;
}

/* The crowd's part of what is chosen. */
static double crowd_part(const struct pool_case *c)
{
    if (!c->crowd)
        return 1;
    double dry = rate_of(c, "allocation_failures", c->stretch);
    double all = users(c, "attempts", false), lost = users(c, "failures", true);
    double got = users(c, "attempts", true) - (lost < dry ? lost : dry);
    return all > 0 ? got / (all - (lost < dry ? lost : dry)) : 1;
}

/* --- timed kinds ------------------------------------------------------------------- */

/* When the sockets of that kind began to be so many: the last sample before with a
 * twentieth of them. */
static sim_ns onset(const struct pool_case *c, enum hold_kind kind, sim_ns until,
                    double count)
{
    const struct series *s = c->record->series;
    sim_ns step = series_rows(s) > 1 ? series_time(s, 1) - series_time(s, 0) : until;
    sim_ns low = 0, high = until;
    while (high - low > step) { /* the counts of interest rise once */
        sim_ns mid = low + (high - low) / 2;
        if (kind_over(c, kind, (struct stretch){mid, mid + step}) < count / 20)
            low = mid;
        else
            high = mid;
    }
    return low;
}

/* The share of connections that come to a kind whose timer has that length. */
static double share_of(const struct pool_case *c, enum hold_kind kind, double length_s)
{
    struct stretch judged = c->stretch;
    struct stretch late = {judged.end - (judged.end - judged.begin) / 4, judged.end};
    double count = kind_over(c, kind, late) * case_crowd_part(c, kind);
    if (!(count > 0))
        return 0;
    sim_ns middle = late.begin + (late.end - late.begin) / 2;
    double since = sim_seconds(middle - onset(c, kind, middle, kind_over(c, kind, late)));
    double back = length_s < since ? length_s : since;
    struct stretch came = {middle - (sim_ns)(back * 1e9), middle};
    double chosen = rate_of(c, "allocations", came) * back * crowd_part(c);
    double share = chosen > 0 ? count / chosen : 1;
    return share < 1 ? share : 1;
}

/* --- all of it --------------------------------------------------------------------- */

/* Have at least as many connections come to an end, but for timers, as there are? */
static bool turns_over(const struct pool_case *c)
{
    struct stretch all = {0, c->stretch.end}, end = {c->stretch.end, c->stretch.end};
    double chosen = rate_of(c, "allocations", all) * sim_seconds(all.end), live = 0;
    double kinds[HOLD_KINDS];
    struct tally unused;
    case_kinds_over(c, end, kinds, &unused);
    for (int k = 0; k < HOLD_KINDS; k++)
        live += k == HOLD_TIME_WAIT ? 0 : kinds[k];
    live -= kind_over(c, HOLD_FIN_WAIT_2, end);
    return chosen >= 2 * live;
}

/* Ports a second that came and stayed, in the half of the way to the first failure. */
static double growth_of(const struct pool_case *c)
{
    sim_ns end = c->exhausted ? c->first : c->record->simulated;
    struct stretch now = {end, end}, before = {end / 2, end / 2};
    double more =
        series_mean(c->record, now, "hosts.%s.%s.in_use", c->pool->host, c->pool->pool) -
        series_mean(c->record, before, "hosts.%s.%s.in_use", c->pool->host,
                    c->pool->pool);
    return more / sim_seconds(end - end / 2);
}

/* --- leaks -------------------------------------------------------------------------- */

/* Sockets a second that the first of a kind's processes got, until the census. */
static double came_to(const struct pool_case *c, const struct tally_row *process)
{
    const struct run_record *r = c->record;
    double sum = 0;
    for (size_t i = 0; i < r->app_count; i++) {
        const struct run_app *a = &r->apps[i];
        if (!case_carries(c, a) || strlen(a->process) != process->length ||
            memcmp(a->process, process->name, process->length) != 0)
            continue;
        double rate = series_mean(r, (struct stretch){0, c->moment},
                                  "apps.%s.successes_per_s", a->name);
        sum += isnan(rate) ? 0 : rate;
    }
    return sum;
}

/* UDP sockets have no state that tells.  By Little's law a socket of the process that has
 * most lasts as long as there are, over what comes; half of all the time and more means
 * that none is closed.  A snapshot shows no rates: so many sockets of one process. */
bool flow_leaks_udp(const struct pool_case *c)
{
    const struct tally *by = &c->by[HOLD_OPEN];
    if (strncmp(c->pool->pool, "udp", 3) != 0 || !by->used ||
        by->at[0].count < by->sum / 2)
        return false;
    return c->snapshot ||
           by->at[0].count >= came_to(c, &by->at[0]) * sim_seconds(c->moment) / 2;
}

/* Are descriptors kept that nobody closes, so that no number of ports is enough? */
static bool leaks(const struct pool_case *c)
{
    double kept = c->kinds[HOLD_CLOSE_WAIT] + c->kinds[HOLD_BOUND];
    return flow_leaks_udp(c) || (c->held > 0 && kept >= SOME * c->held);
}

/* --- all of it ---------------------------------------------------------------------- */

struct flow flow_of(const struct pool_case *c)
{
    struct flow f = {.demand = NAN, .admitted = NAN, .need = NAN, .growth = NAN};
    for (int k = 0; k < HOLD_KINDS; k++)
        f.hold[k] = f.share[k] = NAN;
    if (c->chosen == 0 || case_samples(c) < SAMPLES)
        return f;
    f.admitted = rate_of(c, "allocations", c->stretch) * crowd_part(c);
    double wanted = users(c, "attempts", true), lost = users(c, "failures", true);
    double dry = rate_of(c, "allocation_failures", c->stretch);
    double got = wanted - (lost < dry ? lost : dry); /* a choice may be tried again */
    double served = got * sim_seconds(c->stretch.end - c->stretch.begin);
    f.demand = served >= SERVED ? f.admitted * wanted / got : wanted;
    f.growth = growth_of(c);
    bool turns = turns_over(c);
    for (int k = 0; k < HOLD_KINDS; k++)
        f.hold[k] = c->kinds[k] == 0 ? 0
                    : turns
                        ? c->kinds[k] * case_crowd_part(c, (enum hold_kind)k) / f.admitted
                        : (double)INFINITY;
    double fin_wait_2 = flow_timer(c->pool, c->fin_wait_2);
    double time_wait = flow_timer(c->pool, c->time_wait);
    f.share[HOLD_TIME_WAIT] = share_of(c, HOLD_TIME_WAIT, time_wait);
    f.share[HOLD_FIN_WAIT_2] = share_of(c, HOLD_FIN_WAIT_2, fin_wait_2);
    f.hold[HOLD_TIME_WAIT] = f.share[HOLD_TIME_WAIT] * time_wait;
    if (f.share[HOLD_FIN_WAIT_2] == 0)
        f.hold[HOLD_FIN_WAIT_2] = 0;
    else
        f.hold[HOLD_FIN_WAIT_2] = f.share[HOLD_FIN_WAIT_2] * fin_wait_2;
    double hold = 0;
    for (int k = 0; k < HOLD_KINDS; k++)
        hold += f.hold[k];
    f.need = leaks(c) ? (double)INFINITY : f.demand * hold;
    return f;
}

double flow_need(const struct pool_case *c, sim_ns fin_wait_2, sim_ns time_wait,
                 double closing)
{
    const struct flow *f = &c->flow;
    if (isnan(f->need) || leaks(c))
        return f->need;
    double stuck = f->share[HOLD_FIN_WAIT_2] * (1 - closing);
    double waiting = f->share[HOLD_TIME_WAIT] + f->share[HOLD_FIN_WAIT_2] * closing;
    double hold = waiting * flow_timer(c->pool, time_wait);
    if (stuck > 0)
        hold += stuck * flow_timer(c->pool, fin_wait_2);
    for (int k = 0; k < HOLD_KINDS; k++)
        if (k != HOLD_TIME_WAIT && k != HOLD_FIN_WAIT_2)
            hold += f->hold[k];
    return f->demand * hold;
}
