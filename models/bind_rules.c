#include "models/bind_rules.h"

const struct bind_rules bind_rules[] = {
    [BIND_RULES_LINUX] = {.name = "linux",
                          .source = "KERNEL.md C4, C5, C7 (measured on 6.18)",
                          .address_shares = true,
                          .port_shares = true,
                          .has_tuples = true,
                          .refused = FAILURE_EADDRINUSE,
                          .tuple_taken = FAILURE_EADDRNOTAVAIL},
    [BIND_RULES_BSD] = {.name = "bsd",
                        .source = "in_pcbbind_setup() of FreeBSD's in_pcb.c (recalled); "
                                  "errors: MODEL.md 0.2",
                        .address_narrows = true,
                        .port_shares = true,
                        .has_tuples = true,
                        .refused = FAILURE_EADDRINUSE,
                        .tuple_taken = FAILURE_EADDRINUSE},
    [BIND_RULES_WINDOWS] = {.name = "windows",
                            .source = "inference: SO_REUSEADDR on both sockets shares; "
                                      "errors: MODEL.md 0.2",
                            .address_shares = true,
                            .has_tuples = true,
                            .refused = FAILURE_WSAEADDRINUSE,
                            .tuple_taken = FAILURE_WSAEADDRINUSE},
};

const struct bind_rules bind_rules_linux_udp = {.name = "linux-udp",
                                                .source = "KERNEL.md C3, P10",
                                                .address_shares = true,
                                                .port_shares = true,
                                                .refused = FAILURE_EADDRINUSE};

const char *bind_rules_choice(uint32_t index)
{
    return index < sizeof bind_rules / sizeof bind_rules[0] ? bind_rules[index].name
                                                            : NULL;
}

struct caller {
    const struct bind_rules *rules;
    uint32_t local_address, uid;
    uint8_t options;
};

static bool refuses(const struct port_owner *owner, const void *context)
{
    const struct caller *c = context;
    const struct bind_rules *rules = c->rules;
    uint8_t both = owner->options & c->options;
    if (!port_owner_is_here(owner, c->local_address))
        return false;
    if (rules->address_shares && both & PORT_REUSEADDR && owner->origin != PORT_BY_LISTEN)
        return false;
    if (rules->address_narrows && c->options & PORT_REUSEADDR &&
        owner->local_address != c->local_address)
        return false;
    return !(rules->port_shares && both & PORT_REUSEPORT && owner->uid == c->uid);
}

bool bind_refused(const struct bind_rules *rules, const struct port_space *space,
                  uint16_t port, uint32_t local_address, uint8_t options, uint32_t uid)
{
    struct caller caller = {rules, local_address, uid, options};
    return port_space_any_owner(space, port, refuses, &caller);
}
