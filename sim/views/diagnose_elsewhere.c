/* Causes that are no want of ports: a limit on clients, silence, sockets that linger at
 * the peer, a search that is slow, other codes. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/failure.h"
#include "sim/views/diagnose_causes.h"
#include "sim/views/human.h"

/* A connect that waits this much longer is noticed: the limit below which an answer feels
 * immediate [Miller 1968; Nielsen, Usability Engineering, 1993; recalled]. */
#define NOTICED_S 0.1

/* --- shared figures ----------------------------------------------------------------- */

double case_gateway_metric(const struct pool_case *c, const char *name)
{
    char whole[512];
    snprintf(whole, sizeof whole, "hosts.%s.nat.%s", c->pool->host, name);
    const struct run_metric *m = run_record_metric(c->record, whole);
    return m && !isnan(m->value) ? m->value : 0;
}

static double app_metric(const struct run_record *r, const struct run_app *a,
                         const char *name)
{
    char whole[512];
    snprintf(whole, sizeof whole, "apps.%s.%s", a->name, name);
    const struct run_metric *m = run_record_metric(r, whole);
    return m && !isnan(m->value) ? m->value : 0;
}

static double over_apps(const struct pool_case *c, const char *name)
{
    double sum = 0;
    for (size_t i = 0; i < c->record->app_count; i++)
        if (case_carries(c, &c->record->apps[i]))
            sum += app_metric(c->record, &c->record->apps[i], name);
    return sum;
}

double case_failures(const struct pool_case *c)
{
    return over_apps(c, "failures");
}

double case_code(const struct pool_case *c, const char *code)
{
    char name[128];
    snprintf(name, sizeof name, "failures.%s", code);
    return over_apps(c, name);
}

/* What a pool of that host, another than `c`'s, explains of them. */
static double explained_at(const struct pool_case *c, const char *host)
{
    const struct run_record *r = c->record;
    double sum = 0;
    for (size_t i = 0; host && i < r->pool_count; i++) {
        struct pool_case other = {.record = r, .pool = &r->pools[i]};
        if (&r->pools[i] == c->pool || strcmp(r->pools[i].host, host) != 0)
            continue;
        double failed = case_metric(&other, "allocation_failures");
        double refused = case_metric(&other, "refused_connections");
        double late = case_metric(&other, "collision_failures");
        sum += (isnan(failed) ? 0 : failed) + (isnan(refused) ? 0 : refused) +
               (isnan(late) ? 0 : late) + case_gateway_metric(&other, "drops.table_full");
        if (strcmp(host, c->pool->host) != 0)
            sum += explained_at(c, r->pools[i].gateway);
    }
    return sum;
}

/* Failures that the other pools on the way explain: of a client before a proxy, of a
 * proxy behind a client, of a gateway. */
static double explained_elsewhere(const struct pool_case *c)
{
    const struct run_record *r = c->record;
    struct tally hosts = {0};
    double sum = explained_at(c, c->pool->gateway);
    for (size_t i = 0; i < r->app_count; i++) {
        const struct run_app *a = &r->apps[i];
        if (!case_carries(c, a))
            continue;
        tally_add(&hosts, a->from, strlen(a->from), 1);
        if (a->through)
            tally_add(&hosts, a->through, strlen(a->through), 1);
    }
    for (uint32_t i = 0; i < hosts.used; i++)
        if (strcmp(hosts.at[i].name, c->pool->host) != 0)
            sum += explained_at(c, hosts.at[i].name);
    return sum;
}

double case_other_failures(const struct pool_case *c)
{
    double other = c->pool->translates ? 0
                                       : case_failures(c) - c->failed - c->refused -
                                             explained_elsewhere(c);
    return other > 0 ? other : 0;
}

/* What a pool that ran dry has to answer for is not diminished by what fails anyway. */
static double all_failures(const struct pool_case *c)
{
    return c->failed + c->refused + (c->exhausted ? 0 : case_other_failures(c));
}

double case_ports_part(const struct pool_case *c)
{
    double all = all_failures(c);
    return c->snapshot ? 1 : all > 0 ? c->failed / all : 0;
}

/* Of all failed attempts. */
static double part(const struct pool_case *c, double count)
{
    double all = all_failures(c);
    return all > 0 ? (count < all ? count / all : 1) : 0;
}

/* --- clients turned away ------------------------------------------------------------ */

static struct weight weigh_limit(const struct pool_case *c)
{
    bool holds = c->pool->client_limit && c->refused > 0;
    return (struct weight){holds ? part(c, c->refused) : 0, false};
}

