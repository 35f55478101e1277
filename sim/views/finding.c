#include "sim/views/finding.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Below this a holder is not worth a word. */
#define SMALLEST_SHARE 0.005

double finding_metric(const struct run_record *record, const char *format, ...)
{
    char name[512];
    va_list args;
    va_start(args, format);
    vsnprintf(name, sizeof name, format, args);
    va_end(args);
    const struct run_metric *m = run_record_metric(record, name);
    return m ? m->value : NAN;
}

/* --- spells -------------------------------------------------------------------- */

/* A line of the whole pool, "tcp4: ...", not of one destination, "tcp4 toward ...". */
static bool is_of_pool(const struct run_event *e, enum pool pool)
{
    const char *name = pool_name(pool);
    size_t length = strlen(name);
    return e->detail && strncmp(e->detail, name, length) == 0 && e->detail[length] == ':';
}

static void read_spells(const struct run_record *record, struct finding *f)
{
    f->recovered = true;
    for (size_t i = 0; i < record->log_count; i++) {
        const struct run_event *e = &record->log[i];
        if (!e->host || strcmp(e->host, f->host) != 0 || !is_of_pool(e, f->pool))
            continue;
        if (strcmp(e->kind, "exhaustion-begins") == 0) {
            if (!f->exhausted)
                f->begin = e->when;
            f->exhausted = true;
            f->recovered = false;
            f->spells++;
        } else if (strcmp(e->kind, "exhaustion-ends") == 0) {
            f->recovered = true;
            f->end = e->when;
        }
    }
    if (!f->exhausted || !f->recovered)
        f->end = record->simulated;
}

/* --- holders ------------------------------------------------------------------- */

static double mean_between(const struct series *s, uint32_t column, sim_ns begin,
                           sim_ns end)
{
    double sum = 0;
    size_t count = 0;
    for (size_t row = 0; row < series_rows(s); row++) {
        sim_ns t = series_time(s, row);
        if (t < begin || t > end)
            continue;
        sum += series_value(s, row, column);
        count++;
    }
    return count ? sum / (double)count : 0;
}

static void insert(struct finding_holder *list, uint32_t *count, const char *name,
                   size_t length, double value)
{
    uint32_t at = *count < FINDING_HOLDERS ? (*count)++ : FINDING_HOLDERS - 1;
    if (*count == FINDING_HOLDERS && list[at].share > value)
        return;
    for (; at > 0 && list[at - 1].share < value; at--)
        list[at] = list[at - 1];
    snprintf(list[at].name, sizeof list[at].name, "%.*s", (int)length, name);
    list[at].share = value;
}

/* Shares of the columns prefix<name>suffix in their sum, largest first. */
static uint32_t read_holders(const struct series *s, const struct finding *f,
                             const char *prefix, const char *suffix,
                             struct finding_holder *out)
{
    uint32_t count = 0;
    double sum = 0;
    size_t begin = strlen(prefix), end = strlen(suffix);
    for (uint32_t c = 0; c < series_columns(s); c++) {
        const char *name = series_name(s, c);
        size_t length = strlen(name);
        if (strncmp(name, prefix, begin) != 0 || length < begin + end ||
            strcmp(name + length - end, suffix) != 0)
            continue;
        double mean = mean_between(s, c, f->begin, f->end);
        sum += mean;
        insert(out, &count, name + begin, length - begin - end, mean);
    }
    for (uint32_t i = 0; i < count; i++)
        out[i].share = sum > 0 ? out[i].share / sum : 0;
    while (count && out[count - 1].share < SMALLEST_SHARE)
        count--;
    return count;
}

/* Ports that are BOUND are held toward nobody: the destinations share the others. */
static void share_with_bound(struct finding *f)
{
    double bound = 0;
    for (uint32_t i = 0; i < f->state_count; i++)
        if (strcmp(f->states[i].name, "BOUND") == 0)
            bound = f->states[i].share;
    if (bound <= 0)
        return;
    for (uint32_t i = 0; i < f->destination_count; i++)
        f->destinations[i].share *= 1 - bound;
    insert(f->destinations, &f->destination_count, "nobody", strlen("nobody"), bound);
}

/* False of a destination that apps reach from this host in other pools only. */
static bool is_toward(const struct run_record *record, const struct finding *f,
                      const char *destination)
{
    bool elsewhere = false;
    for (size_t i = 0; i < record->app_count; i++) {
        const struct run_app *a = &record->apps[i];
        const char *opens = a->through ? a->through : a->from;
        if (strcmp(opens, f->host) != 0 || strcmp(a->to, destination) != 0)
            continue;
        if (strcmp(a->pool, pool_name(f->pool)) == 0)
            return true;
        elsewhere = true;
    }
    return !elsewhere;
}

