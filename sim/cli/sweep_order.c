#include "sim/cli/sweep_order.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/cli/command.h"
#include "sim/cli/complaint.h"
#include "sim/cli/directory.h"
#include "sim/cli/stop.h"
#include "sim/cli/sweep_print.h"
#include "sim/cli/sweep_session.h"
#include "sim/cli/sweep_tell.h"
#include "sim/study/store/store_export.h"
#include "sim/study/sweep_estimate.h"

/* --- results ------------------------------------------------------------------- */

static int show(struct sweep_session *s, const struct sweep *sweep)
{
    struct results_error error;
    double confidence = s->base->config->study.confidence;
    if (s->a->json)
        return directory_print(s->directory, STUDY_RESULTS_JSON);
    sweep_session_metrics(s);
    if (!sweep_print_results(stdout, sweep, s->metrics.at, s->metrics.count, confidence,
                             &error))
        return io_error(&error);
    return EXIT_DONE;
}

/* --- running ------------------------------------------------------------------- */

/* A run could not be read or stored: those before it are kept. */
static int give_up(struct sweep_session *s, const struct sweep *sweep)
{
    struct results_error error;
    int status = io_error(&sweep->error);
    if (store_export(s->store, RUN_INTERRUPTED, &error))
        sweep_tell_resume(s, sweep);
    return status;
}

/* What there is is exported, however it ended. */
static int run_sweep(struct sweep_session *s, struct sweep *sweep)
{
    struct results_error error;
    stop_listen();
    progress_begin(&s->progress, s->a->quiet);
    enum sweep_end end = sweep_run(sweep, &s->ranks);
    progress_end(&s->progress);
    bool whole = end == SWEEP_DONE;
    if (end == SWEEP_FAILED)
        return give_up(s, sweep);
    if (!store_export(s->store, whole ? RUN_COMPLETE : RUN_INTERRUPTED, &error))
        return io_error(&error);
    int status = show(s, sweep);
    fflush(stdout);
    warm_up_warn(stderr, &sweep->doubts);
    if (!s->a->quiet && whole)
        sweep_tell_done(s, sweep);
    else if (!whole)
        sweep_tell_resume(s, sweep);
    return whole ? status : EXIT_BY_SIGNAL + stop_signal();
}

static bool add_axes(struct sweep_session *s, struct results_error *error)
{
    const char **paths = memory_new(s->axes.count, sizeof *paths);
    for (uint32_t i = 0; i < s->axes.count; i++)
        paths[i] = s->axes.at[i].path;
    bool good = store_axes(s->store, paths, s->axes.count, error);
    free(paths);
    return good;
}

/* Rank 0: the study, and the runs that are missing in it. */
static bool open_study(struct sweep_session *s, struct sweep *sweep, int *status)
{
    struct results_error error;
    struct sweep_order order = sweep_session_order(s);
    s->store = store_open(s->directory, s->base, &error);
    if (s->store && add_axes(s, &error) && sweep_open(sweep, &order, s->store, &error))
        return true;
    *status = io_error(&error);
    return false;
}

/* Any other rank. */
static int serve(struct sweep_session *s, struct sweep *sweep)
{
    struct results_error error;
    stop_listen();
    if (!sweep_serve(sweep, &s->ranks, &error))
        return io_error(&error);
    return stop_signal() ? EXIT_BY_SIGNAL + stop_signal() : EXIT_DONE;
}

/* On several ranks all must be able to begin, or none does. */
static int run_ranks(struct sweep_session *s, bool good, int status)
{
    struct results_error error;
    struct sweep sweep = {.jobs = NULL};
    struct sweep_order order;
    bool first = s->ranks.rank == 0, speak;
    if (good)
        order = sweep_session_order(s);
    if (good && first)
        good = open_study(s, &sweep, &status);
    else if (good)
        good = sweep_open(&sweep, &order, NULL, &error);
    bool all = ranks_agree(&s->ranks, good, &speak);
    if (!good && speak && !s->told)
        issues_print(s->issues, stderr);
    if (all && first) {
        status = run_sweep(s, &sweep);
    } else if (all) {
        status = serve(s, &sweep);
    } else if (good) {
        status = EXIT_SCENARIO;
    }
    if (sweep.jobs)
        sweep_close(&sweep);
    return status;
}

/* --- questions that run nothing ------------------------------------------------ */

/* What is there already, if there is a study. */
static bool look_into_study(struct sweep_session *s, struct results_error *error)
{
    if (!store_is_study(s->directory))
        return true;
    s->store = store_read(s->directory, error);
    return s->store != NULL;
}

static int answer(struct sweep_session *s)
{
    struct results_error error = {.code = 0};
    struct sweep_order order = sweep_session_order(s);
    struct sweep sweep;
    struct sweep_estimate estimate;
    if (!look_into_study(s, &error) || !sweep_open(&sweep, &order, s->store, &error))
        return io_error(&error);
    int status = EXIT_DONE;
    if (s->a->list) {
        sweep_print_list(stdout, &sweep, s->a->json);
    } else {
        stop_listen();
        if (sweep_estimate_make(&sweep, s->base, &estimate, &error))
            sweep_print_estimate(stdout, &sweep, &estimate, s->a->json);
        else
            status = stop_signal() ? EXIT_BY_SIGNAL + stop_signal() : io_error(&error);
    }
    sweep_close(&sweep);
    return status;
}

/* Rank 0 first: what it complains of nobody needs to say again. */
static bool read_in_turn(struct sweep_session *s, int *status)
{
    bool first = s->ranks.rank == 0, speak;
    bool good = !first || sweep_session_read(s, status);
    if (ranks_agree(&s->ranks, good, &speak))
        return first || sweep_session_read(s, status);
    s->told |= !first;
    return false;
}

/* Without MPI, processes that were started together may still have a share each. */
static bool join(struct sweep_session *s, struct results_error *error)
{
    s->ranks = (struct ranks){.count = 1};
    return (s->a->shard.count > 1 && !ranks_kind()) ||
           ranks_join(&s->ranks, s->a->argv, error);
}

int sweep_command(struct sweep_arguments *a)
{
    struct sweep_session s = {.a = a};
    struct results_error error;
    int status = EXIT_DONE;
    if (!join(&s, &error)) {
        if (s.ranks.rank == 0)
            io_error(&error);
        ranks_leave(&s.ranks, EXIT_USAGE);
        return EXIT_USAGE;
    }
    if (!a->jobs)
        a->jobs = s.ranks.count > 1 ? 1 : workers_default();
    bool good = read_in_turn(&s, &status);
    if (!a->list && !a->estimate) {
        status = run_ranks(&s, good, status);
    } else if (!good && !s.told) {
        issues_print(s.issues, stderr);
    } else if (good && s.ranks.rank == 0) {
        status = answer(&s);
    }
    sweep_session_close(&s); /* before an MPI whose ranks are dead ends this one too */
    ranks_leave(&s.ranks, status);
    return status;
}
