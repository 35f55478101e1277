#include "sim/views/capture_record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/failure.h"
#include "models/port_allocator.h"
#include "sim/base/memory.h"

/* What a pool of the machine as a whole is called. */
static const char machine[] = "this machine";

static const struct stack_row *stack_named(const char *name)
{
    for (const struct stack_row *row = stack_rows; row->name; row++)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}

static const struct port_allocator_ops *allocator_of(const struct stack_row *row,
                                                     enum pool pool)
{
    return port_allocators[pool_is_udp(pool) ? row->udp.allocator.kind
                                             : row->stack.allocator.kind];
}

static enum port_scope scope_of(const struct stack_row *row, enum pool pool)
{
    return pool_is_udp(pool) ? stack_scope_of(row->udp.scope, &row->udp.allocator)
                             : stack_scope(&row->stack);
}

/* Where the 4-tuple tells sockets apart, an address runs out toward one destination. */
static bool by_address(const struct capture_record *r, enum pool pool)
{
    return scope_of(r->stack, pool) != PORT_SCOPE_PORT && !r->bound[pool];
}

/* Since Linux 4.6 connect() tries all ports of one parity first [MODEL.md A3.3]. */
static bool halves(const struct stack_row *row)
{
    const char *name = allocator_of(row, POOL_TCP4)->name;
    return stack_scope(&row->stack) == PORT_SCOPE_MIXED && strcmp(name, "linux41") != 0 &&
           strcmp(name, "linux42") != 0;
}

/* See the header: `bound`. */
static void find_bound(struct capture_record *r)
{
    uint32_t most[POOL_COUNT] = {0}, pairs[POOL_COUNT] = {0};
    uint32_t half = (port_range_size(r->range) + 1) / 2;
    for (size_t i = 0; i < r->census.pair_count; i++) {
        const struct capture_pair *pair = &r->census.pairs[i];
        pairs[pair->pool] += *pair->destination != '\0';
        if (pair->ports > most[pair->pool])
            most[pair->pool] = pair->ports;
    }
    for (int pool = POOL_TCP4; pool <= POOL_TCP6 && r->halves; pool++) {
        const struct capture_use *use = &r->census.use[pool];
        r->bound[pool] = pairs[pool] > 1 && use->ports == use->sockets &&
                         use->ports > half && most[pool] < half;
        if (r->bound[pool])
            r->program = (struct run_app){.name = "programs",
                                          .from = machine,
                                          .to = r->census.pairs[0].destination,
                                          .pool = pool_name((enum pool)pool),
                                          .process = "",
                                          .binds = "bind-zero"};
    }
}

static const char *scope_name(enum port_scope scope)
{
    return scope == PORT_SCOPE_PORT    ? "port"
           : scope == PORT_SCOPE_MIXED ? "mixed"
                                       : "tuple";
}

/* --- pools ------------------------------------------------------------------------- */

/* Addresses whose ports are seen to be taken apart from one another. */
static uint32_t addresses_of(const struct capture_record *r, enum pool pool)
{
    const struct capture_use *use = &r->census.use[pool];
    bool shared = use->ports < use->sockets && use->addresses > 1;
    return shared && !by_address(r, pool) ? use->addresses : 1;
}

static void add_pool(struct capture_record *r, enum pool pool, const char *host)
{
    const struct stack *s = &r->stack->stack;
    const struct port_allocator_ops *ops = allocator_of(r->stack, pool);
    uint32_t failure = pool_is_udp(pool) ? r->stack->udp.exhausted
                       : r->bound[pool]  ? s->exhausted_bind
                                         : s->exhausted;
    r->pools[r->record.pool_count++] = (struct run_pool){
        .host = host,
        .pool = pool_name(pool),
        .stack = r->stack->name,
        .allocator = ops->name,
        .scope = scope_name(scope_of(r->stack, pool)),
        .exhaustive = ops->exhaustive,
        .low = r->range.low,
        .high = r->range.high,
        .usual_low = s->range.low,
        .usual_high = s->range.high,
        .reserved = r->listening[pool],
        .addresses = addresses_of(r, pool),
        .members = 1,
        .failure = failure_name(failure + 1),
        .time_wait = s->time_wait,
        .fin_wait_2 = s->fin_wait_2_unlimited ? SIM_NEVER : s->fin_wait_2,
    };
}

/* "10.0.0.2" stands for every port of it. */
static bool leads_to(const char *destination, const char *wanted)
{
    size_t length = wanted ? strlen(wanted) : 0;
    if (length == 0)
        return true;
    if (strncmp(destination, wanted, length) != 0)
        return false;
    return !destination[length] ||
           (destination[length] == ':' && !strchr(destination + length + 1, ':'));
}

