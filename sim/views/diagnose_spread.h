/* Who suffers from a full pool without having filled it. */
#ifndef SIM_VIEWS_DIAGNOSE_SPREAD_H
#define SIM_VIEWS_DIAGNOSE_SPREAD_H

#include "sim/views/diagnose_case.h"

/* The app fails for want of ports (`ratio` of its attempts), though its destination holds
 * less than a quarter of what the busiest one does (`share` of all) and half of the pool
 * would be enough for all of its attempts. */
bool case_is_innocent(const struct pool_case *c, const struct run_app *app, double *ratio,
                      double *share);

#endif
