#!/usr/bin/env python3
"""A process inside a network namespace that opens sockets as it is told.

One command a line on standard input, as JSON: {"do": NAME, ...}; one answer a line.  It ends
with its input.  What a socket asks is written as the simulator's scenarios write it
("apps.<app>.socket": bind, reuse_address, ...), so that both worlds read one description.
"""
import errno
import json
import select
import selectors
import socket
import struct
import sys
import threading
import time

IP_BIND_ADDRESS_NO_PORT = 24
IP_LOCAL_PORT_RANGE = 51
STATES = {"ESTABLISHED": 1, "SYN_SENT": 2, "FIN_WAIT_1": 4, "FIN_WAIT_2": 5, "TIME_WAIT": 6,
          "CLOSE_WAIT": 8, "LAST_ACK": 9, "CLOSING": 11}


def name_of(error):
    return errno.errorcode.get(error.errno, "?") if error.errno else type(error).__name__


def new_socket(options, kind=socket.SOCK_STREAM):
    s = socket.socket(socket.AF_INET, kind)
    if options.get("reuse_address"):
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if options.get("reuse_port"):
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if options.get("bind") == "bind-no-port":
        s.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
    if "local_range" in options:
        low, high = options["local_range"]
        s.setsockopt(socket.IPPROTO_IP, IP_LOCAL_PORT_RANGE, struct.pack("=I", low | high << 16))
    return s


def bind_as(s, options):
    mode = options.get("bind", "connect")
    if mode in ("bind-zero", "bind-no-port"):
        s.bind(("0.0.0.0", 0))
    elif mode == "explicit":
        s.bind(("0.0.0.0", options["ring"][0]))


