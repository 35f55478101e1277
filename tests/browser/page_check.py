"""What every page must be: shown whole at the width of a desk and of a phone, light and dark, on
paper, without a complaint on the console, in order for keys and for those who hear it."""
import os

WIDTHS = ((1280, 800), (360, 740))
TAB = "\ue004"

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "page_check.js"),
          encoding="utf-8") as _file:
    SCRIPT = _file.read()


def faults(browser, path, shots=None, inside=None):
    """Sentences; none is a good page.  `inside(browser)` adds its own, at each width; `shots`
    is what the names of screenshots begin with."""
    found = []
    for width, height in WIDTHS:
        for dark in (False, True):
            where = "%d pixels, %s" % (width, "dark" if dark else "light")
            browser.look(width, height, dark)
            browser.open(path)
            browser.press(TAB)
            found += ["%s: %s" % (where, fault) for fault in browser.run(SCRIPT)]
            found += ["%s: %s" % (where, fault) for fault in inside(browser)] if inside else []
            found += ["%s: console: %s" % (where, line) for line in browser.console()]
            if shots:
                browser.screenshot("%s-%d-%s.png" % (shots, width, "dark" if dark else "light"))
    page = browser.pdf()
    if not page.startswith(b"%PDF"):
        found.append("it cannot be printed")
    if shots:
        with open(shots + ".pdf", "wb") as out:
            out.write(page)
    return found
