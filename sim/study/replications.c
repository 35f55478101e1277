#include "sim/study/replications.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/study/bands.h"
#include "sim/study/joined.h"
#include "sim/study/warm_up.h"
#include "sim/study/workers.h"

#define WARNINGS_MAX 2

struct replications_storage {
    struct trial_result *first; /* with the record of replication 1 */
    struct trial_numbers **runs;
    uint32_t count;
    struct joined joined;
    struct run_band *bands;
    struct run_study study;
    char *reason;
    char *warnings[WARNINGS_MAX];
    size_t warning_count;
};

/* The study under way. */
struct course {
    const struct replications_order *order;
    const struct trial_plan *plan;
    struct replications *out;
    struct replications_storage *storage;
    struct precision_rule rule; /* relative 0: as many as `least` */
    struct warm_up warm_up;
    enum precision state;
    double widest; /* relative error of the watched metric that is known least */
    const char *widest_metric;
};

bool replications_is_one(const struct trial_plan *plan)
{
    const struct study_config *c = &plan->config->study;
    return c->kind == STUDY_TERMINATING && c->replications == 1 && c->precision <= 0;
}

/* --- how many ---------------------------------------------------------------------- */

static struct precision_rule rule_of(const struct study_config *c)
{
    struct precision_rule r = {.relative = c->precision,
                               .confidence = c->confidence,
                               .least = c->replications,
                               .most = c->replications};
    if (c->precision > 0) {
        r.least = c->replications > STUDY_LEAST ? c->replications : STUDY_LEAST;
        r.most = c->max_replications;
    }
    return r;
}

static struct joined_runs runs_of(const struct course *c)
{
    return (struct joined_runs){.plan = c->plan,
                                .at =
                                    (const struct trial_numbers *const *)c->storage->runs,
                                .count = c->storage->count};
}

/* How far the mean found may be off the true one, as a share of the true one: where this
 * is at most g, the half-width is at most g / (1 + g) of the mean found.  Infinite where
 * nothing bounds it. */
static double relative_error(const struct estimate *e)
{
    if (e->half_width <= 0)
        return 0;
    double share = e->half_width / fabs(e->value);
    return share < 1 ? share / (1 - share) : (double)INFINITY;
}

/* Looks at all watched metrics: the one that is known least decides. */
static void judge(struct course *c)
{
    struct joined_runs runs = runs_of(c);
    c->state = PRECISION_REACHED;
    c->widest = -1;
    for (uint32_t i = 0; i < c->plan->watch_count; i++) {
        uint32_t row = trial_numbers_find(runs.at[0], c->plan->watch[i]);
        struct estimate e = joined_estimate(&runs, row);
        enum precision state = precision_state(&c->rule, &e);
        double error = relative_error(&e);
        if (state != PRECISION_REACHED)
            c->state = state;
        if (error > c->widest) {
            c->widest = error;
            c->widest_metric = c->plan->watch[i];
        }
    }
}

static bool take(void *context, struct study_job *job)
{
    struct course *c = context;
    struct replications_storage *s = c->storage;
    s->runs[s->count++] = job->numbers;
    c->out->events += job->numbers->events;
    job->numbers = NULL;
    if (c->order->progress)
        c->order->progress(c->order->context, s->count, c->rule.most);
    if (c->rule.relative <= 0 || s->count < c->rule.least)
        return true;
    judge(c);
    return c->state == PRECISION_GO_ON;
}

/* Runs them; false when somebody stopped it. */
static bool run_all(struct course *c)
{
    const struct trial_config *config = c->plan->config;
    struct trial_watch how = {
        .binds = c->order->binds, .parts = config->study.batches, .course = true};
    struct workers workers = {.threads = c->order->threads,
                              .stop = c->order->stop,
                              .how = &how,
                              .done = take,
                              .context = c};
    struct study_job *jobs = memory_new(c->rule.most, sizeof *jobs);
    for (uint32_t i = 0; i < c->rule.most; i++)
        jobs[i] = (struct study_job){.plan = c->plan,
                                     .seed = config->seed,
                                     .replication = i + 1,
                                     .recorded = i == 0};
    c->storage->runs = memory_new(c->rule.most, sizeof(struct trial_numbers *));
    bool whole = workers_run(&workers, jobs, c->rule.most);
    c->storage->first = jobs[0].result;
    free(jobs);
    return whole;
}

/* --- why so many ------------------------------------------------------------------- */

static char *percent_text(double share)
{
    return share < 1 ? memory_print("%.2g %%", 100 * share)
                     : memory_print("more than 100 %%");
}

static char *why_precise(const struct course *c)
{
    char *asked = percent_text(c->rule.relative), *widest = percent_text(c->widest);
    char *text;
    if (c->state == PRECISION_REACHED)
        text = memory_print("the first number at which every watched metric is known to "
                            "%s (%s to %s); at least %u",
                            asked, c->widest_metric, widest, (unsigned)c->rule.least);
    else
        text = memory_print("the most allowed; %s may be off by %s, asked for was %s",
                            c->widest_metric, widest, asked);
    free(asked);
    free(widest);
    return text;
}

