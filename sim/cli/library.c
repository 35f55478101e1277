#include "sim/cli/library.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/cli/places.h"
#include "sim/scenario/scenario.h"
#include "sim/trial/trial_plan.h"

#define ENDING ".json"

static int is_scenario(const struct dirent *e)
{
    size_t length = strlen(e->d_name), ending = strlen(ENDING);
    return e->d_name[0] != '.' && length > ending &&
           strcmp(e->d_name + length - ending, ENDING) == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name); /* alphasort() follows the locale */
}

struct library_names library_names(void)
{
    struct library_names names = {0};
    struct dirent **files = NULL;
    char *library = places_folder("scenarios");
    int count = library ? scandir(library, &files, is_scenario, by_name) : 0;
    names.at = memory_new(count > 0 ? (size_t)count : 0, sizeof *names.at);
    for (int i = 0; i < count; i++) {
        size_t length = strlen(files[i]->d_name) - strlen(ENDING);
        names.at[names.count++] = memory_text(files[i]->d_name, length);
        free(files[i]);
    }
    free(files);
    free(library);
    return names;
}

void library_names_free(struct library_names *names)
{
    for (uint32_t i = 0; i < names->count; i++)
        free(names->at[i]);
    free(names->at);
    *names = (struct library_names){0};
}

/* What it asks and what to expect; a scenario without either says nothing. */
static void say_what(const struct trial_config *c, struct reference_entry *out)
{
    const char *question = c->question ? c->question : "",
               *about = c->about ? c->about : "";
    char *both = memory_print("%s%s%s", question, *question && *about ? " " : "", about);
    reference_say(out, both);
    free(both);
}

/* One that cannot be read says so instead. */
static void read_what(const char *name, struct reference_entry *out)
{
    struct issues *issues = issues_new();
    char *library = places_folder("scenarios");
    char *path = memory_print("%s/%s" ENDING, library, name);
    struct scenario_options options = {.library = library};
    struct trial_plan *plan = trial_plan_read(path, &options, issues);
    if (!plan)
        reference_say(out, "cannot be read: see portsim check");
    else
        say_what(plan->config, out);
    trial_plan_free(plan);
    issues_free(issues);
    free(path);
    free(library);
}

bool library_entry(uint32_t index, struct reference_entry *out)
{
    struct library_names names = library_names();
    bool there = index < names.count;
    if (there) {
        snprintf(out->name, sizeof out->name, "%s", names.at[index]);
        read_what(names.at[index], out);
    }
    library_names_free(&names);
    return there;
}
