"""What the kernel does with the sockets of a process that is killed, state by state.

A process of its own brings one connection into a state and is killed with SIGKILL; what is left of
it at both ends is compared with what the simulator leaves when the process is not `running` any
more.  Likewise a machine that was restarted and comes back on an old port.
"""
import time

import simulator

# name, what the server does, how the client begins, options of its socket
STATES = [
    ("ESTABLISHED, server closes in answer", "n", "keep", {}),
    ("ESTABLISHED, server never closes", "h", "keep", {}),
    ("ESTABLISHED, linger 0", "n", "keep", {"linger_zero": True}),
    ("CLOSE_WAIT", "f", "keep", {}),
    ("FIN_WAIT_2, shut down", "h", "shut", {}),
    ("FIN_WAIT_2, closed", "h", "close", {}),
    ("TIME_WAIT, shut down", "n", "shut", {}),
    ("TIME_WAIT, closed", "n", "close", {}),
]
FIRST_PORT = 47000
EXIT_S, LOOK_S = 0.2, 0.1  # the states are reached, and looked at, so long after


def killed(machine, port, kind, how, options):
    """The states of both ends after the kill: "FIN_WAIT_2, CLOSE_WAIT"."""
    machine.client.sysctl(values={"ip_local_port_range": "%d %d" % (port, port)})
    victim = machine.agent(machine.inside)
    opened = victim.begin(socket_options=options, to=machine.to(0), kind=kind, how=how)
    if opened != port:
        return "no connection: %s" % opened
    time.sleep(EXIT_S)
    victim.kill()
    time.sleep(LOOK_S)
    return "%s, %s" % (machine.client.state_at(port=port, remote=False) or "gone",
                       machine.server.state_at(port=port, remote=True) or "gone")


def simulated():
    """The same of every row of STATES, in order."""
    scenario = {"name": "live-exits", "duration": "3s", "network": {"rtt": "100us"},
                "hosts": {}, "apps": {}, "traces": {}, "changes": [{"at": "2s", "set": {}}],
                "phases": {"then": ["2.1s", "3s"]}}
    for i, (_, kind, how, options) in enumerate(STATES):
        port = FIRST_PORT + i
        scenario["hosts"]["c%d" % i] = dict(simulator.host_of({"range": [port, port]}),
                                            processes={"victim": {}})
        scenario["hosts"]["s%d" % i] = {"stack": "linux518"}
        life = simulator.FOR_EVER if how == "keep" and kind != "f" else 0.0005
        simulator.add_app(scenario, "a%d" % i, "c%d" % i, 0, [(0.5, life)], options,
                          "n" if kind == "f" else kind)
        scenario["apps"]["a%d" % i].update(
            to="s%d:7001" % i, process="victim",
            closes_first="server" if kind == "f" else "client",
            leaks={"f": {"close_wait": 1}, "n": {"after_time_wait": int(how == "shut")},
                   "h": {"half_closed": int(how == "shut")}}[kind])
        scenario["changes"][0]["set"]["hosts.c%d.processes.victim.running" % i] = False
    metrics = simulator.run(scenario)
    return ["%s, %s" % (state_of(metrics, "c%d" % i), state_of(metrics, "s%d" % i))
            for i in range(len(STATES))]


def state_of(metrics, host):
    prefix = "hosts.%s.tcp4.sockets." % host
    for name, value in metrics.items():
        if name.startswith(prefix) and name.endswith("@then") and ".max" not in name and value:
            return name[len(prefix):-len("@then")]
    return "gone"


def state_by_state(session):
    if not session.known("exit"):
        return
    session.machine.client.sysctl(values={"tcp_fin_timeout": 60, "tcp_max_tw_buckets": 131072})
    for i, (expected, (what, kind, how, options)) in enumerate(zip(simulated(), STATES)):
        session.compare("exit", "killed in %s" % what,
                        killed(session.machine, FIRST_PORT + i, kind, how, options), expected)


def orphan(session):
    """FIN_WAIT_2 whose descriptor is open has no limit; killed, it has tcp_fin_timeout."""
    if not session.known("exit", hertz=250):
        return
    machine, port = session.machine, FIRST_PORT + 50
    experiment = {"range": [port, port], "sysctl": {"tcp_fin_timeout": 1}}
    machine.client.sysctl(values={"tcp_fin_timeout": 1,
                                  "ip_local_port_range": "%d %d" % (port, port)})
    machine.changed.add("tcp_fin_timeout")
    victim = machine.agent(machine.inside)
    victim.begin(socket_options={}, to=machine.to(0), kind="h", how="shut")
    time.sleep(2)
    before = machine.client.state_at(port=port, remote=False)
    killed_at = time.monotonic()
    victim.kill()
    while machine.client.state_at(port=port, remote=False) and time.monotonic() < killed_at + 3:
        time.sleep(0.002)
    lived = time.monotonic() - killed_at
    shortest, longest = simulator.stay_in("FIN_WAIT_2", experiment, "h", range(0, 256, 4))
    session.compare("exit", "shut down, tcp_fin_timeout 1, FIN_WAIT_2 after the kill",
                    "%s for 2 s, then %.3f s" % (before, lived),
                    "FIN_WAIT_2 for 2 s, then %.3f to %.3f s" % (shortest, longest),
                    before == "FIN_WAIT_2" and shortest - 0.01 <= lived <= longest + 0.05)


