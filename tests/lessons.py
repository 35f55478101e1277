#!/usr/bin/env python3
"""Lessons are as they say: runs the commands of lessons and compares what they print.

usage: lessons.py [--write] LESSON.md...

How a lesson is written stands in docs/lessons/README.md.  The commands of one run in a new folder,
with the program that PORTSIM names (else build/portsim).  Prints each difference as
"lesson:line: what was expected, what came".  --write puts what came into the lesson and beside it
the pictures; numbers in bold stay, for they are sentences.  Status 1: a lesson differs (without
--write), or holds what --write cannot mend.
"""
import concurrent.futures
import difflib
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
IN_REACH = ("scenarios", "plots", os.path.join("tests", "captures"),
            os.path.join("docs", "lessons", "captures"))
SECONDS = 300  # a command that takes longer hangs, also under a sanitizer
ANY = "..."
NUMBER = re.compile(r"(?<![\w.])(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?")
EXITS = re.compile(r"#\s*exits (\d+)\s*$")
PICTURE = re.compile(r'!\[[^\]]*\]\((\S+) "([^"]+)"\)')
WRITES = re.compile(r" -o (\S+)")  # a reader who does several has all of them in one folder
DRAWN_BY = "gnuplot 5.4 patchlevel 4"  # others place words elsewhere


class Command:
    """One command: its text, where it stands, and the lines that it should print."""

    def __init__(self, line, text):
        self.line, self.text, self.expected = line, text, []
        self.begin = self.end = line + text.count("\n") + 1  # of the expected lines, from 1

    def status(self):
        exits = EXITS.search(self.text)
        return int(exits.group(1)) if exits else 0


class Lesson:
    """A page, its commands in order, and what is wrong with it; `stale` is what can be rewritten."""

    def __init__(self, path):
        self.path, self.wrong, self.stale, self.printed = path, [], [], []
        with open(path, encoding="utf-8") as page:
            self.lines = page.read().split("\n")
        self.commands, self.prose = [], []
        self.parse()

    def differs(self, line, text):
        self.wrong.append("%s:%d: %s" % (self.path, line, text))

    def parse(self):
        """Finds the commands, and the other lines with their numbers."""
        kind = None
        for number, line in enumerate(self.lines, 1):
            if line.startswith("```"):
                kind = None if kind else line[3:].strip() or "text"
            elif kind is None:
                self.prose.append((number, line))
            elif kind == "console":
                self.parse_console(number, line.rstrip())

    def parse_console(self, number, line):
        last = self.commands[-1] if self.commands else None
        if last and last.end == number and last.text.endswith("\\") and not last.expected:
            self.commands[-1] = Command(last.line, last.text + "\n" + line)
        elif line.startswith("$ "):
            self.commands.append(Command(number, line[2:]))
        elif last and last.end == number:
            last.expected.append(line)
            last.end = number + 1
        else:
            self.differs(number, "output without a command: %s" % line)


# --- running ---------------------------------------------------------------------------------------

def stage():
    """A new folder in which a reader could stand: the root of a clone, without its sources."""
    folder = tempfile.mkdtemp(prefix="lesson-")
    program = os.path.join(ROOT, os.environ.get("PORTSIM", "build/portsim"))
    os.symlink(program, os.path.join(folder, "portsim"))
    for name in IN_REACH:
        os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
        os.symlink(os.path.join(ROOT, name), os.path.join(folder, name))
    return folder


def run(command, folder):
    """The lines of standard output, the status, and what it says on standard error."""
    environment = dict(os.environ, LC_ALL="C.UTF-8", TERM="dumb", PORTSIM_SHARE=ROOT)
    done = subprocess.run(["sh", "-c", command.text], cwd=folder, env=environment, timeout=SECONDS,
                          stdin=subprocess.DEVNULL, capture_output=True, check=False)
    text = done.stdout.decode("utf-8", "replace")
    lines = [line.rstrip() for line in text.splitlines()]
    return lines, done.returncode, done.stderr.decode("utf-8", "replace")


