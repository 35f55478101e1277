#include "sim/theory/predict.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/host.h"
#include "models/tcp_state.h"
#include "sim/base/pool.h"
#include "sim/scenario/expression.h"
#include "sim/theory/theory.h"
#include "sim/trial/windows.h"

/* When a pool has forgotten its start: the longest timer and so many mean lives after it,
 * below its capacity; above, so many mean holding times, for what a full pool gives back
 * it gives back in waves (inference, from runs). */
#define FORGETS          5
#define FORGETS_OVERLOAD 10

static const char given_back[] =
    "ports that are chosen and given back at once count as chosen";
static const char not_settled[] = "the window begins before the start is forgotten",
                  never_steady[] = "the window ends before a steady state is reached";

static void note(const char **slot, const char *why)
{
    if (!*slot)
        *slot = why;
}

static double length_of(const struct theory_window *w)
{
    return sim_seconds(w->end - w->start);
}

/* --- windows -------------------------------------------------------------------------
 */

/* Whether peers of this configuration keep their ends for ever. */
static bool haunts(const struct trial_config *config)
{
    const struct app_config *a = config->world.apps.items;
    for (uint32_t i = 0; i < config->world.apps.count; i++) {
        enum theory_leg leg = a[i].through == FIELD_NO_REFERENCE ? LEG_CLIENT : LEG_OUTER;
        if (theory_hold_of(config, &a[i], leg).haunts)
            return true;
    }
    return false;
}

bool theory_window_of(const struct trial_plan *plan, const char *phase,
                      struct theory_window *out)
{
    struct windows all = windows_of(plan->config, 0);
    const struct window *w = &all.at[0];
    if (phase && *phase)
        w = window_find(&all, phase);
    bool found = !phase || !*phase || (w->name && strcmp(w->name, phase) == 0);
    *out = (struct theory_window){
        .name = w->name, .start = w->start, .end = w->end, .config = plan->config};
    windows_free(&all);
    for (uint32_t i = 0; i < plan->change_count; i++) {
        const struct plan_change *c = &plan->changes[i];
        if (c->at > out->start && c->at < out->end)
            out->config = NULL;
        if (c->at > out->start)
            continue;
        const struct trial_config *before = i ? c[-1].config : plan->config;
        out->haunted = out->haunted || haunts(before);
        out->config = c->config;
        out->since = c->at;
    }
    return found;
}

/* Notes a window that begins, or even ends, too early for this pool. */
static void judge_window(const struct steady *s, const struct theory_window *w,
                         uint32_t system, const char **doubt, const char **cannot)
{
    const struct steady_system *y = &s->systems[system];
    double settles = 0, since = sim_seconds(w->since);
    for (uint32_t i = 0; i < s->flow_count; i++) {
        const struct theory_hold *h = &s->flows[i].hold;
        double lives = h->total - h->lingers;
        double own = y->load < y->ports ? h->longest + FORGETS * lives
                                        : FORGETS_OVERLOAD * h->total;
        if (s->flows[i].system == system)
            settles = fmax(settles, own);
    }
    if (sim_seconds(w->end) < since + settles)
        note(cannot, never_steady);
    if (sim_seconds(w->start) < since + settles)
        note(doubt, not_settled);
    if (w->haunted)
        note(doubt, theory_haunted);
}

/* --- apps ----------------------------------------------------------------------------
 */

struct app_question {
    const struct steady *s;
    const struct steady_app *app;
    const struct theory_window *window;
};

static double attempts(const struct app_question *q)
{
    return q->app->rate * length_of(q->window);
}

static double failures(const struct app_question *q)
{
    return attempts(q) * q->app->failure_ratio;
}

static double successes(const struct app_question *q)
{
    return attempts(q) - failures(q);
}

static double attempts_per_s(const struct app_question *q)
{
    return q->app->rate;
}

static double failures_per_s(const struct app_question *q)
{
    return q->app->rate * q->app->failure_ratio;
}

static double successes_per_s(const struct app_question *q)
{
    return q->app->rate * (1 - q->app->failure_ratio);
}

static double failure_ratio(const struct app_question *q)
{
    return q->app->failure_ratio;
}

static double tries(const struct app_question *q)
{
    return q->app->tries * length_of(q->window);
}

static double failed_tries(const struct app_question *q)
{
    return tries(q) * q->app->try_loss;
}

static double try_failure_ratio(const struct app_question *q)
{
    return q->app->try_loss;
}

static double tries_per_attempt(const struct app_question *q)
{
    return q->app->tries / q->app->rate;
}

