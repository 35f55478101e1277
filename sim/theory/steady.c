#include "sim/theory/steady.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/theory/mapping.h"

/* A loss that a long run may show. */
#define SEEN 1e-9

/* Rounds of the fixed point, at most; without retries two are enough. */
#define ROUNDS 2000

static const struct host_config *hosts_of(const struct steady *s)
{
    return s->config->world.hosts.items;
}

static const struct app_config *app_at(const struct steady *s, uint32_t i)
{
    return (const struct app_config *)s->config->world.apps.items + i;
}

static void note(const char **slot, const char *why)
{
    if (!*slot)
        *slot = why;
}

/* --- ports and copies ----------------------------------------------------------------
 */

uint32_t steady_ports(const struct host_config *h, enum pool pool)
{
    struct port_range range = host_range(h, pool);
    const uint16_t *listen = h->listen.items;
    uint32_t ports = host_usable_ports(h, pool);
    for (uint32_t i = 0; i < h->listen.count && !pool_is_udp(pool); i++)
        ports -= port_range_holds(range, listen[i]) && ports > 0;
    return ports;
}

static uint32_t addresses_of(const struct host_config *h, bool ipv6)
{
    uint32_t given = host_given_addresses(h, ipv6);
    return given ? given : 1;
}

/* The members of the flow's host that its users come to. */
static double members_of(struct steady *s, struct steady_flow *f)
{
    const struct app_config *a = app_at(s, f->app);
    uint32_t from = hosts_of(s)[a->from].count, own = hosts_of(s)[f->host].count;
    if (f->host == a->from)
        return own;
    if (from > own && from % own)
        note(&s->apps[f->app].doubt, "members of the proxy have unequal shares");
    return from < own ? from : own;
}

/* --- flows and their systems ---------------------------------------------------------
 */

static const struct socket_options *options_of(const struct steady *s,
                                               const struct steady_flow *f)
{
    return f->leg == LEG_OUTER ? &hosts_of(s)[f->host].proxying.socket
                               : &app_at(s, f->app)->socket;
}

static enum port_scope scope_of(const struct host_config *h, enum pool pool,
                                const struct socket_options *o)
{
    if (o->bind == SOCKET_BIND_ZERO)
        return PORT_SCOPE_PORT;
    return pool_is_udp(pool) ? stack_scope_of(h->udp.scope, &h->udp.allocator)
                             : stack_scope(&h->tcp);
}

static const struct field_variant *
allocator_of(const struct host_config *h, enum pool pool, const struct socket_options *o)
{
    if (pool_is_udp(pool))
        return o->bind == SOCKET_BIND_ZERO ? &h->udp.bind_allocator : &h->udp.allocator;
    return o->bind == SOCKET_BIND_ZERO ? &h->tcp.bind_allocator : &h->tcp.allocator;
}

/* Where the flow's connections go. */
static struct field_endpoint destination_of(const struct steady *s,
                                            const struct steady_flow *f)
{
    const struct app_config *a = app_at(s, f->app);
    enum theory_leg leg = f->leg == LEG_GATEWAY ? s->flows[f->opener].leg : f->leg;
    if (leg == LEG_OUTER || a->through == FIELD_NO_REFERENCE)
        return a->to;
    return (struct field_endpoint){a->through, hosts_of(s)[a->through].proxy_port};
}

/* A client's proxy is always the same member of it, and its first address. */
static uint32_t places_behind(const struct steady *s, const struct steady_flow *f)
{
    const struct app_config *a = app_at(s, f->app);
    const struct host_config *server = &hosts_of(s)[a->to.reference];
    if (f->leg == LEG_CLIENT && a->through != FIELD_NO_REFERENCE)
        return 1;
    return server->count * addresses_of(server, a->family == APP_IPV6);
}

static bool same_system(const struct steady_system *y, const struct steady_system *x)
{
    if (y->host != x->host || y->pool != x->pool)
        return false;
    if (!y->by_tuple && !x->by_tuple)
        return true;
    return y->by_tuple && x->by_tuple && y->to.reference == x->to.reference &&
           y->to.port == x->to.port;
}

