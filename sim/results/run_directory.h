/* The run directory: what a run leaves on the disk, and its way back.
 *
 *     scenario.json    the resolved scenario
 *     summary.json     who ran, how far, the metrics, the verdicts
 *     timeseries.csv   one row a sample
 *     events.csv       t_s,host,process,kind,detail
 *     binds.csv        which local ports were asked for, where wanted (run_binds.h)
 *     replications.csv one row a replication, where there are several (run_study.h)
 *     probes.csv       and other tables that not every run has (run_tables.h)
 *     sockets/         which sockets there were, at moments (run_sockets.h)
 *     manifest.json    size and SHA-256 of each of these; appears last
 *
 * A directory is claimed before the simulation, so that a target that cannot be written,
 * holds something else or is being written by another process is refused up front, and
 * written after it.  All files reach the disk under temporary names before the first gets
 * its own: a full disk leaves nothing new, and an earlier run that was to be replaced
 * stays as it was.  While files get their names there is no manifest.json.
 *
 * manifest.json means a complete run.  An interrupted run has manifest.partial.json
 * instead, the same in all else, so nothing that looks for the manifest takes it for
 * whole.
 */
#ifndef SIM_RESULTS_RUN_DIRECTORY_H
#define SIM_RESULTS_RUN_DIRECTORY_H

#include <stdbool.h>

#include "sim/results/error.h"
#include "sim/results/run_record.h"

/* A claimed directory. */
struct run_directory;

/* Claims `path` for one run: makes it (and its parents) if needed, locks it against other
 * processes, and tries whether it can be written.  A directory that is not empty is
 * refused, unless it holds an earlier run and `overwrite` is set.  NULL on an error. */
struct run_directory *run_directory_prepare(const char *path, bool overwrite,
                                            struct results_error *error);

/* Writes the record.  An earlier run's files of these names are replaced, its pictures in
 * plots/, its binds.csv, replications.csv, tables, sockets/ and report.html removed. */
bool run_directory_write(struct run_directory *d, const struct run_record *record,
                         struct results_error *error);

/* Gives up the claim; a directory that was made for it and stayed empty is removed.  NULL
 * is allowed. */
void run_directory_free(struct run_directory *d);

/* A run read back from its directory; owns all that `record` points to. */
struct stored_run {
    struct run_record record;
    struct stored_run_storage *storage;
};

/* Reads a run, complete or interrupted.  Refuses a directory without manifest, a file
 * whose size or checksum is not the manifest's, and anything that run_directory_write
 * would not have written; but scenario.json may have been taken away.  NULL on an error.
 * Takes the time of one SHA-256 pass and one parse of all files; memory as series.h says.
 */
struct stored_run *run_directory_read(const char *path, struct results_error *error);

/* Makes the record of several replications that of the first alone, for whoever looks at
 * one run from the inside: its own metrics beside its own events and sockets.  Of one run
 * nothing changes. */
void stored_run_first(struct stored_run *run);

void stored_run_free(struct stored_run *run); /* NULL is allowed */

#endif
