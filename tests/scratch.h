/* A directory of its own for a test that writes files, and a process of its own for a
 * test that must lower what it may do. */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

/* A new empty directory under $TMPDIR, else /dev/shm, else /tmp; the path is the
 * caller's, to scratch_free(). */
char *scratch_new(void);

/* Removes it with all that is in it, and frees the path. */
void scratch_free(char *path);

/* Entries of a directory, "." and ".." left out; -1 if it cannot be read. */
int scratch_entries(const char *path);

bool scratch_exists(const char *directory, const char *name);

/* Puts a file of these bytes there, bypassing the code under test. */
void scratch_put(const char *directory, const char *name, const char *bytes,
                 size_t length);

/* A whole file, zero-terminated, the caller's to free; NULL if there is none. */
char *scratch_get(const char *directory, const char *name);

/* The same with its number of bytes, for files that may hold zeros. */
char *scratch_read(const char *directory, const char *name, size_t *length);

/* Runs `body` in a forked process and returns what it returned (0..255), or -1 when it
 * ended in another way. */
int scratch_child(int (*body)(void *), void *argument);

/* What `body` may return when the machine does not let it try. */
#define SCRATCH_CANNOT 77

#endif
