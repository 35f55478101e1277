#!/usr/bin/env python3
"""Turns recorded answers of bind() and connect() into tests/kernel/linux_binding.txt.

usage: convert_binding.py DATA_DIRECTORY > tests/kernel/linux_binding.txt

A scene is one namespace:

    scene RECORDING LOW HIGH [reserved=LOW-HIGH+PORT..] [autobind_reuse] [times=N]

and what happens in it, in order.  What is opened stays open until the scene's end, or `drop`:

    listen LAW TYPE MODE PORT
    open LAW TYPE MODE DESTINATIONS CALLS STOP = COUNTS ERRORS
    drop

`open` makes up to CALLS sockets, which connect to the destinations in turn, until STOP calls in a row have
failed.  COUNTS are the numbers of sockets that were got, over all repetitions of the scene; ERRORS are
errno@stage, where stage is b or c (bind, connect), "-" where nothing failed.  `drop` closes
what the last `open` got.

TYPE: tcp4, tcp6, udp4, udp6.  MODE: auto, b0, np, bp (bind() to the lowest port of the range), each with
=ADDRESS where bind() named one, and ra, rp, v6o, pr=LOW-HIGH.  ADDRESS: CA and CA2 are the client's, LO9 is
127.0.0.9.  DESTINATION: a letter is an address, 6 behind it means IPv6, M before it v4-mapped; then /port;
"-" for none.
"""
import json
import os
import sys

directory = sys.argv[1]
LETTERS = "DEFGH"


def load(name):
    with open(os.path.join(directory, name + ".json")) as f:
        return json.load(f)


def recordings(prefix):
    return sorted(n[:-5] for n in os.listdir(directory) if n.startswith(prefix) and n.endswith(".json"))


def scene(name, bounds, *more):
    print("scene", name, *bounds, *more)


def put(law, kind, mode, destinations, calls, stop, counts, errors):
    print("open", law, kind, mode, destinations, calls, stop, "=", ",".join(str(c) for c in sorted(set(counts))),
          ",".join(sorted(errors)) or "-")


def at(errors, stages):
    assert len(stages) <= 1
    return {e + "@" + stages[0] for e in errors if e != "0"}


def capacity_law(mode):
    return "C2" if mode.startswith("b0") else "C1"


def capacities():
    for name in [n for n in recordings("cap_5")]:
        data = load(name)
        dests = data["inputs"]["dests"]
        ips = sorted({ip for ip, _ in dests})
        where = ",".join("%s/%d" % (LETTERS[ips.index(ip)], port) for ip, port in dests)
        size = data["inputs"]["range"][1] - data["inputs"]["range"][0] + 1
        for mode, rows in data["observed"]["modes"].items():
            summary = rows["summary"]
            scene(name, data["inputs"]["range"], "times=%d" % summary["reps"])
            counts = [summary["ok"]["min"], summary["ok"]["max"]] + [r["ok"] for r in rows["runs"]]
            put(capacity_law(mode), "tcp4", mode, where, size * len(dests) + 45, 40, counts, summary["errors_seen"])


def fills(name, law, reuse=False):
    data = load(name)
    inputs = data["inputs"]
    ips = [d for d in inputs["dests"]]
    own = {inputs.get("client"): "CA", inputs.get("client2"): "CA2"}
    kinds = {}
    for run in data["observed"]["runs"]:
        kinds.setdefault(run["mode"], []).append(run["fills"])
    for mode, runs in kinds.items():
        scene(name, inputs["range"], *(["autobind_reuse"] if reuse else []), "times=%d" % len(runs))
        for i, first in enumerate(runs[0]):
            alike = [r[i] for r in runs]
            asked = mode
            if "alternating" in mode:
                asked = mode.split()[0]
                source = own[first["src"]]
                asked = asked.replace("b0", "b0=" + source) if "b0" in asked else asked + ",b0=" + source
            for address, word in own.items():
                if address:
                    asked = asked.replace("=" + address, "=" + word)
            dest = first.get("dest", inputs["dests"][0])
            ip, port = dest if isinstance(dest, list) else (dest, 7001)
            # where a relaxed bind() draws at random, 40 failures in a row come by chance before the last
            # port: the largest count stands, and the simulator is given more calls
            relaxed = reuse and mode == "b0,ra" and i > 0
            counts = [f["ok"] for f in alike]
            put(law or capacity_law(asked.replace("np,", "np ")), "tcp4", asked, "%s/%d" % (LETTERS[ips.index(ip)], port),
                10000 if relaxed else 145, 1000 if relaxed else 40, [max(counts)] if relaxed else counts,
                {e for f in alike for e in at(f["errors"], f["stage"])})


