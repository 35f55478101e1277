#include "sim/results/run_directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/bug.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/results/folder.h"
#include "sim/results/manifest.h"
#include "sim/results/run_binds.h"
#include "sim/results/run_files.h"
#include "sim/results/run_sockets.h"
#include "sim/results/run_study.h"
#include "sim/results/run_tables.h"
#include "sim/results/safe_file.h"

struct run_directory {
    struct safe_directory at; /* locked while it is open */
    bool made;                /* by us: removed again if it stays empty */
};

/* --- claiming --------------------------------------------------------------------- */

/* Two runs into one directory would mix their files. */
static bool lock(struct run_directory *d, struct results_error *error)
{
    if (!folder_lock(&d->at))
        return results_fail(error, 0, "%s is being written by another run", d->at.path);
    return true;
}

static bool is_temporary(const char *name)
{
    return strncmp(name, SAFE_TEMPORARY, strlen(SAFE_TEMPORARY)) == 0;
}

/* Takes files away from a folder of the run, if it has that folder. */
static bool clear(const struct safe_directory *d, const char *folder,
                  bool (*goes)(const char *name), struct results_error *error)
{
    struct stat s;
    if (fstatat(d->handle, folder, &s, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(s.st_mode))
        return true;
    struct safe_directory inner;
    if (!safe_directory_inside(&inner, d, folder, error))
        return false;
    DIR *list = folder_entries(&inner, error);
    bool good = list != NULL;
    for (struct dirent *e; good && (e = readdir(list));)
        if (goes(e->d_name))
            good = safe_file_remove(&inner, e->d_name, error);
    if (list)
        closedir(list);
    safe_directory_close(&inner);
    return good;
}

/* Removes what a killed run left (the lock says that it is not at work any more), and
 * finds the name of something else, "" if there is nothing. */
static bool sweep(const struct safe_directory *d, char other[NAME_MAX + 1],
                  struct results_error *error)
{
    DIR *list = folder_entries(d, error);
    if (!list)
        return false;
    other[0] = '\0';
    for (struct dirent *e; (e = readdir(list));) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (is_temporary(e->d_name))
            unlinkat(d->handle, e->d_name, 0);
        else if (!other[0] || strcmp(e->d_name, other) < 0)
            snprintf(other, NAME_MAX + 1, "%s", e->d_name);
    }
    closedir(list);
    return clear(d, RUN_SOCKETS, is_temporary, error);
}

static bool holds_a_run(const struct safe_directory *d)
{
    struct manifest m;
    struct results_error unused = {0};
    return manifest_read(&m, d, MANIFEST_COMPLETE, &unused) ||
           manifest_read(&m, d, MANIFEST_PARTIAL, &unused);
}

static bool acceptable(const struct safe_directory *d, bool overwrite,
                       struct results_error *error)
{
    char other[NAME_MAX + 1];
    if (!sweep(d, other, error))
        return false;
    if (!other[0])
        return true;
    if (!holds_a_run(d))
        return results_fail(error, 0,
                            "the directory %s is not empty (it holds %s) and no earlier "
                            "run: name another one",
                            d->path, other);
    if (!overwrite)
        return results_fail(error, 0, "the directory %s holds an earlier run already",
                            d->path);
    return true;
}

/* Whether a file can be made there, which permission bits alone do not tell. */
static bool writable(const struct safe_directory *d, struct results_error *error)
{
    struct safe_file *probe = safe_file_new(d, "probe", error);
    safe_file_free(probe);
    return probe != NULL;
}

struct run_directory *run_directory_prepare(const char *path, bool overwrite,
                                            struct results_error *error)
{
    if (*path == '\0') {
        results_fail(error, 0, "the name of the output directory is empty");
        return NULL;
    }
    struct run_directory *d = memory_new(1, sizeof *d);
    d->at.handle = -1;
    if (folder_make(path, &d->made, error) && safe_directory_open(&d->at, path, error) &&
        lock(d, error) && acceptable(&d->at, overwrite, error) && writable(&d->at, error))
        return d;
    run_directory_free(d);
    return NULL;
}

