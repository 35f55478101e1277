/* portsim watch: the ports as a moving grid, in the terminal or in a page. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/base/memory.h"
#include "sim/cli/command.h"
#include "sim/cli/complaint.h"
#include "sim/cli/directory.h"
#include "sim/cli/page_file.h"
#include "sim/cli/places.h"
#include "sim/cli/player.h"
#include "sim/cli/progress.h"
#include "sim/cli/read.h"
#include "sim/cli/replay.h"
#include "sim/cli/stop.h"
#include "sim/cli/terminal.h"
#include "sim/scenario/units.h"
#include "sim/trial/moments.h"
#include "sim/views/film_page.h"
#include "sim/views/film_text.h"

enum {
    KEY_AT = 1000,
    KEY_FROM,
    KEY_HOST,
    KEY_HTML,
    KEY_POOL,
    KEY_SEED,
    KEY_SET,
    KEY_SPEED,
    KEY_STEP,
};

/* Frames of a film, unless a step says otherwise. */
#define FRAMES 600

/* Frames that are printed where nothing plays and none is asked for. */
#define FRAMES_PRINTED 4

#define PRINT_COLUMNS 80
#define PRINT_ROWS    24

static const struct argp_option options[] = {
    {"at", KEY_AT, "MOMENT", 0,
     "Print the frame of that moment instead of playing: 10min, 600, first-failure, "
     "first-exhaustion, change-1, a phase (its end), end; may be repeated",
     1},
    {"frame", KEY_AT, NULL, OPTION_ALIAS, NULL, 1},
    {"from", KEY_FROM, "TIME", 0, "Begin there", 1},
    {"speed", KEY_SPEED, "N", 0,
     "Simulated seconds a second (default: all of it in half a minute)", 1},
    {"step", KEY_STEP, "TIME", 0,
     "Between two frames (default: a 600th of the run); \"change\": a frame at each "
     "change, for up to 64 ports",
     1},
    {"html", KEY_HTML, "FILE", 0,
     "Write the film as one page of HTML, with a slider, instead of playing it", 1},
    {"host", KEY_HOST, "HOST", 0, "Its ports (default: the fullest)", 2},
    {"pool", KEY_POOL, "POOL", 0, "tcp4, tcp6, udp4 or udp6 (default: the fullest)", 2},
    {"set", KEY_SET, "PATH=VALUE", 0, "Set a field of the scenario; may be repeated", 2},
    {"seed", KEY_SEED, "N", 0,
     "Use this seed (0x... for hexadecimal) instead of the scenario's", 2},
    {"quiet", 'q', NULL, 0, "No messages but errors", 3},
    {0}};

struct arguments {
    const char *what; /* a run directory, or a scenario */
    struct text_list at, settings;
    char *seed;
    const char *host, *pool;
    const char *html;  /* NULL: no page */
    sim_ns from, step; /* step 0: the default */
    bool changes, quiet;
    double speed;
};

/* --- the command line -----------------------------------------------------------------
 */

static sim_ns time_of(const char *option, const char *text,
                      const struct argp_state *state)
{
    struct unit_fault fault;
    sim_ns t = 0;
    if (!duration_parse(text, &t, &fault))
        argp_error(state, "%s %s, is \"%s\"", option, fault.rule, text);
    return t;
}

static void set_step(struct arguments *a, const char *text,
                     const struct argp_state *state)
{
    a->changes = strcmp(text, "change") == 0;
    if (a->changes)
        return;
    a->step = time_of("--step", text, state);
    if (a->step == 0)
        argp_error(state, "--step must be longer than 0s");
}

static void set_speed(struct arguments *a, const char *text,
                      const struct argp_state *state)
{
    char *end;
    a->speed = strtod(text, &end);
    if (!*text || *end || !(a->speed > 0 && a->speed < 1e9))
        argp_error(state, "--speed wants a number above 0, is \"%s\"", text);
}

static void set_pool(struct arguments *a, const char *text,
                     const struct argp_state *state)
{
    enum pool pool;
    if (!pool_find(text, &pool))
        argp_error(state, "--pool is tcp4, tcp6, udp4 or udp6, not \"%s\"", text);
    a->pool = text;
}

