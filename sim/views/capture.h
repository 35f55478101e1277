/* What ss, netstat or Get-NetTCPConnection printed on a real machine, read into the rows
 * a census is made of.
 *
 * The format is recognised line by line: by the first line that is a socket in it, so
 * that `ss -H`, a capture that passed through grep, and one that begins with a prompt are
 * read too.  A snapshot begins at a line that names the columns, or at a line with a time
 * of day, as a monitoring loop writes them; one of several is read, the last unless
 * another is asked for.  A line that was broken in two, by a terminal, is put together
 * again. What cannot be read is counted and the first few are kept with line and reason;
 * the rest is used.
 *
 * Errors: a file that cannot be read, that holds no line of any format, or not one of the
 * tool it was said to be of.  Nothing in a file is an error beyond that.
 *
 * Cost: one pass, about 1 s a million sockets; 20 bytes a socket of the snapshot, and
 * each address once.
 */
#ifndef SIM_VIEWS_CAPTURE_H
#define SIM_VIEWS_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/results/error.h"
#include "sim/views/capture_format.h"
#include "sim/views/capture_sockets.h"

#define CAPTURE_COMPLAINTS 5
#define CAPTURE_LABEL      64

/* A line that was skipped. */
struct capture_complaint {
    size_t line;
    const char *reason; /* of static life */
    char text[48];      /* its beginning, fit for a terminal */
};

/* How many sockets of TCP were in each state in one snapshot of the file. */
struct capture_moment {
    char label[CAPTURE_LABEL]; /* the line with the time before it; "" without one */
    uint32_t states[CAPTURE_STATE_COUNT];
};

struct capture {
    const struct capture_format *format;
    struct capture_sockets sockets; /* of the snapshot */
    uint32_t snapshots;             /* in the file */
    struct capture_moment *moments; /* of each; NULL if there is no socket */
    uint32_t snapshot;              /* which one this is, from 1 */
    size_t lines;                   /* of the file */
    size_t skipped;                 /* of these, anywhere in the file */
    struct capture_complaint complaints[CAPTURE_COMPLAINTS];
    unsigned complaint_count;
    bool unended;         /* the file ends inside a line */
    bool shows_owners;    /* some socket has its process or PID */
    size_t cut_addresses; /* cut by netstat to its column */
};

struct capture_options {
    enum capture_tool tool;
    uint32_t snapshot; /* from 1; 0: the last */
};

/* Reads `path`, "-" for standard input.  NULL and *error otherwise. */
struct capture *capture_read(const char *path, const struct capture_options *options,
                             struct results_error *error);

/* The same from an open file, which stays open. */
struct capture *capture_read_handle(int handle, const char *name,
                                    const struct capture_options *options,
                                    struct results_error *error);

void capture_free(struct capture *c); /* NULL is allowed */

#endif
