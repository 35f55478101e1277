/* The manifest of a run directory: which files belong to it, and what is in them.
 *
 *     { "format": "portsim-run", "version": 1, "portsim": "0.1.0", "status": "complete",
 *       "files": { "summary.json": { "size": 4711, "sha256": "9f86d0..." }, ... } }
 */
#ifndef SIM_RESULTS_MANIFEST_H
#define SIM_RESULTS_MANIFEST_H

#include <stdbool.h>

#include "sim/base/json.h"
#include "sim/results/run_record.h"
#include "sim/results/safe_file.h"

#define MANIFEST_COMPLETE "manifest.json"
#define MANIFEST_PARTIAL  "manifest.partial.json"

/* A run directory has six files and those of its snapshots; room for later versions. */
#define MANIFEST_FILES_MAX 80

#define MANIFEST_NAME_SIZE (2 * SAFE_NAME_SIZE)

struct manifest_entry {
    char name[MANIFEST_NAME_SIZE]; /* "summary.json", or in a folder "sockets/x.csv" */
    struct file_sum sum;
};

struct manifest {
    enum run_status status;
    unsigned count;
    struct manifest_entry files[MANIFEST_FILES_MAX];
};

/* Appends the manifest to `out`. */
void manifest_write(const struct manifest *m, struct json_text *out);

/* Reads the manifest of that name, strictly. */
bool manifest_read(struct manifest *m, const struct safe_directory *d, const char *name,
                   struct results_error *error);

/* Compares each file with its entry: one SHA-256 pass over all of them.  The one called
 * `spared`, and no other, may be missing. */
bool manifest_verify(const struct manifest *m, const struct safe_directory *d,
                     const char *spared, struct results_error *error);

/* NULL when no file of that name belongs to the run. */
const struct manifest_entry *manifest_find(const struct manifest *m, const char *name);

#endif