void run_directory_free(struct run_directory *d)
{
    if (!d)
        return;
    if (d->made && d->at.path)
        rmdir(d->at.path); /* fails, as it should, when the run was written */
    safe_directory_close(&d->at);
    free(d);
}

/* --- writing ---------------------------------------------------------------------- */

/* The files of a run on their way to the disk; the manifest is the last. */
#define BATCH_MAX (RUN_FILES + 2 + RUN_TABLES + 2 + RUN_SNAPSHOTS_MAX + 1)

struct batch {
    const struct safe_directory *at;
    struct safe_directory sockets; /* open once something stands in it */
    struct safe_file *files[BATCH_MAX];
    size_t count;
    struct manifest manifest;
};

/* A new file of the batch; NULL on an error. */
static struct safe_file *add_file(struct batch *b, const struct safe_directory *d,
                                  const char *name, struct results_error *error)
{
    SIM_ASSERT(b->count < BATCH_MAX);
    struct safe_file *file = safe_file_new(d, name, error);
    if (file)
        b->files[b->count++] = file;
    return file;
}

/* Brings a filled file to the disk and names it in the manifest. */
static bool stage(struct batch *b, const char *folder, struct safe_file *file,
                  struct results_error *error)
{
    if (!safe_file_stage(file, error))
        return false;
    struct manifest_entry *e = &b->manifest.files[b->manifest.count++];
    snprintf(e->name, sizeof e->name, "%s%s", folder, safe_file_name(file));
    e->sum = *safe_file_sum(file);
    return true;
}

static bool stage_contents(struct batch *b, const struct run_record *r,
                           struct results_error *error)
{
    for (size_t i = 0; i < RUN_FILES; i++) {
        struct safe_file *file = add_file(b, b->at, run_files[i].name, error);
        if (!file)
            return false;
        run_files[i].put(r, file);
        if (!stage(b, "", file, error))
            return false;
    }
    return true;
}

static bool stage_rows(struct batch *b, const char *name,
                       const struct csv_columns *columns, const void *rows, size_t count,
                       struct results_error *error)
{
    struct safe_file *file = add_file(b, &b->sockets, name, error);
    if (file)
        csv_rows_write(columns, rows, count, file);
    return file && stage(b, RUN_SOCKETS "/", file, error);
}

static bool stage_snapshots(struct batch *b, const struct run_record *r,
                            struct results_error *error)
{
    struct safe_file *moments = add_file(b, &b->sockets, "moments.csv", error);
    if (!moments)
        return false;
    run_moments_write(r, moments);
    bool good = stage(b, RUN_SOCKETS "/", moments, error);
    for (size_t i = 0; good && i < r->snapshot_count; i++) {
        const struct run_snapshot *s = &r->snapshots[i];
        char name[SAFE_NAME_SIZE];
        bool can_be = run_snapshot_file(s->name, name);
        SIM_ASSERT(can_be);
        good = stage_rows(b, name, &run_snapshot_columns, s->rows, s->count, error);
    }
    return good;
}

static bool stage_sockets(struct batch *b, const struct run_record *r,
                          struct results_error *error)
{
    if (r->census_count == 0 && r->snapshot_count == 0)
        return true;
    if (!safe_directory_enter(&b->sockets, b->at, RUN_SOCKETS, error))
        return false;
    return (r->census_count == 0 || stage_rows(b, "census.csv", &run_census_columns,
                                               r->census, r->census_count, error)) &&
           (r->snapshot_count == 0 || stage_snapshots(b, r, error));
}

static bool stage_binds(struct batch *b, const struct run_record *r,
                        struct results_error *error)
{
    struct safe_file *file = r->binds ? add_file(b, b->at, RUN_BINDS, error) : NULL;
    if (file)
        run_binds_write(r->binds, file);
    return !r->binds || (file && stage(b, "", file, error));
}