def unclosed(session):
    """After the connection a port that connect() or bind(0) chose is free, one that bind() was
    given is not, until close() [KERNEL.md R1]: here both ends have closed in order, and TIME_WAIT
    is left out (tcp_max_tw_buckets 0)."""
    if not session.known("R1"):
        return
    machine = session.machine
    machine.changed.add("tcp_max_tw_buckets")
    machine.client.sysctl(values={"tcp_max_tw_buckets": 0})
    binds = (("connect()", {}), ("bind(0)", {"bind": "bind-zero"}), ("bind(port)", None))
    for i, (what, options) in enumerate(binds):
        port = FIRST_PORT + 60 + i
        options = options if options is not None else {"bind": "explicit", "ring": [port, port]}
        machine.client.sysctl(values={"ip_local_port_range": "%d %d" % (port, port)})
        victim = machine.agent(machine.inside)
        victim.begin(socket_options=options, to=machine.to(0), kind="n", how="shut")
        time.sleep(EXIT_S)
        again = ["taken" if isinstance(r, str) else "free" for r in machine.client.open(
            socket_options={}, to=[machine.to(1)], count=1, end="reset")]
        victim.kill()
        time.sleep(LOOK_S)
        again += ["taken" if isinstance(r, str) else "free" for r in machine.client.open(
            socket_options={}, to=[machine.to(1)], count=1, end="reset")]
        session.compare("R1", "%s, never closed; then the process is killed" % what,
                        ", ".join(again), ", ".join(unclosed_simulated(port, options)))


def unclosed_simulated(port, options):
    scenario = simulator.empty("live-unclosed", 5)
    case = {"range": [port, port], "sysctl": {"tcp_max_tw_buckets": 0}}
    scenario["hosts"]["c0"] = dict(simulator.host_of(case), processes={"victim": {}})
    simulator.add_app(scenario, "victim", "c0", 0, [(0.5, 0.0005)], options, "n")
    scenario["apps"]["victim"]["leaks"] = {"after_time_wait": 1}
    for name, moment in (("before", 1.5), ("after", 3.5)):
        simulator.add_app(scenario, name, "c0", 1, [(moment, 0.0005)], {"linger_zero": True}, "n")
    scenario["changes"] = [{"at": "3s", "set": {"hosts.c0.processes.victim.running": False}}]
    metrics = simulator.run(scenario)
    return ["free" if metrics["apps.%s.successes" % name] else "taken"
            for name in ("before", "after")]


def comes_back(session):
    """A client whose machine was restarted takes the port it had: the server still believes in the
    old connection.  SYN, challenge ACK, RST, SYN again, as after FIN_WAIT_2 [KERNEL.md F6].  Here
    the client resets, and the RST is lost: to the server that is the same."""
    if not session.known("F6", hertz=250):
        return
    machine, port = session.machine, FIRST_PORT + 70
    shortest, longest = come_back_simulated(port)
    machine.nft("add table ip portsim", "add chain ip portsim in { type filter hook input "
                "priority 0 ; }")
    for attempt in range(3):  # a busy machine may be late
        one = port + attempt
        machine.client.sysctl(values={"ip_local_port_range": "%d %d" % (one, one)})
        machine.client.begin(socket_options={}, to=machine.to(0), kind="h", how="keep")
        machine.nft("add rule ip portsim in tcp dport 7001 tcp flags rst drop")
        machine.client.drop()
        machine.nft("flush chain ip portsim in")
        before = machine.server.state_at(port=one, remote=True)
        seconds, error = machine.client.never_answered(to=machine.to(0))
        holds = (before == "ESTABLISHED" and error == one and
                 shortest - 0.002 <= seconds <= longest + 0.01)
        if holds:
            break
    machine.nft("delete table ip portsim")
    session.compare("F6", "the port of a connection that the server still has, after a restart",
                    "%s, then connected after %.1f ms" % (before, 1e3 * seconds),
                    "ESTABLISHED, then %.1f to %.1f ms" % (1e3 * shortest, 1e3 * longest), holds)


def come_back_simulated(port):
    """The shortest and the longest connect() over phases of the timer grid (4 ms)."""
    delays = []
    for phase in range(4):
        scenario = simulator.empty("live-back", 5)
        scenario["hosts"]["c0"] = dict(simulator.host_of({"range": [port, port]}, phase))
        simulator.add_app(scenario, "old", "c0", 0, [(0.5, simulator.FOR_EVER)], {}, "n")
        simulator.add_app(scenario, "new", "c0", 0, [(2.0, simulator.FOR_EVER)], {}, "n")
        scenario["changes"] = [{"at": "1s", "set": {"hosts.c0.running": False}},
                               {"at": "1500ms", "set": {"hosts.c0.running": True}}]
        delays.append(simulator.run(scenario)["apps.new.connect_delay_s"])
    return min(delays), max(delays)


EXPERIMENTS = [state_by_state, orphan, unclosed, comes_back]
