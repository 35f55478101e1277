#include "sim/theory/lines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/alloc/list.h"
#include "sim/base/memory.h"
#include "sim/base/pool.h"
#include "sim/theory/predict.h"

/* The losses that planners ask for. */
#define RARE      1e-3
#define VERY_RARE 1e-6

/* Deviations that a sum of many hardly ever strays. */
#define SURELY 5

/* Where lines of one window are put. */
struct page {
    struct theory_lines *out;
    const struct steady *s;
    const struct theory_window *w;
};

static const struct host_config *host_at(const struct page *p, uint32_t i)
{
    return (const struct host_config *)p->s->config->world.hosts.items + i;
}

static const struct app_config *app_at(const struct page *p, uint32_t i)
{
    return (const struct app_config *)p->s->config->world.apps.items + i;
}

static const char *keep(const struct page *p, char *text)
{
    const char *kept = texts_keep(&p->out->texts, text);
    free(text);
    return kept;
}

static void add_line(const struct page *p, struct theory_line line)
{
    struct theory_lines *t = p->out;
    if (isnan(line.value))
        return;
    line.phase = texts_keep(&t->texts, p->w->name);
    t->at = memory_resize(t->at, t->count + 1u, sizeof *t->at);
    t->at[t->count++] = line;
}

static void add_gap(const struct page *p, const char *about, const char *why)
{
    struct theory_lines *t = p->out;
    for (uint32_t i = 0; i < t->gap_count; i++)
        if (strcmp(t->gaps[i].about, about) == 0 && strcmp(t->gaps[i].why, why) == 0 &&
            t->gaps[i].phase == texts_keep(&t->texts, p->w->name))
            return; /* one reason for many readings */
    t->gaps = memory_resize(t->gaps, t->gap_count + 1u, sizeof *t->gaps);
    t->gaps[t->gap_count++] =
        (struct theory_gap){about, texts_keep(&t->texts, p->w->name), why};
}

/* The prediction of a metric, and a gap where there might have been one. */
static bool add_metric(const struct page *p, const char *about, const char *reading,
                       const char *quantity, const char *unit)
{
    char *name = memory_print("%s.%s", about, reading);
    const char *why = NULL;
    struct prediction x;
    bool known = predict_metric(p->s, p->w, name, &x, &why);
    char *metric =
        p->w->name ? memory_print("%s@%s", name, p->w->name) : memory_print("%s", name);
    free(name);
    const char *kept = keep(p, metric);
    if (!known && why)
        add_gap(p, about, why);
    if (known)
        add_line(p, (struct theory_line){.about = about,
                                         .quantity = quantity,
                                         .formula = x.formula,
                                         .metric = kept,
                                         .unit = unit,
                                         .value = x.value,
                                         .doubt = x.doubt});
    return known;
}

/* --- apps ----------------------------------------------------------------------------
 */

static void holding_line(const struct page *p, const struct steady_flow *f,
                         const char *about)
{
    static const char *const what[LEG_COUNT] = {
        [LEG_CLIENT] = "a port is held",
        [LEG_OUTER] = "a port of its proxy is held",
        [LEG_GATEWAY] = "a mapping of its gateway is kept"};
    if (f->hold.cannot)
        return;
    add_line(p, (struct theory_line){.about = about,
                                     .quantity = what[f->leg],
                                     .formula = "sum over the states, E[H]",
                                     .unit = "s",
                                     .value = f->hold.total,
                                     .doubt = f->hold.doubt});
}

static const char *app_gap(const struct steady *s, const struct steady_app *x)
{
    const char *why = x->cannot;
    for (int leg = 0; leg < LEG_COUNT && !why; leg++)
        if (x->flows[leg] != STEADY_NONE)
            why = s->systems[s->flows[x->flows[leg]].system].cannot;
    return why;
}

