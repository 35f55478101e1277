/* Everything one `portsim sweep` stands on: the scenario, its points, what is printed. */
#ifndef SIM_CLI_SWEEP_SESSION_H
#define SIM_CLI_SWEEP_SESSION_H

#include "sim/cli/progress.h"
#include "sim/cli/sweep_order.h"
#include "sim/study/sweep.h"

struct sweep_session {
    struct sweep_arguments *a;
    char *path, *library, *directory;
    struct scenario_options options;
    struct issues *issues;
    struct trial_plan *base;
    struct study_axes axes;
    struct study_points points;
    struct text_list metrics; /* to be printed; the texts are in `texts` */
    char **texts;
    uint32_t text_count;
    struct study_store *store;
    struct ranks ranks;
    struct progress progress;
    bool told; /* what is wrong was said already */
};

/* Reads the scenario and all its points; false with *status after complaints, which are
 * printed if `told` says so, else in `issues`. */
bool sweep_session_read(struct sweep_session *s, int *status);
void sweep_session_close(struct sweep_session *s);

/* Which runs the command is about. */
struct sweep_order sweep_session_order(struct sweep_session *s);

/* Fills `metrics`: those asked for, else those of the requirements, else the failure
 * ratios. */
void sweep_session_metrics(struct sweep_session *s);

#endif
