#include "sim/theory/hold.h"

#include <math.h>

#include "sim/engine/dist/list.h"

/* Draws of a late close whose distribution function is not at hand. */
#define DRAWS 4096

/* Share of segments beyond which retransmissions are not an aside (inference). */
#define MUCH_LOSS 0.05

/* Starting moments that a timer wheel is averaged over. */
#define PHASES 4096

const char theory_haunted[] =
    "a port that comes back may meet its server's old connection: connects take longer";

/* --- the stage: who is there -------------------------------------------------------- */

struct stage {
    const struct trial_config *config;
    const struct app_config *app;
    const struct host_config *self, *peer; /* ends of the leg */
    const struct proxy *proxy;             /* NULL: a direct app */
    const struct socket_options *options;
    double rtt;       /* of the leg */
    double inner_rtt; /* of the client's leg, through a proxy */
    double outer_rtt;
    double life;
    bool fin_eaten; /* the server's */
    struct theory_hold h;
};

static const struct host_config *host_of(const struct trial_config *c, uint32_t host)
{
    return (const struct host_config *)c->world.hosts.items + host;
}

static const struct path_config *path_between(const struct trial_config *c, uint32_t a,
                                              uint32_t b)
{
    const struct path_config *path = c->world.paths.items;
    for (uint32_t i = 0; i < c->world.paths.count; i++) {
        const uint32_t *ends = path[i].between.items;
        if ((ends[0] == a && ends[1] == b) || (ends[0] == b && ends[1] == a))
            return &path[i];
    }
    return NULL;
}

double theory_rtt(const struct trial_config *config, uint32_t a, uint32_t b)
{
    const struct path_config *path = path_between(config, a, b);
    return sim_seconds(path ? path->rtt : config->world.network.rtt);
}

static void doubt(struct theory_hold *h, const char *why)
{
    if (!h->doubt)
        h->doubt = why;
}

static void cannot(struct theory_hold *h, const char *why)
{
    if (!h->cannot)
        h->cannot = why;
}

/* --- timers ------------------------------------------------------------------------- */

double theory_timer(const struct stack *s, sim_ns length)
{
    sim_ns tick = stack_tick(s);
    if (tick == 0)
        return sim_seconds(length);
    int64_t grid = 1; /* [KERNEL.md section 4]: the wheel's slot, at most */
    while (grid * 63 <= length / tick)
        grid *= 8;
    int64_t phases = grid < PHASES ? grid : PHASES;
    double sum = 0;
    for (int64_t i = 0; i < phases; i++) {
        sim_ns now = grid / phases * i * tick + tick / 2;
        sum += sim_seconds(stack_timer(s, now, length) - now);
    }
    return sum / (double)phases;
}

/* What FIN_WAIT_2 lasts where no FIN comes; infinite without a limit [KERNEL.md F1, F2].
 */
static double fin_wait_2(const struct stage *g)
{
    const struct stack *s = &g->self->tcp;
    sim_ns length = g->options->linger2 ? g->options->linger2 : s->fin_wait_2;
    if (s->fin_wait_2_unlimited && !g->options->linger2)
        return INFINITY;
    if (s->fin_wait_2_split && length > s->fin_wait_2_split)
        return 2 * theory_timer(s, length - s->fin_wait_2_split);
    return theory_timer(s, length);
}

/* A FIN that nobody answers is sent again until the system gives up. */
static double gives_up(struct stage *g)
{
    sim_ns end = 0;
    retransmission_plan(&g->self->tcp.fin, NULL, 0, &end);
    doubt(&g->h, "a FIN that nobody answers: the schedule on paper, without round trip "
                 "and timer wheel");
    return sim_seconds(end);
}

/* --- late closes ---------------------------------------------------------------------
 */

/* A delay, cut at a limit: its mean, and the share that comes before the limit. */
struct cut {
    double mean, share;
};

static struct cut cut_at(struct stage *g, const struct field_variant *delay, double limit)
{
    double mean = distribution_mean(delay) / SIM_S;
    if (distributions[delay->kind] == &distribution_constant)
        return (struct cut){fmin(mean, limit), mean < limit};
    if (distributions[delay->kind] == &distribution_exponential)
        return (struct cut){-mean * expm1(-limit / mean), -expm1(-limit / mean)};
    doubt(&g->h, "the delay of a late close is averaged over 4,096 draws");
    struct random_stream chance = random_stream_make(1, 1, "theory", "late closes");
    struct cut sum = {0};
    for (int i = 0; i < DRAWS; i++) {
        double drawn = sim_seconds(distribution_sample(delay, &chance));
        sum.mean += fmin(drawn, limit) / DRAWS;
        sum.share += (drawn < limit) / (double)DRAWS;
    }
    return sum;
}

