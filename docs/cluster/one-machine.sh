#!/bin/sh
# A study on all processors of one machine.  Interrupt it, kill it, switch the machine off:
# the same command goes on.
#
#     sh docs/cluster/one-machine.sh
#
# SCENARIO, STUDY and AXIS say what; the defaults take some seconds.
set -eu
scenario=${SCENARIO:-teaching-mini}
study=${STUDY:-studies/one-machine}
axis=${AXIS:-apps.pages.arrivals.rate=1/s:3/s:5}

portsim sweep "$scenario" --vary "$axis" --replications 10 --estimate
portsim sweep "$scenario" --vary "$axis" --replications 10 -o "$study"
