#!/usr/bin/env python3
"""Turns recorded port sequences into tests/kernel/linux_sequences.txt.

usage: convert_sequences.py DATA_DIRECTORY [all] > tests/kernel/linux_sequences.txt

One line a sequence: recording, low, high, how the sockets asked, destinations asked in turn, "keep"
(all stay open) or "close" (each is gone before the next), then the ports as offsets from low in base
36, each as wide as the range needs; dashes are a failure.  How they asked: auto, np, pr
(IP_LOCAL_PORT_RANGE), b0, b0+ra, b0+rp, udp, udp+ra, udp+rp; "auto*21+b0*12" is 21 of one and then 12 of
the other, "auto/b0" is by turns.  "all" keeps every repetition.

Two lines are of another form: "epoch", low, high, then for each of two destinations, asked in turn every
20 ms, its ports; and "jump", destination, index of the first port behind the jump, and the times in ms
of the choices before and after it.
"""
import glob
import json
import os
import sys

# Repetitions kept of each kind; of sequences whose ports are kept open, and of the others.
KEPT = {"auto": (10, 3), "np": (5, 3), "b0": (20, 3), "b0+ra": (12, 3), "b0+rp": (5, 3)}
MIXED = {"b0": "b0*%d+auto*%d", "auto": "auto*%d+b0*%d", "b0,ra": "b0+ra*%d+auto*%d",
         "alternate": "auto/b0"}


def in_base_36(number, width):
    digits = ""
    for _ in range(width):
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    assert number == 0
    return digits


def code(low, high, ports):
    width = 1 if high - low < 36 else 2 if high - low < 36 * 36 else 3
    return "".join("-" * width if isinstance(p, str) else in_base_36(p - low, width) for p in ports)


def line(recording, bounds, asked, destinations, keep, ports):
    low, high = bounds
    print(recording, low, high, asked, destinations, "keep" if keep else "close", code(low, high, ports))


def plain(recording, inputs, raw, everything):
    asked = inputs["mode"].replace(",", "+")
    for kind, sequences in raw.items():
        keep = kind.startswith("fill")
        size = inputs["range"][1] - inputs["range"][0]
        count = 20 if size < 20 else 1 if size > 200 else KEPT[asked][0 if keep else 1]
        for ports in sequences if everything else sequences[:count]:
            line(recording, inputs["range"], asked, 2 if "2dst" in kind else 1, keep, ports)


def mixed(recording, inputs, runs):
    for run in runs:
        asked = [a for a, _ in run["seq"]]
        first = asked.index(asked[-1])
        text = MIXED[run["order"]]
        if run["order"] == "alternate":
            assert asked == (["auto", "b0"] * len(asked))[:len(asked)]
        else:
            assert asked == [asked[0]] * first + [asked[-1]] * (len(asked) - first)
            text %= (first, len(asked) - first)
        line(recording, inputs["range"], text, 1, True, [p for _, p in run["seq"]])


def epoch(inputs, series, jumps):
    low, high = inputs["range"]
    print("epoch", low, high, *(code(low, high, [p for _, p in ports]) for ports in series))
    for destination, (ports, found) in enumerate(zip(series, jumps)):
        start = series[0][0][0]
        times = [t for t, _ in ports]
        for before, after, _ in found:
            index = min(range(len(times)), key=lambda i: abs(times[i] - after))
            print("jump", destination, index, *(round(1000 * (t - start)) for t in (before, after)))


def read(path):
    with open(path) as file:
        return json.load(file)


def main():
    directory, everything = sys.argv[1], len(sys.argv) > 2
    recordings = {os.path.basename(p)[:-5]: read(p)
                  for p in sorted(glob.glob(os.path.join(directory, "*.json")))}
    print("# Linux 6.18.44-fc-v509, HZ 250: ports that bind() and connect() chose, recordings seq_*,"
          " stat_*, udp_* and cap_sockrange_*; made by convert_sequences.py")
    for name, recording in recordings.items():
        inputs, observed = recording["inputs"], recording["observed"]
        if name.startswith("seq_mix"):
            mixed("mix", inputs, observed["runs"])
        elif name == "seq_epoch":
            epoch(inputs, observed["series"], observed["jumps"])
        elif name == "seq_shared_state":
            rounds = (ports for turn in observed["raw"] for _, ports in turn)
            line("shared", inputs["range"], "auto", 1, False, [p for ports in rounds for p in ports])
        elif name.startswith("seq"):
            plain(name.split("_")[0], inputs, observed["raw"], everything)
        elif name.startswith("stat_udp"):
            line("stat-udp-" + inputs["mode"], inputs["range"], "udp", 1, False, observed["ports"])
        elif name.startswith("stat"):
            kind = "random" if "random" in name else "same"
            line("stat-" + kind, inputs["range"], inputs["mode"], 1, False, observed["ports"])
        elif name.startswith("cap_sockrange"):
            for run in observed["runs"]:
                if len(run.get("ports", [])) < 2:
                    continue
                bounds = (min(run["ports"]), max(run["ports"]))
                asked = "+".join(word for word in run["mode"].split(",") if "=" not in word)
                line("cap", bounds, asked if asked.startswith("b0") else "pr", 1, True, run["ports"])
        elif name.startswith("udp_"):
            for run in observed["runs"]:
                if "ports" not in run or run["type"] != "udp4" or run["mode"].startswith("b0="):
                    continue
                if inputs["range"][1] == 60999 and run["dests"] != 1 and not everything:
                    continue
                option = run["mode"].split(",")[-1]
                asked = "udp+" + option if option in ("ra", "rp") else "udp"
                line("udp", inputs["range"], asked, max(1, run["dests"]), True, run["ports"])


main()
