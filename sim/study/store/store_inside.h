/* What stands behind struct study_store; private to store*.c. */
#ifndef SIM_STUDY_STORE_INSIDE_H
#define SIM_STUDY_STORE_INSIDE_H

#include <sqlite3.h>
#include <time.h>

#include "sim/base/texts.h"
#include "sim/results/safe_file.h"
#include "sim/study/store/store.h"
#include "sim/study/store/store_sql.h"

/* The numbers that runs of a point have, in their order; points of one shape share it. */
struct store_layout {
    struct number_row *rows;
    uint32_t *metrics; /* of each row, as the store numbers them */
    uint32_t *places;  /* the way back: row + 1, or 0 */
    uint32_t count, capacity;
    uint32_t place_count;  /* the largest metric, and 1 */
    uint32_t sample_count; /* histograms */
};

struct stored_point {
    char key[STUDY_KEY_SIZE];
    uint32_t layout;     /* STORE_NONE: no run yet */
    bool seen;           /* its layout was held against a run of this process */
    const char **values; /* by axis; NULL: the base's */
    uint32_t value_count;
};

struct stored_axis {
    const char *path;
    const char *base; /* NULL: it has none */
};

/* Table rows are numbered from 1, the arrays here from 0. */
struct study_store {
    struct safe_directory at; /* locked, if it is written */
    char *path;               /* of the file, for messages */
    sqlite3 *db;
    sqlite3_stmt *sql[STORE_SQL_COUNT];
    struct store_about about;
    const struct trial_plan *base; /* NULL: read alone, or merged into */
    struct texts texts;
    struct stored_axis *axes;
    uint32_t axis_count, axis_capacity;
    struct stored_point *points;
    uint32_t point_count, point_capacity;
    struct store_layout *layouts;
    uint32_t layout_count, layout_capacity;
    bool writes;
    bool made;     /* the directory, by us */
    bool fresh;    /* there was no study before */
    bool kept;     /* something was committed since */
    bool dirty;    /* something was put and not committed */
    bool whole;    /* nothing is to be committed before all of it is there */
    bool conflict; /* the last run put was there with other numbers */
    bool failed;
    uint32_t waiting;                  /* runs put since the last commit */
    uint32_t lost;                     /* of those, given up after an error */
    struct timespec opened, committed; /* the last time */
    double committing;                 /* seconds spent in commits */
    double price;                      /* of the last one */
};

/* --- speaking to SQLite: store_error.c ---------------------------------------------- */

/* Says what an SQLite result code means for the study, and gives up what was not
 * committed. Returns false. */
bool store_fail(struct study_store *s, int code, struct results_error *error);

/* For what SQLite does not see: the store says something that it cannot say. */
bool store_damaged(struct study_store *s, const char *what, struct results_error *error);

/* The prepared statement, ready to be bound. */
sqlite3_stmt *store_sql(struct study_store *s, enum store_sql which);

/* Runs a statement that gives no rows; store_step() where a file size limit's signal is
 * kept quiet already (quiet_write.h). */
bool store_step(struct study_store *s, sqlite3_stmt *statement,
                struct results_error *error);
bool store_do(struct study_store *s, sqlite3_stmt *statement,
              struct results_error *error);

/* True if there is a further row; false at the end and on an error, which *good tells
 * apart. */
bool store_next(struct study_store *s, sqlite3_stmt *statement, bool *good,
                struct results_error *error);

/* Text and bytes that stay where they are until the statement has run. */
void store_bind_text(sqlite3_stmt *statement, int column, const char *text);

/* A text column, kept by the store; NULL if it is null. */
const char *store_column_text(struct study_store *s, sqlite3_stmt *statement, int column);

/* --- writing: store_put.c ----------------------------------------------------------- */

/* Begins a transaction, unless one is under way. */
bool store_begin(struct study_store *s, struct results_error *error);

/* Commits, if that has become worth its price. */
bool store_commit_in_time(struct study_store *s, struct results_error *error);

/* Sets what the last command was worth, and the confidence of its scenario; commits. */
bool store_set_status(struct study_store *s, enum run_status status,
                      struct results_error *error);

/* --- layouts: store_layout.c -------------------------------------------------------- */

bool store_layouts_load(struct study_store *s, struct results_error *error);
void store_layouts_free(struct study_store *s);

/* The layout of these numbers, added if it is new; STORE_NONE on an error. */
uint32_t store_layout_of(struct study_store *s, const struct trial_numbers *numbers,
                         struct results_error *error);

/* --- points: store_points.c --------------------------------------------------------- */

bool store_points_load(struct study_store *s, struct results_error *error);
void store_points_free(struct study_store *s);

/* "a=1, b=2": a point as a message names it; the caller's to free. */
char *store_point_words(const struct study_store *s, uint32_t point);

/* An axis with the value of the base given. */
bool store_axis_add(struct study_store *s, const char *path, const char *base,
                    struct results_error *error);

/* --- opening: store_open.c ---------------------------------------------------------- */

/* As store_open(), for a study that is known from elsewhere. */
struct study_store *store_open_about(const char *directory,
                                     const struct store_about *about,
                                     struct results_error *error);

#endif
