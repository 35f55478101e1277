#include "sim/views/diagnose_advice.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/views/diagnose_flow.h"
#include "sim/views/diagnose_spread.h"
#include "sim/views/human.h"

/* The widest range there can be: what RFC 6056 advises. */
#define WIDEST_LOW  1024
#define WIDEST_HIGH 65535

/* Shortest FIN_WAIT_2 and TIME_WAIT that an administrator is offered: Linux' value, and
 * the ProxySG's "one minute". */
#define SHORT_WAIT (60 * SIM_S)

/* --- parts -------------------------------------------------------------------------- */

static bool is_main(const struct verdict *v, const struct cause *cause)
{
    return v->main == cause;
}

static bool holds(const struct verdict *v, const struct cause *cause)
{
    for (uint32_t i = 0; i < v->count; i++)
        if (v->causes[i].cause == cause)
            return true;
    return false;
}

/* Connections that do not end. */
static bool stay_open(const struct verdict *v)
{
    return is_main(v, &cause_open) && isinf(v->figures->flow.need);
}

/* Descriptors that nobody closes. */
static bool leaks(const struct verdict *v)
{
    return is_main(v, &cause_close_wait) || is_main(v, &cause_bound) ||
           is_main(v, &cause_udp_leak) || stay_open(v);
}

static double addresses(const struct pool_case *c)
{
    return (double)c->pool->addresses * c->pool->members;
}

/* What the pool carries: a gateway may have limits of its own below its ports. */
static double carried(const struct pool_case *c)
{
    return c->pool->translates && c->exhausted ? c->in_use_max : c->room;
}

/* Says how the need compares to what there would be, and so whether it helps. */
static void compare(struct advice *a, double need, double capacity)
{
    char n[HUMAN_TEXT], of[HUMAN_TEXT];
    a->need = need;
    a->capacity = capacity;
    a->kind = need <= capacity ? ADVICE_HELPS : ADVICE_EASES;
    if (isfinite(need))
        text_print(&a->effect, "needs %s of %s ports", human_count(need, n),
                   human_count(capacity, of));
    if (isfinite(need) && need > capacity)
        text_print(&a->effect, ": not enough");
}

/* --- rows: each fills `a` and says whether it applies ------------------------------- */

static bool repair_peer(const struct verdict *v, struct advice *a)
{
    const struct pool_case *c = v->figures;
    char within[HUMAN_TEXT];
    if (!holds(v, &cause_fin_wait_2) || c->pool->translates)
        return false;
    text_print(&a->what, "the other end closes");
    compare(a, flow_need(c, c->fin_wait_2, c->time_wait, 1), c->room);
    if (c->fin_wait_2 == SIM_NEVER) {
        text_print(&a->effect, "%sthe old ones stay", a->effect.length ? "; " : "");
    } else {
        a->seconds = sim_seconds(c->fin_wait_2);
        text_print(&a->effect, "%swell within %s", a->effect.length ? "; " : "",
                   human_duration(c->fin_wait_2, within));
    }
    if (isnan(a->need))
        a->kind = ADVICE_HELPS;
    return true;
}

static bool shorten_fin_wait_2(const struct verdict *v, struct advice *a)
{
    const struct pool_case *c = v->figures;
    if (!holds(v, &cause_fin_wait_2) || c->fin_wait_2 <= SHORT_WAIT || c->snapshot)
        return false;
    text_print(&a->what, "FIN_WAIT_2 at 1 min");
    compare(a, flow_need(c, SHORT_WAIT, c->time_wait, 0), c->room);
    return isfinite(a->need);
}

static bool shorten_time_wait(const struct verdict *v, struct advice *a)
{
    const struct pool_case *c = v->figures;
    if (!is_main(v, &cause_time_wait) || c->time_wait <= SHORT_WAIT || c->snapshot)
        return false;
    text_print(&a->what, "TIME_WAIT at 1 min");
    compare(a, flow_need(c, c->fin_wait_2, SHORT_WAIT, 0), c->room);
    return isfinite(a->need);
}

