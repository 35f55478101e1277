/* Many runs on the processes of a cluster: what stands between a study and MPI.
 *
 * Every process (a rank) reads the same command line and so knows the same points.  Rank
 * 0 alone has the store: it hands out jobs in batches and takes their results in order,
 * exactly as workers_run() does.  The others run what they are given, each on as many
 * threads as it was told, check that the point they are sent is the one they know, and
 * send numbers back.  Numbers are added up by nobody but rank 0, in the order of the
 * jobs, so results are the same on any number of ranks.
 *
 *     ranks_join            all; on failure the program ends
 *     ranks_agree           all, once they have read the study
 *     ranks_run             rank 0, as often as it likes
 *     ranks_serve           the others
 *     ranks_leave           all
 *
 * A program built without MPI, or not started by mpirun, is alone: ranks_run() is
 * workers_run() then, and the rest costs nothing.  ranks_none.c is built without MPI,
 * ranks_mpi.c with make MPI=1.
 *
 * Ranks that wait sleep; nobody spins.  A rank that dies takes all of them with it (that
 * is how MPI is); mpirun says which, rank 0 gets a signal and about a second to bring to
 * the disk what it has, and the same command goes on from there.
 */
#ifndef SIM_STUDY_RANKS_H
#define SIM_STUDY_RANKS_H

#include "sim/results/error.h"
#include "sim/study/workers.h"

struct ranks {
    unsigned rank, count; /* {0, 1}: alone */
    unsigned gone;        /* on rank 0: others that have left */
    bool broken;          /* this one cannot go on, and rank 0 does not know */
};

/* What is done with a job; the same on all ranks.  With several ranks, those that run it
 * call open() and close(), rank 0 calls done(), whose job has no plan. */
struct ranks_work {
    struct workers workers;
    void (*close)(void *context,
                  struct study_job *job);              /* gives the plan back; or NULL */
    const char *(*key)(void *context, uint32_t point); /* NULL: there is none such */
};

/* "MPI", or NULL: built without it. */
const char *ranks_kind(void);

/* Processes that this one was started with by mpirun, srun and the like, as they say in
 * the environment; 1: alone. */
unsigned ranks_started(unsigned *rank);

/* Finds the other processes.  Refuses to be one of several that cannot divide the work,
 * or were not given the same command line; `out` is then a rank that is alone, whose
 * number says who tells the user: 0. */
bool ranks_join(struct ranks *out, char **argv, struct results_error *error);

/* True if it is true of all.  If not, `speak` is set on one of those of whom it is not:
 * it tells the user why. */
bool ranks_agree(const struct ranks *r, bool good, bool *speak);

/* As workers_run(). */
bool ranks_run(struct ranks *r, const struct ranks_work *work, struct study_job *jobs,
               size_t count);

/* Runs what rank 0 hands out until it has no more, or the stop flag is up; false with a
 * reason if the two do not speak of the same study. */
bool ranks_serve(struct ranks *r, const struct ranks_work *work,
                 struct results_error *error);

/* The last thing a rank does, with the status it will exit with.  One that could not
 * serve takes all others with it. */
void ranks_leave(struct ranks *r, int status);

#endif