static double open_connections(const struct app_question *q)
{
    const struct steady_flow *f = &q->s->flows[q->app->flows[0]];
    return q->app->rate * (q->app->network - q->app->failure_ratio) * f->width *
           f->hold.open;
}

static const struct {
    const char *name;
    double (*value)(const struct app_question *);
    const char *formula; /* NULL: that of the loss */
} app_rows[] = {
    {"attempts", attempts, "rate x time"},
    {"attempts_per_s", attempts_per_s, "rate"},
    {"successes", successes, NULL},
    {"successes_per_s", successes_per_s, NULL},
    {"failures", failures, NULL},
    {"failures_per_s", failures_per_s, NULL},
    {"failure_ratio", failure_ratio, NULL},
    {"tries", tries, NULL},
    {"failed_tries", failed_tries, NULL},
    {"try_failure_ratio", try_failure_ratio, NULL},
    {"tries_per_attempt", tries_per_attempt, NULL},
    {"open", open_connections, "Little: rate x time open"},
};

static const char *loss_formula(const struct steady_system *y)
{
    if (y->parallel)
        return "Kaufman-Roberts";
    if (y->search.tries)
        return "birth and death, bounded redraw";
    return y->search.bounded ? "Erlang B, a lower bound" : "Erlang B";
}

static const struct app_config *app_config_of(const struct steady *s, uint32_t app)
{
    return (const struct app_config *)s->config->world.apps.items + app;
}

/* The form of what an app loses. */
static const char *app_formula(const struct steady *s, uint32_t app)
{
    const struct steady_app *x = &s->apps[app];
    if (app_config_of(s, app)->on_failure.retries && !x->at_once)
        return "Erlang B with retries (Cohen)";
    uint32_t flow = x->flows[0]; /* the one that loses most */
    for (int leg = 1; leg < LEG_COUNT; leg++)
        if (x->flows[leg] != STEADY_NONE &&
            s->flows[x->flows[leg]].loss > s->flows[flow].loss)
            flow = x->flows[leg];
    return loss_formula(&s->systems[s->flows[flow].system]);
}

static bool predict_app(const struct steady *s, const struct theory_window *w,
                        uint32_t app, const char *name, struct prediction *out,
                        const char **why)
{
    const struct steady_app *x = &s->apps[app];
    const struct app_question q = {s, x, w};
    for (size_t i = 0; i < sizeof app_rows / sizeof app_rows[0]; i++) {
        if (strcmp(app_rows[i].name, name) != 0)
            continue;
        const char *formula = app_rows[i].formula;
        bool arrivals = i < 2 && app_rows[i].formula;
        if (isnan(x->rate) || (!arrivals && (x->cannot || x->rate <= 0))) {
            *why = x->cannot ? x->cannot : "nobody comes";
            return false;
        }
        *out = (struct prediction){app_rows[i].value(&q),
                                   formula ? formula : app_formula(s, app), NULL};
        if (arrivals)
            return true;
        out->doubt = x->doubt;
        for (int leg = 0; leg < LEG_COUNT; leg++)
            if (x->flows[leg] != STEADY_NONE)
                judge_window(s, w, s->flows[x->flows[leg]].system, &out->doubt, why);
        return !*why;
    }
    return false;
}

/* --- pools ---------------------------------------------------------------------------
 */

struct pool_question {
    const struct steady *s;
    const struct theory_window *window;
    const struct host_config *host_config;
    uint32_t host;
    enum pool pool;
    struct steady_pool sum;
    const char *doubt, *cannot; /* of this reading alone */
};

static uint32_t addresses_of(const struct pool_question *q)
{
    bool ipv6 = q->pool == POOL_TCP6 || q->pool == POOL_UDP6;
    uint32_t given = host_given_addresses(q->host_config, ipv6);
    return given ? given : 1;
}

static double capacity(struct pool_question *q)
{
    return (double)host_usable_ports(q->host_config, q->pool) * addresses_of(q) *
           q->host_config->count;
}

/* Ports that several destinations share are in use once: free of all of them by chance,
 * if their choices have nothing to do with one another, in each part that all prefer. */
static double in_use(struct pool_question *q)
{
    const struct steady_system *only = NULL;
    double idle[2] = {1, 1}, half = 0, copies = 0;
    for (uint32_t i = 0; i < q->s->system_count; i++) {
        const struct steady_system *y = &q->s->systems[i];
        if (y->host != q->host || y->pool != q->pool)
            continue;
        only = y;
        copies = y->copies / y->destinations;
        half = y->ports / (theory_search_prefers_parity(y->search.kind) ? 2.0 : 1.0);
        double first = fmin(y->state.busy, half);
        idle[0] *= pow(1 - first / half, y->destinations);
        idle[1] *= pow(1 - (y->state.busy - first) / half, y->destinations);
    }
    if (!only || (q->sum.systems == 1 && only->destinations == 1))
        return q->sum.in_use;
    note(&q->doubt, "ports toward several destinations, as if chosen independently");
    return copies * half * (2 - idle[0] - idle[1]);
}

