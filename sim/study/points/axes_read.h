/* What reading axes from a text and from a scenario have in common. */
#ifndef SIM_STUDY_AXES_READ_H
#define SIM_STUDY_AXES_READ_H

#include "sim/study/points/axes.h"
#include "sim/study/points/axis_range.h"

/* Axes being read from one source. */
struct axes_reading {
    struct study_axes *axes;
    const struct trial_plan *base;
    struct issues *issues;
};

/* A new axis in a group of its own, with no values yet; NULL after a complaint.  Valid
 * until the next is opened. */
struct study_axis *axes_open(struct axes_reading *r, const char *path,
                             struct place place);

/* Takes `value`. */
void axes_add_value(struct study_axis *axis, char *value, struct place place);

/* The rest return false after a complaint. */
bool axes_add_range(struct axes_reading *r, struct study_axis *axis,
                    const struct axis_range *range, struct place place);

/* How many values, and each once. */
bool axes_check_values(struct axes_reading *r, const struct study_axis *axis);

/* Puts an axis into the group of another, which must have as many values. */
bool axes_join(struct axes_reading *r, const struct study_axis *first,
               struct study_axis *axis, struct place place);

/* Numbers the groups 0, 1, ... in the order of their first axes. */
void axes_number_groups(struct study_axes *axes);

#endif
