#include "sim/study/plan/plan_points.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/study/verdict.h"
#include "sim/trial/trial_plan.h"

/* --- the scenario of a point ---------------------------------------------------------
 */

struct trial_plan *plan_points_read(const struct plan_points *p, uint32_t position)
{
    uint32_t given = p->options->setting_count, count = given + p->axes->count;
    const char **settings = memory_new(count, sizeof *settings);
    char **own = memory_new(p->axes->count, sizeof *own);
    memcpy(settings, p->options->settings, given * sizeof *settings);
    for (uint32_t i = 0; i < p->axes->count; i++)
        settings[given + i] = own[i] = plan_axis_setting(p->axes, i, position);
    struct scenario_options options = *p->options;
    options.settings = settings;
    options.setting_count = count;
    struct trial_plan *plan = trial_plan_read(p->path, &options, p->issues);
    for (uint32_t i = 0; i < p->axes->count; i++)
        free(own[i]);
    free(own);
    free(settings);
    return plan;
}

/* --- points --------------------------------------------------------------------------
 */

const struct plan_point *plan_points_find(const struct plan_points *p, uint32_t position)
{
    for (uint32_t i = 0; i < p->count; i++)
        if (p->at[i].position == position)
            return &p->at[i];
    return NULL;
}

static void insert(struct plan_points *p, uint32_t position)
{
    p->at = memory_resize(p->at, p->count + 1u, sizeof *p->at);
    uint32_t i = p->count++;
    for (; i > 0 && p->at[i - 1].position > position; i--)
        p->at[i] = p->at[i - 1];
    p->at[i] = (struct plan_point){
        .position = position,
        .readings = memory_new(p->base->requirement_count, sizeof *p->at->readings)};
}

static void free_reading(struct plan_reading *r, uint32_t runs)
{
    for (uint32_t i = 0; r->samples && i < runs; i++)
        free(r->samples[i].buckets);
    free(r->samples);
    free(r->values);
}

static void free_point(const struct plan_points *p, struct plan_point *point)
{
    for (uint32_t k = 0; k < p->base->requirement_count; k++)
        free_reading(&point->readings[k], point->runs);
    free(point->readings);
}

void plan_points_prune(struct plan_points *p)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < p->count; i++)
        if (p->at[i].decided)
            p->at[kept++] = p->at[i];
        else
            free_point(p, &p->at[i]);
    p->count = kept;
}

void plan_points_free(struct plan_points *p)
{
    for (uint32_t i = 0; i < p->count; i++)
        free_point(p, &p->at[i]);
    free(p->at);
}

/* --- what a run says -----------------------------------------------------------------
 */

static uint32_t row_of(const struct trial_numbers *n, const struct plan_requirement *r)
{
    char *name = r->phase ? memory_print("%s@%s", r->metric, r->phase)
                          : memory_print("%s", r->metric);
    uint32_t row = trial_numbers_find(n, name);
    free(name);
    SIM_ASSERT(row != NUMBERS_NONE); /* it was looked up when the scenario was read */
    return row;
}

static void keep(struct plan_reading *r, uint32_t run, struct trial_numbers *n,
                 uint32_t row)
{
    r->values = memory_resize(r->values, run + 1u, sizeof *r->values);
    r->values[run] = n->values[row];
    r->percent = n->rows[row].percent;
    if (n->rows[row].share_of != NUMBERS_NONE && !isnan(n->values[row]))
        r->events += n->values[n->rows[row].share_of];
    snprintf(r->unit, sizeof r->unit, "%s", n->rows[row].unit);
    if (!r->percent)
        return;
    r->samples = memory_resize(r->samples, run + 1u, sizeof *r->samples);
    r->samples[run] = (struct metric_samples){0};
    metric_samples_merge(&r->samples[run], &n->samples[n->rows[row].samples]);
}

static struct estimate mean_of(const struct plan_reading *r, uint32_t runs,
                               double confidence)
{
    struct estimate e = estimate_mean(r->values, runs, confidence);
    estimate_never(&e, r->events, confidence);
    return e;
}

static struct estimate quantile_of(const struct plan_reading *r, uint32_t runs,
                                   double confidence)
{
    const struct metric_samples **samples =
        memory_new(runs, sizeof(struct metric_samples *));
    for (uint32_t i = 0; i < runs; i++)
        samples[i] = &r->samples[i];
    struct estimate e = estimate_quantile(samples, runs, r->percent, confidence);
    free(samples);
    return e;
}

struct estimate plan_point_estimate(const struct plan_point *point, uint32_t requirement,
                                    double confidence)
{
    const struct plan_reading *r = &point->readings[requirement];
    return r->percent ? quantile_of(r, point->runs, confidence)
                      : mean_of(r, point->runs, confidence);
}

/* --- verdicts ------------------------------------------------------------------------
 */

static uint32_t looks(const struct plan_rule *rule)
{
    uint32_t count = 1;
    for (uint32_t n = rule->least;
         n<rule->most; n = n> rule->most / 2 ? rule->most : 2 * n)
        count++;
    return count;
}

