/* Causes by how ports are searched: parts of the range that are closed, a search that
 * gives up, a port that was bound before the destination was known. */
#include <math.h>
#include <string.h>

#include "sim/views/diagnose_causes.h"
#include "sim/views/human.h"

#define NONE                                                                             \
    (struct weight)                                                                      \
    {                                                                                    \
        0, false                                                                         \
    }

/* Would the demand fit into so many ports, each used once for each remote end? */
static bool fits(const struct pool_case *c, double ports)
{
    return c->flow.need <= ports * (c->room / c->capacity); /* false for NaN */
}

static double reserved_ports(const struct pool_case *c)
{
    return (double)c->pool->reserved * c->pool->addresses * c->pool->members;
}

static double first_capacity(const struct pool_case *c)
{
    return series_mean(c->record, (struct stretch){0, 0}, "hosts.%s.%s.capacity",
                       c->pool->host, c->pool->pool);
}

/* --- weights ------------------------------------------------------------------------ */

static struct weight weigh_blocked(const struct pool_case *c)
{
    double closed = reserved_ports(c);
    if (!c->exhausted || closed == 0)
        return NONE;
    bool decides = !fits(c, c->capacity) && fits(c, c->capacity + closed);
    return (struct weight){case_ports_part(c) * closed / (c->capacity + closed), decides};
}

static struct weight weigh_narrowed(const struct pool_case *c)
{
    if (!c->narrowed)
        return NONE;
    double before = first_capacity(c);
    bool decides = !fits(c, c->capacity) && fits(c, before);
    return (struct weight){case_ports_part(c) * (before - c->capacity) / before, decides};
}

/* An app of the pool with ports of its own program; NULL: none. */
static const struct run_app *ring_app(const struct pool_case *c)
{
    const struct run_record *r = c->record;
    for (size_t i = 0; i < r->app_count; i++)
        if (case_carries(c, &r->apps[i]) && r->apps[i].ring_low)
            return &r->apps[i];
    return NULL;
}

static double ring_ports(const struct pool_case *c)
{
    const struct run_app *a = ring_app(c);
    return a ? (double)(a->ring_high - a->ring_low + 1) * c->pool->addresses *
                   c->pool->members
             : 0;
}

static struct weight weigh_ring(const struct pool_case *c)
{
    double ports = ring_ports(c);
    if (!c->exhausted || ports == 0 || c->in_use_max > ports)
        return NONE;
    bool decides = ports < c->capacity && fits(c, c->capacity);
    return (struct weight){decides ? case_ports_part(c) : 0, decides};
}

/* The part of the loss beyond that of a search that looks at every port, 1 - N/a in the
 * fluid limit [MODEL.md A5]. */
static double early(const struct pool_case *c)
{
    double lost = 1 - c->flow.admitted / c->flow.demand;
    double least = 1 - c->room / c->flow.need;
    return lost > least && least >= 0 ? 1 - least / lost : 0;
}

/* It fails although ports are free, and the demand would fit. */
static struct weight weigh_bounded(const struct pool_case *c)
{
    if (!c->exhausted || c->pool->exhaustive || c->pool->block || ring_ports(c) > 0 ||
        c->in_use_max >= c->capacity)
        return NONE;
    bool decides = fits(c, c->capacity);
    return (struct weight){case_ports_part(c) * (decides ? 1 : early(c)), decides};
}

/* By port where the search tests the tuple: a program binds first. */
static bool binds_first(const struct pool_case *c)
{
    return c->by_port && !c->pool->translates && strcmp(c->pool->scope, "port") != 0;
}

/* connect() would share ports between destinations, bind() does not. */
static struct weight weigh_bind(const struct pool_case *c)
{
    bool could_share = strcmp(c->pool->scope, "port") != 0 && c->remotes > 1 &&
                       c->busiest < c->capacity / 2;
    if (!c->exhausted || !binds_first(c) || !could_share)
        return NONE;
    return (struct weight){case_ports_part(c), true};
}

