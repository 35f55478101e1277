/* Runs on their way into the store, and the transactions that take them there. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/results/quiet_write.h"
#include "sim/study/store/store_blob.h"
#include "sim/study/store/store_inside.h"

/* --- transactions ------------------------------------------------------------------ */

/* What commits may take of the time since the store was opened, and how long what was put
 * waits at most, in seconds, on however slow a disk. */
#define COMMIT_SHARE 0.05
#define COMMIT_WAIT  2.0

static double seconds_since(const struct timespec *then)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - then->tv_sec) +
           (double)(now.tv_nsec - then->tv_nsec) / 1e9;
}

bool store_begin(struct study_store *s, struct results_error *error)
{
    if (s->failed)
        return results_fail(error, 0, "%s takes no more after an error", s->path);
    if (!sqlite3_get_autocommit(s->db))
        return true;
    s->dirty = true;
    return store_do(s, store_sql(s, SQL_BEGIN), error);
}

bool store_commit(struct study_store *s, struct results_error *error)
{
    struct timespec began;
    if (!s->dirty)
        return true;
    clock_gettime(CLOCK_MONOTONIC, &began);
    bool good = store_do(s, store_sql(s, SQL_COMMIT), error);
    s->price = seconds_since(&began);
    s->committing += s->price;
    clock_gettime(CLOCK_MONOTONIC, &s->committed);
    s->dirty = false;
    s->kept |= good;
    s->waiting = 0;
    return good;
}

/* Long runs are committed one by one, short ones by the dozen. */
bool store_commit_in_time(struct study_store *s, struct results_error *error)
{
    bool cheap = s->committing + s->price <= COMMIT_SHARE * seconds_since(&s->opened);
    bool late = seconds_since(&s->committed) > COMMIT_WAIT;
    return s->whole || (!cheap && !late) || store_commit(s, error);
}

bool store_set_status(struct study_store *s, enum run_status status,
                      struct results_error *error)
{
    double confidence = s->base ? s->base->config->study.confidence : s->about.confidence;
    if (s->about.status == status && s->about.confidence == confidence)
        return store_commit(s, error);
    if (!store_begin(s, error))
        return false;
    sqlite3_stmt *q = store_sql(s, SQL_SET_STATUS);
    store_bind_text(q, 1, run_status_name(status));
    sqlite3_bind_double(q, 2, confidence);
    s->about.status = status;
    s->about.confidence = confidence;
    return store_do(s, q, error) && store_commit(s, error);
}

/* --- runs -------------------------------------------------------------------------- */

/* The first run of a point decides which numbers its runs have. */
static bool agree_on_layout(struct study_store *s, uint32_t point,
                            const struct trial_numbers *n, struct results_error *error)
{
    struct stored_point *p = &s->points[point];
    if (p->seen)
        return true;
    uint32_t layout = store_layout_of(s, n, error);
    if (layout == STORE_NONE)
        return false;
    if (p->layout != STORE_NONE && p->layout != layout)
        return results_fail(error, 0,
                            "%s holds runs with other metrics: another build of the "
                            "program made them; use a new directory",
                            s->path);
    p->seen = true;
    if (p->layout == layout)
        return true;
    p->layout = layout;
    sqlite3_stmt *q = store_sql(s, SQL_SET_LAYOUT);
    sqlite3_bind_int64(q, 1, layout + 1);
    sqlite3_bind_int64(q, 2, point + 1);
    return store_do(s, q, error);
}

/* Whoever reads the store before the command is done finds it unfinished. */
static bool mark_unfinished(struct study_store *s, struct results_error *error)
{
    if (s->about.status == RUN_INTERRUPTED)
        return true;
    sqlite3_stmt *q = store_sql(s, SQL_SET_STATUS);
    store_bind_text(q, 1, run_status_name(RUN_INTERRUPTED));
    sqlite3_bind_double(q, 2, s->about.confidence);
    s->about.status = RUN_INTERRUPTED;
    return store_do(s, q, error);
}

static bool put_run(struct study_store *s, uint32_t point, const struct trial_numbers *n,
                    uint64_t digest, const struct blob *states,
                    const struct blob *samples, struct results_error *error)
{
    char seed[32], fingerprint[32];
    snprintf(seed, sizeof seed, "%" PRIu64, n->seed);
    snprintf(fingerprint, sizeof fingerprint, "%016" PRIx64, n->fingerprint);
    sqlite3_stmt *q = store_sql(s, SQL_ADD_RUN);
    sqlite3_bind_int64(q, 1, point + 1);
    sqlite3_bind_int64(q, 2, n->replication);
    store_bind_text(q, 3, seed);
    store_bind_text(q, 4, fingerprint);
    sqlite3_bind_int64(q, 5, n->simulated);
    sqlite3_bind_int64(q, 6, (sqlite3_int64)n->events);
    sqlite3_bind_int64(q, 7, (sqlite3_int64)n->connections);
    sqlite3_bind_blob(q, 8, states->bytes, (int)states->length, SQLITE_STATIC);
    sqlite3_bind_blob(q, 9, samples->bytes ? samples->bytes : (const void *)"",
                      (int)samples->length, SQLITE_STATIC);
    sqlite3_bind_int64(q, 10, (sqlite3_int64)digest);
    return store_do(s, q, error);
}

