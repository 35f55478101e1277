#!/bin/sh
# A study in shares, on one machine or on several that are reached by ssh and have the same
# files in the same place; then the shares joined.
#
#     sh docs/cluster/gnu-parallel.sh                       this machine
#     sh docs/cluster/gnu-parallel.sh --sshlogin 4/a,4/b    four shares at a time on a and on b
#
# What is given goes to GNU parallel.  Run again, it does what is missing.
set -eu
scenario=${SCENARIO:-teaching-mini}
study=${STUDY:-studies/gnu-parallel}
axis=${AXIS:-apps.pages.arrivals.rate=1/s:3/s:5}
shares=${SHARES:-8}

# Shares are counted by parallel itself: each process finds its number in PARALLEL_SEQ.
seq "$shares" | parallel --halt now,fail=1 --workdir "$PWD" "$@" \
    portsim sweep "$scenario" --vary "'$axis'" --replications 10 \
    --jobs 1 --quiet --shard "auto/$shares" -o "$study.shares/{}" '>/dev/null'

portsim merge "$study.shares"/* -o "$study"