/* --- closing -------------------------------------------------------------------------
 */

static void spend(struct stage *g, enum tcp_state state, double share, double time)
{
    g->h.in[state] += share * time;
}

static void ends_with(struct stage *g, double share, double timer)
{
    if (share > 0 && isfinite(timer) && timer > g->h.longest)
        g->h.longest = timer;
}

static void waits_2msl(struct stage *g, double share)
{
    double length = theory_timer(&g->self->tcp, g->self->tcp.time_wait);
    spend(g, TCP_TIME_WAIT, share, length);
    ends_with(g, share, length);
}

/* No FIN comes, ever: FIN_WAIT_2 to its end. */
static void waits_in_vain(struct stage *g, double share)
{
    if (share <= 0)
        return;
    g->h.haunts = true;
    doubt(&g->h, theory_haunted);
    double limit = fin_wait_2(g);
    ends_with(g, share, limit);
    if (isfinite(limit))
        spend(g, TCP_FIN_WAIT_2, share, limit);
    else
        g->h.kept += share;
}

static void waits_for_late_fin(struct stage *g, double share,
                               const struct field_variant *delay)
{
    double limit = fin_wait_2(g);
    struct cut cut = cut_at(g, delay, limit);
    spend(g, TCP_FIN_WAIT_2, share, cut.mean);
    ends_with(g, share * (1 - cut.share), limit);
    waits_2msl(g, share * cut.share);
}

static void peer_answers(struct stage *g, const struct behaviour *b, double share)
{
    const struct late_config *late = b->kind.config;
    switch ((enum behaviour_kind)b->kind.kind) {
    case BEHAVES_PROMPT:
        if (g->fin_eaten)
            waits_in_vain(g, share);
        else
            waits_2msl(g, share);
        break;
    case BEHAVES_LATE:
        if (g->fin_eaten)
            waits_in_vain(g, share);
        else
            waits_for_late_fin(g, share, &late->delay);
        break;
    case BEHAVES_NEVER:
        waits_in_vain(g, share);
        break;
    case BEHAVES_RESET:
        break;
    case BEHAVES_SILENT:
        spend(g, TCP_FIN_WAIT_1, share, gives_up(g) - g->rtt);
        break;
    case BEHAVES_HANGS:
        cannot(&g->h, "a peer that hangs until a moment of the run has no steady state");
        break;
    }
}

static double sum_of_shares(const struct field_list *rows)
{
    const struct behaviour *b = rows->items;
    double sum = 0;
    for (uint32_t i = 0; i < rows->count; i++)
        sum += b[i].share;
    return sum;
}

/* The holder's close() of an established connection. */
static void holder_closes(struct stage *g, double share)
{
    const struct field_list *rows = &g->app->server_close;
    const struct behaviour *b = rows->items;
    if (g->options->linger_zero)
        return;
    spend(g, TCP_FIN_WAIT_1, share, g->rtt);
    if (g->options->no_fin_wait_2) {
        doubt(&g->h, "TCP_LINGER2 -1: the FIN meets a closed socket");
        return;
    }
    bool far_end = g->proxy && g->self != host_of(g->config, g->app->through);
    if (far_end) { /* the other end is the proxy, which closes at once */
        waits_2msl(g, share);
        return;
    }
    for (uint32_t i = 0; i < rows->count; i++)
        peer_answers(g, &b[i], share * b[i].share / sum_of_shares(rows));
}

/* The holder's answer to a close of its peer's; a proxy's is prompt. */
static void holder_answers(struct stage *g, double share)
{
    const struct field_list *rows = &g->app->client_close;
    const struct behaviour *b = rows->items;
    if (g->self != host_of(g->config, g->app->from)) {
        spend(g, TCP_LAST_ACK, share, g->rtt);
        return;
    }
    for (uint32_t i = 0; i < rows->count; i++) {
        double part = share * b[i].share / sum_of_shares(rows);
        const struct late_config *late = b[i].kind.config;
        switch ((enum behaviour_kind)b[i].kind.kind) {
        case BEHAVES_LATE:
            spend(g, TCP_CLOSE_WAIT, part, distribution_mean(&late->delay) / SIM_S);
            spend(g, TCP_LAST_ACK, part, g->rtt);
            break;
        case BEHAVES_PROMPT:
            spend(g, TCP_LAST_ACK, part, g->rtt);
            break;
        case BEHAVES_NEVER:
        case BEHAVES_SILENT:
            g->h.kept += part;
            break;
        case BEHAVES_RESET:
            break;
        case BEHAVES_HANGS:
            cannot(&g->h, "who hangs until a moment of the run has no steady state");
            break;
        }
    }
}

