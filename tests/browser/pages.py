"""The pages that portsim writes, each made by its own commands.

A page is a row: a name, what makes it (given portsim's caller and an empty folder, gives back the
file), and, where a page can do something, what it must do (given the browser, gives back faults).
"""
import collections
import hashlib
import json
import os
import re

import film

Page = collections.namedtuple("Page", "name make inside", defaults=(None,))


def report(*arguments, status=(0, 1)):
    """The page of a run of these arguments."""
    def make(portsim, folder):
        run = os.path.join(folder, "run")
        portsim("run", *arguments, "-q", "-o", run, status=status)
        portsim("report", run, status=(0,))
        return os.path.join(run, "report.html")
    return make


def study(*arguments):
    """The page of a sweep of these arguments."""
    def make(portsim, folder):
        path = os.path.join(folder, "study")
        portsim("sweep", *arguments, "-q", "-o", path)
        portsim("report", path, status=(0,))
        return os.path.join(path, "report.html")
    return make


def compared(runs, command="run"):
    """The page of several of them, each made with its arguments."""
    def make(portsim, folder):
        paths = []
        for i, arguments in enumerate(runs):
            paths.append(os.path.join(folder, "number-%d" % i))
            portsim(command, *arguments, "-q", "-o", paths[-1])
        page = os.path.join(folder, "compared.html")
        portsim("report", *paths, "-o", page, status=(0,))
        return page
    return make


def interrupted(portsim, folder):
    """A run stopped on its way."""
    run = os.path.join(folder, "run")
    portsim("run", "proxysg-cifs-finwait2", "-q", "-o", run, stop_after=0.3, status=(130,))
    portsim("report", run, status=(0,))
    return os.path.join(run, "report.html")


def mini(time_wait, *more):
    return ("teaching-mini", "--set", "hosts.client.tcp.time_wait=" + time_wait, *more)


# --- names that want to be more than names ----------------------------------------------------------

HOSTILE = "<img src=x onerror=alert(1)> & \"q\" '</script>' " + "long" * 30


def replaced(value, names):
    """The same JSON with other names where these stand by themselves."""
    if isinstance(value, dict):
        return {replaced(key, names): replaced(member, names) for key, member in value.items()}
    if isinstance(value, list):
        return [replaced(member, names) for member in value]
    if isinstance(value, str):
        for name, other in names.items():
            value = re.sub(r"(?<![\w-])%s(?![\w-])" % name, lambda _: other, value)
    return value


def hostile(portsim, folder):
    """A run whose scenario, hosts and applications have been renamed behind portsim's back."""
    run = os.path.join(folder, "run")
    portsim("run", "teaching-mini", "-q", "-o", run)
    names = {"client": HOSTILE, "pages": "a" + HOSTILE, "server": HOSTILE + "s",
             "teaching-mini": HOSTILE}
    for name in ("summary.json", "scenario.json"):
        path = os.path.join(run, name)
        with open(path, encoding="utf-8") as file:
            content = replaced(json.load(file), names)
        with open(path, "w", encoding="utf-8") as file:
            json.dump(content, file)
    sign(run)
    portsim("report", run, status=(0,))
    return os.path.join(run, "report.html")


def sign(run):
    """Brings the manifest up to date with the files."""
    path = os.path.join(run, "manifest.json")
    with open(path, encoding="utf-8") as file:
        manifest = json.load(file)
    for name in manifest["files"]:
        with open(os.path.join(run, name), "rb") as file:
            content = file.read()
        manifest["files"][name] = {"size": len(content),
                                   "sha256": hashlib.sha256(content).hexdigest()}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(manifest, file)


PAGES = [
    Page("report of an outage", report("proxysg-outage")),
    Page("report of a run without a failure", report("four-tuple")),
    Page("report of a replicated run", report("teaching-mini", "--replications", "12")),
    Page("report of the allocator suite", report("allocator-regression-suite")),
    Page("report of hostile names", hostile),
    Page("report of a study of one axis",
         study("teaching-mini", "-r", "3", "--vary", "apps.pages.arrivals.rate=0.4/s:2/s:5")),
    Page("report of a study of two axes",
         study("teaching-mini", "-r", "3", "--vary", "apps.pages.arrivals.rate=0.4/s:2/s:4",
               "--vary", "apps.pages.lifetime.value=1s,2s,3s")),
    Page("report of single changes",
         study("teaching-mini", "-r", "3", "--design", "one-at-a-time",
               "--vary", "apps.pages.arrivals.rate=0.4/s,1.6/s,2/s",
               "--vary", "apps.pages.lifetime.value=1s,2s,3s")),
    Page("report of an interrupted run", interrupted),
    Page("comparison of two runs", compared([mini("4s", "--replications", "10"),
                                             mini("1s", "--replications", "10")])),
    Page("comparison of four runs", compared([mini(t) for t in ("4s", "3s", "2s", "1s")])),
    Page("comparison of two studies", compared(
        [mini(t, "-r", "3", "--vary", "apps.pages.arrivals.rate=0.4/s:2/s:3")
         for t in ("4s", "1s")], "sweep")),
    Page("film of an outage", *film.film("proxysg-outage")),
    Page("film of ten ports", *film.film("teaching-mini", "--step", "2min")),
    Page("film of even and odd ports", *film.film("linux-parity-knee")),
]
