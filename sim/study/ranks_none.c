/* Built without MPI: one process does it all. */
#include "sim/base/bug.h"
#include "sim/study/ranks.h"

const char *ranks_kind(void)
{
    return NULL;
}

bool ranks_join(struct ranks *out, char **argv, struct results_error *error)
{
    (void)argv;
    unsigned rank, count = ranks_started(&rank);
    *out = (struct ranks){.rank = rank, .count = 1};
    if (count == 1)
        return true;
    return results_fail(error, 0,
                        "this is process %u of %u that were started together, but this "
                        "program was built without MPI: each would do the whole study, "
                        "and all write to one place. Build it with `make MPI=1`, start "
                        "it without mpirun, or give each process its --shard",
                        rank + 1, count);
}

bool ranks_agree(const struct ranks *r, bool good, bool *speak)
{
    (void)r;
    *speak = !good;
    return good;
}

bool ranks_run(struct ranks *r, const struct ranks_work *work, struct study_job *jobs,
               size_t count)
{
    (void)r;
    return workers_run(&work->workers, jobs, count);
}

bool ranks_serve(struct ranks *r, const struct ranks_work *work,
                 struct results_error *error)
{
    (void)r;
    (void)work;
    (void)error;
    SIM_BUG("a program without MPI has one rank");
}

void ranks_leave(struct ranks *r, int status)
{
    (void)r;
    (void)status;
}
