#include "sim/trial/trial_facts.h"

#include <stdlib.h>

#include "models/failure.h"
#include "models/host_config.h"
#include "models/nat_state.h"
#include "models/port_allocator.h"
#include "sim/base/memory.h"

/* The default of hosts.H.max_client_connections. */
#define NO_CLIENT_LIMIT 1000000000

static const char *keep(struct trial_facts *f, char *text)
{
    f->texts = memory_resize(f->texts, f->text_count + 1, sizeof *f->texts);
    f->texts[f->text_count++] = text;
    return text;
}

/* --- pools ------------------------------------------------------------------------- */

static const char *scope_name(enum port_scope scope)
{
    static const char *const names[] = {[PORT_SCOPE_PORT] = "port",
                                        [PORT_SCOPE_TUPLE] = "tuple",
                                        [PORT_SCOPE_MIXED] = "mixed"};
    return names[scope];
}

static struct run_pool pool_of_gateway(const struct host_config *h)
{
    const struct nat_translation *t = &h->translation;
    const struct nat_row *row = &nat_rows[h->nat];
    const struct port_allocator_ops *ops = port_allocators[t->allocator.kind];
    struct port_range range = {t->range.low, t->range.high};
    return (struct run_pool){
        .stack = row->name,
        .allocator = ops->name,
        .scope = scope_name(ops->scope),
        .exhaustive = ops->exhaustive,
        .low = range.low,
        .high = range.high,
        .usual_low = row->translation.range.low,
        .usual_high = row->translation.range.high,
        .block = ops->block ? ops->block(t->allocator.config, range) : 0,
        .failure = failure_name(FAILURE_DROPPED),
        .time_wait = t->timeouts[NAT_TIME_WAIT],
        .fin_wait_2 = t->timeouts[NAT_FIN_WAIT],
        .translates = true,
    };
}

static struct run_pool pool_of_tcp(const struct host_config *h, enum pool pool)
{
    const struct stack *s = &h->tcp;
    const struct stack_row *row = &stack_rows[h->stack_row];
    const struct port_allocator_ops *ops = port_allocators[s->allocator.kind];
    struct port_range range = host_range(h, pool);
    return (struct run_pool){
        .stack = row->name,
        .allocator = ops->name,
        .scope = scope_name(stack_scope(s)),
        .exhaustive = ops->exhaustive,
        .low = range.low,
        .high = range.high,
        .usual_low = row->stack.range.low,
        .usual_high = row->stack.range.high,
        .failure = failure_name(s->exhausted + 1),
        .time_wait = s->time_wait,
        .fin_wait_2 = s->fin_wait_2_unlimited ? SIM_NEVER : s->fin_wait_2,
    };
}

static struct run_pool pool_of_udp(const struct host_config *h, enum pool pool)
{
    const struct udp_stack *s = &h->udp;
    const struct stack_row *row = &stack_rows[h->stack_row];
    const struct port_allocator_ops *ops = port_allocators[s->allocator.kind];
    struct port_range range = host_range(h, pool);
    return (struct run_pool){
        .stack = row->name,
        .allocator = ops->name,
        .scope = scope_name(stack_scope_of(s->scope, &s->allocator)),
        .exhaustive = ops->exhaustive,
        .low = range.low,
        .high = range.high,
        .usual_low = row->stack.range.low,
        .usual_high = row->stack.range.high,
        .failure = failure_name(s->exhausted + 1),
    };
}

static struct run_pool pool_of(const struct host_config *h, enum pool pool)
{
    if (pool_is_udp(pool))
        return pool_of_udp(h, pool);
    return h->nat == NAT_NONE ? pool_of_tcp(h, pool) : pool_of_gateway(h);
}

static void add_pool(struct trial_facts *f, const struct host_config *hosts,
                     uint32_t number, enum pool pool)
{
    const struct host_config *h = &hosts[number];
    struct run_pool p = pool_of(h, pool);
    struct port_range range = {p.low, p.high};
    uint32_t given = host_given_addresses(h, pool == POOL_TCP6 || pool == POOL_UDP6);
    p.host = h->name;
    p.pool = pool_name(pool);
    p.reserved = port_range_size(range) - host_usable_ports(h, pool);
    p.addresses = given ? given : 1;
    p.members = h->count;
    p.gateway = h->gateway == FIELD_NO_REFERENCE ? NULL : hosts[h->gateway].name;
    if (h->max_client_connections < NO_CLIENT_LIMIT)
        p.client_limit = h->max_client_connections;
    f->pools[f->pool_count++] = p;
}

/* --- applications ------------------------------------------------------------------ */

/* The sockets that connect to the app's own destination are a proxy's, if there is one.
 */
static const struct socket_options *sockets_of(const struct app_config *a,
                                               const struct host_config *hosts)
{
    bool direct = a->through == FIELD_NO_REFERENCE;
    return direct ? &a->socket : &hosts[a->through].proxying.socket;
}

static void add_app(struct trial_facts *f, const struct app_config *a,
                    const struct host_config *hosts)
{
    const struct socket_options *sockets = sockets_of(a, hosts);
    f->apps[f->app_count++] = (struct run_app){
        .name = a->name,
        .from = hosts[a->from].name,
        .through = a->through == FIELD_NO_REFERENCE ? NULL : hosts[a->through].name,
        .to = keep(
            f, memory_print("%s:%u", hosts[a->to.reference].name, (unsigned)a->to.port)),
        .pool = pool_name(app_pool(a)),
        .process = a->process[0] ? a->process : a->name,
        .face = a->face == FACE_NONE ? NULL : faces[a->face].called,
        .binds = socket_bind_name(sockets->bind),
        .ring_low = sockets->bind == SOCKET_BIND_EXPLICIT ? sockets->ring.low : 0,
        .ring_high = sockets->bind == SOCKET_BIND_EXPLICIT ? sockets->ring.high : 0,
    };
}

/* Whether the entry opens connections of its own in that pool, or passes on those of one
 * that does. */
static bool uses(const struct world_config *w, uint32_t host, enum pool pool)
{
    const struct app_config *apps = w->apps.items;
    const struct host_config *hosts = w->hosts.items;
    for (uint32_t i = 0; i < w->apps.count; i++) {
        const struct app_config *a = &apps[i];
        bool proxied = a->through != FIELD_NO_REFERENCE;
        if (app_pool(a) != pool)
            continue;
        bool translated = hosts[a->from].gateway == host ||
                          (proxied && hosts[a->through].gateway == host);
        if (a->from == host || a->through == host || (translated && pool == POOL_TCP4))
            return true;
    }
    return false;
}

struct trial_facts trial_facts_of(const struct trial_config *config)
{
    const struct world_config *w = &config->world;
    const struct host_config *hosts = w->hosts.items;
    const struct app_config *apps = w->apps.items;
    struct trial_facts f = {0};
    f.pools = memory_new((size_t)w->hosts.count * POOL_COUNT, sizeof *f.pools);
    f.apps = memory_new(w->apps.count, sizeof *f.apps);
    for (uint32_t i = 0; i < w->hosts.count; i++)
        for (int pool = 0; pool < POOL_COUNT; pool++)
            if (uses(w, i, (enum pool)pool))
                add_pool(&f, hosts, i, (enum pool)pool);
    for (uint32_t i = 0; i < w->apps.count; i++)
        add_app(&f, &apps[i], hosts);
    return f;
}

void trial_facts_free(struct trial_facts *f)
{
    for (size_t i = 0; i < f->text_count; i++)
        free(f->texts[i]);
    free(f->texts);
    free(f->pools);
    free(f->apps);
    *f = (struct trial_facts){0};
}
