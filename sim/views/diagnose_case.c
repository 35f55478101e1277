#include "sim/views/diagnose_case.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/scenario/units.h"
#include "sim/views/diagnose_flow.h"

#define NAME 512 /* of a column */

/* --- kinds ------------------------------------------------------------------------- */

const char *hold_kind_state(enum hold_kind kind)
{
    static const char *const states[HOLD_KINDS] = {
        [HOLD_OPEN] = "ESTABLISHED",      [HOLD_FIN_WAIT_2] = "FIN_WAIT_2",
        [HOLD_TIME_WAIT] = "TIME_WAIT",   [HOLD_HALF_CLOSED] = "FIN_WAIT_2",
        [HOLD_CLOSE_WAIT] = "CLOSE_WAIT", [HOLD_BOUND] = "BOUND",
        [HOLD_SYN_SENT] = "SYN_SENT",
    };
    return states[kind];
}

/* Of a socket's state, or of a gateway's mapping (models/nat_state.h). */
static enum hold_kind kind_of(const struct run_pool *pool, const char *state)
{
    static const struct {
        const char *state;
        enum hold_kind host, gateway;
    } kinds[] = {
        {"SYN_SENT", HOLD_SYN_SENT, HOLD_SYN_SENT},
        {"UNCONFIRMED", HOLD_OPEN, HOLD_SYN_SENT},
        {"FIN_WAIT_2", HOLD_FIN_WAIT_2, HOLD_OPEN},
        {"FIN_WAIT", HOLD_OPEN, HOLD_FIN_WAIT_2},
        {"CLOSE_WAIT", HOLD_CLOSE_WAIT, HOLD_FIN_WAIT_2},
        {"TIME_WAIT", HOLD_TIME_WAIT, HOLD_TIME_WAIT},
        {"CLOSE", HOLD_OPEN, HOLD_TIME_WAIT},
        {"BOUND", HOLD_BOUND, HOLD_OPEN},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].state, state) == 0)
            return pool->translates ? kinds[i].gateway : kinds[i].host;
    return HOLD_OPEN;
}

enum hold_kind case_main_kind(const struct pool_case *c)
{
    int best = 0;
    for (int k = 1; k < HOLD_KINDS; k++)
        if (c->kinds[k] > c->kinds[best])
            best = k;
    return (enum hold_kind)best;
}

/* --- series ------------------------------------------------------------------------ */

/* A stretch between two samples has the value of the second, which rates are over. */
static double column_mean(const struct series *s, uint32_t column, struct stretch w)
{
    double sum = 0;
    size_t count = 0, row = 0, rows = series_rows(s);
    while (row < rows && series_time(s, row) < w.begin)
        row++;
    for (size_t i = row; i < rows && series_time(s, i) <= w.end; i++) {
        double value = series_value(s, i, column);
        sum += isnan(value) ? 0 : value;
        count += isnan(value) ? 0 : 1;
    }
    if (count)
        return sum / (double)count;
    return rows ? series_value(s, row < rows ? row : rows - 1, column) : (double)NAN;
}

uint32_t case_samples(const struct pool_case *c)
{
    const struct series *s = c->record->series;
    uint32_t count = 0;
    for (size_t row = 0; s && row < series_rows(s); row++)
        count += series_time(s, row) >= c->stretch.begin &&
                 series_time(s, row) <= c->stretch.end;
    return count;
}

double series_mean(const struct run_record *r, struct stretch w, const char *format, ...)
{
    char name[NAME];
    va_list args;
    va_start(args, format);
    vsnprintf(name, sizeof name, format, args);
    va_end(args);
    uint32_t column = r->series ? series_find(r->series, name) : SERIES_NONE;
    return column == SERIES_NONE ? (double)NAN : column_mean(r->series, column, w);
}

double case_metric(const struct pool_case *c, const char *name)
{
    char whole[NAME];
    snprintf(whole, sizeof whole, "hosts.%s.%s.%s", c->pool->host, c->pool->pool, name);
    const struct run_metric *m = run_record_metric(c->record, whole);
    return m ? m->value : (double)NAN;
}

/* The middle of a column's name, if it begins and ends so. */
static const char *middle(const char *name, const char *prefix, const char *suffix,
                          size_t *length)
{
    size_t whole = strlen(name), a = strlen(prefix), b = strlen(suffix);
    if (whole <= a + b || strncmp(name, prefix, a) != 0 ||
        strcmp(name + whole - b, suffix) != 0)
        return NULL;
    *length = whole - a - b;
    return name + a;
}

