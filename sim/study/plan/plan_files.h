/* What a plan leaves: plan.json, the answer and every point; points.csv, a row a point.
 *
 *     plan.json    {"portsim", "scenario", "seed", "vary", "require", "confidence",
 *                  "status", "answer", "interval", "theory", "runs", "points"}
 *     points.csv   a column an axis (its path), `runs`, `verdict`, then of each
 *                  requirement METRIC and METRIC:half_width, then `theory` of the one
 *                  that stands in the way; empty where there is none
 *
 * Half-widths are at the confidence asked for.  The files are a function of scenario,
 * seed and question: neither threads nor time are in them.
 */
#ifndef SIM_STUDY_PLAN_FILES_H
#define SIM_STUDY_PLAN_FILES_H

#include "sim/base/json.h"
#include "sim/results/error.h"
#include "sim/study/plan/plan.h"

#define PLAN_JSON   "plan.json"
#define PLAN_POINTS "points.csv"

/* "answered", "all-meet", "none-meets", "end-undecided", "interrupted". */
const char *plan_status(const struct plan_answer *answer);

/* "meets", "fails", "undecided". */
const char *plan_verdict_text(enum plan_verdict verdict);

void plan_json(struct json_text *out, const struct plan_question *question,
               const struct plan_answer *answer);

/* Writes both into a directory that is there; earlier ones are replaced. */
bool plan_files_write(const char *directory, const struct plan_question *question,
                      const struct plan_answer *answer, struct results_error *error);

#endif