/* The pool of the other family of addresses. */
static bool other_family(const struct pool_case *c, struct pool_case *out)
{
    const struct run_record *r = c->record;
    enum pool own, other;
    for (size_t i = 0; i < r->pool_count && pool_find(c->pool->pool, &own); i++) {
        *out = (struct pool_case){.record = r, .pool = &r->pools[i]};
        if (strcmp(r->pools[i].host, c->pool->host) == 0 &&
            pool_find(r->pools[i].pool, &other) && other != own &&
            pool_is_udp(other) == pool_is_udp(own))
            return true;
    }
    return false;
}

/* Dry, with few holders of its own, and the other family is dry, too: they share one
 * space of ports [KERNEL.md C9]. */
static struct weight weigh_family(const struct pool_case *c)
{
    struct pool_case other;
    if (!c->exhausted || !(c->in_use_max < c->capacity / 2) || !other_family(c, &other))
        return NONE;
    bool dry = case_metric(&other, "in_use_max") + c->in_use_max >= c->capacity &&
               case_metric(&other, "allocation_failures") > 0;
    return (struct weight){dry ? case_ports_part(c) : 0, dry};
}

/* Choices that fail in a pool that never runs dry: each asked for one port only. */
static struct weight weigh_taken(const struct pool_case *c)
{
    bool holds = !c->exhausted && !c->snapshot && c->failed > 0;
    return (struct weight){holds ? case_ports_part(c) : 0, false};
}

/* --- words -------------------------------------------------------------------------- */

static void words_blocked(const struct pool_case *c, struct text *out)
{
    char closed[HUMAN_TEXT], left[HUMAN_TEXT], need[HUMAN_TEXT];
    text_print(
        out,
        "%s ports of the range %u-%u are reserved or excluded and never chosen; %s "
        "are left, and the load needs %s.",
        human_count(reserved_ports(c), closed), (unsigned)c->low, (unsigned)c->high,
        human_count(c->capacity, left), human_count(c->flow.need, need));
}

static void words_narrowed(const struct pool_case *c, struct text *out)
{
    char before[HUMAN_TEXT], now[HUMAN_TEXT], need[HUMAN_TEXT];
    text_print(out,
               "the range was narrowed during the run, from %s ports to %s, and the load "
               "needs %s.",
               human_count(first_capacity(c), before), human_count(c->capacity, now),
               human_count(c->flow.need, need));
}

static void words_ring(const struct pool_case *c, struct text *out)
{
    const struct run_app *a = ring_app(c);
    char ports[HUMAN_TEXT], free_ports[HUMAN_TEXT];
    text_print(
        out,
        "the program hands out ports itself, %u-%u, and these %s are gone while %s "
        "others of the system are free.",
        (unsigned)a->ring_low, (unsigned)a->ring_high, human_count(ring_ports(c), ports),
        human_count(c->capacity - c->in_use_max, free_ports));
}

static void words_bounded(const struct pool_case *c, struct text *out)
{
    char most[HUMAN_TEXT], capacity[HUMAN_TEXT], probes[HUMAN_TEXT];
    text_print(
        out,
        "the search gives up early: choices failed although at most %s of %s ports "
        "were in use.  %s looks at a limited number of candidates (%s in the mean).",
        human_count(c->in_use_max, most), human_count(c->capacity, capacity),
        c->pool->allocator, human_value(c->probes, "1", probes));
}

static void words_bind(const struct pool_case *c, struct text *out)
{
    char held[HUMAN_TEXT], most[HUMAN_TEXT];
    text_print(
        out,
        "bind() comes before connect(), so a port serves one connection in all, not "
        "one for each destination: %s ports for %u destinations, of which the "
        "busiest uses %s.",
        human_count(c->capacity, held), (unsigned)c->remotes,
        human_count(c->busiest, most));
}

static void words_family(const struct pool_case *c, struct text *out)
{
    struct pool_case other;
    char own[HUMAN_TEXT], theirs[HUMAN_TEXT], capacity[HUMAN_TEXT];
    other_family(c, &other);
    text_print(
        out,
        "this system has one space of ports for IPv4 and IPv6: only %s are held here, "
        "but %s of the %s by %s, and those are closed to %s.",
        human_count(c->in_use_max, own),
        human_count(case_metric(&other, "in_use_max"), theirs),
        human_count(c->capacity, capacity), other.pool->pool, c->pool->pool);
}