static void tally_columns(struct tally *t, const struct pool_case *c, struct stretch w,
                          const char *prefix, const char *suffix)
{
    const struct series *s = c->record->series;
    size_t length = 0;
    for (uint32_t i = 0; s && i < series_columns(s); i++) {
        const char *name = middle(series_name(s, i), prefix, suffix, &length);
        double mean = name ? column_mean(s, i, w) : 0;
        if (mean > 0)
            tally_add(t, name, length, mean);
    }
    tally_sort(t);
}

static void states_prefix(const struct run_pool *p, char out[NAME])
{
    if (p->translates)
        snprintf(out, NAME, "hosts.%s.nat.mappings.", p->host);
    else
        snprintf(out, NAME, "hosts.%s.%s.outgoing.", p->host, p->pool);
}

void case_kinds_over(const struct pool_case *c, struct stretch w,
                     double kinds[HOLD_KINDS], struct tally *states)
{
    char prefix[NAME], state[64];
    states_prefix(c->pool, prefix);
    *states = (struct tally){0};
    tally_columns(states, c, w, prefix, "");
    for (int k = 0; k < HOLD_KINDS; k++)
        kinds[k] = 0;
    for (uint32_t i = 0; i < states->used; i++) {
        snprintf(state, sizeof state, "%.*s", (int)states->at[i].length,
                 states->at[i].name);
        kinds[kind_of(c->pool, state)] += states->at[i].count;
    }
}

/* --- spells ------------------------------------------------------------------------ */

/* Lines of the pool as a whole, not of one destination: "tcp4: ...". */
static bool is_of_pool(const struct pool_case *c, const struct run_event *e,
                       const char *kind)
{
    size_t length = strlen(c->pool->pool);
    return strcmp(e->kind, kind) == 0 && e->host && e->detail &&
           strcmp(e->host, c->pool->host) == 0 &&
           strncmp(e->detail, c->pool->pool, length) == 0 && e->detail[length] == ':';
}

/* A knob of the host, or NULL: what stands after "hosts.<host>." */
static const char *knob_of(const struct pool_case *c, const struct run_event *e)
{
    size_t length = strlen(c->pool->host);
    if (strcmp(e->kind, "change") != 0 || !e->detail ||
        strncmp(e->detail, "hosts.", 6) != 0 ||
        strncmp(e->detail + 6, c->pool->host, length) != 0 ||
        e->detail[6 + length] != '.')
        return NULL;
    return e->detail + 6 + length + 1;
}

static void read_spells(struct pool_case *c)
{
    const struct run_record *r = c->record;
    c->recovered = true;
    c->last = r->simulated;
    for (size_t i = 0; i < r->log_count; i++) {
        const struct run_event *e = &r->log[i];
        if (is_of_pool(c, e, "exhaustion-begins")) {
            if (!c->exhausted)
                c->first = e->when;
            c->exhausted = true;
            c->recovered = false;
            c->spells++;
        } else if (is_of_pool(c, e, "exhaustion-ends")) {
            c->recovered = true;
            c->last = e->when;
        }
    }
    if (!c->recovered)
        c->last = r->simulated;
}

/* Failed choices within it. */
static double failures_in(const struct pool_case *c, struct stretch w)
{
    double rate = series_mean(c->record, w, "hosts.%s.%s.allocation_failures_per_s",
                              c->pool->host, c->pool->pool);
    return isnan(rate) ? 0 : rate * sim_seconds(w.end - w.begin);
}

/* The stretch that is judged: see diagnose_case.h. */
static void find_stretch(struct pool_case *c)
{
    const struct run_record *r = c->record;
    c->stretch = (struct stretch){0, r->simulated};
    if (!c->exhausted)
        return;
    struct stretch part = {c->first, c->last};
    double most = 0;
    for (size_t i = 0; i <= r->log_count; i++) {
        bool last = i == r->log_count;
        if (!last && (!knob_of(c, &r->log[i]) || r->log[i].when <= part.begin ||
                      r->log[i].when >= c->last))
            continue;
        part.end = last ? c->last : r->log[i].when;
        double failures = failures_in(c, part);
        if (failures > 2 * most || most == 0) {
            most = failures;
            c->stretch = part;
        }
        part.begin = part.end;
    }
}

/* --- knobs ------------------------------------------------------------------------- */

static double capacity_at(const struct pool_case *c, sim_ns when)
{
    return series_mean(c->record, (struct stretch){when, when}, "hosts.%s.%s.capacity",
                       c->pool->host, c->pool->pool);
}

