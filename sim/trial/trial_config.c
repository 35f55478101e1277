#include "sim/trial/trial_config.h"

#include "models/app.h"
#include "models/host_config.h"
#include "sim/results/run_sockets.h"
#include "sim/trial/trial_check.h"

/* A link is kept for every pair of host entries. */
#define HOSTS_MAX 500

static const struct field a_host = {.type = FIELD_OBJECT, .table = &host_fields};
static const struct field a_path = {.type = FIELD_OBJECT, .table = &path_fields};
static const struct field an_app = {.type = FIELD_OBJECT, .table = &app_fields};
static const struct field a_phase = {.type = FIELD_WINDOW};
static const struct field a_requirement = {.type = FIELD_TEXT, .min = 1, .max = 500};

static const struct field_table change_fields = {
    .what = "change",
    .size = sizeof(struct change_config),
    .rows =
        (const struct field[]){
            {.key = "at",
             .type = FIELD_DURATION,
             .offset = offsetof(struct change_config, at),
             .flags = FIELD_REQUIRED,
             .help = "when, after the events of that moment"},
            {.key = "set",
             .type = FIELD_SETTINGS,
             .offset = offsetof(struct change_config, set),
             .flags = FIELD_REQUIRED,
             .help = "paths and their new values, as in --set; only fields marked "
                     "changeable"},
            FIELD_END,
        },
};

static const struct field a_moment = {
    .type = FIELD_TEXT, .min = 1, .max = FIELD_NAME_SIZE - 1};

static const struct field_table sockets_fields = {
    .what = "sockets",
    .size = sizeof(struct sockets_config),
    .rows =
        (const struct field[]){
            {.key = "at",
             .type = FIELD_LIST,
             .offset = offsetof(struct sockets_config, at),
             .element = &a_moment,
             .max = RUN_SNAPSHOTS_MAX,
             .fallback = "[]",
             .help = "moments whose sockets are kept one by one: a time (\"10min\"), "
                     "first-failure, first-exhaustion, a phase (its end), change-1, end"},
            {.key = "every",
             .type = FIELD_DURATION,
             .offset = offsetof(struct sockets_config, every),
             .max = 3.15e8,
             .fallback = "\"0s\"",
             .help = "how often they are counted by process, state and destination; 0s: "
                     "as often as it costs little, 60 times at most"},
            FIELD_END,
        },
};

static const struct field a_change = {.type = FIELD_OBJECT, .table = &change_fields};

const struct field_table trial_fields = {
    .what = "scenario",
    .size = sizeof(struct trial_config),
    .check = trial_check,
    .rows =
        (const struct field[]){
            {.key = "version",
             .type = FIELD_U32,
             .offset = offsetof(struct trial_config, version),
             .min = 1,
             .max = 1000,
             .fallback = "1",
             .help = "of this language; 1"},
            {.key = "name",
             .type = FIELD_NAME,
             .offset = offsetof(struct trial_config, name),
             .flags = FIELD_REQUIRED,
             .help = "of the scenario"},
            {.key = "question",
             .type = FIELD_TEXT,
             .offset = offsetof(struct trial_config, question),
             .max = 200,
             .flags = FIELD_OPTIONAL,
             .help = "what it answers, in one sentence that ends in a question mark"},
            {.key = "about",
             .type = FIELD_TEXT,
             .offset = offsetof(struct trial_config, about),
             .max = 4000,
             .flags = FIELD_OPTIONAL,
             .help = "what it shows and what to expect"},
            {.key = "seed",
             .type = FIELD_U64,
             .offset = offsetof(struct trial_config, seed),
             .fallback = "1",
             .change = "all that was drawn comes from it",
             .help = "of every random stream; beyond 2^53 as a string, decimal or 0x..."},
            {.key = "duration",
             .type = FIELD_DURATION,
             .offset = offsetof(struct trial_config, duration),
             .min = 1e-9,
             .max = 3.15e8,
             .flags = FIELD_REQUIRED,
             .change = "phases and samples are planned with it",
             .help = "simulated time"},
            {.key = "warm_up",
             .type = FIELD_DURATION,
             .offset = offsetof(struct trial_config, warm_up),
             .fallback = "\"0s\"",
             .help = "left out of every metric that names no phase"},
            {.key = "sample_every",
             .type = FIELD_DURATION,
             .offset = offsetof(struct trial_config, sample_every),
             .min = 1e-6,
             .max = 3.15e8,
             .fallback = "\"1s\"",
             .help = "distance of the rows of timeseries.csv"},
            {.key = "network",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct trial_config, world.network),
             .table = &network_fields,
             .fallback = "{}",
             .help = "the path between hosts that paths does not name"},
            {.key = "hosts",
             .type = FIELD_MAP,
             .offset = offsetof(struct trial_config, world.hosts),
             .element = &a_host,
             .min = 1,
             .max = HOSTS_MAX,
             .flags = FIELD_REQUIRED,
             .help = "hosts by name"},
            {.key = "paths",
             .type = FIELD_LIST,
             .offset = offsetof(struct trial_config, world.paths),
             .element = &a_path,
             .max = 10000,
             .fallback = "[]",
             .help = "delay, loss and faults between two hosts"},
            {.key = "apps",
             .type = FIELD_MAP,
             .offset = offsetof(struct trial_config, world.apps),
             .element = &an_app,
             .min = 1,
             .max = 1000,
             .flags = FIELD_REQUIRED,
             .help = "applications by name"},
            {.key = "changes",
             .type = FIELD_LIST,
             .offset = offsetof(struct trial_config, changes),
             .element = &a_change,
             .max = 1000,
             .fallback = "[]",
             .help = "knobs turned and faults repaired in mid-run"},
            {.key = "phases",
             .type = FIELD_MAP,
             .offset = offsetof(struct trial_config, phases),
             .element = &a_phase,
             .max = 100,
             .fallback = "{}",
             .help = "named windows [start, end], for metric@phase"},
            {.key = "sockets",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct trial_config, sockets),
             .table = &sockets_fields,
             .fallback = "{}",
             .help = "what the folder sockets/ of the run holds"},
            {.key = "study",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct trial_config, study),
             .table = &study_fields,
             .fallback = "{}",
             .change = "it counts runs, and changes none of them",
             .help = "how many runs the answers stand on, and of what kind"},
            {.key = "require",
             .type = FIELD_LIST,
             .offset = offsetof(struct trial_config, require),
             .element = &a_requirement,
             .max = 1000,
             .fallback = "[]",
             .help =
                 "what must hold, \"metric[@phase] <= number\"; exit status 1 if not"},
            {.key = "sweep",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct trial_config, sweep),
             .table = &sweep_fields,
             .flags = FIELD_OPTIONAL,
             .help = "the scenarios that portsim sweep makes of this one"},
            FIELD_END,
        },
};
