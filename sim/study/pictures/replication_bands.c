/* Which pool and which application the bands of a run are about. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/study/pictures/replicated.h"

#define USE_HEAD "hosts."
#define USE_TAIL ".utilisation"

/* The host of "hosts.proxy.tcp4.utilisation", the caller's to free; NULL: no such name.
 * Names of hosts hold no dot. */
static char *host_of(const char *metric)
{
    char *middle = text_middle(metric, USE_HEAD, USE_TAIL);
    if (middle)
        middle[strcspn(middle, ".")] = '\0';
    return middle;
}

/* What tells a pool that is fuller from another: the largest median, then the largest
 * mean; both of nothing are -1. */
struct fullness {
    double median, mean;
};

static struct fullness fullness_of(const struct run_band_rows *rows)
{
    struct fullness f = {-1, -1};
    for (size_t i = 0; i < rows->count; i++) {
        f.median = fmax(f.median, rows->at[i].median);
        f.mean = fmax(f.mean, rows->at[i].mean);
    }
    return f;
}

static bool is_fuller(const struct run_band_rows *rows, const struct run_band_rows *than)
{
    struct fullness a = fullness_of(rows), b = fullness_of(than);
    return a.median > b.median || (a.median >= b.median && a.mean > b.mean);
}

/* The pool that comes nearest to its end. */
static struct run_band_rows fullest_pool(const struct run_record *r)
{
    struct run_band_rows best = {0};
    for (size_t i = 0; i < r->band_count;) {
        struct run_band_rows rows = run_bands_of(r, r->bands[i].metric);
        char *host = host_of(r->bands[i].metric);
        if (host && is_fuller(&rows, &best))
            best = rows;
        free(host);
        size_t first = i;
        while (i < r->band_count && !strcmp(r->bands[i].metric, r->bands[first].metric))
            i++;
    }
    return best;
}

/* Of the pool of that series; NaN where it is not known, or not the same all through. */
static double capacity_of(const struct run_record *r, const char *utilisation)
{
    int stem = (int)(strlen(utilisation) - strlen(USE_TAIL));
    char *name = memory_print("%.*s.capacity", stem, utilisation);
    char *most = memory_print("%s.max", name);
    const struct run_metric *mean = run_record_metric(r, name),
                            *max = run_record_metric(r, most);
    free(name);
    free(most);
    bool known = mean && (!max || mean->value == max->value);
    return known ? mean->value : (double)NAN;
}

/* The application that loses the largest share of its attempts; NULL: none loses any. */
static const char *worst_app(const struct run_record *r, struct run_band_rows *failing)
{
    const char *worst = NULL;
    double most = 0;
    for (size_t i = 0; i < r->app_count; i++) {
        char *name = memory_print("apps.%s.failure_ratio", r->apps[i].name);
        const struct run_metric *m = run_record_metric(r, name);
        struct run_band_rows rows = run_bands_of(r, name);
        if (m && m->value > most && rows.count > 0) {
            most = m->value;
            worst = r->apps[i].name;
            *failing = rows;
        }
        free(name);
    }
    return worst;
}

bool replicated_bands(struct canvas *c, const struct replicated *r)
{
    const struct run_record *run = r->run;
    struct picture_bands b = {.words = r->words,
                              .run = run,
                              .use = fullest_pool(run),
                              .warm_up_s = r->warm_up_s};
    if (run->study->run_count < BANDS_RUNS_LEAST || b.use.count < 2)
        return true;
    char *host = host_of(b.use.at[0].metric);
    b.host = host;
    b.words.confidence = 0;
    b.capacity = capacity_of(run, b.use.at[0].metric);
    b.app = worst_app(run, &b.failing);
    bool good = picture_bands(c, "bands", &b);
    free(host);
    return good;
}
