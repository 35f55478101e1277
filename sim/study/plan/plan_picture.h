/* The picture of a plan: the knee, with the requirement, the answer and what closed forms
 * say. */
#ifndef SIM_STUDY_PLAN_PICTURE_H
#define SIM_STUDY_PLAN_PICTURE_H

#include "sim/results/figures.h"
#include "sim/study/plan/plan.h"

/* Draws knee.svg, or whatever the request asks for.  An answer with no point at all has
 * no picture, which is no error. */
bool plan_picture(const struct figures_request *request,
                  const struct plan_question *question, const struct plan_answer *answer,
                  struct figures_drawn *drawn, struct results_error *error);

#endif
