#include "sim/trial/trial.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/scenario/expression.h"
#include "sim/trial/trial_distributions.h"
#include "sim/trial/trial_facts.h"
#include "sim/trial/trial_film.h"
#include "sim/trial/trial_log.h"
#include "sim/trial/trial_probes.h"
#include "sim/trial/trial_sockets.h"
#include "sim/trial/trial_successors.h"
#include "sim/trial/trial_transitions.h"
#include "sim/trial/windows.h"

/* Events between two looks at the stop flag: a few milliseconds. */
#define BATCH 65536

struct trial_storage {
    struct run_metric *metrics;
    struct run_requirement *requirements;
    struct trial_log log;
    struct series *series;
    struct trial_facts facts;
    struct trial_sockets *sockets;
    struct trial_film *film;
    struct trial_binds *binds; /* NULL: nobody wants them */
    struct run_probes *probes;
    struct run_successor *successors;
    struct run_bucket *distributions;
    struct texts metric_names;
    struct run_transition *transitions;
    char **texts; /* names and details made for the record */
    uint32_t text_count, text_capacity;
};

/* The run under way. */
struct trial {
    const struct trial_plan *plan;
    const struct trial_watch *watch;
    struct world *world;
    struct windows windows;
    struct series *series;
    uint32_t *columns; /* reading of each column */
    double *row;
    double *before; /* totals at the row before, for rates */
    struct trial_sockets *sockets;
    struct trial_film *film;
    struct trial_binds *binds;      /* NULL: nobody wants them */
    struct course_recorder *course; /* NULL: likewise */
    uint32_t column_count;
    sim_ns sampled; /* moment of the row before */
    bool interrupted;
};

/* --- samples ------------------------------------------------------------------- */

static bool ends_in(const char *name, const char *suffix)
{
    size_t a = strlen(name), b = strlen(suffix);
    return a >= b && strcmp(name + a - b, suffix) == 0;
}

static void open_series(struct trial *t)
{
    struct metrics *m = world_metrics(t->world);
    uint32_t readings = metrics_reading_count(m);
    t->series = series_new();
    t->columns = memory_new(readings, sizeof *t->columns);
    for (uint32_t i = 0; i < readings; i++) {
        struct metric_reading r = metrics_reading(m, i);
        if (!r.series)
            continue;
        series_add(t->series, r.name);
        t->columns[t->column_count++] = i;
    }
    t->row = memory_new(t->column_count, sizeof *t->row);
    t->before = memory_new(t->column_count, sizeof *t->before);
}

/* Levels as they are; counts as the rate since the row before. */
static void sample(struct trial *t, sim_ns now)
{
    struct metrics *m = world_metrics(t->world);
    double seconds = sim_seconds(now - t->sampled);
    for (uint32_t i = 0; i < t->column_count; i++) {
        double value = metrics_instant(m, t->columns[i]);
        t->row[i] = value;
        if (!ends_in(series_name(t->series, i), "_per_s"))
            continue;
        t->row[i] = seconds > 0 ? (value - t->before[i]) / seconds : 0;
        t->before[i] = value;
    }
    series_append(t->series, now, t->row);
    t->sampled = now;
}

/* --- the run ------------------------------------------------------------------- */

/* Runs to `until`; false when somebody stopped it. */
static bool advance(struct trial *t, sim_ns until)
{
    const struct trial_watch *watch = t->watch;
    for (;;) {
        if (watch && watch->until_kept && trial_sockets_kept(t->sockets))
            return false;
        enum world_pause pause = world_run(t->world, until, BATCH);
        if (pause == WORLD_NOTED && t->sockets)
            trial_sockets_noted(t->sockets);
        if (watch && watch->progress)
            watch->progress(watch->context, world_now(t->world),
                            t->plan->config->duration, world_totals(t->world).events);
        if (watch && watch->stop && *watch->stop)
            return false;
        if (pause == WORLD_ARRIVED)
            return true;
    }
}

static sim_ns earliest(sim_ns a, sim_ns b)
{
    return a < b ? a : b;
}

/* At one moment: first its events, then the sample, the cut, the look at the sockets, and
 * the change. */
static void run_all(struct trial *t)
{
    const struct trial_config *config = t->plan->config;
    struct metrics *m = world_metrics(t->world);
    uint32_t change = 0, cut = 0;
    sim_ns next_sample = t->series ? config->sample_every : SIM_NEVER, now = 0;
    if (t->series)
        sample(t, 0);
    while (now < config->duration || cut < t->windows.cut_count) {
        sim_ns next_cut = cut < t->windows.cut_count ? t->windows.cuts[cut] : SIM_NEVER;
        sim_ns next_change =
            change < t->plan->change_count ? t->plan->changes[change].at : SIM_NEVER;
        sim_ns next_look = t->sockets ? earliest(trial_sockets_next(t->sockets),
                                                 trial_film_next(t->film))
                                      : SIM_NEVER;
        sim_ns next_bin = t->course ? course_recorder_next(t->course) : SIM_NEVER;
        sim_ns until = earliest(earliest(earliest(next_sample, config->duration),
                                         earliest(next_cut, next_change)),
                                earliest(next_look, next_bin));
        if (!advance(t, until)) {
            t->interrupted = true;
            metrics_cut(m, world_now(t->world));
            return;
        }
        now = until;
        if (now == next_sample) {
            sample(t, now);
            next_sample += config->sample_every;
        }
        if (now == next_bin)
            course_recorder_take(t->course);
        if (now == next_cut) {
            metrics_cut(m, now);
            cut++;
        }
        while (t->sockets && now == trial_sockets_next(t->sockets))
            trial_sockets_look(t->sockets);
        if (t->sockets && now == trial_film_next(t->film))
            trial_film_look(t->film);
        if (now == next_change)
            world_reconfigure(t->world, &t->plan->changes[change++].config->world);
    }
}

