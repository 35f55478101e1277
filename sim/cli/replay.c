#include "sim/cli/replay.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/cli/command.h"
#include "sim/cli/places.h"
#include "sim/cli/progress.h"
#include "sim/cli/terminal.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/units.h"
#include "sim/trial/moments.h"
#include "sim/views/sockets_series.h"

void replay_free(struct replay *r)
{
    trial_result_free(r->result);
    trial_plan_free(r->plan);
    issues_free(r->issues);
}

static bool complain(const struct replay *r, const char *why)
{
    fputs("portsim: ", stderr);
    terminal_print(stderr, r->directory);
    fprintf(stderr, ": %s\n", why);
    return false;
}

/* --- simulating again ----------------------------------------------------------------
 */

static bool can_replay(const struct replay *r)
{
    const struct run_record *record = &r->stored->record;
    if (!record->resolved_scenario)
        return complain(r, "the run did not keep what is asked for, and without its "
                           "scenario.json it cannot be simulated again");
    if (!r->quiet && record->version && strcmp(record->version, PORTSIM_VERSION) != 0)
        fprintf(stderr, "portsim: the run was made by version %s, this is %s\n",
                record->version, PORTSIM_VERSION);
    return true;
}

/* The stored scenario under the stored seed, with one setting more; NULL: none. */
static bool read_stored_plan(struct replay *r, const char *setting, int *status)
{
    char *path = memory_print("%s/scenario.json", r->directory);
    char *library = places_folder("scenarios");
    char *seed = memory_print("seed=\"%" PRIu64 "\"", r->stored->record.seed);
    const char *const settings[] = {seed, setting};
    struct scenario_options options = {
        .library = library, .settings = settings, .setting_count = setting ? 2 : 1};
    r->issues = issues_new();
    r->plan = trial_plan_read(path, &options, r->issues);
    if (!r->plan) {
        issues_print(r->issues, stderr);
        *status = issues_is_unreadable(r->issues) ? EXIT_IO : EXIT_SCENARIO;
    }
    free(seed);
    free(library);
    free(path);
    return r->plan != NULL;
}

const struct trial_plan *replay_plan(struct replay *r, int *status)
{
    *status = EXIT_IO;
    return can_replay(r) && read_stored_plan(r, NULL, status) ? r->plan : NULL;
}

static uint64_t counted_at(const struct run_record *record, size_t first)
{
    uint64_t sum = 0;
    for (size_t i = first;
         i < record->census_count && record->census[i].when == record->census[first].when;
         i++)
        sum += record->census[i].count;
    return sum;
}

/* Both runs counted their sockets at moments, which must agree where they met; and to the
 * end, so must their fingerprints. */
static bool same_trajectory(const struct run_record *a, const struct run_record *b)
{
    size_t i = 0, k = 0;
    while (i < a->census_count && k < b->census_count) {
        sim_ns x = a->census[i].when, y = b->census[k].when;
        bool cut = x == b->simulated && b->status == RUN_INTERRUPTED;
        if (x == y && !cut && counted_at(a, i) != counted_at(b, k))
            return false;
        for (; x <= y && i < a->census_count && a->census[i].when == x;)
            i++;
        for (; y <= x && k < b->census_count && b->census[k].when == y;)
            k++;
    }
    return b->status == RUN_INTERRUPTED || a->status == RUN_INTERRUPTED ||
           a->fingerprint == b->fingerprint;
}

static bool complain_of_course(const struct replay *r)
{
    return complain(r, "simulated again, the run took another course: it was made by "
                       "another version, or its recording is another");
}

bool replay_is_same(const struct replay *r, uint64_t fingerprint)
{
    const struct run_record *record = &r->stored->record;
    return record->status == RUN_INTERRUPTED || record->fingerprint == fingerprint ||
           complain_of_course(r);
}

static bool simulate(struct replay *r, bool until_kept)
{
    struct progress progress;
    struct trial_watch watch = {
        .until_kept = until_kept, .progress = progress_update, .context = &progress};
    if (!r->quiet)
        fputs(
            "portsim: not kept by the run; simulated again from its scenario and seed\n",
            stderr);
    progress_begin(&progress, r->quiet);
    r->result = trial_run(r->plan, r->plan->config->seed, 1, &watch);
    progress_end(&progress);
    return same_trajectory(&r->stored->record, &r->result->record) ||
           complain_of_course(r);
}

/* --- a moment ------------------------------------------------------------------------
 */

static const struct run_snapshot *kept(const struct run_record *record, const char *name)
{
    for (size_t i = 0; i < record->snapshot_count; i++)
        if (strcmp(record->snapshots[i].name, name) == 0)
            return &record->snapshots[i];
    return NULL;
}

/* "600" is "600s"; the caller's to free. */
static char *with_unit(const char *word)
{
    bool bare = *word && !word[strspn(word, "0123456789.")];
    return memory_print("%s%s", word, bare ? "s" : "");
}

/* As the stored run would have called it. */
static const struct run_snapshot *kept_under(const struct run_record *record,
                                             const char *word)
{
    char name[FIELD_NAME_SIZE];
    struct unit_fault fault;
    sim_ns when;
    const struct run_snapshot *s = kept(record, word);
    if (s || !duration_parse(word, &when, &fault))
        return s;
    moment_name_time(when, name);
    return kept(record, name);
}

/* Makes the plan keep the moment of that word. */
static bool ask_for(struct replay *r, const char *word, int *status)
{
    struct moment m;
    char complaint[MOMENT_COMPLAINT];
    if (moment_of(word, r->plan->config, r->plan->changes, r->plan->change_count, &m,
                  complaint)) {
        trial_plan_keep(r->plan, &m);
        return true;
    }
    fputs("portsim: --at \"", stderr);
    terminal_print(stderr, word);
    fprintf(stderr, "\": %s\n", complaint);
    *status = EXIT_USAGE;
    return false;
}

static const struct run_snapshot *simulate_to(struct replay *r, const char *word,
                                              int *status)
{
    if (!can_replay(r) || !read_stored_plan(r, NULL, status) ||
        !ask_for(r, word, status) || !simulate(r, true))
        return NULL;
    if (r->result->record.snapshot_count == 1)
        return r->result->record.snapshots;
    complain(r, r->plan->moments[0].kind == MOMENT_FIRST_FAILURE
                    ? "no attempt of the run failed"
                    : "no pool of the run was exhausted");
    return NULL;
}

const struct run_snapshot *replay_moment(struct replay *r, const char *word, int *status)
{
    char *name = with_unit(word);
    const struct run_snapshot *found = kept_under(&r->stored->record, name);
    *status = EXIT_IO;
    if (!found)
        found = simulate_to(r, name, status);
    if (found)
        *status = EXIT_DONE;
    free(name);
    return found;
}

/* --- counts --------------------------------------------------------------------------
 */

const struct run_record *replay_counts(struct replay *r, sim_ns every, int *status)
{
    char text[UNITS_TEXT];
    *status = EXIT_DONE;
    if (census_has_every(&r->stored->record, every))
        return &r->stored->record;
    *status = EXIT_IO;
    char *setting =
        memory_print("sockets={\"every\": \"%s\"}", duration_text(every, text));
    bool good =
        can_replay(r) && read_stored_plan(r, setting, status) && simulate(r, false);
    free(setting);
    if (!good)
        return NULL;
    *status = EXIT_DONE;
    return &r->result->record;
}
