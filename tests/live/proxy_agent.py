#!/usr/bin/env python3
"""A process inside a network namespace: a server, its clients, or a watcher of sockets.

usage: proxy_agent.py serve|watch|visit

The task is a line of JSON on standard input.  `serve` and `watch` say "ready" when they are, and
end with their input; the answer, JSON, is on standard output.  Times are CLOCK_MONOTONIC, which
all namespaces share.

Kinds of server connections, as PROXIES.md has them: n closes at once on EOF, h never, d after
`late` seconds, f closes first, r answers EOF with RST.  A tcp server echoes one byte; an http
server answers GET after `life` seconds.  A client's kind is n (closes after `life`, or on EOF) or
h (never closes).
"""
import asyncio
import json
import select
import socket
import struct
import sys
import time

NAMES = {1: "ESTABLISHED", 4: "FIN_WAIT_1", 5: "FIN_WAIT_2", 6: "TIME_WAIT", 8: "CLOSE_WAIT",
         9: "LAST_ACK", 11: "CLOSING"}


def reset(transport):
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                                  struct.pack("ii", 1, 0))
    transport.abort()


# --- servers ---------------------------------------------------------------------------------------

class Served(asyncio.Protocol):
    kept = set()  # after EOF nothing else knows them, and what nobody knows is closed

    def __init__(self, task):
        self.task, self.loop = task, asyncio.get_running_loop()

    def connection_made(self, transport):
        self.transport = transport
        self.kept.add(self)
        if self.task["kind"] == "f" and not self.task.get("http"):
            self.loop.call_later(self.task["life"], transport.close)

    def connection_lost(self, why):
        self.kept.discard(self)

    def data_received(self, data):
        if self.task.get("http"):
            self.loop.call_later(self.task["life"], self.answer)
        else:
            self.transport.write(data[:1])

    def answer(self):
        first = self.task["kind"] == "f"
        if first and not self.task["apart"]:  # the FIN goes with the answer
            self.transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP,
                                                               socket.TCP_CORK, 1)
        self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
                             + (b"Connection: close\r\n" if first else b"") + b"\r\nok")
        if first:
            self.transport.close()

    def eof_received(self):
        kind = self.task["kind"]
        if kind == "d":
            self.loop.call_later(self.task["late"], self.transport.close)
        if kind == "r":
            reset(self.transport)
        return kind in "hd"


async def serve(task):
    loop = asyncio.get_running_loop()
    for one in task["servers"]:
        await loop.create_server(lambda one=one: Served(one), task["address"], one["port"],
                                 backlog=4096)
    print("ready", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


# --- clients ---------------------------------------------------------------------------------------

async def visit_once(task, visit):
    """Notes when the client came, what it sees ("ok", or how it failed), how long it stayed, and
    by how much too long."""
    await asyncio.sleep(visit["at"] - time.monotonic())
    began, writer = time.monotonic(), None
    visit.update(began=began)
    try:
        reader, writer = await asyncio.open_connection(task["address"], visit["port"])
        writer.write(b"GET / HTTP/1.1\r\nHost: proxy\r\n\r\n" if visit.get("http") else b"x")
        answer = await reader.read(4096)
        if not answer:
            visit["seen"] = "eof"
        elif visit.get("http"):
            visit["seen"] = "ok" if b" 200 " in answer[:20] else answer[9:12].decode()
        else:
            visit["seen"] = "ok"
            try:
                await asyncio.wait_for(reader.read(1), visit["life"])
            except asyncio.TimeoutError:
                visit["late"] = time.monotonic() - began - visit["life"]
        while visit.get("kind") == "h":
            await asyncio.sleep(3600)
    except ConnectionError:
        visit["seen"] = "rst"
    finally:
        visit["stayed"] = time.monotonic() - began
        if writer:
            writer.close()


async def visit(task):
    visits = [asyncio.create_task(visit_once(task, v)) for v in task["visits"]]
    await asyncio.wait(visits, timeout=max(0, task["until"] - time.monotonic()))
    json.dump(task["visits"], sys.stdout)
    sys.stdout.flush()
    for v in visits:
        v.cancel()


# --- the watcher -----------------------------------------------------------------------------------

def sockets(address_hex):
    """(port of the server, state) of every socket between this host and the server."""
    with open("/proc/net/tcp") as table:
        next(table)
        for line in table:
            _, local, remote, state = line.split(None, 4)[:4]
            if address_hex in (local[:8], remote[:8]) and state != "0A":
                yield (local if local[:8] == address_hex else remote)[9:], int(state, 16)


def watch(task):
    """How long (s) each state was seen, by port of the server, and the longest step."""
    address = "%08X" % struct.unpack("=I", socket.inet_aton(task["address"]))[0]
    print("ready", flush=True)
    stays, step = {}, 0
    before = time.monotonic()
    while before < task["until"]:
        if select.select([sys.stdin], [], [], task["every"])[0]:
            break
        seen = set(sockets(address))
        now = time.monotonic()
        step = max(step, now - before)
        for port, state in seen:
            key = "%d %s" % (int(port, 16), NAMES.get(state, "other"))
            stays[key] = stays.get(key, 0) + now - before
        before = now
    json.dump({"stays": stays, "step": step}, sys.stdout)
    sys.stdout.flush()


def main():
    task = json.loads(sys.stdin.readline())
    if sys.argv[1] == "watch":
        watch(task)
    else:
        asyncio.run({"serve": serve, "visit": visit}[sys.argv[1]](task))


if __name__ == "__main__":
    main()
