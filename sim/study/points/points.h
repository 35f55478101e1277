/* The points of a study: every scenario that its axes make, read and checked before the
 * first run.
 *
 * Points stand in the order of the axes, the last of which runs fastest; what names one
 * is its key (key.h).  Each is read from the scenario's own file with its settings, since
 * what a scenario leaves to a default may depend on what is set.
 *
 * Everything that is wrong with any point is said at once, each complaint once, at the
 * value of the axis that made it, or where it stands in the scenario with the settings of
 * the first point that has it.
 *
 * Cost: one reading of the scenario a point, a millisecond or two; some 200 bytes a point
 * are kept.  Belongs to the thread that reads scenarios.
 */
#ifndef SIM_STUDY_POINTS_H
#define SIM_STUDY_POINTS_H

#include "sim/scenario/scenario.h"
#include "sim/study/key.h"
#include "sim/study/points/axes.h"

#define STUDY_POINTS_MAX 100000

struct study_point {
    char **settings; /* "path=value" in the order of the axes; of an axis that this point
                        leaves alone what the scenario says, "path=" if that is nothing */
    uint32_t setting_count;
    uint32_t group; /* the only axes that are set; POINT_ALL, POINT_NONE */
    char key[STUDY_KEY_SIZE];
};

#define POINT_ALL  UINT32_MAX
#define POINT_NONE (UINT32_MAX - 1)

/* What the points are made of; all of it must outlive them. */
struct points_order {
    const char *path;                       /* of the scenario's file; not "-" */
    const struct scenario_options *options; /* library, --set */
    const struct study_axes *axes;
    const char *where;      /* filter.h; NULL: every point */
    const char *where_name; /* what messages call it: "--where" */
    enum sweep_design design;
};

struct study_points {
    struct points_order order;
    struct study_point *at;
    uint32_t count;
};

/* Makes them all; false after complaints.  `base` is the scenario without axes, which was
 * read with the same issues.  To be freed either way. */
bool study_points_read(struct study_points *points, const struct points_order *order,
                       const struct trial_plan *base, struct issues *issues);
void study_points_free(struct study_points *points);

/* Whether a point sets that axis at all. */
bool study_points_sets(const struct study_points *points, uint32_t point, uint32_t axis);

/* The plan of a point, the caller's to free; NULL if its file is no longer what it was
 * when the points were read. */
struct trial_plan *study_points_plan(const struct study_points *points, uint32_t point,
                                     struct issues *issues);

/* "path=value, path=value", the caller's to free. */
char *study_point_text(const struct study_point *point);

#endif