def socket_ranges():
    for name in recordings("cap_sockrange_"):
        if name.endswith("_inverted"):
            continue  # EINVAL at setsockopt(): a scenario cannot state it
        data = load(name)
        kinds = {}
        for run in data["observed"]["runs"]:
            kinds.setdefault(run["mode"], []).append(run)
        for mode, runs in kinds.items():
            scene(name, data["inputs"]["range"], "times=%d" % len(runs))
            put("C13", "tcp4", mode if "b0" in mode or "np" in mode else "auto," + mode, "D/7001", 145, 10,
                [r["ok"] for r in runs], {e for r in runs for e in at(r["errors"], r["stage"])})


def place(word):
    return "-" if word is None else {"ME": "ME", "MD": "MD"}.get(word, word) + "/7001"


def starvation_law(row):
    if row["B_type"].startswith("udp"):
        return "C10"
    if "tcp6" in (row["A"].split()[0], row["B_type"]):
        return "C9"
    bound = row["A"].startswith("b0")
    if not row["B"].startswith("b0"):
        return "C4" if bound else "C6"
    return "C6" if bound else "C5"


def starvation():
    for name in recordings("starve_5"):
        data = load(name)
        size = data["inputs"]["range"][1] - data["inputs"]["range"][0] + 1
        holders = []
        for row in data["observed"]["rows"]:
            holder = (row["A"], row["A_dest"], row["A_ok"])
            if holder not in holders:
                holders.append(holder)
                kind, mode = row["A"].split() if " " in row["A"] else ("tcp4", row["A"])
                scene(name, data["inputs"]["range"])
                put("-", kind, mode, place(row["A_dest"]), size, 3, [row["A_ok"]], set())
            assert holder == holders[-1]
            put(starvation_law(row), row["B_type"], row["B"], place(row["B_dest"]), size + 5, 5, [row["B_ok"]],
                at(row["B_errors"], row["B_stage"]))
            print("drop")


def v6only():
    data = load("starve_v6only")
    before = None
    for row in data["observed"]["rows"]:
        if row["A"] != before:
            before = row["A"]
            scene("starve_v6only", data["inputs"]["range"])
            put("-", *row["A"].split(), "-", 20, 3, [row["A_ok"]], set())
        crossing = row["A"][:3] != row["B"][:3]
        put("C10" if crossing else "C9", *row["B"].split(), "-", 26, 6 if row["B_ok"] == 0 else 5, [row["B_ok"]],
            {e + "@b" for e in row["B_errors"]})
        print("drop")


def stage(errors, mode):
    return {e + ("@b" if mode.startswith("b0") else "@c") for e in errors}


def listeners():
    data = load("listeners_50000-50019")
    words = {"": "bp", "REUSEADDR": "bp,ra", "REUSEPORT": "bp,rp"}
    hosts = {"0.0.0.0": "bp", data["inputs"]["client"]: "bp=CA", "127.0.0.1": "bp=LO9"}
    before, kinds = None, {}
    for run in data["observed"]["runs"]:
        kinds.setdefault((run["listen_addr"], run["listen_opt"], run["type"], run["mode"]), []).append(run)
    for (address, option, kind, mode), runs in kinds.items():
        if (address, option) != before:
            before = (address, option)
            scene("listeners_50000-50019", data["inputs"]["range"])
            for port in data["inputs"]["listeners"]:
                print("listen C12 tcp4", words[option].replace("bp", hosts[address]), port)
        put("C12", kind, mode, "D6/7001" if kind == "tcp6" else "D/7001", 25, 6, [r["ok"] for r in runs],
            {e for r in runs for e in stage(r["errors"], mode)})
        print("drop")