/* Cohen's own question: those who fail come again for ever, slowly. */
static void cohen_line(const struct page *p, uint32_t app, const char *about)
{
    const struct steady_app *x = &p->s->apps[app];
    const struct steady_system *y = &p->s->systems[p->s->flows[x->flows[0]].system];
    bool alone = x->flows[1] == STEADY_NONE && !y->cannot;
    if (!app_at(p, app)->on_failure.retries || !alone)
        return;
    double load = y->load * x->rate * x->network / x->offered;
    double total = loss_retried_load(y->ports, load, LOSS_RETRIES_FOREVER);
    if (isfinite(total))
        add_line(p, (struct theory_line){
                        .about = about,
                        .quantity = "tries per attempt, if they came again for ever",
                        .formula = "Cohen",
                        .unit = "tries",
                        .value = total / load,
                        .doubt = "exact only where they wait long"});
    else
        add_gap(p, about,
                "users who came again for ever would be more and more: Cohen's "
                "equation has no solution at a load above the ports");
}

static void app_lines(const struct page *p, uint32_t app)
{
    const struct steady_app *x = &p->s->apps[app];
    const char *about = keep(p, memory_print("apps.%s", app_at(p, app)->name));
    add_metric(p, about, "attempts_per_s", "attempts", "/s");
    for (int leg = 0; leg < LEG_COUNT; leg++)
        if (x->flows[leg] != STEADY_NONE)
            holding_line(p, &p->s->flows[x->flows[leg]], about);
    if (app_gap(p->s, x)) {
        add_gap(p, about, app_gap(p->s, x));
        return;
    }
    add_metric(p, about, "failure_ratio", "attempts that fail", "1");
    if (app_at(p, app)->on_failure.retries) {
        add_metric(p, about, "try_failure_ratio", "tries that fail", "1");
        add_metric(p, about, "tries_per_attempt", "tries per attempt", "tries");
    }
    cohen_line(p, app, about);
    add_metric(p, about, "open", "connections open", "connections");
}

/* --- systems: ports that compete -------------------------------------------------------
 */

/* What the flows of a system add up to. */
struct sum {
    double rate; /* tries per second, of all copies */
    double hold; /* mean holding time of one */
    double kept; /* per second, never given back */
    double base; /* mean holding time without what follows the close */
    double shortest, longest;
    double takeable; /* NaN: nothing is taken over */
    double time_wait, fin_wait_2;
    const char *doubt;
    bool closes; /* every flow closes first */
};

static struct sum sum_of(const struct page *p, uint32_t system)
{
    struct sum x = {.shortest = INFINITY, .takeable = NAN, .closes = true};
    for (uint32_t i = 0; i < p->s->flow_count; i++) {
        const struct steady_flow *f = &p->s->flows[i];
        if (f->system != system || !(f->rate > 0))
            continue;
        const struct theory_hold *h = &f->hold;
        x.rate += f->rate * f->width;
        x.hold += f->rate * f->width * h->total;
        x.kept += f->rate * f->width * h->kept;
        x.base += f->rate * f->width * (h->total - h->lingers);
        x.shortest = fmin(x.shortest, h->lingers);
        x.longest = fmax(x.longest, h->longest);
        x.closes = x.closes && h->lingers > 0;
        if (!isnan(h->takeable))
            x.takeable = h->takeable;
        if (!x.doubt)
            x.doubt = h->doubt;
    }
    x.hold /= x.rate;
    x.base /= x.rate;
    return x;
}

/* What one system is called: its pool, and where it goes. */
static const char *name_of(const struct page *p, const struct steady_system *y)
{
    const char *host = host_at(p, y->host)->name, *pool = pool_name(y->pool);
    if (!y->by_tuple)
        return keep(p, memory_print("hosts.%s.%s", host, pool));
    return keep(p, memory_print("hosts.%s.%s to %s:%u", host, pool,
                                host_at(p, y->to.reference)->name, (unsigned)y->to.port));
}