static void words_limit(const struct pool_case *c, struct text *out)
{
    char refused[HUMAN_TEXT], limit[HUMAN_TEXT];
    text_print(
        out,
        "%s clients were turned away: the host accepts %s connections at once and no "
        "more (max_client_connections).  No port was wanting for these.",
        human_count(c->refused, refused), human_count(c->pool->client_limit, limit));
}

static void figures_limit(const struct pool_case *c, struct text *out)
{
    char refused[HUMAN_TEXT];
    text_print(out, "%s clients refused, %s", human_count(c->refused, refused),
               c->pool->client_limit ? "with a limit" : "without a limit");
}

/* --- silence ------------------------------------------------------------------------ */

/* Failures by timeout while ports were to be had, with sockets in SYN_SENT: the share of
 * the users who wait and not of those who find no port. */
static struct weight weigh_silence(const struct pool_case *c)
{
    double waiting = c->held > 0 ? c->kinds[HOLD_SYN_SENT] / c->held : 0;
    if (c->pool->translates || c->exhausted || waiting < 0.1)
        return (struct weight){0, false};
    double late = case_code(c, "ETIMEDOUT"), other = case_other_failures(c);
    late = (late < other ? late : other) - c->collision_failures;
    return (struct weight){late > 0 ? part(c, late) : 0, false};
}

static void words_silence(const struct pool_case *c, struct text *out)
{
    char late[HUMAN_TEXT], n[HUMAN_TEXT], capacity[HUMAN_TEXT];
    text_print(out, "nobody answers");
    if (c->counted && c->toward[HOLD_SYN_SENT].used)
        text_print(out, " at %.*s", (int)c->toward[HOLD_SYN_SENT].at[0].length,
                   c->toward[HOLD_SYN_SENT].at[0].name);
    text_print(
        out,
        ": %s attempts timed out, and %s of %s ports wait in SYN_SENT.  Ports are not "
        "exhausted yet; each attempt keeps one until the stack gives up.",
        human_count(case_code(c, "ETIMEDOUT"), late),
        human_count(c->kinds[HOLD_SYN_SENT], n), human_count(c->capacity, capacity));
}

static void figures_silence(const struct pool_case *c, struct text *out)
{
    char late[HUMAN_TEXT], n[HUMAN_TEXT];
    text_print(out, "%s attempts timed out, %s sockets in SYN_SENT",
               human_count(case_code(c, "ETIMEDOUT"), late),
               human_count(c->kinds[HOLD_SYN_SENT], n));
}

/* --- sockets at the peer ------------------------------------------------------------ */

static double collision_rate(const struct pool_case *c)
{
    return c->chosen > 0 ? c->collisions / c->chosen : 0;
}

static struct weight weigh_peer(const struct pool_case *c)
{
    if (c->collision_failures > 0)
        return (struct weight){part(c, c->collision_failures), false};
    bool noticed = c->collision_delay >= NOTICED_S && collision_rate(c) >= 0.01;
    return (struct weight){noticed && case_failures(c) == 0 ? collision_rate(c) : 0,
                           false};
}

static void words_peer(const struct pool_case *c, struct text *out)
{
    char met[HUMAN_TEXT], share[HUMAN_TEXT], delay[HUMAN_TEXT], failed[HUMAN_TEXT];
    text_print(
        out,
        "%s connects (%s) chose a port that the other end still remembers (TIME_WAIT "
        "or CLOSE_WAIT there)",
        human_count(c->collisions, met), human_share(collision_rate(c), share));
    if (!isnan(c->collision_delay))
        text_print(out, "; such a connect takes %s longer",
                   human_seconds(c->collision_delay, delay));
    if (c->collision_failures > 0)
        text_print(out, "; %s of them failed",
                   human_count(c->collision_failures, failed));
    text_print(out, ".  Our own ports are not exhausted.");
}

static void figures_peer(const struct pool_case *c, struct text *out)
{
    char met[HUMAN_TEXT], share[HUMAN_TEXT], delay[HUMAN_TEXT];
    text_print(out, "%s collisions (%s of connects), %s each",
               human_count(c->collisions, met), human_share(collision_rate(c), share),
               human_seconds(c->collision_delay, delay));
}

/* --- the knee ----------------------------------------------------------------------- */

/* Linux' connect() looks through the ports of one parity first; once these are taken
 * toward a destination, each choice pays for half of the range [KERNEL.md C1, MODEL.md
 * C1]. */
static double half_range(const struct pool_case *c)
{
    return floor((c->high - c->low + 1) / 2.0);
}

static bool halves(const struct pool_case *c)
{
    return strcmp(c->pool->scope, "mixed") == 0;
}

