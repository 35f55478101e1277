/* Inside the pictures of a run of several replications: what all of them draw from. */
#ifndef SIM_STUDY_REPLICATED_H
#define SIM_STUDY_REPLICATED_H

#include "sim/results/run_study.h"
#include "sim/study/pictures/pictures.h"
#include "sim/trial/trial_plan.h"

struct replicated {
    const struct run_record *run;  /* with a study */
    const struct trial_plan *plan; /* NULL: the stored scenario cannot be read any more */
    double warm_up_s;              /* left out of every metric that names no phase */
    struct picture_words words;
};

/* The column of a metric; SIZE_MAX if there is none. */
size_t replicated_column(const struct run_record *r, const char *name);

/* Each draws nothing, and is true, where the run has no data for it. */
bool replicated_first_failures(struct canvas *c, const struct replicated *r);
bool replicated_bands(struct canvas *c, const struct replicated *r);
bool replicated_convergence(struct canvas *c, const struct replicated *r);
bool replicated_risk(struct canvas *c, const struct replicated *r);

#endif
