/* A share of a study: the runs that this process does, when several share them.
 *
 * What all schedulers of job arrays have in common is a number they give each process.
 * `--shard 2/8` is the second of eight; `--shard auto` takes the number from the
 * environment:
 *
 *     SLURM_ARRAY_TASK_ID     and _COUNT, _MIN, _MAX, _STEP say how many there are;
 *                             with auto/N numbers are 0 .. N-1, so that some of
 *                             them can be submitted again
 *     JOB_COMPLETION_INDEX    Kubernetes, from 0: auto/N, it does not say how many
 *     PARALLEL_SEQ            GNU parallel, from 1: auto/N, neither does it
 *
 * Job k of a study's list, all its jobs counted, belongs to shard k mod N: neighbours,
 * which take about as long, go to different shards, and what is done already moves none.
 */
#ifndef SIM_STUDY_SHARD_H
#define SIM_STUDY_SHARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/results/error.h"

struct shard {
    uint32_t index, count; /* 0 .. count - 1; {0, 1} and {0} are the whole study */
};

#define SHARDS_MAX 1000000

/* Reads what came after --shard. */
bool shard_read(const char *text, struct shard *out, struct results_error *error);

static inline bool shard_has(struct shard s, size_t job)
{
    return s.count <= 1 || job % s.count == s.index;
}

#endif
