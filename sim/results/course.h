/* What a few lines did over time, in as many points as a picture can show, with every
 * peak and dip.
 *
 * Of each bin of the series (bins.h) the first row is kept, and of each line the rows at
 * which it stands highest and lowest, where that is more than `unseen` beyond what is
 * kept already: a spike of one sample is drawn as high as it was.  Where so many rows
 * would be kept that only a hatching could be seen, the points are the bins: each line's
 * mean, and how low and how high it came.
 *
 *     points    one a bin of a quiet series, two and a half at most
 *     time      O(rows * lines)
 */
#ifndef SIM_RESULTS_COURSE_H
#define SIM_RESULTS_COURSE_H

#include <stddef.h>

#include "sim/results/series.h"

struct course_value {
    double value, least, most; /* of a row all the same; NaN: nothing */
};

struct course {
    sim_ns
        length; /* of the bins whose means the values are; 0: they are rows, as sampled */
    unsigned lines;
    size_t count;
    sim_ns *when;                /* by point; owned */
    struct course_value *values; /* by point and line; owned */
};

/* What a line shows at a row; NaN: nothing. */
typedef double course_line(const void *figure, size_t row, unsigned line);

/* By about `moments` bins. */
struct course course_of(const struct series *s, unsigned moments, unsigned lines,
                        course_line *line, const void *figure, double unseen);
void course_free(struct course *c);

struct course_value course_at(const struct course *c, size_t point, unsigned line);

#endif
