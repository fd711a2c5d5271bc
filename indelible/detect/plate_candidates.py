"""Which lines of text could be a plate: alone, two side by side that the reader split, two on top of each other, part of a line."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import dist

from indelible.detect.lines import TextLine
from indelible.detect.plate_patterns import compact, likeness
from indelible.model import Box

#: Lines that are paired with each other; beyond, only single lines are looked at.
MAX_PAIRED = 400
#: Width over height of the characters' row, and of two rows on a square plate.
_ROW = (1.1, 9.0)
_SQUARE = (0.7, 3.2)
_LEAST_READ = 0.35  # the reader's own confidence
_SURE = 0.65  # likeness that a joined text must reach, so that chance neighbours do not


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A place with a text that could be a registration. ``height``: of one row of characters, in pixels."""

    box: Box
    likeness: float
    height: float
    peers: int
    rows: int = 1
    digits: bool = False  # nothing but digits


#: A text, its box, the height of one row of it, and how many rows it has.
Reading = tuple[str, Box, float, int]


def candidates(lines: Sequence[TextLine]) -> tuple[Candidate, ...]:
    """Every candidate, in a fixed order. ``peers`` counts the other lines of about the same height: many on a page, few on a car."""
    heights = sorted(_size(line)[1] for line in lines if len(compact(line.text)) >= 3)
    found: dict[tuple[Box, int], Candidate] = {}
    for text, box, height, rows in _readings(lines):
        value = likeness(text)
        if value > 0:
            peers = bisect_right(heights, 1.4 * height) - bisect_left(heights, 0.7 * height) - rows
            new = Candidate(
                box=box, likeness=value, height=height, peers=max(0, peers), rows=rows, digits=compact(text).isdigit()
            )
            held = found.get((box, rows))
            if held is None or held.likeness < value:
                found[box, rows] = new
    return tuple(found[key] for key in sorted(found))


def _readings(lines: Sequence[TextLine]) -> Iterator[Reading]:
    for line in lines:
        width, height = _size(line)
        if not _ROW[0] <= width / height <= _ROW[1]:
            continue
        if line.score >= _LEAST_READ:
            yield line.text, line.box, height, 1
        yield from _parts(line, height)
    short = [line for line in lines if 1 <= len(compact(line.text)) <= 7 and line.score >= 0.5]
    if len(short) > MAX_PAIRED:
        return
    for one in short:
        for other in short:
            if one is not other:
                yield from _beside(one, other)
                yield from _below(one, other)


def _parts(line: TextLine, height: float) -> Iterator[Reading]:
    """Runs of words of a line, where the plate was read together with a sticker or a name beside it."""
    words = line.words
    if not 2 <= len(words) <= 5 or line.angle:
        return
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            text = " ".join(word.text for word in words[start:end])
            if end - start < len(words) and likeness(text) >= 0.9:
                left = min(word.box.x for word in words[start:end])
                right = max(word.box.right for word in words[start:end])
                box = Box(left, line.box.y, max(1, right - left), line.box.height)
                if _ROW[0] <= box.width / height <= _ROW[1]:
                    yield text, box, height, 1


def _beside(one: TextLine, other: TextLine) -> Iterator[Reading]:
    """``other`` goes on where ``one`` ends, in the same row."""
    a, b = one.box, other.box
    low, high = sorted((a.height, b.height))
    gap = b.x - a.right
    common = min(a.bottom, b.bottom) - max(a.y, b.y)
    if low < 0.6 * high or not -0.3 * low <= gap <= 1.0 * low or common < 0.6 * low:
        return
    text = one.text + " " + other.text
    box = _union(a, b)
    if likeness(text) >= _SURE and _ROW[0] <= box.width / box.height <= _ROW[1]:
        yield text, box, (low + high) / 2, 1


def _below(one: TextLine, other: TextLine) -> Iterator[Reading]:
    """``other`` stands right under ``one``, as on square plates."""
    a, b = one.box, other.box
    low, high = sorted((a.height, b.height))
    gap = b.y - a.bottom
    common = min(a.right, b.right) - max(a.x, b.x)
    if low < 0.55 * high or not -0.3 * low <= gap <= 0.6 * low or common < 0.6 * min(a.width, b.width):
        return
    shift = abs((a.x + a.right) - (b.x + b.right)) / 2
    box = _union(a, b)
    text = one.text + " " + other.text
    if likeness(text) >= _SURE and shift <= 0.3 * box.width and _SQUARE[0] <= box.width / box.height <= _SQUARE[1]:
        yield text, box, (low + high) / 2, 2


def _size(line: TextLine) -> tuple[float, float]:
    """Length and height of a line along its own direction, in pixels."""
    if len(line.corners) == 4:
        a, b, c, d = line.corners
        return max(1.0, (dist(a, b) + dist(c, d)) / 2), max(1.0, (dist(b, c) + dist(d, a)) / 2)
    return float(line.box.width), float(line.box.height)


def _union(one: Box, other: Box) -> Box:
    x, y = min(one.x, other.x), min(one.y, other.y)
    return Box(x, y, max(one.right, other.right) - x, max(one.bottom, other.bottom) - y)
