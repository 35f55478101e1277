/* write(2) that raises no signal: a file size limit (SIGXFSZ) and a reader that is gone
 * (SIGPIPE) are the errors EFBIG and EPIPE, and do not end the program.
 *
 * Only the calling thread's signal mask is touched, for the length of the call. */
#ifndef SIM_RESULTS_QUIET_WRITE_H
#define SIM_RESULTS_QUIET_WRITE_H

#include <signal.h>
#include <stddef.h>
#include <sys/types.h>

/* As write(2): bytes written, fewer than asked for perhaps; -1 and errno. */
ssize_t quiet_write(int handle, const void *bytes, size_t length);

/* The same around the writing of a library: between the two, on one thread. */
struct quiet {
    sigset_t before;
};
void quiet_begin(struct quiet *q);
void quiet_end(const struct quiet *q);

#endif
