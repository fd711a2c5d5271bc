"""Which entries of a list are as wide as what a box covers.

Reference: ATTACKS.md section 9.3.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from indelible.attacks.line_font import LineFit, drawn
from indelible.attacks.ring_match import GAP_PX
from indelible.model import Box
from indelible.model.geometry import QUANTUM_UNITS, is_padded_to_quantum, text_unit

_BOX_PX = 1.3
#: Padding that a tight box may have on each side, in pixels and in its heights.
_MOST_PADDING = 0.35
_LEAST_PADDING_PX = -2


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """Entries that fit. ``measured_by``: ``gap``, ``box`` or ``quantum``; ``of``: entries of the list."""

    numbers: tuple[int, ...] = field(repr=False)
    of: int
    measured_by: str
    tolerance: float

    @property
    def bits(self) -> float:
        """What the width says about which entry it is."""
        return math.log2(self.of / len(self.numbers)) if self.numbers else 0.0


def matching(line: LineFit, box: Box, names: Sequence[str], frame: tuple[int, int]) -> Matching:
    """The entries that the place fits, by the sharpest measure that explains any of them. ``frame``: the picture's width and height."""
    extents = [_extent(line, name) for name in names]
    if is_padded_to_quantum(box, *frame):
        return _by_quantum(line, box, names, extents, frame[0])
    found = _by_gap(line, box, names, extents) if line.before is not None and line.after is not None else None
    return found if found is not None and found.numbers else _by_box(line, box, names, extents)


def _extent(line: LineFit, name: str) -> tuple[int, int]:
    """Where a name's ink begins from its pen, and how wide it is."""
    ink, left, _ = drawn(line.face, line.size, name)
    columns = np.flatnonzero((ink > 0).any(axis=0))
    return (left + int(columns[0]), int(columns[-1]) - int(columns[0]) + 1) if len(columns) else (0, 0)


def _by_gap(line: LineFit, box: Box, names: Sequence[str], extents: list[tuple[int, int]]) -> Matching:
    """The words behind the box begin where the hidden text has pushed them."""
    numbers = tuple(
        number
        for number, name in enumerate(names)
        if abs(line.gap_error(name)) <= GAP_PX and extents[number][1] <= box.width + 2
    )
    return Matching(numbers=numbers, of=len(names), measured_by="gap", tolerance=GAP_PX)


def _by_box(line: LineFit, box: Box, names: Sequence[str], extents: list[tuple[int, int]]) -> Matching:
    """The box is as wide as the ink and a padding on both sides, which shows on the left where the pen is known."""
    most = max(4.0, _MOST_PADDING * box.height)
    numbers = []
    for number, name in enumerate(names):
        begins, wide = extents[number]
        pen = line.pen(name) if line.before is not None else math.nan
        padding = (box.width - wide) / 2
        if not _LEAST_PADDING_PX <= padding <= most:
            continue
        if not math.isnan(pen) and abs(pen + begins - padding - box.x) > _BOX_PX:
            continue
        numbers.append(number)
    return Matching(numbers=tuple(numbers), of=len(names), measured_by="box", tolerance=_BOX_PX)


def _by_quantum(
    line: LineFit, box: Box, names: Sequence[str], extents: list[tuple[int, int]], frame_width: int
) -> Matching:
    """The entries that need so many steps of the grid and no fewer, for some padding and some unit that the height allows."""
    most = max(4.0, _MOST_PADDING * box.height)
    own = text_unit(box.height)
    steps = [QUANTUM_UNITS * unit for unit in (own // 2, own, 2 * own) if unit and box.x % unit == 0]
    numbers = []
    for number, name in enumerate(names):
        begins, wide = extents[number]
        pen = line.pen(name) if line.before is not None else math.nan
        left = pen + begins if not math.isnan(pen) else box.x + most
        least, needed = left + wide + _LEAST_PADDING_PX, left + wide + most
        if box.right == frame_width:
            fits = least <= frame_width
        else:
            fits = any(box.right - step < needed and least <= box.right for step in steps)
        if fits and left >= box.x - 2:
            numbers.append(number)
    return Matching(numbers=tuple(numbers), of=len(extents), measured_by="quantum", tolerance=float(box.height))
