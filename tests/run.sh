#!/bin/sh
# Runs the test programs given as arguments and shows the whole output of those that fail.
# Status 1 if any failed.
passed=0
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for program in "$@"; do
    name=$(basename "$program")
    if "$program" >"$log" 2>&1; then
        count=$(sed -n 's/.*\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$log" | tail -n 1)
        printf '  pass  %-28s %s tests\n' "$name" "${count:-0}"
        passed=$((passed + ${count:-0}))
    else
        cat "$log"
        printf '  FAIL  %s\n' "$name"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
