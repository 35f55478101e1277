#!/usr/bin/env python3
"""Turns a churn recording of a real Linux kernel into what portsim and its tests read.

usage: convert_churn.py RECORDING.json TRACE.csv PER_SECOND.csv

RECORDING.json is one run of the churn experiment: a client in one network namespace opens TCP
connections to a server in another at recorded moments, and writes down what connect() said.
TRACE.csv gets a row an arrival (t_s, life_s: from established to the client's close), for an
application's "arrivals"; PER_SECOND.csv what the kernel answered, second by second.
"""
import json
import sys


def main():
    recording, trace, per_second = sys.argv[1:4]
    run = json.load(open(recording))
    kinds = {row[3] for row in run["inputs"]["arrivals"]}
    if kinds != {"n"}:
        sys.exit("only recordings in which the client closes first and the server answers "
                 "can be replayed; this one has kinds " + ", ".join(sorted(kinds)))
    note = "# Linux %s, HZ %s, recording %s, range %s, tcp_tw_reuse 0\n" % (
        run["kernel"], run["HZ"], run["name"], "-".join(map(str, run["inputs"]["range"])))
    with open(trace, "w") as out:
        out.write(note + "t_s,life_s\n")
        for t, _, life_ms, _ in run["inputs"]["arrivals"]:
            out.write("%.6f,%g\n" % (t, life_ms / 1000))
    with open(per_second, "w") as out:
        out.write(note + "second,successes,EADDRNOTAVAIL\n")
        for second, ok, failed in run["observed"]["per_second"]:
            out.write("%d,%d,%d\n" % (second, ok, failed))


main()
