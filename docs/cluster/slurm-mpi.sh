#!/bin/bash
# A study as one Slurm job of many ranks, for a portsim built with make MPI=1: no shares to
# join, and ranks that are done help the others.
#
#     sbatch docs/cluster/slurm-mpi.sh
#
# Submitted again, it does what is missing.
#
#SBATCH --job-name=portsim-mpi
#SBATCH --ntasks=16
#SBATCH --time=01:00:00
#SBATCH --signal=TERM@60
#SBATCH --output=portsim-mpi-%j.log
set -eu
scenario=${SCENARIO:-teaching-mini}
study=${STUDY:-studies/slurm-mpi}
axis=${AXIS:-apps.pages.arrivals.rate=1/s:3/s:5}

# Rank 0 hands out and writes, the others run.  `srun --mpi=list` says what a cluster has;
# inside a job, mpirun does as well.
srun --mpi=pmix portsim sweep "$scenario" --vary "$axis" --replications 10 -o "$study"
