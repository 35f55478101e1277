#!/bin/sh
# Runs the test programs given as arguments, as many at a time as there are processors, and
# shows the whole output of those that fail.  Status 1 if any failed.  The last in the alphabet
# begin: tests of theory take longest.
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
export logs
printf '%s\n' "$@" | sort -r | xargs -P "$(nproc)" -I{} sh -c '
    name=$(basename {})
    {} >"$logs/$name" 2>&1
    echo $? >"$logs/$name.status"
    echo "  done  $name" >&2'
passed=0
failed=0
for program in "$@"; do
    name=$(basename "$program")
    if [ "$(cat "$logs/$name.status")" = 0 ]; then
        count=$(sed -n 's/.*\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$logs/$name" | tail -n 1)
        printf '  pass  %-28s %s tests\n' "$name" "${count:-0}"
        passed=$((passed + ${count:-0}))
    else
        cat "$logs/$name"
        printf '  FAIL  %s\n' "$name"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