struct case_of {
    const struct page *page;
    const struct steady_system *system;
    struct sum sum;
    const char *about;
};

static void say(const struct case_of *c, const char *quantity, const char *formula,
                const char *unit, double value, const char *doubt)
{
    add_line(c->page, (struct theory_line){.about = c->about,
                                           .quantity = quantity,
                                           .formula = formula,
                                           .unit = unit,
                                           .value = value,
                                           .doubt = doubt});
}

static double all_ports(const struct case_of *c)
{
    return c->system->ports * c->system->copies;
}

static void limit_lines(const struct case_of *c)
{
    const struct sum *x = &c->sum;
    static const char fluid[] = "a fluid: sharp to 1/sqrt(N)";
    if (c->system->parallel)
        return;
    say(c, "rate that fills its ports", "N / (L + T)", "/s", all_ports(c) / x->hold,
        fluid);
    if (!isnan(x->takeable))
        say(c, "rate that fills them, with what tw_reuse takes", "N / (L + delay)", "/s",
            all_ports(c) / (x->base + x->takeable), fluid);
}

/* What loads this system carries at losses that planners ask for. */
static void planning_lines(const struct case_of *c)
{
    const struct steady_system *y = c->system;
    const struct sum *x = &c->sum;
    if (y->cannot || y->search.tries || y->parallel)
        return;
    double rare = loss_load(y->ports, RARE), very = loss_load(y->ports, VERY_RARE);
    say(c, "rate that loses 0.1 %", "Erlang B, inverse", "/s", rare * y->copies / x->hold,
        y->doubt);
    say(c, "rate that loses one in a million", "Erlang B, inverse", "/s",
        very * y->copies / x->hold, y->doubt);
    say(c, "ports that lose 0.1 % at this rate", "Erlang B, inverse", "ports",
        loss_ports(y->load, RARE), y->doubt);
    if (y->load > rare)
        say(c, "times its addresses that lose 0.1 %", "Erlang B, inverse", "times",
            ceil(y->load / rare), y->doubt);
}

static void loss_lines(const struct case_of *c)
{
    const struct steady_system *y = c->system;
    if (y->cannot)
        return;
    say(c, "load on the ports of one address", "rate x E[H]", "erlang", y->load,
        c->sum.doubt ? c->sum.doubt : NULL);
    if (y->parallel)
        return;
    say(c, "choices that find no port",
        y->search.tries ? "birth and death, bounded redraw" : "Erlang B", "1",
        y->state.loss, y->doubt);
}

/* The same users if the conflict test asked otherwise. */
static void scope_lines(const struct case_of *c)
{
    const struct steady *s = c->page->s;
    const struct steady_system *y = c->system;
    double together = 0;
    uint32_t systems = 0;
    for (uint32_t i = 0; i < s->system_count; i++) {
        const struct steady_system *o = &s->systems[i];
        if (o->host != y->host || o->pool != y->pool || o->cannot || o->search.tries)
            continue;
        systems++;
        together += o->load * o->destinations;
    }
    if (y->cannot || y->search.tries || y->parallel || !y->by_tuple)
        return;
    if (systems > 1 || y->destinations > 1)
        say(c, "the same, if a port served one destination only", "Erlang B, port scope",
            "1", loss_erlang_b(y->ports, together), y->doubt);
}

/* Toward each destination of a pool that is tested by port. */
static void tuple_lines(const struct case_of *c)
{
    const struct steady *s = c->page->s;
    const struct steady_system *y = c->system;
    double most = 0, all = 0;
    for (uint32_t i = 0; i < s->flow_count; i++) {
        const struct steady_flow *f = &s->flows[i];
        if (&s->systems[f->system] != y)
            continue;
        double load = f->rate * f->hold.total / y->copies;
        all += load;
        most = fmax(most, load);
    }
    if (y->cannot || y->search.tries || y->parallel || y->by_tuple || most >= all)
        return;
    say(c, "the busiest app alone, if the test asked for the tuple",
        "Erlang B, tuple scope", "1", loss_erlang_b(y->ports, most), y->doubt);
}

