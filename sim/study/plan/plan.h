/* The inverse question: how far can a number of a scenario be turned until a requirement
 * no longer holds?
 *
 *     which axis and which values              plan_axis.h
 *     what the runs of a value say             plan_points.h
 *     where to look next                       plan_search.h
 *     what closed forms say to it              plan_theory.h
 *     all of it, and what to make of it        here
 *
 * The answer is a value that is known to meet the requirement and one that is known not
 * to; the threshold lies between them with the confidence asked for (plan_points.h says
 * why).  What is simulated is a function of scenario, seed and question, whatever the
 * number of threads.
 */
#ifndef SIM_STUDY_PLAN_H
#define SIM_STUDY_PLAN_H

#include "sim/study/plan/plan_theory.h"

struct plan_question {
    const char *path; /* of the scenario */
    /* For every point of it; the last setting is its "require". */
    const struct scenario_options *options;
    const struct trial_plan *base; /* the scenario read with them */
    const struct plan_axes *axes;
    struct plan_rule rule;
    /* The two ends of the answer may be this apart, as a share of the value; 0: as near
     * as positions are. */
    double precision;
    struct workers workers; /* threads and stop */
    struct issues *issues;
    void (*tell)(void *context, const struct plan_points *points,
                 const struct plan_point *point);
    void *context;
};

/* Two neighbours among the points where a metric goes against its own direction: the
 * lower end of the change is at positions `from` and `to`. */
struct plan_bend {
    bool found;
    uint32_t from, to;
    uint32_t requirement;
};

struct plan_answer {
    struct plan_found found;
    struct plan_points points;
    uint32_t requirement; /* which one is not met at `fails` */
    double about;         /* where its mean passes the bound, in the axis' unit; NaN: not
                             known, or there is nothing between positions */
    struct plan_bend bend;
    struct plan_theory theory;
    bool unreadable; /* a point is no scenario: see the issues */
};

/* Whether the ends of such an answer are near enough. */
bool plan_precise(const struct plan_axes *axes, double precision, uint32_t meets,
                  uint32_t fails);

/* `answer` points into the question. */
void plan_ask(const struct plan_question *question, struct plan_answer *answer);
void plan_answer_free(struct plan_answer *answer);

#endif
