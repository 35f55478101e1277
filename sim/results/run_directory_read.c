/* The way back: a run directory as a struct run_record. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/csv.h"
#include "sim/results/json_read.h"
#include "sim/results/manifest.h"
#include "sim/results/run_directory.h"
#include "sim/results/run_facts.h"
#include "sim/results/run_files.h"
#include "sim/results/run_sockets.h"
#include "sim/results/run_study.h"
#include "sim/results/run_tables.h"
#include "sim/results/safe_file.h"

/* A resolved scenario may carry a recorded trace. */
#define SCENARIO_MAX ((size_t)1 << 30)

/* What `record` points to. */
struct stored_run_storage {
    cJSON *summary; /* names, units and expressions stand in it */
    struct run_metric *metrics;
    struct run_requirement *requirements;
    struct run_facts facts;
    struct stored_study study;
    struct run_event *log;
    size_t log_capacity;
    struct series *series;
    struct run_sockets sockets;
    struct stored_tables tables;
    char *scenario;
};

/* --- which run it is -------------------------------------------------------------- */

static bool find_manifest(struct manifest *m, const struct safe_directory *d,
                          struct results_error *error)
{
    bool complete = safe_file_exists(d, MANIFEST_COMPLETE);
    if (!complete && !safe_file_exists(d, MANIFEST_PARTIAL))
        return results_fail(error, 0,
                            "%s holds no run: there is no " MANIFEST_COMPLETE
                            " in it (portsim run SCENARIO -o DIR writes one)",
                            d->path);
    if (!manifest_read(m, d, complete ? MANIFEST_COMPLETE : MANIFEST_PARTIAL, error))
        return false;
    if (complete != (m->status == RUN_COMPLETE))
        return results_fail(error, 0,
                            "%s holds no whole run: it was ended while its files were "
                            "being replaced",
                            d->path);
    for (size_t i = 0; i < RUN_FILES; i++)
        if (!manifest_find(m, run_files[i].name))
            return results_fail(error, 0, "the manifest of %s does not name %s", d->path,
                                run_files[i].name);
    return manifest_verify(m, d, "scenario.json", error);
}

/* --- summary.json ----------------------------------------------------------------- */

/* Of a study every estimate says how many runs it stands on. */
static uint32_t get_runs(struct json_source *s, const struct stored_run *run,
                         const cJSON *item)
{
    return run->record.study ? (uint32_t)json_get_count(s, item, "runs") : 0;
}

static void read_metrics(struct json_source *s, struct stored_run *run)
{
    const cJSON *metrics = json_get_object(s, run->storage->summary, "metrics");
    size_t count = (size_t)cJSON_GetArraySize(metrics);
    struct run_metric *out = memory_new(count, sizeof *out);
    run->storage->metrics = out;
    for (const cJSON *item = json_first(metrics); item; item = item->next) {
        *out++ = (struct run_metric){
            .name = item->string,
            .unit = json_get_text(s, item, "unit"),
            .value = json_get_number(s, item, "value"),
            .half_width = json_get_number(s, item, "half_width"),
            .runs = get_runs(s, run, item),
        };
    }
    run->record.metrics = run->storage->metrics;
    run->record.metric_count = count;
}

static void read_requirements(struct json_source *s, struct stored_run *run)
{
    const cJSON *list = json_get_array(s, run->storage->summary, "require");
    size_t count = (size_t)cJSON_GetArraySize(list);
    struct run_requirement *out = memory_new(count, sizeof *out);
    run->storage->requirements = out;
    for (const cJSON *item = json_first(list); item; item = item->next) {
        out->expression = json_get_text(s, item, "expression");
        out->value = json_get_number(s, item, "value");
        out->half_width =
            run->record.study ? json_get_number(s, item, "half_width") : (double)NAN;
        out->runs = get_runs(s, run, item);
        if (!run_verdict_find(json_get_text(s, item, "verdict"), &out->verdict))
            json_complain(s, "verdict", "is none that portsim gives");
        out++;
    }
    run->record.requirements = run->storage->requirements;
    run->record.requirement_count = count;
}