static bool stage_replications(struct batch *b, const struct run_record *r,
                               struct results_error *error)
{
    if (!r->study || !r->study->run_count)
        return true;
    struct safe_file *file = add_file(b, b->at, RUN_REPLICATIONS, error);
    if (file)
        run_replications_write(r, file);
    return file && stage(b, "", file, error);
}

static bool stage_tables(struct batch *b, const struct run_record *r,
                         struct results_error *error)
{
    for (size_t i = 0; i < RUN_TABLES; i++) {
        if (run_table_count(&run_tables[i], r) == 0)
            continue;
        struct safe_file *file = add_file(b, b->at, run_tables[i].name, error);
        if (!file)
            return false;
        run_table_write(&run_tables[i], r, file);
        if (!stage(b, "", file, error))
            return false;
    }
    return true;
}

static bool stage_manifest(struct batch *b, struct results_error *error)
{
    const char *name =
        b->manifest.status == RUN_COMPLETE ? MANIFEST_COMPLETE : MANIFEST_PARTIAL;
    struct safe_file *file = add_file(b, b->at, name, error);
    if (!file)
        return false;
    struct json_text j = {0};
    manifest_write(&b->manifest, &j);
    safe_file_put(file, j.bytes, j.length);
    json_free(&j);
    return safe_file_stage(file, error);
}

/* Or the script that draws one. */
static bool is_picture(const char *name)
{
    const char *end = strrchr(name, '.');
    return safe_name(name) && end &&
           (!strcmp(end, ".svg") || !strcmp(end, ".png") || !strcmp(end, ".gp"));
}

static bool is_table(const char *name)
{
    const char *end = strrchr(name, '.');
    return safe_name(name) && end && !strcmp(end, ".csv");
}

static bool remove_tables(const struct safe_directory *d, struct results_error *error)
{
    for (size_t i = 0; i < RUN_TABLES; i++)
        if (!safe_file_remove(d, run_tables[i].name, error))
            return false;
    return true;
}

/* Takes the mark of a complete run off an earlier one, and what would lie of a run that
 * is no longer there: its pictures and sockets.  Killed from here on, the directory still
 * is known as a run's, but not as a whole one: see run_directory_read. */
static bool retire(const struct safe_directory *d, struct results_error *error)
{
    int at = d->handle;
    if (renameat(at, MANIFEST_COMPLETE, at, MANIFEST_PARTIAL) != 0 && errno != ENOENT)
        return results_fail(error, errno, "cannot replace the run in %s", d->path);
    return clear(d, "plots", is_picture, error) &&
           clear(d, RUN_SOCKETS, is_table, error) &&
           safe_file_remove(d, RUN_BINDS, error) &&
           safe_file_remove(d, RUN_REPLICATIONS, error) && remove_tables(d, error) &&
           safe_file_remove(d, "report.html", error);
}

static bool publish(struct batch *b, struct results_error *error)
{
    if (!retire(b->at, error))
        return false;
    for (size_t i = 0; i < b->count; i++)
        if (!safe_file_publish(b->files[i], error))
            return false;
    return b->manifest.status != RUN_COMPLETE ||
           safe_file_remove(b->at, MANIFEST_PARTIAL, error);
}

bool run_directory_write(struct run_directory *d, const struct run_record *record,
                         struct results_error *error)
{
    SIM_ASSERT(record->series && record->resolved_scenario);
    struct batch b = {
        .at = &d->at, .sockets = {.handle = -1}, .manifest = {.status = record->status}};
    bool good = stage_contents(&b, record, error) && stage_binds(&b, record, error) &&
                stage_replications(&b, record, error) &&
                stage_tables(&b, record, error) && stage_sockets(&b, record, error) &&
                stage_manifest(&b, error) && publish(&b, error);
    for (size_t i = 0; i < b.count; i++)
        safe_file_free(b.files[i]);
    safe_directory_close(&b.sockets);
    /* Stays, as it should, when something is in it. */
    unlinkat(d->at.handle, RUN_SOCKETS, AT_REMOVEDIR);
    return good;
}
