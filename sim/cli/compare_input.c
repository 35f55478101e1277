#include "sim/cli/compare_input.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/base/memory.h"
#include "sim/cli/command.h"
#include "sim/cli/places.h"
#include "sim/cli/terminal.h"
#include "sim/results/text.h"
#include "sim/study/key.h"
#include "sim/study/store/store.h"

#define ENDING ".json"

/* --- folders ----------------------------------------------------------------------- */

static bool is_folder(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

/* The folder of that name, here or in the library; NULL: it is no folder. */
static char *folder_of(const char *name)
{
    if (is_folder(name))
        return memory_text(name, strlen(name));
    char *library = strchr(name, '/') ? NULL : places_folder("scenarios");
    char *path = library ? memory_print("%s/%s", library, name) : NULL;
    free(library);
    if (path && is_folder(path))
        return path;
    free(path);
    return NULL;
}

/* A baseline may stand beside the scenarios it is of. */
static int is_scenario(const struct dirent *e)
{
    size_t length = strlen(e->d_name), ending = strlen(ENDING);
    return e->d_name[0] != '.' && length > ending &&
           strcmp(e->d_name + length - ending, ENDING) == 0 &&
           strcmp(e->d_name, "baseline.json") != 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name); /* alphasort() follows the locale */
}

static bool holds_file(const char *folder, const char *name)
{
    struct stat s;
    char *path = memory_print("%s/%s", folder, name);
    bool holds = stat(path, &s) == 0 && S_ISREG(s.st_mode);
    free(path);
    return holds;
}

/* --- reading ----------------------------------------------------------------------- */

static char *case_name(const char *file)
{
    const char *slash = strrchr(file, '/');
    const char *name = slash ? slash + 1 : file;
    size_t length = strlen(name), ending = strlen(ENDING);
    if (length > ending && strcmp(name + length - ending, ENDING) == 0)
        length -= ending;
    return memory_text(name, length);
}

static struct trial_plan *read_side(const struct compare_request *request, int side,
                                    const char *path, struct compare_input *out,
                                    int *status)
{
    struct text_list all = {0};
    const struct text_list *of[] = {request->both, request->only[side]};
    for (size_t i = 0; i < 2; i++)
        for (uint32_t k = 0; k < of[i]->count; k++)
            text_list_add(&all, of[i]->at[k]);
    size_t size = out->owned_count + 1u;
    out->owned = memory_resize(out->owned, size, sizeof(struct trial_plan *));
    out->issues = memory_resize(out->issues, size, sizeof(struct issues *));
    int said = EXIT_DONE;
    struct trial_plan *plan =
        read_plan(path, &all, &out->issues[out->owned_count], &said);
    out->owned[out->owned_count++] = plan;
    if (said > *status)
        *status = said;
    text_list_free(&all);
    return plan;
}

/* A file that is bad for A is not asked again for B. */
static void add_case(const struct compare_request *request, const char *const files[2],
                     struct compare_input *out, int *status)
{
    struct compare_plans plans = {0};
    bool alone = request->alone || request->baseline;
    plans.a = alone ? NULL : read_side(request, 0, files[0], out, status);
    if (alone || plans.a || strcmp(files[0], files[1]) != 0)
        plans.b = read_side(request, 1, files[1], out, status);
    const struct trial_plan *first = plans.a ? plans.a : plans.b;
    if (!first)
        return;
    plans.seed = first->config->seed;
    out->cases = memory_resize(out->cases, out->count + 1u, sizeof *out->cases);
    out->plans = memory_resize(out->plans, out->count + 1u, sizeof *out->plans);
    struct compare_case *c = &out->cases[out->count];
    *c = (struct compare_case){.name = case_name(files[1])};
    if (plans.a)
        study_key(plans.a, c->a.key);
    if (plans.b)
        study_key(plans.b, c->b.key);
    out->plans[out->count++] = plans;
}

/* What only one of two folders holds is not compared, and not passed over either. */
static void note_missing(const char *folder, const char *file)
{
    fputs("portsim: ", stderr);
    terminal_print(stderr, folder);
    fputs(" has no ", stderr);
    terminal_print(stderr, file);
    fputs(": not compared\n", stderr);
}

static int add_folders(const struct compare_request *request, char *const folders[2],
                       struct compare_input *out)
{
    struct dirent **files[2] = {NULL, NULL};
    int status = EXIT_DONE;
    for (int side = 0; side < 2; side++) {
        int count = scandir(folders[side], &files[side], is_scenario, by_name);
        for (int i = 0; i < count; i++) {
            const char *name = files[side][i]->d_name;
            if (!holds_file(folders[1 - side], name)) {
                note_missing(folders[1 - side], name);
            } else if (side == 0) {
                char *a = memory_print("%s/%s", folders[0], name);
                char *b = memory_print("%s/%s", folders[1], name);
                add_case(request, (const char *const[]){a, b}, out, &status);
                free(a);
                free(b);
            }
            free(files[side][i]);
        }
        free(files[side]);
    }
    if (out->count || status != EXIT_DONE)
        return status;
    fprintf(stderr, "portsim: there is no scenario to compare in ");
    terminal_print(stderr, folders[0]);
    fputc('\n', stderr);
    return EXIT_IO;
}

