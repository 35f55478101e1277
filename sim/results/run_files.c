#include "sim/results/run_files.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/results/csv.h"
#include "sim/results/run_facts.h"
#include "sim/results/run_study.h"

static void put_metrics(struct json_text *j, const struct run_record *r)
{
    json_object_begin(j, "metrics");
    for (size_t i = 0; i < r->metric_count; i++) {
        const struct run_metric *m = &r->metrics[i];
        json_object_begin_flat(j, m->name);
        json_number(j, "value", m->value);
        json_number(j, "half_width", m->half_width);
        json_string(j, "unit", m->unit);
        if (r->study)
            json_unsigned(j, "runs", m->runs);
        json_object_end(j);
    }
    json_object_end(j);
}

static void put_requirements(struct json_text *j, const struct run_record *r)
{
    json_array_begin(j, "require");
    for (size_t i = 0; i < r->requirement_count; i++) {
        const struct run_requirement *q = &r->requirements[i];
        json_object_begin_flat(j, NULL);
        json_string(j, "expression", q->expression);
        json_string(j, "verdict", run_verdict_name(q->verdict));
        json_number(j, "value", q->value);
        if (r->study) {
            json_number(j, "half_width", q->half_width);
            json_unsigned(j, "runs", q->runs);
        }
        json_object_end(j);
    }
    json_array_end(j);
}

static void put_summary(const struct run_record *r, struct safe_file *file)
{
    struct json_text j = {0};
    char fingerprint[NUMBER_TEXT];
    snprintf(fingerprint, sizeof fingerprint, "%016" PRIx64, r->fingerprint);
    json_object_begin(&j, NULL);
    json_string(&j, "portsim", r->version ? r->version : PORTSIM_VERSION);
    json_string(&j, "scenario", r->scenario);
    json_u64(&j, "seed", r->seed);
    json_unsigned(&j, "replications", r->replications);
    json_string(&j, "status", run_status_name(r->status));
    json_number(&j, "simulated_s", sim_seconds(r->simulated));
    json_unsigned(&j, "events", r->events);
    json_unsigned(&j, "connections", r->connections);
    json_string(&j, "fingerprint", fingerprint);
    if (r->study)
        run_study_write(&j, r->study);
    put_metrics(&j, r);
    put_requirements(&j, r);
    run_facts_write(&j, r);
    json_object_end(&j);
    safe_file_put(file, j.bytes, j.length);
    json_free(&j);
}

static void put_scenario(const struct run_record *r, struct safe_file *file)
{
    safe_file_put(file, r->resolved_scenario, strlen(r->resolved_scenario));
}

static void put_series(const struct run_record *r, struct safe_file *file)
{
    series_write(r->series, file);
}

static void put_log(const struct run_record *r, struct safe_file *file)
{
    static const char *const columns[] = {"t_s", "host", "process", "kind", "detail"};
    struct csv_writer w = {.file = file};
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        csv_put_text(&w, columns[i]);
    csv_end_row(&w);
    for (size_t i = 0; i < r->log_count; i++) {
        const struct run_event *e = &r->log[i];
        csv_put_time(&w, e->when);
        csv_put_text(&w, e->host);
        csv_put_text(&w, e->process);
        csv_put_text(&w, e->kind);
        csv_put_text(&w, e->detail);
        csv_end_row(&w);
    }
}

const struct run_file run_files[RUN_FILES] = {
    {"scenario.json", put_scenario},
    {"summary.json", put_summary},
    {"timeseries.csv", put_series},
    {"events.csv", put_log},
};
