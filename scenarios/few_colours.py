"""A PNG of true colours as one of a palette of few: a third of the size for a drawing.

Areas keep their colour; of the blends at the edges of letters and lines each becomes the nearest
of the most frequent ones.  Only what gnuplot's pngcairo writes is read: 8 bits, RGB or RGBA on an
opaque ground, not interlaced (ISO/IEC 15948, 9.2 and 11.2).
"""
import collections
import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunks(png):
    at = len(SIGNATURE)
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at:at + 8])
        yield kind, png[at + 8:at + 8 + length]
        at += 12 + length


def chunk(kind, data):
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(
        ">I", zlib.crc32(kind + data))


def paeth(a, b, c):
    pa, pb, pc = abs(b - c), abs(a - c), abs(a + b - 2 * c)
    return a if pa <= pb and pa <= pc else b if pb <= pc else c


def unfiltered(kind, row, above, width):
    """The bytes of a row whose pixels are `width` bytes each."""
    if kind == 0:
        return row
    if kind == 2:
        return bytearray((x + b) & 255 for x, b in zip(row, above))
    for i, x in enumerate(row):
        a = row[i - width] if i >= width else 0
        c = above[i - width] if i >= width else 0
        guess = {1: a, 3: (a + above[i]) >> 1}.get(kind)
        row[i] = (x + (paeth(a, above[i], c) if guess is None else guess)) & 255
    return row


def rows_of(png):
    """Width, height, and the pixels of each row as (red, green, blue)."""
    parts = collections.defaultdict(bytes)
    for kind, data in chunks(png):
        parts[kind] += data
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", parts[b"IHDR"])
    if depth != 8 or colour not in (2, 6) or interlaced:
        raise ValueError("not a PNG as pngcairo writes them")
    size = 4 if colour == 6 else 3
    data, step, rows = zlib.decompress(parts[b"IDAT"]), 1 + size * width, []
    above = bytearray(size * width)
    for y in range(height):
        row = bytearray(data[y * step + 1:(y + 1) * step])
        above = unfiltered(data[y * step], row, above, size)
        rows.append(list(zip(above[0::size], above[1::size], above[2::size])))
    return width, height, rows


def palette_of(rows, colours):
    """The most frequent colours, and the place of every colour among them."""
    counted = collections.Counter()
    for row in rows:
        counted.update(row)
    # Equally frequent ones in an order of their own, so that bytes repeat.
    ranked = sorted(counted, key=lambda c: (-counted[c], c))
    palette = ranked[:colours]
    place = {c: i for i, c in enumerate(palette)}
    for c in ranked[colours:]:
        place[c] = min(range(len(palette)),
                       key=lambda i: sum((x - y) ** 2 for x, y in zip(palette[i], c)))
    return palette, place


def few_colours(png, colours=64):
    width, height, rows = rows_of(png)
    palette, place = palette_of(rows, colours)
    data = b"".join(b"\0" + bytes(map(place.__getitem__, row)) for row in rows)
    return (SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)) +
            chunk(b"PLTE", bytes(v for c in palette for v in c)) +
            chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b""))