static void words_taken(const struct pool_case *c, struct text *out)
{
    char failed[HUMAN_TEXT], share[HUMAN_TEXT], most[HUMAN_TEXT], capacity[HUMAN_TEXT];
    text_print(
        out,
        "%s choices (%s) could use one port only, computed from the client's or named "
        "by the program, and found it taken toward that destination; at most %s of "
        "%s ports were in use.",
        human_count(c->failed, failed),
        human_share(c->failed / (c->failed + c->chosen), share),
        human_count(c->in_use_max, most), human_count(c->capacity, capacity));
}

/* --- figures ------------------------------------------------------------------------ */

static void figures_blocked(const struct pool_case *c, struct text *out)
{
    char closed[HUMAN_TEXT];
    text_print(out, "%s reserved or excluded ports in the range",
               human_count(reserved_ports(c), closed));
}

static void figures_narrowed(const struct pool_case *c, struct text *out)
{
    text_print(out, "range %u-%u, of an unchanged %s %u-%u%s", (unsigned)c->low,
               (unsigned)c->high, c->pool->stack, (unsigned)c->pool->usual_low,
               (unsigned)c->pool->usual_high, c->narrowed ? "; narrowed in mid-run" : "");
}

static void figures_ring(const struct pool_case *c, struct text *out)
{
    char ports[HUMAN_TEXT];
    text_print(out, "%s ports handed out by the program itself",
               human_count(ring_ports(c), ports));
}

static void figures_bounded(const struct pool_case *c, struct text *out)
{
    char most[HUMAN_TEXT], capacity[HUMAN_TEXT];
    text_print(out, "%s looks %s; at most %s of %s ports were in use", c->pool->allocator,
               c->pool->exhaustive ? "at every port" : "at some ports only",
               human_count(c->in_use_max, most), human_count(c->capacity, capacity));
}

static void figures_bind(const struct pool_case *c, struct text *out)
{
    text_print(out, "%s",
               binds_first(c) ? "a program binds before it connects"
                              : "no program binds before it connects");
}

static void figures_family(const struct pool_case *c, struct text *out)
{
    struct pool_case other;
    char most[HUMAN_TEXT];
    if (other_family(c, &other))
        text_print(out, "%s holds up to %s ports", other.pool->pool,
                   human_count(case_metric(&other, "in_use_max"), most));
    else
        text_print(out, "no other family is used");
}

static void figures_taken(const struct pool_case *c, struct text *out)
{
    char failed[HUMAN_TEXT];
    text_print(out, "%s choices failed; the pool ran dry %u times",
               human_count(c->failed, failed), (unsigned)c->spells);
}

/* --- rows --------------------------------------------------------------------------- */

const struct cause cause_blocked = {
    "range-blocked", "ports of the range are reserved or excluded",
    CAUSE_FAILS,     weigh_blocked,
    words_blocked,   figures_blocked};
const struct cause cause_narrowed = {"range-narrowed", "the range was narrowed",
                                     CAUSE_FAILS,      weigh_narrowed,
                                     words_narrowed,   figures_narrowed};
const struct cause cause_bounded = {
    "bounded-search", "the search gives up while ports are free",
    CAUSE_FAILS,      weigh_bounded,
    words_bounded,    figures_bounded};
const struct cause cause_bind = {
    "bind-before-connect", "bind() before connect()", CAUSE_FAILS, weigh_bind, words_bind,
    figures_bind};
const struct cause cause_ring = {
    "program-ring", "the ports of the program itself are gone",
    CAUSE_FAILS,    weigh_ring,
    words_ring,     figures_ring};
const struct cause cause_taken = {
    "tuple-taken", "the one port that was asked for is taken",
    CAUSE_FAILS,   weigh_taken,
    words_taken,   figures_taken};
const struct cause cause_family = {
    "other-family", "the other family of addresses holds the ports",
    CAUSE_FAILS,    weigh_family,
    words_family,   figures_family};
