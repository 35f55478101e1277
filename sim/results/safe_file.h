/* The one room through which result files reach the disk, whole or not at all.
 *
 * A file is written under a temporary name in its own directory, brought to the disk
 * (fsync), and only then given its name (rename, fsync of the directory): whoever looks
 * sees the old file, or none, or the whole new one [Pillai et al., OSDI'14].  Staging and
 * publishing are two steps, so that a set of files can be brought to the disk before the
 * first of them appears.
 *
 * Names are checked against [A-Za-z0-9_-][A-Za-z0-9._-]{0,79} and resolved from the open
 * directory, never through a symbolic link: nothing is written outside it.
 *
 * An error is remembered by the file and reported when it is staged, with errno, path and
 * the bytes that were needed; the temporary is then gone.  A file size limit
 * (RLIMIT_FSIZE) is such an error (EFBIG), not a signal.
 *
 * Cost: one copy into a 64 KiB buffer and SHA-256 of what passes through.
 */
#ifndef SIM_RESULTS_SAFE_FILE_H
#define SIM_RESULTS_SAFE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/results/error.h"

/* The longest name, with the terminating zero. */
#define SAFE_NAME_SIZE 81

/* What temporaries begin with; what begins so in a result directory is nobody's. */
#define SAFE_TEMPORARY ".portsim-"

/* True if a result file may have this name. */
bool safe_name(const char *name);

/* An open directory.  {.handle = -1} is none. */
struct safe_directory {
    int handle; /* owned */
    char *path; /* as it was given, for messages; owned */
};

/* Opens an existing directory; its own path may lead through symbolic links. */
bool safe_directory_open(struct safe_directory *d, const char *path,
                         struct results_error *error);

/* Opens the directory that a file's path leads to; what stands behind the last slash is
 * in *name, and must be a safe_name(). */
bool safe_directory_of(struct safe_directory *d, const char *file, const char **name,
                       struct results_error *error);

/* Opens the directory `name` inside `d`, made first when there is none. */
bool safe_directory_enter(struct safe_directory *inner, const struct safe_directory *d,
                          const char *name, struct results_error *error);

/* The same, of one that is there. */
bool safe_directory_inside(struct safe_directory *inner, const struct safe_directory *d,
                           const char *name, struct results_error *error);

void safe_directory_close(struct safe_directory *d);

/* Length and SHA-256 of a file's bytes. */
struct file_sum {
    uint64_t size;
    char sha256[65]; /* 64 hexadecimal digits */
};

/* A file being written. */
struct safe_file;

/* Opens the temporary of `name` in `d`, which must outlive the file.  NULL on an error.
 */
struct safe_file *safe_file_new(const struct safe_directory *d, const char *name,
                                struct results_error *error);

/* Appends.  After an error it only counts. */
void safe_file_put(struct safe_file *f, const void *bytes, size_t length);

/* Brings everything to the disk, still under the temporary name.  Once. */
bool safe_file_stage(struct safe_file *f, struct results_error *error);

/* Gives a staged file its name, replacing a file that has it. */
bool safe_file_publish(struct safe_file *f, struct results_error *error);

/* Of a staged file. */
const struct file_sum *safe_file_sum(const struct safe_file *f);

const char *safe_file_name(const struct safe_file *f);

/* Removes the temporary unless it was published.  NULL is allowed. */
void safe_file_free(struct safe_file *f);

/* All of it at once. */
bool safe_file_write(const struct safe_directory *d, const char *name, const void *bytes,
                     size_t length, struct results_error *error);

/* Takes a file away; that there is none is no error. */
bool safe_file_remove(const struct safe_directory *d, const char *name,
                      struct results_error *error);

/* True if anything has that name there. */
bool safe_file_exists(const struct safe_directory *d, const char *name);

/* Opens a regular file for reading: a descriptor, the caller's to close; -1 on an error.
 * Symbolic links are refused. */
int safe_file_open(const struct safe_directory *d, const char *name,
                   struct results_error *error);

/* A whole file as zero-terminated bytes, the caller's to free; NULL on an error, which a
 * file of more than `limit` bytes is. */
char *safe_file_read(const struct safe_directory *d, const char *name, size_t limit,
                     size_t *length, struct results_error *error);

/* Length and SHA-256 of a file on the disk. */
bool safe_file_measure(const struct safe_directory *d, const char *name,
                       struct file_sum *out, struct results_error *error);

#endif
