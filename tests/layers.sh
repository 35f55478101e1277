#!/bin/sh
# The floors of the house: lower ones never include higher ones, and some libraries are
# confined to the rooms that may use them.  Prints every breach; status 1 if there is one.
#
#     base <- engine <- models <- trial <- theory <- study <- cli
#     base <- scenario <------- trial <- views <----------- cli
#     base <- results  <------- trial
set -u
cd "$(dirname "$0")/.."
breaches=$(mktemp)
trap 'rm -f "$breaches"' EXIT

# may FLOOR ALLOWED...: files of FLOOR include, of ours, only what lies under ALLOWED.
may() {
    floor=$1
    shift
    pattern=$(printf '|%s/' "$floor" "$@" | cut -c2-)
    grep -rnE '^ *# *include *"' --include='*.[ch]' "$floor" 2>/dev/null |
        grep -vE "#[[:space:]]*include[[:space:]]*\"($pattern)" >>"$breaches"
}

# only LIBRARY-HEADER PLACES...: included nowhere in the house but there.
only() {
    header=$1
    shift
    pattern=$(printf '|^%s' "$@" | cut -c2-)
    grep -rnE "^ *# *include *<$header" --include='*.[ch]' sim models 2>/dev/null |
        grep -vE "$pattern" >>"$breaches"
}

may sim/base
may sim/engine sim/base
may models sim/base sim/engine
may sim/scenario sim/base
may sim/results sim/base
may sim/trial sim/base sim/engine models sim/scenario sim/results
may sim/views sim/base sim/engine models sim/scenario sim/results sim/trial
may sim/theory sim/base sim/engine models sim/scenario sim/results sim/trial
may sim/study sim/base sim/engine models sim/scenario sim/results sim/trial sim/theory
may sim/cli sim models

only 'gsl/' sim/engine sim/study
only 'sqlite3.h' sim/study/store
only 'mpi.h' sim/study/ranks_mpi.c
only 'pthread.h' sim/study/workers.c sim/study/ranks_mpi.c
only 'Random123/' sim/engine
only 'cjson/' sim/scenario sim/results
only 'sha2.h' sim/results
only 'argp.h' sim/cli
only 'spawn.h' sim/results

# Models open no file and print nothing.
grep -rnE '\b(fopen|fprintf|printf|puts|fputs|getenv|system|popen)\(' --include='*.[ch]' \
    models sim/engine >>"$breaches"

if [ -s "$breaches" ]; then
    echo "layers: these lines break the order of the floors (DESIGN: who may include whom):" >&2
    cat "$breaches" >&2
    exit 1
fi
echo "layers: in order"