/* --- a life, by who closes first ------------------------------------------------------
 */

/* How long after the connection of this leg is made its user's life begins, and how long
 * after its life a close of the client, or of the server, arrives at the holder. */
struct lags {
    double before, client, server;
};

static struct lags lags_of(const struct stage *g, enum theory_leg leg)
{
    double inner = g->inner_rtt / 2, outer = g->outer_rtt / 2;
    if (!g->proxy)
        return (struct lags){0, 0, outer};
    if (leg == LEG_OUTER)
        return (struct lags){inner, g->proxy->mode == PROXY_HTTP ? 0 : inner, outer};
    return (struct lags){2 * inner + 2 * outer, g->proxy->mode == PROXY_HTTP ? inner : 0,
                         outer + inner};
}

static void closes_at_once(struct stage *g, const struct lags *lag, double share)
{
    g->h.in[TCP_ESTABLISHED] += share * (lag->before + g->life);
    spend(g, TCP_FIN_WAIT_1, share, g->rtt / 2);
    spend(g, TCP_CLOSING, share, g->rtt / 2);
    waits_2msl(g, share);
    if (g->proxy)
        cannot(&g->h, "both ends close at once, and a proxy stands between them");
}

/* A proxy that resets what its client is done with, or its server's side. */
static bool resets_upstream(const struct stage *g, enum theory_leg leg)
{
    return g->proxy && leg == LEG_OUTER &&
           (g->proxy->close_mode == PROXY_RESETS ||
            (g->proxy->mode == PROXY_TCP && g->proxy->nolinger));
}

/* `share` of the connections end in the way the app says. */
static void live(struct stage *g, enum theory_leg leg, double share)
{
    struct lags lag = lags_of(g, leg);
    double life = lag.before + g->life;
    switch ((enum app_closer)g->app->closes_first) {
    case CLOSES_CLIENT:
        spend(g, TCP_ESTABLISHED, share, life + lag.client);
        if (!resets_upstream(g, leg))
            holder_closes(g, share);
        g->h.open =
            g->life + (g->proxy && g->proxy->mode == PROXY_HTTP ? g->inner_rtt / 2 : 0);
        break;
    case CLOSES_SERVER:
        spend(g, TCP_ESTABLISHED, share, life + lag.server);
        holder_answers(g, share);
        g->h.open = g->life + lag.server;
        break;
    case CLOSES_BOTH:
        closes_at_once(g, &lag, share);
        g->h.open = g->life;
        break;
    }
}

/* Who closes first disappears without a word. */
static void vanish(struct stage *g, enum theory_leg leg, double share)
{
    bool holder_goes = leg == LEG_CLIENT && g->app->closes_first != CLOSES_SERVER;
    if (share <= 0)
        return;
    if (holder_goes)
        spend(g, TCP_ESTABLISHED, share, lags_of(g, leg).before + g->life);
    else if (g->options->keep_alive.idle)
        cannot(&g->h, "peers that vanish are found by keep-alive");
    else
        g->h.kept += share;
}

/* --- what has no closed form here -----------------------------------------------------
 */

static void refuse_proxy(struct stage *g)
{
    const struct proxy *p = g->proxy;
    if (p->keepalive)
        cannot(&g->h, "the proxy keeps idle connections: how many requests share one "
                      "depends on the load");
    if (p->half_close)
        cannot(&g->h, "the proxy passes a FIN on and holds both descriptors: what ends "
                      "first depends on its timeouts");
    if (p->crossing_fins && g->app->closes_first != CLOSES_CLIENT)
        cannot(&g->h, "the proxy's FIN crosses the server's");
    if (g->app->quiet)
        cannot(&g->h, "quiet connections meet the proxy's timeouts");
    if (host_of(g->config, g->app->through)->reflect_client_ip)
        cannot(&g->h, "the proxy takes the client's address and port");
    if (p->leaks.close_wait + p->leaks.after_time_wait + p->leaks.after_failure +
            p->leaks.half_closed + p->leaks.never_closed >
        0)
        cannot(&g->h, "the proxy's program forgets sockets");
}

static void refuse_path(struct stage *g, uint32_t a, uint32_t b)
{
    const struct path_config *p = path_between(g->config, a, b);
    double loss = p ? p->loss : g->config->world.network.loss;
    if (loss > MUCH_LOSS)
        cannot(&g->h, "what becomes of a connection is up to lost segments");
    if (loss > 0)
        doubt(&g->h, "segments are lost, and retransmissions hold ports longer");
    if (!p || p->eats_fin_from == FIELD_NO_REFERENCE || p->eats_fin_share <= 0)
        return;
    if (p->eats_fin_from == g->app->to.reference && p->eats_fin_share >= 1 &&
        g->app->closes_first == CLOSES_CLIENT)
        g->fin_eaten = true;
    else
        cannot(&g->h, "some FINs are eaten on the path, and sent again");
}