static char *label_of(const struct compare_request *request, int side)
{
    const struct text_list *settings = request->only[side];
    struct text t = {0};
    if (request->inputs[1] || !settings->count)
        text_print(&t, "%s", request->inputs[request->inputs[1] ? side : 0]);
    for (uint32_t i = 0; i < settings->count; i++)
        text_print(&t, "%s%s", t.length ? "  " : "", settings->at[i]);
    char *label = memory_text(text_of(&t), strlen(text_of(&t)));
    text_free(&t);
    return label;
}

static int add_scenarios(const struct compare_request *request, struct compare_input *out)
{
    const char *names[2] = {request->inputs[0],
                            request->inputs[request->inputs[1] ? 1 : 0]};
    char *folders[2] = {folder_of(names[0]), folder_of(names[1])};
    int status = EXIT_DONE;
    if (folders[0] && folders[1]) {
        status = add_folders(request, folders, out);
    } else if (folders[0] || folders[1]) {
        fputs("portsim: a folder is compared with a folder, not with a scenario; name "
              "its file instead\n",
              stderr);
        status = EXIT_USAGE;
    } else {
        add_case(request, names, out, &status);
    }
    free(folders[0]);
    free(folders[1]);
    return status;
}

/* --- metrics ----------------------------------------------------------------------- */

static bool any_matches(const struct compare_input *input, const char *pattern)
{
    for (uint32_t i = 0; i < input->count; i++) {
        const struct compare_side *sides[] = {&input->cases[i].a, &input->cases[i].b};
        for (size_t s = 0; s < 2; s++)
            for (uint32_t k = 0; k < sides[s]->metric_count; k++)
                if (compare_matches(pattern, sides[s]->metrics[k].name))
                    return true;
    }
    return false;
}

/* Of sides that are simulated; the others bring theirs. */
static void choose_metrics(const struct compare_request *request,
                           struct compare_input *out)
{
    for (uint32_t i = 0; i < out->count; i++) {
        struct compare_side *sides[] = {&out->cases[i].a, &out->cases[i].b};
        const struct trial_plan *plans[] = {out->plans[i].a, out->plans[i].b};
        for (size_t s = 0; s < 2; s++)
            if (plans[s])
                compare_run_choose(sides[s], plans[s], request->metrics,
                                   request->metric_count);
    }
}

static int check_metrics(const struct compare_request *request,
                         const struct compare_input *out)
{
    for (uint32_t i = 0; i < request->metric_count; i++) {
        if (any_matches(out, request->metrics[i]))
            continue;
        fputs("portsim: no metric is like \"", stderr);
        terminal_print(stderr, request->metrics[i]);
        fputs("\" (`portsim list metrics')\n", stderr);
        return EXIT_USAGE;
    }
    return EXIT_DONE;
}

/* --- all of it --------------------------------------------------------------------- */

static int open_any(const struct compare_request *request, struct compare_input *out)
{
    const char *const *inputs = request->inputs;
    bool first = store_is_study(inputs[0]);
    bool second = inputs[1] && store_is_study(inputs[1]);
    if (first && second)
        return compare_input_studies(request, out);
    if (first || second) {
        fputs("portsim: a study is compared with a study; portsim sweep makes one of a "
              "scenario\n",
              stderr);
        return EXIT_USAGE;
    }
    int status = add_scenarios(request, out);
    if (status == EXIT_DONE && request->baseline)
        status = compare_input_baseline(request, out);
    return status;
}

int compare_input_open(const struct compare_request *request, struct compare_input *out)
{
    *out = (struct compare_input){.labels = {label_of(request, 0), label_of(request, 1)}};
    int status = open_any(request, out);
    if (status != EXIT_DONE)
        return status;
    choose_metrics(request, out);
    return check_metrics(request, out);
}

void compare_input_free(struct compare_input *input)
{
    compare_cases_free(input->cases, input->count);
    for (uint32_t i = 0; i < input->owned_count; i++) {
        trial_plan_free(input->owned[i]);
        issues_free(input->issues[i]);
    }
    free(input->owned);
    free(input->issues);
    free(input->plans);
    free(input->labels[0]);
    free(input->labels[1]);
    *input = (struct compare_input){0};
}
