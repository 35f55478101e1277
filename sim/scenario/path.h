/* The paths of scenario values: "hosts.proxy.tcp.fin_wait_2", "apps.x.close[0].share".
 *
 * One spelling for errors, `--set`, `--vary` and `changes`: keys with dots between, list
 * entries as [0] or .0, a key with other characters than letters, digits, '_', '-', '/'
 * and '$' as ["odd.key"].
 */
#ifndef SIM_SCENARIO_PATH_H
#define SIM_SCENARIO_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longer paths are cut off: they are for reading. */
#define PATH_TEXT 1024

/* {0} is the empty path, that of the root. */
struct path_text {
    char bytes[PATH_TEXT]; /* zero-terminated */
    size_t length;
};

void path_add_key(struct path_text *path, const char *key);
void path_add_index(struct path_text *path, uint32_t index);

/* Appends a path to a path. */
void path_add_path(struct path_text *path, const char *more);

/* One step of a path being read.  A step of digits can name a list entry or a key. */
struct path_step {
    char key[PATH_TEXT];
    uint32_t index; /* UINT32_MAX: not a number */
};

/* Reads the next step at *at and moves *at behind it.  False at the end (**at is 0) and
 * where the text is not a path. */
bool path_next(const char **at, struct path_step *step);

#endif