def reserved():
    for name in recordings("reserved_"):
        data = load(name)
        inputs = data["inputs"]
        ports = inputs["ip_local_reserved_ports"]
        size = inputs["range"][1] - inputs["range"][0] + 1
        kinds = {}
        for run in data["observed"]["runs"]:
            kinds.setdefault((run["type"], run["mode"]), []).append(run)
        for (kind, mode), runs in kinds.items():
            scene(name, inputs["range"], "reserved=" + ports.replace(",", "+"), "times=%d" % len(runs))
            put("C11", kind, mode, "D6/7001" if kind == "tcp6" else "D/7001", size + 9, 6, [r["ok"] for r in runs],
                {e for r in runs for e in stage(r["errors"], mode)})
        first = int(ports.split(",")[0].split("-")[0])
        scene(name, (first, inputs["range"][1]), "reserved=" + ports.replace(",", "+"))
        assert data["observed"]["explicit_bind_to_a_reserved_port"] == "0"
        put("C11", "tcp4", "bp", "D/7001", 1, 1, [1], set())


def sharing():
    data = load("explicit_port_sharing")
    for row in data["observed"]["rows"]:
        assert row["holder_err"] == "0"
        scene("explicit_port_sharing", (51000, 51000))
        if row["holder"].startswith("LISTEN"):
            print("listen - tcp4", row["holder"].replace("LISTEN", "bp"), 51000)
        else:
            put("-", "tcp4", row["holder"], "D/7001", 1, 1, [1], set())
        failed = row["err"] != "0"
        put("C7", "tcp4", row["second"], "D/7001" if row["dest"] == "same" else "E/7001", 1, 1, [0 if failed else 1],
            {row["err"] + "@" + row["stage"]} if failed else set())


def release():
    for row in load("bucket_release")["observed"]["rows"]:
        if row["rep"]:
            continue
        options = "".join("," + o for o in row["binder"].split(",") if o in ("ra", "rp"))
        scene("bucket_release", (52001, 52001))
        put("C8", "tcp4", "auto", "D/7001", 1, 1, [int(row["auto_to_D"] == "0")], set())
        put("C8", "tcp4", "bp=LO9" + options, "-", 1, 1, [int(row["bind_other_addr"] == "0")], set())
        put("C8", "tcp4", "auto", "E/7001", 1, 1, [0], {row["auto_to_E_while_bound"] + "@c"})
        print("drop\ndrop")
        put("C8", "tcp4", "auto", "E/7001", 1, 1, [int(row["auto_to_E_after_binder_closed"] == "0")], set())


def udp():
    for name in recordings("udp_"):
        data = load(name)
        size = data["inputs"]["range"][1] - data["inputs"]["range"][0] + 1
        kinds = {}
        for run in data["observed"]["runs"]:
            if "stage" in run:
                kinds.setdefault((run["type"], run["mode"], run["dests"]), []).append(run)
        for (kind, mode, dests), runs in kinds.items():
            asked = mode.replace("=" + data["inputs"]["client"], "=CA")
            scene(name, data["inputs"]["range"], "times=%d" % len(runs))
            put("P10", kind, asked, ["-", "D/7001", "D/7001,E/7001"][dests], size + 20 if size > 1000 else 2 * size + 20, 10,
                [r["ok"] for r in runs], {e for r in runs for e in at(r["errors"], r["stage"])})
        for run in data["observed"]["runs"]:
            if "stage" not in run:
                scene(name, data["inputs"]["range"])
                for kind, ok, errors in zip(("udp4", "udp6", "tcp4"), run["ok"], run["errors"]):
                    put("C10", kind, "b0", "-", size, 10, [ok], {e + "@b" for e in errors if e != "0"})
                break


print("# Linux 6.18.44, HZ 250: answers of bind() and connect(), recordings cap_*, capfill_*, starve_*, listeners_*,")
print("# reserved_*, explicit_port_sharing, bucket_release and udp_*; made by convert_binding.py")
capacities()
fills("capfill_50000-50099", None)
fills("cap_autobind_reuse_50000-50099", "C14", True)
socket_ranges()
starvation()
v6only()
listeners()
reserved()
sharing()
release()
udp()
