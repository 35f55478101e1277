#include "sim/cli/sweep_order.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/cli/command.h"
#include "sim/cli/places.h"
#include "sim/cli/progress.h"
#include "sim/cli/stop.h"
#include "sim/cli/sweep_print.h"
#include "sim/cli/terminal.h"
#include "sim/study/store_export.h"
#include "sim/study/sweep.h"
#include "sim/study/sweep_estimate.h"
#include "sim/views/human.h"

/* Replications of a sweep about which nobody says how many. */
#define REPLICATIONS 10

/* Everything one command stands on. */
struct session {
    struct sweep_arguments *a;
    char *path, *library, *directory;
    struct scenario_options options;
    struct issues *issues;
    struct trial_plan *base;
    struct study_axes axes;
    struct study_points points;
    struct text_list metrics; /* to be printed; the texts are in `texts` */
    char **texts;
    uint32_t text_count;
    struct study_store *store;
    struct ranks ranks;
    struct progress progress;
    bool told; /* what is wrong was said already */
};

static int complain(const struct results_error *error)
{
    fprintf(stderr, "portsim: %s\n", error->text);
    return EXIT_IO;
}

/* --- what is to be printed ----------------------------------------------------- */

/* Takes `text`; each is printed once. */
static void want(struct session *s, char *text)
{
    s->texts = memory_resize(s->texts, s->text_count + 1u, sizeof *s->texts);
    s->texts[s->text_count++] = text;
    for (uint32_t i = 0; i < s->metrics.count; i++)
        if (strcmp(s->metrics.at[i], text) == 0)
            return;
    s->metrics.at =
        memory_resize(s->metrics.at, s->metrics.count + 1u, sizeof *s->metrics.at);
    s->metrics.at[s->metrics.count++] = text;
}

/* Those asked for, else those of the requirements, else the failure ratios. */
static void choose_metrics(struct session *s)
{
    const struct trial_plan *base = s->base;
    const struct app_config *app = base->config->world.apps.items;
    for (uint32_t i = 0; i < s->a->metrics.count; i++)
        want(s, memory_text(s->a->metrics.at[i], strlen(s->a->metrics.at[i])));
    for (uint32_t i = 0; !s->a->metrics.count && i < base->requirement_count; i++) {
        const struct plan_requirement *r = &base->requirements[i];
        want(s, memory_print("%s%s%s", r->metric, r->phase ? "@" : "",
                             r->phase ? r->phase : ""));
    }
    for (uint32_t i = 0; !s->metrics.count && i < base->config->world.apps.count; i++)
        want(s, memory_print("apps.%s.failure_ratio", app[i].name));
}

/* A metric is one that a requirement could speak of. */
static bool check_metrics(struct session *s)
{
    struct json_text json = {0};
    if (!s->a->metrics.count)
        return true;
    json_array_begin_flat(&json, NULL);
    for (uint32_t i = 0; i < s->a->metrics.count; i++) {
        char *text = memory_print("%s >= 0", s->a->metrics.at[i]);
        json_string(&json, NULL, text);
        free(text);
    }
    json_array_end(&json);
    json.bytes[strcspn(json.bytes, "\n")] = '\0';
    char *setting = memory_print("require=%s", json.bytes);
    struct setting_texts settings = {.count = s->options.setting_count};
    settings.at = memory_new(settings.count + 1, sizeof *settings.at);
    memcpy(settings.at, s->options.settings, settings.count * sizeof *settings.at);
    settings.at[settings.count++] = setting;
    struct scenario_options options = {
        .library = s->library, .settings = settings.at, .setting_count = settings.count};
    struct issues *issues = issues_new();
    struct trial_plan *plan = trial_plan_read(s->path, &options, issues);
    const struct issue *issue;
    for (size_t i = 0; (issue = issues_get(issues, i)) != NULL; i++)
        fprintf(stderr, "portsim: --metric: %s%s%s%s\n", issue->message,
                issue->suggestion ? "; did you mean " : "",
                issue->suggestion ? issue->suggestion : "", issue->suggestion ? "?" : "");
    bool right = plan != NULL;
    trial_plan_free(plan);
    issues_free(issues);
    free(settings.at);
    free(setting);
    json_free(&json);
    return right;
}

