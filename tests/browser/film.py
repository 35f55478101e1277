"""What the page of `portsim watch --html` must do: its slider, buttons and keys show the frames that
stand in it, cell by cell."""
import html
import re
import time

FRAME = """
return {cells: [...document.querySelectorAll('#grid rect')].map(r => r.getAttribute('class')),
        at: Number(document.getElementById('slider').value),
        words: document.getElementById('numbers').textContent,
        play: document.getElementById('play').textContent,
        colours: new Set([...document.querySelectorAll('#grid rect')].map(
            r => getComputedStyle(r).fill + getComputedStyle(r).fillOpacity)).size}
"""
SLIDE = """
const slider = document.getElementById('slider');
slider.value = arguments[0];
slider.dispatchEvent(new Event('input', {bubbles: true}));
"""
CLICK = "document.querySelector(arguments[0]).click()"


def decoded(path):
    """The frames as the page's text has them, decoded apart from its script: (words, classes)."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    cells = re.findall(r'<rect [^>]*class="(s\d+ d\d)"', text)
    film = html.unescape(re.search(r'<div id="film" hidden[^>]*>(.*?)</div>', text, re.S).group(1))
    frames = []
    for line in film.strip().split("\n"):
        _, words, _, changes = line.split("|")
        at = 0
        for token in changes.split():
            gap, length, letter, digit = re.fullmatch(r"(\d+)\+(\d+):(.)(\d)", token).groups()
            at += int(gap)
            for cell in range(at, at + int(length)):
                cells[cell] = "s%d d%s" % (ord(letter), digit)
            at += int(length)
        frames.append((words, list(cells)))
    return frames


def compare(seen, frames, index):
    words, cells = frames[index]
    if seen["at"] != index:
        return ["the slider stands at %d, not %d" % (seen["at"], index)]
    if seen["words"] != words:
        return ["at %d it says \"%s\", not \"%s\"" % (index, seen["words"], words)]
    wrong = sum(a != b for a, b in zip(seen["cells"], cells))
    return ["at %d %d cells are wrong" % (index, wrong)] if wrong else []


def slides(browser, frames):
    found = []
    for index in (0, len(frames) // 3, len(frames) - 1, 1):
        browser.run(SLIDE, index)
        found += compare(browser.run(FRAME), frames, index)
    if all(cells == frames[0][1] for _, cells in frames):
        found.append("nothing ever moves in it")
    return found


def keys(browser, frames):
    found = []
    browser.run(SLIDE, 5)
    browser.run("document.activeElement.blur()")
    for key, index in ((".", 6), (".", 7), (",", 6)):
        browser.press(key)
        found += ["key %s: %s" % (key, fault)
                  for fault in compare(browser.run(FRAME), frames, index)]
    browser.run("document.getElementById('slider').focus()")
    for key, index in (("\ue010", len(frames) - 1), ("\ue011", 0), ("\ue014", 1)):  # End, Home, right
        browser.press(key)
        found += ["key %r: %s" % (key, fault)
                  for fault in compare(browser.run(FRAME), frames, index)]
    browser.run(SLIDE, 0)
    browser.press("n")
    seen = browser.run(FRAME)
    found += compare(seen, frames, seen["at"])
    return found + ([] if seen["at"] > 0 else ["key n goes nowhere"])


def plays(browser, frames):
    found = []
    browser.run(SLIDE, 0)
    browser.run(CLICK, "#play")
    if browser.run(FRAME)["play"] != "Pause":
        found.append("it does not play")
    time.sleep(0.6)
    browser.run(CLICK, "#play")
    seen = browser.run(FRAME)
    found += compare(seen, frames, seen["at"])
    if seen["at"] == 0 or seen["play"] != "Play":
        found.append("played, it stands at %d and its button says %s" % (seen["at"], seen["play"]))
    return found


def inside(path):
    """The check of a page, given where it is."""
    def check(browser):
        frames = decoded(path())
        found = slides(browser, frames) + keys(browser, frames) + plays(browser, frames)
        browser.run(SLIDE, len(frames) // 2)
        if browser.run(FRAME)["colours"] < 2:
            found.append("all cells have one colour")
        return found
    return check


def film(*arguments):
    """Maker and check of the page of a film."""
    made = []

    def make(portsim, folder):
        path = "%s/film.html" % folder
        portsim("watch", *arguments, "-q", "--html", path, status=(0,))
        made[:] = [path]
        return path
    return make, inside(lambda: made[0])
