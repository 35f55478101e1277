#!/bin/sh
# laws.sh DIRECTORY: the rows that test programs left there (tests/laws.h) as the page
# docs/KERNEL_LAWS.md: by the sections of KERNEL.md, sorted, the same bytes for the same
# rows.
set -eu
cat <<'PAGE'
# The laws of a real kernel, and the simulator

Made by `make laws` from what the conformance tests report; `make check` compares it. The
laws, numbered as in KERNEL.md, were measured on Linux 6.18.44 (HZ 250); the tests replay
the same experiments, from the recordings in `tests/kernel/`, and fail where a law does
not hold.
PAGE
find "$1" -type f -exec cat {} + |
    awk -F '\t' '{
        section = $1 == "cost" ? 3 : $1 == "churn" ? 5 : $1 ~ /^C/ ? 1 : $1 ~ /^P/ ? 2 : 4
        if ($3 == "" && $4 == "")
            section = 6
        print section "\t" $0
    }' |
    LC_ALL=C sort -u -t "$(printf '\t')" -k 1,1n -k 2,2V -k 3,3V -k 4 |
    awk -F '\t' '
        BEGIN {
            title[1] = "Two pools on one port space"
            title[2] = "Which port"
            title[3] = "Cost of the choice"
            title[4] = "Timers and ends"
            title[5] = "Churn"
            title[6] = "What the simulator cannot express"
        }
        { gsub(/\|/, "\\|") }
        $1 != section {
            section = $1
            print "\n## " title[section] "\n"
            if (section == 6)
                print "| law | what | why |\n|---|---|---|"
            else
                print "| law | what | recorded | simulated | verdict |\n|---|---|---|---|---|"
        }
        section == 6 { print "| " $2 " | " $3 " | " $6 " |"; next }
        { print "| " $2 " | " $3 " | " $4 " | " $5 " | " $6 " |" }'
