#!/bin/bash
# Joins the shares of slurm-array.sh into one study.
#
#SBATCH --job-name=portsim-merge
#SBATCH --time=00:10:00
#SBATCH --output=portsim-merge-%j.log
set -eu
study=${STUDY:-studies/slurm-array}

exec portsim merge "$study.shares"/* -o "$study"
