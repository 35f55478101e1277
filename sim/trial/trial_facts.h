/* What an administrator could have written down before the run began: pools and
 * applications, by their knobs.
 *
 * Never what the scenario will do to them: how servers close, what fails and when.  Those
 * who read a run must find that out from its figures.
 */
#ifndef SIM_TRIAL_TRIAL_FACTS_H
#define SIM_TRIAL_TRIAL_FACTS_H

#include "sim/results/run_record.h"
#include "sim/trial/trial_config.h"

/* Texts stand in the configuration or in `texts`. */
struct trial_facts {
    struct run_pool *pools; /* of hosts that open connections, and of gateways */
    size_t pool_count;
    struct run_app *apps;
    size_t app_count;
    char **texts;
    size_t text_count;
};

struct trial_facts trial_facts_of(const struct trial_config *config);
void trial_facts_free(struct trial_facts *facts);

#endif