static error_t parse_what(int key, const char *argument, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case KEY_HOST:
        a->host = argument;
        return 0;
    case KEY_POOL:
        set_pool(a, argument, state);
        return 0;
    case KEY_SET:
        setting_add(&a->settings, argument, state);
        return 0;
    case KEY_SEED:
        setting_seed(&a->seed, argument, state);
        return 0;
    case ARGP_KEY_SUCCESS:
        if (a->seed)
            setting_add(&a->settings, a->seed, state);
        return 0;
    default:
        return scenario_argument(key, argument, state, &a->what);
    }
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case KEY_AT:
        text_list_add(&a->at, argument);
        return 0;
    case KEY_FROM:
        a->from = time_of("--from", argument, state);
        return 0;
    case KEY_SPEED:
        set_speed(a, argument, state);
        return 0;
    case KEY_STEP:
        set_step(a, argument, state);
        return 0;
    case KEY_HTML:
        a->html = argument;
        return 0;
    case 'q':
        a->quiet = true;
        return 0;
    default:
        return parse_what(key, argument, state);
    }
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "RESULT|SCENARIO",
    .doc = "Shows the ports of a host as a grid, coloured by the state that holds them, "
           "moving in simulated time.  A run is simulated again from its scenario and "
           "seed.  Where there is no terminal, frames are printed.\v"
           "Keys: space pause, . and , one frame forth and back, + and - speed, arrows "
           "home and end seek, n next event, q quit.\n\n"
           "Example:\n"
           "  portsim watch runs/proxysg-outage\n"
           "  portsim watch teaching-mini --step change --speed 60\n"
           "  portsim watch proxysg-outage --at 10min --at first-failure\n"
           "  portsim watch linux-parity-knee --html ports.html\n"};

/* --- moments --------------------------------------------------------------------------
 */

struct asked {
    sim_ns *when; /* in the order of the command line; -1: the log will say */
    sim_ns *sorted;
    uint32_t count;
};

static void asked_free(struct asked *k)
{
    free(k->when);
    free(k->sorted);
}

