#!/bin/sh
# Whole sweeps on four threads by a program built with ThreadSanitizer, which ends with
# status 66 where two threads met in one place.  Called by `make tsan` with the build folder.
set -eu
program=$1/portsim
PORTSIM_SHARE=$(cd "$(dirname "$0")/.." && pwd)
export PORTSIM_SHARE
studies=$(mktemp -d)
trap 'rm -rf "$studies"' EXIT

sweep() {
    rm -rf "$studies/study"
    "$program" sweep "$@" --jobs 4 --quiet -o "$studies/study" >"$studies/out" || {
        echo "tsan: portsim sweep $* ends with status $?" >&2
        exit 1
    }
}

sweep teaching-mini --set duration=2000s --vary apps.pages.arrivals.rate=1/s:4/s:4 -r 6
sweep linux-tw-reuse --vary seed=1,2,3 -r 2
sweep proxysg-cifs-finwait2 --set duration=60s --set 'changes=[]' --set 'phases={}' \
    --set 'require=[]' --vary hosts.proxy.tcp.fin_wait_2=10s,1min -r 3
echo "tsan: no two threads met in one place"
