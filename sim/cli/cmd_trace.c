/* portsim trace: one connection as a ladder. */
#include <argp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/words.h"
#include "sim/cli/command.h"
#include "sim/cli/option_number.h"
#include "sim/cli/read.h"
#include "sim/cli/terminal.h"
#include "sim/scenario/units.h"
#include "sim/trial/attempt.h"
#include "sim/views/ladder.h"

enum {
    KEY_SET = 1000,
    KEY_SEED,
    KEY_CONNECTION,
    KEY_APP,
    KEY_FIRST_FAILURE,
    KEY_ERRNO,
    KEY_PORT,
    KEY_STATE,
    KEY_UNTIL,
    KEY_ASCII,
    KEY_JSON
};

static const struct argp_option options[] = {
    {"connection", KEY_CONNECTION, "N", 0,
     "The N-th attempt of the run, or of the application (--app)", 1},
    {"app", KEY_APP, "NAME", 0, "Only attempts of this application", 1},
    {"first-failure", KEY_FIRST_FAILURE, NULL, 0, "The first attempt that fails", 1},
    {"errno", KEY_ERRNO, "CODE", 0, "The first one of which a try fails with CODE", 1},
    {"port", KEY_PORT, "P", 0, "The first one that gets local port P", 1},
    {"state", KEY_STATE, "STATE", 0,
     "The first one of which a socket comes to STATE (FIN_WAIT_2)", 1},
    {"until", KEY_UNTIL, "T", 0, "Follow it no further than to this moment", 2},
    {"set", KEY_SET, "PATH=VALUE", 0, "Set a field of the scenario; may be repeated", 2},
    {"seed", KEY_SEED, "N", 0,
     "Use this seed (0x... for hexadecimal) instead of the scenario's", 2},
    {"ascii", KEY_ASCII, NULL, 0, "Draw with - > < | instead of line characters", 3},
    {"json", KEY_JSON, NULL, 0, "Print everything that happened as JSON", 3},
    {0}};

struct arguments {
    const char *scenario, *app;
    struct text_list settings;
    struct attempt_wish wish;
    sim_ns until;
    char *seed;
    bool ascii, json;
};

/* --- the command line -----------------------------------------------------------------
 */

static const char *state_word(uint32_t index)
{
    return index + TCP_SYN_SENT < TCP_STATE_COUNT
               ? tcp_state_name((enum tcp_state)(index + TCP_SYN_SENT))
               : NULL;
}

/* The index of a word of the list; a usage error if it is none of them. */
static uint32_t choose(const char *option, const char *text,
                       const char *(*word)(uint32_t index),
                       const struct argp_state *state)
{
    for (uint32_t i = 0; word(i); i++)
        if (strcasecmp(word(i), text) == 0)
            return i;
    const char *near = words_nearest(text, word);
    argp_error(state, "%s does not know \"%s\"%s%s%s", option, text,
               near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
    return 0;
}

static void check_together(struct arguments *a, const struct argp_state *state)
{
    const struct attempt_wish *w = &a->wish;
    if (w->number && (w->fails || w->code || w->port || w->state))
        argp_error(state, "--connection names the one; --first-failure, --errno, --port "
                          "and --state look for one");
    if (a->seed)
        setting_add(&a->settings, a->seed, state);
}

static error_t parse_wish(int key, const char *argument, struct argp_state *state)
{
    struct arguments *a = state->input;
    struct attempt_wish *wish = &a->wish;
    switch (key) {
    case KEY_CONNECTION:
        wish->number = option_count("--connection", argument, 1, UINT32_MAX, state);
        return 0;
    case KEY_APP:
        a->app = argument;
        return 0;
    case KEY_FIRST_FAILURE:
        wish->fails = true;
        return 0;
    case KEY_ERRNO:
        wish->code = (uint8_t)(choose("--errno", argument, failure_choice, state) + 1);
        return 0;
    case KEY_PORT:
        wish->port = (uint16_t)option_count("--port", argument, 1, UINT16_MAX, state);
        return 0;
    case KEY_STATE:
        wish->state =
            (uint8_t)(choose("--state", argument, state_word, state) + TCP_SYN_SENT);
        return 0;
    default:
        return scenario_argument(key, argument, state, &a->scenario);
    }
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case KEY_UNTIL:
        a->until = option_duration("--until", argument, state);
        break;
    case KEY_SET:
        setting_add(&a->settings, argument, state);
        break;
    case KEY_SEED:
        setting_seed(&a->seed, argument, state);
        break;
    case KEY_ASCII:
        a->ascii = true;
        break;
    case KEY_JSON:
        a->json = true;
        break;
    case ARGP_KEY_SUCCESS:
        check_together(a, state);
        break;
    default:
        return parse_wish(key, argument, state);
    }
    return 0;
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "SCENARIO",
    .doc =
        "Simulates SCENARIO as far as needed and shows one attempt of a user, from its "
        "first call until its ports are free: who sends what when, the states of both "
        "ends, what waits for what, and where the time went.  Without a choice it is the "
        "first attempt.\v"
        "Example:\n"
        "  portsim trace proxysg-cifs-finwait2 --state FIN_WAIT_2\n"
        "  portsim trace proxysg-cifs-finwait2 --first-failure --app pages\n"
        "  portsim trace my.json --connection 17 --ascii\n"
        "The status is 1 when no attempt is as wished.\n"};

