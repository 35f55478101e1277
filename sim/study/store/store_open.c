/* A study's directory claimed, its file opened or made, and refused if it is another's.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/memory.h"
#include "sim/results/folder.h"
#include "sim/results/quiet_write.h"
#include "sim/study/store/store_inside.h"

/* How long to wait for somebody who looks into the store with another program. */
#define BUSY_MS 5000

/* --- the directory ------------------------------------------------------------------ */

bool store_is_study(const char *directory)
{
    char *path = memory_print("%s/" STORE_FILE, directory);
    struct stat s;
    bool is = lstat(path, &s) == 0 && S_ISREG(s.st_mode);
    free(path);
    return is;
}

static bool is_ours(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
           strncmp(name, SAFE_TEMPORARY, strlen(SAFE_TEMPORARY)) == 0 ||
           strncmp(name, STORE_FILE, strlen(STORE_FILE)) == 0;
}

/* Removes what a killed process left; a directory without a store must be empty. */
static bool tidy(struct study_store *s, struct results_error *error)
{
    DIR *list = folder_entries(&s->at, error);
    bool good = list != NULL, is = store_is_study(s->at.path);
    for (struct dirent *e; good && (e = readdir(list));) {
        if (strncmp(e->d_name, SAFE_TEMPORARY, strlen(SAFE_TEMPORARY)) == 0)
            unlinkat(s->at.handle, e->d_name, 0);
        else if (!is && !is_ours(e->d_name))
            good = results_fail(error, 0,
                                "the directory %s is not empty (it holds %s) and no "
                                "study: name another one",
                                s->at.path, e->d_name);
    }
    if (list)
        closedir(list);
    return good;
}

static bool claim(struct study_store *s, const char *directory,
                  struct results_error *error)
{
    if (*directory == '\0')
        return results_fail(error, 0, "the name of the study's directory is empty");
    if (!folder_make(directory, &s->made, error) ||
        !safe_directory_open(&s->at, directory, error))
        return false;
    if (!folder_lock(&s->at))
        return results_fail(error, 0, "%s is in use by another portsim", directory);
    return tidy(s, error);
}

/* --- the file ----------------------------------------------------------------------- */

