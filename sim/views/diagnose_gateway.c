/* Causes at a gateway: its outside ports, a block of them, its table, a race for them. */
#include <math.h>

#include "sim/views/diagnose_causes.h"
#include "sim/views/human.h"

/* --- weights ------------------------------------------------------------------------ */

static bool in_a_block(const struct pool_case *c)
{
    return c->pool->block && c->in_use_max < c->capacity;
}

static struct weight weigh_block(const struct pool_case *c)
{
    bool holds = c->pool->translates && c->exhausted && in_a_block(c);
    return (struct weight){holds ? case_ports_part(c) : 0, holds};
}

static struct weight weigh_pool(const struct pool_case *c)
{
    bool holds = c->pool->translates && c->exhausted && !in_a_block(c);
    return (struct weight){holds ? case_ports_part(c) : 0, false};
}

/* Of all SYNs that the gateway should have translated. */
static double part_of_syns(const struct pool_case *c, const char *metric)
{
    double lost = case_gateway_metric(c, metric);
    double all = case_gateway_metric(c, "created") + lost + c->failed;
    return all > 0 ? lost / all : 0;
}

static struct weight weigh_table(const struct pool_case *c)
{
    double part = part_of_syns(c, "drops.table_full");
    bool fails = part > 0 && case_failures(c) > 0;
    return (struct weight){
        fails ? part / (part + c->failed / (c->failed + c->chosen + 1)) : 0, false};
}

static struct weight weigh_race(const struct pool_case *c)
{
    return (struct weight){part_of_syns(c, "insert_failed"), false};
}

/* --- words -------------------------------------------------------------------------- */

/* "98.2 % of its mappings are in TIME_WAIT" */
static void put_mappings(const struct pool_case *c, struct text *out)
{
    char share[HUMAN_TEXT], wait[HUMAN_TEXT];
    if (!c->states.used || !(c->held > 0))
        return;
    const struct tally_row *most = &c->states.at[0];
    text_print(out, "  %s of its mappings are in %.*s",
               human_share(most->count / c->held, share), (int)most->length, most->name);
    if (case_main_kind(c) == HOLD_TIME_WAIT && c->time_wait > 0)
        text_print(out, ", held for %s after the close",
                   human_duration(c->time_wait, wait));
    text_print(out, ".");
}

static void words_block(const struct pool_case *c, struct text *out)
{
    char block[HUMAN_TEXT], most[HUMAN_TEXT], capacity[HUMAN_TEXT];
    text_print(
        out,
        "each host inside has at most %s ports of an outside address for itself, and "
        "these run out while %s of the %s outside ports stay free.",
        human_count(c->pool->block, block),
        human_count(c->capacity - c->in_use_max, most),
        human_count(c->capacity, capacity));
    put_mappings(c, out);
}

static void words_pool(const struct pool_case *c, struct text *out)
{
    char most[HUMAN_TEXT], capacity[HUMAN_TEXT];
    text_print(out, "the outside ports of the gateway are gone: %s of %s at most",
               human_count(c->in_use_max, most), human_count(c->capacity, capacity));
    if (c->destinations.used && c->destinations.at[0].count > 0.5 * c->destinations.sum)
        text_print(out, ", toward %.*s", (int)c->destinations.at[0].length,
                   c->destinations.at[0].name);
    text_print(out, ".  It drops the SYN in silence, and its clients see a timeout.");
    put_mappings(c, out);
}

static void words_table(const struct pool_case *c, struct text *out)
{
    char lost[HUMAN_TEXT];
    text_print(out,
               "the gateway's table of mappings is full: %s SYNs were dropped for that, "
               "whatever ports are free.",
               human_count(case_gateway_metric(c, "drops.table_full"), lost));
    put_mappings(c, out);
}

static void words_race(const struct pool_case *c, struct text *out)
{
    char lost[HUMAN_TEXT], share[HUMAN_TEXT];
    text_print(
        out,
        "two flows chose the same outside port at once and one of them was dropped: "
        "%s SYNs (%s).  The client's stack sends its SYN again and succeeds, a second "
        "or so later.",
        human_count(case_gateway_metric(c, "insert_failed"), lost),
        human_share(weigh_race(c).share, share));
}

/* --- figures ------------------------------------------------------------------------ */

static void figures_block(const struct pool_case *c, struct text *out)
{
    char block[HUMAN_TEXT];
    if (!c->pool->translates)
        text_print(out, "not a gateway");
    else if (!c->pool->block)
        text_print(out, "the gateway has no blocks");
    else
        text_print(out, "blocks of %s ports", human_count(c->pool->block, block));
}

static void figures_pool(const struct pool_case *c, struct text *out)
{
    char failed[HUMAN_TEXT];
    if (!c->pool->translates)
        text_print(out, "not a gateway");
    else
        text_print(out, "%s SYNs found no outside port", human_count(c->failed, failed));
}

static void put_drops(const struct pool_case *c, const char *metric, struct text *out)
{
    char lost[HUMAN_TEXT];
    if (!c->pool->translates)
        text_print(out, "not a gateway");
    else
        text_print(out, "%s: %s", metric,
                   human_count(case_gateway_metric(c, metric), lost));
}

static void figures_table(const struct pool_case *c, struct text *out)
{
    put_drops(c, "drops.table_full", out);
}

static void figures_race(const struct pool_case *c, struct text *out)
{
    put_drops(c, "insert_failed", out);
}

/* --- rows --------------------------------------------------------------------------- */

const struct cause cause_nat_block = {"nat-block", "the block of an inside host is spent",
                                      CAUSE_FAILS, weigh_block,
                                      words_block, figures_block};
const struct cause cause_nat_pool = {"nat-pool",  "the gateway's outside ports are spent",
                                     CAUSE_FAILS, weigh_pool,
                                     words_pool,  figures_pool};
const struct cause cause_nat_table = {"nat-table", "the gateway's table is full",
                                      CAUSE_FAILS, weigh_table,
                                      words_table, figures_table};
const struct cause cause_nat_race = {"nat-race", "flows race for the same outside port",
                                     CAUSE_SLOW, weigh_race,
                                     words_race, figures_race};
