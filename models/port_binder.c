#include "models/port_binder.h"

struct port_range port_binder_range(struct port_range system, struct field_range own)
{
    struct port_range range = system;
    if (port_range_holds(system, own.low))
        range.low = own.low;
    if (port_range_holds(system, own.high))
        range.high = own.high;
    return range;
}

static uint8_t options_of(const struct port_call *call)
{
    return (uint8_t)((call->options->reuse_address ? PORT_REUSEADDR : 0) |
                     (call->options->reuse_port ? PORT_REUSEPORT : 0) |
                     (call->ipv6_only ? PORT_V6ONLY : 0));
}

static uint16_t flags_of(const struct socket_options *options)
{
    static const uint16_t ranges[] = {[SOCKET_PORTS_HIGH] = PORT_ASK_HIGH_RANGE,
                                      [SOCKET_PORTS_LOW] = PORT_ASK_LOW_RANGE};
    return (uint16_t)((options->reuse_address ? PORT_ASK_REUSEADDR : 0) |
                      (options->reuse_port ? PORT_ASK_REUSEPORT : 0) |
                      (options->randomize ? PORT_ASK_RANDOMIZE : 0) |
                      ranges[options->port_range]);
}

/* Who binds and does not connect stays where it bound. */
static struct port_owner owner_of(const struct port_call *call, enum port_origin origin)
{
    return (struct port_owner){.local_address = call->to.port ? call->local_address
                                                              : call->bind_address,
                               .uid = call->options->uid,
                               .origin = (uint8_t)origin,
                               .options = options_of(call)};
}

static struct port_outcome failed(struct port_outcome so_far, enum failure failure)
{
    so_far.port = 0;
    so_far.takes_over = false;
    so_far.failure = failure;
    return so_far;
}

/* Asks the allocator; where and how is in the request already. */
static struct port_outcome search(const struct port_binder *b,
                                  const struct port_call *call,
                                  struct port_request *request, enum port_origin origin)
{
    const struct port_chooser *chooser = &b->chooser;
    const struct socket_options *options = call->options;
    request->now = call->now;
    request->space = b->space;
    request->range = b->range;
    request->uid = options->uid;
    request->scope = (uint8_t)chooser->scope;
    request->flags = (uint16_t)(flags_of(options) | (call->udp ? PORT_ASK_UDP : 0));
    if (options->local_range.low || options->local_range.high) {
        request->range = port_binder_range(b->range, options->local_range);
        request->flags |= PORT_ASK_OWN_RANGE;
    }
    struct port_answer answer =
        chooser->ops->choose(chooser->state, chooser->config, request, chooser->chance);
    return (struct port_outcome){
        .port = answer.port,
        .probes = answer.probes,
        .stage = origin == PORT_BY_BIND ? PORT_AT_BIND : PORT_AT_CONNECT,
        .failure = answer.port ? FAILURE_NONE : chooser->exhausted,
        .owner = owner_of(call, origin)};
}

static bool may_take_over(const struct port_binder *b, const struct port_call *call,
                          uint16_t port)
{
    return port_space_yields(b->space, port, call->local_address, call->to) !=
           PORT_YIELDS_NOT;
}

/* Without tuples, UDP, connect() binds first and learns its source address later. */
static struct port_outcome choose_at_connect(const struct port_binder *b,
                                             const struct port_call *call)
{
    struct port_request request = {
        .local_address = b->rules->has_tuples ? call->local_address : call->bind_address,
        .to = call->to,
        .mode = call->options->bind == SOCKET_BIND_NO_PORT ? PORT_MODE_NO_PORT
                                                           : PORT_MODE_AUTOBIND};
    struct port_outcome out = search(b, call, &request, PORT_BY_CONNECT);
    out.takes_over = may_take_over(b, call, out.port);
    return out;
}

/* bind() is done; connect() needs the tuple, or one that yields. */
static struct port_outcome connect_bound(const struct port_binder *b,
                                         const struct port_call *call,
                                         struct port_outcome bound)
{
    if (call->to.port == 0 || !b->rules->has_tuples)
        return bound;
    bound.takes_over = may_take_over(b, call, bound.port);
    if (bound.takes_over ||
        !port_space_holds(b->space, bound.port, call->local_address, call->to))
        return bound;
    bound.stage = PORT_AT_CONNECT;
    return failed(bound, b->rules->tuple_taken);
}

static struct port_outcome bind_zero(const struct port_binder *b,
                                     const struct port_call *call)
{
    struct port_request request = {.local_address = call->bind_address,
                                   .mode = PORT_MODE_BIND_ZERO};
    return search(b, call, &request, PORT_BY_BIND);
}

static struct port_outcome bind_explicit(const struct port_binder *b,
                                         const struct port_call *call)
{
    struct port_outcome out = {.port = call->port, .owner = owner_of(call, PORT_BY_BIND)};
    if (bind_refused(b->rules, b->space, call->port, call->bind_address,
                     out.owner.options, out.owner.uid))
        return failed(out, b->rules->refused);
    return out;
}

struct port_outcome port_binder_call(const struct port_binder *b,
                                     const struct port_call *call)
{
    switch ((enum socket_bind)call->options->bind) {
    case SOCKET_BIND_ZERO:
    case SOCKET_BIND_EXPLICIT:
        break;
    case SOCKET_BIND_CONNECT:
    case SOCKET_BIND_NO_PORT:
        return choose_at_connect(b, call);
    }
    struct port_outcome bound = call->options->bind == SOCKET_BIND_ZERO
                                    ? bind_zero(b, call)
                                    : bind_explicit(b, call);
    return bound.port ? connect_bound(b, call, bound) : bound;
}
