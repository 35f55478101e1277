"""Laws P1-P7: which ports connect() and bind(0) may choose next [KERNEL.md section 2].

What the kernel hides (where each search begins) is kept as the set of all offsets that still
explain what was seen.  Offsets count from the low end of the range.
"""


def lap_of(size):
    """R: a candidate past the end comes back by so much; odd ranges lose a port of the first
    parity in each search [P7]."""
    return size & ~1 if size > 1 else 1


def candidates(size, first):
    """One parity from `first` on, with the distance of each."""
    offset = first
    for distance in range(0, lap_of(size), 2):
        if offset >= size:
            offset -= lap_of(size)
        yield offset, distance
        offset += 2


def search(size, start, busy):
    """connect(): the first free offset and its distance, from `start` on by two, then the other
    parity; None when all are busy [P1]."""
    for first in (start, start + 1) if size > 1 else (start,):
        for offset, distance in candidates(size, first):
            if offset not in busy:
                return offset, distance
    return None


def starts_of(size):
    return set(range(0, lap_of(size), 2))


def next_starts(size, starts, busy, seen):
    """The starts of the next search that what was seen allows [P3]; empty: a breach."""
    after = set()
    for start in starts:
        found = search(size, start, busy)
        if found is None:
            if seen is None:
                after.add(start)
        elif found[0] == seen:
            after |= {(start + max(found[1], 2 * noise) + 2) % lap_of(size) & ~1
                      for noise in range(8)}
    return after


def connect_breaches(size, sequences, keep):
    """How many of the sequences (offsets, None for a failure) no hidden start explains.  One
    redraw, of the epoch of 10 s, is allowed in each [P9]."""
    breaches = 0
    for sequence in sequences:
        starts, busy, redraws = starts_of(size), set(), 0
        for seen in sequence:
            after = next_starts(size, starts, busy, seen)
            if not after:
                redraws += 1
                after = next_starts(size, starts_of(size), busy, seen)
            if not after or redraws > 1:
                breaches += 1
                break
            starts = after
            if keep and seen is not None:
                busy.add(seen)
    return breaches


def bind_answers(low, high, busy):
    """bind(0) between two offsets (high not included): what some start finds; and whether some
    start finds nothing [P5]."""
    found, fails = set(), False
    for start in range(lap_of(high - low)):
        free = [low + offset for first in (start | 1, (start | 1) - 1)
                for offset, _ in candidates(high - low, first) if low + offset not in busy]
        if free:
            found.add(free[0])
        fails = fails or not free
    return found, fails


def bind_breaches(size, sequences, reuse, keep):
    """How many sequences of bind(0) hold a port that no start gives.  With SO_REUSEADDR the lower
    half comes first [P6]."""
    half = 2 * (size // 4)
    parts = [(0, half), (half, size)] if reuse and size >= 4 else [(0, size)]
    breaches = 0
    for sequence in sequences:
        busy = set()
        for seen in sequence:
            possible, fails = set(), True
            for low, high in parts:
                if fails:
                    found, fails = bind_answers(low, high, busy)
                    possible |= found
            if (seen not in possible) if seen is not None else not fails:
                breaches += 1
                break
            if keep and seen is not None:
                busy.add(seen)
    return breaches