/* The smallest number of requests for each connection that leaves a fifth free. */
static bool keep_alive(const struct verdict *v, struct advice *a)
{
    const struct pool_case *c = v->figures;
    bool fast = is_main(v, &cause_time_wait) || is_main(v, &cause_nat_block) ||
                is_main(v, &cause_nat_pool);
    if (!fast || !isfinite(c->flow.need) || c->pool->block)
        return false;
    double requests = ceil(c->flow.need / (0.8 * carried(c)));
    if (requests < 2)
        requests = 2;
    text_print(&a->what, "keep-alive, %.0f requests each", requests);
    compare(a, c->flow.need / requests, carried(c));
    return true;
}

/* Ports of the widest range, and how many of them could be held at once. */
static double widest(const struct pool_case *c)
{
    return (WIDEST_HIGH - WIDEST_LOW + 1) * addresses(c);
}

static double widest_room(const struct pool_case *c)
{
    return widest(c) * c->room / c->capacity;
}

static bool wider_range(const struct verdict *v, struct advice *a)
{
    const struct pool_case *c = v->figures;
    char ports[HUMAN_TEXT], delay[HUMAN_TEXT];
    bool of_range = v->main && v->main->role == CAUSE_FAILS && c->exhausted &&
                    !is_main(v, &cause_nat_block) && !is_main(v, &cause_client_limit) &&
                    !is_main(v, &cause_ring) && !is_main(v, &cause_bounded) &&
                    !is_main(v, &cause_other) && !is_main(v, &cause_syn_sent) &&
                    !is_main(v, &cause_family);
    if (!of_range || c->capacity >= widest(c) || c->snapshot)
        return false;
    text_print(&a->what, "the widest range, %u-%u", WIDEST_LOW, WIDEST_HIGH);
    if (isfinite(c->flow.need)) {
        compare(a, c->flow.need, widest_room(c));
        return true;
    }
    a->kind = ADVICE_DELAYS;
    a->seconds = (widest(c) - c->capacity) / c->flow.growth;
    text_print(&a->effect, "%s ports more: %s more, then the same",
               human_count(widest(c) - c->capacity, ports),
               human_seconds(a->seconds, delay));
    return c->flow.growth > 0;
}

/* Where neither of the two is enough. */
static bool shorten_and_widen(const struct verdict *v, struct advice *a)
{
    const struct pool_case *c = v->figures;
    if (!holds(v, &cause_fin_wait_2) || c->fin_wait_2 <= SHORT_WAIT || c->snapshot ||
        !c->exhausted || c->pool->translates || c->capacity >= widest(c))
        return false;
    double need = flow_need(c, SHORT_WAIT, c->time_wait, 0);
    if (!(need > c->room && c->flow.need > widest_room(c) && need <= widest_room(c)))
        return false;
    text_print(&a->what, "FIN_WAIT_2 1 min, %u-%u", WIDEST_LOW, WIDEST_HIGH);
    compare(a, need, widest_room(c));
    return true;
}

static bool more_addresses(const struct verdict *v, struct advice *a)
{
    const struct pool_case *c = v->figures;
    bool ports = c->exhausted && v->main && v->main->role == CAUSE_FAILS &&
                 !is_main(v, &cause_client_limit) && !is_main(v, &cause_nat_block);
    if (!ports || !isfinite(c->flow.need) || c->flow.need <= carried(c))
        return false;
    double factor = ceil(c->flow.need / carried(c));
    text_print(&a->what, "%.0f %s addresses", factor * c->pool->addresses,
               c->pool->translates ? "outside" : "source");
    compare(a, c->flow.need, factor * carried(c));
    return true;
}

