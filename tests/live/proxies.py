#!/usr/bin/env python3
"""`make test-kernel`, second part: HAProxy and nginx as they are installed, against the rows of
models/proxy.c.

usage: proxies.py [--small]

Each proxy runs in a network namespace between one of clients and one of servers.  Single
connections: how long each state lasts at the proxy and at the server, for every kind of server of
PROXIES.md, in the simulator and live.  An overload of some ports each: how many connections are
opened, and what the others see.  The programs are Debian's haproxy, nginx-light and
libnginx-mod-stream; what is not there is skipped, and so is everything where we may not make
namespaces.  --small watches single connections for 12 s only and leaves the overload out.
Status 1: something differs.
"""
import atexit
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import lab
import simulator

HERE = os.path.dirname(os.path.abspath(__file__))
CLIENT, PROXY_IN = "10.78.0.1", "10.78.0.2"
PROXY_OUT, SERVER = "10.78.1.2", "10.78.1.1"
FIN_TIMEOUT, LATE, LIFE = 4, 3, 0.5
PHASES = range(0, 2048, 144)  # ms of the timer grid: every 16 ms of the 256 ms that short timers
                              # have, every 144 ms of the 2.048 s of TIME_WAIT [KERNEL.md section 4]

# --- what is tried ---------------------------------------------------------------------------------

HAPROXY = "timeout connect 2s\n timeout client 30s\n timeout server 8s\n"


def case(program, row, kind, config="", fields=None, **more):
    return {"program": program, "row": row, "kind": kind, "config": config,
            "fields": fields or {}, "life": LIFE, **more}


def haproxy_cases():
    tcp = {"server_timeout": "8s", "client_timeout": "30s"}

    def tcp_case(kind, config="", fields=None, **more):
        return case("haproxy", "haproxy-tcp", kind, config, {**tcp, **(fields or {})}, **more)

    yield from (tcp_case(kind) for kind in "nhdfr")
    for kind in "hd":
        yield tcp_case(kind, "timeout server-fin 2s", {"server_fin_timeout": "2s"})
        yield tcp_case(kind, "timeout tunnel 4s", {"tunnel_timeout": "4s"})
    yield tcp_case("h", "timeout client-fin 2s", {"client_fin_timeout": "2s"})
    yield from (tcp_case(kind, "option nolinger", {"nolinger": True}) for kind in "nhf")
    yield tcp_case("f", "timeout client-fin 2s", {"client_fin_timeout": "2s"}, client="h")
    yield tcp_case("n", "timeout server 2s", {"server_timeout": "2s"}, life=3)
    for kind in "nhfr":
        yield case("haproxy", "haproxy-http", kind, "option httpclose")
    yield case("haproxy", "haproxy-http", "n", "option http-server-close")
    yield case("haproxy", "haproxy-http-keepalive", "n")


def nginx_cases():
    yield from (case("nginx", "nginx-stream", kind) for kind in "nhdfr")
    half = {"half_close": True, "proxy_timeout": "6s"}
    for kind in "hd":
        yield case("nginx", "nginx-stream", kind, "proxy_half_close on; proxy_timeout 6s;", half)
    yield case("nginx", "nginx-stream", "n", "proxy_timeout 2s;", {"proxy_timeout": "2s"}, life=3)
    yield from (case("nginx", "nginx-http", kind) for kind in "nhdfr")
    yield from (case("nginx", "nginx-http-keepalive", kind, "keepalive_timeout 5s;",
                     {"keepalive_timeout": "5s"}) for kind in "nhr")
    # Here the FIN comes apart from the answer, and whether it crosses nginx's is a race.
    yield case("nginx", "nginx-http-keepalive", "f", apart=True, or_else={"crossing_fins": False})


def is_http(one):
    return "http" in one["row"]


# --- the proxies' own words ------------------------------------------------------------------------

