/* A directory of results as a thing of its own: made, locked, listed. */
#ifndef SIM_RESULTS_FOLDER_H
#define SIM_RESULTS_FOLDER_H

#include <dirent.h>
#include <stdbool.h>

#include "sim/results/safe_file.h"

/* Makes the directory and its parents.  `made` tells whether the last one is new. */
bool folder_make(const char *path, bool *made, struct results_error *error);

/* Makes it and sees whether it opens: before the work that it is to hold the results of.
 */
bool folder_prepare(const char *path, struct results_error *error);

/* Keeps other processes out until the directory is closed; false if one is in.  Where
 * locks are not to be had (some network file systems) we go without. */
bool folder_lock(const struct safe_directory *d);

/* The directory's entries, from the first one again; NULL on an error. */
DIR *folder_entries(const struct safe_directory *d, struct results_error *error);

#endif
