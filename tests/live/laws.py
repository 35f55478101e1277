#!/usr/bin/env python3
"""`make test-kernel`: the laws of KERNEL.md, asked of the kernel this machine runs.

usage: laws.py [--small] [--any-kernel]

The experiments are made live, in network namespaces of their own, and in the simulator; both must
answer alike.  A law is known for some kernels and timer frequencies; on others it is skipped,
unless --any-kernel asks to see what they do.  --small leaves out what takes long.  Needs root and
iproute2; where that is not given it says so and ends well.  Status 1: a law does not hold.
"""
import random
import sys
import time

import exits
import lab
import sequences
import simulator

AUTO, ZERO, NO_PORT = {}, {"bind": "bind-zero"}, {"bind": "bind-no-port"}
MODES = {"connect()": AUTO, "bind(0)": ZERO, "no-port bind": NO_PORT}
OPTIONS = {"": {}, " ra": {"reuse_address": True}, " rp": {"reuse_port": True}}

MEASURED = ((6, 18), (7, 0))  # from 7.0 the steps of the search are random


class Session:
    """What was found so far, and with what."""

    def __init__(self, machine, small, any_kernel):
        self.machine, self.small, self.any_kernel = machine, small, any_kernel
        self.kernel, self.hertz = lab.kernel(), lab.hertz()
        self.counts = {"holds": 0, "differs": 0, "skipped": 0}

    def report(self, verdict, law, what, text):
        self.counts[verdict] += 1
        print("  %-8s %-6s %s: %s" % (verdict, law, what, text), flush=True)

    def compare(self, law, what, live, simulated, alike=None):
        holds = live == simulated if alike is None else alike
        self.report("holds" if holds else "differs", law, what,
                    "live %s, simulated %s" % (live, simulated))

    def known(self, law, kernels=MEASURED, hertz=None):
        """False, with a message, where nobody has measured the law."""
        if self.any_kernel:
            return True
        if not kernels[0] <= self.kernel < kernels[1]:
            self.report("skipped", law, "kernel %d.%d" % self.kernel,
                        "known for %d.%d up to below %d.%d" % (kernels[0] + kernels[1]))
            return False
        if hertz and self.hertz != hertz:
            self.report("skipped", law, "HZ %s" % self.hertz, "known for HZ %d" % hertz)
            return False
        return True


# --- cases: so many sockets, then so many others ---------------------------------------------------

def step(mode, to, count, end="keep", kind="n"):
    return {"socket": mode, "to": to, "count": count, "end": end, "kind": kind}


def case(law, what, ports, *steps, **more):
    return {"law": law, "what": what, "range": ports, "steps": list(steps), **more}


def capacities():
    for name, mode in MODES.items():
        for count in (1, 2):
            yield case("C1" if mode is not ZERO else "C2",
                       "%s, 100 ports, %d destination%s" % (name, count, "s" * (count > 1)),
                       [50000, 50099], step(mode, list(range(count)), 100 * count + 20))
    yield case("C2", "bind(0) with SO_REUSEADDR, 2 destinations", [50000, 50099],
               step({"bind": "bind-zero", "reuse_address": True}, [0, 1], 220))
    yield case("P7", "connect(), range of 3", [50000, 50002], step(AUTO, [0], 10))
    yield case("P7", "connect(), range of 1", [50000, 50000], step(AUTO, [0], 3))


def starvation():
    for first in MODES:
        for second in MODES:
            yield case("C6", "%s holds 20 ports, %s to another destination" % (first, second),
                       [50000, 50019], step(MODES[first], [0], 20), step(MODES[second], [1], 25))


def left_out():
    reserved = [50010, 50011, 50012, 50019, 50050]
    for name, mode in MODES.items():
        yield case("C11", "%s, 5 of 100 reserved" % name, [50000, 50099],
                   step(mode, [0], 120), reserved=reserved)
    for name, mode in MODES.items():
        yield case("C12", "%s, 5 of 20 listening" % name, [50000, 50019], step(mode, [0], 30),
                   listen=[50000, 50003, 50004, 50005, 50011])