/* The share of peers that may never close before the ports are full [MODEL.md D2]. */
static void stuck_lines(const struct case_of *c)
{
    const struct stack *t = &host_at(c->page, c->system->host)->tcp;
    const struct sum *x = &c->sum;
    if (host_at(c->page, c->system->host)->nat != NAT_NONE)
        return;
    if (pool_is_udp(c->system->pool) || !x->closes || t->fin_wait_2_unlimited)
        return;
    double one = theory_timer(t, t->time_wait), two = theory_timer(t, t->fin_wait_2);
    if (t->fin_wait_2_split && t->fin_wait_2 > t->fin_wait_2_split)
        two = 2 * theory_timer(t, t->fin_wait_2 - t->fin_wait_2_split);
    double share = (all_ports(c) / x->rate - x->base - one) / (two - one);
    if (two > one && share >= 0 && share <= 1)
        say(c, "share of peers that may never close", "q of L + q T2 + (1-q) T1 = N/rate",
            "1", share, "a fluid: sharp to 1/sqrt(N)");
}

/* The app whose first failure is that of the system: it alone asks for its ports, comes
 * once, and the window sees it; NULL: there is none. */
static const struct app_config *alone_in(const struct case_of *c, double fills,
                                         double deviation)
{
    const struct page *p = c->page;
    const struct steady_flow *only = NULL;
    for (uint32_t i = 0; i < p->s->flow_count; i++) {
        const struct steady_flow *f = &p->s->flows[i];
        if (&p->s->systems[f->system] != c->system)
            continue;
        if (only)
            return NULL;
        only = f;
    }
    if (!only)
        return NULL;
    const struct app_config *a = app_at(p, only->app);
    bool seen = p->w->since == 0 &&
                sim_seconds(p->w->start) < fills - SURELY * deviation &&
                fills + SURELY * deviation < sim_seconds(p->w->end);
    return seen && only->width == 1 && a->through == FIELD_NO_REFERENCE &&
                   a->on_failure.retries == 0
               ? a
               : NULL;
}

/* The (N + 1)-th to come is the first who fails, if nobody has left by then. */
static void first_failure_line(const struct case_of *c, double fills, double deviation)
{
    const struct app_config *a = alone_in(c, fills, deviation);
    const char *metric = NULL, *phase = c->page->w->name;
    const char *doubt = c->system->cannot ? c->system->cannot : c->system->doubt;
    if (a)
        metric = keep(c->page, memory_print("apps.%s.first_failure_s%s%s", a->name,
                                            phase ? "@" : "", phase ? phase : ""));
    add_line(c->page, (struct theory_line){.about = c->about,
                                           .quantity = "first failure, from empty ports",
                                           .formula = "Erlang(N + 1, rate), mean",
                                           .metric = metric,
                                           .unit = "s",
                                           .value = fills,
                                           .doubt = doubt});
    say(c, "its standard deviation", "sqrt(N + 1) / rate", "s", deviation, doubt);
}

/* From empty ports to full ones, and back [MODEL.md D9]. */
static void time_lines(const struct case_of *c)
{
    const struct sum *x = &c->sum;
    double fills = (all_ports(c) + 1) / x->rate, load = x->rate * x->hold;
    bool before = fills < x->shortest;
    if (x->kept > 0)
        say(c, "until what is never given back fills them", "N / (rate x share)", "s",
            all_ports(c) / x->kept, "a fluid: what comes back in between is not counted");
    if (c->system->copies > 1)
        before = false;
    if (before)
        first_failure_line(c, fills, sqrt(all_ports(c) + 1) / x->rate);
    else if (load > all_ports(c))
        say(c, "full, from empty ports", "-H ln(1 - N/(rate x H))", "s",
            -x->hold * log1p(-all_ports(c) / load),
            "a fluid, and as if H were exponential");
    if (x->longest > 0)
        say(c, "until all are free again, once nobody comes", "the longest timer", "s",
            x->longest, "lives that are not over come on top");
}