def haproxy_config(cases, folder):
    text = "global\n nbthread 1\n maxconn 5000\ndefaults\n " + HAPROXY
    for one in cases:
        text += ("listen l%d\n mode %s\n bind %s:%d\n %s\n server s %s:%d\n"
                 % (one["port"], "http" if is_http(one) else "tcp", PROXY_IN, one["port"],
                    one["config"], SERVER, one["port"]))
    path = os.path.join(folder, "haproxy.cfg")
    with open(path, "w") as f:
        f.write(text)
    return ["haproxy", "-db", "-q", "-f", path]


def nginx_server(one):
    listen = "listen %s:%d backlog=4096;" % (PROXY_IN, one["port"])
    if one["row"] == "nginx-stream":
        return "server { %s %s proxy_pass %s:%d; }\n" % (listen, one["config"], SERVER,
                                                         one["port"])
    keeps = one["row"] == "nginx-http-keepalive"
    return ("upstream u%d { server %s:%d; %s %s }\nserver { %s location / { proxy_pass "
            "http://u%d; %s } }\n"
            % (one["port"], SERVER, one["port"], "keepalive 16;" if keeps else "",
               one["config"] if keeps else "", listen, one["port"],
               'proxy_http_version 1.1; proxy_set_header Connection "";' if keeps else ""))


def nginx_config(cases, folder):
    stream = "".join(nginx_server(one) for one in cases if not is_http(one))
    http = "".join(nginx_server(one) for one in cases if is_http(one))
    path = os.path.join(folder, "nginx.conf")
    with open(path, "w") as f:
        f.write("load_module /usr/lib/nginx/modules/ngx_stream_module.so;\n"
                "daemon off; worker_processes 1; pid %s/nginx.pid; error_log %s/error.log crit;\n"
                "events { worker_connections 10000; }\nstream {\n%s}\n"
                "http {\naccess_log off;\nclient_body_temp_path %s; proxy_temp_path %s;\n"
                "fastcgi_temp_path %s; uwsgi_temp_path %s; scgi_temp_path %s;\n%s}\n"
                % ((folder,) * 2 + (stream,) + (folder,) * 5 + (http,)))
    return ["nginx", "-p", folder, "-e", os.path.join(folder, "error.log"), "-c", path]


CONFIGS = {"haproxy": haproxy_config, "nginx": nginx_config}


def installed(program):
    return shutil.which(program) and (
        program != "nginx" or os.path.exists("/usr/lib/nginx/modules/ngx_stream_module.so"))


# --- the place -------------------------------------------------------------------------------------

