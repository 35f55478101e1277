#!/bin/sh
# laws.sh DIRECTORY: the rows that test programs left there (tests/laws.h) as the page
# docs/KERNEL_LAWS.md: sorted, the same bytes for the same rows.
set -eu
cat <<'PAGE'
# The laws of a real kernel, and the simulator

Made by `make laws` from what the conformance tests report; `make check` compares it. The
laws, numbered as in KERNEL.md, were measured on Linux 6.18.44 (HZ 250); the tests replay
the same experiments, from the recordings in `tests/kernel/`, and fail where a law does
not hold.

| law | what | recorded | simulated | verdict |
|---|---|---|---|---|
PAGE
find "$1" -type f -exec cat {} + | LC_ALL=C sort -u -t "$(printf '\t')" -k 1,1V -k 2,2V -k 3 |
    awk -F '\t' '
        { gsub(/\|/, "\\|") }
        $3 == "" && $4 == "" { missing[++n] = "| " $1 " | " $2 " | " $5 " |"; next }
        { print "| " $1 " | " $2 " | " $3 " | " $4 " | " $5 " |" }
        END {
            if (n)
                print "\n## What the simulator cannot express\n\n" \
                      "| law | what | why |\n|---|---|---|"
            for (i = 1; i <= n; i++)
                print missing[i]
        }'
