/* The tables of a run directory that not every run has: one row a file.
 *
 *     probes.csv          what choices of ports cost, by how full the ports were
 *     distributions.csv   how often each size of a sampled metric occurred
 *     transitions.csv     how often sockets went from one state to another
 *     bands.csv           what the replications did over time (run_bands.h)
 *     ports.csv           which states held the ports, moment by moment (run_film.h)
 *     successors.csv     which port followed which toward the same destination
 *
 * A table without rows has no file.  Adding one: two members of struct run_record, its
 * columns, and a row in run_tables[].
 */
#ifndef SIM_RESULTS_RUN_TABLES_H
#define SIM_RESULTS_RUN_TABLES_H

#include "sim/results/csv_rows.h"
#include "sim/results/manifest.h"
#include "sim/results/run_record.h"

struct run_table {
    const char *name;
    const struct csv_columns *columns;
    size_t rows,
        count; /* offsets in struct run_record: the rows, and how many (size_t) */
    bool (*sound)(const void *row); /* what a row read back must be, besides; or NULL */
};

#define RUN_TABLES 6

/* In the order in which they appear, behind the files of run_files.h. */
extern const struct run_table run_tables[RUN_TABLES];

/* Rows of a table that the record has. */
size_t run_table_count(const struct run_table *t, const struct run_record *r);

void run_table_write(const struct run_table *t, const struct run_record *r,
                     struct safe_file *file);

/* What was read back; {0} is nothing. */
struct stored_tables {
    struct texts texts;
    void *rows[RUN_TABLES];
};

/* Reads the tables that the manifest names into `r`, which points into `out`. */
bool run_tables_read(struct stored_tables *out, struct run_record *r,
                     const struct safe_directory *d, const struct manifest *m,
                     struct results_error *error);
void stored_tables_free(struct stored_tables *t);

#endif
