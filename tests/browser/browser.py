"""Chromium without a window, spoken to in WebDriver's own HTTP (W3C WebDriver, 2018).

One session, one page at a time.  What WebDriver has no word for (the width of a phone, the dark
scheme) goes through ChromeDriver's door to the DevTools protocol.
"""
import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
START_S, ANSWER_S = 30, 60


class Failure(Exception):
    """The browser did not do what it was asked."""


def missing():
    """What is not installed, in a word; None when all is there."""
    if not any(shutil.which(name) for name in CHROMIUM):
        return "chromium"
    return None if shutil.which("chromedriver") else "chromedriver (package chromium-driver)"


class Browser:
    def __init__(self):
        self.home = tempfile.mkdtemp(prefix="portsim-browser-")
        self.driver = self.session = None
        try:
            self.start()
        except BaseException:
            self.close()
            raise

    def start(self):
        log = os.path.join(self.home, "driver.log")
        with open(log, "wb") as out:
            self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=out, stderr=out,
                                           env={**os.environ, "HOME": self.home})
        self.address = "http://127.0.0.1:%d" % self.port(log)
        program = next(filter(None, map(shutil.which, CHROMIUM)))
        options = {
            "binary": program,
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--force-color-profile=srgb", "--no-first-run",
                     "--user-data-dir=" + os.path.join(self.home, "profile")],
        }
        answer = self.ask("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL"}}}})
        self.session = "/session/" + answer["sessionId"]

    def port(self, log):
        """ChromeDriver chooses a free port and says which."""
        end = time.monotonic() + START_S
        while time.monotonic() < end and self.driver.poll() is None:
            with open(log, encoding="utf-8", errors="replace") as said:
                for line in said:
                    if "on port " in line and "successfully" in line:
                        return int(line.split("on port ")[1].split(".")[0].split()[0])
            time.sleep(0.05)
        raise Failure("chromedriver does not start")

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data, method=method,
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_S) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise Failure(json.load(error)["value"]["message"].splitlines()[0]) from error
        except OSError as error:
            raise Failure("chromedriver does not answer: %s" % error) from error

    # --- what a test asks for ---------------------------------------------------------------------

    def open(self, path):
        """Shows a file; what the last page left on the console is forgotten."""
        if not os.path.isfile(path):
            raise Failure("%s: no such page" % path)
        self.console()
        for url in ("about:blank", "file://" + os.path.abspath(path)):
            self.ask("POST", self.session + "/url", {"url": url})
        end = time.monotonic() + ANSWER_S
        # A page of a megabyte was once asked while it was still being read.
        while not self.run("return location.protocol == 'file:' && "
                           "document.readyState == 'complete'"):
            if time.monotonic() > end:
                raise Failure("%s: is never all there" % path)
            time.sleep(0.02)

    def run(self, script, *arguments):
        """Runs a script in the page and gives back what it returns."""
        return self.ask("POST", self.session + "/execute/sync",
                        {"script": script, "args": list(arguments)})

    def devtools(self, command, **parameters):
        return self.ask("POST", self.session + "/goog/cdp/execute",
                        {"cmd": command, "params": parameters})

    def look(self, width, height, dark=False):
        """As a window of that size shows it; up to 600 pixels it is a phone's."""
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height,
                      deviceScaleFactor=1, mobile=width <= 600)
        self.devtools("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def press(self, key):
        """A key of the keyboard, in whatever has the focus."""
        self.ask("POST", self.session + "/actions", {"actions": [{
            "type": "key", "id": "keyboard",
            "actions": [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]}]})

    def console(self):
        """What the page has complained of since it was asked last."""
        return ["%s: %s" % (line["level"], line["message"]) for line in
                self.ask("POST", self.session + "/se/log", {"type": "browser"})
                if line["level"] in ("WARNING", "SEVERE")]

    def screenshot(self, path):
        """The whole page, as long as it is."""
        shot = self.devtools("Page.captureScreenshot", captureBeyondViewport=True)
        with open(path, "wb") as out:
            out.write(base64.b64decode(shot["data"]))

    def pdf(self):
        """The page as it is printed."""
        return base64.b64decode(self.ask("POST", self.session + "/print", {}))

    def close(self):
        try:
            if self.session:
                self.ask("DELETE", self.session)
        except Failure:
            pass
        if self.driver:
            self.driver.terminate()
            self.driver.wait(timeout=10)
        shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
