/* Statements run, and what went wrong said in words. */
#include <errno.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/results/quiet_write.h"
#include "sim/study/store/store_inside.h"

/* --- errors ------------------------------------------------------------------------ */

struct meaning {
    const char *before, *after; /* the name of the file */
    int code;                   /* primary result code */
    bool system;                /* errno tells more */
};

#define LOCKED    " is locked by another program that reads or writes it"
#define READ_ONLY " cannot be written: it, or its directory, is read-only"

static const struct meaning meanings[] = {
    {"the disk is full: ",
     " keeps what was committed, the last runs are given up; make room and say the same "
     "again",
     SQLITE_FULL, false},
    {"cannot read or write ",
     ", which keeps what was committed; mend that and say the same again", SQLITE_IOERR,
     true},
    {"", LOCKED, SQLITE_BUSY, false},
    {"", LOCKED, SQLITE_LOCKED, false},
    {"", LOCKED, SQLITE_PROTOCOL, false},
    {"", READ_ONLY, SQLITE_READONLY, false},
    {"", READ_ONLY, SQLITE_PERM, false},
    {"cannot open ", "", SQLITE_CANTOPEN, true},
    {"", " is no study: it is not an SQLite file", SQLITE_NOTADB, false},
    {"", " is damaged: SQLite finds no order in it", SQLITE_CORRUPT, false},
    {"", " is damaged: it does not have the tables of a study", SQLITE_ERROR, false},
    {"", " is damaged: its tables contradict one another", SQLITE_CONSTRAINT, false},
    {"", " is damaged: a value is of the wrong type", SQLITE_MISMATCH, false},
};

static void give_up(struct study_store *s)
{
    if (s->db && !sqlite3_get_autocommit(s->db))
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    s->failed = true;
    s->dirty = false;
    s->lost += s->waiting;
    s->waiting = 0;
}

/* The errno behind a result code; 0: not known.  A commit that fails leaves it with the
 * file alone. */
static int system_code(struct study_store *s)
{
    sqlite3_file *journal = NULL;
    int code = s->db ? sqlite3_system_errno(s->db) : errno;
    if (s->db && !code)
        sqlite3_file_control(s->db, "main", SQLITE_FCNTL_LAST_ERRNO, &code);
    if (s->db && !code)
        sqlite3_file_control(s->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &journal);
    if (journal && journal->pMethods)
        journal->pMethods->xFileControl(journal, SQLITE_FCNTL_LAST_ERRNO, &code);
    return code;
}

bool store_fail(struct study_store *s, int code, struct results_error *error)
{
    int system = system_code(s);
    if ((code & 0xFF) == SQLITE_NOMEM)
        memory_exhausted(0);
    give_up(s);
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
        if (meanings[i].code == (code & 0xFF))
            return results_fail(error, meanings[i].system ? system : 0, "%s%s%s",
                                meanings[i].before, s->path, meanings[i].after);
    return results_fail(error, 0, "%s: %s", s->path, sqlite3_errstr(code));
}

bool store_damaged(struct study_store *s, const char *what, struct results_error *error)
{
    give_up(s);
    return results_fail(error, 0, "%s is damaged: %s", s->path, what);
}

/* --- statements -------------------------------------------------------------------- */

sqlite3_stmt *store_sql(struct study_store *s, enum store_sql which)
{
    sqlite3_reset(s->sql[which]);
    return s->sql[which];
}

bool store_step(struct study_store *s, sqlite3_stmt *statement,
                struct results_error *error)
{
    int code = sqlite3_step(statement);
    SIM_ASSERT(code != SQLITE_ROW);
    if (code != SQLITE_DONE)
        return store_fail(s, sqlite3_extended_errcode(s->db), error);
    sqlite3_reset(statement);
    return true;
}

bool store_do(struct study_store *s, sqlite3_stmt *statement, struct results_error *error)
{
    struct quiet quiet;
    quiet_begin(&quiet);
    bool good = store_step(s, statement, error);
    quiet_end(&quiet);
    return good;
}

bool store_next(struct study_store *s, sqlite3_stmt *statement, bool *good,
                struct results_error *error)
{
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        return true;
    *good = code == SQLITE_DONE || store_fail(s, code, error);
    sqlite3_reset(statement);
    return false;
}

void store_bind_text(sqlite3_stmt *statement, int column, const char *text)
{
    sqlite3_bind_text(statement, column, text, -1, SQLITE_STATIC);
}

const char *store_column_text(struct study_store *s, sqlite3_stmt *statement, int column)
{
    return texts_keep(&s->texts, (const char *)sqlite3_column_text(statement, column));
}