/* The metrics count toward a destination whatever the pool. */
static void drop_other_pools(const struct run_record *record, struct finding *f)
{
    uint32_t kept = 0;
    double sum = 0;
    for (uint32_t i = 0; i < f->destination_count; i++)
        if (is_toward(record, f, f->destinations[i].name)) {
            sum += f->destinations[i].share;
            f->destinations[kept++] = f->destinations[i];
        }
    if (kept == f->destination_count)
        return;
    f->destination_count = kept;
    for (uint32_t i = 0; i < kept; i++)
        f->destinations[i].share /= sum;
}

static void read_all_holders(const struct run_record *record, struct finding *f)
{
    char prefix[FINDING_NAME + 32];
    snprintf(prefix, sizeof prefix, "hosts.%s.%s.outgoing.", f->host, pool_name(f->pool));
    f->state_count = read_holders(record->series, f, prefix, "", f->states);
    if (f->translates) { /* a gateway has no sockets */
        snprintf(prefix, sizeof prefix, "hosts.%s.nat.mappings.", f->host);
        f->state_count = read_holders(record->series, f, prefix, "", f->states);
    }
    snprintf(prefix, sizeof prefix, "hosts.%s.destinations.", f->host);
    f->destination_count =
        read_holders(record->series, f, prefix, ".holders", f->destinations);
    drop_other_pools(record, f);
    share_with_bound(f);
}

/* --- hosts --------------------------------------------------------------------- */

static uint32_t column_of(const struct run_record *record, const struct finding *f,
                          const char *metric)
{
    char name[FINDING_NAME + 32];
    snprintf(name, sizeof name, "hosts.%s.%s.%s", f->host, pool_name(f->pool), metric);
    return series_find(record->series, name);
}

/* What the host had when its last spell ended: a change may have widened it since. */
static double capacity_at_the_end(const struct run_record *record,
                                  const struct finding *f)
{
    uint32_t column = column_of(record, f, "capacity");
    double capacity = NAN;
    for (size_t row = 0; column != SERIES_NONE && row < series_rows(record->series);
         row++)
        if (row == 0 || series_time(record->series, row) <= f->end)
            capacity = series_value(record->series, row, column);
    return capacity;
}

/* The maximum is exact but has no moment; so where the capacity changed it is compared
 * with that of its time by the samples. */
static double fullest_share(const struct run_record *record, const struct finding *f)
{
    const struct series *s = record->series;
    uint32_t in_use = column_of(record, f, "in_use"),
             capacity = column_of(record, f, "capacity");
    double fullest = 0, least = INFINITY, most = 0;
    bool sampled = in_use != SERIES_NONE && capacity != SERIES_NONE;
    for (size_t row = 0; sampled && row < series_rows(s); row++) {
        double ports = series_value(s, row, capacity);
        least = fmin(least, ports);
        most = fmax(most, ports);
        if (ports > 0)
            fullest = fmax(fullest, series_value(s, row, in_use) / ports);
    }
    if (least < most)
        return fmin(fullest, 1);
    return f->capacity > 0 ? f->in_use_max / f->capacity : 0;
}

/* "hosts.<host>.<pool>.capacity", without a phase. */
static bool names_pool(const char *metric, char host[FINDING_NAME], enum pool *pool)
{
    char rest[FINDING_NAME], word[8], end[FINDING_NAME];
    return sscanf(metric, "hosts.%63[^.].%63s", host, rest) == 2 &&
           sscanf(rest, "%7[^.].%63s", word, end) == 2 && pool_find(word, pool) &&
           strcmp(end, "capacity") == 0;
}

static int by_weight(const void *a, const void *b)
{
    const struct finding *x = a, *y = b;
    if (x->exhausted != y->exhausted)
        return x->exhausted ? -1 : 1;
    if (x->fullest > y->fullest || x->fullest < y->fullest)
        return x->fullest > y->fullest ? -1 : 1;
    int order = strcmp(x->host, y->host);
    return order ? order : (x->pool > y->pool) - (x->pool < y->pool);
}

static double of_pool(const struct run_record *record, const struct finding *f,
                      const char *metric)
{
    return finding_metric(record, "hosts.%s.%s.%s", f->host, pool_name(f->pool), metric);
}

uint32_t findings_of(const struct run_record *record, struct finding *out, uint32_t size)
{
    uint32_t count = 0;
    for (size_t i = 0; i < record->metric_count && count < size; i++) {
        struct finding *f = &out[count];
        *f = (struct finding){0};
        if (!names_pool(record->metrics[i].name, f->host, &f->pool))
            continue;
        f->in_use_max = of_pool(record, f, "in_use_max");
        f->failed_choices = of_pool(record, f, "allocation_failures");
        f->choices = f->failed_choices + of_pool(record, f, "allocations");
        if (!(f->choices > 0))
            continue;
        f->translates = f->pool == POOL_TCP4 &&
                        !isnan(finding_metric(record, "hosts.%s.nat.mappings", f->host));
        read_spells(record, f);
        f->capacity = capacity_at_the_end(record, f);
        f->fullest = fullest_share(record, f);
        read_all_holders(record, f);
        count++;
    }
    qsort(out, count, sizeof *out, by_weight);
    return count;
}
