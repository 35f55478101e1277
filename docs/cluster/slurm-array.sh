#!/bin/bash
# A study as an array of independent Slurm jobs, one share each; then the shares joined.
#
#     jobs=$(sbatch --parsable docs/cluster/slurm-array.sh)
#     sbatch --dependency=afterok:$jobs docs/cluster/slurm-merge.sh
#
# A task that was cancelled, ran out of time or lost its node goes on when it is submitted
# again; of eight, numbers 3 and 5 alone:
#
#     sbatch --array=3,5 --export=ALL,SHARES=8 docs/cluster/slurm-array.sh
#
#SBATCH --job-name=portsim
#SBATCH --array=0-7
#SBATCH --cpus-per-task=1
#SBATCH --time=01:00:00
#SBATCH --signal=B:TERM@60
#SBATCH --requeue
#SBATCH --output=portsim-%A_%a.log
set -eu
scenario=${SCENARIO:-teaching-mini}
study=${STUDY:-studies/slurm-array}
axis=${AXIS:-apps.pages.arrivals.rate=1/s:3/s:5}

# Of how many it is one Slurm says, unless only some are submitted again.  exec: the signal
# that Slurm sends a minute before the end is portsim's own, which keeps what it has.
exec portsim sweep "$scenario" --vary "$axis" --replications 10 \
    --jobs "${SLURM_CPUS_PER_TASK:-1}" --shard "auto${SHARES:+/$SHARES}" \
    -o "$study.shares/$SLURM_ARRAY_TASK_ID"
