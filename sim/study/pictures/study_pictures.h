/* Which pictures a study gets, and a run of several replications.
 *
 *     one axis of sizes        knee: the metrics that its requirements speak of, each
 * with its bound and the theory's line; without requirements the failure ratios of all
 * applications in one one axis of words        heat, of one row two axes heat; and knee,
 * a line for each value of the shorter axis one change at a time     tornado first
 * failures           ecdf, of up to seven points, or of the applications of a run, where
 * there are at least ten runs
 *
 * A study of three axes and more, all with all, has more to show than a picture can; its
 * results.csv is for programs that slice.
 */
#ifndef SIM_STUDY_STUDY_PICTURES_H
#define SIM_STUDY_STUDY_PICTURES_H

#include "sim/results/figures.h"

/* The kinds of pictures of many runs, in the order of pictures.h; NULL after the last. */
const struct figure_kind *study_pictures_kind(uint32_t index);

/* Runs from which a share of runs says something. */
#define ECDF_RUNS_LEAST 10

/* Draws them into plots/ of the study, or on the terminal.  With a `metric` that one
 * alone.  False, the error filled, when there is nothing to draw too. */
bool study_pictures_draw(const struct figures_request *request, const char *metric,
                         struct figures_drawn *drawn, struct results_error *error);

/* Adds to what was drawn of a run directory what its replications allow. */
bool replication_pictures_draw(const struct figures_request *request,
                               const struct run_record *run, struct figures_drawn *drawn,
                               struct results_error *error);

/* Adds what a run says of the choice of its ports, beside the closed forms. */
bool run_pictures_draw(const struct figures_request *request, const struct run_record *r,
                       struct figures_drawn *drawn, struct results_error *error);

#endif
