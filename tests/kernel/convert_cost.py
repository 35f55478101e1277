#!/usr/bin/env python3
"""Packs what finding a port cost a real Linux kernel, for tests/test_kernel_cost.c.

usage: convert_cost.py DATA-DIRECTORY

One line a mode: auto (connect) or b0 (bind(0)), then the median time in ns of each 256 calls, as the
default range fills toward one destination.
"""
import json
import os
import sys


def main():
    data, here = sys.argv[1], os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "cost.txt"), "w") as out:
        for mode in ("auto", "b0"):
            run = json.load(open(os.path.join(data, "cost_default_%s.json" % mode)))
            if mode == "auto":
                out.write("# Linux %s, HZ %s: ns of the call that finds the port, recordings "
                          "cost_default_auto and _b0; made by convert_cost.py\n" %
                          (run["kernel"], run["HZ"]))
            assert all(row[0] == 256 * i for i, row in enumerate(run["observed"]["bins"]))
            out.write(" ".join([mode] + [str(row[2]) for row in run["observed"]["bins"]]) + "\n")


main()
