/* A study on the disk: every run that is done, by (key of its point, replication).
 *
 *     STUDY/study.sqlite     the store: one SQLite file, whole after every commit
 *     STUDY/scenario.json    the rest is written from it: store_export.h
 *
 * What is in the store is what a study is; asking which runs are missing is all there is
 * to resuming it.  A run stands there whole or not at all.  Runs are gathered into
 * transactions so that bringing them to the disk takes about a twentieth of the time, but
 * none waits for longer than two seconds while others come: that much of short runs a
 * killed process or a lost machine loses, and the next command does those again.
 *
 * The file is for people too (docs/STUDY_STORE.md): tables of points, settings, runs and
 * one row for each number that a summary of the run would show.  The others are zero, or
 * null where nothing was counted, and are remembered in two bits each.  Every number
 * comes back as it was put, bit for bit, which a digest of each run proves.
 *
 * One process writes; a second is refused when it opens the store.  Anybody may read
 * meanwhile.  One thread at a time may use a store.
 *
 * Rollback journal, synchronous FULL: one file that can be copied, also on network file
 * systems, which a write-ahead log with its shared memory is not; and a commit that has
 * returned survives a power loss.
 *
 * Errors.  Every verb returns false (or NULL, STORE_NONE) and fills the error.  After an
 * error in writing, a full disk above all, what was committed is kept, and the store
 * accepts no more: close it, make room, and go on.
 *
 * Cost: a run of 500 numbers about 0.3 ms to put and 0.2 ms to load; 9 bytes a number
 * loaded.
 */
#ifndef SIM_STUDY_STORE_H
#define SIM_STUDY_STORE_H

#include "sim/results/error.h"
#include "sim/results/run_record.h"
#include "sim/study/key.h"
#include "sim/trial/trial_numbers.h"
#include "sim/trial/trial_plan.h"

#define STORE_FILE "study.sqlite"
#define STORE_NONE UINT32_MAX

struct study_store;

/* Opens the study in a directory to add runs of scenarios based on `base`, which must
 * outlive the store; makes both if there is none.  Refuses another study's directory,
 * that of another version of the program, one in use, and whatever is no study. */
struct study_store *store_open(const char *directory, const struct trial_plan *base,
                               struct results_error *error);

/* Opens it to read alone, from any version that writes this format. */
struct study_store *store_read(const char *directory, struct results_error *error);

/* Gives up what was not committed, and a new study without any commit altogether.  NULL
 * is allowed. */
void store_close(struct study_store *s);

/* True if the directory has a store, whole or damaged. */
bool store_is_study(const char *directory);

/* --- what it is about --------------------------------------------------------------- */

struct store_about {
    const char *scenario; /* name of the base */
    const char *key;      /* of the base */
    const char *resolved; /* the base as JSON */
    const char *version;  /* of the program whose runs these are */
    uint64_t seed;
    enum run_status status; /* of the last command that changed it */
    double confidence;      /* of the intervals that it is exported with */
};

const struct store_about *store_about(const struct study_store *s);

/* --- points ------------------------------------------------------------------------- */

/* What the study varies, in the order of its columns: paths that are new become the last
 * ones.  store_point() adds those it meets. */
bool store_axes(struct study_store *s, const char *const *paths, uint32_t count,
                struct results_error *error);

uint32_t store_axis_count(const struct study_store *s);
const char *store_axis(const struct study_store *s, uint32_t axis); /* its path */

/* Finds the point of that key, or adds it with these settings ("path=value"); its number
 * in this store.  The settings of a point that is there stay as they are. */
uint32_t store_point(struct study_store *s, const char *key, const char *const *settings,
                     uint32_t setting_count, struct results_error *error);

uint32_t store_find(const struct study_store *s, const char *key); /* STORE_NONE: no */
uint32_t store_point_count(const struct study_store *s);
const char *store_point_key(const struct study_store *s, uint32_t point);

/* The point's value on an axis, the base's if it does not vary it; NULL if it has none.
 */
const char *store_value(const struct study_store *s, uint32_t point, uint32_t axis);

/* All points in the order of a table: by the values of the first axis, then of the next,
 * numbers, durations and rates by their size; then by key.  The caller's to free. */
uint32_t *store_points(const struct study_store *s);

/* --- runs --------------------------------------------------------------------------- */

/* Which of replications 1 .. count are not there: missing[i] speaks of i + 1. */
bool store_missing(struct study_store *s, uint32_t point, uint32_t count, bool *missing,
                   struct results_error *error);

/* Adds a complete run.  One that is there with the same numbers is fine; with others it
 * is refused. */
bool store_put(struct study_store *s, uint32_t point, const struct trial_numbers *numbers,
               struct results_error *error);

/* Brings to the disk what was put. */
bool store_commit(struct study_store *s, struct results_error *error);

/* Runs that store_put() took and that were given up again after a later error. */
uint32_t store_lost(const struct study_store *s);

/* The runs of a point, by replication.  Rows and texts belong to the store. */
struct store_runs {
    struct trial_numbers **at;
    uint32_t count;
};

bool store_load(struct study_store *s, uint32_t point, struct store_runs *out,
                struct results_error *error);
void store_runs_free(struct store_runs *runs); /* not trial_numbers_free() of each */

#endif