/* By tuple scope each destination has the whole range. */
static bool test_the_tuple(const struct verdict *v, struct advice *a)
{
    const struct pool_case *c = v->figures;
    bool by_tuple = !is_main(v, &cause_bound) && !is_main(v, &cause_udp_leak);
    if (!holds(v, &cause_scope) || c->pool->translates || !by_tuple)
        return false; /* what has no destination is in everybody's way */
    text_print(&a->what, "testing the 4-tuple");
    text_print(&a->effect, "the innocent are served");
    a->kind = ADVICE_EASES;
    if (c->destinations.used && isfinite(c->flow.need)) {
        const struct tally_row *to = &c->destinations.at[0];
        char need[HUMAN_TEXT];
        a->need = c->flow.need * to->count / c->destinations.sum;
        a->capacity = c->capacity;
        text_print(&a->effect, "; %.*s still needs %s", (int)to->length, to->name,
                   human_count(a->need, need));
    }
    return true;
}

static bool stop_the_process(const struct verdict *v, struct advice *a)
{
    const struct pool_case *c = v->figures;
    char freed[HUMAN_TEXT], again[HUMAN_TEXT];
    bool kept = is_main(v, &cause_half_closed);
    if (!leaks(v) && !kept)
        return false;
    enum hold_kind kind = is_main(v, &cause_close_wait) ? HOLD_CLOSE_WAIT
                          : is_main(v, &cause_bound)    ? HOLD_BOUND
                          : kept                        ? HOLD_HALF_CLOSED
                                                        : HOLD_OPEN;
    a->kind = ADVICE_DELAYS;
    text_print(&a->what, "restart the program");
    if (c->by[kind].used)
        text_print(&a->what, " %.*s", (int)c->by[kind].at[0].length,
                   c->by[kind].at[0].name);
    text_print(&a->effect, "frees %s ports at once", human_count(c->kinds[kind], freed));
    if (c->flow.growth > 0 && c->exhausted) {
        a->seconds = c->kinds[kind] / c->flow.growth;
        text_print(&a->effect, "; unrepaired they are gone again after %s",
                   human_seconds(a->seconds, again));
    }
    return true;
}

static bool repair_the_program(const struct verdict *v, struct advice *a)
{
    if (!leaks(v) && !is_main(v, &cause_half_closed))
        return false;
    text_print(&a->what, "repair the program");
    text_print(&a->effect, "%s",
               is_main(v, &cause_close_wait) ? "close() when the other end has closed"
               : stay_open(v) ? "close what is done with, or share connections"
               : is_main(v, &cause_half_closed)
                   ? "close() a while after shutdown(), or a shorter timeout of its own"
                   : "close() the descriptor, after a failure too");
    a->kind = ADVICE_HELPS;
    return true;
}

static bool answer_the_syn(const struct verdict *v, struct advice *a)
{
    if (!is_main(v, &cause_syn_sent) && !is_main(v, &cause_silence))
        return false;
    text_print(&a->what, "the other end answers");
    text_print(&a->effect,
               "even a refusal frees the port at once (RST); fewer SYN retries "
               "hold it less long");
    a->kind = ADVICE_HELPS;
    return true;
}

static bool bind_without_port(const struct verdict *v, struct advice *a)
{
    if (!is_main(v, &cause_bind))
        return false;
    text_print(&a->what, "IP_BIND_ADDRESS_NO_PORT");
    text_print(&a->effect, "the port is chosen at connect(): the whole range for each "
                           "destination");
    a->kind = ADVICE_HELPS;
    return true;
}

static bool open_the_range(const struct verdict *v, struct advice *a)
{
    const struct pool_case *c = v->figures;
    bool blocked = is_main(v, &cause_blocked), narrowed = is_main(v, &cause_narrowed);
    if (!blocked && !narrowed)
        return false;
    double capacity = blocked ? c->capacity + c->pool->reserved * addresses(c)
                              : (c->pool->high - c->pool->low + 1.0) * addresses(c);
    text_print(&a->what,
               blocked ? "the reserved ports given back" : "the range as it was, %u-%u",
               (unsigned)c->pool->low, (unsigned)c->pool->high);
    compare(a, c->flow.need, capacity);
    return true;
}