def reset(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


class Agent:
    def __init__(self):
        self.kept = []

    def sysctl(self, values):
        for key, value in values.items():
            with open("/proc/sys/net/ipv4/" + key, "w") as f:
                f.write("%s\n" % value)  # an empty line empties a list; nothing would not

    def attempt(self, options, to, kind, udp=False):
        """Opens one connection; (socket, port) or (None, name of the error)."""
        s = None
        try:
            s = new_socket(options, socket.SOCK_DGRAM if udp else socket.SOCK_STREAM)
            bind_as(s, options)
            s.connect(tuple(to))
            if not udp:
                s.send(kind.encode())
            return s, s.getsockname()[1]
        except OSError as error:
            if s:
                s.close()
            return None, name_of(error)

    def open(self, socket_options, to, count, end, kind="n", udp=False):
        """`count` attempts, one after the other, to the addresses of `to` in turn.  `end`: keep
        them open, close each at once, or reset it.  A list of ports and names of errors."""
        results = []
        for i in range(count):
            s, result = self.attempt(socket_options, to[i % len(to)], kind, udp)
            results.append(result)
            if s is None:
                continue
            if end == "keep":
                self.kept.append(s)
            elif end == "close":
                s.close()
            else:
                reset(s)
        return results

    def begin(self, socket_options, to, kind, how):
        """One connection, kept, shut down or closed as soon as the server has what it needs to
        know: its port."""
        s, result = self.attempt(socket_options, to, kind)
        if s is None:
            return result
        if socket_options.get("linger_zero"):
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        time.sleep(0.05)
        if how == "shut":
            s.shutdown(socket.SHUT_WR)
        if how == "close":
            s.close()
        else:
            self.kept.append(s)
        return result

    def state_at(self, port, remote):
        """Of the one socket with that port of its own, or of its peer's: "" when there is none."""
        names = {number: name for name, number in STATES.items()}
        with open("/proc/self/net/tcp") as f:
            rows = [line.split() for line in f][1:]
        for row in rows:
            if int(row[2 if remote else 1].split(":")[1], 16) == port:
                return names[int(row[3], 16)]
        return ""

    def knock(self, to, count):
        """`count` connection attempts, kept, none of them waited for: "" or the name of the error
        of each."""
        results = []
        for i in range(count):
            s = new_socket({})
            s.setblocking(False)
            number = s.connect_ex(tuple(to[i % len(to)]))
            self.kept.append(s)
            results.append("" if number == errno.EINPROGRESS else errno.errorcode[number])
        return results

    def close_kept(self):
        """Closes those that open() kept, in order, with a short pause after each: in a tight
        burst TIME_WAITs kill each other [KERNEL.md T6]."""
        for s in self.kept:
            s.close()
            time.sleep(0.001)
        self.kept = []

    def drop(self):
        for s in self.kept:
            reset(s)
        self.kept = []

    def listen(self, ports):
        for port in ports:
            s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            s.bind(("0.0.0.0", port))
            s.listen(8)
            self.kept.append(s)

    def count(self, state, ports):
        """Sockets in that state on local ports of that range."""
        with open("/proc/self/net/tcp") as f:
            rows = [line.split() for line in f][1:]
        return sum(int(row[3], 16) == STATES[state] and
                   ports[0] <= int(row[1].split(":")[1], 16) <= ports[1] for row in rows)

    def hold(self, to, kind, count, state, ports, limit_s):
        """Opens and closes `count` connections 10 ms apart; how long each stays in that state,
        watched every 2 ms."""
        began, lives, last = {}, [], time.monotonic() + limit_s + count * 0.01
        opened = [self.attempt({}, to, kind) for _ in range(count)]
        due = time.monotonic()
        while time.monotonic() < last and (opened or began):
            if opened and time.monotonic() >= due:
                s, port = opened.pop(0)
                due += 0.01
                s.close()
                began[port] = time.monotonic()
            held, now = self.ports_in(state, ports), time.monotonic()
            for port in [p for p in began if p not in held and now - began[p] > 0.05]:
                lives.append(now - began.pop(port))
            time.sleep(0.002)
        return lives

    def ports_in(self, state, ports):
        with open("/proc/self/net/tcp") as f:
            rows = [line.split() for line in f][1:]
        here = {int(row[1].split(":")[1], 16) for row in rows if int(row[3], 16) == STATES[state]}
        return {p for p in here if ports[0] <= p <= ports[1]}

    def retake(self, to, kind, step_ms, limit_s):
        """Connects, closes, and tries again every step until the one port is given once more:
        seconds from close() to success."""
        s, port = self.attempt({}, to, kind)
        if s is None:
            return None
        s.close()
        began = due = time.monotonic()
        while time.monotonic() < began + limit_s:
            due += step_ms / 1000
            time.sleep(max(0, due - time.monotonic()))
            moment = time.monotonic()
            s, port = self.attempt({}, to, kind)
            if s:
                reset(s)
                return moment - began
        return None

    def never_answered(self, to):
        """Seconds until connect() fails, and with which error."""
        began = time.monotonic()
        s, result = self.attempt({}, to, "n")
        if s:
            reset(s)
        return [time.monotonic() - began, result]

    def churn(self, arrivals, to):
        """arrivals: [moment s, life s from established, kind], lives alike.  A list of 1 (opened)
        and 0.  Nobody waits for a handshake: it takes 9-15 ms where the server still has an old
        connection [KERNEL.md F6]."""
        results, connecting, ends, poll = [], {}, [], select.epoll()
        began = time.monotonic()
        while len(results) < len(arrivals) or connecting or ends:
            moment, life, kind = arrivals[min(len(results), len(arrivals) - 1)]
            due = began + moment if len(results) < len(arrivals) else float("inf")
            due = min(due, ends[0][0] if ends else float("inf"))
            for number, _ in poll.poll(max(0, min(due - time.monotonic(), 1))):
                poll.unregister(number)
                s, lasts, says = connecting.pop(number)
                s.send(says.encode())
                ends.append((time.monotonic() + lasts, s))
            while ends and ends[0][0] <= time.monotonic():
                ends.pop(0)[1].close()
            if len(results) < len(arrivals) and began + moment <= time.monotonic():
                results.append(self.start(to, life, kind, connecting, poll))
        return results

    def start(self, to, life, kind, connecting, poll):
        s = new_socket({})
        s.setblocking(False)
        if s.connect_ex(tuple(to)) != errno.EINPROGRESS:
            s.close()
            return 0
        connecting[s.fileno()] = s, life, kind
        poll.register(s, select.EPOLLOUT)
        return 1

    def serve(self, ports):
        """Accepts in a thread.  The first byte of a connection says what to do: n, close when the
        client has closed; h, never close; f, close at once."""
        selector = selectors.DefaultSelector()
        for port in ports:
            s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind(("0.0.0.0", port))
            s.listen(4096)
            s.setblocking(False)
            selector.register(s, selectors.EVENT_READ, "listener")
        threading.Thread(target=self.serve_forever, args=(selector,), daemon=True).start()

    def serve_forever(self, selector):
        while True:
            for key, _ in selector.select():
                if key.data == "listener":
                    self.accept_all(key.fileobj, selector)
                else:
                    self.answer(key, selector)

    def accept_all(self, listener, selector):
        while True:
            try:
                s, _ = listener.accept()
            except BlockingIOError:
                return
            s.setblocking(False)
            selector.register(s, selectors.EVENT_READ, {"kind": "n"})

    def answer(self, key, selector):
        s = key.fileobj
        try:
            data = s.recv(16)
        except OSError:
            data = None
        if data:
            key.data["kind"] = data[:1].decode()
        if data is None or key.data["kind"] == "f" or (not data and key.data["kind"] == "n"):
            selector.unregister(s)
            s.close()
        elif not data:
            # Else the FIN is acknowledged 40 ms later, and FIN_WAIT_1 is that long.
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            selector.unregister(s)
            self.kept.append(s)


def main():
    agent = Agent()
    for line in sys.stdin:
        command = json.loads(line)
        verb = getattr(agent, command.pop("do"))
        try:
            answer = {"is": verb(**command)}
        except OSError as error:
            answer = {"error": str(error)}
        print(json.dumps(answer), flush=True)


main()