def matrix(small):
    """One port, a first socket in some state, a second one."""
    binds = dict(MODES, **{"bind(port)": {"bind": "explicit"}})
    ends = {"ESTABLISHED": ("keep", "n"), "TIME_WAIT": ("close", "n"), "FIN_WAIT_2": ("close", "h")}
    number = 0
    for first in MODES:
        for state, (end, kind) in ends.items():
            for second in binds:
                for option in OPTIONS:
                    for to in (0, 1):
                        number += 1
                        if small and number % 5:
                            continue
                        ports = [41000 + number, 41000 + number]
                        later = dict(binds[second], **OPTIONS[option])
                        if second == "bind(port)":
                            later["ring"] = ports
                        yield case("C7 T2 T5 F4", "%s%s in %s, then %s%s to %s destination" % (
                            first, option, state, second, option, ("the same", "another")[to]),
                            ports, step(dict(MODES[first], **OPTIONS[option]), [0], 1, end, kind),
                            step(later, [to], 1, "reset"))


def datagrams():
    for count in (1, 2):
        yield case("P10", "UDP connect(), 100 ports, %d destination%s" % (count, "s" * (count > 1)),
                   [50000, 50099], step(AUTO, list(range(count)), 120), udp=True)


def buckets():
    return [case("B1", "tcp_max_tw_buckets 10, 30 of 100 closed", [42000, 42099],
                 step(AUTO, [0], 30, "close"), step(AUTO, [0], 120),
                 sysctl={"tcp_max_tw_buckets": 10}),
            case("B1", "tcp_max_tw_buckets 0, 30 of 100 closed", [42100, 42199],
                 step(AUTO, [0], 30, "close"), step(AUTO, [0], 120),
                 sysctl={"tcp_max_tw_buckets": 0})]


DEFAULTS = {"tcp_fin_timeout": 60, "tcp_tw_reuse": 0, "tcp_tw_reuse_delay": 1000,
            "tcp_max_tw_buckets": 131072, "tcp_timestamps": 1, "tcp_syn_retries": 6}


def prepare(machine, experiment):
    machine.client.sysctl(values=dict(
        {key: value for key, value in DEFAULTS.items()
         if key in experiment.get("sysctl", {}) or key in machine.changed},
        ip_local_port_range="%d %d" % tuple(experiment["range"]),
        ip_local_reserved_ports=",".join(map(str, experiment.get("reserved", [])))))
    machine.client.sysctl(values=experiment.get("sysctl", {}))
    machine.changed |= set(experiment.get("sysctl", {}))


def play_live(machine, experiment):
    prepare(machine, experiment)
    machine.client.listen(ports=experiment.get("listen", []))
    answers = []
    for one in experiment["steps"]:
        results = machine.client.open(socket_options=one["socket"], count=one["count"],
                                      end=one["end"], kind=one["kind"],
                                      udp=experiment.get("udp", False),
                                      to=[machine.to(i) for i in one["to"]])
        errors = {}
        for result in results:
            if isinstance(result, str):
                errors[result] = errors.get(result, 0) + 1
        answers.append([len(results) - sum(errors.values()), errors])
        if one["end"] == "close":
            time.sleep(0.02)  # the FINs' round trip
    machine.client.drop()
    return answers


def in_words(answer):
    return "; ".join("%d%s" % (opened, "".join(" %s %d" % e for e in sorted(errors.items())))
                     for opened, errors in answer)


def cases(session, all_cases):
    all_cases = list(all_cases)
    if not session.known(all_cases[0]["law"]):
        return
    for begin in range(0, len(all_cases), 40):
        part = all_cases[begin:begin + 40]
        for experiment, simulated in zip(part, simulator.play(part)):
            live = play_live(session.machine, experiment)
            session.compare(experiment["law"], experiment["what"], in_words(live),
                            in_words(simulated))