static struct weight weigh_knee(const struct pool_case *c)
{
    if (!halves(c) || c->failed > 0)
        return (struct weight){0, false};
    if (c->snapshot)
        return (struct weight){
            case_wall(c) >= 0.5 && !c->exhausted ? case_wall(c) - 0.5 : 0, false};
    double share = c->probes / half_range(c);
    return (struct weight){c->probes_p99 >= half_range(c) ? share : 0, false};
}

static void words_knee(const struct pool_case *c, struct text *out)
{
    char half[HUMAN_TEXT], probes[HUMAN_TEXT];
    text_print(out,
               "nothing fails, but connect() is slow: toward a destination the first %s "
               "ports, those of one parity, are taken, and a choice looks at all of them "
               "before it tries the others",
               human_count(half_range(c), half));
    if (!c->snapshot)
        text_print(out, " (%s candidates in the mean)", human_count(c->probes, probes));
    text_print(out, ".");
}

static void figures_knee(const struct pool_case *c, struct text *out)
{
    char p99[HUMAN_TEXT], half[HUMAN_TEXT], held[HUMAN_TEXT];
    if (c->snapshot) {
        text_print(out, "%s ports are held; half of the range is %s",
                   human_count(c->held, held), human_count(half_range(c), half));
        return;
    }
    text_print(
        out,
        "99 %% of the choices look at %s candidates or fewer; half of the range is %s",
        human_count(c->probes_p99, p99), human_count(half_range(c), half));
}

/* --- anything else ------------------------------------------------------------------ */

static struct weight weigh_other(const struct pool_case *c)
{
    double other = case_other_failures(c) - c->collision_failures;
    if (!c->pool->client_limit)
        other += c->refused;
    if (weigh_silence(c).share > 0)
        other -= case_code(c, "ETIMEDOUT");
    double all = c->failed + c->refused + case_other_failures(c);
    return (struct weight){other > 0 && all > 0 ? other / all : 0, false};
}

/* The code that most of them failed with; its metric's name is where the text stands. */
static const char *main_code(const struct pool_case *c, double *most)
{
    const struct run_record *r = c->record;
    const char *best = NULL;
    *most = 0;
    for (size_t i = 0; i < r->metric_count; i++) {
        const char *code = strstr(r->metrics[i].name, ".failures.");
        if (strncmp(r->metrics[i].name, "apps.", 5) != 0 || !code || strchr(code, '@') ||
            strstr(code, "_per_s"))
            continue;
        double count = case_code(c, code + strlen(".failures."));
        if (count > *most) {
            *most = count;
            best = code + strlen(".failures.");
        }
    }
    return best;
}

static const char *help_of(const char *code)
{
    for (int i = 1; i < FAILURE_COUNT; i++)
        if (strcmp(failure_name((enum failure)i), code) == 0)
            return failure_help((enum failure)i);
    return "a code this portsim does not know";
}

static void words_other(const struct pool_case *c, struct text *out)
{
    char failed[HUMAN_TEXT], count[HUMAN_TEXT];
    double most;
    const char *code = main_code(c, &most);
    text_print(out, "%s attempts failed for other reasons than ports",
               human_count(weigh_other(c).share *
                               (c->failed + c->refused + case_other_failures(c)),
                           failed));
    if (code)
        text_print(out, ", mostly with %s (%s): %s", code, human_count(most, count),
                   help_of(code));
    text_print(out, ".");
}

static void figures_other(const struct pool_case *c, struct text *out)
{
    char failures[HUMAN_TEXT], failed[HUMAN_TEXT];
    text_print(out, "%s attempts failed; %s choices found no port",
               human_count(case_failures(c), failures), human_count(c->failed, failed));
}

/* --- rows --------------------------------------------------------------------------- */

const struct cause cause_client_limit = {"client-limit", "the limit on clients",
                                         CAUSE_FAILS,    weigh_limit,
                                         words_limit,    figures_limit};
const struct cause cause_silence = {
    "silence",     "nobody answers, though ports are left",
    CAUSE_FAILS,   weigh_silence,
    words_silence, figures_silence};
const struct cause cause_peer = {"peer-lingers", "the other end still remembers the port",
                                 CAUSE_SLOW,     weigh_peer,
                                 words_peer,     figures_peer};
const struct cause cause_knee = {"half-range-knee", "half of the range is taken: slow",
                                 CAUSE_SLOW,        weigh_knee,
                                 words_knee,        figures_knee};
const struct cause cause_other = {"not-ports", "the failures have another cause",
                                  CAUSE_ELSE,  weigh_other,
                                  words_other, figures_other};
