#include "sim/cli/read.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/cli/command.h"
#include "sim/cli/places.h"
#include "sim/scenario/scenario.h"

struct trial_plan *read_plan(const char *name, const char *const *settings,
                             uint32_t setting_count, struct issues **issues, int *status)
{
    char *path = places_scenario(name);
    char *library = places_folder("scenarios");
    struct scenario_options options = {
        .library = library, .settings = settings, .setting_count = setting_count};
    *issues = issues_new();
    struct trial_plan *plan = trial_plan_read(path, &options, *issues);
    if (!plan) {
        issues_print(*issues, stderr);
        *status = issues_is_unreadable(*issues) ? EXIT_IO : EXIT_SCENARIO;
    }
    free(library);
    free(path);
    return plan;
}