# --- comparing -------------------------------------------------------------------------------------

def mismatch(expected, came):
    """None where the lines are those expected; else (index of the first that is not, what came)."""
    at = 0
    for first, last in segments(expected):
        part = expected[first:last]
        starts = [at]
        if first > 0 and last == len(expected):
            starts = [max(at, len(came) - len(part))]
        elif first > 0:
            starts = range(at, max(at, len(came) - len(part)) + 1)
        start = max(starts, key=lambda s: agreeing(part, came[s:]))
        agreed = agreeing(part, came[start:])
        if agreed < len(part):
            there = came[start + agreed:start + agreed + 1] or ["no more lines"]
            return first + agreed, there[0] if agreed or first == 0 else "nothing like it"
        at = start + agreed
    if at < len(came) and expected[-1:] != [ANY]:
        return len(expected), came[at]
    return None


def segments(expected):
    """Where the runs of lines between `...` begin and end."""
    bounds, first = [], 0
    for index, line in enumerate(expected + [ANY]):
        if line == ANY:
            if index > first:
                bounds.append((first, index))
            first = index + 1
    return bounds


def agreeing(part, came):
    """How many lines of a part are those that came, from the first on."""
    return next((n for n, line in enumerate(part) if came[n:n + 1] != [line]), len(part))


def check_command(lesson, command, folder):
    """Runs one; says how it differs."""
    try:
        came, status, said = run(command, folder)
    except subprocess.TimeoutExpired:
        lesson.differs(command.line, "`%s` did not end in %d s" % (command.text, SECONDS))
        return None
    lesson.printed += came
    if status != command.status():
        lesson.differs(command.line, "`%s` exits %d, expected %d; it says:\n%s"
                       % (command.text, status, command.status(), said[-2000:]))
    wrong = mismatch(command.expected, came)
    if wrong:
        index, instead = wrong
        wanted = command.expected[index] if index < len(command.expected) else "no more lines"
        lesson.stale.append("%s:%d: `%s`\n    expected: %s\n    came:     %s"
                            % (lesson.path, command.begin + index, command.text, wanted, instead))
    return came


def check_numbers(lesson):
    """Every number in bold was printed."""
    there = {number.replace(",", "") for line in lesson.printed for number in NUMBER.findall(line)}
    for line, text in lesson.prose:
        if text.count("**") % 2:
            lesson.differs(line, "bold words begin and end on one line")
        for bold in re.findall(r"\*\*(.+?)\*\*", text):
            for number in NUMBER.findall(bold):
                if number.replace(",", "") not in there:
                    lesson.differs(line, "**%s**: no command of the lesson prints %s"
                                   % (bold, number))


def check_pictures(lesson, folder, write):
    """Every picture is the file that a command drew."""
    for line, text in lesson.prose:
        for picture, drawn in PICTURE.findall(text):
            kept = os.path.join(os.path.dirname(lesson.path), picture)
            drawn = os.path.join(folder, drawn)
            if not os.path.exists(drawn):
                lesson.differs(line, "no command of the lesson draws %s"
                               % os.path.relpath(drawn, folder))
            elif write:
                os.makedirs(os.path.dirname(kept), exist_ok=True)
                shutil.copyfile(drawn, kept)
            elif not os.path.exists(kept):
                lesson.differs(line, "there is no %s: make lessons" % kept)
            elif same_gnuplot() and content(kept) != content(drawn):
                lesson.differs(line, "%s is not what the lesson draws: make lessons" % kept)
            elif not content(kept).rstrip().endswith(b"</svg>"):
                lesson.differs(line, "%s is not whole" % kept)


