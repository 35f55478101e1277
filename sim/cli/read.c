#include "sim/cli/read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/cli/command.h"
#include "sim/cli/library.h"
#include "sim/cli/places.h"
#include "sim/cli/terminal.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/spelling.h"

void setting_add(struct text_list *settings, const char *text,
                 const struct argp_state *state)
{
    if (!strchr(text, '='))
        argp_error(state, "--set wants PATH=VALUE, is \"%s\"", text);
    text_list_add(settings, text);
}

/* Decimal, or 0x and hexadecimal. */
static bool is_whole_number(const char *text)
{
    bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = hex ? text + 2 : text;
    size_t length = strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789");
    return length > 0 && !digits[length];
}

void setting_seed(char **seed, const char *text, const struct argp_state *state)
{
    if (!is_whole_number(text))
        argp_error(state, "--seed wants a whole number (\"7\", \"0xbeef\"), is \"%s\"",
                   text);
    free(*seed);
    *seed = memory_print("seed=\"%s\"", text);
}

char *setting_list(const char *path, const struct text_list *texts)
{
    struct json_text json = {0};
    json_array_begin_flat(&json, NULL);
    for (uint32_t i = 0; i < texts->count; i++)
        json_string(&json, NULL, texts->at[i]);
    json_array_end(&json);
    json.bytes[strcspn(json.bytes, "\n")] = '\0';
    char *setting = memory_print("%s=%s", path, json.bytes);
    json_free(&json);
    return setting;
}

error_t scenario_argument(int key, const char *argument, const struct argp_state *state,
                          const char **scenario)
{
    switch (key) {
    case ARGP_KEY_ARG:
        if (*scenario)
            argp_error(state, "one scenario at a time, also got \"%s\"", argument);
        *scenario = argument;
        return 0;
    case ARGP_KEY_END:
        if (!*scenario)
            argp_error(state, "which scenario? A file, or a name of `portsim list "
                              "scenarios'");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static bool is_file_name(const char *name)
{
    static const char ending[] = ".json";
    size_t length = strlen(name), part = strlen(ending);
    return length > part && strcmp(name + length - part, ending) == 0;
}

/* A name that is neither a file nor in the library: most likely a slip. */
static void complain_unknown(const char *name)
{
    char *library = places_folder("scenarios");
    char *missing = library ? NULL : places_missing();
    struct library_names names = library_names();
    struct spelling spelling = {.word = name};
    for (uint32_t i = 0; i < names.count; i++)
        spelling_offer(&spelling, names.at[i]);
    fputs("portsim: there is no scenario \"", stderr);
    terminal_print(stderr, name);
    fputs("\", neither as a file nor in the library", stderr);
    if (spelling.nearest)
        fprintf(stderr, "; did you mean \"%s\"?\n", spelling.nearest);
    else if (strchr(name, '='))
        fputs("; PATH=VALUE stands behind --set, in compare behind --a or --b\n", stderr);
    else if (missing)
        fprintf(stderr, ": %s\n", missing);
    else if (is_file_name(name))
        fputs("; portsim init with that name writes one to start from\n", stderr);
    else
        fputs(" (portsim list scenarios)\n", stderr);
    library_names_free(&names);
    free(missing);
    free(library);
}

static bool is_folder(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

/* A run, most likely, whose scenario stands in it. */
static void complain_folder(const char *path)
{
    char *inside = memory_print("%s/scenario.json", path);
    fputs("portsim: ", stderr);
    terminal_print(stderr, path);
    fputs(" cannot be read: Is a directory; a scenario is a file", stderr);
    if (access(inside, F_OK) == 0) {
        fputs(", that of this run ", stderr);
        terminal_print(stderr, inside);
    }
    fputc('\n', stderr);
    free(inside);
}

static bool is_unknown(const char *path)
{
    return !strchr(path, '/') && strcmp(path, "-") != 0 && access(path, F_OK) != 0;
}

struct trial_plan *read_plan(const char *name, const struct text_list *settings,
                             struct issues **issues, int *status)
{
    char *path = places_scenario(name);
    char *library = places_folder("scenarios");
    struct scenario_options options = {
        .library = library, .settings = settings->at, .setting_count = settings->count};
    struct trial_plan *plan = NULL;
    *issues = issues_new();
    if (is_folder(path)) {
        complain_folder(path);
        *status = EXIT_IO;
    } else if (is_unknown(path)) {
        complain_unknown(path);
        *status = EXIT_IO;
    } else if (!(plan = trial_plan_read(path, &options, *issues))) {
        issues_print(*issues, stderr);
        *status = issues_is_unreadable(*issues) ? EXIT_IO : EXIT_SCENARIO;
    }
    free(library);
    free(path);
    return plan;
}