static bool has_pool(const struct capture_record *r, enum pool pool, const char *host)
{
    for (size_t i = 0; i < r->record.pool_count; i++)
        if (strcmp(r->pools[i].host, host) == 0 &&
            strcmp(r->pools[i].pool, pool_name(pool)) == 0)
            return true;
    return false;
}

/* In the order of the pairs: those most held come first. */
static void add_pools(struct capture_record *r, const char *wanted)
{
    for (size_t i = 0; i < r->census.pair_count; i++) {
        const struct capture_pair *pair = &r->census.pairs[i];
        size_t number = r->record.pool_count;
        bool alone = by_address(r, pair->pool);
        if (number == CAPTURE_POOLS)
            break;
        if (alone && leads_to(pair->destination, wanted)) {
            snprintf(r->names[number], CAPTURE_POOL_NAME, "%s toward %s", pair->local,
                     pair->destination);
            add_pool(r, pair->pool, r->names[number]);
        } else if (!alone && !has_pool(r, pair->pool, machine)) {
            add_pool(r, pair->pool, machine);
        }
    }
    if (!r->record.pool_count)
        add_pool(r, POOL_TCP4, machine);
    r->record.pools = r->pools;
}

/* Which of them a row belongs to. */
static const char *pool_of(const struct capture_record *r, enum pool pool,
                           const struct run_census_row *row)
{
    char name[CAPTURE_POOL_NAME];
    if (!by_address(r, pool))
        return machine;
    snprintf(name, sizeof name, "%s toward %s", row->local, row->destination);
    for (size_t i = 0; i < r->record.pool_count; i++)
        if (strcmp(r->names[i], name) == 0)
            return r->names[i];
    return machine;
}

/* --- rows -------------------------------------------------------------------------- */

static void count_listeners(struct capture_record *r, const struct capture *c)
{
    bool *seen = memory_new((size_t)POOL_COUNT * PORT_COUNT, sizeof *seen);
    for (size_t i = 0; i < c->sockets.count; i++) {
        const struct capture_kept *k = &c->sockets.at[i];
        enum pool pool = pool_for(k->udp, k->six ? 6 : 4);
        bool *port = &seen[(size_t)pool * PORT_COUNT + k->local_port];
        if (k->state != CAPTURE_LISTEN || !port_range_holds(r->range, k->local_port) ||
            *port)
            continue;
        *port = true;
        r->listening[pool]++;
    }
    free(seen);
}

/* The rows of the census, as the pools have them; a listener's port is reserved, so that
 * it holds none. */
static void copy_rows(struct capture_record *r)
{
    const struct capture_census *census = &r->census;
    size_t count = 0;
    r->rows = memory_new(census->count, sizeof *r->rows);
    for (size_t i = 0; i < census->count; i++) {
        struct run_census_row row = census->rows[i];
        enum pool pool = POOL_TCP4;
        pool_find(row.pool, &pool);
        row.host = pool_of(r, pool, &row);
        row.ephemeral = row.ephemeral && strcmp(row.state, "LISTEN") != 0;
        r->rows[count++] = row;
    }
    r->record.census = r->rows;
    r->record.census_count = count;
}

/* Pairs toward others are dropped. */
static void choose_pairs(struct capture_census *census, const char *wanted)
{
    size_t kept = 0;
    for (size_t i = 0; i < census->pair_count; i++)
        if (leads_to(census->pairs[i].destination, wanted))
            census->pairs[kept++] = census->pairs[i];
    census->pair_count = kept;
}

bool capture_record_of(const struct capture *c, const struct capture_question *q,
                       struct capture_record *out, struct results_error *error)
{
    *out = (struct capture_record){.stack_assumed = !q->stack,
                                   .range_assumed = !q->range.high};
    out->stack = stack_named(q->stack ? q->stack : c->format->stack);
    if (!out->stack)
        return results_fail(error, 0, "there is no stack \"%s\" (portsim list stacks)",
                            q->stack);
    struct field_range usual = out->stack->stack.range;
    out->range = q->range.high ? q->range : (struct port_range){usual.low, usual.high};
    capture_census_take(&c->sockets, out->range, machine, &out->census);
    count_listeners(out, c);
    out->halves = halves(out->stack);
    find_bound(out);
    out->record = (struct run_record){
        .replications = 1, .apps = &out->program, .app_count = out->program.name != NULL};
    add_pools(out, q->destination);
    copy_rows(out);
    choose_pairs(&out->census, q->destination);
    return true;
}

void capture_record_free(struct capture_record *r)
{
    capture_census_free(&r->census);
    free(r->rows);
    *r = (struct capture_record){0};
}
