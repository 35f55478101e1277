"""Two network namespaces joined by a veth pair, and processes inside them.

Everything is removed when the lab closes, also after an exception, SIGINT, SIGTERM or SIGHUP: the
processes end with their input, and a veth pair goes with its namespaces.
"""
import atexit
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys

PACKAGES = {"ip": "iproute2", "nft": "nftables", "nsenter": "util-linux"}
HERE = os.path.dirname(os.path.abspath(__file__))


class CannotTry(Exception):
    """This machine does not let us: not root, no namespaces, a tool is missing."""


class AgentFailed(Exception):
    """An agent ended, or could not do what it was told."""


def run(*command):
    if not shutil.which(command[0]):
        raise CannotTry("needs %s (Debian: %s)" % (command[0], PACKAGES[command[0]]))
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise CannotTry("%s: %s" % (" ".join(command), done.stdout.strip()))
    return done.stdout


def kernel():
    """(6, 18) of "6.18.44-..."."""
    return tuple(int(n) for n in re.match(r"(\d+)\.(\d+)", platform.release()).groups())


def hertz():
    """CONFIG_HZ of the running kernel, None where it is not told."""
    import gzip
    for path in ("/proc/config.gz", "/boot/config-" + platform.release()):
        try:
            text = gzip.open(path, "rt").read() if path.endswith("gz") else open(path).read()
        except OSError:
            continue
        found = re.search(r"^CONFIG_HZ=(\d+)$", text, re.M)
        if found:
            return int(found.group(1))
    return None


class Agent:
    """A process of agent.py; its verbs are called as methods."""

    def __init__(self, namespace):
        self.process = subprocess.Popen(
            ["ip", "netns", "exec", namespace, sys.executable, os.path.join(HERE, "agent.py")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def __getattr__(self, verb):
        def call(**arguments):
            self.process.stdin.write(json.dumps({"do": verb, **arguments}) + "\n")
            line = self.process.stdout.readline()
            if not line:
                raise AgentFailed("the agent ended")
            answer = json.loads(line)
            if "error" in answer:
                raise AgentFailed("%s: %s" % (verb, answer["error"]))
            return answer["is"]
        return call

    def kill(self):
        """Without a word, as kill -9 does it."""
        self.process.kill()
        self.process.wait()

    def end(self):
        self.process.stdin.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


class Lab:
    """The client at 10.77.0.1, servers at 10.77.1.1 and 10.77.1.2, port 7001."""

    PORT = 7001

    def __init__(self):
        self.servers = ["10.77.1.1", "10.77.1.2"]
        self.inside = "portsim%dc" % os.getpid()
        self.outside = "portsim%ds" % os.getpid()
        self.namespaces, self.agents = [], []
        self.changed = set()  # sysctls of the client that some experiment set

    def open(self):
        if os.geteuid() != 0:
            raise CannotTry("only root may make network namespaces")
        atexit.register(self.close)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, frame: sys.exit(128 + number))
        self.add_namespaces()
        run("ip", "link", "add", "veth0", "netns", self.inside, "type", "veth", "peer", "name",
            "veth0", "netns", self.outside)
        run("ip", "-n", self.inside, "addr", "add", "10.77.0.1/16", "dev", "veth0")
        for address in self.servers:
            run("ip", "-n", self.outside, "addr", "add", address + "/16", "dev", "veth0")
        for name in (self.inside, self.outside):
            run("ip", "-n", name, "link", "set", "veth0", "up")
        try:
            self.start_agents()
        except AgentFailed as why:
            raise CannotTry(str(why))

    def start_agents(self):
        self.server = self.agent(self.outside)
        self.server.serve(ports=[self.PORT])
        self.client = self.agent(self.inside)
        # What is asked below is asked of a quiet machine: bursts of closes would lose TIME_WAITs
        # to resets that overtake [KERNEL.md T6].
        self.client.sysctl(values={"tcp_rfc1337": 1, "tcp_tw_reuse": 0,
                                   "tcp_max_tw_buckets": 131072})

    def add_namespaces(self):
        """As children of a third, in which the table of connections is set to be small: reading
        /proc/net/tcp costs as much as the table is long, and the machine's own is left alone."""
        parent = "portsim%dp" % os.getpid()
        run("ip", "netns", "add", parent)
        self.namespaces.append(parent)
        within = ("nsenter", "--net=/var/run/netns/" + parent)
        run(*within, "sh", "-c", "echo 4096 >/proc/sys/net/ipv4/tcp_child_ehash_entries")
        for name in (self.inside, self.outside):
            run(*within, "ip", "netns", "add", name)
            self.namespaces.append(name)
            run("ip", "-n", name, "link", "set", "lo", "up")

    def agent(self, namespace):
        self.agents.append(Agent(namespace))
        return self.agents[-1]

    def to(self, index):
        return [self.servers[index], self.PORT]

    def nft(self, *rules):
        run("nft", "--version")
        for rule in rules:
            run("ip", "netns", "exec", self.outside, "nft", *rule.split())

    def close(self):
        for agent in self.agents:
            agent.end()
        for name in self.namespaces:
            subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL)
        self.agents, self.namespaces = [], []
