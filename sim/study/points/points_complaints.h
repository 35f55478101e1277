/* What is wrong with the points of a study, said once however many of them share it.
 *
 * Each point is read with issues of its own; what they say of a setting is moved to the
 * value of the axis it came from, what they say of a file to that file.
 */
#ifndef SIM_STUDY_POINTS_COMPLAINTS_H
#define SIM_STUDY_POINTS_COMPLAINTS_H

#include "sim/study/points/points.h"

/* So many different ones are collected. */
#define POINTS_COMPLAINTS_MAX 100

struct point_complaint {
    struct place place; /* in the issues of the study */
    bool of_value;      /* it stands at the value of an axis */
    char *path, *message, *suggestion;
    uint32_t first, times; /* the first point that has it, and how many do */
};

struct points_complaints {
    const struct study_points *points;
    struct point_complaint at[POINTS_COMPLAINTS_MAX];
    uint32_t count;
};

/* Room for more? */
static inline bool points_complaints_wanted(const struct points_complaints *c)
{
    return c->count < POINTS_COMPLAINTS_MAX;
}

/* Takes what is said of a point; `issues` are those of the study. */
void points_complaints_add(struct points_complaints *c, uint32_t point,
                           struct issues *said, struct issues *issues);

/* Puts all of them into the issues of the study, and frees them.  True if there are none.
 */
bool points_complaints_tell(struct points_complaints *c, struct issues *issues);

#endif