# --- which port ------------------------------------------------------------------------------------

def port_sequences(session):
    """What connect() and bind(0) chose, against the laws; tests/ hold the simulator to the same."""
    if not session.known("P1-P7"):
        return
    for size in (32, 99, 100):  # of 16 every even port may follow every other
        for name, mode in dict(MODES, **{"bind(0) ra": dict(ZERO, reuse_address=True)}).items():
            for end in ("keep", "reset"):
                one_range(session, size, name, mode, end)


def breaches_of(mode, size, runs, keep):
    if mode.get("bind") == "bind-zero":
        return sequences.bind_breaches(size, runs, "reuse_address" in mode, keep)
    return sequences.connect_breaches(size, runs, keep)


def one_range(session, size, name, mode, end):
    """What was seen must obey the law; the same ports in another order must not."""
    low, runs, chance = 50000, [], random.Random(1)
    prepare(session.machine, {"range": [low, low + size - 1]})
    for _ in range(3 if session.small else 10):
        results = session.machine.client.open(socket_options=mode, count=size + 3, end=end,
                                              to=[session.machine.to(0)])
        runs.append([None if isinstance(r, str) else r - low for r in results])
        session.machine.client.drop()
    found = breaches_of(mode, size, runs, end == "keep")
    shuffled = [chance.sample(run, len(run)) for run in runs]
    # bind(0) has no memory: once closed, any port it may give it may give at any time
    ordered = end == "keep" or mode.get("bind") != "bind-zero"
    control = breaches_of(mode, size, shuffled, end == "keep") if ordered else len(runs)
    law = "P1-P4" if mode.get("bind") != "bind-zero" else "P6" if "reuse_address" in mode else "P5"
    session.report("differs" if found or control < len(runs) else "holds", law,
                   "%s, %d ports, %s" % (name, size, "kept" if end == "keep" else "reset"),
                   "%d of %d sequences break the law%s" % (
                       found, len(runs), ", shuffled %d" % control if ordered else ""))


# --- timers ----------------------------------------------------------------------------------------

LOOK_S = 0.002  # the agent looks that often
LATE_S = 0.03   # a busy machine wakes it late
TRIES = 3       # and then only later, never earlier: what fits once is the kernel's own


def within(simulated, seconds):
    shortest, longest = simulated
    return seconds is not None and shortest - LOOK_S <= seconds <= longest + LATE_S


def time_of(measure, simulated):
    """Seconds measured, again while they do not fit."""
    for _ in range(TRIES):
        seconds = measure()
        if within(simulated, seconds):
            break
    return seconds


def compare_times(session, law, what, measure, simulated):
    live = time_of(measure, simulated)
    session.compare(law, what, "%s s" % (live and "%.3f" % live), "%.3f to %.3f s" % simulated,
                    within(simulated, live))


