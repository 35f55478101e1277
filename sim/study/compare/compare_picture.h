/* The picture of a comparison: how far B is from A, metric by metric, with intervals. */
#ifndef SIM_STUDY_COMPARE_PICTURE_H
#define SIM_STUDY_COMPARE_PICTURE_H

#include "sim/results/figures.h"
#include "sim/study/compare/compare.h"

/* Draws differences.svg, or whatever the request asks for: the metrics that differ or may
 * differ, worst verdicts first, as shares of A's mean; `margin` likewise, 0: none.  Where
 * there is nothing of that kind there is no picture, which is no error. */
bool compare_picture(const struct figures_request *request,
                     const struct comparison *result, double margin,
                     struct figures_drawn *drawn, struct results_error *error);

#endif
