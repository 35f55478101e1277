/* What the replications of a run directory show that its first run does not. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/scenario/issues.h"
#include "sim/study/pictures/replicated.h"
#include "sim/study/pictures/study_pictures.h"

/* In the order in which they are drawn. */
static bool (*const pictures[])(struct canvas *c, const struct replicated *r) = {
    replicated_bands,
    replicated_first_failures,
    replicated_convergence,
    replicated_risk,

};

size_t replicated_column(const struct run_record *r, const char *name)
{
    for (size_t i = 0; i < r->metric_count; i++)
        if (strcmp(r->metrics[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

/* The stored scenario, read again; NULL if this program cannot. */
static struct trial_plan *plan_of(const struct run_record *r, struct issues *issues)
{
    const char *text = r->resolved_scenario;
    return text ? trial_plan_read_text(r->scenario, text, strlen(text), NULL, issues)
                : NULL;
}

/* What MSER-5 found, else what the scenario says. */
static double warm_up_of(const struct run_record *r, const struct trial_plan *plan)
{
    if (!isnan(r->study->warm_up_s))
        return r->study->warm_up_s;
    return plan ? sim_seconds(plan->config->warm_up) : 0;
}

static bool draw_all(struct canvas *c, const struct run_record *run)
{
    struct issues *issues = issues_new();
    struct trial_plan *plan = plan_of(run, issues);
    struct replicated r = {
        .run = run,
        .plan = plan,
        .warm_up_s = warm_up_of(run, plan),
        .words = {.scenario = run->scenario,
                  .seed = run->seed,
                  .replications = run->replications,
                  .confidence = run->study->confidence,
                  .version = run->version},
    };
    bool good = true;
    for (size_t i = 0; good && i < sizeof pictures / sizeof pictures[0]; i++)
        good = pictures[i](c, &r);
    trial_plan_free(plan);
    issues_free(issues);
    return good;
}

bool replication_pictures_draw(const struct figures_request *request,
                               const struct run_record *run, struct figures_drawn *drawn,
                               struct results_error *error)
{
    struct canvas c;
    if (!run->study)
        return true;
    bool good = canvas_open(&c, request, drawn, error) && draw_all(&c, run);
    canvas_close(&c);
    return good;
}