/* --- the record ---------------------------------------------------------------- */

static const char *keep(struct trial_storage *s, char *text)
{
    if (s->text_count == s->text_capacity) {
        s->text_capacity = (uint32_t)memory_grown(s->text_capacity, s->text_count + 1u);
        s->texts = memory_resize(s->texts, s->text_capacity, sizeof *s->texts);
    }
    s->texts[s->text_count++] = text;
    return text;
}

/* Value of a reading over a window; NaN if an interrupted run never got to its end. */
static double read_window(struct trial *t, uint32_t reading, const struct window *w)
{
    struct metrics *m = world_metrics(t->world);
    uint32_t ended = metrics_segments(m);
    uint32_t last = w->last < ended ? w->last : ended;
    return w->first < last ? metrics_read(m, reading, w->first, last) : NAN;
}

/* The unit of each reading, as texts that outlive the metrics. */
static const char **keep_units(const struct metrics *m, struct trial_storage *s)
{
    uint32_t readings = metrics_reading_count(m);
    const char **units = memory_new(readings, sizeof *units);
    for (uint32_t i = 0; i < readings; i++) {
        const char *unit = metrics_reading(m, i).unit;
        units[i] = keep(s, memory_text(unit, strlen(unit)));
    }
    return units;
}

static void fill_metrics(struct trial *t, struct trial_result *r)
{
    struct metrics *m = world_metrics(t->world);
    uint32_t readings = metrics_reading_count(m);
    struct trial_storage *s = r->storage;
    const char **units = keep_units(m, s);
    size_t count = 0;
    s->metrics = memory_new((size_t)readings * t->windows.count, sizeof *s->metrics);
    for (uint32_t k = 0; k < t->windows.count; k++) {
        const struct window *w = &t->windows.at[k];
        for (uint32_t i = 0; i < readings; i++) {
            struct metric_reading reading = metrics_reading(m, i);
            if (reading.quiet)
                continue;
            char *name = w->name ? memory_print("%s@%s", reading.name, w->name)
                                 : memory_text(reading.name, strlen(reading.name));
            s->metrics[count++] = (struct run_metric){.name = keep(s, name),
                                                      .unit = units[i],
                                                      .value = read_window(t, i, w),
                                                      .half_width = NAN};
        }
    }
    free(units);
    r->record.metrics = s->metrics;
    r->record.metric_count = count;
}

static void fill_requirements(struct trial *t, struct trial_result *r)
{
    const struct trial_plan *plan = t->plan;
    struct metrics *m = world_metrics(t->world);
    struct run_requirement *out = memory_new(plan->requirement_count, sizeof *out);
    r->all_hold = true;
    for (uint32_t i = 0; i < plan->requirement_count; i++) {
        const struct plan_requirement *q = &plan->requirements[i];
        double value = read_window(t, metrics_reading_find(m, q->metric),
                                   window_find(&t->windows, q->phase));
        bool holds = expression_holds((enum expression_op)q->op, value, q->bound);
        out[i] = (struct run_requirement){.expression = q->text,
                                          .value = value,
                                          .half_width = NAN,
                                          .verdict = t->interrupted ? RUN_UNDECIDED
                                                     : holds        ? RUN_HOLDS
                                                                    : RUN_FAILS};
        r->all_hold = r->all_hold && holds && !t->interrupted;
    }
    r->storage->requirements = out;
    r->record.requirements = out;
    r->record.requirement_count = plan->requirement_count;
}

static void fill_log(struct trial *t, struct trial_result *r)
{
    struct trial_log *log = &r->storage->log;
    *log = trial_log_of(t->plan, world_notes(t->world), world_now(t->world));
    r->record.log = log->rows;
    r->record.log_count = log->count;
}

/* Who ran, how far, and what was asked of it. */
static struct trial_result *outcome(struct trial *t, uint64_t seed)
{
    struct trial_result *r = memory_new(1, sizeof *r);
    struct world_totals totals = world_totals(t->world);
    r->storage = memory_new(1, sizeof *r->storage);
    r->record = (struct run_record){
        .scenario = t->plan->config->name,
        .seed = seed,
        .replications = 1,
        .status = t->interrupted ? RUN_INTERRUPTED : RUN_COMPLETE,
        .simulated = world_now(t->world),
        .events = totals.events,
        .connections = totals.connections,
        .fingerprint = totals.fingerprint,
        .resolved_scenario = t->plan->resolved,
    };
    fill_requirements(t, r);
    return r;
}

