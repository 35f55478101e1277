#include "sim/results/run_sockets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

#define CENSUS(name, member, key)                                                        \
    {                                                                                    \
        name, CSV_MEMBER_##member, offsetof(struct run_census_row, key), NULL            \
    }

static const struct csv_column census_row[] = {
    CENSUS("t_s", TIME, when),
    CENSUS("host", TEXT, host),
    CENSUS("pool", TEXT, pool),
    CENSUS("process", TEXT, process),
    CENSUS("pid", U32, pid),
    CENSUS("state", TEXT, state),
    CENSUS("local", TEXT, local),
    CENSUS("remote", TEXT, remote),
    CENSUS("destination", TEXT, destination),
    CENSUS("ephemeral", FLAG, ephemeral),
    CENSUS("owned", FLAG, owned),
    CENSUS("count", U64, count),
};

const struct csv_columns run_census_columns = {
    census_row, sizeof census_row / sizeof census_row[0], sizeof(struct run_census_row)};

static const char *const pools[] = {"tcp4", "tcp6", "udp4", "udp6", NULL};
static const char *const timers[] = {"off", "on", "keepalive", "timewait", NULL};

#define SOCKET(name, member, key)                                                        \
    {                                                                                    \
        name, CSV_MEMBER_##member, offsetof(struct socket_row, key), NULL                \
    }
#define SOCKET_WORD(name, key, words)                                                    \
    {                                                                                    \
        name, CSV_MEMBER_WORD, offsetof(struct socket_row, key), words                   \
    }

static const struct csv_column socket_row[] = {
    SOCKET("host", TEXT, host),
    SOCKET("member", U32, member),
    SOCKET_WORD("pool", pool, pools),
    SOCKET("state", TEXT, state),
    SOCKET("app", NAME, app),
    SOCKET("process", NAME, process),
    SOCKET("pid", U32, pid),
    SOCKET("local", ADDRESS, local),
    SOCKET("local_port", U16, local_port),
    SOCKET("remote", ADDRESS, remote),
    SOCKET("remote_port", U16, remote_port),
    SOCKET("remote_host", NAME, remote_host),
    SOCKET("ephemeral", FLAG, ephemeral),
    SOCKET("owned", FLAG, owned),
    SOCKET("passive", FLAG, passive),
    SOCKET("translated", FLAG, translated),
    SOCKET("since_s", TIME, since),
    SOCKET_WORD("timer", timer, timers),
    SOCKET("ends_s", TIME, ends),
    SOCKET("number", U32, number),
    SOCKET("peer", U32, peer_number),
};

const struct csv_columns run_snapshot_columns = {
    socket_row, sizeof socket_row / sizeof socket_row[0], sizeof(struct socket_row)};

_Static_assert(sizeof(enum pool) == sizeof(unsigned) &&
                   sizeof(enum socket_timer) == sizeof(unsigned),
               "words are read as unsigned");

/* --- moments ---------------------------------------------------------------------- */

struct moment {
    const char *name;
    sim_ns when;
    uint64_t sockets;
};

static const struct csv_column moment_row[] = {
    {"name", CSV_MEMBER_TEXT, offsetof(struct moment, name), NULL},
    {"t_s", CSV_MEMBER_TIME, offsetof(struct moment, when), NULL},
    {"sockets", CSV_MEMBER_U64, offsetof(struct moment, sockets), NULL},
};

static const struct csv_columns moment_columns = {
    moment_row, sizeof moment_row / sizeof moment_row[0], sizeof(struct moment)};

void run_moments_write(const struct run_record *r, struct safe_file *file)
{
    struct moment *all = memory_new(r->snapshot_count, sizeof *all);
    for (size_t i = 0; i < r->snapshot_count; i++)
        all[i] = (struct moment){r->snapshots[i].name, r->snapshots[i].when,
                                 r->snapshots[i].count};
    csv_rows_write(&moment_columns, all, r->snapshot_count, file);
    free(all);
}

bool run_snapshot_file(const char *name, char out[SAFE_NAME_SIZE])
{
    int length = snprintf(out, SAFE_NAME_SIZE, "at-%s.csv", name);
    return length < SAFE_NAME_SIZE && safe_name(out);
}

/* --- the way back ----------------------------------------------------------------- */

/* The folder under its manifest. */
struct folder {
    struct safe_directory at;
    const struct manifest *manifest;
};

static bool has(const struct folder *f, const char *file)
{
    char name[MANIFEST_NAME_SIZE];
    snprintf(name, sizeof name, RUN_SOCKETS "/%s", file);
    return manifest_find(f->manifest, name) != NULL;
}

static bool read_snapshot(struct run_sockets *out, const struct moment *m,
                          const struct folder *f, struct results_error *error)
{
    char file[SAFE_NAME_SIZE];
    void *rows;
    size_t count;
    if (!run_snapshot_file(m->name, file) || !has(f, file))
        return results_fail(error, 0,
                            "%s/moments.csv: the manifest has no file of \"%s\"",
                            f->at.path, m->name);
    if (!csv_rows_read(&run_snapshot_columns, &f->at, file, &out->texts, &rows, &count,
                       error))
        return false;
    out->snapshots[out->snapshot_count++] = (struct run_snapshot){
        .name = m->name, .when = m->when, .rows = rows, .count = count};
    return count == m->sockets ||
           results_fail(error, 0, "%s/%s does not hold as many as moments.csv says",
                        f->at.path, file);
}

static bool read_snapshots(struct run_sockets *out, const struct folder *f,
                           struct results_error *error)
{
    void *block;
    size_t count;
    if (!csv_rows_read(&moment_columns, &f->at, "moments.csv", &out->texts, &block,
                       &count, error))
        return false;
    const struct moment *all = block;
    bool good = true;
    out->snapshots = memory_new(count, sizeof *out->snapshots);
    for (size_t i = 0; good && i < count; i++)
        good = read_snapshot(out, &all[i], f, error);
    free(block);
    return good;
}

bool run_sockets_read(struct run_sockets *out, struct run_record *r,
                      const struct safe_directory *run, const struct manifest *m,
                      struct results_error *error)
{
    struct folder f = {.manifest = m};
    bool census = has(&f, "census.csv"), moments = has(&f, "moments.csv"), good = true;
    if (!census && !moments)
        return true;
    if (!safe_directory_inside(&f.at, run, RUN_SOCKETS, error))
        return false;
    if (census)
        good = csv_rows_read(&run_census_columns, &f.at, "census.csv", &out->texts,
                             &out->census, &r->census_count, error);
    if (good && moments)
        good = read_snapshots(out, &f, error);
    r->census = out->census;
    r->snapshots = out->snapshots;
    r->snapshot_count = out->snapshot_count;
    safe_directory_close(&f.at);
    return good;
}

void run_sockets_free(struct run_sockets *s)
{
    texts_free(&s->texts);
    free(s->census);
    for (size_t i = 0; i < s->snapshot_count; i++)
        free((void *)s->snapshots[i].rows);
    free(s->snapshots);
}
