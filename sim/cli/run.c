#include "sim/cli/run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/memory.h"
#include "sim/cli/command.h"
#include "sim/cli/complaint.h"
#include "sim/cli/directory.h"
#include "sim/cli/draw.h"
#include "sim/cli/metrics_asked.h"
#include "sim/cli/read.h"
#include "sim/cli/simulation.h"
#include "sim/cli/stop.h"
#include "sim/cli/terminal.h"
#include "sim/results/manifest.h"
#include "sim/results/run_directory.h"
#include "sim/views/human.h"
#include "sim/views/summary.h"

bool run_format(const char *word, enum figure_format *out)
{
    static const char *const words[] = {
        [FIGURE_SVG] = "svg", [FIGURE_PNG] = "png", [FIGURE_DUMB] = "dumb"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i], word) == 0) {
            *out = (enum figure_format)i;
            return true;
        }
    return false;
}

/* Where a run goes: as ordered, else runs/NAME, or, when that is not to be replaced, the
 * first of runs/NAME, runs/NAME-2, ... that does not exist. */
static char *directory_for(const struct run_order *order, const char *scenario)
{
    struct stat s;
    if (order->directory)
        return memory_text(order->directory, strlen(order->directory));
    char *path = memory_print("runs/%s", scenario);
    for (unsigned i = 2; !order->overwrite && lstat(path, &s) == 0; i++) {
        free(path);
        path = memory_print("runs/%s-%u", scenario, i);
    }
    return path;
}

/* Did any attempt fail?  The log has a line of each app's first. */
static bool some_failed(const struct run_record *record)
{
    for (size_t i = 0; i < record->log_count; i++)
        if (strcmp(record->log[i].kind, "first-failure") == 0)
            return true;
    return false;
}

static void tell_binds(const struct run_binds *binds)
{
    char count[HUMAN_TEXT];
    if (binds && binds->asked > binds->count)
        fprintf(stderr,
                "%s holds only the first %s choices of ports; --trace-bind=failures "
                "keeps none but those that fail\n",
                RUN_BINDS, human_count((double)binds->count, count));
}

/* Where the results are, and what to do with them. */
static void tell_files(const struct run_order *order, const char *directory,
                       const struct figures_drawn *drawn, const struct run_record *record)
{
    fputs("\nresults in ", stderr);
    terminal_print(stderr, directory);
    fputc('\n', stderr);
    draw_tell(directory, drawn);
    if (some_failed(record)) {
        fputs("portsim diagnose ", stderr);
        terminal_print(stderr, directory);
        fputs(" says why attempts failed\n", stderr);
    }
    if (order->epilogue && !stop_signal())
        fputs(order->epilogue, stderr);
}

/* Whoever interrupted the run wants the program to end: no figures then. */
static int show(const struct run_order *order, const struct run_record *record,
                const struct metrics_asked *asked, const char *directory)
{
    struct results_error error;
    struct figures_drawn drawn = {0};
    int status = EXIT_DONE;
    if (order->json)
        status = directory_print(directory, "summary.json");
    else
        summary_print(stdout, record, terminal_colours());
    metrics_asked_print(stdout, asked, record);
    fflush(stdout);
    if (order->plots && !stop_signal() &&
        !draw(&(struct draw_order){.directory = directory, .format = order->format},
              &drawn, &error) &&
        !stop_signal())
        status = order->without ? draw_missed(&error) : io_error(&error);
    if (!order->quiet)
        tell_files(order, directory, &drawn, record);
    if (!order->quiet)
        tell_binds(record->binds);
    figures_drawn_free(&drawn);
    return status;
}

/* What is certain comes first: a requirement that fails does so at any precision. */
static int final_status(const struct simulation *s, int shown)
{
    if (stop_signal())
        return EXIT_BY_SIGNAL + stop_signal();
    if (shown != EXIT_DONE)
        return shown;
    if (!s->none_fails)
        return EXIT_REQUIREMENT;
    if (s->imprecise)
        return EXIT_PRECISION;
    return s->all_hold ? EXIT_DONE : EXIT_REQUIREMENT;
}

static bool holds_a_run(const char *directory)
{
    static const char *const manifests[] = {MANIFEST_COMPLETE, MANIFEST_PARTIAL};
    bool holds = false;
    for (size_t i = 0; i < sizeof manifests / sizeof manifests[0]; i++) {
        char *path = memory_print("%s/%s", directory, manifests[i]);
        holds |= access(path, F_OK) == 0;
        free(path);
    }
    return holds;
}

/* A directory that holds a run is refused with a way out. */
static struct run_directory *claim(const struct run_order *order, const char *directory)
{
    struct results_error error;
    struct run_directory *target =
        run_directory_prepare(directory, order->overwrite, &error);
    if (!target)
        fprintf(stderr, "portsim: %s%s\n", error.text,
                !order->overwrite && holds_a_run(directory) ? "; --overwrite replaces it"
                                                            : "");
    return target;
}

static int run_plan(const struct run_order *order, struct trial_plan *plan,
                    const struct metrics_asked *asked)
{
    struct results_error error;
    char *directory = directory_for(order, plan->config->name);
    struct run_directory *target = claim(order, directory);
    int status = EXIT_IO;
    if (target) {
        stop_listen();
        struct simulation s = simulate(
            plan, &(struct simulation_order){
                      .jobs = order->jobs, .binds = order->binds, .quiet = order->quiet});
        if (run_directory_write(target, s.record, &error))
            status = final_status(&s, show(order, s.record, asked, directory));
        else
            status = io_error(&error);
        simulation_free(&s);
    }
    run_directory_free(target);
    free(directory);
    return status;
}

int run_scenario(const struct run_order *order)
{
    struct issues *issues;
    int status = EXIT_DONE;
    struct metrics_asked asked = {.count = 0};
    struct trial_plan *plan =
        read_plan(order->scenario, &order->settings, &issues, &status);
    if (plan && !metrics_ask(&asked, plan, &order->metrics))
        status = EXIT_USAGE;
    else if (plan)
        status = run_plan(order, plan, &asked);
    metrics_asked_free(&asked);
    trial_plan_free(plan);
    issues_free(issues);
    return status;
}
