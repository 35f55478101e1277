/* The sockets of a run on the disk: the folder sockets/ of a run directory.
 *
 *     census.csv      sockets alike, counted, at the moments of struct run_census_row
 *     moments.csv     name,t_s,sockets: which moments were kept one by one
 *     at-<name>.csv   all sockets of such a moment
 *
 * None of them is there when the record has nothing to say in it.
 */
#ifndef SIM_RESULTS_RUN_SOCKETS_H
#define SIM_RESULTS_RUN_SOCKETS_H

#include "sim/results/csv_rows.h"
#include "sim/results/manifest.h"
#include "sim/results/run_record.h"

#define RUN_SOCKETS "sockets"

/* Moments that can be kept one by one. */
#define RUN_SNAPSHOTS_MAX 50

extern const struct csv_columns run_census_columns;   /* struct run_census_row */
extern const struct csv_columns run_snapshot_columns; /* struct socket_row */

void run_moments_write(const struct run_record *r, struct safe_file *file);

/* "at-first-failure.csv"; false if no file can be called so. */
bool run_snapshot_file(const char *name, char out[SAFE_NAME_SIZE]);

/* Reads the files that the manifest names into `r`.  Blocks are owned by `out`, texts by
 * its `texts`. */
struct run_sockets {
    struct texts texts;
    void *census;
    struct run_snapshot *snapshots; /* and the rows of each */
    size_t snapshot_count;
};
bool run_sockets_read(struct run_sockets *out, struct run_record *r,
                      const struct safe_directory *run, const struct manifest *m,
                      struct results_error *error);
void run_sockets_free(struct run_sockets *s);

#endif
