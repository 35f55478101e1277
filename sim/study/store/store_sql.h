/* What is said to SQLite: the tables of a study and every statement, in one place.
 *
 * A statement is a line of STORE_SQL, prepared when the store is opened, so a store whose
 * tables are not these is refused there.
 */
#ifndef SIM_STUDY_STORE_SQL_H
#define SIM_STUDY_STORE_SQL_H

/* "psim": what tells a study from any other SQLite file. */
#define STORE_APPLICATION 0x7073696D

/* The version of the tables. */
#define STORE_FORMAT 1

extern const char store_schema[];

/* Rows of one ADD_NUMBERS: half the time of as many ADD_NUMBER. */
#define STORE_NUMBERS 16
#define FOUR_ROWS     "(?1, ?, ?), (?1, ?, ?), (?1, ?, ?), (?1, ?, ?)"
#define NUMBER_ROWS   FOUR_ROWS ", " FOUR_ROWS ", " FOUR_ROWS ", " FOUR_ROWS

/* clang-format off */
#define STORE_SQL(X)                                                                     \
    X(BEGIN,         "BEGIN IMMEDIATE")                                                  \
    X(COMMIT,        "COMMIT")                                                           \
    X(ADD_STUDY,     "INSERT INTO study VALUES (1, ?, ?, ?, ?, ?, ?, ?)")                \
    X(SET_STUDY,     "UPDATE study SET scenario = ?, resolved = ?")                      \
    X(SET_STATUS,    "UPDATE study SET status = ?, confidence = ?")                      \
    X(STUDY,         "SELECT scenario, key, seed, resolved, portsim, status, confidence" \
                     " FROM study")                                                      \
    X(ADD_AXIS,      "INSERT INTO axes VALUES (?, ?, ?)")                                \
    X(AXES,          "SELECT path, base FROM axes ORDER BY axis")                        \
    X(ADD_METRIC,    "INSERT INTO metrics VALUES (NULL, ?, ?)")                          \
    X(FIND_METRIC,   "SELECT metric FROM metrics WHERE name = ? AND unit = ?")           \
    X(ADD_LAYOUT,    "INSERT INTO layouts VALUES (?, ?, ?, ?, ?, ?, ?)")                    \
    X(LAYOUTS,       "SELECT layout, metric, samples, percent, may_hide, share_of,"     \
                     " name, unit"                                                       \
                     " FROM layouts JOIN metrics USING (metric)"                         \
                     " ORDER BY layout, position")                                       \
    X(ADD_POINT,     "INSERT INTO points VALUES (?, ?, NULL)")                           \
    X(SET_LAYOUT,    "UPDATE points SET layout = ? WHERE point = ?")                     \
    X(POINTS,        "SELECT key, layout FROM points ORDER BY point")                    \
    X(ADD_SETTING,   "INSERT INTO settings VALUES (?, ?, ?)")                            \
    X(SETTINGS,      "SELECT point, axis, value FROM settings")                          \
    X(ADD_RUN,       "INSERT INTO runs VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"      \
                     " ON CONFLICT DO NOTHING")                                          \
    X(FIND_RUN,      "SELECT digest FROM runs WHERE point = ? AND replication = ?")      \
    X(REPLICATIONS,  "SELECT replication FROM runs WHERE point = ? AND replication <= ?") \
    X(COUNTS,        "SELECT count(run) FROM points LEFT JOIN runs USING (point)"        \
                     " GROUP BY point")                                                  \
    X(RUNS,          "SELECT run, replication, seed, fingerprint, simulated_ns, events," \
                     " connections, states, samples, digest FROM runs"                   \
                     " WHERE point = ? ORDER BY replication")                            \
    X(ADD_NUMBER,    "INSERT INTO numbers VALUES (?1, ?, ?)")                            \
    X(ADD_NUMBERS,   "INSERT INTO numbers VALUES " NUMBER_ROWS)                          \
    X(NUMBERS,       "SELECT metric, value FROM numbers WHERE run = ?")                  \
    X(SHOWN,         "SELECT DISTINCT metric FROM numbers")
/* clang-format on */

enum store_sql {
#define X(name, text) SQL_##name,
    STORE_SQL(X)
#undef X
        STORE_SQL_COUNT
};

extern const char *const store_sql_texts[STORE_SQL_COUNT];

#endif