static void judge_sockets(struct steady_system *y, const struct socket_options *o)
{
    if (o->bind == SOCKET_BIND_EXPLICIT)
        note(&y->cannot, "the program hands out ports of its own");
    if (o->local_range.low || o->port_range != SOCKET_PORTS_DEFAULT)
        note(&y->cannot, "sockets have ranges of their own");
    if (o->reuse_address || o->reuse_port)
        note(&y->doubt, "sockets may share ports");
}

static struct steady_system system_for(struct steady *s, struct steady_flow *f)
{
    const struct host_config *h = &hosts_of(s)[f->host];
    const struct socket_options *o = options_of(s, f);
    struct steady_system y = {.host = f->host,
                              .pool = f->pool,
                              .by_tuple = scope_of(h, f->pool, o) != PORT_SCOPE_PORT,
                              .ports = steady_ports(h, f->pool),
                              .destinations = 1};
    uint32_t given = addresses_of(h, f->pool == POOL_TCP6 || f->pool == POOL_UDP6);
    uint32_t used = h->source == HOST_SOURCE_FIRST ? 1 : given;
    y.copies = f->members * used;
    if (y.by_tuple) {
        y.to = destination_of(s, f);
        y.destinations = f->places;
        y.copies *= y.destinations;
    }
    if (used > 1 && h->source == HOST_SOURCE_ROUND_ROBIN)
        note(&y.doubt, "source addresses are taken in turn, which evens out their loads");
    if (y.destinations > 1)
        note(&y.doubt, "the server's addresses are taken in turn, which evens out their "
                       "loads");
    if (f->leg == LEG_OUTER && h->reflect_client_ip)
        note(&y.cannot, "the proxy takes the client's address and port");
    judge_sockets(&y, o);
    y.search = theory_search_of(allocator_of(h, f->pool, o), y.ports, false);
    note(&y.doubt, y.search.doubt);
    note(&y.cannot, y.search.cannot);
    return y;
}

/* The outside ports of a gateway. */
static struct steady_system outside_for(struct steady *s, struct steady_flow *f)
{
    const struct host_config *h = &hosts_of(s)[f->host];
    struct theory_outside x = theory_outside_of(h, f->members);
    enum port_scope scope = port_allocators[x.search.kind]->scope;
    struct steady_system y = {.host = f->host,
                              .pool = POOL_TCP4,
                              .by_tuple = scope != PORT_SCOPE_PORT,
                              .ports = x.ports,
                              .copies = x.copies,
                              .destinations = 1,
                              .search = x.search,
                              .doubt = x.doubt,
                              .cannot = x.search.cannot};
    if (y.by_tuple) {
        y.to = destination_of(s, f);
        y.destinations = f->places;
        y.copies *= y.destinations;
    }
    return y;
}

static uint32_t join_system(struct steady *s, struct steady_flow *f)
{
    struct steady_system y = f->leg == LEG_GATEWAY ? outside_for(s, f) : system_for(s, f);
    uint32_t i = 0;
    while (i < s->system_count && !same_system(&s->systems[i], &y))
        i++;
    if (i == s->system_count) {
        s->systems[s->system_count++] = y;
        return i;
    }
    if (s->systems[i].search.kind != y.search.kind)
        note(&s->systems[i].doubt, "connect() and bind() search in ways of their own");
    note(&s->systems[i].doubt, y.doubt);
    note(&s->systems[i].cannot, y.cannot);
    return i;
}

static uint32_t add_mapping(struct steady *s, uint32_t app, uint32_t opener)
{
    const struct app_config *a = app_at(s, app);
    const struct steady_flow *o = &s->flows[opener];
    uint32_t gateway = theory_gateway_of(s->config, a, o->leg);
    struct steady_flow *f = &s->flows[s->flow_count];
    *f = (struct steady_flow){.app = app,
                              .leg = LEG_GATEWAY,
                              .opener = opener,
                              .host = gateway,
                              .pool = POOL_TCP4,
                              .width = 1,
                              .members = o->members,
                              .places = o->places,
                              .hold =
                                  theory_mapping_of(&hosts_of(s)[gateway], a, &o->hold)};
    f->system = join_system(s, f);
    return s->flow_count++;
}