/* Does the knob end so, with a value after it?  "tcp.fin_wait_2 = 1min" */
static const char *value_of(const char *knob, const char *key)
{
    size_t length = strlen(key);
    return strncmp(knob, key, length) == 0 && strncmp(knob + length, " = ", 3) == 0
               ? knob + length + 3
               : NULL;
}

static void turn(struct pool_case *c, const char *knob)
{
    struct unit_fault fault;
    const char *value;
    unsigned low, high;
    const char *group = c->pool->translates ? "translation." : "tcp.";
    if (strncmp(knob, group, strlen(group)) != 0)
        return;
    knob += strlen(group);
    if ((value = value_of(knob, "fin_wait_2")))
        duration_parse(value, &c->fin_wait_2, &fault);
    else if ((value = value_of(knob, "time_wait")))
        duration_parse(value, &c->time_wait, &fault);
    else if ((value = value_of(knob, "range")) &&
             sscanf(value, "[%u, %u]", &low, &high) == 2 && low <= high &&
             high <= UINT16_MAX) {
        c->low = (uint16_t)low;
        c->high = (uint16_t)high;
    }
}

/* What was in force while the judged stretch lasted. */
static void read_knobs(struct pool_case *c)
{
    const struct run_pool *p = c->pool;
    const struct run_record *r = c->record;
    c->low = p->low;
    c->high = p->high;
    c->time_wait = p->time_wait;
    c->fin_wait_2 = p->fin_wait_2;
    for (size_t i = 0; i < r->log_count && r->log[i].when <= c->stretch.begin; i++) {
        const char *knob = knob_of(c, &r->log[i]);
        if (knob)
            turn(c, knob);
    }
    double ports = (double)(p->high - p->low + 1u - p->reserved) * p->addresses;
    c->capacity = capacity_at(c, c->stretch.end);
    if (isnan(c->capacity))
        c->capacity = ports * p->members;
    double before = capacity_at(c, 0);
    c->narrowed = c->exhausted && c->capacity < before;
}

/* --- census ------------------------------------------------------------------------ */

/* The moment of the census that is nearest to the end of the judged stretch, from within
 * if there is one. */
static bool find_moment(struct pool_case *c)
{
    const struct run_record *r = c->record;
    sim_ns best = SIM_NEVER;
    for (size_t i = 0; i < r->census_count; i++) {
        sim_ns t = r->census[i].when;
        sim_ns away = t < c->stretch.begin ? c->stretch.begin - t + r->simulated
                      : t > c->stretch.end ? t - c->stretch.end + r->simulated
                                           : c->stretch.end - t;
        if (best == SIM_NEVER || away < best) {
            best = away;
            c->moment = t;
        }
    }
    return best != SIM_NEVER;
}

static bool is_udp(const struct pool_case *c)
{
    return strncmp(c->pool->pool, "udp", 3) == 0;
}

static void count_row(struct pool_case *c, const struct run_census_row *row)
{
    enum hold_kind kind = kind_of(c->pool, row->state);
    const char *to =
        row->destination && *row->destination ? row->destination : row->remote;
    double count = (double)row->count;
    if (kind == HOLD_FIN_WAIT_2 && row->owned)
        kind = HOLD_HALF_CLOSED;
    c->counted_kinds[kind] += count;
    tally_add(&c->toward[kind], to, strlen(to), count);
    if (row->process && *row->process)
        tally_add(&c->by[kind], row->process, strlen(row->process), count);
    if (c->snapshot || is_udp(c))
        tally_add(&c->states, row->state, strlen(row->state), count);
    if (c->snapshot) {
        tally_add(&c->destinations, to, strlen(to), count);
    }
}

/* Of the server "cifs:445": sockets it accepted on that port. */
static bool is_peer(const struct run_census_row *row, const struct tally_row *to)
{
    const char *colon = memchr(to->name, ':', to->length);
    const char *port = row->local ? strrchr(row->local, ':') : NULL;
    if (!colon || !port || row->ephemeral || strcmp(row->state, "LISTEN") == 0)
        return false;
    size_t host = (size_t)(colon - to->name), rest = to->length - host;
    return strlen(row->host) == host && memcmp(row->host, to->name, host) == 0 &&
           strlen(port) == rest && memcmp(port, colon, rest) == 0;
}

