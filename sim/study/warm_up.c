#include "sim/study/warm_up.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/study/estimate.h"

/* Row of a watched metric without its phase: the whole run is looked at. */
static uint32_t row_of(const struct trial_numbers *n, const char *watched)
{
    char *metric = memory_text(watched, strcspn(watched, "@"));
    uint32_t row = trial_numbers_find(n, metric);
    free(metric);
    return row;
}

/* Mean over the pilots, part by part; NaN where none has a value. */
static void average(const struct study_job *pilots, uint32_t row,
                    double series[WARM_UP_PARTS])
{
    for (uint32_t k = 0; k < WARM_UP_PARTS; k++) {
        double values[WARM_UP_PILOTS];
        for (uint32_t i = 0; i < WARM_UP_PILOTS; i++)
            values[i] = pilots[i].numbers->parts[(size_t)row * WARM_UP_PARTS + k];
        series[k] = estimate_mean(values, WARM_UP_PILOTS, 0.95).value;
    }
}

static struct warm_up decide(const struct trial_plan *plan,
                             const struct study_job *pilots)
{
    struct warm_up w = {.sought = true};
    size_t longest = 0;
    w.blind = true;
    for (uint32_t i = 0; i < plan->watch_count; i++) {
        uint32_t row = row_of(pilots[0].numbers, plan->watch[i]);
        double series[WARM_UP_PARTS];
        if (pilots[0].numbers->rows[row].of_parts == METRIC_PARTS_NONE)
            continue;
        w.blind = false;
        average(pilots, row, series);
        size_t cut = mser5(series, WARM_UP_PARTS);
        if (cut > longest) {
            longest = cut;
            w.metric = plan->watch[i];
        }
    }
    w.share = (double)longest / WARM_UP_PARTS;
    w.late = longest >= WARM_UP_PARTS / 2;
    sim_ns part = plan->config->duration / WARM_UP_PARTS;
    w.cut = w.late ? plan->config->duration / 2 : part * (sim_ns)longest;
    return w;
}

bool warm_up_settle(struct trial_plan *plan, unsigned threads,
                    const volatile sig_atomic_t *stop, struct warm_up *out)
{
    const struct trial_config *c = plan->config;
    *out = (struct warm_up){.sought = false};
    if (c->study.kind != STUDY_STEADY || c->warm_up > 0)
        return true;
    struct study_job pilots[WARM_UP_PILOTS] = {{.plan = plan}};
    for (uint32_t i = 0; i < WARM_UP_PILOTS; i++)
        pilots[i] =
            (struct study_job){.plan = plan, .seed = c->seed, .replication = i + 1};
    struct workers workers = {
        .threads = threads,
        .stop = stop,
        .how = &(struct trial_watch){.parts = WARM_UP_PARTS, .parts_watched = true}};
    bool whole = workers_run(&workers, pilots, WARM_UP_PILOTS);
    if (whole)
        *out = decide(plan, pilots);
    for (uint32_t i = 0; i < WARM_UP_PILOTS; i++)
        trial_numbers_free(pilots[i].numbers);
    if (whole)
        trial_plan_warm_up(plan, out->cut);
    return whole;
}

/* --- what to be careful of --------------------------------------------------------- */

#define TOO_SHORT ": too short for an answer about the long run; make duration longer"
#define BLIND                                                                            \
    "only moments and extremes are watched, which tell no warm-up, so none is cut off: " \
    "name levels, rates or ratios in study.watch, or state warm_up"

void warm_up_doubt(struct warm_up_doubts *doubts, const struct warm_up *found)
{
    doubts->late |= found->late;
    doubts->blind |= found->blind;
}

void warm_up_warn(FILE *out, const struct warm_up_doubts *doubts)
{
    if (doubts->late)
        fputs("portsim: warning: MSER-5 would cut off half of a run or more" TOO_SHORT
              "\n",
              out);
    if (doubts->blind)
        fputs("portsim: warning: " BLIND "\n", out);
}

char *warm_up_warning(const struct warm_up *found)
{
    if (found->blind)
        return memory_print(BLIND);
    if (found->late)
        return memory_print("MSER-5 would cut off %.0f %% of the run (%s)" TOO_SHORT,
                            100 * found->share, found->metric);
    return NULL;
}