static uint32_t add_flow(struct steady *s, uint32_t app, enum theory_leg leg)
{
    const struct app_config *a = app_at(s, app);
    struct steady_flow *f = &s->flows[s->flow_count];
    *f = (struct steady_flow){.app = app,
                              .leg = leg,
                              .host = leg == LEG_OUTER ? a->through : a->from,
                              .pool = app_pool(a),
                              .width = a->connections,
                              .hold = theory_hold_of(s->config, a, leg)};
    f->members = members_of(s, f);
    f->places = places_behind(s, f);
    f->system = join_system(s, f);
    s->systems[f->system].parallel |= f->width > 1;
    return s->flow_count++;
}

/* --- apps ----------------------------------------------------------------------------
 */

static double arrival_rate(struct steady_app *x, const struct field_variant *arrivals)
{
    const struct arrivals_rate *r = arrivals->config;
    switch ((enum arrivals_kind)arrivals->kind) {
    case ARRIVALS_POISSON:
        return r->rate;
    case ARRIVALS_CONSTANT:
        note(&x->doubt, "users at constant distances meet a full range less often");
        return r->rate;
    case ARRIVALS_ON_OFF:
        note(&x->cannot, "bursts have no steady state");
        break;
    case ARRIVALS_TRACE:
        note(&x->cannot, "a recording has no rate that holds");
        break;
    }
    return NAN;
}

static bool runs(const struct steady *s, const struct app_config *a)
{
    const struct field_list *list = &hosts_of(s)[a->from].processes;
    const struct process_config *p = list->items;
    const char *name = a->process[0] ? a->process : a->name;
    for (uint32_t i = 0; i < list->count; i++)
        if (strcmp(p[i].name, name) == 0)
            return p[i].running;
    return true;
}

static void judge_hosts(struct steady *s, struct steady_app *x,
                        const struct app_config *a)
{
    const struct host_config *h = hosts_of(s), *server = &h[a->to.reference];
    bool proxied = a->through != FIELD_NO_REFERENCE;
    if (!h[a->from].running || !server->running || (proxied && !h[a->through].running))
        note(&x->cannot, "one of its hosts is without power");
    if (server->listen.count) {
        const uint16_t *port = server->listen.items;
        bool listens = false;
        for (uint32_t i = 0; i < server->listen.count; i++)
            listens = listens || port[i] == a->to.port;
        if (!listens)
            note(&x->cannot, "nothing listens there");
    }
}

/* Of one gateway on the way; of UDP and IPv6 there is no theory here. */
static void add_gateway(struct steady *s, struct steady_app *x, uint32_t app)
{
    const struct app_config *a = app_at(s, app);
    x->flows[LEG_GATEWAY] = STEADY_NONE;
    for (int leg = LEG_CLIENT; leg <= LEG_OUTER; leg++) {
        if (x->flows[leg] == STEADY_NONE ||
            theory_gateway_of(s->config, a, (enum theory_leg)leg) == FIELD_NO_REFERENCE)
            continue;
        if (app_pool(a) != POOL_TCP4 || x->flows[LEG_GATEWAY] != STEADY_NONE ||
            a->connections > 1)
            note(&x->cannot, "what its gateways keep has no closed form here");
        else
            x->flows[LEG_GATEWAY] = add_mapping(s, app, x->flows[leg]);
    }
}

static void add_app(struct steady *s, uint32_t i)
{
    struct steady_app *x = &s->apps[i];
    const struct app_config *a = app_at(s, i);
    x->rate = arrival_rate(x, &a->arrivals);
    x->network = 1 - a->local;
    if (a->cache.names)
        note(&x->cannot, "what its cache answers depends on the past");
    x->at_once = a->on_failure.retries && a->on_failure.backoff == 0 &&
                 a->through == FIELD_NO_REFERENCE;
    if (a->on_failure.retries && !x->at_once)
        note(&x->doubt, "those who come again are taken for new users (Cohen)");
    if (!runs(s, a))
        x->rate = 0;
    judge_hosts(s, x, a);
    x->flows[0] = add_flow(s, i, LEG_CLIENT);
    x->flows[1] = STEADY_NONE;
    if (a->through != FIELD_NO_REFERENCE)
        x->flows[1] = add_flow(s, i, LEG_OUTER);
    add_gateway(s, x, i);
}

