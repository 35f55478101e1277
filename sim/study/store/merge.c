#include "sim/study/store/merge.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/base/memory.h"
#include "sim/study/store/store_export.h"
#include "sim/study/store/store_inside.h"

struct merge {
    struct study_store **from;
    uint32_t count; /* opened so far */
    struct study_store *into;
    struct merge_report *report;
};

/* --- what can be joined ---------------------------------------------------------------
 */

/* The first decides what the others must be. */
static bool fits(const struct study_store *first, const struct study_store *other,
                 struct results_error *error)
{
    const struct store_about *a = &first->about, *b = &other->about;
    if (strcmp(a->version, b->version) != 0)
        return results_fail(error, 0,
                            "the runs in %s are of portsim %s, those in %s of %s, and "
                            "could differ: nothing was merged",
                            first->at.path, a->version, other->at.path, b->version);
    if (strcmp(a->key, b->key) != 0)
        return results_fail(error, 0,
                            "%s is a study of another scenario (%s, seed %" PRIu64
                            ", key %.8s) than %s (%s, seed %" PRIu64
                            ", key %.8s): nothing was merged",
                            other->at.path, b->scenario, b->seed, b->key, first->at.path,
                            a->scenario, a->seed, a->key);
    return true;
}

static bool open_all(struct merge *m, const char *const *studies, uint32_t count,
                     struct results_error *error)
{
    for (uint32_t i = 0; i < count; i++) {
        m->from[i] = store_read(studies[i], error);
        if (!m->from[i])
            return false;
        m->count++;
        if (!fits(m->from[0], m->from[i], error))
            return false;
    }
    return true;
}

/* It would wait for itself. */
static bool is_itself(const struct study_store *s, const char *into)
{
    struct stat a, b;
    return fstat(s->at.handle, &a) == 0 && stat(into, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

static bool open_target(struct merge *m, const char *into, struct results_error *error)
{
    for (uint32_t i = 0; i < m->count; i++)
        if (is_itself(m->from[i], into))
            return results_fail(error, 0,
                                "%s cannot be merged into itself: name another directory",
                                into);
    struct store_about about = m->from[0]->about;
    about.status = RUN_COMPLETE; /* of nothing yet */
    m->into = store_open_about(into, &about, error);
    if (!m->into)
        return false;
    m->into->whole = true;
    m->report->status = m->into->about.status;
    return true;
}

/* --- joining --------------------------------------------------------------------------
 */

/* Who brought the run that another one contradicts. */
static const char *who_has(struct merge *m, uint32_t before, const char *key,
                           uint32_t replication)
{
    struct results_error unused;
    for (uint32_t i = 0; i < before; i++) {
        uint32_t point = store_find(m->from[i], key);
        bool *missing = memory_new(replication, sizeof *missing);
        bool has = point != STORE_NONE &&
                   store_missing(m->from[i], point, replication, missing, &unused) &&
                   !missing[replication - 1];
        free(missing);
        if (has)
            return m->from[i]->at.path;
    }
    return m->into->at.path;
}

static bool put(struct merge *m, uint32_t source, uint32_t point,
                const struct trial_numbers *n, struct results_error *error)
{
    if (store_put(m->into, point, n, error))
        return true;
    if (!m->into->conflict)
        return false;
    const char *key = store_point_key(m->into, point);
    char *words = store_point_words(m->into, point);
    results_fail(error, 0,
                 "%s and %s disagree on replication %" PRIu32
                 " of point %s (%s): nothing "
                 "was merged",
                 who_has(m, source, key, n->replication), m->from[source]->at.path,
                 n->replication, key, words);
    free(words);
    return false;
}

/* The settings of a point as they are stored, for the target. */
static uint32_t add_point(struct merge *m, const struct study_store *from, uint32_t point,
                          struct results_error *error)
{
    const struct stored_point *p = &from->points[point];
    char **settings = memory_new(p->value_count, sizeof(char *));
    uint32_t count = 0;
    for (uint32_t i = 0; i < p->value_count; i++)
        if (p->values[i])
            settings[count++] = memory_print("%s=%s", from->axes[i].path, p->values[i]);
    uint32_t number =
        store_point(m->into, p->key, (const char *const *)settings, count, error);
    for (uint32_t i = 0; i < count; i++)
        free(settings[i]);
    free(settings);
    return number;
}

static bool join_point(struct merge *m, uint32_t source, uint32_t point,
                       struct results_error *error)
{
    struct store_runs runs;
    uint32_t number = add_point(m, m->from[source], point, error);
    if (number == STORE_NONE || !store_load(m->from[source], point, &runs, error))
        return false;
    bool good = true;
    for (uint32_t i = 0; i < runs.count && good; i++)
        good = put(m, source, number, runs.at[i], error);
    store_runs_free(&runs);
    return good;
}

static bool join(struct merge *m, uint32_t source, struct results_error *error)
{
    const struct study_store *from = m->from[source];
    if (from->about.status == RUN_INTERRUPTED)
        m->report->status = RUN_INTERRUPTED;
    for (uint32_t i = 0; i < from->axis_count; i++)
        if (!store_axis_add(m->into, from->axes[i].path, from->axes[i].base, error))
            return false;
    for (uint32_t i = 0; i < from->point_count; i++)
        if (!join_point(m, source, i, error))
            return false;
    return true;
}

/* --- all of it ------------------------------------------------------------------------
 */

static bool count_runs(struct study_store *s, uint64_t *out, uint32_t *fewest,
                       uint32_t *most, struct results_error *error)
{
    sqlite3_stmt *q = store_sql(s, SQL_COUNTS);
    bool good = true;
    *out = 0;
    *fewest = *most = 0;
    while (store_next(s, q, &good, error)) {
        uint32_t runs = (uint32_t)sqlite3_column_int64(q, 0);
        *fewest = *out == 0 || runs < *fewest ? runs : *fewest;
        *most = runs > *most ? runs : *most;
        *out += runs;
    }
    return good;
}

static bool join_all(struct merge *m, struct results_error *error)
{
    struct merge_report *r = m->report;
    uint64_t before;
    if (!count_runs(m->into, &before, &r->fewest, &r->most, error))
        return false;
    for (uint32_t i = 0; i < m->count; i++)
        if (!join(m, i, error))
            return false;
    if (!count_runs(m->into, &r->runs, &r->fewest, &r->most, error))
        return false;
    r->points = m->into->point_count;
    r->added = r->runs - before;
    return store_export(m->into, r->status, error);
}

bool study_merge(const char *into, const char *const *studies, uint32_t count,
                 struct merge_report *report, struct results_error *error)
{
    struct merge m = {.from = memory_new(count, sizeof(struct study_store *)),
                      .report = report};
    *report = (struct merge_report){.status = RUN_COMPLETE};
    bool good = open_all(&m, studies, count, error) && open_target(&m, into, error) &&
                join_all(&m, error);
    store_close(m.into);
    for (uint32_t i = 0; i < m.count; i++)
        store_close(m.from[i]);
    free(m.from);
    return good;
}