/* A link could lead anywhere, and SQLite would follow it. */
static bool is_plain(struct study_store *s, struct results_error *error)
{
    struct stat st;
    if (fstatat(s->at.handle, STORE_FILE, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
        !S_ISREG(st.st_mode))
        return results_fail(error, 0, "%s is no study: it is not a regular file",
                            s->path);
    return true;
}

/* No function, trigger or odd page of a file that somebody sent is trusted. */
static bool open_file(struct study_store *s, int flags, struct results_error *error)
{
    static const char settings[] = "PRAGMA trusted_schema = OFF;"
                                   "PRAGMA cell_size_check = ON;"
                                   "PRAGMA synchronous = FULL;"
                                   "PRAGMA cache_size = -16000;"; /* KiB: a transaction
                                                                     fits, readers wait
                                                                     for commits only */
    int code = sqlite3_open_v2(s->path, &s->db,
                               flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (code == SQLITE_OK) {
        sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
        sqlite3_busy_timeout(s->db, BUSY_MS);
        code = sqlite3_exec(s->db, settings, NULL, NULL, NULL);
    }
    return code == SQLITE_OK || store_fail(s, code, error);
}

static bool pragma_number(struct study_store *s, const char *text, int64_t *out,
                          struct results_error *error)
{
    sqlite3_stmt *q = NULL;
    *out = 0;
    int code = sqlite3_prepare_v2(s->db, text, -1, &q, NULL);
    if (code == SQLITE_OK && (code = sqlite3_step(q)) == SQLITE_ROW) {
        *out = sqlite3_column_int64(q, 0);
        code = SQLITE_OK;
    }
    sqlite3_finalize(q);
    return code == SQLITE_OK || store_fail(s, code, error);
}

static bool is_format(struct study_store *s, struct results_error *error)
{
    int64_t application, format;
    if (!pragma_number(s, "PRAGMA application_id", &application, error) ||
        !pragma_number(s, "PRAGMA user_version", &format, error))
        return false;
    if (application != STORE_APPLICATION)
        return results_fail(error, 0, "%s is no study of portsim", s->path);
    if (format != STORE_FORMAT)
        return results_fail(error, 0,
                            "%s has format %" PRId64 "; this program (%s) reads format "
                            "%d",
                            s->path, format, PORTSIM_VERSION, STORE_FORMAT);
    return true;
}

static bool prepare(struct study_store *s, struct results_error *error)
{
    for (int i = 0; i < STORE_SQL_COUNT; i++) {
        int code = sqlite3_prepare_v3(s->db, store_sql_texts[i], -1,
                                      SQLITE_PREPARE_PERSISTENT, &s->sql[i], NULL);
        if (code != SQLITE_OK)
            return store_fail(s, code, error);
    }
    return true;
}

static bool load_about(struct study_store *s, struct results_error *error)
{
    sqlite3_stmt *q = store_sql(s, SQL_STUDY);
    struct store_about *a = &s->about;
    bool good = true;
    if (!store_next(s, q, &good, error))
        return good ? store_damaged(s, "it does not say what it is about", error) : false;
    a->scenario = store_column_text(s, q, 0);
    a->key = store_column_text(s, q, 1);
    const char *seed = (const char *)sqlite3_column_text(q, 2);
    a->seed = seed ? strtoull(seed, NULL, 10) : 0;
    a->resolved = store_column_text(s, q, 3);
    a->version = store_column_text(s, q, 4);
    const char *status = store_column_text(s, q, 5);
    a->confidence = sqlite3_column_double(q, 6);
    sqlite3_reset(q);
    if (!a->scenario || !a->key || !seed || !a->resolved || !a->version || !status ||
        !run_status_find(status, &a->status))
        return store_damaged(s, "it does not say what it is about", error);
    return true;
}

static bool load(struct study_store *s, struct results_error *error)
{
    return is_format(s, error) && prepare(s, error) && load_about(s, error) &&
           store_layouts_load(s, error) && store_points_load(s, error);
}

/* --- a new one ---------------------------------------------------------------------- */

/* Killed before the commit, there is an empty file, which is a new study again. */
static bool is_new(struct study_store *s, bool *out, struct results_error *error)
{
    int64_t pages;
    if (!pragma_number(s, "PRAGMA page_count", &pages, error))
        return false;
    *out = pages == 0;
    return true;
}

static bool add_study(struct study_store *s, const struct store_about *about,
                      struct results_error *error)
{
    char seed[32];
    snprintf(seed, sizeof seed, "%" PRIu64, about->seed);
    sqlite3_stmt *q = store_sql(s, SQL_ADD_STUDY);
    store_bind_text(q, 1, about->scenario);
    store_bind_text(q, 2, about->key);
    store_bind_text(q, 3, seed);
    store_bind_text(q, 4, about->resolved);
    store_bind_text(q, 5, about->version);
    store_bind_text(q, 6, run_status_name(about->status));
    sqlite3_bind_double(q, 7, about->confidence);
    return store_do(s, q, error);
}

static bool make(struct study_store *s, const struct store_about *about,
                 struct results_error *error)
{
    struct quiet quiet;
    char *text = memory_print("PRAGMA journal_mode = TRUNCATE;"
                              "BEGIN IMMEDIATE; %s"
                              "PRAGMA application_id = %d; PRAGMA user_version = %d;",
                              store_schema, STORE_APPLICATION, STORE_FORMAT);
    quiet_begin(&quiet);
    int code = sqlite3_exec(s->db, text, NULL, NULL, NULL);
    quiet_end(&quiet);
    free(text);
    if (code != SQLITE_OK)
        return store_fail(s, code, error);
    if (!prepare(s, error) || !add_study(s, about, error) ||
        !store_do(s, store_sql(s, SQL_COMMIT), error))
        return false;
    return load_about(s, error);
}

/* --- one that is there -------------------------------------------------------------- */

/* Its name, texts, requirements and counts may have changed. */
static bool refresh(struct study_store *s, const struct store_about *about,
                    struct results_error *error)
{
    if (strcmp(s->about.resolved, about->resolved) == 0)
        return true;
    if (!store_begin(s, error))
        return false;
    s->about.scenario = texts_keep(&s->texts, about->scenario);
    s->about.resolved = texts_keep(&s->texts, about->resolved);
    sqlite3_stmt *q = store_sql(s, SQL_SET_STUDY);
    store_bind_text(q, 1, s->about.scenario);
    store_bind_text(q, 2, s->about.resolved);
    return store_do(s, q, error) && store_commit(s, error);
}

static bool is_this_study(struct study_store *s, const struct store_about *about,
                          struct results_error *error)
{
    if (strcmp(s->about.version, about->version) != 0)
        return results_fail(error, 0,
                            "the runs in %s are of portsim %s, these would be of %s and "
                            "could differ: use a new directory",
                            s->at.path, s->about.version, about->version);
    if (strcmp(s->about.key, about->key) != 0)
        return results_fail(error, 0,
                            "%s is a study of another scenario (%s, seed %" PRIu64
                            ", key %.8s; this is %s, seed %" PRIu64 ", key %.8s): use a "
                            "new directory",
                            s->at.path, s->about.scenario, s->about.seed, s->about.key,
                            about->scenario, about->seed, about->key);
    return true;
}

/* --- opening ------------------------------------------------------------------------ */

static struct study_store *new_store(const char *directory)
{
    struct study_store *s = memory_new(1, sizeof *s);
    s->at.handle = -1;
    s->path = memory_print("%s/" STORE_FILE, directory);
    clock_gettime(CLOCK_MONOTONIC, &s->opened);
    s->committed = s->opened;
    return s;
}

static bool open_to_write(struct study_store *s, const struct store_about *about,
                          struct results_error *error)
{
    if (!is_plain(s, error) ||
        !open_file(s, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, error) ||
        !is_new(s, &s->fresh, error))
        return false;
    if (s->fresh)
        return make(s, about, error);
    if (sqlite3_exec(s->db, "PRAGMA journal_mode = TRUNCATE;", NULL, NULL, NULL))
        return store_fail(s, sqlite3_extended_errcode(s->db), error);
    return load(s, error) && is_this_study(s, about, error) && refresh(s, about, error);
}

struct study_store *store_open_about(const char *directory,
                                     const struct store_about *about,
                                     struct results_error *error)
{
    struct study_store *s = new_store(directory);
    s->writes = true;
    if (claim(s, directory, error) && open_to_write(s, about, error))
        return s;
    store_close(s);
    return NULL;
}

struct study_store *store_open(const char *directory, const struct trial_plan *base,
                               struct results_error *error)
{
    char key[STUDY_KEY_SIZE];
    study_key(base, key);
    struct study_store *s = store_open_about(
        directory,
        &(struct store_about){.scenario = base->config->name,
                              .key = key,
                              .resolved = base->resolved,
                              .version = PORTSIM_VERSION,
                              .seed = base->config->seed,
                              .status = RUN_INTERRUPTED,
                              .confidence = base->config->study.confidence},
        error);
    if (s)
        s->base = base;
    return s;
}

static bool holds_study(const struct study_store *s, struct results_error *error)
{
    return safe_file_exists(&s->at, STORE_FILE) ||
           results_fail(error, 0,
                        "%s holds no study: there is no " STORE_FILE
                        " in it (portsim sweep SCENARIO -o DIR writes one)",
                        s->at.path);
}

struct study_store *store_read(const char *directory, struct results_error *error)
{
    struct study_store *s = new_store(directory);
    /* Not read-only: what a killed process left undone must be undone first. */
    if (safe_directory_open(&s->at, directory, error) && holds_study(s, error) &&
        is_plain(s, error) && open_file(s, SQLITE_OPEN_READWRITE, error) &&
        load(s, error))
        return s;
    store_close(s);
    return NULL;
}

void store_close(struct study_store *s)
{
    if (!s)
        return;
    for (int i = 0; i < STORE_SQL_COUNT; i++)
        sqlite3_finalize(s->sql[i]);
    if (s->db && !sqlite3_get_autocommit(s->db))
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    if (s->writes && !s->failed) /* takes the empty journal away */
        sqlite3_exec(s->db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
    sqlite3_close(s->db);
    if (s->fresh && !s->kept) { /* nothing came of it */
        unlinkat(s->at.handle, STORE_FILE, 0);
        unlinkat(s->at.handle, STORE_FILE "-journal", 0);
    }
    if (s->made)
        rmdir(s->at.path); /* fails, as it should, when there is something in it */
    store_points_free(s);
    store_layouts_free(s);
    texts_free(&s->texts);
    safe_directory_close(&s->at);
    free(s->path);
    free(s);
}

const struct store_about *store_about(const struct study_store *s)
{
    return &s->about;
}