/* What an app cannot say, its flows cannot, nor the systems they share. */
static void spread_doubts(struct steady *s)
{
    for (uint32_t i = 0; i < s->flow_count; i++) {
        const struct steady_flow *f = &s->flows[i];
        struct steady_system *y = &s->systems[f->system];
        note(&y->doubt, s->apps[f->app].doubt);
        note(&y->cannot, s->apps[f->app].cannot);
        note(&y->doubt, f->hold.doubt);
        note(&y->cannot, f->hold.cannot);
        if (s->apps[f->app].at_once && y->search.tries)
            note(&y->cannot, "who draws again in the same instant may find a port");
        if (y->parallel && (y->search.tries || y->search.bounded))
            note(&y->cannot, "several ports at once, and a search that may stop early");
        if (f->hold.kept > 0)
            note(&y->cannot, "some connections are never given back: no steady state");
        if (!isnan(f->hold.takeable))
            note(&y->cannot, "TIME_WAIT is taken over (tw_reuse): what is held is not "
                             "what is in the way");
    }
    for (uint32_t i = 0; i < s->flow_count; i++) {
        const struct steady_system *y = &s->systems[s->flows[i].system];
        note(&s->apps[s->flows[i].app].doubt, y->doubt);
        note(&s->apps[s->flows[i].app].cannot, y->cannot);
    }
}

/* Port scope and tuple scope in one pool stand in each other's way. */
static void refuse_mixtures(struct steady *s)
{
    for (uint32_t i = 0; i < s->system_count; i++)
        for (uint32_t k = 0; k < s->system_count; k++) {
            const struct steady_system *a = &s->systems[i], *b = &s->systems[k];
            if (a->host != b->host || pool_is_udp(a->pool) != pool_is_udp(b->pool))
                continue;
            if (a->pool == b->pool && a->by_tuple != b->by_tuple)
                note(&s->systems[i].cannot, "bind() and connect() share its ports");
            bool apart = pool_is_udp(a->pool) || hosts_of(s)[a->host].tcp.families_apart;
            if (a->pool != b->pool && !apart && !(a->by_tuple && b->by_tuple))
                note(&s->systems[i].cannot, "IPv4 and IPv6 share its ports");
        }
}

/* --- the fixed point ------------------------------------------------------------------
 */

double steady_refused(const struct steady *s, const struct steady_flow *f)
{
    uint32_t outer = s->apps[f->app].flows[LEG_OUTER];
    return f->leg == LEG_CLIENT && outer != STEADY_NONE ? s->flows[outer].loss : 0;
}

double steady_lives(const struct steady *s, const struct steady_flow *f)
{
    uint32_t gateway = s->apps[f->app].flows[LEG_GATEWAY];
    double dropped =
        f->leg != LEG_GATEWAY && gateway != STEADY_NONE ? s->flows[gateway].loss : 0;
    return (1 - steady_refused(s, f)) * (1 - dropped);
}

/* Means over those that get through and those whose proxy has no port. */
static double holding_time(const struct steady *s, const struct steady_flow *f)
{
    return steady_lives(s, f) * f->hold.total + steady_refused(s, f) * f->hold.refused;
}

static void load_systems(struct steady *s)
{
    for (uint32_t i = 0; i < s->system_count; i++)
        s->systems[i].load = 0;
    for (uint32_t i = 0; i < s->flow_count; i++) {
        struct steady_flow *f = &s->flows[i];
        const struct steady_app *x = &s->apps[f->app];
        f->rate = x->offered;
        if (f->leg == LEG_OUTER)
            f->rate *= 1 - s->flows[x->flows[0]].loss;
        if (f->leg == LEG_GATEWAY)
            f->rate = s->flows[f->opener].rate * (1 - s->flows[f->opener].loss);
        s->systems[f->system].load +=
            f->rate * f->width * holding_time(s, f) / s->systems[f->system].copies;
    }
}

