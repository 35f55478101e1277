/* A progress line on stderr: only on a terminal that can erase a line, and not with
 * --quiet. */
#ifndef SIM_CLI_PROGRESS_H
#define SIM_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "sim/base/time.h"

struct progress {
    bool shown;
    struct timespec began, printed;
};

void progress_begin(struct progress *p, bool quiet);

/* Shaped for struct trial_watch; repaints at most ten times a second. */
void progress_update(void *progress, sim_ns now, sim_ns end, uint64_t events);

/* Shaped for struct replications_order: runs that have ended, of at most so many. */
void progress_runs(void *progress, uint32_t done, uint32_t most);

/* For a study: so many of the runs that were missing are done. */
void progress_study(struct progress *p, uint64_t done, uint64_t missing);

/* Takes the line away. */
void progress_end(struct progress *p);

/* Seconds of wall clock since progress_begin(). */
double progress_seconds(const struct progress *p);

#endif