/* The first parameter of both statements is the run, then come metrics and values. */
static bool put_rows(struct study_store *s, enum store_sql which, sqlite3_int64 run,
                     const uint32_t *metrics, const double *values, uint32_t count,
                     struct results_error *error)
{
    sqlite3_stmt *q = store_sql(s, which);
    sqlite3_bind_int64(q, 1, run);
    for (uint32_t i = 0; i < count; i++) {
        sqlite3_bind_int64(q, (int)(2 * i + 2), metrics[i]);
        sqlite3_bind_double(q, (int)(2 * i + 3), values[i]); /* NaN becomes null */
    }
    return store_step(s, q, error);
}

static bool put_in_groups(struct study_store *s, sqlite3_int64 run,
                          const uint32_t *metrics, const double *values, uint32_t count,
                          struct results_error *error)
{
    struct quiet quiet;
    uint32_t done = 0;
    bool good = true;
    quiet_begin(&quiet);
    for (; good && done + STORE_NUMBERS <= count; done += STORE_NUMBERS)
        good = put_rows(s, SQL_ADD_NUMBERS, run, metrics + done, values + done,
                        STORE_NUMBERS, error);
    for (; good && done < count; done++)
        good = put_rows(s, SQL_ADD_NUMBER, run, metrics + done, values + done, 1, error);
    quiet_end(&quiet);
    return good;
}

static bool put_numbers(struct study_store *s, uint32_t point,
                        const struct trial_numbers *n, struct results_error *error)
{
    const struct store_layout *l = &s->layouts[s->points[point].layout];
    uint32_t *metrics = memory_new(n->count, sizeof *metrics);
    double *values = memory_new(n->count, sizeof *values);
    uint32_t shown = 0;
    SIM_ASSERT(l->count == n->count);
    for (uint32_t i = 0; i < n->count; i++)
        if (!n->hidden[i]) {
            metrics[shown] = l->metrics[i];
            values[shown++] = n->values[i];
        }
    bool good =
        put_in_groups(s, sqlite3_last_insert_rowid(s->db), metrics, values, shown, error);
    free(metrics);
    free(values);
    return good;
}

/* There is such a run already: it must be this one. */
static bool compare_run(struct study_store *s, uint32_t point, uint32_t replication,
                        uint64_t digest, struct results_error *error)
{
    sqlite3_stmt *q = store_sql(s, SQL_FIND_RUN);
    sqlite3_bind_int64(q, 1, point + 1);
    sqlite3_bind_int64(q, 2, replication);
    bool good = true, same = false;
    while (store_next(s, q, &good, error))
        same = (uint64_t)sqlite3_column_int64(q, 0) == digest;
    if (same || !good)
        return good;
    s->conflict = true;
    char *words = store_point_words(s, point);
    results_fail(error, 0,
                 "replication %" PRIu32 " of point %s (%s) is in %s already, with other "
                 "numbers",
                 replication, s->points[point].key, words, s->path);
    free(words);
    return false;
}

static bool put_all(struct study_store *s, uint32_t point, const struct trial_numbers *n,
                    bool *added, struct results_error *error)
{
    struct blob states = {0}, samples = {0};
    blob_put_states(&states, n);
    blob_put_samples(&samples, n);
    uint64_t digest = blob_digest(n, samples.bytes, samples.length);
    bool good = put_run(s, point, n, digest, &states, &samples, error);
    *added = good && sqlite3_changes(s->db);
    if (*added)
        good = put_numbers(s, point, n, error);
    else if (good)
        good = compare_run(s, point, n->replication, digest, error);
    blob_free(&states);
    blob_free(&samples);
    return good;
}

uint32_t store_lost(const struct study_store *s)
{
    return s->lost;
}

bool store_put(struct study_store *s, uint32_t point, const struct trial_numbers *numbers,
               struct results_error *error)
{
    SIM_ASSERT(point < s->point_count);
    SIM_ASSERT(numbers->status == RUN_COMPLETE);
    bool added = false;
    bool good = store_begin(s, error) && mark_unfinished(s, error) &&
                agree_on_layout(s, point, numbers, error) &&
                put_all(s, point, numbers, &added, error) &&
                store_commit_in_time(s, error);
    s->waiting += good && added && s->dirty;
    return good;
}
