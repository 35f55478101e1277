#!/usr/bin/env python3
"""Packs the churn recordings of a real Linux kernel for tests/test_churn.c.

usage: convert_churn.py DATA-DIRECTORY

In a churn experiment a client in one network namespace opens TCP connections to a server in
another at planned moments, and writes down what connect() said and, every second, how many
sockets were in each state.  Each was made twice with the same arrivals (NAME and NAME_r2): how
far the kernel is from itself is the measure for the simulator.

scenarios/linux-churn-poi-2.0.csv gets the arrivals of one of them, for scenarios.

One file a run: the origin, what was set, the arrivals, the seconds.

    range LOW HIGH, bind bind-zero|connect, tw_reuse N, fin_timeout S, destinations N
    arrivals COUNT, then words in lines: the time since the arrival before in units of 0.1 ms;
        after it h (the client closes first and the server never) or f (the server closes first),
        nothing or n: the client closes first, the server follows; after it the life in ms, where it
        is not the same for all.  WORDxCOUNT stands for equal distances.  Destinations take turns.
    life MS of all, 0: each its own
    seconds COUNT, then a line a second: connections opened in it (by plan), TIME_WAIT and
        FIN_WAIT_2 sockets at its beginning, each in the first and in the second run
"""
import glob
import json
import os
import re
import sys

STATES = {"time_wait": 6, "fin_wait_2": 5}


def words_of(arrivals, fixed_life):
    """Distances between quantised moments, so that rounding does not add up."""
    words, before = [], 0
    for t, _, life, kind in arrivals:
        now = round(t * 10000)
        words.append("%d%s%s" % (now - before, kind if kind != "n" else "",
                                 "" if fixed_life else "n%d" % life if kind == "n" else life))
        before = now
    return words


def equal_distances(arrivals):
    """The distance in units of 0.1 ms if it is one for all (times have 6 digits), else None."""
    step = (arrivals[-1][0] - arrivals[0][0]) / (len(arrivals) - 1)
    even = all(abs(a[0] - i * step) < 2e-6 for i, a in enumerate(arrivals))
    return step * 10000 if even and all(a[3] == "n" for a in arrivals) else None


def write_run(run, again, out):
    inputs, sysctl = run["inputs"], run["inputs"]["sysctl"]["client"]
    arrivals = inputs["arrivals"]
    if any(a[1] != i % len(inputs["dests"]) for i, a in enumerate(arrivals)):
        sys.exit("destinations do not take turns in " + run["name"])
    fixed_life = inputs["lifedist"] == "fixed"
    out.write("# Linux %s, HZ %s, recordings %s and %s_r2; made by convert_churn.py\n" %
              (run["kernel"], run["HZ"], run["name"], run["name"]))
    out.write("range %d %d\n" % tuple(inputs["range"]))
    out.write("bind %s\n" % {"auto": "connect", "b0": "bind-zero"}[inputs["mode"]])
    out.write("tw_reuse %s\n" % sysctl["net.ipv4.tcp_tw_reuse"])
    out.write("fin_timeout %s\n" % sysctl["net.ipv4.tcp_fin_timeout"])
    out.write("destinations %d\n" % len(inputs["dests"]))
    out.write("life %d\n" % (inputs["life_ms"] if fixed_life else 0))
    out.write("arrivals %d\n" % len(arrivals))
    step = equal_distances(arrivals)
    if step:
        out.write("%.6gx%d\n" % (step, len(arrivals)))
    else:
        line = ""
        for word in words_of(arrivals, fixed_life):
            if len(line) + len(word) > 95:
                out.write(line.rstrip() + "\n")
                line = ""
            line += word + " "
        out.write(line.rstrip() + "\n")
    both = run["observed"], again["observed"]
    column = both[0]["per_second_doc"].index("0")
    out.write("seconds %d\n" % len(both[0]["per_second"]))
    for second in range(len(both[0]["per_second"])):
        row = [o["per_second"][second][column] for o in both]
        for state in STATES.values():
            row += [o["states"][second][state] for o in both]
        assert all(o["states"][second][0] == second for o in both)
        out.write(" ".join(map(str, row)) + "\n")


def write_trace(run, out):
    out.write("# Linux %s, HZ %s, recording %s, range %d-%d, tcp_tw_reuse 0\n" % (
        run["kernel"], run["HZ"], run["name"], *run["inputs"]["range"]))
    out.write("t_s,life_s\n")
    for t, _, life_ms, kind in run["inputs"]["arrivals"]:
        assert kind == "n"
        out.write("%.6f,%g\n" % (t, life_ms / 1000))


def main():
    data, here = sys.argv[1], os.path.dirname(os.path.abspath(__file__))
    for path in sorted(glob.glob(os.path.join(data, "churn_*.json"))):
        if path.endswith("_r2.json"):
            continue
        name = re.sub(r"^churn_|\.json$", "", os.path.basename(path))
        run = json.load(open(path))
        again = json.load(open(path.replace(".json", "_r2.json")))
        with open(os.path.join(here, "churn", name + ".txt"), "w") as out:
            write_run(run, again, out)
        if name == "poi_2.0":
            with open(os.path.join(here, "../../scenarios/linux-churn-poi-2.0.csv"), "w") as out:
                write_trace(run, out)


main()