class Place:
    """Namespaces of clients, of the proxy, of servers, in a row; removed when the program ends."""

    def __init__(self):
        self.parent, self.client, self.proxy, self.server = (
            "portsim%d%s" % (os.getpid(), part) for part in ("pp", "pc", "px", "ps"))
        self.made, self.running = [], []
        self.folder = tempfile.mkdtemp(prefix="portsim-proxies-")
        atexit.register(self.close)

    def open(self):
        if os.geteuid() != 0:
            raise lab.CannotTry("only root may make network namespaces")
        if not shutil.which("ip"):
            raise lab.CannotTry("needs ip (Debian: iproute2)")
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, frame: sys.exit(128 + number))
        # Children of one whose table of connections is to be small: reading it is cheap then.
        lab.run("ip", "netns", "add", self.parent)
        self.made.append(self.parent)
        within = ("nsenter", "--net=/var/run/netns/" + self.parent)
        lab.run(*within, "sh", "-c", "echo 4096 >/proc/sys/net/ipv4/tcp_child_ehash_entries")
        for name in (self.client, self.proxy, self.server):
            lab.run(*within, "ip", "netns", "add", name)
            self.made.append(name)
        self.join(self.client, CLIENT, self.proxy, PROXY_IN, "veth0")
        self.join(self.proxy, PROXY_OUT, self.server, SERVER, "veth1")
        # FIN_WAIT_2 begins with the server's ACK, which may be 40 ms late.
        lab.run("ip", "-n", self.server, "route", "replace", "10.78.1.0/24", "dev", "veth1",
                "proto", "kernel", "src", SERVER, "quickack", "1")
        self.sysctl(tcp_fin_timeout=FIN_TIMEOUT, tcp_tw_reuse=0, tcp_max_tw_buckets=131072)
        os.chmod(self.folder, 0o755)

    def join(self, a, address_a, b, address_b, device):
        lab.run("ip", "link", "add", device, "netns", a, "type", "veth", "peer", "name", device,
                "netns", b)
        for name, address in ((a, address_a), (b, address_b)):
            lab.run("ip", "-n", name, "addr", "add", address + "/24", "dev", device)
            lab.run("ip", "-n", name, "link", "set", device, "up")

    def sysctl(self, **values):
        """Of the proxy's namespace."""
        lab.run("ip", "netns", "exec", self.proxy, "sh", "-c", "; ".join(
            "echo %s >/proc/sys/net/ipv4/%s" % (value, key) for key, value in values.items()))

    def start(self, namespace, command, task=None):
        process = subprocess.Popen(["ip", "netns", "exec", namespace] + command,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.running.append(process)
        if task:
            process.stdin.write(json.dumps(task) + "\n")
            process.stdin.flush()
        return process

    def agent(self, namespace, role, task):
        process = self.start(namespace,
                             [sys.executable, os.path.join(HERE, "proxy_agent.py"), role], task)
        if role != "visit" and process.stdout.readline() != "ready\n":
            raise lab.AgentFailed(role + " does not start")
        return process

    def proxies(self, cases):
        for program, config in CONFIGS.items():
            own = [one for one in cases if one["program"] == program]
            if own:
                self.start(self.proxy, config(own, self.folder))
        time.sleep(1)  # until they listen
        if any(process.poll() is not None for process in self.running):
            raise lab.AgentFailed("a proxy does not start")

    def stop(self):
        for process in self.running:
            process.stdin.close()
            process.terminate()
            process.wait()
            process.stdout.close()
        self.running = []

    def close(self):
        self.stop()
        for name in self.made:
            subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL)
        self.made = []
        shutil.rmtree(self.folder, ignore_errors=True)


def visit_of(one, moment, life=None):
    return {"at": moment, "port": one["port"], "http": is_http(one), "kind": one.get("client", "n"),
            "life": 3600 if one["kind"] == "f" else one["life"] if life is None else life}


def servers(place, cases):
    place.agent(place.server, "serve", {"address": SERVER, "servers": [
        {"port": one["port"], "kind": one["kind"], "http": is_http(one), "life": one["life"],
         "late": LATE, "apart": one.get("apart", False)} for one in cases]})


# --- the same in the simulator ---------------------------------------------------------------------

CLOSES = {"n": {"kind": "prompt"}, "h": {"kind": "never"}, "f": {"kind": "prompt"},
          "r": {"kind": "reset"},
          "d": {"kind": "late", "delay": {"kind": "constant", "value": "%ds" % LATE}}}


def app_of(one, client, proxy, server):
    life = "%gs" % one["life"]
    # The one byte each way is at the beginning; an answer of http is at the end.
    return {"from": client, "through": proxy, "to": server + ":80",
            "lifetime": {"kind": "constant", "value": life}, "quiet": "0s" if is_http(one) else life,
            "closes_first": "server" if one["kind"] == "f" else "client",
            "server_close": [CLOSES[one["kind"]]],
            "client_close": [CLOSES[one.get("client", "n")]]}


def proxy_host(one, phase, ports):
    return {"stack": "linux518", "proxy": one["row"], "proxying": one["fields"],
            "tcp": {"range": ports, "fin_wait_2": "%ds" % FIN_TIMEOUT,
                    "timer_phase": "%dms" % phase}}


def simulate(name, parts, rows, seconds):
    """A run of hosts c<i>, p<i>, s<i> for each (case, phase, range)."""
    hosts, apps = {}, {}
    for i, (one, phase, ports) in enumerate(parts):
        hosts["c%d" % i] = hosts["s%d" % i] = {"stack": "linux518"}
        hosts["p%d" % i] = proxy_host(one, phase, ports)
        apps["a%d" % i] = dict(app_of(one, "c%d" % i, "p%d" % i, "s%d" % i),
                               arrivals={"kind": "trace", "file": "arrivals.csv"})
    return simulator.run({"name": name, "duration": "%gs" % seconds, "sample_every": "1s",
                          "network": {"rtt": "100us"}, "hosts": hosts, "apps": apps,
                          "traces": {"arrivals": rows}})