static void read_head(struct json_source *s, struct run_record *r, const cJSON *tree)
{
    r->version = json_get_text(s, tree, "portsim");
    r->scenario = json_get_text(s, tree, "scenario");
    r->seed = json_get_u64(s, tree, "seed");
    r->replications = (uint32_t)json_get_count(s, tree, "replications");
    if (!run_status_find(json_get_text(s, tree, "status"), &r->status))
        json_complain(s, "status", "is neither \"complete\" nor \"interrupted\"");
    r->events = json_get_count(s, tree, "events");
    r->connections = json_get_count(s, tree, "connections");
    double simulated_s = json_get_number(s, tree, "simulated_s");
    if (simulated_s >= 0 && simulated_s <= sim_seconds(SIM_DURATION_MAX))
        r->simulated = (sim_ns)llround(simulated_s * 1e9);
    else
        json_complain(s, "simulated_s", "is not a length of time");
    const char *fingerprint = json_get_text(s, tree, "fingerprint");
    int length = 0;
    if (sscanf(fingerprint, "%16" SCNx64 "%n", &r->fingerprint, &length) != 1 ||
        length != 16 || fingerprint[16])
        json_complain(s, "fingerprint", "is not 16 hexadecimal digits");
}

static void read_study(struct json_source *s, struct stored_run *run)
{
    if (!cJSON_GetObjectItemCaseSensitive(run->storage->summary, "study"))
        return;
    run_study_read(s, run->storage->summary, &run->storage->study);
    run->record.study = &run->storage->study.study;
}

static void read_facts(struct json_source *s, struct stored_run *run)
{
    struct run_facts f = run_facts_read(s, run->storage->summary);
    run->storage->facts = f;
    run->record.pools = f.pools;
    run->record.pool_count = f.pool_count;
    run->record.apps = f.apps;
    run->record.app_count = f.app_count;
}

static bool read_summary(struct stored_run *run, const struct safe_directory *d,
                         struct results_error *error)
{
    cJSON *tree = json_read_file(d, "summary.json", error);
    run->storage->summary = tree;
    if (!tree)
        return false;
    char *path = memory_print("%s/summary.json", d->path);
    struct json_source s = {.path = path, .error = error};
    read_head(&s, &run->record, tree);
    read_study(&s, run);
    read_metrics(&s, run);
    read_requirements(&s, run);
    read_facts(&s, run);
    free(path);
    return !s.failed;
}

/* --- events.csv ------------------------------------------------------------------- */

#define EVENT_CELLS 5

static void free_event(struct run_event *e)
{
    free((char *)e->host);
    free((char *)e->process);
    free((char *)e->kind);
    free((char *)e->detail);
}

/* Reads the rest of a row whose first cell was just read.  False when it is no event. */
static bool read_event(struct csv_reader *csv, struct run_event *e)
{
    const char **cells[EVENT_CELLS] = {NULL, &e->host, &e->process, &e->kind, &e->detail};
    bool good = csv_time_of(csv_cell(csv), &e->when);
    for (int i = 1; good && i < EVENT_CELLS; i++) {
        good = csv_read(csv) == CSV_CELL;
        const char *text = csv_text_of(csv_cell(csv));
        if (good)
            *cells[i] = memory_text(text, strlen(text));
    }
    return good && csv_read(csv) == CSV_ROW;
}

static bool read_event_header(struct csv_reader *csv)
{
    static const char *const names[EVENT_CELLS] = {"t_s", "host", "process", "kind",
                                                   "detail"};
    for (int i = 0; i < EVENT_CELLS; i++)
        if (csv_read(csv) != CSV_CELL || strcmp(csv_cell(csv), names[i]) != 0)
            return false;
    return csv_read(csv) == CSV_ROW;
}

static bool append_event(struct stored_run *run, const struct run_event *e)
{
    struct stored_run_storage *s = run->storage;
    size_t count = run->record.log_count;
    if (count && e->when < s->log[count - 1].when)
        return false;
    if (count == s->log_capacity) {
        s->log_capacity = memory_grown(s->log_capacity, count + 1);
        s->log = memory_resize(s->log, s->log_capacity, sizeof *s->log);
    }
    s->log[count] = *e;
    run->record.log = s->log;
    run->record.log_count++;
    return true;
}

