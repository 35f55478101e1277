/* What `portsim compare` was given, as cases: scenarios read twice with the settings of
 * each side, two scenarios, folders of scenarios, file by file, or two studies, point by
 * point; and a baseline in place of A.
 */
#ifndef SIM_CLI_COMPARE_INPUT_H
#define SIM_CLI_COMPARE_INPUT_H

#include "sim/cli/read.h"
#include "sim/study/compare/compare_run.h"

struct compare_request {
    const char *inputs[2]; /* files, names of the library, folders, or studies; [1] may be
                              NULL */
    const struct text_list *both, *only[2]; /* settings of both sides, and of each */
    const char *baseline;                   /* a file in place of A; NULL: none */
    bool alone;                             /* there is no A */
    const char *const *metrics;             /* patterns; none: the usual ones */
    uint32_t metric_count;
};

struct compare_input {
    struct compare_case *cases;
    struct compare_plans *plans; /* of each case */
    uint32_t count;
    char *labels[2];           /* what A and B are */
    uint32_t replications;     /* of the sides that are not simulated; 0: all are */
    struct trial_plan **owned; /* the plans, and what their texts stand in */
    struct issues **issues;
    uint32_t owned_count;
};

/* Reads everything, complains of everything, and chooses the metrics.  EXIT_DONE, or what
 * the command exits with; compare_input_free() either way. */
int compare_input_open(const struct compare_request *request, struct compare_input *out);

/* Its parts for sides that are stored (compare_input_stored.c). */
int compare_input_studies(const struct compare_request *request,
                          struct compare_input *out);
int compare_input_baseline(const struct compare_request *request,
                           struct compare_input *out);

void compare_input_free(struct compare_input *input);

#endif
