#!/bin/sh
# The fingerprints of all scenarios of the library: printed, or with --write put in
# tests/golden/fingerprints.txt.  A change of that file is a sentence in the commit message.
set -eu
export LC_ALL=C # the order of scenarios
cd "$(dirname "$0")/.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
for scenario in scenarios/*.json; do
    name=$(basename "$scenario" .json)
    ./portsim run "$scenario" -o "$out/$name" --quiet --json >"$out/summary" || [ $? = 1 ]
    fingerprint=$(sed -n 's/.*"fingerprint": "\([0-9a-f]*\)".*/\1/p' "$out/summary")
    events=$(sed -n 's/.*"events": \([0-9]*\).*/\1/p' "$out/summary" | head -n 1)
    echo "$name $fingerprint $events"
done >"$out/all"
if [ "${1:-}" = --write ]; then
    cp "$out/all" tests/golden/fingerprints.txt
else
    cat "$out/all"
fi