static bool search_everything(const struct verdict *v, struct advice *a)
{
    const struct pool_case *c = v->figures;
    if (!holds(v, &cause_bounded))
        return false;
    text_print(&a->what, "a search of every port");
    compare(a, c->flow.need, c->room);
    return true;
}

/* Hosts behind the gateway. */
static double inside_hosts(const struct pool_case *c)
{
    const struct run_record *r = c->record;
    double sum = 0;
    for (size_t i = 0; i < r->pool_count; i++)
        if (r->pools[i].gateway && strcmp(r->pools[i].gateway, c->pool->host) == 0 &&
            strcmp(r->pools[i].pool, c->pool->pool) == 0)
            sum += r->pools[i].members;
    return sum;
}

static bool larger_block(const struct verdict *v, struct advice *a)
{
    const struct pool_case *c = v->figures;
    char free_ports[HUMAN_TEXT], need[HUMAN_TEXT], hosts[HUMAN_TEXT];
    double inside = inside_hosts(c);
    if (!is_main(v, &cause_nat_block))
        return false;
    text_print(&a->what, "more ports for each host");
    if (isfinite(c->flow.need) && inside > 0) {
        a->need = c->flow.need / inside;
        text_print(&a->effect, "%s host%s %s in the mean; ", human_count(inside, hosts),
                   inside > 1 ? "s need each" : " needs", human_count(a->need, need));
    }
    text_print(&a->effect, "%s outside ports were never used",
               human_count(c->capacity - c->in_use_max, free_ports));
    a->kind = ADVICE_HELPS;
    return true;
}

static bool back_off(const struct verdict *v, struct advice *a)
{
    if (!holds(v, &cause_retries))
        return false;
    text_print(&a->what, "fewer retries");
    text_print(&a->effect, "fewer searches, no port more");
    a->kind = ADVICE_EASES;
    return true;
}

/* In the order in which they are told. */
static const struct {
    const char *name;
    bool (*fill)(const struct verdict *v, struct advice *a);
} rows[] = {
    {"repair-peer", repair_peer},
    {"repair-program", repair_the_program},
    {"answer-syn", answer_the_syn},
    {"open-range", open_the_range},
    {"bind-no-port", bind_without_port},
    {"search-all", search_everything},
    {"larger-block", larger_block},
    {"shorter-fin-wait-2", shorten_fin_wait_2},
    {"shorter-time-wait", shorten_time_wait},
    {"keep-alive", keep_alive},
    {"wider-range", wider_range},
    {"shorter-fin-wait-2-and-wider-range", shorten_and_widen},
    {"more-addresses", more_addresses},
    {"tuple-scope", test_the_tuple},
    {"back-off", back_off},
    {"restart", stop_the_process},
};

/* --- all of them -------------------------------------------------------------------- */

/* Keeps the order of the rows among advice of one kind. */
static void sort(struct advice *list, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++)
        for (uint32_t k = i; k > 0 && list[k].kind < list[k - 1].kind; k--) {
            struct advice other = list[k];
            list[k] = list[k - 1];
            list[k - 1] = other;
        }
}

uint32_t advice_for(const struct verdict *v, struct advice out[ADVICE_MOST])
{
    uint32_t count = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct advice a = {
            .name = rows[i].name, .need = NAN, .capacity = NAN, .seconds = NAN};
        if (rows[i].fill(v, &a))
            out[count++] = a;
        else
            advice_free(&a, 1);
    }
    sort(out, count);
    return count;
}

void advice_free(struct advice *list, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        text_free(&list[i].what);
        text_free(&list[i].effect);
    }
}

const char *advice_title(enum advice_kind kind)
{
    static const char *const titles[] = {
        [ADVICE_HELPS] = "would help, by theory",
        [ADVICE_EASES] = "would ease it",
        [ADVICE_DELAYS] = "would only put it off",
    };
    return titles[kind];
}
