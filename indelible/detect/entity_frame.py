"""Pages that lie on their side, on their head or askew: their lines as they would stand if the page lay straight.

Layout rules speak of "below" and "to the right". Only the boxes change; texts and their order stay, so that what is found in the
straightened lines names the same lines of the picture.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from indelible.detect.lines import TextLine
from indelible.model import Box

#: Degrees of skew from which boxes are worked out anew, and width of the bins in which lines agree on a direction.
_SKEW, _BIN = 1.0, 6.0
_LEAST_LETTERS = 4


def levelled(lines: Sequence[TextLine]) -> list[TextLine]:
    """The same lines with the boxes of a page turned so that most of its text runs level; unchanged if it does already."""
    angle = _direction(lines)
    if abs(angle) < _SKEW:
        return list(lines)
    cos, sin = math.cos(math.radians(-angle)), math.sin(math.radians(-angle))
    turned = []
    for line in lines:
        (x0, y0, x1, y1) = line.box.corners
        corners = line.corners or ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
        turned.append([(x * cos - y * sin, x * sin + y * cos) for x, y in corners])
    left = min(x for corners in turned for x, _ in corners)
    top = min(y for corners in turned for _, y in corners)
    return [
        replace(line, box=_around([(x - left, y - top) for x, y in corners]), words=())
        for line, corners in zip(lines, turned, strict=True)
    ]


def _direction(lines: Sequence[TextLine]) -> float:
    """Clockwise degrees, -180 to 180, in which most letters run; 0 where lines carry no corners."""
    angles = [
        (own, len(line.text))
        for line in lines
        if len(line.text) >= _LEAST_LETTERS and (own := _angle(line)) is not None
    ]
    if not angles:
        return 0.0
    bins: dict[int, int] = {}
    for angle, letters in angles:
        for beside in (-1, 0, 1):
            key = (round(angle / _BIN) + beside) % round(360 / _BIN)
            bins[key] = bins.get(key, 0) + letters
    best = min(bins, key=lambda key: (-bins[key], key)) * _BIN
    near = [(((angle - best + 180) % 360) - 180, letters) for angle, letters in angles]
    kept = sorted(item for item in near if abs(item[0]) <= 1.5 * _BIN)
    middle = sum(letters for _, letters in kept) / 2
    passed = 0
    for offset, letters in kept:
        passed += letters
        if passed >= middle:
            return ((best + offset + 180) % 360) - 180
    return 0.0


def _angle(line: TextLine) -> float | None:
    """Clockwise degrees of one line's reading direction, as exactly as its corners tell; None if nothing is known."""
    if len(line.corners) != 4:
        return line.angle if line.angle else None
    (x0, y0), (x1, y1) = line.corners[0], line.corners[1]
    exact = math.degrees(math.atan2(y1 - y0, x1 - x0))
    # the corners say the slope, the reader says which of its four directions
    return exact + 90 * round((line.angle - exact) / 90)


def _around(corners: Sequence[tuple[float, float]]) -> Box:
    left, top = min(x for x, _ in corners), min(y for _, y in corners)
    right, bottom = max(x for x, _ in corners), max(y for _, y in corners)
    x, y = max(0, int(left)), max(0, int(top))
    return Box(x, y, max(1, math.ceil(right) - x), max(1, math.ceil(bottom) - y))