static void count_all(struct pool_case *c)
{
    const struct run_record *r = c->record;
    const struct run_pool *p = c->pool;
    for (size_t i = 0; i < r->census_count; i++) {
        const struct run_census_row *row = &r->census[i];
        if (row->when == c->moment && row->ephemeral && strcmp(row->host, p->host) == 0 &&
            strcmp(row->pool, p->pool) == 0)
            count_row(c, row);
    }
    for (int k = 0; k < HOLD_KINDS; k++) {
        tally_sort(&c->toward[k]);
        tally_sort(&c->by[k]);
        c->counted = c->counted || c->counted_kinds[k] > 0;
    }
    tally_sort(&c->states);
    tally_sort(&c->destinations);
    for (size_t i = 0; i < r->census_count && c->destinations.used; i++)
        if (r->census[i].when == c->moment &&
            is_peer(&r->census[i], &c->destinations.at[0]))
            tally_add(&c->peers, r->census[i].state, strlen(r->census[i].state),
                      (double)r->census[i].count);
    tally_sort(&c->peers);
}

/* The series do not know which descriptors are open: the census divides FIN_WAIT_2. */
static void divide_fin_wait_2(struct pool_case *c)
{
    double kept = c->counted_kinds[HOLD_HALF_CLOSED];
    double all = kept + c->counted_kinds[HOLD_FIN_WAIT_2];
    if (c->snapshot || !(all > 0))
        return;
    c->kinds[HOLD_HALF_CLOSED] = c->kinds[HOLD_FIN_WAIT_2] * kept / all;
    c->kinds[HOLD_FIN_WAIT_2] -= c->kinds[HOLD_HALF_CLOSED];
}

/* --- holders ----------------------------------------------------------------------- */

static double or_zero(double value)
{
    return isnan(value) ? 0 : value;
}

static void read_metrics(struct pool_case *c)
{
    c->chosen = or_zero(case_metric(c, "allocations"));
    c->failed = or_zero(case_metric(c, "allocation_failures"));
    c->probes = case_metric(c, "probes");
    c->probes_p99 = case_metric(c, "probes.p99");
    c->refused = or_zero(case_metric(c, "refused_connections"));
    c->collisions = or_zero(case_metric(c, "peer_collisions"));
    c->collision_delay = case_metric(c, "collision_delay_s");
    c->collision_failures = or_zero(case_metric(c, "collision_failures"));
    c->in_use_max = case_metric(c, "in_use_max");
    c->in_use = series_mean(c->record, c->stretch, "hosts.%s.%s.in_use", c->pool->host,
                            c->pool->pool);
}

/* A host has its destinations in common for all of its pools: those of apps that come by
 * this one. */
static bool is_destination(const struct pool_case *c, const struct tally_row *row)
{
    const struct run_record *r = c->record;
    for (size_t i = 0; i < r->app_count; i++) {
        const struct run_app *a = &r->apps[i];
        if (!case_carries(c, a))
            continue;
        size_t length = a->through ? strlen(a->through) : 0;
        if ((strlen(a->to) == row->length &&
             memcmp(a->to, row->name, row->length) == 0) ||
            (length && length < row->length &&
             memcmp(a->through, row->name, length) == 0 && row->name[length] == ':'))
            return true;
    }
    return false;
}

static void read_destinations(struct pool_case *c)
{
    char prefix[NAME];
    struct tally all = {0};
    snprintf(prefix, sizeof prefix, "hosts.%s.destinations.", c->pool->host);
    tally_columns(&all, c, c->stretch, prefix, ".holders");
    for (uint32_t i = 0; i < all.used; i++)
        if (is_destination(c, &all.at[i]))
            tally_add(&c->destinations, all.at[i].name, all.at[i].length,
                      all.at[i].count);
}

/* As the series have them, and then divided by the census.  UDP has no states there:
 * whoever has a port just has it. */
static void read_series(struct pool_case *c)
{
    case_kinds_over(c, c->stretch, c->kinds, &c->states);
    read_destinations(c);
    if (!c->states.used && c->in_use > 0)
        c->kinds[HOLD_OPEN] = c->in_use;
    if (find_moment(c))
        count_all(c);
    divide_fin_wait_2(c);
}

/* As one census has them: all there is to a snapshot. */
static void read_snapshot(struct pool_case *c)
{
    if (find_moment(c))
        count_all(c);
    for (int k = 0; k < HOLD_KINDS; k++)
        c->kinds[k] = c->counted_kinds[k];
}

/* --- the crowd ---------------------------------------------------------------------- */

