#include "sim/results/run_study.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/csv.h"

/* --- one of them ------------------------------------------------------------------ */

struct run_record run_study_first(const struct run_record *r, struct run_metric *metrics)
{
    struct run_record first = *r;
    if (!r->study)
        return first;
    for (size_t i = 0; i < r->metric_count; i++) {
        metrics[i] = r->metrics[i];
        if (r->study->run_count)
            metrics[i].value = r->study->runs[0].values[i];
        metrics[i].half_width = (double)NAN;
        metrics[i].runs = 0;
    }
    first.metrics = metrics;
    first.replications = 1;
    first.requirement_count = 0; /* were asked of all runs together */
    first.study = NULL;
    first.bands = NULL;
    first.band_count = 0;
    return first;
}

/* --- summary.json ----------------------------------------------------------------- */

static void put_failing(struct json_text *j, const struct run_study *s)
{
    json_object_begin(j, "failing");
    for (size_t i = 0; i < s->failing_count; i++) {
        json_object_begin_flat(j, s->failing[i].app);
        json_unsigned(j, "runs", s->failing[i].runs);
        json_number(j, "low", s->failing[i].low);
        json_number(j, "high", s->failing[i].high);
        json_object_end(j);
    }
    json_object_end(j);
}

void run_study_write(struct json_text *j, const struct run_study *s)
{
    json_object_begin(j, "study");
    json_string(j, "kind", s->kind);
    json_string(j, "reason", s->reason);
    json_number(j, "confidence", s->confidence);
    json_number(j, "precision", s->precision > 0 ? s->precision : (double)NAN);
    json_bool(j, "reached", s->reached);
    json_unsigned(j, "batches", s->batches);
    json_number(j, "warm_up_s", s->warm_up_s);
    json_array_begin(j, "warnings");
    for (size_t i = 0; i < s->warning_count; i++)
        json_string(j, NULL, s->warnings[i]);
    json_array_end(j);
    put_failing(j, s);
    json_object_end(j);
}

static void get_failing(struct json_source *s, const cJSON *study,
                        struct stored_study *out)
{
    const cJSON *list = json_get_object(s, study, "failing");
    size_t count = (size_t)cJSON_GetArraySize(list);
    struct run_failing *f = memory_new(count, sizeof *f);
    out->failing = f;
    for (const cJSON *item = json_first(list); item; item = item->next)
        *f++ = (struct run_failing){.app = item->string,
                                    .runs = (uint32_t)json_get_count(s, item, "runs"),
                                    .low = json_get_number(s, item, "low"),
                                    .high = json_get_number(s, item, "high")};
    out->study.failing = out->failing;
    out->study.failing_count = count;
}

static void get_warnings(struct json_source *s, const cJSON *study,
                         struct stored_study *out)
{
    const cJSON *list = json_get_array(s, study, "warnings");
    out->warnings = memory_new((size_t)cJSON_GetArraySize(list), sizeof(char *));
    for (const cJSON *item = json_first(list); item; item = item->next) {
        if (cJSON_IsString(item))
            out->warnings[out->study.warning_count++] = item->valuestring;
        else
            json_complain(s, "warnings", "holds what is not a text");
    }
    out->study.warnings = out->warnings;
}

void run_study_read(struct json_source *s, const cJSON *summary, struct stored_study *out)
{
    const cJSON *study = json_get_object(s, summary, "study");
    double precision = json_get_number(s, study, "precision");
    out->study = (struct run_study){
        .kind = json_get_text(s, study, "kind"),
        .reason = json_get_text(s, study, "reason"),
        .confidence = json_get_number(s, study, "confidence"),
        .precision = isnan(precision) ? 0 : precision,
        .reached = json_get_bool(s, study, "reached"),
        .batches = (uint32_t)json_get_count(s, study, "batches"),
        .warm_up_s = json_get_number(s, study, "warm_up_s"),
    };
    get_warnings(s, study, out);
    get_failing(s, study, out);
}

/* --- replications.csv ------------------------------------------------------------- */

static const char *const head[] = {"replication", "seed", "fingerprint", "events",
                                   "connections"};

#define HEAD (sizeof head / sizeof head[0])

static void put_whole(struct csv_writer *w, uint64_t value)
{
    char text[NUMBER_TEXT];
    snprintf(text, sizeof text, "%" PRIu64, value);
    csv_put_text(w, text);
}

