#include "sim/results/run_tables.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sim/results/run_bands.h"
#include "sim/results/run_film.h"

/* --- probes.csv ------------------------------------------------------------------- */

#define PROBES(name, member, key)                                                        \
    {                                                                                    \
        name, CSV_MEMBER_##member, offsetof(struct run_probes, key), NULL                \
    }

static const struct csv_column probes_row[] = {
    PROBES("host", TEXT, host),           PROBES("pool", TEXT, pool),
    PROBES("occupancy_low", NUMBER, low), PROBES("occupancy_high", NUMBER, high),
    PROBES("choices", U64, choices),      PROBES("failures", U64, failures),
    PROBES("mean", NUMBER, mean),         PROBES("p50", NUMBER, p50),
    PROBES("p99", NUMBER, p99),           PROBES("max", U32, max),
};

static const struct csv_columns probes_columns = {
    probes_row, sizeof probes_row / sizeof probes_row[0], sizeof(struct run_probes)};

static bool probes_sound(const void *row)
{
    const struct run_probes *p = row;
    return p->low >= 0 && p->low <= p->high && p->high <= 1 && p->choices > 0 &&
           p->failures <= p->choices && p->mean >= 0 && p->mean <= p->max &&
           p->p50 >= 0 && p->p50 <= p->p99;
}

/* --- distributions.csv ------------------------------------------------------------ */

#define BUCKET(name, member, key)                                                        \
    {                                                                                    \
        name, CSV_MEMBER_##member, offsetof(struct run_bucket, key), NULL                \
    }

static const struct csv_column bucket_row[] = {
    BUCKET("metric", TEXT, metric),
    BUCKET("low", NUMBER, low),
    BUCKET("high", NUMBER, high),
    BUCKET("count", U64, count),
};

static const struct csv_columns bucket_columns = {
    bucket_row, sizeof bucket_row / sizeof bucket_row[0], sizeof(struct run_bucket)};

/* NaN is refused too. */
static bool bucket_sound(const void *row)
{
    const struct run_bucket *b = row;
    return *b->metric && b->low >= 0 && b->low < b->high && b->count > 0;
}

/* --- transitions.csv -------------------------------------------------------------- */

#define TRANSITION(name, member, key, words)                                             \
    {                                                                                    \
        name, CSV_MEMBER_##member, offsetof(struct run_transition, key), words           \
    }

static const struct csv_column transition_row[] = {
    TRANSITION("host", TEXT, host, NULL),
    TRANSITION("from", WORD, from, run_tcp_states),
    TRANSITION("to", WORD, to, run_tcp_states),
    TRANSITION("count", U64, count, NULL),
};

static const struct csv_columns transition_columns = {
    transition_row, sizeof transition_row / sizeof transition_row[0],
    sizeof(struct run_transition)};

static bool transition_sound(const void *row)
{
    const struct run_transition *t = row;
    return *t->host && t->count > 0;
}

/* --- successors.csv --------------------------------------------------------------- */

#define SUCCESSOR(name, member, key)                                                     \
    {                                                                                    \
        name, CSV_MEMBER_##member, offsetof(struct run_successor, key), NULL             \
    }

static const struct csv_column successor_row[] = {
    SUCCESSOR("host", TEXT, host),
    SUCCESSOR("pool", TEXT, pool),
    SUCCESSOR("last", U16, last),
    SUCCESSOR("next", U16, next),
};

static const struct csv_columns successor_columns = {
    successor_row, sizeof successor_row / sizeof successor_row[0],
    sizeof(struct run_successor)};

/* Port 0 is none. */
static bool successor_sound(const void *row)
{
    const struct run_successor *s = row;
    return s->last > 0 && s->next > 0;
}

/* --- all of them ------------------------------------------------------------------ */

#define TABLE(rows, count)                                                               \
    offsetof(struct run_record, rows), offsetof(struct run_record, count)

const struct run_table run_tables[RUN_TABLES] = {
    {"probes.csv", &probes_columns, TABLE(probes, probe_count), probes_sound},
    {"successors.csv", &successor_columns, TABLE(successors, successor_count),
     successor_sound},
    {"distributions.csv", &bucket_columns, TABLE(distributions, distribution_count),
     bucket_sound},
    {"transitions.csv", &transition_columns, TABLE(transitions, transition_count),
     transition_sound},
    {RUN_BANDS, &run_band_columns, TABLE(bands, band_count), run_band_sound},
    {"ports.csv", &run_film_columns, TABLE(film, film_count), run_film_sound},
};

/* Members are reached by offset, as rows of the table name them. */
static const void *rows_of(const struct run_table *t, const struct run_record *r)
{
    const void *rows;
    memcpy(&rows, (const char *)r + t->rows, sizeof rows);
    return rows;
}

static void set_rows(const struct run_table *t, struct run_record *r, const void *rows,
                     size_t count)
{
    memcpy((char *)r + t->rows, &rows, sizeof rows);
    memcpy((char *)r + t->count, &count, sizeof count);
}

size_t run_table_count(const struct run_table *t, const struct run_record *r)
{
    size_t count;
    memcpy(&count, (const char *)r + t->count, sizeof count);
    return count;
}

void run_table_write(const struct run_table *t, const struct run_record *r,
                     struct safe_file *file)
{
    csv_rows_write(t->columns, rows_of(t, r), run_table_count(t, r), file);
}

static bool all_sound(const struct run_table *t, const void *rows, size_t count,
                      const struct safe_directory *d, struct results_error *error)
{
    for (size_t i = 0; t->sound && i < count; i++)
        if (!t->sound((const char *)rows + i * t->columns->size))
            return results_fail(error, 0, "%s/%s: its row %zu says what cannot be",
                                d->path, t->name, i + 1);
    return true;
}

bool run_tables_read(struct stored_tables *out, struct run_record *r,
                     const struct safe_directory *d, const struct manifest *m,
                     struct results_error *error)
{
    for (size_t i = 0; i < RUN_TABLES; i++) {
        const struct run_table *t = &run_tables[i];
        size_t count;
        if (!manifest_find(m, t->name))
            continue;
        if (!csv_rows_read(t->columns, d, t->name, &out->texts, &out->rows[i], &count,
                           error) ||
            !all_sound(t, out->rows[i], count, d, error))
            return false;
        set_rows(t, r, out->rows[i], count);
    }
    return true;
}

void stored_tables_free(struct stored_tables *t)
{
    texts_free(&t->texts);
    for (size_t i = 0; i < RUN_TABLES; i++)
        free(t->rows[i]);
}
