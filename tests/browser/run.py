#!/usr/bin/env python3
"""`make test-browser`: portsim's pages in a real browser.

usage: run.py [--keep FOLDER] [NAME...]

Every page of pages.py (or those whose names hold one of the words) is made and looked at as
page_check.py says.  --keep leaves the pages and pictures of the screen there.  PORTSIM is the
program.  Skips itself where Chromium is not installed.  Status 1: something is wrong.
"""
import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time

import faulty
import page_check
import pages
from browser import Browser, missing

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def wait_for_handler(pid):
    """Until the program handles SIGINT, which it does from when it simulates."""
    bit = 1 << (signal.SIGINT - 1)
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with open("/proc/%d/status" % pid, encoding="utf-8") as status:
            caught = next(line for line in status if line.startswith("SigCgt:"))
        if int(caught.split()[1], 16) & bit:
            return
        time.sleep(0.02)


def portsim(*arguments, status=(0, 1), stop_after=None):
    """Runs the program in the root of the repository; a run whose requirement fails is fine.
    With `stop_after` it gets Ctrl-C so many seconds after it has begun."""
    program = os.environ.get("PORTSIM", "build/portsim")
    with subprocess.Popen([program, *arguments], cwd=ROOT, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True,
                          env={**os.environ, "PORTSIM_SHARE": ROOT}) as child:
        if stop_after:
            wait_for_handler(child.pid)
            time.sleep(stop_after)
            child.send_signal(signal.SIGINT)
        out, said = child.communicate(timeout=300)
    if child.returncode not in status:
        raise RuntimeError("portsim %s ended with %d: %s"
                           % (" ".join(arguments), child.returncode, said.strip()))
    return out


def check_the_check(browser, folder):
    """Each faulty page must be found out, and the page without its fault be good."""
    wrong = []
    for name, (body, expected) in {"good": ("", None), **faulty.PAGES}.items():
        path = os.path.join(folder, "faulty.html")
        with open(path, "w", encoding="utf-8") as out:
            out.write(faulty.PAGE % body)
        found = page_check.faults(browser, path)
        if expected is None and found:
            wrong.append("a good page is called wrong: %s" % found)
        if expected and not any(expected in fault for fault in found):
            wrong.append("%s: not found out (found: %s)" % (name, found))
    return wrong


def check_page(browser, page, folder, keep):
    inside = os.path.join(folder, page.name.replace(" ", "-"))
    os.makedirs(inside)
    path = page.make(portsim, inside)
    return page_check.faults(browser, path, inside if keep else None, page.inside)


def tell(name, faults):
    print("%s  %s" % ("FAIL" if faults else "ok  ", name), flush=True)
    for fault in faults:
        print("      " + fault)
    return not faults


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1][7:])
    parser.add_argument("--keep")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    lacking = missing()
    if lacking:
        print("browser: %s is not installed: skipped" % lacking)
        return 0
    with tempfile.TemporaryDirectory() as scratch, Browser() as browser:
        folder = os.path.abspath(options.keep) if options.keep else scratch
        os.makedirs(folder, exist_ok=True)
        good = True
        if not options.names:
            good = tell("the check finds every fault", check_the_check(browser, scratch))
        for page in pages.PAGES:
            if not options.names or any(name in page.name for name in options.names):
                good = tell(page.name, check_page(browser, page, folder, options.keep)) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
