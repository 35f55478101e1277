#!/usr/bin/env python3
"""Turns recorded port sequences into tests/kernel/linux_sequences.txt.

usage: convert_sequences.py DATA_DIRECTORY > tests/kernel/linux_sequences.txt

One line a sequence: low, high, step (1 for a socket with IP_LOCAL_PORT_RANGE), destinations asked
in turn, "keep" (all connections stay open) or "close" (each is reset at once), then the ports as
offsets from low; "-" is EADDRNOTAVAIL.
"""
import json
import os
import sys

# Range, and how many of the recorded repetitions of each kind are kept.
KEPT = (("50000-50015", 20), ("50000-50098", 3), ("50000-50099", 3), ("50000-50999", 1))
KINDS = ("fill_1dst", "fill_2dst", "rst_1dst", "rst_2dst")


def read(directory, name):
    with open(os.path.join(directory, name + ".json")) as file:
        return json.load(file)


def line(low, high, step, kind, sequence):
    ports = ("-" if isinstance(p, str) else str(p - low) for p in sequence)
    keep = "keep" if kind.startswith("fill") else "close"
    return f"{low} {high} {step} {2 if '2dst' in kind else 1} {keep} {' '.join(ports)}"


def main():
    directory = sys.argv[1]
    print("# Linux 6.18.44-fc-v509, HZ 250: ports connect() chose, recordings seq_*_auto and"
          " cap_sockrange_inside; made by convert_sequences.py")
    for name, count in KEPT:
        recording = read(directory, f"seq_{name}_auto")
        low, high = recording["inputs"]["range"]
        for kind in KINDS:
            for sequence in recording["observed"]["raw"][kind][:count]:
                print(line(low, high, 2, kind, sequence))
    for run in read(directory, "cap_sockrange_inside")["observed"]["runs"]:
        if run["mode"] == "pr=50010-50019":
            print(line(50010, 50019, 1, "fill", run["ports"]))


main()
