#include "sim/cli/library.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/cli/places.h"
#include "sim/scenario/scenario.h"
#include "sim/trial/trial_plan.h"

static int is_scenario(const struct dirent *e)
{
    size_t length = strlen(e->d_name);
    return e->d_name[0] != '.' && length > 5 &&
           strcmp(e->d_name + length - 5, ".json") == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name); /* alphasort() follows the locale */
}

/* The "about" of a scenario; one that cannot be read says so instead. */
static void read_about(const char *path, const char *library, struct reference_entry *out)
{
    struct issues *issues = issues_new();
    struct scenario_options options = {.library = library};
    struct trial_plan *plan = trial_plan_read(path, &options, issues);
    if (!plan)
        reference_say(out, "cannot be read: see portsim check");
    else
        reference_say(out, plan->config->about ? plan->config->about : "");
    trial_plan_free(plan);
    issues_free(issues);
}

bool library_entry(uint32_t index, struct reference_entry *out)
{
    char *library = places_folder("scenarios");
    struct dirent **files = NULL;
    int count = library ? scandir(library, &files, is_scenario, by_name) : 0;
    bool there = count > 0 && index < (uint32_t)count;
    if (there) {
        char *path = memory_print("%s/%s", library, files[index]->d_name);
        snprintf(out->name, sizeof out->name, "%.*s",
                 (int)(strlen(files[index]->d_name) - 5), files[index]->d_name);
        read_about(path, library, out);
        free(path);
    }
    for (int i = 0; i < count; i++)
        free(files[i]);
    free(files);
    free(library);
    return there;
}