# --- single connections ----------------------------------------------------------------------------

def label(one):
    words = [one["row"], one["kind"]]
    if one.get("client") == "h":
        words.append("client never closes")
    if one["life"] != LIFE:
        words.append("silent for %g s" % one["life"])
    return " ".join(words + [one["config"]]).strip()


def watch_single(place, cases, window):
    """{port: {(end, state): seconds}}, how long each was watched, and how exact that is."""
    place.sysctl(ip_local_port_range="'50000 59999'")
    servers(place, cases)
    place.proxies(cases)
    start = time.monotonic() + 1
    task = {"address": SERVER, "until": start + window, "every": 0.005}
    watchers = {"proxy": place.agent(place.proxy, "watch", task),
                "server": place.agent(place.server, "watch", task)}
    visits = [visit_of(one, start + i * 0.01) for i, one in enumerate(cases)]
    clients = place.agent(place.client, "visit", {"address": PROXY_IN, "visits": visits,
                                                  "until": start + window})
    visited = json.loads(clients.stdout.read())
    windows = [start + window - v.get("began", v["at"]) for v in visited]
    found, step = {}, 0
    for end, watcher in watchers.items():
        answer = json.loads(watcher.stdout.readline())
        step = max(step, answer["step"])
        for key, seconds in answer["stays"].items():
            port, state = key.split()
            found.setdefault(int(port), {})[end, state] = seconds
    place.stop()
    return found, windows, 2 * step + max(v.get("late", 0) for v in visited)


# An ACK may be delayed by 40 ms, and FIN_WAIT_1 with it.
STATES = {"ESTABLISHED": ["ESTABLISHED"], "FIN_WAIT": ["FIN_WAIT_1", "FIN_WAIT_2"],
          "CLOSE_WAIT": ["CLOSE_WAIT"], "TIME_WAIT": ["TIME_WAIT"]}


def predicted(one, window):
    """{(end, state): (least, most)} over the phases of the timer grid."""
    parts = [(one, phase, [50000, 50099]) for phase in PHASES]
    metrics = simulate("live-single", parts, [(0, one["life"])], window)
    answer = {}
    for end, name in (("proxy", "hosts.p%d.tcp4.outgoing.%s"),
                      ("server", "hosts.s%d.tcp4.sockets.%s")):
        for state, counted in STATES.items():
            stays = [window * sum(metrics.get(name % (i, part), 0) for part in counted)
                     for i in range(len(parts))]
            step = 0.144 if max(stays) > 16 else 0.016
            answer[end, state] = (min(stays) - step, max(stays) + step)
    return answer


def differences(one, stays, expected, error):
    """What differs, and what there was, in words."""
    wrong, texts = [], []
    for (end, state), (least, most) in expected.items():
        if end == "server" and one.get("apart"):
            continue
        live = sum(stays.get((end, part), 0) for part in STATES[state])
        if not least - error <= live <= most + error:
            wrong.append("%s %s: live %.3f s, simulated %.3f to %.3f s"
                         % (end, state, live, least, most))
        elif live > error:
            texts.append("%s %s %.2f s" % (end, state, live))
    return wrong, texts


def single(report, place, cases, window):
    found, windows, error = watch_single(place, cases, window)
    for one, watched in zip(cases, windows):
        stays = found.get(one["port"], {})
        wrong, texts = differences(one, stays, predicted(one, watched), error)
        if wrong and "or_else" in one:
            other = dict(one, fields={**one["fields"], **one["or_else"]})
            wrong, texts = differences(one, stays, predicted(other, watched), error)
        report(not wrong, label(one), "; ".join(wrong or texts))
    print("  (states are known to %.0f ms)" % (error * 1000))