static double allocations_per_s(struct pool_question *q)
{
    if (q->sum.parallel)
        q->cannot = given_back;
    return q->sum.granted;
}

static double allocations(struct pool_question *q)
{
    return allocations_per_s(q) * length_of(q->window);
}

/* A proxy that tries again in the same instant finds nothing again. */
static double failures_of_pool_per_s(struct pool_question *q)
{
    double sum = 0;
    for (uint32_t i = 0; i < q->s->flow_count; i++) {
        const struct steady_flow *f = &q->s->flows[i];
        if (f->host != q->host || f->pool != q->pool)
            continue;
        uint32_t again = f->leg == LEG_OUTER ? q->host_config->proxying.retries : 0;
        if (q->s->apps[f->app].at_once)
            again = app_config_of(q->s, f->app)->on_failure.retries;
        sum += f->rate * f->loss * (1.0 + again);
        if (again && q->s->systems[f->system].search.tries)
            q->cannot = "a proxy that draws again";
    }
    return sum;
}

static double failures_of_pool(struct pool_question *q)
{
    return failures_of_pool_per_s(q) * length_of(q->window);
}

/* Of all members: as many searches as there are attempts. */
static double probes(struct pool_question *q)
{
    double sum = 0, weight = 0;
    for (uint32_t i = 0; i < q->s->flow_count; i++) {
        const struct steady_flow *f = &q->s->flows[i];
        if (f->host != q->host || f->pool != q->pool)
            continue;
        sum += f->rate * q->s->systems[f->system].state.probes;
        weight += f->rate;
        if (isnan(q->s->systems[f->system].state.probes))
            q->cannot = "no closed form is known for the probes of this search in steady "
                        "state";
    }
    return sum / weight;
}

/* Little's law, of ports nobody holds: each rests for as long as there are free ones for
 * each that is granted [MODEL.md D6]. */
static double reuse_interval(struct pool_question *q)
{
    double rest = (capacity(q) - in_use(q)) / q->sum.granted;
    if (q->sum.systems > 1 || q->doubt)
        q->cannot = "a port rests when nobody holds it toward any destination";
    if (rest > length_of(q->window) / 20)
        note(&q->doubt, "the window is not much longer than the rest of a port");
    if (q->sum.parallel)
        q->cannot = given_back;
    if (q->host_config->count > HOST_REUSE_MEMBERS)
        q->cannot = "not measured for entries of over 100 members";
    return rest;
}

static const struct {
    const char *name;
    double (*value)(struct pool_question *);
    const char *formula; /* NULL: that of the loss */
    bool always;         /* whatever the users do */
} pool_rows[] = {
    {"capacity", capacity, "ports x addresses x members", true},
    {"in_use", in_use, "Little: granted rate x holding time", false},
    {"allocations", allocations, NULL, false},
    {"allocations_per_s", allocations_per_s, NULL, false},
    {"allocation_failures", failures_of_pool, NULL, false},
    {"allocation_failures_per_s", failures_of_pool_per_s, NULL, false},
    {"probes", probes, "birth and death, bounded redraw", false},
    {"reuse_interval_s", reuse_interval, "Little: free ports / granted rate", false},
};

static bool predict_pool_row(struct pool_question *q, size_t row, struct prediction *out,
                             const char **why)
{
    const char *formula = pool_rows[row].formula;
    bool always = pool_rows[row].always;
    if (!always && (q->sum.cannot || q->sum.flows == 0)) {
        *why = q->sum.cannot ? q->sum.cannot : "it opens no connection";
        return false;
    }
    double value = pool_rows[row].value(q);
    for (uint32_t i = 0; i < q->s->flow_count && !always; i++) {
        const struct steady_flow *f = &q->s->flows[i];
        if (f->host != q->host || f->pool != q->pool)
            continue;
        if (!formula)
            formula = loss_formula(&q->s->systems[f->system]);
        judge_window(q->s, q->window, f->system, &q->doubt, &q->cannot);
    }
    if (pool_rows[row].value == reuse_interval && q->doubt == not_settled)
        q->cannot = not_settled;
    note(&q->doubt, always ? NULL : q->sum.doubt);
    *why = q->cannot;
    *out = (struct prediction){value, formula, q->doubt};
    return !q->cannot;
}

