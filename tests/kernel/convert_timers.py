#!/usr/bin/env python3
"""Turns recorded timer experiments into tests/kernel/linux_timers.txt.

usage: convert_timers.py DATA_DIRECTORY > tests/kernel/linux_timers.txt

One line an experiment: its name, then numbers as key=value, a colon, and what was seen, in seconds.
Lives are "begin/seen,...,gone": when the socket was closed (or began to connect), when its counted
retransmissions were seen, when it was gone.  `step` is how often the recording looked; it saw
everything up to one step late, and where it says so (`late`) also the beginnings; `apart`: the lives
are not on one clock.  Of twexhaust the
tokens are "moment/connect to D/connect to E", 1 for success; of the others they are said where they
are written below.
"""
import glob
import json
import os
import sys


# Looks that came late in a row, where it was more than one: of the 108 sightings of findrop_fw1_0 one
# came 49 ms after the expiry, the others within 40.
OVERDUE = {"findrop_fw1_0": 2}


def number(seconds):
    return ("%.4f" % seconds).rstrip("0").rstrip(".")


def line(name, numbers, tokens):
    print(name, *("%s=%s" % item for item in numbers.items()), ":", *tokens)


def lives(pairs):
    return ["%s/%s" % (number(begin), ",".join(number(t) for t in seen)) for begin, seen in pairs]


def closed_and_gone(observed):
    return lives(zip(sorted(t for _, t in observed["close_calls"]), ([t] for t in sorted(observed["gone_at"]))))


def fin_wait_2(name, d):
    o = d["observed"]
    if name == "fw2_shutdown_owned":
        raw = o["summary"]["raw_durations"]
        begins = raw["FIN_WAIT2/owned"]
        line(name, {"timeout": d["inputs"]["tcp_fin_timeout"], "step": 0.05, "late": 1},
             lives((b, [b + life]) for b, life in zip(begins, raw["FIN_WAIT2/mini"])))
        return
    linger2 = [value for option, value in d["inputs"]["options"] if option == "LINGER2"]
    numbers = {"timeout": d["inputs"]["tcp_fin_timeout"], "step": 0.02}
    if linger2:
        numbers["linger2"] = linger2[0]
    line(name, numbers, closed_and_gone(o))


def fin_in_record(name, d):
    o = d["observed"]
    timeout = d["inputs"]["tcp_fin_timeout"]
    raw = o["client"]["raw_durations"]
    state = "TIME_WAIT/mini" if "TIME_WAIT/mini" in raw else "FIN_WAIT2/mini"
    gone = sorted(o["client_gone_at"])
    delay = int(d["inputs"]["policy"].split()[2]) / 1000
    line(name, {"timeout": timeout, "delay": delay if state.startswith("TIME") else 0, "step": 0.02, "late": 1},
         lives(sorted((t - life, [t]) for t, life in zip(gone, raw[state]))))


def time_wait(name, d):
    o = d["observed"]
    if name == "twlife_grid":
        begin = o["rows"][0][0]
        line(name, {"step": 0.01, "late": 1}, lives((a - begin, [b - begin]) for a, b in o["rows"]))
    else:
        line(name, {"step": 0.02}, closed_and_gone(o))


def fin_lost(name, d):
    o = d["observed"]
    if name == "findrop_user_timeout":
        for timeout, seconds in o["seconds_by_user_timeout_ms"].items():
            line("user_timeout_" + timeout, {"timeout": int(timeout) / 1000, "step": 0.01, "apart": 1}, lives((0, [s]) for s in seconds))
        return
    resent = [o["retransmit_times"][k] for k in sorted(o["retransmit_times"], key=lambda k: o["retransmit_times"][k])]
    begins, gone = sorted(t for _, t in o["close_calls"]), sorted(o["gone_at"])
    assert len(resent) == len(begins) == len(gone)
    line(name, {"retries": d["inputs"]["tcp_orphan_retries"], "step": 0.02, "overdue": OVERDUE.get(name, 1)},
         lives((b, r + [g]) for b, r, g in zip(begins, resent, gone)))


