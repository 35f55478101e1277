/* Inside the pictures of a study: what all of them are drawn from. */
#ifndef SIM_STUDY_STUDY_DRAWING_H
#define SIM_STUDY_STUDY_DRAWING_H

#include "sim/scenario/issues.h"
#include "sim/study/pictures/study_table.h"
#include "sim/study/pictures/study_wanted.h"

struct study_drawing {
    struct canvas canvas;
    struct study_store *store;
    struct trial_plan *base; /* NULL: it cannot be read any more */
    struct study_wanted wanted;
    struct study_table table;
    struct picture_words words;
};

/* "knee", or "knee-apps.web.failure_ratio-late" where there are several: a name of a
 * file, the caller's to free. */
char *study_picture_name(const struct study_drawing *d, const char *kind,
                         uint32_t metric);

struct picture_axis study_metric_axis(const struct study_drawing *d, uint32_t metric);

/* What the runs of a point say of a metric; NaN of no point. */
struct picture_point study_point_of(const struct table_point *p, uint32_t metric);

/* The plan of a point, if the stored scenario with its settings still is that point, else
 * NULL; `issues` must outlive it. */
struct trial_plan *study_plan_of(const struct study_drawing *d,
                                 const struct table_point *p, struct issues *issues);

/* The knees along an axis of sizes: of each metric, with a line for each value of `other`
 * unless that is the axis itself; or of all applications in one. */
bool study_knees(struct study_drawing *d, uint32_t axis, uint32_t other);

#endif