/* --- what is asked for --------------------------------------------------------- */

static void on_progress(void *session, uint64_t done, uint64_t missing)
{
    progress_study(&((struct session *)session)->progress, done, missing);
}

static struct sweep_order order_of(struct session *s)
{
    uint32_t own = s->a->vary.count ? 0 : s->base->config->sweep.replications;
    return (struct sweep_order){.points = &s->points,
                                .seed = s->base->config->seed,
                                .replications = s->a->replications ? s->a->replications
                                                : own              ? own
                                                                   : REPLICATIONS,
                                .shard = s->a->shard,
                                .threads = s->a->jobs,
                                .stop = stop_flag(),
                                .progress = on_progress,
                                .context = s};
}

/* --- reading ------------------------------------------------------------------- */

static bool read_axes(struct session *s)
{
    const struct sweep_arguments *a = s->a;
    bool right = true;
    for (uint32_t i = 0; i < a->vary.count; i++)
        right &= study_axes_add_text(&s->axes, a->vary.at[i], s->base, s->issues);
    return a->vary.count ? right : study_axes_add_config(&s->axes, s->base, s->issues);
}

static enum sweep_design design_of(const struct session *s)
{
    uint32_t design = 0;
    if (!s->a->design)
        return s->a->vary.count ? SWEEP_GRID
                                : (enum sweep_design)s->base->config->sweep.design;
    while (strcmp(s->a->design, sweep_design_word(design)) != 0)
        design++;
    return (enum sweep_design)design;
}

/* False with *status after complaints. */
static bool read_points(struct session *s, int *status)
{
    const struct sweep_config *own = &s->base->config->sweep;
    bool ours = s->a->vary.count > 0;
    if (!ours && own->replications == 0) {
        fputs("portsim: what is to vary? --vary PATH=VALUES, or a scenario with a "
              "\"sweep\"\n",
              stderr);
        *status = EXIT_USAGE;
        return false;
    }
    struct points_order order = {.path = s->path,
                                 .options = &s->options,
                                 .axes = &s->axes,
                                 .where = s->a->where ? s->a->where
                                          : ours      ? NULL
                                                      : own->where,
                                 .where_name = s->a->where ? "--where" : "sweep.where",
                                 .design = design_of(s)};
    *status = ours || s->a->where ? EXIT_USAGE : EXIT_SCENARIO;
    if (!read_axes(s) || !study_points_read(&s->points, &order, s->base, s->issues))
        return false;
    *status = EXIT_USAGE;
    struct sweep_order sweep = order_of(s);
    struct results_error error;
    if (sweep_fits(&sweep, &error))
        return check_metrics(s);
    complain(&error);
    return false;
}

/* Shares of a study are studies of their own until they are merged. */
static char *directory_of(const struct sweep_arguments *a, const char *scenario)
{
    if (a->directory)
        return memory_text(a->directory, strlen(a->directory));
    if (a->shard.count > 1)
        return memory_print("studies/%s-%u-of-%u", scenario, (unsigned)a->shard.index + 1,
                            (unsigned)a->shard.count);
    return memory_print("studies/%s", scenario);
}

static bool read_all(struct session *s, int *status)
{
    struct sweep_arguments *a = s->a;
    if (a->seed)
        setting_texts_add(&a->settings, a->seed, NULL);
    s->path = places_scenario(a->scenario);
    s->library = places_folder("scenarios");
    s->options = (struct scenario_options){.library = s->library,
                                           .settings = a->settings.at,
                                           .setting_count = a->settings.count};
    s->base = read_plan(a->scenario, &a->settings, &s->issues, status);
    s->told = !s->base;
    if (s->told)
        return false;
    s->directory = directory_of(a, s->base->config->name);
    return read_points(s, status);
}