static bool read_log(struct stored_run *run, const struct safe_directory *d,
                     struct results_error *error)
{
    int handle = safe_file_open(d, "events.csv", error);
    if (handle < 0)
        return false;
    struct csv_reader *csv = csv_reader_new(handle);
    bool good = read_event_header(csv);
    size_t line = 1;
    enum csv_step step = CSV_END;
    while (good && (step = csv_read(csv)) == CSV_CELL) {
        struct run_event e = {0};
        line = csv_line(csv);
        good = read_event(csv, &e) && append_event(run, &e);
        if (!good)
            free_event(&e);
    }
    csv_reader_free(csv);
    return (good && step == CSV_END) ||
           results_fail(error, 0, "%s/events.csv:%zu is not a row of the event log",
                        d->path, line);
}

/* --- all of it -------------------------------------------------------------------- */

static bool read_series(struct stored_run *run, const struct safe_directory *d,
                        struct results_error *error)
{
    int handle = safe_file_open(d, "timeseries.csv", error);
    if (handle < 0)
        return false;
    char *path = memory_print("%s/timeseries.csv", d->path);
    run->storage->series = series_read(handle, path, error);
    run->record.series = run->storage->series;
    free(path);
    return run->storage->series != NULL;
}

static bool read_scenario(struct stored_run *run, const struct safe_directory *d,
                          struct results_error *error)
{
    size_t length;
    if (!safe_file_exists(d, "scenario.json"))
        return true;
    run->storage->scenario =
        safe_file_read(d, "scenario.json", SCENARIO_MAX, &length, error);
    run->record.resolved_scenario = run->storage->scenario;
    return run->storage->scenario != NULL;
}

static bool read_replications(struct stored_run *run, const struct manifest *m,
                              const struct safe_directory *d, struct results_error *error)
{
    return !run->record.study || !manifest_find(m, RUN_REPLICATIONS) ||
           run_replications_read(&run->record, &run->storage->study, d, error);
}

struct stored_run *run_directory_read(const char *path, struct results_error *error)
{
    struct safe_directory d;
    if (!safe_directory_open(&d, path, error)) {
        if (error->code == ENOENT)
            results_fail(error, 0,
                         "there is no directory %s; portsim run SCENARIO -o DIR writes "
                         "one (without -o: runs/NAME)",
                         path);
        if (error->code == ENOTDIR)
            results_fail(error, 0,
                         "%s is a file; the directory of a run is meant (portsim "
                         "diagnose reads captures: --ss FILE, --netstat FILE)",
                         path);
        return NULL;
    }
    struct stored_run *run = memory_new(1, sizeof *run);
    run->storage = memory_new(1, sizeof *run->storage);
    struct manifest m = {0};
    bool good = find_manifest(&m, &d, error) && read_summary(run, &d, error) &&
                read_replications(run, &m, &d, error) && read_log(run, &d, error) &&
                read_series(run, &d, error) &&
                run_tables_read(&run->storage->tables, &run->record, &d, &m, error) &&
                run_sockets_read(&run->storage->sockets, &run->record, &d, &m, error) &&
                read_scenario(run, &d, error);
    if (good && run->record.status != m.status)
        good = results_fail(error, 0, "%s: summary and manifest differ about the status",
                            d.path);
    safe_directory_close(&d);
    if (good)
        return run;
    stored_run_free(run);
    return NULL;
}

void stored_run_first(struct stored_run *run)
{
    run->record = run_study_first(&run->record, run->storage->metrics);
}

void stored_run_free(struct stored_run *run)
{
    if (!run)
        return;
    struct stored_run_storage *s = run->storage;
    for (size_t i = 0; i < run->record.log_count; i++)
        free_event(&s->log[i]);
    cJSON_Delete(s->summary);
    free(s->metrics);
    free(s->requirements);
    free(s->facts.pools);
    free(s->facts.apps);
    stored_study_free(&s->study);
    free(s->log);
    series_free(s->series);
    run_sockets_free(&s->sockets);
    stored_tables_free(&s->tables);
    free(s->scenario);
    free(s);
    free(run);
}
