/* What a run directory shows of the choice of its ports, and of whom their want hits. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/run_study.h"
#include "sim/study/pictures/study_pictures.h"
#include "sim/study/pictures/study_ports.h"

static bool draw_all(struct run_drawing *d)
{
    return run_probes_picture(d) && run_predictability(d) && run_successors(d) &&
           run_fairness(d);
}

/* What the footer calls the run; the caller's to free. */
static char *name_of(const struct run_record *r)
{
    return memory_print("%s%s", r->scenario,
                        r->status == RUN_INTERRUPTED ? ", interrupted" : "");
}

/* And says of several runs which one the numbers are of. */
static char *first_of(const struct run_record *r, const char *name)
{
    return r->replications > 1
               ? memory_print("%s, replication 1 of %u", name, (unsigned)r->replications)
               : memory_print("%s", name);
}

bool run_pictures_draw(const struct figures_request *request, const struct run_record *r,
                       struct figures_drawn *drawn, struct results_error *error)
{
    const char *text = r->resolved_scenario;
    struct issues *issues = issues_new();
    struct trial_plan *plan =
        text ? trial_plan_read_text(r->scenario, text, strlen(text), NULL, issues) : NULL;
    char *name = name_of(r), *first = first_of(r, name);
    struct run_drawing d = {.run = r,
                            .plan = plan,
                            .words = {.scenario = name,
                                      .seed = r->seed,
                                      .replications = r->replications,
                                      .confidence = r->study ? r->study->confidence : 0,
                                      .version = r->version}};
    d.first = d.words;
    d.first.scenario = first;
    d.first.replications = 1;
    bool good = canvas_open(&d.canvas, request, drawn, error) && draw_all(&d);
    canvas_close(&d.canvas);
    free(name);
    free(first);
    trial_plan_free(plan);
    issues_free(issues);
    return good;
}
