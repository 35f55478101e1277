/* Which metrics the pictures of a study show: those its requirements speak of, each with
 * its bound; else the failure ratios of its applications. */
#ifndef SIM_STUDY_STUDY_WANTED_H
#define SIM_STUDY_STUDY_WANTED_H

#include "sim/study/pictures/pictures.h"
#include "sim/study/store/store.h"

/* Pictures of one kind that a study gets. */
#define WANTED_MAX 3

struct wanted_metric {
    char *name;
    struct picture_bound bound;
};

struct study_wanted {
    struct wanted_metric at[PICTURE_LINES_MAX];
    uint32_t count;
    bool apps;    /* the same metric of all applications: lines of one picture */
    char *moment; /* when its application, or the first, failed first; NULL: no such */
};

/* `metric` alone, if it is not NULL; `base` may be NULL.  False, the error filled, if
 * there is no run yet, or no such metric. */
bool study_wanted_read(struct study_wanted *w, struct study_store *store,
                       const struct trial_plan *base, const char *metric,
                       struct results_error *error);
void study_wanted_free(struct study_wanted *w);

/* "web" of "apps.web.failure_ratio", the caller's to free; NULL of another metric. */
char *wanted_app(const char *metric);

#endif
