/* A small study to store: a host of ten ports at some rates and TIME_WAITs, runs of a few
 * milliseconds. */
#ifndef TESTS_STUDY_LAB_H
#define TESTS_STUDY_LAB_H

#include "sim/study/store/store.h"
#include "sim/study/workers.h"
#include "tests/run_text.h"

#define LAB_POINTS 6

struct lab_point {
    struct trial_plan *plan;
    char key[STUDY_KEY_SIZE];
    char *settings[2];
};

struct study_lab {
    struct issues *issues;
    struct trial_plan *base;
    struct lab_point points[LAB_POINTS];
};

/* `more`: members of the scenario's root, "\"seed\": 7,"; "" for none. */
struct study_lab study_lab_new(const char *more);
void study_lab_free(struct study_lab *lab);

/* How a study is done: on so many threads, and only every shards-th job from `shard` on.
 */
struct lab_work {
    uint32_t replications;
    unsigned threads;
    uint32_t shard, shards; /* shards 0: all of it */
};

/* Does in `directory` what is missing there, and exports; false with the error. */
bool study_lab_work(const struct study_lab *lab, const char *directory,
                    const struct lab_work *work, struct results_error *error);

/* One run, the caller's to trial_numbers_free(). */
struct trial_numbers *study_lab_run(const struct study_lab *lab, uint32_t point,
                                    uint32_t replication);

/* Adds point number `point` of the lab to a store. */
uint32_t study_lab_put_point(const struct study_lab *lab, struct study_store *store,
                             uint32_t point);

/* The store of an error-free opening; fails the test otherwise. */
struct study_store *study_lab_open(const struct study_lab *lab, const char *directory);

/* Fails the test unless what both directories export is the same, byte for byte. */
void expect_same_exports(const char *a, const char *b);

#endif
