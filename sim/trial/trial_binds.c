#include "sim/trial/trial_binds.h"

#include <stdlib.h>
#include <string.h>

#include "models/bind_rules.h"
#include "models/tracer.h"
#include "sim/base/memory.h"

struct choice {
    sim_ns when;
    uint32_t member;
    uint32_t local, remote; /* numbers of the world's address table */
    uint32_t probes;
    uint32_t pid;
    uint16_t local_port, remote_port;
    uint16_t app;
    uint8_t upstream, pool, call, failure;
};
_Static_assert(sizeof(struct choice) <= 48, "trial_binds.h says so");

struct trial_binds {
    const struct world_config *config;
    struct net *net; /* NULL: the run is over */
    struct tracer tracer;
    bool only_failures;
    struct choice *choices;
    size_t capacity;
    struct run_binds rows;
    /* What the world knew. */
    struct ip_address *addresses[2];
    char (*processes)[FIELD_NAME_SIZE]; /* of [app * 2 + upstream] */
};

/* --- while it runs --------------------------------------------------------------------
 */

static const struct process *process_asking(const struct net *net, uint16_t app,
                                            bool upstream)
{
    struct tcp_socket asking = {.app = app,
                                .flags = (uint16_t)(upstream ? TCP_UPSTREAM : 0)};
    return process_of(&net->processes, &asking);
}

static void on_chosen(void *context, const struct trace_choice *c)
{
    struct trial_binds *b = context;
    if (b->only_failures && c->port)
        return;
    b->rows.asked++;
    if (b->rows.count == BINDS_MAX)
        return;
    if (b->rows.count == b->capacity) {
        b->capacity = memory_grown(b->capacity, b->rows.count + 1);
        b->choices = memory_resize(b->choices, b->capacity, sizeof *b->choices);
    }
    b->choices[b->rows.count++] =
        (struct choice){.when = net_now(b->net),
                        .member = c->member,
                        .local = c->local_address,
                        .remote = c->to.address,
                        .probes = c->probes,
                        .pid = process_asking(b->net, c->app, c->upstream)->pid,
                        .local_port = c->port,
                        .remote_port = c->to.port,
                        .app = c->app,
                        .upstream = c->upstream,
                        .pool = c->pool,
                        .call = c->call,
                        .failure = c->failure};
}

/* --- a row ----------------------------------------------------------------------------
 */

/* The entry of a member, which is left as its number in the entry. */
static const struct host_config *host_of(const struct trial_binds *b, uint32_t *member)
{
    const struct host_config *host = b->config->hosts.items;
    while (*member >= host->count)
        *member -= (host++)->count;
    return host;
}

static struct ip_address address(const struct trial_binds *b, uint32_t number)
{
    return b->addresses[host_is_ipv6(number)][number & ~PORT_IPV6];
}

/* What Windows' trace of its sockets says: the low half of an NTSTATUS [MODEL.md 0.2; the
 * second one of ntstatus.h, recalled].  Elsewhere the errno. */
static void put_status(const struct host_config *host, const struct choice *c,
                       struct run_bind *out)
{
    if (host->tcp.bind_rules != BIND_RULES_WINDOWS || c->call == TRACE_TRANSLATE) {
        out->status = c->failure ? failure_name((enum failure)c->failure) : "0";
    } else if (!c->failure) {
        out->status = "0x0";
        out->name = "STATUS_SUCCESS";
    } else if (c->call == TRACE_BIND) {
        out->status = "0x20a";
        out->name = "STATUS_ADDRESS_ALREADY_EXISTS";
    } else {
        out->status = "0x209";
        out->name = "STATUS_TOO_MANY_ADDRESSES";
    }
}

static struct run_bind row_of(const void *context, size_t index)
{
    static const char *const calls[TRACE_PORT_CALL_COUNT] = {
        [TRACE_CONNECT] = "connect",
        [TRACE_BIND_ZERO] = "bind-zero",
        [TRACE_BIND] = "bind",
        [TRACE_TRANSLATE] = "translate"};
    const struct trial_binds *b = context;
    const struct choice *c = &b->choices[index];
    const struct app_config *apps = b->config->apps.items;
    bool flow = c->call == TRACE_TRANSLATE;
    uint32_t member = c->member;
    const struct host_config *host = host_of(b, &member);
    struct run_bind out = {.when = c->when,
                           .host = host->name,
                           .member = member,
                           .process =
                               flow ? NULL : b->processes[c->app * 2 + c->upstream],
                           .pid = flow ? 0 : c->pid,
                           .app = apps[c->app].name,
                           .pool = (enum pool)c->pool,
                           .call = calls[c->call],
                           .local = address(b, c->local),
                           .local_port = c->local_port,
                           .remote = address(b, c->remote),
                           .remote_port = c->remote_port,
                           .probes = c->probes};
    put_status(host, c, &out);
    return out;
}

/* --- life -----------------------------------------------------------------------------
 */

struct trial_binds *trial_binds_new(enum trial_binds_wanted wanted, struct world *w,
                                    const struct world_config *config)
{
    if (wanted == BINDS_NONE)
        return NULL;
    struct trial_binds *b = memory_new(1, sizeof *b);
    b->config = config;
    b->net = world_net(w);
    b->only_failures = wanted == BINDS_FAILURES;
    b->tracer = (struct tracer){.context = b, .chosen = on_chosen};
    b->rows = (struct run_binds){.row = row_of, .context = b};
    b->net->tracer = &b->tracer;
    return b;
}

void trial_binds_end(struct trial_binds *b)
{
    if (!b)
        return;
    const struct net *net = b->net;
    for (int ipv6 = 0; ipv6 < 2; ipv6++) {
        b->addresses[ipv6] =
            memory_new(net->address_count[ipv6], sizeof *b->addresses[ipv6]);
        for (uint32_t i = 0; i < net->address_count[ipv6]; i++)
            b->addresses[ipv6][i] = net->addresses[ipv6][i].ip;
    }
    b->processes = memory_new(b->config->apps.count * 2u, sizeof *b->processes);
    for (uint32_t i = 0; i < b->config->apps.count * 2u; i++)
        memcpy(b->processes[i], process_asking(net, (uint16_t)(i / 2), i % 2)->name,
               sizeof *b->processes);
    b->net->tracer = NULL;
    b->net = NULL;
}

const struct run_binds *trial_binds_rows(const struct trial_binds *b)
{
    return b ? &b->rows : NULL;
}

void trial_binds_free(struct trial_binds *b)
{
    if (!b)
        return;
    free(b->addresses[0]);
    free(b->addresses[1]);
    free(b->processes);
    free(b->choices);
    free(b);
}
