/* The mark of the capacity on a knee: where, along its axis, users ask for as many ports
 * as there are [MODEL.md D: N / (L + T)]. */
#ifndef SIM_STUDY_CAPACITY_H
#define SIM_STUDY_CAPACITY_H

#include "sim/base/texts.h"
#include "sim/study/pictures/pictures.h"

/* How full the ports would be by theory (theory_fullness()) along a line of the knee. */
struct capacity_line {
    const char *label;                 /* what tells it from the other lines */
    const struct picture_point *along; /* by x; .mean is the fullness */
    size_t count;
};

/* Where the fullness passes 1; false where it never does, or more than once.  Exact where
 * the load is linear in x, rising, or the ports are, the fullness falling. */
bool capacity_of(const struct capacity_line *line, double *x);

/* Marks the capacity of each line, once where all have the same; none where a line has
 * none, or there are too many.  `texts` keeps the words. */
void capacity_mark(struct picture_knee *k, const struct capacity_line *lines,
                   unsigned count, struct texts *texts);

#endif