/* --- the end ------------------------------------------------------------------- */

/* A word as a shell would take it. */
static void print_word(FILE *out, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789-_./=:,@%+";
    if (*word && strspn(word, plain) == strlen(word)) {
        fputs(word, out);
        return;
    }
    fputc('\'', out);
    for (; *word; word++)
        if (*word == '\'')
            fputs("'\\''", out);
        else
            fputc((unsigned char)*word < 0x20 ? '?' : *word, out);
    fputc('\'', out);
}

static void tell_resume(const struct session *s, const struct sweep *sweep)
{
    char done[HUMAN_TEXT], all[HUMAN_TEXT];
    uint64_t before = sweep->total - sweep->missing;
    fprintf(stderr, "\ninterrupted: %s of %s runs are in ",
            human_count((double)(before + sweep->done), done),
            human_count((double)sweep->total, all));
    terminal_print(stderr, s->directory);
    fputs("; the same command goes on:\n  portsim sweep", stderr);
    for (int i = 1; i < s->a->argc; i++) {
        fputc(' ', stderr);
        print_word(stderr, s->a->argv[i]);
    }
    fputc('\n', stderr);
}

static void tell_done(const struct session *s, const struct sweep *sweep)
{
    char done[HUMAN_TEXT], before[HUMAN_TEXT], spent[HUMAN_TEXT];
    double seconds = progress_seconds(&s->progress);
    fprintf(stderr, "\n%s runs in %s", human_count((double)sweep->done, done),
            human_seconds(seconds, spent));
    if (sweep->total > sweep->missing)
        fprintf(stderr, ", %s were there already",
                human_count((double)(sweep->total - sweep->missing), before));
    fputs("; results in ", stderr);
    terminal_print(stderr, s->directory);
    fputc('\n', stderr);
}

static int print_json(const struct session *s)
{
    char *path = memory_print("%s/" STUDY_RESULTS_JSON, s->directory);
    FILE *file = fopen(path, "re");
    char block[65536];
    int status = EXIT_DONE;
    for (size_t n; file && (n = fread(block, 1, sizeof block, file)) > 0;)
        fwrite(block, 1, n, stdout);
    if (!file || ferror(file)) {
        fprintf(stderr, "portsim: cannot read %s: %s\n", path, strerror(errno));
        status = EXIT_IO;
    }
    if (file)
        fclose(file);
    free(path);
    return status;
}

static int show(struct session *s, const struct sweep *sweep)
{
    struct results_error error;
    double confidence = s->base->config->study.confidence;
    if (s->a->json)
        return print_json(s);
    choose_metrics(s);
    if (!sweep_print_results(stdout, sweep, s->metrics.at, s->metrics.count, confidence,
                             &error))
        return complain(&error);
    return EXIT_DONE;
}

/* --- running ------------------------------------------------------------------- */

/* A run could not be read or stored: those before it are kept. */
static int give_up(struct session *s, const struct sweep *sweep)
{
    struct results_error error;
    int status = complain(&sweep->error);
    if (store_export(s->store, RUN_INTERRUPTED, &error))
        tell_resume(s, sweep);
    return status;
}

/* What there is is exported, however it ended. */
static int run_sweep(struct session *s, struct sweep *sweep)
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
        return complain(&error);
    int status = show(s, sweep);
    fflush(stdout);
    if (sweep->late)
        fputs("portsim: warning: at some points MSER-5 would cut off half of the run or "
              "more: it is too short for an answer about the long run; make duration "
              "longer\n",
              stderr);
    if (!s->a->quiet && whole)
        tell_done(s, sweep);
    else if (!whole)
        tell_resume(s, sweep);
    return whole ? status : EXIT_BY_SIGNAL + stop_signal();
}

