#include "sim/study/key.h"

#include <stdio.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/results/digest.h"
#include "sim/scenario/tree.h"

/* --- what cannot change a number --------------------------------------------------- */

static void forget(cJSON *object, const char *key)
{
    cJSON *item = object ? tree_member(object, key) : NULL;
    if (item)
        tree_remove(object, item);
}

/* Of a steady state the rest decides where its warm-up ends; of a terminating study all
 * is counts. */
static void forget_counts(cJSON *scenario)
{
    static const char *const counts[] = {"replications", "confidence", "precision",
                                         "max_replications"};
    cJSON *study = tree_member(scenario, "study");
    const cJSON *kind = study ? tree_member(study, "kind") : NULL;
    if (!kind || strcmp(kind->valuestring, "steady") != 0)
        forget(scenario, "study");
    else
        for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
            forget(study, counts[i]);
}

static void forget_the_silent(cJSON *scenario)
{
    static const char *const silent[] = {"name",  "question", "about",       "require",
                                         "sweep", "sockets",  "sample_every"};
    for (size_t i = 0; i < sizeof silent / sizeof silent[0]; i++)
        forget(scenario, silent[i]);
    forget_counts(scenario);
}

/* --- what can ---------------------------------------------------------------------- */

/* The file of a recording is named by the scenario; what is in it decides. */
static void put_recordings(struct json_text *j, const struct trial_plan *plan)
{
    for (uint32_t i = 0; i < plan->config->world.apps.count; i++) {
        const struct arrival_trace *trace = &plan->traces[i];
        char digest[DIGEST_SIZE];
        digest_of(trace->rows, trace->count * sizeof *trace->rows, digest);
        if (trace->count)
            json_string(j, NULL, digest);
    }
}

/* A steady study that states no warm-up looks for it in the metrics it watches, which may
 * be those of the requirements that were just forgotten. */
static void put_watch(struct json_text *j, const struct trial_plan *plan)
{
    const struct trial_config *c = plan->config;
    bool sought = c->study.kind == STUDY_STEADY && c->warm_up == 0;
    for (uint32_t i = 0; sought && i < plan->watch_count; i++)
        json_string(j, NULL, plan->watch[i]);
}

void study_key(const struct trial_plan *plan, char out[STUDY_KEY_SIZE])
{
    struct json_text j = {0};
    char digest[DIGEST_SIZE];
    cJSON *scenario = tree_parse_own(plan->resolved);
    forget_the_silent(scenario);
    json_array_begin_flat(&j, NULL);
    tree_write(&j, NULL, scenario, true);
    put_recordings(&j, plan);
    put_watch(&j, plan);
    json_array_end(&j);
    cJSON_Delete(scenario);
    digest_of(j.bytes, j.length, digest);
    json_free(&j);
    snprintf(out, STUDY_KEY_SIZE, "%.*s", STUDY_KEY_SIZE - 1, digest);
}