/* Sockets in a state that hold a port: rate x the time spent there. */
static bool predict_state(struct pool_question *q, const char *state,
                          struct prediction *out, const char **why)
{
    double sum = 0;
    int at = TCP_SYN_SENT;
    while (at < TCP_STATE_COUNT && strcmp(tcp_state_name((enum tcp_state)at), state) != 0)
        at++;
    if (at == TCP_STATE_COUNT || pool_is_udp(q->pool))
        return false;
    *why = q->sum.cannot;
    if (q->sum.cannot || q->sum.flows == 0)
        return false;
    for (uint32_t i = 0; i < q->s->flow_count; i++) {
        const struct steady_flow *f = &q->s->flows[i];
        if (f->host != q->host || f->pool != q->pool)
            continue;
        sum +=
            f->rate * (1 - f->loss) * steady_lives(q->s, f) * f->width * f->hold.in[at];
        judge_window(q->s, q->window, f->system, &q->doubt, &q->cannot);
        if (steady_refused(q->s, f) > 0)
            note(&q->doubt, "what its proxy refuses is short and not counted");
    }
    *why = q->cannot;
    note(&q->doubt, q->sum.doubt);
    *out = (struct prediction){sum, "Little: granted rate x time in the state", q->doubt};
    return !q->cannot;
}

static bool predict_pool(const struct steady *s, const struct theory_window *w,
                         uint32_t host, enum pool pool, const char *name,
                         struct prediction *out, const char **why)
{
    struct pool_question q = {
        .s = s,
        .window = w,
        .host = host,
        .pool = pool,
        .host_config = (const struct host_config *)s->config->world.hosts.items + host,
        .sum = steady_pool_of(s, host, pool)};
    if (strncmp(name, "outgoing.", 9) == 0)
        return predict_state(&q, name + 9, out, why);
    for (size_t i = 0; i < sizeof pool_rows / sizeof pool_rows[0]; i++)
        if (strcmp(pool_rows[i].name, name) == 0)
            return predict_pool_row(&q, i, out, why);
    return false;
}

/* --- names ---------------------------------------------------------------------------
 */

/* After "prefix" and the name of an item and a dot; NULL: another name. */
static const char *after(const char *text, const char *prefix, const char *item)
{
    size_t a = strlen(prefix), b = strlen(item);
    if (strncmp(text, prefix, a) != 0 || strncmp(text + a, item, b) != 0 ||
        text[a + b] != '.')
        return NULL;
    return text + a + b + 1;
}

static bool predict_host(const struct steady *s, const struct theory_window *w,
                         const char *metric, struct prediction *out, const char **why)
{
    const struct host_config *hosts = s->config->world.hosts.items;
    for (uint32_t i = 0; i < s->config->world.hosts.count; i++) {
        const char *rest = after(metric, "hosts.", hosts[i].name);
        for (int pool = 0; rest && pool < POOL_COUNT; pool++) {
            const char *name = after(rest, "", pool_name((enum pool)pool));
            if (name)
                return predict_pool(s, w, i, (enum pool)pool, name, out, why);
        }
    }
    return false;
}

bool predict_metric(const struct steady *s, const struct theory_window *w,
                    const char *metric, struct prediction *out, const char **why)
{
    const struct app_config *apps = s->config->world.apps.items;
    *why = NULL;
    for (uint32_t i = 0; i < s->app_count; i++) {
        const char *name = after(metric, "apps.", apps[i].name);
        if (name)
            return predict_app(s, w, i, name, out, why);
    }
    return predict_host(s, w, metric, out, why);
}

bool theory_predict(const struct trial_plan *plan, const char *metric, double *value,
                    const char **formula, bool *exact)
{
    char name[EXPRESSION_METRIC_SIZE];
    const char *phase = strrchr(metric, '@'), *why;
    size_t length = phase ? (size_t)(phase - metric) : strlen(metric);
    struct theory_window w;
    if (length >= sizeof name || !theory_window_of(plan, phase ? phase + 1 : NULL, &w) ||
        !w.config)
        return false;
    snprintf(name, sizeof name, "%.*s", (int)length, metric);
    struct steady s = steady_of(w.config);
    struct prediction p;
    bool known = predict_metric(&s, &w, name, &p, &why) && !isnan(p.value);
    steady_free(&s);
    if (!known)
        return false;
    *value = p.value;
    *formula = p.formula;
    *exact = !p.doubt;
    return true;
}