static char *why(const struct course *c, bool whole)
{
    const struct study_config *study = &c->plan->config->study;
    if (!whole)
        return memory_print("interrupted; %u were %s", (unsigned)c->rule.most,
                            c->rule.relative > 0 ? "allowed" : "asked for");
    if (study->batches)
        return memory_print("one long run, cut into %u batches",
                            (unsigned)study->batches);
    if (c->rule.relative > 0)
        return why_precise(c);
    return memory_print("as many as were asked for");
}

/* --- what to be careful of --------------------------------------------------------- */

static void warn_of_warm_up(struct course *c)
{
    struct replications_storage *s = c->storage;
    char *warning = warm_up_warning(&c->warm_up);
    if (warning)
        s->warnings[s->warning_count++] = warning;
}

static void warn_of_correlation(struct course *c)
{
    struct replications_storage *s = c->storage;
    struct joined_runs runs = runs_of(c);
    for (uint32_t i = 0; i < c->plan->watch_count; i++) {
        uint32_t row = trial_numbers_find(runs.at[0], c->plan->watch[i]);
        if (!joined_correlated(&runs, row))
            continue;
        s->warnings[s->warning_count++] = memory_print(
            "batches of %s are correlated with the next, and its half-width is too "
            "small: make duration longer, or batches fewer",
            c->plan->watch[i]);
        return;
    }
}

/* --- the record -------------------------------------------------------------------- */

static void fill_study(struct course *c, bool whole)
{
    const struct study_config *config = &c->plan->config->study;
    struct replications_storage *s = c->storage;
    warn_of_warm_up(c);
    warn_of_correlation(c);
    s->reason = why(c, whole);
    s->study = (struct run_study){
        .kind = study_kind_name((enum study_kind)config->kind),
        .reason = s->reason,
        .confidence = config->confidence,
        .precision = config->precision,
        .reached = config->precision > 0 && whole && c->state == PRECISION_REACHED,
        .batches = config->batches,
        .warm_up_s = c->warm_up.sought ? sim_seconds(c->warm_up.cut) : (double)NAN,
        .warnings = (const char *const *)s->warnings,
        .warning_count = s->warning_count,
        .failing = s->joined.failing,
        .failing_count = s->joined.failing_count,
        .runs = s->joined.rows,
        .run_count = s->joined.rows ? s->count : 0};
}

static void fill_verdicts(struct replications *out)
{
    out->all_hold = out->none_fails = true;
    for (size_t i = 0; i < out->record.requirement_count; i++) {
        enum run_verdict verdict = out->record.requirements[i].verdict;
        out->all_hold = out->all_hold && verdict == RUN_HOLDS;
        out->none_fails = out->none_fails && verdict != RUN_FAILS;
    }
}

/* Every run that has ended counts; the first is also the record's own. */
static void fill_record(struct course *c, bool whole)
{
    struct replications_storage *s = c->storage;
    struct run_record *r = &c->out->record;
    struct joined_runs runs = runs_of(c);
    s->joined = joined_of(&runs);
    fill_study(c, whole);
    r->replications = s->count;
    r->status = whole ? RUN_COMPLETE : RUN_INTERRUPTED;
    r->metrics = s->joined.metrics;
    r->metric_count = s->joined.metric_count;
    r->requirements = s->joined.requirements;
    r->study = &s->study;
    r->bands = s->bands = bands_of(runs.at, runs.count, &r->band_count);
    c->out->imprecise = s->study.precision > 0 && !s->study.reached;
}

struct replications *replications_run(const struct replications_order *order)
{
    struct replications *out = memory_new(1, sizeof *out);
    out->storage = memory_new(1, sizeof *out->storage);
    struct course c = {.order = order,
                       .plan = order->plan,
                       .out = out,
                       .storage = out->storage,
                       .rule = rule_of(&order->plan->config->study)};
    bool whole = warm_up_settle(order->plan, order->threads, order->stop, &c.warm_up) &&
                 run_all(&c);
    if (!out->storage->first)
        out->storage->first =
            trial_run(c.plan, c.plan->config->seed, 1,
                      &(struct trial_watch){.binds = order->binds, .stop = order->stop});
    out->record = out->storage->first->record;
    if (out->storage->count)
        fill_record(&c, whole);
    fill_verdicts(out);
    return out;
}

void replications_free(struct replications *r)
{
    if (!r)
        return;
    struct replications_storage *s = r->storage;
    for (uint32_t i = 0; i < s->count; i++)
        trial_numbers_free(s->runs[i]);
    free(s->runs);
    for (size_t i = 0; i < s->warning_count; i++)
        free(s->warnings[i]);
    free(s->reason);
    joined_free(&s->joined);
    free(s->bands);
    trial_result_free(s->first);
    free(s);
    free(r);
}
