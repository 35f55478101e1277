#!/usr/bin/env python3
"""Turns recorded costs of choosing a port into tests/kernel/linux_cost.txt.

usage: convert_cost.py DATA_DIRECTORY > tests/kernel/linux_cost.txt

One line a recording: how the sockets asked, low, high, sockets in a bin, how many ports of the parity
tried first were given before the first of the other, the median ns of the call in each bin of
occupancy (of several runs: the median of their medians), a "|", and the median ns of a failing call.
"""
import json
import os
import statistics
import sys

NAMES = ("cost_default_auto", "cost_default_b0", "cost_50000-50999_auto", "cost_50000-50999_b0")


def main():
    print("# Linux 6.18.44-fc-v509, HZ 250: ns of bind() or connect() while a range fills, recordings"
          " cost_*; made by convert_cost.py")
    for name in NAMES:
        with open(os.path.join(sys.argv[1], name + ".json")) as file:
            recording = json.load(file)
        inputs, observed = recording["inputs"], recording["observed"]
        asked = name.split("_")[-1]
        low, high = inputs["range"]
        runs = observed.get("runs", [observed])
        columns = zip(*([bin[2 if len(bin) > 2 else 1] for bin in run["bins"]] for run in runs))
        size = runs[0]["bins"][1][0] - runs[0]["bins"][0][0]
        first = 0
        if "ports" in observed:
            parity = observed["ports"][0] % 2
            first = next(i for i, port in enumerate(observed["ports"]) if port % 2 != parity)
        fails = observed.get("fail_ns") or [ns for run in runs for ns in run["fail_ns"]]
        print(asked, low, high, size, first, *(round(statistics.median(c)) for c in columns), "|",
              round(statistics.median(fails)))


main()