/* Flows that want several ports at once: each has a loss of its own. */
static void solve_parallel(struct steady *s, uint32_t system)
{
    struct steady_system *y = &s->systems[system];
    uint32_t *width = memory_new(s->flow_count, sizeof *width), classes = 0;
    double *load = memory_new((size_t)s->flow_count * 2, sizeof *load);
    double *loss = load + s->flow_count;
    for (uint32_t i = 0; i < s->flow_count; i++) {
        const struct steady_flow *f = &s->flows[i];
        if (f->system != system)
            continue;
        width[classes] = f->width;
        load[classes++] = f->rate * holding_time(s, f) / y->copies;
    }
    loss_kaufman_roberts(y->ports, classes, width, load, loss);
    y->state = (struct loss_state){NAN, 0, NAN};
    classes = 0;
    for (uint32_t i = 0; i < s->flow_count; i++) {
        if (s->flows[i].system != system)
            continue;
        s->flows[i].next_loss = loss[classes];
        y->state.busy += load[classes] * width[classes] * (1 - loss[classes]);
        classes++;
    }
    free(width);
    free(load);
}

/* Returns how far the losses were from what they are now. */
static double solve_systems(struct steady *s)
{
    double change = 0;
    for (uint32_t i = 0; i < s->system_count; i++) {
        struct steady_system *y = &s->systems[i];
        if (y->parallel) {
            solve_parallel(s, i);
            continue;
        }
        if (y->search.tries) {
            y->state = loss_bounded(y->ports, y->load, y->search.tries);
            continue;
        }
        double loss = loss_erlang_b(y->ports, y->load);
        y->state = (struct loss_state){loss, y->load * (1 - loss), NAN};
    }
    for (uint32_t i = 0; i < s->flow_count; i++) {
        struct steady_flow *f = &s->flows[i];
        const struct steady_system *y = &s->systems[f->system];
        double loss = y->parallel ? f->next_loss : y->state.loss;
        change = fmax(change, fabs(loss - f->loss));
        f->loss = loss;
    }
    for (uint32_t i = 0; i < s->flow_count; i++) {
        struct steady_flow *f = &s->flows[i];
        f->held = f->rate * (1 - f->loss) * f->width * holding_time(s, f);
    }
    return change;
}

/* Tries per second that follow from the loss; how far they were from it. */
static double come_again(struct steady *s, bool gently)
{
    double change = 0;
    for (uint32_t i = 0; i < s->app_count; i++) {
        struct steady_app *x = &s->apps[i];
        uint32_t retries = app_at(s, i)->on_failure.retries;
        double through = 1;
        for (int leg = 0; leg < LEG_COUNT; leg++)
            if (x->flows[leg] != STEADY_NONE)
                through *= 1 - s->flows[x->flows[leg]].loss;
        through *= s->flows[x->flows[0]].hold.answered;
        double fails = 1 - through, before = x->offered;
        double each = through > 0 ? (1 - pow(fails, (double)retries + 1)) / through
                                  : (double)retries + 1;
        double users = x->rate * x->network;
        if (x->at_once) { /* they find what they have just found */
            x->failure_ratio = x->network * fails;
            x->offered = users;
            x->tries = users * (1 + fails * retries);
            x->try_loss = fails * (1.0 + retries) / (1 + fails * retries);
        } else {
            x->failure_ratio = x->network * pow(fails, (double)retries + 1);
            x->tries = users * each;
            x->offered = gently ? (x->tries + before) / 2 : x->tries;
            x->try_loss = fails;
        }
        change = fmax(change, fabs(x->offered - before) / fmax(before, 1e-300));
    }
    return change;
}

static void settle(struct steady *s)
{
    for (uint32_t i = 0; i < s->app_count; i++)
        s->apps[i].offered = s->apps[i].rate * s->apps[i].network;
    come_again(s, false); /* for want of an answer, nobody having lost yet */
    load_systems(s);
    for (uint32_t i = 0; i < s->system_count; i++)
        s->systems[i].demand = s->systems[i].load;
    double change = 1;
    for (int round = 0; round < ROUNDS && change > 1e-12; round++) {
        load_systems(s);
        change = solve_systems(s);
        change = fmax(change, come_again(s, round > 0));
    }
}

/* --- other limits ------------------------------------------------------------------ */

/* What a Poisson number of this mean exceeds less than once in a million times. */
static double hardly_ever(double mean)
{
    return mean + 5 * sqrt(mean) + 5;
}