static bool binds_first(const struct pool_case *c)
{
    const struct run_record *r = c->record;
    for (size_t i = 0; i < r->app_count; i++)
        if (case_carries(c, &r->apps[i]) && strcmp(r->apps[i].binds, "bind-zero") == 0)
            return true;
    return false;
}

static bool is_of_crowd(const struct pool_case *c, const struct run_census_row *row)
{
    const char *to =
        row->destination && *row->destination ? row->destination : row->remote;
    return row->when == c->moment && row->ephemeral && row->remote &&
           strcmp(row->host, c->pool->host) == 0 &&
           strcmp(row->pool, c->pool->pool) == 0 &&
           (!c->crowd || (strlen(to) == c->crowd->length &&
                          memcmp(to, c->crowd->name, c->crowd->length) == 0));
}

/* Who competes with whom, and for how many ports. */
static void find_crowd(struct pool_case *c)
{
    const struct run_record *r = c->record;
    struct tally remotes = {0};
    c->by_port =
        c->pool->translates || strcmp(c->pool->scope, "port") == 0 || binds_first(c);
    c->crowd = c->by_port || !c->destinations.used ? NULL : &c->destinations.at[0];
    for (size_t i = 0; i < r->census_count; i++)
        if (is_of_crowd(c, &r->census[i]))
            tally_add(&remotes, r->census[i].remote, strlen(r->census[i].remote),
                      (double)r->census[i].count);
    tally_sort(&remotes);
    c->remotes = remotes.used ? remotes.used : 1;
    c->busiest = remotes.used ? remotes.at[0].count : 0;
    c->room = c->capacity * (c->by_port ? 1 : c->remotes);
}

double case_crowd_part(const struct pool_case *c, enum hold_kind kind)
{
    if (!c->crowd)
        return 1;
    const struct tally *t = c->counted ? &c->toward[kind] : &c->destinations;
    for (uint32_t i = 0; i < t->used; i++)
        if (t->at[i].length == c->crowd->length &&
            memcmp(t->at[i].name, c->crowd->name, c->crowd->length) == 0)
            return t->at[i].count / t->sum;
    return 0;
}

/* --- all of it ---------------------------------------------------------------------- */

void pool_case_of(struct pool_case *c, const struct run_record *record,
                  const struct run_pool *pool)
{
    *c = (struct pool_case){
        .record = record, .pool = pool, .snapshot = record->series == NULL};
    read_spells(c);
    find_stretch(c);
    read_knobs(c);
    read_metrics(c);
    if (c->snapshot)
        read_snapshot(c);
    else
        read_series(c);
    for (int k = 0; k < HOLD_KINDS; k++)
        c->held += c->kinds[k];
    if (c->snapshot)
        c->in_use = c->in_use_max = c->held;
    find_crowd(c);
    if (c->snapshot)
        c->exhausted = case_wall(c) >= 1;
    c->flow = flow_of(c);
}

double case_wall(const struct pool_case *c)
{
    double held = c->by_port || !c->snapshot ? c->in_use_max : c->crowd ? c->busiest : 0;
    return c->capacity > 0 ? held / c->capacity : 0;
}

/* --- applications ------------------------------------------------------------------ */

static bool is_behind(const struct pool_case *c, const char *host)
{
    const struct run_record *r = c->record;
    for (size_t i = 0; host && i < r->pool_count; i++)
        if (strcmp(r->pools[i].host, host) == 0)
            return r->pools[i].gateway && strcmp(r->pools[i].gateway, c->pool->host) == 0;
    return false;
}

bool case_carries(const struct pool_case *c, const struct run_app *app)
{
    if (strcmp(app->pool, c->pool->pool) != 0)
        return false;
    if (c->pool->translates)
        return is_behind(c, app->from) || is_behind(c, app->through);
    return strcmp(app->from, c->pool->host) == 0 ||
           (app->through && strcmp(app->through, c->pool->host) == 0);
}

void case_destination(const struct pool_case *c, const struct run_app *app, char out[256])
{
    bool own = strcmp(app->from, c->pool->host) == 0 || is_behind(c, app->from);
    if (!app->through || !own) {
        snprintf(out, 256, "%s", app->to);
        return;
    }
    snprintf(out, 256, "%s", app->through);
    size_t length = strlen(out);
    for (uint32_t i = 0; i < c->destinations.used; i++) {
        const struct tally_row *row = &c->destinations.at[i];
        if (row->length > length && strncmp(row->name, out, length) == 0 &&
            row->name[length] == ':') {
            snprintf(out, 256, "%.*s", (int)row->length, row->name);
            return;
        }
    }
}
