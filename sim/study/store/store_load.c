/* Runs on their way back. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/study/store/store_blob.h"
#include "sim/study/store/store_inside.h"

bool store_missing(struct study_store *s, uint32_t point, uint32_t count, bool *missing,
                   struct results_error *error)
{
    sqlite3_stmt *q = store_sql(s, SQL_REPLICATIONS);
    bool good = true;
    memset(missing, true, count * sizeof *missing);
    sqlite3_bind_int64(q, 1, point + 1);
    sqlite3_bind_int64(q, 2, count);
    while (store_next(s, q, &good, error)) {
        sqlite3_int64 replication = sqlite3_column_int64(q, 0);
        if (replication >= 1)
            missing[replication - 1] = false;
    }
    return good;
}

/* --- one run ----------------------------------------------------------------------- */

/* Its histograms may be read in nanoseconds; the rows that read them know. */
static void set_units(struct trial_numbers *n)
{
    for (uint32_t i = 0; i < n->sample_count; i++)
        n->samples[i] = (struct metric_samples){.min = INT64_MAX, .max = INT64_MIN};
    for (uint32_t i = 0; i < n->count; i++)
        if (n->rows[i].samples != NUMBERS_NONE)
            n->samples[n->rows[i].samples].in_ns = strcmp(n->rows[i].unit, "s") == 0;
}

static struct trial_numbers *new_numbers(const struct store_layout *l)
{
    struct trial_numbers *n = memory_new(1, sizeof *n);
    n->count = l->count;
    n->rows = l->rows;
    n->sample_count = l->sample_count;
    n->values = memory_new(n->count, sizeof *n->values);
    n->hidden = memory_new(n->count, sizeof *n->hidden);
    n->samples = memory_new(n->sample_count, sizeof *n->samples);
    set_units(n);
    return n;
}

static uint64_t unsigned_column(sqlite3_stmt *q, int column, int base)
{
    const char *text = (const char *)sqlite3_column_text(q, column);
    return text ? strtoull(text, NULL, base) : 0;
}

static void get_facts(sqlite3_stmt *q, struct trial_numbers *n)
{
    n->status = RUN_COMPLETE;
    n->replication = (uint32_t)sqlite3_column_int64(q, 1);
    n->seed = unsigned_column(q, 2, 10);
    n->fingerprint = unsigned_column(q, 3, 16);
    n->simulated = sqlite3_column_int64(q, 4);
    n->events = (uint64_t)sqlite3_column_int64(q, 5);
    n->connections = (uint64_t)sqlite3_column_int64(q, 6);
}

/* The numbers that are shown; what is no number of the layout is left to the digest. */
static bool get_numbers(struct study_store *s, sqlite3_int64 run,
                        const struct store_layout *l, struct trial_numbers *n,
                        struct results_error *error)
{
    sqlite3_stmt *q = store_sql(s, SQL_NUMBERS);
    bool good = true;
    sqlite3_bind_int64(q, 1, run);
    while (store_next(s, q, &good, error)) {
        sqlite3_int64 metric = sqlite3_column_int64(q, 0);
        uint32_t place = metric > 0 && metric < l->place_count ? l->places[metric] : 0;
        if (place && sqlite3_column_type(q, 1) != SQLITE_NULL)
            n->values[place - 1] = sqlite3_column_double(q, 1);
    }
    return good;
}

static bool get_run(struct study_store *s, sqlite3_stmt *q, const struct store_layout *l,
                    struct trial_numbers *n, struct results_error *error)
{
    const void *states = sqlite3_column_blob(q, 7);
    size_t states_length = (size_t)sqlite3_column_bytes(q, 7);
    const void *samples = sqlite3_column_blob(q, 8);
    size_t samples_length = (size_t)sqlite3_column_bytes(q, 8);
    uint64_t digest = (uint64_t)sqlite3_column_int64(q, 9);
    get_facts(q, n);
    if (!blob_get_states(states, states_length, n) ||
        (samples_length && !blob_get_samples(samples, samples_length, n)))
        return store_damaged(s, "a run is not as it was put there", error);
    if (!get_numbers(s, sqlite3_column_int64(q, 0), l, n, error))
        return false;
    return blob_digest(n, samples, samples_length) == digest ||
           store_damaged(s, "a run is not as it was put there", error);
}

/* --- all of a point ---------------------------------------------------------------- */

static struct trial_numbers *add_run(struct store_runs *runs, uint32_t *capacity,
                                     const struct store_layout *l)
{
    if (runs->count == *capacity) {
        *capacity = (uint32_t)memory_grown(*capacity, runs->count + 1u);
        runs->at = memory_resize(runs->at, *capacity, sizeof(struct trial_numbers *));
    }
    runs->at[runs->count] = new_numbers(l);
    return runs->at[runs->count++];
}

bool store_load(struct study_store *s, uint32_t point, struct store_runs *out,
                struct results_error *error)
{
    SIM_ASSERT(point < s->point_count);
    *out = (struct store_runs){0};
    if (s->points[point].layout == STORE_NONE)
        return true;
    const struct store_layout *l = &s->layouts[s->points[point].layout];
    sqlite3_stmt *q = store_sql(s, SQL_RUNS);
    uint32_t capacity = 0;
    bool good = true;
    sqlite3_bind_int64(q, 1, point + 1);
    while (good && store_next(s, q, &good, error))
        good = get_run(s, q, l, add_run(out, &capacity, l), error);
    sqlite3_reset(q);
    if (!good)
        store_runs_free(out);
    return good;
}

void store_runs_free(struct store_runs *runs)
{
    for (uint32_t i = 0; i < runs->count; i++) {
        struct trial_numbers *n = runs->at[i];
        for (uint32_t k = 0; k < n->sample_count; k++)
            free(n->samples[k].buckets);
        free(n->samples);
        free(n->values);
        free(n->hidden);
        free(n);
    }
    free(runs->at);
    *runs = (struct store_runs){0};
}
