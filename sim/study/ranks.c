#include "sim/study/ranks.h"

#include <stdlib.h>

/* How launchers tell a process which one it is of how many. */
static const struct launcher {
    const char *count, *rank;
} launchers[] = {
    {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"}, /* mpirun of Open MPI */
    {"PMI_SIZE", "PMI_RANK"},                 /* MPICH, Intel MPI, srun --mpi=pmi2 */
    {"SLURM_STEP_NUM_TASKS", "SLURM_PROCID"}, /* srun with PMIx, or without MPI */
};

static unsigned number(const char *variable, unsigned otherwise)
{
    const char *text = getenv(variable);
    char *end;
    unsigned long value = text ? strtoul(text, &end, 10) : 0;
    return text && *text && !*end && value < 1u << 20 ? (unsigned)value : otherwise;
}

unsigned ranks_started(unsigned *rank)
{
    for (size_t i = 0; i < sizeof launchers / sizeof *launchers; i++) {
        unsigned count = number(launchers[i].count, 1);
        *rank = number(launchers[i].rank, 0);
        if (count > 1)
            return count;
    }
    *rank = 0;
    return 1;
}
