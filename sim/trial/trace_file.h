/* Reads recorded arrivals: CSV with a header line, columns by name.
 *
 *     # comment
 *     t_s,life_s
 *     0.117901,1
 *
 * t_s, the arrival in seconds, is required and must not step back; life_s, from
 * established to close, is optional, and an empty cell means "as drawn".  Other columns
 * are ignored.
 */
#ifndef SIM_TRIAL_TRACE_FILE_H
#define SIM_TRIAL_TRACE_FILE_H

#include <stdbool.h>

#include "models/arrivals.h"

struct trace_error {
    unsigned line;   /* 0: the file as a whole */
    bool unreadable; /* an input error, not a bad trace */
    char text[200];
};

/* Fills *out with rows to be given back with free(); false and *error otherwise. */
bool trace_file_read(const char *path, struct arrival_trace *out,
                     struct trace_error *error);

/* True if something can be read at that place. */
bool trace_file_exists(const char *path);

#endif
