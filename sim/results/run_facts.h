/* What was known of a run beforehand, as members of summary.json: "pools" and "apps".
 *
 * A summary written before there were any has neither and is read as one without.
 */
#ifndef SIM_RESULTS_RUN_FACTS_H
#define SIM_RESULTS_RUN_FACTS_H

#include "sim/base/json.h"
#include "sim/results/json_read.h"
#include "sim/results/run_record.h"

void run_facts_write(struct json_text *j, const struct run_record *record);

/* Arrays for the caller to free; their texts stand in `summary`. */
struct run_facts {
    struct run_pool *pools;
    size_t pool_count;
    struct run_app *apps;
    size_t app_count;
};
struct run_facts run_facts_read(struct json_source *s, const cJSON *summary);

#endif
