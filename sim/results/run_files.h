/* What stands in the files of a run directory: one row a file.
 *
 * The manifest is not among them; it speaks about them (manifest.h).
 */
#ifndef SIM_RESULTS_RUN_FILES_H
#define SIM_RESULTS_RUN_FILES_H

#include "sim/results/run_record.h"
#include "sim/results/safe_file.h"

struct run_file {
    const char *name;
    void (*put)(const struct run_record *record, struct safe_file *file);
};

#define RUN_FILES 4

/* What every run has, in the order in which they appear; those of sockets/ follow
 * (run_sockets.h). */
extern const struct run_file run_files[RUN_FILES];

#endif