def fin_wait_2(session):
    """Median over 20 connections: single ones may be seen late."""
    if not session.known("F1", hertz=250):
        return
    for seconds in (1, 61) if session.small else (1, 2, 5, 61):
        experiment = {"range": [43000, 43999], "sysctl": {"tcp_fin_timeout": seconds}}
        prepare(session.machine, experiment)

        def median():
            lives = sorted(session.machine.client.hold(
                to=session.machine.to(0), kind="h", count=20, state="FIN_WAIT_2",
                ports=[43000, 43999], limit_s=8))
            return lives[len(lives) // 2] if len(lives) == 20 else None

        compare_times(session, "F1" if seconds <= 60 else "F2",
                      "tcp_fin_timeout %d, median FIN_WAIT_2 of 20" % seconds, median,
                      simulator.stay_in("FIN_WAIT_2", experiment, "h", range(0, 256, 4)))


def reuse_delay(session):
    """The one port, closed, is asked for every 2 ms."""
    if not session.known("T3"):
        return
    for delay in (300,) if session.small else (300, 1000):
        for attempt in range(TRIES):  # each leaves a TIME_WAIT on its port
            port = 44000 + 10 * (delay // 100) + attempt
            experiment = {"range": [port, port],
                          "sysctl": {"tcp_tw_reuse": 1, "tcp_tw_reuse_delay": delay}}
            prepare(session.machine, experiment)
            live = session.machine.client.retake(to=session.machine.to(0), kind="n", step_ms=2,
                                                 limit_s=5)
            simulated = simulator.retake(experiment)
            if within((simulated, simulated), live):
                break
        session.compare("T3", "tcp_tw_reuse 1, tcp_tw_reuse_delay %d ms" % delay,
                        "retaken after %s s" % (live and "%.3f" % live), "%.3f s" % simulated,
                        within((simulated, simulated), live))


def lost_syn(session):
    """tcp_syn_retries: how long connect() tries when nobody answers."""
    if session.small or not session.known("X4", hertz=250):
        return
    session.machine.nft("add table ip portsim", "add chain ip portsim in { type filter hook input "
                        "priority 0 ; }", "add rule ip portsim in tcp dport 7001 drop")
    for retries in (1, 2):
        experiment = {"range": [46000, 46099], "sysctl": {"tcp_syn_retries": retries}}
        prepare(session.machine, experiment)

        def until_it_gives_up():
            after, error = session.machine.client.never_answered(to=session.machine.to(0))
            return after if error == "ETIMEDOUT" else None

        compare_times(session, "X4", "tcp_syn_retries %d, until ETIMEDOUT" % retries,
                      until_it_gives_up, simulator.stay_in("SYN_SENT", experiment, "n",
                                                           range(0, 256, 4), loss=1))
    session.machine.nft("delete table ip portsim")


# --- churn -----------------------------------------------------------------------------------------

def short_churn(session):
    """100 ports, 40 a second for 40 s, lives of 0.1 s, a server that never closes and
    tcp_fin_timeout 4: each port is taken for 4.1 to 4.4 s.  Totals of the kernel itself differ by
    up to 0.4 percent from run to run [KERNEL.md section 5]; 0.5 are allowed."""
    if session.small or not session.known("churn", hertz=250):
        return
    arrivals = [[0.5 + i / 40, 0.1, "h"] for i in range(1600)]
    experiment = {"range": [45000, 45099], "sysctl": {"tcp_fin_timeout": 4}}
    prepare(session.machine, experiment)
    simulated = simulator.churn(experiment, arrivals, range(0, 256, 16))
    live = sum(session.machine.client.churn(arrivals=arrivals, to=session.machine.to(0)))
    session.compare("churn", "100 ports, 40/s for 40 s, held 4.1 s", "%d opened" % live,
                    "%d to %d" % (min(simulated), max(simulated)),
                    min(simulated) * 0.995 <= live <= max(simulated) * 1.005)


EXPERIMENTS = [
    lambda session: cases(session, capacities()),
    lambda session: cases(session, starvation()),
    lambda session: cases(session, left_out()),
    lambda session: cases(session, datagrams()),
    lambda session: cases(session, buckets()),
    lambda session: cases(session, matrix(session.small)),
    port_sequences,
    fin_wait_2,
    reuse_delay,
    lost_syn,
    short_churn,
] + exits.EXPERIMENTS


def all_laws(session):
    for experiment in EXPERIMENTS:
        try:
            experiment(session)
        except lab.CannotTry as why:
            session.report("skipped", "", "", str(why))


def main():
    machine = lab.Lab()
    session = Session(machine, "--small" in sys.argv, "--any-kernel" in sys.argv)
    print("test-kernel: Linux %d.%d, HZ %s" % (session.kernel + (session.hertz,)))
    try:
        machine.open()
    except lab.CannotTry as why:
        print("test-kernel: skipped: %s" % why)
        return 0
    try:
        all_laws(session)
    finally:
        machine.close()
    print("test-kernel: %(holds)d hold, %(differs)d differ, %(skipped)d skipped" % session.counts)
    return 1 if session.counts["differs"] else 0


sys.exit(main())
