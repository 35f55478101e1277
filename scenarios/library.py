#!/usr/bin/env python3
"""Writes scenarios/README.md and scenarios/pictures/ from the scenarios and from runs of them.

    library.py PORTSIM DIRECTORY [NAME...]

Runs every scenario of TOPICS (or those named) into DIRECTORY, draws the one picture that shows
its finding, and prints the page.  Question and text are the scenario's own, the finding is what
the picture says of the run, so nothing on the page can differ from what the program answers.  A
run that is newer than its scenario and the program is kept.

tests/test_library_page.c holds the page to the scenarios.
"""
import json
import os
import re
import subprocess
import sys

from few_colours import few_colours

HERE = os.path.dirname(os.path.abspath(__file__))
PICTURES = os.path.join(HERE, "pictures")

# Topic, then scenario and kind of its picture; a command that is not `portsim run NAME`.
TOPICS = [
    ("First steps", [
        ("ten-ports", "states"),
        ("teaching-mini", "states"),
        ("four-tuple", "outcomes"),
        ("time-wait-knee", "knee", "sweep"),
        ("half-closed-server", "states"),
        ("innocent-application", "outcomes"),
        ("errno-by-platform", "outcomes"),
        ("demo-exhaustion", "states"),
    ]),
    ("The outage of a ProxySG", [
        ("proxysg-cifs-finwait2", "states"),
        ("proxysg-outage", "states"),
        ("proxysg-finwait2-60s", "states"),
        ("proxysg-low-port", "states"),
        ("proxysg-reworked", "outcomes"),
        ("proxysg-random-off", "outcomes"),
        ("proxysg-legacy-b", "outcomes"),
        ("proxysg-randomize-port-disabled", "outcomes"),
        ("proxysg-management-inbound", "outcomes"),
        ("proxysg-client-limit", "states"),
        ("proxysg-knee", "knee", "sweep"),
        ("proxysg-which-knob", "tornado", "sweep"),
        ("ipcom-fallback-off", "outcomes"),
        ("ipcom-fallback", "outcomes"),
        ("reflect-client-ip", "states"),
        ("reflect-client-ip-nat", "outcomes"),
    ]),
    ("Servers and paths that misbehave", [
        ("misbehaving-peers", "states"),
        ("network-element-fixed", "states"),
        ("syn-black-hole", "states"),
        ("who-notices-a-reboot", "states"),
        ("peer-timewait", "outcomes"),
        ("retry-storm", "outcomes"),
    ]),
    ("Linux", [
        ("even-and-odd", "probes"),
        ("linux-parity-knee", "probes"),
        ("linux-bind-before-connect", "outcomes"),
        ("linux-fin-timeout", "states"),
        ("linux-tw-reuse", "states"),
        ("linux-churn-replay", "outcomes"),
        ("linux-range-narrowed", "states"),
        ("linux-descriptor-leak", "states"),
        ("reserved-block-skew", "ports"),
        ("load-test-back-to-back", "states"),
    ]),
    ("Windows", [
        ("windows-desktop-outage", "outcomes"),
        ("windows-bound-leak", "states"),
        ("windows-closewait-leak", "states"),
        ("windows-reboot", "states"),
        ("windows-dynamicport", "states"),
        ("windows-excluded-block", "states"),
        ("windows-four-pools", "outcomes"),
        ("windows-events", "outcomes"),
        ("windows-bind-trace", "outcomes"),
        ("windows-time-wait-at-boot", "outcomes"),
        ("windows-2003-proxy", "outcomes"),
        ("monitoring-loop", "states"),
        ("terminal-server", "destinations"),
    ]),
    ("HAProxy, nginx and pools of connections", [
        ("haproxy-held-fin-wait-2", "outcomes"),
        ("haproxy-restart", "states"),
        ("haproxy-ring", "outcomes"),
        ("haproxy-server-repaired", "outcomes"),
        ("nginx-stream-fin-wait-2", "outcomes"),
        ("nginx-no-keepalive", "outcomes"),
        ("nginx-keepalive-pool", "outcomes"),
        ("which-proxy-pays-time-wait", "outcomes"),
        ("http-client-pool", "outcomes"),
        ("browser-six-connections", "outcomes"),
    ]),
    ("NAT gateways and clouds", [
        ("demo-nat", "outcomes"),
        ("which-timeout-is-snat", "outcomes"),
        ("azure-scale-out", "outcomes"),
        ("aks-idle-held", "states"),
        ("aws-nat-hot-destination", "outcomes"),
        ("gcp-static-vs-dynamic", "outcomes"),
        ("cilium-egress-8000s", "outcomes"),
        ("netfilter-snat-race", "probes"),
        ("gateway-restart", "destinations"),
    ]),
    ("Names and UDP", [
        ("udp-late-answers", "reuse"),
        ("udp-leak-dns", "outcomes"),
        ("docker-udp-leak", "outcomes"),
    ]),
    ("Which port next", [
        ("three-orders", "reuse"),
        ("demo-allocators", "probes"),
        ("allocator-probes", "probes", "sweep"),
        ("allocator-regression-suite", "probes"),
        ("port-reuse-order", "reuse"),
        ("port-predictability", "predictability", "sweep"),
        ("port-successors", "successors"),
    ]),
    ("How much is enough", [
        ("five-percent-never-close", "states"),
        ("how-many-addresses", "outcomes"),
        ("which-address-to-add", "outcomes"),
        ("long-run-loss", "convergence"),
    ]),
]

