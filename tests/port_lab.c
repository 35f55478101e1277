#include "tests/port_lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sim/scenario/scenario.h"

/* --- configurations -------------------------------------------------------------------
 */

struct port_lab_config port_lab_config_read(const struct port_allocator_ops *ops,
                                            const char *json)
{
    if (!ops->fields)
        return (struct port_lab_config){.config = NULL};
    struct port_lab_config c = {.issues = issues_new()};
    const struct scenario_options options = {0};
    c.statement = scenario_read_text(ops->name, json, strlen(json), ops->fields, &options,
                                     c.issues);
    if (!c.statement) {
        issues_print(c.issues, stderr);
        fail_msg("%s cannot be stated as %s", ops->name, json);
    }
    c.config = scenario_root(c.statement);
    return c;
}

void port_lab_config_free(struct port_lab_config *c)
{
    scenario_free(c->statement);
    if (c->issues)
        issues_free(c->issues);
}

/* --- labs -----------------------------------------------------------------------------
 */

struct port_lab port_lab_stated(const char *name, const char *json,
                                struct port_range range, uint64_t seed)
{
    struct port_lab lab = {.ops = port_allocator_find(name),
                           .space = port_space_new(),
                           .chance = random_stream_make(seed, 0, "tests.lab", "ports")};
    assert_non_null(lab.ops);
    lab.own = port_lab_config_read(lab.ops, json);
    lab.config = lab.own.config;
    lab.state = port_allocator_open(lab.ops, lab.config, range, &lab.chance);
    lab.request = (struct port_request){.space = lab.space,
                                        .range = range,
                                        .local_address = PORT_LAB_ADDRESS,
                                        .scope = (uint8_t)lab.ops->scope};
    return lab;
}

struct port_lab port_lab_printed(struct port_range range, uint64_t seed, const char *name,
                                 const char *format, ...)
{
    char json[500];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(json, sizeof json, format, args);
    va_end(args);
    assert_true(length > 0 && (size_t)length < sizeof json);
    return port_lab_stated(name, json, range, seed);
}

struct port_lab port_lab_new(const char *name, struct port_range range, uint64_t seed)
{
    return port_lab_stated(name, "{}", range, seed);
}

void port_lab_free(struct port_lab *lab)
{
    port_allocator_close(lab->ops, lab->config, lab->state);
    port_lab_config_free(&lab->own);
    port_space_free(lab->space);
}

/* --- asking ---------------------------------------------------------------------------
 */

struct port_answer port_lab_choose(struct port_lab *lab, struct port_destination to)
{
    lab->request.to = to;
    struct port_answer answer =
        lab->ops->choose(lab->state, lab->config, &lab->request, &lab->chance);
    assert_true(answer.port == 0 || answer.probes >= 1);
    assert_false(answer.evicts);
    if (answer.port == 0)
        return answer;
    struct port_view view = port_request_view(&lab->request);
    if (!port_range_holds(lab->request.range, answer.port) ||
        !port_view_free(&view, answer.port))
        fail_msg("%s chose %u, which is %s", lab->ops->name, answer.port,
                 port_range_holds(lab->request.range, answer.port) ? "taken"
                                                                   : "out of range");
    return answer;
}

static struct port_owner owner_of(const struct port_lab *lab)
{
    bool binds = lab->request.mode == PORT_MODE_BIND_ZERO ||
                 lab->request.mode == PORT_MODE_EXPLICIT;
    return (struct port_owner){.local_address = lab->request.local_address,
                               .origin = binds ? PORT_BY_BIND : PORT_BY_CONNECT};
}

struct port_answer port_lab_connect(struct port_lab *lab, struct port_destination to)
{
    struct port_answer answer = port_lab_choose(lab, to);
    if (answer.port == 0)
        return answer;
    port_space_take(lab->space, answer.port, owner_of(lab), to);
    if (lab->ops->taken)
        lab->ops->taken(lab->state, lab->config, answer.port, lab->request.inside_host,
                        lab->request.now);
    return answer;
}

void port_lab_disconnect(struct port_lab *lab, uint16_t port, struct port_destination to)
{
    port_space_release(lab->space, port, owner_of(lab), to);
    if (lab->ops->released)
        lab->ops->released(lab->state, lab->config, port, lab->request.inside_host,
                           lab->request.now);
}

void port_lab_fill(struct port_lab *lab, struct port_destination to, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        assert_int_not_equal(port_lab_connect(lab, to).port, 0);
}

void port_lab_hold_all(struct port_lab *lab, struct port_destination to, uint16_t except)
{
    struct port_range range = lab->request.range;
    for (uint32_t port = range.low; port <= range.high; port++)
        if (port != except)
            port_space_take(lab->space, (uint16_t)port, owner_of(lab), to);
}
