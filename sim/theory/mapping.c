#include "sim/theory/mapping.h"

#include <math.h>

static void note(const char **slot, const char *why)
{
    if (!*slot)
        *slot = why;
}

uint32_t theory_gateway_of(const struct trial_config *config, const struct app_config *a,
                           enum theory_leg leg)
{
    const struct host_config *hosts = config->world.hosts.items;
    bool proxied = a->through != FIELD_NO_REFERENCE;
    uint32_t opener = leg == LEG_OUTER ? a->through : a->from;
    uint32_t peer = proxied && leg == LEG_CLIENT ? a->through : a->to.reference;
    uint32_t gateway = hosts[opener].gateway;
    /* Who stands behind the same gateway is reached without it. */
    return gateway != hosts[peer].gateway && gateway != peer ? gateway
                                                             : FIELD_NO_REFERENCE;
}

/* --- how long -------------------------------------------------------------------------
 */

/* The state in which the last packet of such a connection leaves the mapping. */
static enum nat_state left_in(const struct app_config *app, const struct behaviour *b,
                              struct theory_hold *h)
{
    switch ((enum behaviour_kind)b->kind.kind) {
    case BEHAVES_PROMPT:
        return NAT_TIME_WAIT;
    case BEHAVES_RESET:
        return NAT_CLOSE;
    case BEHAVES_NEVER:
        if (app->closes_first == CLOSES_CLIENT)
            return NAT_CLOSE_WAIT;
        break;
    case BEHAVES_LATE:
    case BEHAVES_HANGS:
    case BEHAVES_SILENT:
        break;
    }
    note(&h->cannot, "what a gateway keeps of a late close has no closed form here");
    return NAT_TIME_WAIT;
}

static double after_the_close(const struct host_config *gateway,
                              const struct app_config *app, struct theory_hold *h)
{
    const struct field_list *rows =
        app->closes_first == CLOSES_SERVER ? &app->client_close : &app->server_close;
    const struct behaviour *b = rows->items;
    const sim_ns *timeouts = gateway->translation.timeouts;
    double sum = 0, shares = 0;
    for (uint32_t i = 0; i < rows->count; i++) {
        shares += b[i].share;
        sum += b[i].share * sim_seconds(timeouts[left_in(app, &b[i], h)]);
    }
    return sum / shares;
}

struct theory_hold theory_mapping_of(const struct host_config *gateway,
                                     const struct app_config *app,
                                     const struct theory_hold *opener)
{
    static const enum tcp_state alive[] = {TCP_SYN_SENT, TCP_ESTABLISHED, TCP_FIN_WAIT_1,
                                           TCP_CLOSING,  TCP_CLOSE_WAIT,  TCP_LAST_ACK};
    struct theory_hold h = {.doubt = opener->doubt, .cannot = opener->cannot};
    const sim_ns *timeouts = gateway->translation.timeouts;
    double close = (1 - app->vanishes) * after_the_close(gateway, app, &h);
    double vanish = app->vanishes * sim_seconds(timeouts[NAT_ESTABLISHED] - app->quiet);
    for (size_t i = 0; i < sizeof alive / sizeof alive[0]; i++)
        h.total += opener->in[alive[i]];
    h.lingers = close + fmax(0, vanish);
    h.total += h.lingers;
    h.takeable = NAN;
    h.longest = fmax(close, vanish);
    if (app->quiet && app->vanishes <= 0)
        note(&h.doubt, "quiet connections may meet the gateway's idle timer");
    if (gateway->translation.confirm_delay)
        note(&h.doubt, "flows that choose in the same moment may clash");
    if (opener->kept > 0)
        note(&h.cannot, "some connections are never given back: no steady state");
    return h;
}

/* --- which ports -----------------------------------------------------------------------
 */

struct theory_outside theory_outside_of(const struct host_config *gateway,
                                        double inside_hosts)
{
    const struct nat_translation *t = &gateway->translation;
    const struct port_allocator_ops *ops = port_allocators[t->allocator.kind];
    const uint32_t *most = theory_search_key(&t->allocator, "per_destination");
    const struct field_range *only = theory_search_key(&t->allocator, "to_ports");
    struct port_range range = host_range(gateway, POOL_TCP4);
    uint32_t given = host_given_addresses(gateway, false), addresses = given ? given : 1;
    uint32_t block = ops->block ? ops->block(t->allocator.config, range) : 0;
    struct theory_outside x = {.ports = host_usable_ports(gateway, POOL_TCP4),
                               .copies = 1};
    if (only && only->low)
        x.ports = (uint32_t)only->high - only->low + 1;
    if (most && *most < x.ports)
        x.ports = *most;
    if (block && block < x.ports) {
        x.ports = block;
        x.copies = inside_hosts;
    }
    /* Those that have no port are passed over, unless a host has one of its own. */
    if (t->address_choice != NAT_ADDRESS_PAIRED)
        x.ports *= addresses;
    else if (!block)
        x.copies *= addresses;
    x.search = theory_search_of(&t->allocator, x.ports, block > 0);
    x.doubt = x.search.doubt;
    if (t->address_choice == NAT_ADDRESS_PAIRED && !block && addresses > 1)
        note(&x.doubt, "inside hosts share the outside addresses unevenly");
    if (gateway->count > 1)
        note(&x.doubt, "members of the gateway have shares of their own");
    return x;
}
