#include "sim/cli/theory_runs.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/cli/complaint.h"
#include "sim/results/run_directory.h"
#include "sim/study/estimate.h"
#include "sim/study/store/store.h"

/* One of the two. */
struct theory_runs {
    struct stored_run *stored; /* its metrics have their intervals */
    struct study_store *store;
    struct store_runs runs; /* of the point */
    double confidence;
};

/* --- a study --------------------------------------------------------------------------
 */

static bool find_point(struct theory_runs *r, const char *directory,
                       const struct trial_plan *plan, struct results_error *error)
{
    char key[STUDY_KEY_SIZE];
    study_key(plan, key);
    uint32_t point = store_find(r->store, key);
    if (point != STORE_NONE)
        return store_load(r->store, point, &r->runs, error);
    return results_fail(error, 0,
                        "%s has no run of this very scenario; --set says which of its "
                        "points is meant",
                        directory);
}

static bool open_study(struct theory_runs *r, const char *directory,
                       const struct trial_plan *plan, struct results_error *error)
{
    r->store = store_read(directory, error);
    if (!r->store)
        return false;
    r->confidence = store_about(r->store)->confidence;
    return find_point(r, directory, plan, error);
}

/* The half-width of one run is null, as in a summary. */
static bool find_in_study(const struct theory_runs *r, const char *metric, double *value,
                          double *half_width)
{
    const struct trial_numbers *const *runs =
        (const struct trial_numbers *const *)r->runs.at;
    uint32_t row = r->runs.count ? trial_numbers_find(runs[0], metric) : NUMBERS_NONE;
    if (row == NUMBERS_NONE)
        return false;
    struct estimate e = estimate_number(runs, r->runs.count, row, r->confidence);
    *value = e.value;
    *half_width = e.half_width;
    return !isnan(e.value);
}

/* --- either ---------------------------------------------------------------------------
 */

struct theory_runs *theory_runs_open(const char *directory, const struct trial_plan *plan)
{
    struct theory_runs *r = memory_new(1, sizeof *r);
    struct results_error error;
    bool opened;
    if (store_is_study(directory)) {
        opened = open_study(r, directory, plan, &error);
    } else {
        r->stored = run_directory_read(directory, &error);
        opened = r->stored;
    }
    if (opened)
        return r;
    io_error(&error);
    theory_runs_close(r);
    return NULL;
}

void theory_runs_close(struct theory_runs *r)
{
    if (!r)
        return;
    store_runs_free(&r->runs);
    store_close(r->store);
    stored_run_free(r->stored);
    free(r);
}

bool theory_runs_find(const struct theory_runs *r, const char *metric, double *value,
                      double *half_width)
{
    if (r->store)
        return find_in_study(r, metric, value, half_width);
    const struct run_metric *m = run_record_metric(&r->stored->record, metric);
    if (!m || isnan(m->value))
        return false;
    *value = m->value;
    *half_width = m->half_width;
    return true;
}
