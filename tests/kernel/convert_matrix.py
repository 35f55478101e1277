#!/usr/bin/env python3
"""Turns the recorded reuse matrices into tests/kernel/linux_reuse.txt.

usage: convert_matrix.py DATA_DIRECTORY > tests/kernel/linux_reuse.txt

A first socket connects to D from the only port of the range and is brought into a state; a second one tries
the same port.  One line for each recording, state and way of the first socket:

    RECORDING LOOPBACK TCP_TW_REUSE TCP_TIMESTAMPS STATE FIRST ANSWERS

ANSWERS has two letters for each way of the second socket, in the order of SECOND, to the same destination and
to another: the number of the try that succeeded (they come 0.05, 0.6, 1.5 and 2.6 s after the close), or U
for EADDRINUSE by bind(), N for EADDRNOTAVAIL by connect().
"""
import glob
import json
import os
import sys

SECOND = ["auto", "np", "b0", "b0,ra", "b0,rp", "bp", "bp,ra", "bp,rp"]
FAILED = {("EADDRINUSE", "bind"): "U", ("EADDRNOTAVAIL", "connect"): "N"}

print("# Linux 6.18.44, HZ 250: who may have the port of a socket in which state, recordings matrix_*; made by",
      "convert_matrix.py")
for path in sorted(glob.glob(os.path.join(sys.argv[1], "matrix_*.json"))):
    data = json.load(open(path))
    inputs = data["inputs"]
    lines = {}
    for row in data["observed"]["rows"]:
        assert row["first"] == "0"
        code = str(row["tries"]) if row["result"] == "0" else FAILED[row["result"], row["stage"]]
        lines.setdefault((row["state"], row["m1"]), {})[row["m2"], row["dest"]] = code
    for (state, first), answers in lines.items():
        assert len(answers) == 2 * len(SECOND)
        print(os.path.basename(path)[:-5], int(inputs["loopback"]), inputs["tcp_tw_reuse"], inputs["tcp_timestamps"],
              state, first, "".join(answers[m, d] for m in SECOND for d in ("same", "other")))