# --- overload --------------------------------------------------------------------------------------

def overloads():
    """Limits of N/(life + hold): 80/s, 200 in 30 s, 65/s."""
    yield dict(case("haproxy", "haproxy-tcp", "h", "timeout server-fin 2s",
                    {"server_fin_timeout": "2s", "server_timeout": "8s"}), ports=200, rate=150)
    yield dict(case("haproxy", "haproxy-tcp", "n", "", {"server_timeout": "8s"}), ports=200, rate=50)
    yield dict(case("haproxy", "haproxy-http", "n", "option httpclose"), ports=40, rate=120)
    yield dict(case("nginx", "nginx-stream", "h"), ports=300, rate=100)
    yield dict(case("nginx", "nginx-http", "n"), ports=200, rate=50)
    yield dict(case("nginx", "nginx-http-keepalive", "n", "", {}), ports=60, rate=60)


SECONDS = 30


def overload(report, place, one, port):
    one = dict(one, port=port)
    ports = [50000, 50000 + one["ports"] - 1]
    chance, moments, now = random.Random(port), [], 0
    while now < SECONDS:
        moments.append(round(now, 6))
        now += chance.expovariate(one["rate"])
    place.sysctl(ip_local_port_range="'%d %d'" % tuple(ports))
    servers(place, [one])
    place.proxies([one])
    start = time.monotonic() + 2
    clients = place.agent(place.client, "visit", {
        "address": PROXY_IN, "until": start + SECONDS + 2,
        "visits": [visit_of(one, start + moment) for moment in moments]})
    visited = json.loads(clients.stdout.read())
    seen = [v.get("seen", "nothing") for v in visited]
    place.stop()
    live = {what: seen.count(what) for what in sorted(set(seen))}
    parts = [(one, phase, ports) for phase in PHASES]
    # As they came and as long as they stayed, which is for a server of asyncio not exactly `life`.
    stays = [v["stayed"] for v in visited if v.get("seen") == "ok" and "stayed" in v]
    mean = sum(stays) / len(stays)
    rows = sorted((v["began"] - start,
                   v["stayed"] if v.get("seen") == "ok" and "stayed" in v else mean)
                  for v in visited)
    metrics = simulate("live-overload", parts, rows, SECONDS + 2)
    opened = [int(metrics["apps.a%d.successes" % i]) for i in range(len(PHASES))]
    # PROXIES.md: a model of these laws is within 0.8 % of every recorded total.
    alike = min(opened) * 0.992 <= live.get("ok", 0) <= max(opened) * 1.008
    report(alike, "%s, %d ports, %g/s for %d s" % (label(one), one["ports"], one["rate"], SECONDS),
           "of %d: live %s, simulated %d to %d ok, first failure %s" % (
               len(moments), live, min(opened), max(opened),
               metrics.get("apps.a0.first_failure_s")))


# --- all of it -------------------------------------------------------------------------------------

def main():
    small = "--small" in sys.argv[1:]
    counts = {True: 0, False: 0}

    def report(holds, what, text):
        counts[holds] += 1
        print("  %-8s %s: %s" % ("holds" if holds else "differs", what, text), flush=True)

    missing = [program for program in CONFIGS if not installed(program)]
    for program in missing:
        print("skipped: %s is not installed%s"
              % (program, ", with its stream module" * (program == "nginx")))
    place = Place()
    try:
        place.open()
    except lab.CannotTry as why:
        print("skipped: proxies, %s" % why)
        return 0
    cases = [dict(one, port=7100 + i)
             for i, one in enumerate(list(haproxy_cases()) + list(nginx_cases()))
             if one["program"] not in missing]
    if cases:
        single(report, place, cases, 12 if small else 72)
    for i, one in enumerate([] if small else overloads()):
        if one["program"] not in missing:
            overload(report, place, one, 7200 + i)
    print("proxies: %d hold, %d differ" % (counts[True], counts[False]))
    return 1 if counts[False] else 0


if __name__ == "__main__":
    sys.exit(main())