def check_place(lesson):
    """Its title has its number, the table of lessons names it, what it writes is its own."""
    folder, name = os.path.split(lesson.path)
    number = name.split("-")[0]
    if not lesson.lines[0].startswith("# Lesson %s: " % number.lstrip("0")):
        lesson.differs(1, 'the title begins "# Lesson N: ", N as in the name of the file')
    if "(%s)" % name not in content(os.path.join(folder, "README.md")).decode("utf-8"):
        lesson.differs(1, "the table in README.md does not name it")
    shown = {picture for _, text in lesson.prose for picture, _ in PICTURE.findall(text)}
    mine = set(WRITES.findall("\n".join(command.text for command in lesson.commands)))
    for other in glob.glob(os.path.join(folder, "[0-9]*.md")):
        if os.path.basename(other) != name:
            for both in mine & set(WRITES.findall(content(other).decode("utf-8"))):
                lesson.differs(1, "%s too writes %s" % (other, both))
    for kept in glob.glob(os.path.join(folder, "pictures", number + "-*")):
        if os.path.relpath(kept, folder) not in shown:
            lesson.differs(1, "no place for %s" % kept)


def content(path):
    with open(path, "rb") as file:
        return file.read()


def same_gnuplot():
    """Whether pictures are drawn here as those that are kept."""
    said = subprocess.run("gnuplot --version", shell=True, capture_output=True, text=True,
                          check=False)
    return said.stdout.strip() == DRAWN_BY


# --- writing ---------------------------------------------------------------------------------------

def rewritten(expected, came):
    """What came, but for the lines that `...` left out."""
    if ANY not in expected:
        return came
    places = aligned([line for line in expected if line != ANY], came)
    new, at, gap, wanted = [], 0, False, iter(places)
    for line in expected:
        if line == ANY:
            gap = True
            continue
        place = next(wanted)
        if place is None:
            continue
        if gap and place > at:
            new.append(ANY)
            at = place
        new += came[at:place + 1]
        at, gap = place + 1, False
    if at < len(came):
        new += [ANY] if gap else came[at:]
    return new


def aligned(old, came):
    """For each old line the index of the new one that it has become, in order; None: gone."""
    # To the fourth power: one line that is the same outweighs two that are alike.
    likeness = [[difflib.SequenceMatcher(None, line, other).ratio() ** 4 for other in came]
                for line in old]
    best = [[0.0] * (len(came) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(came) - 1, -1, -1):
            pair = likeness[i][j] + best[i + 1][j + 1] if likeness[i][j] > 0.1 else 0.0
            best[i][j] = max(pair, best[i + 1][j], best[i][j + 1])
    places, i, j = [], 0, 0
    while i < len(old):
        if j < len(came) and best[i][j] == best[i][j + 1]:
            j += 1
        elif best[i][j] == best[i + 1][j]:
            places.append(None)
            i += 1
        else:
            places.append(j)
            i, j = i + 1, j + 1
    return places


def write_back(lesson, outputs):
    """The outputs into the page, the last first: so the numbers of lines hold."""
    for command, came in reversed(list(zip(lesson.commands, outputs))):
        if came is not None and mismatch(command.expected, came):
            lesson.lines[command.begin - 1:command.end - 1] = rewritten(command.expected, came)
    with open(lesson.path, "w", encoding="utf-8") as page:
        page.write("\n".join(lesson.lines))


# --- a lesson --------------------------------------------------------------------------------------

def check(path, write):
    """What is wrong with a lesson, as messages; with `write`, what is left after mending."""
    lesson, folder = Lesson(path), stage()
    try:
        outputs = [check_command(lesson, command, folder) for command in lesson.commands]
        if write:
            write_back(lesson, outputs)
        check_numbers(lesson)
        check_pictures(lesson, folder, write)
        check_place(lesson)
    finally:
        shutil.rmtree(folder)
    if not lesson.commands:
        lesson.differs(1, "a lesson without a command")
    return lesson.wrong + ([] if write else lesson.stale)


def main(arguments):
    write = arguments[:1] == ["--write"]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as several:
        wrong = list(several.map(lambda path: check(path, write), arguments[write:]))
    for text in sum(wrong, []):
        print(text)
    return 1 if any(wrong) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
