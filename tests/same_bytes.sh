#!/bin/sh
# The same scenario and seed give the same bytes, whatever compiler and optimisation: gcc and
# clang, -O0 and -O2, and with the fused operations of the CPU hidden from the C library.
# usage: same_bytes.sh BUILD
set -eu
cd "$(dirname "$0")/.."
build=${1:-build}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# A short run that uses random allocation, several distributions, loss and changes.
cat >"$out/scenario.json" <<'J'
{
  "extends": "proxysg-outage.json", "name": "same-bytes", "duration": "8min",
  "apps": { "shares": { "lifetime": { "kind": "lognormal", "mean": "5s", "cv": 2 } },
            "pages": { "lifetime": { "kind": "gamma", "mean": "1s", "shape": 0.5 } } },
  "paths": [ { "between": ["clients", "proxy"], "rtt": "2ms", "loss": 0.01 } ],
  "changes": [ { "at": "1min", "set": { "apps.shares.arrivals.rate": "400/s" } },
               { "at": "3min", "set": { "hosts.proxy.tcp.allocator": "rfc6056-alg2" } } ],
  "phases": { "normal": null, "outage": null, "knob": null, "lowport": null, "repaired": null },
  "require": []
}
J

run() { # NAME PROGRAM
    "$2" run "$out/scenario.json" -o "$out/$1" --quiet >/dev/null
    rm "$out/$1/manifest.json"
    if ! diff -rq "$out/first" "$out/$1"; then
        echo "same-bytes: $1 differs from the first" >&2
        exit 1
    fi
    echo "same-bytes: $1"
}

export PORTSIM_SHARE=$PWD
first=
for compiler in gcc clang; do
    for level in O2 O0; do
        name=$compiler-$level
        make --no-print-directory -s -j"$(nproc)" "$build/$name/portsim" BUILD="$build/$name" CC=$compiler \
            OPT=-$level >/dev/null
        if [ -z "$first" ]; then
            first=$build/$name/portsim
            "$first" run "$out/scenario.json" -o "$out/first" --quiet >/dev/null
            rm "$out/first/manifest.json"
        fi
        run "$name" "$build/$name/portsim"
    done
done
export GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA_Usable,-AVX2_Usable,-FMA,-AVX2
run fma-hidden "$first"