static void refuse(struct stage *g, enum theory_leg leg)
{
    const struct app_config *a = g->app;
    const struct leak_config *l = &a->leaks;
    uint32_t far = g->proxy ? a->through : a->to.reference;
    refuse_path(g, a->from, far);
    if (g->proxy)
        refuse_path(g, a->through, a->to.reference);
    if (g->proxy)
        refuse_proxy(g);
    if (a->pool.idle)
        cannot(&g->h, "requests share connections of a pool");
    if (leg == LEG_CLIENT && l->after_time_wait + l->after_failure + l->half_closed > 0)
        cannot(&g->h, "a program forgets sockets after their close: what that keeps is "
                      "the stack's affair");
    if (a->closes_first != CLOSES_CLIENT && g->peer->tcp.syn_in_time_wait != SYN_ACCEPTED)
        doubt(&g->h, "connects that meet the peer's TIME_WAIT take longer");
    if (g->self->tcp.timer_hz)
        doubt(&g->h, "timers end on the grid of a timer wheel, many at once");
    if (g->self->tcp.tw_reuse == TW_REUSE_ON && g->self->tcp.timestamps &&
        g->peer->tcp.timestamps)
        g->h.takeable = sim_seconds(g->self->tcp.tw_reuse_delay);
}

/* --- UDP ------------------------------------------------------------------------------
 */

static void query(struct stage *g)
{
    const struct udp_config *u = &g->app->udp;
    double limit = sim_seconds(u->timeout);
    struct cut thinks = cut_at(g, &u->thinks, fmax(0, limit - g->rtt));
    double answered = (1 - u->unanswered) * thinks.share;
    double waits = thinks.mean + g->rtt; /* of those whose server does not ignore it */
    g->h.total = (1 - u->unanswered) * fmin(waits, limit) + u->unanswered * limit +
                 answered * (1 - g->app->leaks.never_closed) * g->life;
    g->h.kept = answered * g->app->leaks.never_closed;
    g->h.open = g->life;
    g->h.answered = answered;
    g->h.longest = limit;
}

/* --- all of it -------------------------------------------------------------------------
 */

static struct stage set(const struct trial_config *config, const struct app_config *app,
                        enum theory_leg leg)
{
    struct stage g = {.config = config, .app = app};
    bool proxied = app->through != FIELD_NO_REFERENCE;
    uint32_t server = app->to.reference, middle = proxied ? app->through : server;
    uint32_t self = leg == LEG_OUTER ? app->through : app->from;
    g.self = host_of(config, self);
    g.peer = host_of(config, leg == LEG_OUTER ? server : middle);
    g.proxy = proxied ? &host_of(config, app->through)->proxying : NULL;
    g.options = leg == LEG_OUTER ? &g.proxy->socket : &app->socket;
    g.inner_rtt = theory_rtt(config, app->from, middle);
    g.outer_rtt = theory_rtt(config, middle, server);
    if (!proxied)
        g.outer_rtt = g.inner_rtt;
    g.rtt = leg == LEG_OUTER ? g.outer_rtt : g.inner_rtt;
    g.life = distribution_mean(&app->lifetime) / SIM_S;
    g.h.takeable = NAN;
    g.h.answered = 1;
    return g;
}

struct theory_hold theory_hold_of(const struct trial_config *config,
                                  const struct app_config *app, enum theory_leg leg)
{
    struct stage g = set(config, app, leg);
    const struct leak_config none = {0}, *l = leg == LEG_CLIENT ? &app->leaks : &none;
    refuse(&g, leg);
    if (app->protocol == APP_UDP) {
        query(&g);
        return g.h;
    }
    double leaked = app->closes_first == CLOSES_CLIENT ? l->never_closed : l->close_wait;
    g.h.kept += leaked;
    spend(&g, TCP_SYN_SENT, 1, g.rtt);
    live(&g, leg, (1 - app->vanishes) * (1 - leaked));
    vanish(&g, leg, app->vanishes * (1 - leaked));
    for (int state = 0; state < TCP_STATE_COUNT; state++)
        g.h.total += g.h.in[state];
    g.h.lingers = g.h.in[TCP_TIME_WAIT] + g.h.in[TCP_FIN_WAIT_2];
    /* The client's connection to the proxy is made, and closed again by the proxy. */
    g.h.refused = 3 * g.inner_rtt;
    if (!isfinite(g.h.total))
        cannot(&g.h, "the mean lifetime is infinite");
    return g.h;
}
