#include "tests/binding_lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "tests/port_lab.h"

/* Numbers of addresses: the client's two, 127.0.0.9, and those of the servers. */
enum { CA = 1, CA2 = 2, LO9 = 3, SERVERS = 100 };

/* --- the namespace --------------------------------------------------------------------
 */

static struct port_chooser chooser(struct binding_lab *lab, const char *name,
                                   struct port_lab_config *config, const char *json,
                                   enum failure exhausted)
{
    const struct port_allocator_ops *ops = port_allocator_find(name);
    *config = port_lab_config_read(ops, json);
    return (struct port_chooser){
        .ops = ops,
        .config = config->config,
        .state = port_allocator_open(ops, config->config, lab->range, &lab->chance),
        .chance = &lab->chance,
        .scope = ops->scope,
        .exhausted = exhausted};
}

struct binding_lab *binding_lab_new(struct port_range range, bool autobind_reuse,
                                    uint64_t seed)
{
    struct binding_lab *lab = memory_new(1, sizeof *lab);
    struct port_lab_config *configs = lab->configs;
    const char *bind = autobind_reuse ? "{\"autobind_reuse\": true}" : "{}";
    lab->range = range;
    lab->tcp = port_space_new();
    lab->udp = port_space_new();
    lab->chance = random_stream_make(seed, 0, "tests.binding_lab", "ports");
    lab->connect = chooser(lab, "linux518", &configs[0], "{}", FAILURE_EADDRNOTAVAIL);
    lab->bind_tcp = chooser(lab, "linux-bind0", &configs[1], bind, FAILURE_EADDRINUSE);
    lab->bind_udp = chooser(lab, "linux-udp", &configs[2], "{}", FAILURE_EADDRINUSE);
    return lab;
}

static void close_chooser(struct port_chooser *c, struct port_lab_config *config)
{
    port_allocator_close(c->ops, c->config, c->state);
    port_lab_config_free(config);
}

void binding_lab_free(struct binding_lab *lab)
{
    close_chooser(&lab->connect, &lab->configs[0]);
    close_chooser(&lab->bind_tcp, &lab->configs[1]);
    close_chooser(&lab->bind_udp, &lab->configs[2]);
    port_space_free(lab->tcp);
    port_space_free(lab->udp);
    free(lab->held);
    free(lab);
}

void binding_lab_reserve(struct binding_lab *lab, const char *ports)
{
    while (*ports) {
        char *end;
        unsigned long low = strtoul(ports, &end, 10), high = low;
        if (*end == '-')
            high = strtoul(end + 1, &end, 10);
        for (unsigned long port = low; port <= high; port++) {
            port_space_reserve(lab->tcp, (uint16_t)port, true);
            port_space_reserve(lab->udp, (uint16_t)port, true);
        }
        ports = *end ? end + 1 : end;
    }
}

/* --- words ----------------------------------------------------------------------------
 */

static uint32_t address_of(const char *word)
{
    return strcmp(word, "CA2") == 0 ? CA2 : strcmp(word, "LO9") == 0 ? LO9 : CA;
}

/* One word of a mode; `call` has the address a plain bind() names. */
static void read_word(struct port_call *call, struct socket_options *o, const char *word)
{
    unsigned low, high;
    const char *named = strchr(word, '=');
    if (sscanf(word, "pr=%u-%u", &low, &high) == 2)
        o->local_range = (struct field_range){(uint16_t)low, (uint16_t)high};
    else if (strcmp(word, "ra") == 0)
        o->reuse_address = true;
    else if (strcmp(word, "rp") == 0)
        o->reuse_port = true;
    else if (strcmp(word, "v6o") == 0)
        call->ipv6_only = true;
    else if (strncmp(word, "np", 2) == 0)
        o->bind = SOCKET_BIND_NO_PORT;
    else if (strncmp(word, "bp", 2) == 0)
        o->bind = SOCKET_BIND_EXPLICIT;
    else if (strncmp(word, "b0", 2) == 0 && o->bind != SOCKET_BIND_NO_PORT)
        o->bind = SOCKET_BIND_ZERO;
    if (named && word[0] == 'b')
        call->bind_address = address_of(named + 1);
}