/* --- the work -------------------------------------------------------------------------
 */

/* False, with a complaint, if the scenario has no application of that name. */
static bool find_app(struct arguments *a, const struct trial_plan *plan)
{
    const struct app_config *apps = plan->config->world.apps.items;
    a->wish.app = FIELD_NO_REFERENCE;
    for (uint32_t i = 0; a->app && i < plan->config->world.apps.count; i++)
        if (strcmp(apps[i].name, a->app) == 0)
            a->wish.app = i;
    if (!a->app || a->wish.app != FIELD_NO_REFERENCE)
        return true;
    fputs("portsim: the scenario has no application \"", stderr);
    terminal_print(stderr, a->app);
    fputs("\"; it has", stderr);
    for (uint32_t i = 0; i < plan->config->world.apps.count; i++)
        fprintf(stderr, "%s %s", i ? "," : "", apps[i].name);
    fputc('\n', stderr);
    return false;
}

static void show(const struct arguments *a, const struct attempt *attempt)
{
    if (!a->json) {
        ladder_print(stdout, attempt, a->ascii || !terminal_utf8());
        return;
    }
    struct json_text j = {0};
    ladder_json(&j, attempt);
    fwrite(j.bytes, 1, j.length, stdout);
    json_free(&j);
}

static int trace(struct arguments *a, const struct trial_plan *plan)
{
    struct attempt attempt;
    if (!find_app(a, plan))
        return EXIT_USAGE;
    sim_ns until = plan->config->duration;
    if (a->until && a->until < until)
        until = a->until;
    uint64_t seed = plan->config->seed;
    uint64_t number = attempt_find(plan, seed, until, &a->wish);
    if (!number) {
        fprintf(
            stderr,
            "portsim: no attempt is as wished, up to %g s of the run; portsim run says "
            "how many there are and how they end, --set duration=... makes more\n",
            sim_seconds(until));
        return EXIT_REQUIREMENT;
    }
    attempt_follow(&attempt, plan, seed, until, number);
    show(a, &attempt);
    attempt_free(&attempt);
    return EXIT_DONE;
}

static int run(int argc, char **argv)
{
    struct arguments a = {.until = 0};
    struct issues *issues;
    int status = EXIT_DONE;
    argp_parse(&argp, argc, argv, 0, NULL, &a);
    struct trial_plan *plan = read_plan(a.scenario, &a.settings, &issues, &status);
    if (plan)
        status = trace(&a, plan);
    trial_plan_free(plan);
    issues_free(issues);
    text_list_free(&a.settings);
    free(a.seed);
    return status;
}

const struct command command_trace = {
    .name = "trace",
    .summary = "one connection as a ladder: segments, states, timers",
    .run = run,
};
