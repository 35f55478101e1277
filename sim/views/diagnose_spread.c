/* What makes it worse: users of other destinations fail too, and users who try again. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/views/diagnose_causes.h"
#include "sim/views/diagnose_spread.h"
#include "sim/views/human.h"

/* Fewer than one attempt in a hundred is nothing that users speak of. */
#define NOTICED 0.01

/* Innocents told by name. */
#define TOLD 3

/* --- who is innocent ---------------------------------------------------------------- */

static double ratio_of(const struct pool_case *c, const struct run_app *a)
{
    double failed = series_mean(c->record, c->stretch, "apps.%s.failures_per_s", a->name);
    double wanted = series_mean(c->record, c->stretch, "apps.%s.attempts_per_s", a->name);
    return wanted > 0 ? failed / wanted : 0;
}

static double holders_of(const struct pool_case *c, const struct run_app *a)
{
    char to[256];
    case_destination(c, a, to);
    return tally_of(&c->destinations, to);
}

/* What it would hold if none of its attempts failed. */
static double wanted_by(double holders, double ratio)
{
    return ratio < 1 ? holders / (1 - ratio) : (double)INFINITY;
}

/* Its process has most of the ports that the most frequent kind holds. */
static bool is_holder(const struct pool_case *c, const struct run_app *a)
{
    const struct tally *by = &c->by[case_main_kind(c)];
    return by->used && by->at[0].count >= by->sum / 2 &&
           strlen(a->process) == by->at[0].length &&
           memcmp(a->process, by->at[0].name, by->at[0].length) == 0;
}

bool case_is_innocent(const struct pool_case *c, const struct run_app *a, double *ratio,
                      double *share)
{
    if (!c->exhausted || c->snapshot || !case_carries(c, a) || !c->destinations.used ||
        is_holder(c, a))
        return false;
    double holders = holders_of(c, a), guilty = c->destinations.at[0].count;
    if (guilty < c->kinds[HOLD_BOUND]) /* held toward nobody */
        guilty = c->kinds[HOLD_BOUND];
    *ratio = ratio_of(c, a);
    *share = c->held > 0 ? holders / c->held : 0;
    return *ratio > NOTICED && case_ports_part(c) > NOTICED && holders < guilty / 4 &&
           (*ratio > 0.99 || wanted_by(holders, *ratio) < c->capacity / 2);
}

static struct weight weigh_scope(const struct pool_case *c)
{
    double most = 0, ratio, share;
    for (size_t i = 0; i < c->record->app_count; i++)
        if (case_is_innocent(c, &c->record->apps[i], &ratio, &share) && ratio > most)
            most = ratio;
    return (struct weight){most, false};
}

static const char *reason(const struct pool_case *c)
{
    if (c->pool->translates)
        return "they share the gateway's outside ports";
    if (strcmp(c->pool->scope, "port") == 0)
        return "the search tests whole ports, whatever the destination";
    if (!c->pool->exhaustive)
        return "the search gives up before it has seen every port";
    return "a port that was bound is closed to all others, whatever the destination";
}

static void words_scope(const struct pool_case *c, struct text *out)
{
    double ratio, share;
    char held[HUMAN_TEXT], failing[HUMAN_TEXT], to[256];
    unsigned told = 0, more = 0;
    for (size_t i = 0; i < c->record->app_count; i++) {
        const struct run_app *a = &c->record->apps[i];
        if (!case_is_innocent(c, a, &ratio, &share))
            continue;
        if (told == TOLD) {
            more++;
            continue;
        }
        case_destination(c, a, to);
        text_print(out, "%s%s (%s) holds %s of the ports and %s of its attempts fail",
                   told++ ? "; " : "", a->name, to, human_share(share, held),
                   human_share(ratio, failing));
    }
    if (more)
        text_print(out, "; %u more likewise", more);
    text_print(out, ": %s.", reason(c));
}

static void figures_scope(const struct pool_case *c, struct text *out)
{
    char share[HUMAN_TEXT];
    text_print(out, "scope %s; %u destinations, the busiest has %s", c->pool->scope,
               (unsigned)c->destinations.used,
               human_share(c->destinations.used && c->destinations.sum > 0
                               ? c->destinations.at[0].count / c->destinations.sum
                               : (double)NAN,
                           share));
}

/* --- who tries again ---------------------------------------------------------------- */

static double over_apps(const struct pool_case *c, const char *what)
{
    double sum = 0;
    for (size_t i = 0; i < c->record->app_count; i++) {
        const struct run_app *a = &c->record->apps[i];
        char name[512];
        snprintf(name, sizeof name, "apps.%s.%s", a->name, what);
        const struct run_metric *m =
            case_carries(c, a) ? run_record_metric(c->record, name) : NULL;
        sum += m && !isnan(m->value) ? m->value : 0;
    }
    return sum;
}

/* Tries an attempt, over those of the users who come by. */
static double tries(const struct pool_case *c)
{
    double attempts = over_apps(c, "attempts");
    return attempts > 0 ? over_apps(c, "tries") / attempts : 1;
}

static struct weight weigh_retries(const struct pool_case *c)
{
    double n = tries(c);
    return (struct weight){c->exhausted && n >= 1.2 ? 1 - 1 / n : 0, false};
}

static void words_retries(const struct pool_case *c, struct text *out)
{
    char n[HUMAN_TEXT], share[HUMAN_TEXT];
    text_print(
        out,
        "users try again: %s tries an attempt, so %s of the tries are repetitions.  "
        "While no port is free they cost searches and help nobody.",
        human_value(tries(c), "1", n), human_share(weigh_retries(c).share, share));
}

static void figures_retries(const struct pool_case *c, struct text *out)
{
    char n[HUMAN_TEXT];
    text_print(out, "%s tries an attempt", human_value(tries(c), "1", n));
}

/* --- rows --------------------------------------------------------------------------- */

const struct cause cause_scope = {"innocent-suffer", "who suffers although innocent",
                                  CAUSE_WORSENS,     weigh_scope,
                                  words_scope,       figures_scope};
const struct cause cause_retries = {"retry-storm", "users try again", CAUSE_WORSENS,
                                    weigh_retries, words_retries,     figures_retries};