static bool add_axes(struct session *s, struct results_error *error)
{
    const char **paths = memory_new(s->axes.count, sizeof *paths);
    for (uint32_t i = 0; i < s->axes.count; i++)
        paths[i] = s->axes.at[i].path;
    bool good = store_axes(s->store, paths, s->axes.count, error);
    free(paths);
    return good;
}

/* Rank 0: the study, and the runs that are missing in it. */
static bool open_study(struct session *s, struct sweep *sweep, int *status)
{
    struct results_error error;
    struct sweep_order order = order_of(s);
    s->store = store_open(s->directory, s->base, &error);
    if (s->store && add_axes(s, &error) && sweep_open(sweep, &order, s->store, &error))
        return true;
    *status = complain(&error);
    return false;
}

/* Any other rank. */
static int serve(struct session *s, struct sweep *sweep)
{
    struct results_error error;
    stop_listen();
    if (!sweep_serve(sweep, &s->ranks, &error))
        return complain(&error);
    return stop_signal() ? EXIT_BY_SIGNAL + stop_signal() : EXIT_DONE;
}

/* On several ranks all must be able to begin, or none does. */
static int run_ranks(struct session *s, bool good, int status)
{
    struct results_error error;
    struct sweep sweep = {.jobs = NULL};
    struct sweep_order order;
    bool first = s->ranks.rank == 0, speak;
    if (good)
        order = order_of(s);
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
static bool look_into_study(struct session *s, struct results_error *error)
{
    if (!store_is_study(s->directory))
        return true;
    s->store = store_read(s->directory, error);
    return s->store != NULL;
}

static int answer(struct session *s)
{
    struct results_error error = {.code = 0};
    struct sweep_order order = order_of(s);
    struct sweep sweep;
    struct sweep_estimate estimate;
    if (!look_into_study(s, &error) || !sweep_open(&sweep, &order, s->store, &error))
        return complain(&error);
    int status = EXIT_DONE;
    if (s->a->list) {
        sweep_print_list(stdout, &sweep, s->a->json);
    } else {
        stop_listen();
        if (sweep_estimate_make(&sweep, s->base, &estimate, &error))
            sweep_print_estimate(stdout, &sweep, &estimate, s->a->json);
        else
            status = stop_signal() ? EXIT_BY_SIGNAL + stop_signal() : complain(&error);
    }
    sweep_close(&sweep);
    return status;
}

static void session_close(struct session *s)
{
    for (uint32_t i = 0; i < s->text_count; i++)
        free(s->texts[i]);
    free(s->texts);
    free(s->metrics.at);
    store_close(s->store);
    study_points_free(&s->points);
    study_axes_free(&s->axes);
    trial_plan_free(s->base);
    issues_free(s->issues);
    free(s->directory);
    free(s->library);
    free(s->path);
}

/* Rank 0 first: what it complains of nobody needs to say again. */
static bool read_in_turn(struct session *s, int *status)
{
    bool first = s->ranks.rank == 0, speak;
    bool good = !first || read_all(s, status);
    if (ranks_agree(&s->ranks, good, &speak))
        return first || read_all(s, status);
    s->told |= !first;
    return false;
}

/* Without MPI, processes that were started together may still have a share each. */
static bool join(struct session *s, struct results_error *error)
{
    s->ranks = (struct ranks){.count = 1};
    return (s->a->shard.count > 1 && !ranks_kind()) ||
           ranks_join(&s->ranks, s->a->argv, error);
}

int sweep_command(struct sweep_arguments *a)
{
    struct session s = {.a = a};
    struct results_error error;
    int status = EXIT_DONE;
    if (!join(&s, &error)) {
        if (s.ranks.rank == 0)
            fprintf(stderr, "portsim: %s\n", error.text);
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
    session_close(&s); /* before an MPI whose ranks are dead ends this one too */
    ranks_leave(&s.ranks, status);
    return status;
}
