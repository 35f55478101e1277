#include "tests/port_lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/scenario/scenario.h"

/* --- configurations -------------------------------------------------------------------
 */

static sim_ns duration(const char *json)
{
    static const struct {
        const char *unit;
        double ns;
    } units[] = {{"ns\"", 1},    {"us\"", SIM_US},   {"ms\"", SIM_MS},
                 {"s\"", SIM_S}, {"min\"", SIM_MIN}, {"h\"", SIM_H}};
    char *end;
    double number = strtod(json + 1, &end);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcmp(end, units[i].unit) == 0)
            return (sim_ns)(number * units[i].ns);
    fail_msg("%s is not a duration", json);
    return 0;
}

/* A word in quotes that names a row of the table's variants. */
static struct field_variant variant(const struct field_table *table, const char *json)
{
    const struct field_variant_row *row;
    for (uint32_t i = 0; (row = table->variants(i)) != NULL; i++)
        if (strlen(json) == strlen(row->name) + 2 &&
            strncmp(json + 1, row->name, strlen(row->name)) == 0)
            return (struct field_variant){i, port_lab_defaults(row->table)};
    fail_msg("%s is not a %s", json, table->what);
    return (struct field_variant){0};
}

static uint32_t choice(const struct field *row, const char *json)
{
    const char *word;
    for (uint32_t i = 0; (word = row->choices(i)) != NULL; i++)
        if (strlen(json) == strlen(word) + 2 &&
            strncmp(json + 1, word, strlen(word)) == 0)
            return i;
    fail_msg("%s is not a choice of `%s`", json, row->key);
    return 0;
}

/* The types that allocators' tables use so far; another one needs its line here. */
static void set_default(const struct field *row, void *value)
{
    if (row->flags & FIELD_OPTIONAL)
        return;
    switch (row->type) {
    case FIELD_BOOL:
        *(bool *)value = strcmp(row->fallback, "true") == 0;
        return;
    case FIELD_U32:
        *(uint32_t *)value = (uint32_t)strtoul(row->fallback, NULL, 10);
        return;
    case FIELD_DURATION:
        *(sim_ns *)value = duration(row->fallback);
        return;
    case FIELD_CHOICE:
        *(uint32_t *)value = choice(row, row->fallback);
        return;
    case FIELD_OBJECT:
        *(struct field_variant *)value = variant(row->table, row->fallback);
        return;
    default:
        fail_msg("the default of `%s` has a type the lab cannot read", row->key);
    }
}

void *port_lab_defaults(const struct field_table *table)
{
    if (!table)
        return NULL;
    char *config = memory_new(1, table->size);
    for (const struct field *row = table->rows; row->key; row++)
        set_default(row, config + row->offset);
    return config;
}

static void free_config(const struct field_table *table, void *config)
{
    for (const struct field *row = table ? table->rows : NULL; row && row->key; row++) {
        if (row->type != FIELD_OBJECT)
            continue;
        struct field_variant *v = (void *)((char *)config + row->offset);
        free_config(row->table->variants(v->kind)->table, (void *)(uintptr_t)v->config);
    }
    free(config);
}

void *port_lab_field(const char *name, void *config, const char *key)
{
    const struct field *row = port_allocator_find(name)->fields->rows;
    while (row->key && strcmp(row->key, key) != 0)
        row++;
    assert_non_null(row->key);
    return (char *)config + row->offset;
}

/* --- labs -----------------------------------------------------------------------------
 */

static struct port_lab open_lab(const char *name, const void *config,
                                struct port_range range, uint64_t seed)
{
    struct port_lab lab = {.ops = port_allocator_find(name),
                           .config = config,
                           .space = port_space_new(),
                           .chance = random_stream_make(seed, 0, "tests.lab", "ports")};
    assert_non_null(lab.ops);
    lab.state = port_allocator_open(lab.ops, config, range, &lab.chance);
    lab.request = (struct port_request){.space = lab.space,
                                        .range = range,
                                        .local_address = PORT_LAB_ADDRESS,
                                        .scope = (uint8_t)lab.ops->scope};
    return lab;
}

struct port_lab port_lab_configured(const char *name, void *config,
                                    struct port_range range, uint64_t seed)
{
    return open_lab(name, config, range, seed);
}

struct port_lab port_lab_stated(const char *name, const char *json,
                                struct port_range range, uint64_t seed)
{
    const struct port_allocator_ops *ops = port_allocator_find(name);
    assert_non_null(ops);
    if (!ops->fields)
        return open_lab(name, NULL, range, seed);
    struct issues *issues = issues_new();
    const struct scenario_options options = {0};
    struct scenario *statement =
        scenario_read_text(name, json, strlen(json), ops->fields, &options, issues);
    if (!statement) {
        issues_print(issues, stderr);
        fail_msg("%s cannot be stated as %s", name, json);
    }
    struct port_lab lab = open_lab(name, scenario_root(statement), range, seed);
    lab.statement = statement;
    lab.issues = issues;
    return lab;
}

struct port_lab port_lab_new(const char *name, struct port_range range, uint64_t seed)
{
    return port_lab_stated(name, "{}", range, seed);
}

void port_lab_free(struct port_lab *lab)
{
    port_allocator_close(lab->ops, lab->config, lab->state);
    if (lab->statement) {
        scenario_free(lab->statement);
        issues_free(lab->issues);
    } else {
        free_config(lab->ops->fields, (void *)(uintptr_t)lab->config);
    }
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
        lab->ops->taken(lab->state, lab->config, answer.port, 0, lab->request.now);
    return answer;
}

void port_lab_disconnect(struct port_lab *lab, uint16_t port, struct port_destination to)
{
    port_space_release(lab->space, port, owner_of(lab), to);
    if (lab->ops->released)
        lab->ops->released(lab->state, lab->config, port, 0, lab->request.now);
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
