/* What a plan found, as one screen of text. */
#ifndef SIM_CLI_PLAN_PRINT_H
#define SIM_CLI_PLAN_PRINT_H

#include <stdio.h>

#include "sim/study/plan/plan.h"

/* The answer in a sentence or two, what speaks against it, and the points it rests on. */
void plan_print(FILE *out, const struct plan_question *question,
                const struct plan_answer *answer);

/* One point in one line, for who waits. */
void plan_print_point(FILE *out, const struct plan_points *points,
                      const struct plan_point *point, double confidence);

#endif