static enum plan_verdict judge(const struct plan_requirement *r, const struct estimate *e)
{
    static const enum plan_verdict verdicts[] = {[RUN_FAILS] = PLAN_FAILS,
                                                 [RUN_HOLDS] = PLAN_MEETS,
                                                 [RUN_UNDECIDED] = PLAN_UNDECIDED};
    return verdicts[verdict_of((enum expression_op)r->op, r->bound, e)];
}

static enum plan_verdict judge_all(const struct plan_points *p,
                                   const struct plan_point *point)
{
    uint32_t count = p->base->requirement_count;
    double error = (1 - p->rule.confidence) / (double)(looks(&p->rule) * count);
    enum plan_verdict all = PLAN_MEETS;
    for (uint32_t i = 0; i < count; i++) {
        struct estimate e = plan_point_estimate(point, i, 1 - error);
        enum plan_verdict one = judge(&p->base->requirements[i], &e);
        if (one == PLAN_FAILS)
            return one;
        if (one == PLAN_UNDECIDED)
            all = one;
    }
    return all;
}

/* --- running -------------------------------------------------------------------------
 */

/* Points that are run together, and the next run of each. */
struct batch {
    struct plan_points *points;
    struct plan_point **at;
    struct trial_plan **plans;
    uint32_t count;
};

static bool take(void *context, struct study_job *job)
{
    struct batch *b = context;
    struct plan_point *point = b->at[job->point];
    const struct trial_plan *base = b->points->base;
    if (!job->numbers)
        return false;
    for (uint32_t i = 0; i < base->requirement_count; i++)
        keep(&point->readings[i], point->runs, job->numbers,
             row_of(job->numbers, &base->requirements[i]));
    point->runs++;
    b->points->runs++;
    return true;
}

/* Runs that a point is to have at the next look. */
static uint32_t next_look(const struct plan_rule *rule, uint32_t runs)
{
    uint32_t wanted = runs == 0 ? rule->least : 2 * runs;
    return wanted < rule->most ? wanted : rule->most;
}

/* One look further for all that are not decided. */
static bool run_on(struct batch *b)
{
    struct plan_points *p = b->points;
    struct study_job *jobs = NULL;
    uint32_t count = 0;
    for (uint32_t i = 0; i < b->count; i++) {
        uint32_t wanted = b->at[i]->decided ? 0 : next_look(&p->rule, b->at[i]->runs);
        for (uint32_t r = b->at[i]->runs; r < wanted; r++) {
            jobs = memory_resize(jobs, count + 1u, sizeof *jobs);
            jobs[count++] = (struct study_job){.plan = b->plans[i],
                                               .seed = b->plans[i]->config->seed,
                                               .replication = r + 1,
                                               .point = i};
        }
    }
    struct workers workers = p->workers;
    workers.open = NULL;
    workers.done = take;
    workers.context = b;
    bool well = workers_run(&workers, jobs, count);
    free(jobs);
    return well;
}

/* True if one is still open. */
static bool decide(struct batch *b)
{
    struct plan_points *p = b->points;
    bool open = false;
    for (uint32_t i = 0; i < b->count; i++) {
        struct plan_point *point = b->at[i];
        if (point->decided)
            continue;
        point->verdict = judge_all(p, point);
        point->decided = point->verdict != PLAN_UNDECIDED || point->runs >= p->rule.most;
        open |= !point->decided;
        if (point->decided && p->tell)
            p->tell(p->context, p, point);
    }
    return open;
}

/* False if a point cannot be read, or the search for its warm-up was stopped. */
static bool read_plans(struct batch *b)
{
    const struct workers *w = &b->points->workers;
    struct warm_up found;
    for (uint32_t i = 0; i < b->count; i++) {
        if (!(b->plans[i] = plan_points_read(b->points, b->at[i]->position)) ||
            !warm_up_settle(b->plans[i], w->threads, w->stop, &found))
            return false;
        warm_up_doubt(&b->points->doubts, &found);
    }
    return true;
}

static bool run_batch(struct batch *b)
{
    if (!read_plans(b))
        return false;
    do {
        if (!run_on(b))
            return false;
    } while (decide(b));
    return true;
}

static struct plan_point *own(struct plan_points *p, uint32_t position)
{
    for (uint32_t i = 0; i < p->count; i++)
        if (p->at[i].position == position)
            return &p->at[i];
    return NULL;
}

bool plan_points_decide(struct plan_points *p, const uint32_t *positions, uint32_t count,
                        enum plan_verdict *out)
{
    struct batch b = {.points = p,
                      .at = memory_new(count, sizeof(struct plan_point *)),
                      .plans = memory_new(count, sizeof(struct trial_plan *)),
                      .count = count};
    for (uint32_t i = 0; i < count; i++)
        if (!plan_points_find(p, positions[i]))
            insert(p, positions[i]);
    for (uint32_t i = 0; i < count; i++)
        b.at[i] = own(p, positions[i]);
    bool well = run_batch(&b);
    for (uint32_t i = 0; i < count; i++) {
        out[i] = b.at[i]->verdict;
        trial_plan_free(b.plans[i]);
    }
    free(b.plans);
    free(b.at);
    return well;
}