/* --- what a search costs ---------------------------------------------------------------
 */

static void probe_lines(const struct case_of *c)
{
    const struct steady_system *y = c->system;
    double n = y->ports, busy = y->state.busy, free = n - busy;
    if (y->cannot || y->parallel)
        return;
    if (y->search.tries)
        say(c, "candidates a choice looks at", "birth and death, bounded redraw",
            "probes", y->state.probes, y->doubt);
    if (theory_search_walks(y->search.kind)) {
        say(c, "candidates a choice looks at, at least", "(N + 1) / (K + 1)", "probes",
            (n + 1) / (free + 1), "a walk builds runs of taken ports: no closed form");
        say(c, "as many, if nothing came back", "(1 + (N/K)^2) / 2, Knuth", "probes",
            (1 + n / free * (n / free)) / 2, "of a fill without release");
    }
    if (theory_search_prefers_parity(y->search.kind) && busy > n / 2)
        say(c, "candidates a choice looks at, first parity full", "N/2 + 1", "probes",
            n / 2 + 1, "a lower bound, exact of the first that meets it");
}

/* --- the peer's memory
 * ------------------------------------------------------------------ */

/* How many ports a choice is as good as uniform over. */
static double spread_of(const struct steady_system *y)
{
    double free = y->ports - y->state.busy;
    if (theory_search_redraws_offsets(y->search.kind))
        return fmin(free, y->ports / 2.0); /* offsets are drawn anew every 10 s */
    return theory_search_walks(y->search.kind) ||
                   y->search.kind == PORT_ALLOCATOR_rfc6056_alg2
               ? free
               : NAN;
}

static void collision_line(const struct page *p, const struct steady_flow *f)
{
    const struct steady_system *y = &p->s->systems[f->system];
    const struct app_config *a = app_at(p, f->app);
    const struct stack *peer = &host_at(p, a->to.reference)->tcp;
    const char *about = keep(p, memory_print("apps.%s", a->name));
    bool faces_server =
        f->leg == LEG_OUTER || (f->leg == LEG_CLIENT && a->through == FIELD_NO_REFERENCE);
    if (y->cannot || a->protocol == APP_UDP || !faces_server ||
        a->closes_first == CLOSES_CLIENT)
        return;
    double remembers = theory_timer(peer, peer->time_wait) - f->hold.in[TCP_TIME_WAIT];
    double rate = f->rate * (1 - f->loss) / y->copies; /* to one address from one */
    if (!y->by_tuple)
        rate /= f->places;
    add_line(p, (struct theory_line){
                    .about = about,
                    .quantity = "connects that meet the peer's TIME_WAIT",
                    .formula = "1 - exp(-rate x Tp / K)",
                    .unit = "1",
                    .value = remembers > 0 ? -expm1(-rate * remembers / spread_of(y)) : 0,
                    .doubt = "as if every choice were uniform over the free ports"});
    if (isnan(spread_of(y)))
        add_line(p, (struct theory_line){
                        .about = about,
                        .quantity = "rate from which every connect meets it",
                        .formula = "K / Tp",
                        .unit = "/s",
                        .value = (y->ports - y->state.busy) / remembers * y->copies,
                        .doubt = "as if ports were taken in turn"});
}

/* --- a window
 * --------------------------------------------------------------------------- */