/* All that a run directory holds. */
static void fill_record(struct trial *t, struct trial_result *r)
{
    r->record.series = r->storage->series = t->series;
    r->storage->facts = trial_facts_of(t->plan->config);
    r->record.pools = r->storage->facts.pools;
    r->record.pool_count = r->storage->facts.pool_count;
    r->record.apps = r->storage->facts.apps;
    r->record.app_count = r->storage->facts.app_count;
    fill_metrics(t, r);
    fill_log(t, r);
    r->storage->sockets = t->sockets;
    trial_sockets_fill(t->sockets, &r->record);
    r->storage->film = t->film;
    trial_film_fill(t->film, &r->record);
    r->storage->binds = t->binds;
    r->record.binds = trial_binds_rows(t->binds);
    r->storage->probes =
        trial_probes_of(world_net(t->world), t->plan->config, &r->record.probe_count);
    r->record.probes = r->storage->probes;
    r->storage->successors = trial_successors_of(world_net(t->world), t->plan->config,
                                                 &r->record.successor_count);
    r->record.successors = r->storage->successors;
    r->storage->distributions =
        trial_distributions_of(world_metrics(t->world), &t->windows.at[0],
                               &r->storage->metric_names, &r->record.distribution_count);
    r->record.distributions = r->storage->distributions;
    r->storage->transitions = trial_transitions_of(world_net(t->world), t->plan->config,
                                                   &r->record.transition_count);
    r->record.transitions = r->storage->transitions;
}

static void fill_numbers(struct trial *t, struct trial_result *r, uint32_t replication)
{
    const struct metrics *m = world_metrics(t->world);
    struct trial_numbers *n = trial_numbers_read(m, &t->windows);
    if (t->windows.part_count)
        trial_numbers_read_parts(n, m, &t->windows,
                                 t->watch->parts_watched ? t->plan->watch : NULL,
                                 t->plan->watch_count);
    if (t->course)
        n->course = course_recorder_end(t->course);
    n->seed = r->record.seed;
    n->replication = replication;
    n->status = r->record.status;
    n->simulated = r->record.simulated;
    n->events = r->record.events;
    n->connections = r->record.connections;
    n->fingerprint = r->record.fingerprint;
    r->numbers = n;
}

/* Opens what a record needs beside the world. */
static void open_record(struct trial *t)
{
    const struct trial_plan *plan = t->plan;
    open_series(t);
    hosts_log_probes(&world_net(t->world)->hosts);
    t->sockets = trial_sockets_new(plan, t->world);
    t->film = trial_film_new(plan, t->world);
    t->binds = trial_binds_new(t->watch ? t->watch->binds : BINDS_NONE, t->world,
                               &plan->config->world);
}

static void close_record(struct trial *t)
{
    trial_sockets_end(t->sockets);
    trial_film_end(t->film);
    trial_binds_end(t->binds);
}

struct trial_result *trial_run(const struct trial_plan *plan, uint64_t seed,
                               uint32_t replication, const struct trial_watch *watch)
{
    struct trial t = {.plan = plan,
                      .watch = watch,
                      .windows = windows_of(plan->config, watch ? watch->parts : 0)};
    enum trial_keeps keeps = watch ? watch->keeps : TRIAL_RECORD;
    t.world = world_new(&plan->config->world, plan->traces, seed, replication);
    struct bug_context context = {.scenario = plan->config->name,
                                  .seed = seed,
                                  .replication = replication,
                                  .now = world_clock(t.world)};
    bug_context_set(&context);
    if (keeps != TRIAL_NUMBERS)
        open_record(&t);
    if (keeps != TRIAL_RECORD && watch->course)
        t.course = course_recorder_new(plan, world_metrics(t.world));
    run_all(&t);
    world_end(t.world);
    if (keeps != TRIAL_NUMBERS)
        close_record(&t);
    struct trial_result *r = outcome(&t, seed);
    if (keeps != TRIAL_NUMBERS)
        fill_record(&t, r);
    if (keeps != TRIAL_RECORD)
        fill_numbers(&t, r, replication);
    bug_context_set(NULL);
    world_free(t.world);
    windows_free(&t.windows);
    free(t.columns);
    free(t.row);
    free(t.before);
    return r;
}

void trial_result_free(struct trial_result *r)
{
    if (!r)
        return;
    for (uint32_t i = 0; i < r->storage->text_count; i++)
        free(r->storage->texts[i]);
    free(r->storage->texts);
    free(r->storage->metrics);
    free(r->storage->requirements);
    trial_log_free(&r->storage->log);
    series_free(r->storage->series);
    trial_facts_free(&r->storage->facts);
    trial_sockets_free(r->storage->sockets);
    trial_film_free(r->storage->film);
    trial_binds_free(r->storage->binds);
    free(r->storage->probes);
    free(r->storage->successors);
    free(r->storage->distributions);
    texts_free(&r->storage->metric_names);
    free(r->storage->transitions);
    trial_numbers_free(r->numbers);
    free(r->storage);
    free(r);
}
