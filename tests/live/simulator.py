"""The same experiments in the simulator: scenarios for `portsim run`, and what it answers.

A case is a host with a range of its own and steps, one after the other; a step is so many attempts
with one kind of socket.  All cases of a call are hosts of one scenario, which never meet.
"""
import json
import os
import shutil
import subprocess
import tempfile

PROGRAM = os.environ.get("PORTSIM", "build/portsim")

# What a sysctl of the kernel is called in the simulator.
KEYS = {
    "tcp_fin_timeout": lambda v: {"fin_wait_2": "%ds" % v},
    "tcp_tw_reuse": lambda v: {"tw_reuse": ["off", "on", "loopback"][v]},
    "tcp_tw_reuse_delay": lambda v: {"tw_reuse_delay": "%dms" % v},
    "tcp_max_tw_buckets": lambda v: {"max_tw_buckets": v},
    "tcp_timestamps": lambda v: {"timestamps": bool(v)},
    "tcp_syn_retries": lambda v: {"syn": {"retries": v}},
}

SERVER_CLOSES = {"n": "prompt", "h": "never"}
FOR_EVER = 1e6


def host_of(case, phase=0):
    tcp = {"range": case["range"], "timer_phase": "%dms" % phase}
    for key, value in case.get("sysctl", {}).items():
        tcp.update(KEYS[key](value))
    if case.get("udp"):  # what chooses a port for UDP, asked by a TCP that holds it for ever
        tcp.update(allocator="linux-udp", scope="port", exhausted="EAGAIN")
    host = {"stack": "linux518", "tcp": tcp}
    for key in ("reserved", "listen"):
        if case.get(key):
            host[key] = case[key]
    return host


def run(scenario):
    """The metrics of a run, by name."""
    folder = tempfile.mkdtemp(prefix="portsim-live-")
    try:
        for name, rows in scenario.pop("traces").items():
            with open(os.path.join(folder, name + ".csv"), "w") as f:
                f.write("t_s,life_s\n" + "".join("%.6f,%.6f\n" % row for row in rows))
        path = os.path.join(folder, "live.json")
        with open(path, "w") as f:
            json.dump(scenario, f)
        done = subprocess.run([PROGRAM, "run", path, "-o", os.path.join(folder, "run"), "--quiet",
                               "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            raise RuntimeError("%s run: %s" % (PROGRAM, done.stderr.strip()))
        metrics = json.loads(done.stdout)["metrics"]
        return {name: metric["value"] for name, metric in metrics.items()}
    finally:
        shutil.rmtree(folder)


def empty(name, seconds):
    hosts = {"server%d" % i: {"stack": "linux518"} for i in (0, 1)}
    return {"name": name, "duration": "%.3fs" % seconds, "network": {"rtt": "100us"},
            "hosts": hosts, "apps": {}, "traces": {}}


def add_app(scenario, name, client, to, rows, options, kind):
    scenario["traces"][name] = rows
    scenario["apps"][name] = {
        "from": client, "to": "server%d:7001" % to,
        "arrivals": {"kind": "trace", "file": name + ".csv"},
        "lifetime": {"kind": "constant", "value": "1s"},
        "server_close": [{"kind": SERVER_CLOSES[kind]}], "socket": options}


def add_steps(scenario, number, case):
    """Steps begin a second apart, attempts a millisecond."""
    names, moment = [], 0.5
    for i, step in enumerate(case["steps"]):
        names.append([])
        options = dict(step.get("socket", {}))
        if step["end"] == "reset":
            options["linger_zero"] = True
        life = FOR_EVER if step["end"] == "keep" else 0.0005
        for turn, to in enumerate(step["to"]):
            name = "c%ds%dt%d" % (number, i, turn)
            rows = [(moment + j / 1000, life) for j in range(turn, step["count"], len(step["to"]))]
            if rows:
                add_app(scenario, name, "c%d" % number, to, rows, options, step.get("kind", "n"))
                names[-1].append(name)
        moment += 1 + step["count"] / 1000
    return names, moment


def failures_of(metrics, app):
    prefix = "apps.%s.failures." % app
    return {name[len(prefix):]: int(value) for name, value in metrics.items()
            if name.startswith(prefix) and not name.endswith("_per_s") and value}


def play(cases):
    """For each case, for each step: [opened, {error: how many}]."""
    scenario, names, last = empty("live", 1), [], 1.0
    for number, case in enumerate(cases):
        scenario["hosts"]["c%d" % number] = host_of(case)
        own, moment = add_steps(scenario, number, case)
        names.append(own)
        last = max(last, moment)
    scenario["duration"] = "%.3fs" % last
    metrics = run(scenario)
    answers = []
    for own in names:
        answers.append([])
        for apps in own:
            errors = {}
            for app in apps:
                for error, count in failures_of(metrics, app).items():
                    errors[error] = errors.get(error, 0) + count
            answers[-1].append([sum(int(metrics["apps.%s.successes" % app]) for app in apps),
                                errors])
    return answers


def stay_in(state, case, kind, phases, loss=0):
    """The shortest and the longest time one connection, closed at once, stays in that state over
    phases of the timer grid (ms)."""
    seconds = 80
    scenario = empty("live-stay", seconds)
    scenario["network"]["loss"] = loss
    for number, phase in enumerate(phases):
        scenario["hosts"]["c%d" % number] = host_of(case, phase)
        add_app(scenario, "a%d" % number, "c%d" % number, 0, [(0.5, 0.0005)], {}, kind)
    metrics = run(scenario)
    stays = [metrics["hosts.c%d.tcp4.sockets.%s" % (i, state)] * seconds
             for i in range(len(phases))]
    return min(stays), max(stays)


def retake(case):
    """How long a closed connection keeps the one port from attempts every 2 ms."""
    seconds = 10
    scenario = empty("live-retake", seconds)
    scenario["hosts"]["c0"] = host_of(case)
    add_app(scenario, "first", "c0", 0, [(0.5, 0.0005)], {}, "n")
    add_app(scenario, "again", "c0", 0, [(0.502 + i * 0.002, FOR_EVER) for i in range(4000)], {}, "n")
    return run(scenario)["hosts.c0.tcp4.sockets.TIME_WAIT"] * seconds


def churn(case, arrivals, phases):
    """How many are opened, for each phase of the timer grid (ms)."""
    scenario, opened = empty("live-churn", arrivals[-1][0] + 1), []
    kinds = sorted({kind for _, _, kind in arrivals})
    for number, phase in enumerate(phases):
        scenario["hosts"]["c%d" % number] = host_of(case, phase)
        for kind in kinds:
            add_app(scenario, "c%d%s" % (number, kind), "c%d" % number, 0,
                    [(moment, life) for moment, life, k in arrivals if k == kind], {}, kind)
    metrics = run(scenario)
    for number in range(len(phases)):
        opened.append(sum(int(metrics["apps.c%d%s.successes" % (number, kind)])
                          for kind in kinds))
    return opened
