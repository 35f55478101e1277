/* What `portsim compare` was given, as cases: scenarios read twice with the settings of
 * each side, two scenarios, or folders of scenarios, file by file.
 */
#ifndef SIM_CLI_COMPARE_INPUT_H
#define SIM_CLI_COMPARE_INPUT_H

#include "sim/cli/read.h"
#include "sim/study/compare_run.h"

/* Which sides are simulated. */
enum compare_sides { SIDES_BOTH, SIDES_B };

struct compare_request {
    const char *inputs[2]; /* files, names of the library, or folders; [1] may be NULL */
    const struct setting_texts *both, *only[2]; /* settings of both sides, and of each */
    enum compare_sides sides;
};

struct compare_input {
    struct compare_case *cases;
    struct compare_plans *plans; /* of each case */
    uint32_t count;
    char *labels[2];           /* what A and B are */
    struct trial_plan **owned; /* the plans, and what their texts stand in */
    struct issues **issues;
    uint32_t owned_count;
};

/* Reads everything; complains of everything.  EXIT_DONE, or what the command exits with;
 * compare_input_free() either way. */
int compare_input_open(const struct compare_request *request, struct compare_input *out);

void compare_input_free(struct compare_input *input);

#endif