static void pool_lines(const struct page *p, uint32_t host, enum pool pool)
{
    struct steady_pool sum = steady_pool_of(p->s, host, pool);
    const char *about =
        keep(p, memory_print("hosts.%s.%s", host_at(p, host)->name, pool_name(pool)));
    if (!sum.flows)
        return;
    add_metric(p, about, "capacity", "ports", "ports");
    if (sum.cannot) {
        add_gap(p, about, sum.cannot);
        return;
    }
    add_metric(p, about, "in_use", "ports in use", "ports");
    for (int state = TCP_SYN_SENT; state < TCP_STATE_COUNT; state++) {
        double time = 0;
        for (uint32_t i = 0; i < p->s->flow_count; i++)
            if (p->s->flows[i].host == host && p->s->flows[i].pool == pool)
                time += p->s->flows[i].hold.in[state];
        char *reading =
            memory_print("outgoing.%s", tcp_state_name((enum tcp_state)state));
        char *what = memory_print("of them in %s", tcp_state_name((enum tcp_state)state));
        if (time > 0)
            add_metric(p, about, reading, texts_keep(&p->out->texts, what), "sockets");
        free(what);
        free(reading);
    }
    add_metric(p, about, "probes", "candidates a choice looks at", "probes");
    add_metric(p, about, "reuse_interval_s", "rest of a port", "s");
}

static void system_lines(const struct page *p, uint32_t i)
{
    const struct case_of c = {p, &p->s->systems[i], sum_of(p, i),
                              name_of(p, &p->s->systems[i])};
    static void (*const parts[])(const struct case_of *) = {
        loss_lines,  limit_lines, planning_lines, scope_lines,
        tuple_lines, stuck_lines, time_lines,     probe_lines};
    if (!(c.sum.rate > 0) || !(c.sum.hold > 0))
        return;
    for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++)
        parts[k](&c);
}

/* Systems that nobody will ask about: nearly empty, beside a busier one. */
static bool matters(const struct steady *s, uint32_t system)
{
    double most = 0;
    for (uint32_t i = 0; i < s->system_count; i++)
        most = fmax(most, s->systems[i].load / s->systems[i].ports);
    double own = s->systems[system].load / s->systems[system].ports;
    return own >= most || own > 0.01;
}

/* `again`: the same configuration as before, of which only the metrics differ. */
static void window_lines(struct theory_lines *out, const struct theory_window *w,
                         bool again)
{
    struct steady s = steady_of(w->config);
    const struct page p = {out, &s, w};
    for (uint32_t i = 0; i < s.app_count; i++)
        app_lines(&p, i);
    for (uint32_t i = 0; i < s.flow_count && !again; i++)
        collision_line(&p, &s.flows[i]);
    for (uint32_t i = 0; i < s.config->world.hosts.count; i++)
        for (int pool = 0; pool < POOL_COUNT; pool++) {
            pool_lines(&p, i, (enum pool)pool);
            for (uint32_t k = 0; k < s.system_count && !again; k++)
                if (s.systems[k].host == i && s.systems[k].pool == (enum pool)pool &&
                    matters(&s, k))
                    system_lines(&p, k);
        }
    steady_free(&s);
}

struct theory_lines theory_lines_of(const struct trial_plan *plan)
{
    struct theory_lines t = {0};
    const struct phase_config *phases = plan->config->phases.items;
    struct theory_window w;
    theory_window_of(plan, NULL, &w);
    bool steady = w.config;
    if (steady)
        window_lines(&t, &w, false);
    else
        add_gap(&(struct page){.out = &t, .w = &w}, "the run",
                "the scenario changes in the middle: only its phases are steady");
    for (uint32_t i = 0; i < plan->config->phases.count; i++) {
        theory_window_of(plan, phases[i].name, &w);
        if (w.config)
            window_lines(&t, &w, steady);
        else
            add_gap(&(struct page){.out = &t, .w = &w}, "the phase",
                    "the scenario changes in the middle of it");
    }
    return t;
}

void theory_lines_free(struct theory_lines *t)
{
    free(t->at);
    free(t->gaps);
    texts_free(&t->texts);
    *t = (struct theory_lines){0};
}
