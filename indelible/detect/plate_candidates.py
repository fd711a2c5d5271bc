"""Which lines of text could be a plate: alone, two side by side that the reader split, two on top of each other, part of a line."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import atan2, degrees, dist, radians
from math import cos as cosine
from math import sin as sine

from indelible.detect.lines import TextLine
from indelible.detect.plate_patterns import compact, likeness
from indelible.model import Box

#: Lines that are paired with each other; beyond, only single lines are looked at.
MAX_PAIRED = 400
#: Width over height of the characters' row, and of two rows on a square plate.
_ROW = (1.1, 9.0)
_SQUARE = (0.7, 3.2)
_SKEW = 20.0  # degrees by which two lines of one plate may differ, short ones' directions being rough
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
    reach = [_size(line)[1] for line in short]
    slopes = [_slope(line) for line in short]
    for one, first in enumerate(short):
        for two, other in enumerate(short):
            if one == two or not _near(first.box, other.box, max(reach[one], reach[two])):
                continue
            if abs((slopes[one] - slopes[two] + 180) % 360 - 180) <= _SKEW:
                yield from _beside(first, other)
                yield from _below(first, other)


def _near(one: Box, other: Box, most: float) -> bool:
    """Whether no more than ``most`` pixels lie between two boxes, across and down."""
    across = max(one.x, other.x) - min(one.right, other.right)
    return across <= most and max(one.y, other.y) - min(one.bottom, other.bottom) <= most


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
    a, b = _in_one_frame(one, other)
    low, high = sorted((a.height, b.height))
    gap = b.left - a.right
    common = min(a.bottom, b.bottom) - max(a.top, b.top)
    if low < 0.6 * high or not -0.3 * low <= gap <= 1.0 * low or common < 0.6 * low:
        return
    text = one.text + " " + other.text
    around = _around(a, b)
    if likeness(text) >= _SURE and _ROW[0] <= around.width / around.height <= _ROW[1]:
        yield text, _union(one.box, other.box), (low + high) / 2, 1


def _below(one: TextLine, other: TextLine) -> Iterator[Reading]:
    """``other`` stands right under ``one``, as on square plates."""
    a, b = _in_one_frame(one, other)
    low, high = sorted((a.height, b.height))
    gap = b.top - a.bottom
    apart = (b.top + b.bottom - a.top - a.bottom) / 2  # boxes of small print reach into each other
    common = min(a.right, b.right) - max(a.left, b.left)
    near = 0.35 * high <= apart and gap <= 0.6 * low
    if low < 0.55 * high or not near or common < 0.6 * min(a.width, b.width):
        return
    shift = abs((a.left + a.right) - (b.left + b.right)) / 2
    around = _around(a, b)
    text = one.text + " " + other.text
    if (
        likeness(text) >= _SURE
        and shift <= 0.3 * around.width
        and _SQUARE[0] <= around.width / around.height <= _SQUARE[1]
    ):
        yield text, _union(one.box, other.box), (low + high) / 2, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """A line's extent along and across the direction of a pair, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return max(1.0, self.right - self.left)

    @property
    def height(self) -> float:
        return max(1.0, self.bottom - self.top)


def _in_one_frame(one: TextLine, other: TextLine) -> tuple[_Span, _Span]:
    """Both lines as they would stand if the longer one ran level."""
    slope = _slope(max(one, other, key=lambda line: _size(line)[0]))
    cos, sin = cosine(radians(slope)), sine(radians(slope))
    spans = []
    for line in (one, other):
        x0, y0, x1, y1 = line.box.corners
        corners = line.corners or ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
        along = [x * cos + y * sin for x, y in corners]
        across = [y * cos - x * sin for x, y in corners]
        spans.append(_Span(left=min(along), top=min(across), right=max(along), bottom=max(across)))
    return spans[0], spans[1]


def _slope(line: TextLine) -> float:
    """Clockwise degrees of a line's reading direction."""
    if len(line.corners) != 4:
        return line.angle
    (x0, y0), (x1, y1) = line.corners[0], line.corners[1]
    exact = degrees(atan2(y1 - y0, x1 - x0))
    return exact + 90 * round((line.angle - exact) / 90)


def _around(a: _Span, b: _Span) -> _Span:
    return _Span(
        left=min(a.left, b.left), top=min(a.top, b.top), right=max(a.right, b.right), bottom=max(a.bottom, b.bottom)
    )


def _size(line: TextLine) -> tuple[float, float]:
    """Length and height of a line along its own direction, in pixels."""
    if len(line.corners) == 4:
        a, b, c, d = line.corners
        return max(1.0, (dist(a, b) + dist(c, d)) / 2), max(1.0, (dist(b, c) + dist(d, a)) / 2)
    return float(line.box.width), float(line.box.height)


def _union(one: Box, other: Box) -> Box:
    x, y = min(one.x, other.x), min(one.y, other.y)
    return Box(x, y, max(one.right, other.right) - x, max(one.bottom, other.bottom) - y)