static void put_row(struct csv_writer *w, const struct run_record *r,
                    const struct run_replication *run)
{
    char fingerprint[NUMBER_TEXT];
    snprintf(fingerprint, sizeof fingerprint, "%016" PRIx64, run->fingerprint);
    put_whole(w, run->number);
    put_whole(w, r->seed);
    csv_put_text(w, fingerprint);
    put_whole(w, run->events);
    put_whole(w, run->connections);
    for (size_t i = 0; i < r->metric_count; i++)
        csv_put_number(w, run->values[i]);
    csv_end_row(w);
}

void run_replications_write(const struct run_record *r, struct safe_file *file)
{
    struct csv_writer w = {.file = file};
    for (size_t i = 0; i < HEAD; i++)
        csv_put_text(&w, head[i]);
    for (size_t i = 0; i < r->metric_count; i++)
        csv_put_text(&w, r->metrics[i].name);
    csv_end_row(&w);
    for (size_t i = 0; i < r->study->run_count; i++)
        put_row(&w, r, &r->study->runs[i]);
}

/* The next cell of the row as text; NULL if the row has none. */
static const char *next_cell(struct csv_reader *csv)
{
    return csv_read(csv) == CSV_CELL ? csv_text_of(csv_cell(csv)) : NULL;
}

static bool is_header(struct csv_reader *csv, const struct run_record *r)
{
    for (size_t i = 0; i < HEAD + r->metric_count; i++) {
        const char *cell = next_cell(csv);
        if (!cell || strcmp(cell, i < HEAD ? head[i] : r->metrics[i - HEAD].name) != 0)
            return false;
    }
    return csv_read(csv) == CSV_ROW;
}

static bool get_whole(const char *cell, unsigned base, uint64_t *out)
{
    char *end;
    if (!cell || !*cell || strspn(cell, "0123456789abcdef") != strlen(cell))
        return false;
    *out = strtoull(cell, &end, (int)base);
    return *end == '\0';
}

/* The rest of a row whose first cell was just read. */
static bool get_row(struct csv_reader *csv, const struct run_record *r,
                    struct run_replication *run, double *values)
{
    uint64_t number, seed;
    bool good = get_whole(csv_text_of(csv_cell(csv)), 10, &number) &&
                get_whole(next_cell(csv), 10, &seed) &&
                get_whole(next_cell(csv), 16, &run->fingerprint) &&
                get_whole(next_cell(csv), 10, &run->events) &&
                get_whole(next_cell(csv), 10, &run->connections) && seed == r->seed &&
                number <= UINT32_MAX;
    for (size_t i = 0; good && i < r->metric_count; i++) {
        const char *cell = next_cell(csv);
        good = cell && csv_number_of(cell, &values[i]);
    }
    run->number = good ? (uint32_t)number : 0;
    return good && csv_read(csv) == CSV_ROW;
}

/* Room for a row more; the rows' values are found when all are there. */
static void make_room(struct stored_study *out, size_t count, size_t *room, size_t cells)
{
    if (count < *room)
        return;
    *room = memory_grown(*room, count + 1);
    out->runs = memory_resize(out->runs, *room, sizeof *out->runs);
    out->values = memory_resize(out->values, *room * cells, sizeof *out->values);
}

static bool get_rows(struct csv_reader *csv, const struct run_record *r,
                     struct stored_study *out)
{
    size_t room = 0, count = 0, cells = r->metric_count;
    enum csv_step step = CSV_END;
    bool good = is_header(csv, r);
    while (good && (step = csv_read(csv)) == CSV_CELL) {
        make_room(out, count, &room, cells);
        good = get_row(csv, r, &out->runs[count], out->values + count * cells);
        count++;
    }
    for (size_t i = 0; i < count; i++)
        out->runs[i].values = out->values + i * cells;
    out->study.runs = out->runs;
    out->study.run_count = count;
    return good && step == CSV_END && count == r->replications;
}

bool run_replications_read(const struct run_record *r, struct stored_study *out,
                           const struct safe_directory *d, struct results_error *error)
{
    int handle = safe_file_open(d, RUN_REPLICATIONS, error);
    if (handle < 0)
        return false;
    struct csv_reader *csv = csv_reader_new(handle);
    bool good =
        get_rows(csv, r, out) ||
        results_fail(error, 0, "%s/" RUN_REPLICATIONS ":%zu is not a row of the study",
                     d->path, csv_line(csv));
    csv_reader_free(csv);
    return good;
}

void stored_study_free(struct stored_study *s)
{
    free(s->warnings);
    free(s->failing);
    free(s->runs);
    free(s->values);
}
