#!/usr/bin/env python3
"""What ss and netstat print when local ports run out: the captures of tests/captures/linux.

usage: captures.py [DIRECTORY]

For each cause a client in a network namespace with a range of 100 ports takes them as that cause
does, toward servers in another namespace; then ss and netstat are asked, and one more connection
is tried to the busy destination and one to another: what they say is the ground truth, a row of
truth.csv beside the captures.  Needs root, iproute2, nftables and net-tools; writes nothing where
it cannot try.
"""
import csv
import os
import subprocess
import sys
import time

import lab

HERE = os.path.dirname(os.path.abspath(__file__))
LOW, HIGH = 40000, 40099
PORTS = HIGH - LOW + 1

# What is asked of the client's namespace.
TOOLS = {
    "ss-tan": ["ss", "-tan"],
    "ss-tanp": ["ss", "-tanp"],
    "ss-tanop": ["ss", "-tanop"],
    "ss-tuanp": ["ss", "-tuanp"],
    "ss-H-tan": ["ss", "-H", "-tan"],
    "ss-tane": ["ss", "-tanei"],
    "netstat-an": ["netstat", "-an"],
    "netstat-ant": ["netstat", "-ant"],
    "netstat-anp": ["netstat", "-anp"],
    "netstat-antpoe": ["netstat", "-antpoe"],
}


class Captures:
    def __init__(self, directory):
        self.directory = directory
        self.rows = []
        self.lab = lab.Lab()

    def ask(self, tool):
        command = ["ip", "netns", "exec", self.lab.inside] + TOOLS[tool]
        return subprocess.run(command, stdout=subprocess.PIPE, check=True,
                              env={"PATH": os.environ["PATH"], "LC_ALL": "C"}).stdout

    def take(self, cause, state, destination, tools, attempt=None):
        """Captures first, then one more attempt toward each destination."""
        outputs = {tool: self.ask(tool) for tool in tools}
        attempt = attempt or (lambda server: self.open(1, "reset", "n", server)[0])
        busy, other = ("" if isinstance(said, int) else said for said in (attempt(0), attempt(1)))
        for tool, output in outputs.items():
            name = "%s.%s.txt" % (cause, tool)
            with open(os.path.join(self.directory, name), "wb") as f:
                f.write(output)
            self.rows.append([name, cause, LOW, HIGH, state, destination, busy, other])
        print("%-12s toward the busy destination: %-14s another: %s" %
              (cause, busy or "connects", other or "connects"))

    def open(self, count, end, kind, server=0, **more):
        return self.lab.client.open(socket_options={}, to=[self.lab.to(server)], count=count,
                                    end=end, kind=kind, **more)

    # Each cause in a namespace of its own, as the kernel keeps what a cause leaves.

    def fin_wait_2(self, busy):
        self.open(PORTS, "close", "h")
        time.sleep(0.3)
        self.take("fin-wait-2", "FIN_WAIT_2", busy,
                  ["ss-tan", "ss-tanp", "ss-tanop", "ss-tuanp", "ss-H-tan", "ss-tane", "netstat-an",
                   "netstat-ant", "netstat-anp", "netstat-antpoe"])

    def time_wait(self, busy):
        self.open(PORTS, "keep", "n")
        self.lab.client.close_kept()
        time.sleep(0.3)
        self.take("time-wait", "TIME_WAIT", busy, ["ss-tanp", "ss-tanop", "netstat-anp"])

    def close_wait(self, busy):
        self.open(PORTS, "keep", "f")
        time.sleep(0.3)
        self.take("close-wait", "CLOSE_WAIT", busy, ["ss-tan", "ss-tanp", "netstat-anp"])

    def syn_sent(self, busy):
        self.lab.nft("add table ip hole",
                     "add chain ip hole in { type filter hook input priority 0 ; }",
                     "add rule ip hole in tcp dport %d drop" % self.lab.PORT)
        self.lab.client.knock(to=[self.lab.to(0)], count=PORTS)
        self.take("syn-sent", "SYN_SENT", busy, ["ss-tanp", "ss-tanop", "netstat-anp"],
                  self.knocks)

    def knocks(self, server):
        return self.lab.client.knock(to=[self.lab.to(server)], count=1)[0]

    def established(self, busy):
        self.open(PORTS, "keep", "n")
        self.take("established", "ESTABLISHED", busy, ["ss-tanp", "netstat-anp"])

    def half(self, busy):
        """Past half of the range: the parity of its low end is spent [KERNEL.md P1]."""
        self.open(60, "keep", "n")
        self.take("half", "ESTABLISHED", busy, ["ss-tanp", "netstat-anp"])

    def bind_first(self, busy):
        """bind(0) before connect(), to four destinations: a port serves one of them."""
        more = self.lab.PORT + 1
        self.lab.server.serve(ports=[more])
        to = [[address, port] for address in self.lab.servers for port in (self.lab.PORT, more)]
        binds = {"bind": "bind-zero"}
        self.lab.client.open(socket_options=binds, to=to, count=PORTS, end="keep")
        self.take("bind-first", "", busy, ["ss-tanp", "netstat-anp"],
                  lambda server: self.lab.client.open(socket_options=binds, count=1, end="reset",
                                                      to=[self.lab.to(server)])[0])

    def healthy(self, busy):
        self.lab.client.listen(ports=[22, 8080, 40010])
        self.open(10, "keep", "n")
        self.open(8, "close", "n")
        self.open(6, "keep", "n", server=1)
        time.sleep(0.3)
        self.take("healthy", "", busy, ["ss-tanp", "ss-tuanp", "netstat-anp"])

    def udp_leak(self, busy):
        self.open(PORTS, "keep", "n", udp=True)
        self.take("udp-leak", "ESTABLISHED", busy, ["ss-tuanp", "netstat-anp"],
                  lambda server: self.open(1, "reset", "n", server, udp=True)[0])

    def all(self):
        for cause in (self.fin_wait_2, self.time_wait, self.close_wait, self.syn_sent,
                      self.established, self.half, self.bind_first, self.healthy, self.udp_leak):
            self.lab = lab.Lab()
            self.lab.open()
            try:
                self.lab.client.sysctl(values={"ip_local_port_range": "%d %d" % (LOW, HIGH)})
                cause("%s:%d" % tuple(self.lab.to(0)))
            finally:
                self.lab.close()
        with open(os.path.join(self.directory, "truth.csv"), "w", newline="") as f:
            table = csv.writer(f, lineterminator="\n")
            table.writerow(["file", "cause", "low", "high", "state", "destination", "errno",
                            "errno_other"])
            table.writerows(self.rows)


def main():
    directory = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "..", "captures", "linux")
    try:
        lab.run("netstat", "--version")
        os.makedirs(directory, exist_ok=True)
        Captures(directory).all()
    except lab.CannotTry as why:
        print("captures: " + str(why), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