static void read_mode(struct port_call *call, struct socket_options *o, const char *mode,
                      bool ipv6)
{
    char text[64];
    snprintf(text, sizeof text, "%s", mode);
    call->bind_address = ipv6 ? PORT_ANY_IPV6 : PORT_ANY_ADDRESS;
    for (char *word = strtok(text, ","); word; word = strtok(NULL, ","))
        read_word(call, o, word);
    if (call->ipv6_only && call->bind_address == PORT_ANY_IPV6)
        call->bind_address = PORT_ANY_IPV6_ONLY;
}

/* The destination, and the address it is reached from. */
static void read_destination(struct port_call *call, const char *word)
{
    if (strcmp(word, "-") == 0)
        return;
    bool mapped = word[0] == 'M';
    const char *port = strchr(word, '/');
    call->to.address = SERVERS + (uint32_t)(word[mapped] - 'D');
    call->to.port = (uint16_t)strtoul(port + 1, NULL, 10);
    call->local_address = call->bind_address < PORT_IPV6 ? call->bind_address : CA;
    if (!mapped && word[1] == '6') {
        call->to.address |= PORT_IPV6;
        call->local_address |= PORT_IPV6;
    }
}

/* --- sockets --------------------------------------------------------------------------
 */

static void hold(struct binding_lab *lab, struct lab_held h)
{
    port_space_take(h.udp ? lab->udp : lab->tcp, h.port, h.owner, h.to);
    if (lab->count == lab->capacity) {
        lab->capacity = (uint32_t)memory_grown(lab->capacity, lab->count + 1);
        lab->held = memory_resize(lab->held, lab->capacity, sizeof *lab->held);
    }
    lab->held[lab->count++] = h;
}

static struct port_binder binder_of(const struct binding_lab *lab, bool udp,
                                    const struct socket_options *options)
{
    struct port_binder b = {.space = udp ? lab->udp : lab->tcp,
                            .range = lab->range,
                            .rules = udp ? &bind_rules_linux_udp
                                         : &bind_rules[BIND_RULES_LINUX],
                            .chooser = lab->bind_tcp};
    bool at_connect =
        options->bind == SOCKET_BIND_CONNECT || options->bind == SOCKET_BIND_NO_PORT;
    if (udp)
        b.chooser = lab->bind_udp;
    else if (at_connect)
        b.chooser = lab->connect;
    if (udp && at_connect)
        b.chooser.exhausted = FAILURE_EAGAIN;
    return b;
}

struct port_outcome binding_lab_open(struct binding_lab *lab, const char *type,
                                     const char *mode, const char *to)
{
    bool udp = type[0] == 'u';
    struct socket_options options = socket_options_plain;
    struct port_call call = {.options = &options, .port = lab->range.low};
    read_mode(&call, &options, mode, type[3] == '6');
    read_destination(&call, to);
    struct port_binder b = binder_of(lab, udp, &options);
    struct port_outcome out = port_binder_call(&b, &call);
    if (!out.port)
        return out;
    assert_false(out.takes_over);
    struct port_destination nowhere = {0, 0};
    hold(lab, (struct lab_held){udp, out.port, out.owner, udp ? nowhere : call.to});
    return out;
}

bool binding_lab_listen(struct binding_lab *lab, const char *mode, uint16_t port)
{
    struct socket_options options = socket_options_plain;
    struct port_call call = {.options = &options, .port = port};
    read_mode(&call, &options, mode, false);
    struct port_binder b = binder_of(lab, false, &options);
    struct port_outcome out = port_binder_call(&b, &call);
    if (!out.port)
        return false;
    out.owner.origin = PORT_BY_LISTEN;
    hold(lab, (struct lab_held){false, port, out.owner, call.to});
    return true;
}

void binding_lab_close(struct binding_lab *lab, uint32_t keep)
{
    while (lab->count > keep) {
        const struct lab_held *h = &lab->held[--lab->count];
        port_space_release(h->udp ? lab->udp : lab->tcp, h->port, h->owner, h->to);
    }
}
