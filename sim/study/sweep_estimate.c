#include "sim/study/sweep_estimate.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sim/base/memory.h"
#include "sim/study/store/store_export.h"
#include "sim/trial/trial.h"

/* Replications that each pilot stands for when the disk is measured: a store grows by
 * pages. */
#define COPIES 10

struct pilot {
    struct trial_numbers *numbers;
    uint32_t point;
    double seconds;
};

static double wall_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* --- one run ------------------------------------------------------------------- */

/* The cost of reading its point is shared by its replications. */
static bool run_pilot(const struct sweep *s, const struct study_job *job,
                      struct pilot *out, struct results_error *error)
{
    struct issues *issues = issues_new();
    double began = wall_seconds();
    struct warm_up_doubts unused = {.late = false};
    struct trial_plan *plan = sweep_plan(s, job->point, &unused, issues);
    double reading = (wall_seconds() - began) / s->order.replications;
    *out = (struct pilot){.point = job->point};
    *error = (struct results_error){.code = 0};
    if (plan) {
        struct trial_watch watch = {.keeps = TRIAL_NUMBERS, .stop = s->order.stop};
        began = wall_seconds();
        struct trial_result *result =
            trial_run(plan, job->seed, job->replication, &watch);
        out->seconds = wall_seconds() - began + reading;
        if (result->numbers->status == RUN_COMPLETE) {
            out->numbers = result->numbers;
            result->numbers = NULL;
        }
        trial_result_free(result);
    } else if (issues_count(issues)) {
        results_fail(error, 0, "%s", issues_get(issues, 0)->message);
    }
    trial_plan_free(plan);
    issues_free(issues);
    return out->numbers != NULL;
}

/* --- the disk ------------------------------------------------------------------ */

/* Bytes of the files of a directory, which `take_away` removes. */
static double bytes_in(const char *directory, bool take_away)
{
    double bytes = 0;
    DIR *list = opendir(directory);
    for (struct dirent *e; list && (e = readdir(list));) {
        char *path = memory_print("%s/%s", directory, e->d_name);
        struct stat s;
        if (lstat(path, &s) == 0 && S_ISREG(s.st_mode)) {
            bytes += (double)s.st_size;
            if (take_away)
                unlink(path);
        }
        free(path);
    }
    if (list)
        closedir(list);
    return bytes;
}

/* Puts each pilot as the replications `first` to `last` of its point. */
static bool put_all(const struct sweep *s, struct study_store *store,
                    const struct pilot *pilots, uint32_t count, uint32_t first,
                    uint32_t last)
{
    struct results_error error;
    bool good = true;
    for (uint32_t i = 0; i < count && good; i++) {
        const char *key = s->order.points->at[pilots[i].point].key;
        uint32_t point = store_point(store, key, NULL, 0, &error);
        good = point != STORE_NONE;
        for (uint32_t k = first; k <= last && good; k++) {
            pilots[i].numbers->replication = k;
            good = store_put(store, point, pilots[i].numbers, &error);
        }
    }
    return good && store_export(store, RUN_COMPLETE, &error);
}

/* What points with one run, and further runs of them, add to a study of nothing. */
static void measure(const struct sweep *s, const char *study, struct study_store *store,
                    const struct pilot *pilots, struct sweep_estimate *out)
{
    struct results_error error;
    uint32_t count = out->pilots;
    if (!store_export(store, RUN_COMPLETE, &error))
        return;
    double none = bytes_in(study, false);
    if (!put_all(s, store, pilots, count, 1, 1))
        return;
    double one = bytes_in(study, false);
    if (!put_all(s, store, pilots, count, 2, 1 + COPIES))
        return;
    out->run_bytes = (bytes_in(study, false) - one) / count / COPIES;
    out->point_bytes = fmax(0, (one - none) / count - out->run_bytes);
}

/* Pilots put into a study that is thrown away; what cannot be tried stays NaN. */
static void measure_disk(const struct sweep *s, const struct trial_plan *base,
                         const struct pilot *pilots, struct sweep_estimate *out)
{
    struct results_error error;
    const char *place = getenv("TMPDIR");
    char *folder = memory_print("%s/portsim-XXXXXX", place && *place ? place : "/tmp");
    if (mkdtemp(folder)) {
        char *study = memory_print("%s/study", folder);
        struct study_store *store = store_open(study, base, &error);
        if (store)
            measure(s, study, store, pilots, out);
        store_close(store);
        bytes_in(study, true);
        rmdir(study);
        rmdir(folder);
        free(study);
    }
    free(folder);
}

/* --- all of it ----------------------------------------------------------------- */

static void sum_up(const struct pilot *pilots, struct sweep_estimate *out)
{
    out->shortest = INFINITY;
    for (uint32_t i = 0; i < out->pilots; i++) {
        out->seconds += pilots[i].seconds / out->pilots;
        out->shortest = fmin(out->shortest, pilots[i].seconds);
        out->longest = fmax(out->longest, pilots[i].seconds);
        out->events += (double)pilots[i].numbers->events / out->pilots;
    }
}

bool sweep_estimate_make(const struct sweep *s, const struct trial_plan *base,
                         struct sweep_estimate *out, struct results_error *error)
{
    struct pilot pilots[SWEEP_PILOTS_MAX] = {{.numbers = NULL}};
    uint32_t points = s->order.points->count;
    size_t wanted = points < SWEEP_PILOTS_MAX ? points : SWEEP_PILOTS_MAX;
    bool good = true;
    wanted = wanted < s->missing ? wanted : s->missing;
    *out = (struct sweep_estimate){.run_bytes = NAN, .point_bytes = NAN};
    for (size_t i = 0; i < wanted && good; i++) {
        size_t job = wanted > 1 ? i * (s->missing - 1) / (wanted - 1) : 0;
        good = run_pilot(s, &s->jobs[job], &pilots[i], error);
        out->pilots += good;
    }
    if (good && wanted) {
        sum_up(pilots, out);
        measure_disk(s, base, pilots, out);
    }
    for (uint32_t i = 0; i < out->pilots; i++)
        trial_numbers_free(pilots[i].numbers);
    return good;
}

double sweep_estimate_bytes(const struct sweep *s, const struct sweep_estimate *e)
{
    uint32_t fresh = 0;
    for (uint32_t i = 0; i < s->order.points->count; i++)
        fresh += s->stored[i] == STORE_NONE && s->missing_of[i];
    return fresh * e->point_bytes + (double)s->missing * e->run_bytes;
}