INTRO = """# The library of scenarios

Each file of this folder is one question, and answers it in seconds:
`./portsim run NAME --plots`, or `./portsim list scenarios`. The texts are the scenarios' own
(`question`, `about`); below each picture stands what it found, in the run it was drawn from. The
tests hold every number that a scenario requires of itself (`require`).

This page and its pictures are written by `make library`.

"""

SUITE = """## For authors of allocators

### allocator-suite

**Which allocator is better, and did my change make one worse?**

The folder [allocator-suite](allocator-suite) holds small hosts of 1,024 ports, one scenario for
each way lifetimes vary and each share of the ports that is taken, and the numbers that Linux 5.18
had on them. A build that costs more probes than the margin allows turns a CI red.

    ./portsim compare scenarios/allocator-suite --b hosts.client.tcp.allocator=rfc6056-alg2
    ./portsim compare scenarios/allocator-suite --against scenarios/allocator-suite/baseline.json

[docs/COMPARE.md](../docs/COMPARE.md) says more.
"""


def words(row):
    return row[0], row[1], row[2] if len(row) > 2 else "run"


def scenario(name):
    with open(os.path.join(HERE, name + ".json"), encoding="utf-8") as file:
        return json.load(file)


def newer(path, others):
    return os.path.exists(path) and all(
        os.path.getmtime(path) >= os.path.getmtime(o) for o in others)


def call(command):
    own = dict(os.environ, PORTSIM_SHARE=os.path.dirname(HERE))
    done = subprocess.run(command, capture_output=True, text=True, env=own)
    if done.returncode:
        raise RuntimeError("%s\n%s" % (" ".join(command), done.stderr))
    return done.stdout


def simulate(portsim, name, command, directory):
    """A run, or a study, of the scenario as it is now."""
    mark = {"run": "manifest.json", "sweep": "results.csv"}[command]
    sources = [portsim, os.path.join(HERE, name + ".json")]
    if newer(os.path.join(directory, mark), sources):
        return
    call(["rm", "-rf", directory])
    call([portsim, command, name, "-o", directory, "--quiet"])


def draw(portsim, name, kind, directory):
    """The picture as a file of pictures/, and what it says."""
    made = call([portsim, "plot", directory, "--only", kind, "--format", "png", "--scripts"])
    picture = next(p for p in made.splitlines() if p.endswith(".png"))
    with open(picture, "rb") as file:
        bytes_ = file.read()
    with open(os.path.join(PICTURES, name + ".png"), "wb") as file:
        file.write(few_colours(bytes_))
    with open(picture[:-4] + ".gp", encoding="utf-8") as file:
        said = re.search(r"^headline = '(.*)'$", file.read(), re.M).group(1)
    return said.replace("''", "'")


def escaped(text):
    """Text that Markdown would read as a mark stays text."""
    return re.sub(r"([\\*_<>|\[\]])", r"\\\1", text)


def wrapped(text, width=98):
    """In lines, none of which begins with what would make it a list or a heading."""
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width and word[0] not in "-+=#:":
            lines.append(line)
            line = word
        else:
            line = (line + " " + word).strip()
    return "\n".join(lines + [line])


def entry(name, command, said):
    s = scenario(name)
    return "\n\n".join([
        "### " + name,
        "**" + escaped(s["question"]) + "**",
        "![%s](pictures/%s.png)" % (escaped(said), name),
        "*%s*" % wrapped(escaped(said)),
        wrapped(escaped(s["about"])),
        "    ./portsim %s %s%s" % (command, name, " --plots" if command == "run" else ""),
    ]) + "\n\n"


def contents():
    lines = []
    for topic, rows in TOPICS:
        lines.append("\n**%s**\n" % topic)
        for row in rows:
            name = row[0]
            lines.append("- [%s](#%s): %s" % (name, name, escaped(scenario(name)["question"])))
    lines.append("\n**For authors of allocators**\n")
    lines.append("- [allocator-suite](#allocator-suite): Which allocator is better, and did my "
                 "change make one worse?")
    return "\n".join(lines) + "\n\n"


def said_before():
    """What the page says now of each scenario."""
    path = os.path.join(HERE, "README.md")
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        found = re.findall(r"^!\[(.*)\]\(pictures/(.*)\.png\)$", file.read(), re.M)
    return {name: re.sub(r"\\(.)", r"\1", said) for said, name in found}


def main(portsim, directory, chosen):
    said, failures = said_before(), []
    os.makedirs(PICTURES, exist_ok=True)
    os.makedirs(directory, exist_ok=True)
    page = INTRO + contents()
    for topic, rows in TOPICS:
        page += "## %s\n\n" % topic
        for name, kind, command in map(words, rows):
            if not chosen or name in chosen or name not in said:
                results = os.path.join(directory, name)
                print("library: " + name, file=sys.stderr)
                try:
                    simulate(portsim, name, command, results)
                    said[name] = draw(portsim, name, kind, results)
                except (RuntimeError, StopIteration) as failure:
                    failures.append("%s: %s" % (name, failure))
                    continue
            page += entry(name, command, said[name])
    with open(os.path.join(HERE, "README.md"), "w", encoding="utf-8") as file:
        file.write(page + SUITE)
    if failures:
        sys.exit("library: these have no entry:\n" + "\n".join(failures))


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3:])