/* A SYN that a gateway drops is sent again, unless the system sends none. */
static void count_dropped(struct steady *s)
{
    for (uint32_t i = 0; i < s->flow_count; i++) {
        const struct steady_flow *f = &s->flows[i];
        const struct nat_translation *t = &hosts_of(s)[f->host].translation;
        if (f->leg != LEG_GATEWAY)
            continue;
        const struct retransmission *syn = &hosts_of(s)[s->flows[f->opener].host].tcp.syn;
        bool again = syn->at.count ? syn->at.count > 0 : syn->retries > 0;
        struct steady_app *x = &s->apps[f->app];
        if (f->loss > SEEN && again)
            note(&x->cannot, "SYNs that the gateway drops are sent again");
        else if (f->loss > SEEN)
            note(&x->doubt, "who is dropped holds a port of its own until it gives up");
        if (t->max_mappings && !(hardly_ever(f->held) < t->max_mappings))
            note(&x->cannot, "the gateway's table of mappings fills");
    }
}

/* Connections that whoever accepts those of its clients has open. */
static void count_accepted(struct steady *s)
{
    for (uint32_t host = 0; host < s->config->world.hosts.count; host++) {
        const struct host_config *h = &hosts_of(s)[host];
        double accepted = 0;
        for (uint32_t i = 0; i < s->flow_count; i++) {
            const struct steady_flow *f = &s->flows[i];
            const double *in = f->hold.in;
            if (destination_of(s, f).reference == host)
                accepted += f->rate * (1 - f->loss) *
                            (in[TCP_ESTABLISHED] + in[TCP_FIN_WAIT_1] +
                             in[TCP_FIN_WAIT_2] + in[TCP_CLOSE_WAIT]);
        }
        for (uint32_t i = 0; i < s->flow_count; i++)
            if (destination_of(s, &s->flows[i]).reference == host &&
                !(hardly_ever(accepted / h->count) < h->max_client_connections))
                note(&s->apps[s->flows[i].app].cannot,
                     "clients come to the limit on those accepted");
    }
}

/* Over tcp_max_tw_buckets a record is not made, and its port is free early. */
static void count_records(struct steady *s)
{
    for (uint32_t i = 0; i < s->system_count; i++) {
        const struct stack *t = &hosts_of(s)[s->systems[i].host].tcp;
        double records = 0;
        for (uint32_t k = 0; k < s->flow_count; k++) {
            const struct steady_flow *f = &s->flows[k];
            const double *in = f->hold.in;
            if (f->host == s->systems[i].host)
                records += f->rate * (1 - f->loss) / f->members *
                           (in[TCP_TIME_WAIT] + in[TCP_FIN_WAIT_2]);
        }
        if (t->max_tw_buckets != TW_BUCKETS_UNLIMITED &&
            !(hardly_ever(records) < t->max_tw_buckets))
            note(&s->systems[i].cannot, "more TIME_WAITs than max_tw_buckets");
    }
}

struct steady steady_of(const struct trial_config *config)
{
    uint32_t apps = config->world.apps.count;
    struct steady s = {.config = config, .app_count = apps};
    s.apps = memory_new(apps, sizeof *s.apps);
    s.flows = memory_new((size_t)apps * LEG_COUNT, sizeof *s.flows);
    s.systems = memory_new((size_t)apps * LEG_COUNT, sizeof *s.systems);
    for (uint32_t i = 0; i < apps; i++)
        add_app(&s, i);
    refuse_mixtures(&s);
    spread_doubts(&s);
    settle(&s);
    count_accepted(&s);
    count_dropped(&s);
    count_records(&s);
    spread_doubts(&s);
    return s;
}

void steady_free(struct steady *s)
{
    free(s->apps);
    free(s->flows);
    free(s->systems);
    *s = (struct steady){0};
}

struct steady_pool steady_pool_of(const struct steady *s, uint32_t host, enum pool pool)
{
    struct steady_pool p = {0};
    for (uint32_t i = 0; i < s->flow_count; i++) {
        const struct steady_flow *f = &s->flows[i];
        if (f->host != host || f->pool != pool)
            continue;
        p.in_use += f->held;
        p.asked += f->rate * f->width;
        p.granted += f->rate * (1 - f->loss) * f->width;
        p.flows++;
    }
    for (uint32_t i = 0; i < s->system_count; i++) {
        const struct steady_system *y = &s->systems[i];
        if (y->host != host || y->pool != pool)
            continue;
        p.systems++;
        p.parallel |= y->parallel;
        note(&p.doubt, y->doubt);
        note(&p.cannot, y->cannot);
    }
    return p;
}