static int by_time(const void *a, const void *b)
{
    const sim_ns *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* A bare number is seconds. */
static bool moment_when(const char *word, const struct trial_plan *plan, sim_ns *out)
{
    bool bare = *word && !word[strspn(word, "0123456789.")];
    char *text = memory_print("%s%s", word, bare ? "s" : "");
    char complaint[MOMENT_COMPLAINT];
    struct moment m;
    bool good =
        moment_of(text, plan->config, plan->changes, plan->change_count, &m, complaint);
    *out = good && m.kind == MOMENT_TIME ? m.when : -1;
    if (!good) {
        fputs("portsim: --at \"", stderr);
        terminal_print(stderr, word);
        fprintf(stderr, "\": %s\n", complaint);
    }
    free(text);
    return good;
}

/* Of no words the quarters of the run. */
static bool ask(struct asked *k, const struct text_list *words,
                const struct trial_plan *plan)
{
    bool good = true;
    k->count = words->count ? words->count : FRAMES_PRINTED;
    k->when = memory_new(k->count, sizeof *k->when);
    k->sorted = memory_new(k->count, sizeof *k->sorted);
    for (uint32_t i = 0; good && i < k->count; i++)
        if (words->count)
            good = moment_when(words->at[i], plan, &k->when[i]);
        else
            k->when[i] = plan->config->duration / FRAMES_PRINTED * (i + 1);
    memcpy(k->sorted, k->when, k->count * sizeof *k->sorted);
    qsort(k->sorted, k->count, sizeof *k->sorted, by_time);
    return good;
}

/* The first event of that kind; false if there was none. */
static bool event_when(const struct film_take *t, const char *kind, sim_ns *out)
{
    for (size_t i = 0; i < t->log.count; i++)
        if (strcmp(t->log.rows[i].kind, kind) == 0) {
            *out = t->log.rows[i].when;
            return true;
        }
    return false;
}

/* --- showing --------------------------------------------------------------------------
 */

static void print_frame(const struct film_take *t, uint32_t frame)
{
    struct film_look look = {.columns = PRINT_COLUMNS, .rows = PRINT_ROWS};
    film_text_print(stdout, t, frame, &look, "\n");
}

/* The first frame that has seen the event of that word. */
static bool frame_of_event(const struct film_take *t, const char *word, uint32_t *frame)
{
    bool failure = strcmp(word, "first-failure") == 0;
    sim_ns when;
    if (!event_when(t, failure ? "first-failure" : "exhaustion-begins", &when)) {
        fprintf(stderr, "portsim: %s\n",
                failure ? "no attempt of the run failed"
                        : "no pool of the run was exhausted");
        return false;
    }
    *frame = film_take_at(t, when);
    if (t->frames[*frame].row.when < when && *frame + 1 < t->count)
        ++*frame;
    return true;
}

static int print_frames(const struct arguments *a, const struct film_take *t,
                        const struct asked *k)
{
    for (uint32_t i = 0; i < k->count; i++) {
        uint32_t frame = k->when[i] < 0 ? 0 : film_take_at(t, k->when[i]);
        if (k->when[i] < 0 && !frame_of_event(t, a->at.at[i], &frame))
            return EXIT_IO;
        if (i)
            putchar('\n');
        print_frame(t, frame);
    }
    return EXIT_DONE;
}

static bool read_colours(struct state_colours *colours, struct results_error *error)
{
    char *folder = places_folder("plots"), *missing = folder ? NULL : places_missing();
    bool good = folder ? state_colours_read(colours, folder, error)
                       : results_fail(error, 0, "%s", missing);
    free(folder);
    free(missing);
    return good;
}

static int write_page(const struct arguments *a, const struct trial_plan *plan,
                      const struct film_take *t)
{
    struct state_colours colours;
    struct results_error error;
    struct text page = {0};
    struct film_page film = {.take = t,
                             .colours = &colours,
                             .scenario = plan->config->name,
                             .about = plan->config->about,
                             .seed = plan->config->seed,
                             .version = PORTSIM_VERSION};
    bool good = read_colours(&colours, &error);
    if (good)
        film_page_write(&film, &page);
    good = good && page_file_write(a->html, &page, &error);
    if (good)
        puts(a->html);
    text_free(&page);
    return good ? EXIT_DONE : io_error(&error);
}

static int play(const struct arguments *a, const struct film_take *t)
{
    struct state_colours colours;
    struct results_error unused;
    bool coloured = read_colours(&colours, &unused);
    struct player_order order = {.take = t,
                                 .colours = coloured ? &colours : NULL,
                                 .speed = a->speed,
                                 .from = a->from};
    player_play(&order);
    return stop_signal() ? EXIT_BY_SIGNAL + stop_signal() : EXIT_DONE;
}

/* --- filming --------------------------------------------------------------------------
 */

static struct film_take *film(const struct arguments *a, const struct trial_plan *plan,
                              const struct asked *k)
{
    struct progress progress;
    uint32_t frames = a->html ? FILM_PAGE_FRAMES : FRAMES;
    sim_ns step = a->step ? a->step : plan->config->duration / frames;
    struct film_order order = {.plan = plan,
                               .host = a->host,
                               .pool = a->pool,
                               .cells = a->html ? FILM_PAGE_CELLS : FILM_CELLS_MAX,
                               .every = a->changes ? 0
                                        : step     ? step
                                                   : 1,
                               .also = k->sorted,
                               .also_count = k->count,
                               .stop = stop_flag(),
                               .progress = progress_update,
                               .context = &progress};
    progress_begin(&progress, a->quiet);
    struct film_take *t = film_take_new(&order);
    progress_end(&progress);
    if (!t)
        fprintf(stderr,
                "portsim: no host of that name connects to others from such a pool%s\n",
                a->changes ? " of up to 64 ports, as --step change needs" : "");
    return t;
}

/* EXIT_DONE, or what is wrong with the film. */
static int judge(const struct arguments *a, const struct film_take *t,
                 const struct replay *replay)
{
    if (stop_signal())
        return EXIT_BY_SIGNAL + stop_signal();
    if (t->crowded && !a->quiet)
        fprintf(stderr,
                "portsim: the film ends after its first %d changes: --step 1s shows "
                "the whole run\n",
                FILM_FRAMES_MAX);
    return !replay->stored || replay_is_same(replay, t->fingerprint) ? EXIT_DONE
                                                                     : EXIT_IO;
}

static int watch(const struct arguments *a, const struct trial_plan *plan,
                 const struct replay *replay)
{
    struct asked k = {.count = 0};
    int status = EXIT_USAGE;
    bool plays = !a->html && !a->at.count && player_can_play();
    struct film_take *t = NULL;
    if (ask(&k, &a->at, plan))
        t = film(a, plan, &k);
    if (t)
        status = judge(a, t, replay);
    if (t && status == EXIT_DONE)
        status = a->html ? write_page(a, plan, t)
                 : plays ? play(a, t)
                         : print_frames(a, t, &k);
    film_take_free(t);
    asked_free(&k);
    return status;
}

static int watch_run(const struct arguments *a)
{
    int status = EXIT_IO;
    struct stored_run *stored = directory_read(a->what);
    struct replay replay = {.stored = stored, .directory = a->what, .quiet = a->quiet};
    const struct trial_plan *plan = stored ? replay_plan(&replay, &status) : NULL;
    if (plan)
        status = watch(a, plan, &replay);
    replay_free(&replay);
    stored_run_free(stored);
    return status;
}

static int watch_scenario(const struct arguments *a)
{
    int status = EXIT_DONE;
    struct issues *issues;
    struct replay none = {.stored = NULL};
    struct trial_plan *plan = read_plan(a->what, &a->settings, &issues, &status);
    if (plan)
        status = watch(a, plan, &none);
    trial_plan_free(plan);
    issues_free(issues);
    return status;
}

static bool is_directory(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

static int run(int argc, char **argv)
{
    struct arguments a = {.quiet = false};
    int status = EXIT_USAGE;
    argp_parse(&argp, argc, argv, 0, NULL, &a);
    stop_listen();
    if (!is_directory(a.what))
        status = watch_scenario(&a);
    else if (a.settings.count)
        fputs(
            "portsim: a run is watched as it was: --set and --seed are for a scenario\n",
            stderr);
    else
        status = watch_run(&a);
    text_list_free(&a.at);
    text_list_free(&a.settings);
    free(a.seed);
    return status;
}

const struct command command_watch = {
    .name = "watch",
    .summary = "the ports as a moving grid, in the terminal or a page",
    .run = run,
};