def syn_lost(name, d):
    o = d["observed"]
    begins = sorted(o["connect_calls"], key=lambda row: row[2])
    by_port = {int(key.split("|")[1]): seen for key, seen in o["retransmit_times"].items()}
    spread = o["summary"]["raw_durations"]["SYN_SENT/owned"]
    line(name, {"retries": d["inputs"]["tcp_syn_retries"], "linear": d["inputs"]["tcp_syn_linear_timeouts"],
                "shortest": number(min(spread)), "longest": number(max(spread)), "step": 0.01},
         lives((begin, by_port[port]) for port, _, begin in begins))


def served_first(name, d):
    server = d["observed"]["server_events"]
    begin, gone = {}, {}
    for t, key, state, *_ in server:
        if state == "GONE":
            gone[key] = t
        elif (key, state) not in begin:
            begin[key, state] = t
    waits = sorted((t, gone[key]) for (key, state), t in begin.items() if state == "TIME_WAIT")
    halves = sorted((t, gone[key]) for (key, state), t in begin.items()
                    if state == "FIN_WAIT2" and (key, "TIME_WAIT") not in begin)
    line("close_wait_time_wait", {"step": 0.05, "late": 1}, lives((a, [b]) for a, b in waits))
    line("close_wait_fin_wait_2", {"timeout": 60, "step": 0.05, "late": 1}, lives((a, [b]) for a, b in halves))


def exhausted(name, d):
    if name == "twexhaust_veth_tw1_b0ra":
        return  # TIME_WAITs were lost to resets in the burst [KERNEL.md T6]
    i = d["inputs"]
    line(name, {"ports": i["range"][1] - i["range"][0] + 1, "mode": i["mode"], "tw_reuse": i["tcp_tw_reuse"],
                "timestamps": i["ts"], "loopback": int(i["loopback"])},
         ("%s/%d/%d" % (number(s[0]), s[2] == "0", s[5] == "0") for s in d["observed"]["series"]))


def others(name, d):
    i, o = d["inputs"], d["observed"]
    if name.startswith("reusedelay_"):  # from close to the first success
        line(name, {"delay": i["tcp_tw_reuse_delay"], "tw_reuse": i["tcp_tw_reuse"], "loopback": int(i["loopback"])},
             map(number, sorted(o["raw"])))
    elif name.startswith("tw_preference_"):  # of each repetition: even ports, ports taken over
        line(name, {"tw_reuse": i["tcp_tw_reuse"]}, ("%d/%d" % (r["even"], r["taken_over"]) for r in o["rows"]))
    elif name.startswith("twbuckets_"):  # records kept, overflows, the first three ports again, the last three
        again = ["1" if e == "0" else "0" for e in o["connect_again_first3_last3"]]
        line(name, {"limit": i["tcp_max_tw_buckets"], "closes": i["count"], "server": i["policy"]},
             [str(len(o["which_ports_are_held(index)"])), str(o["counters_after"]["TCPTimeWaitOverflow"]), *again])
        assert o["which_ports_are_held(index)"] == list(range(len(o["which_ports_are_held(index)"])))
    elif name.startswith("fw2_reconnect_"):  # what connect() took
        line(name, {"timestamps": i["ts"]}, (number(r[-1] / 1e9) for r in o["reconnect_rows(first three, one after another)"]))
    elif name.startswith("serverfirst_reconnect_"):  # connects, and how many were accepted
        line(name, {"timestamps": i["ts"]}, [str(len(o["rows"])), str(o["ok"])])
    elif name == "tw_rst":  # TIME_WAITs before and after the resets, rfc1337 off and on
        line(name, {}, ("%d/%d" % (len(r["before"]), len(r["after"])) for r in o["rows"]))


KINDS = {"fw2_shutdown_owned": fin_wait_2, "fw2_reconnect": others, "fw2_data": None, "fw2fin_": fin_in_record,
         "fw2_": fin_wait_2, "twlife_": time_wait, "findrop_": fin_lost, "syndrop_": syn_lost, "close_wait": served_first,
         "twexhaust_": exhausted, "reusedelay_": others, "tw_preference": others, "twbuckets_": others,
         "serverfirst_reconnect": others, "tw_rst": others}

print("# Linux 6.18.44, HZ 250, network namespaces over veth: timers; made by convert_timers.py")
for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.json"))):
    name = os.path.basename(path)[:-len(".json")]
    kind = next((KINDS[k] for k in KINDS if name.startswith(k)), None)
    if kind:
        with open(path) as file:
            kind(name, json.load(file))
