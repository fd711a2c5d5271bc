"""Boxes in upright pixels: x to the right, y down, origin at the top left of the EXIF-oriented picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

#: Units in the length of a text box, and the smallest unit, in pixels.
QUANTUM_UNITS = 6
LEAST_UNIT = 6
#: Heights of a line, in units of its page, that take the page's unit.
_NEAR = (0.35, 1.5)


@dataclass(frozen=True, slots=True, order=True)
class Box:
    """A rectangle of whole pixels, ``[x, x + width) x [y, y + height)``; never empty, never negative."""

    x: int
    y: int
    width: int
    height: int

    def __post_init__(self) -> None:
        for value in (self.x, self.y, self.width, self.height):
            if isinstance(value, bool) or not isinstance(value, int):
                raise ValueError("a box is made of whole pixels")
        if self.x < 0 or self.y < 0 or self.width <= 0 or self.height <= 0:
            raise ValueError("a box lies inside the frame and is not empty")

    @property
    def right(self) -> int:
        """First column to the right of the box."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """First row below the box."""
        return self.y + self.height

    @property
    def area(self) -> int:
        """Number of pixels."""
        return self.width * self.height

    @property
    def corners(self) -> tuple[int, int, int, int]:
        """``(left, top, right, bottom)`` as Pillow's crop and paste take it."""
        return (self.x, self.y, self.right, self.bottom)

    @classmethod
    def from_corners(cls, left: float, top: float, right: float, bottom: float, width: int, height: int) -> Box | None:
        """The smallest whole-pixel box over the corners, cut to a frame of ``width`` x ``height``; None if outside."""
        x0, y0 = max(0, _floor(left)), max(0, _floor(top))
        x1, y1 = min(width, -_floor(-right)), min(height, -_floor(-bottom))
        return cls(x0, y0, x1 - x0, y1 - y0) if x1 > x0 and y1 > y0 else None

    @classmethod
    def from_list(cls, values: Iterable[int]) -> Box:
        """From the contract's ``[x, y, width, height]``."""
        x, y, width, height = values
        return cls(x, y, width, height)

    def to_list(self) -> list[int]:
        """The contract's ``[x, y, width, height]``."""
        return [self.x, self.y, self.width, self.height]

    def grown(self, dx: int, dy: int, width: int, height: int) -> Box:
        """Grown by ``dx`` left and right and ``dy`` above and below, cut to a frame of ``width`` x ``height``."""
        x0, y0 = max(0, self.x - dx), max(0, self.y - dy)
        return Box(x0, y0, min(width, self.right + dx) - x0, min(height, self.bottom + dy) - y0)

    def intersection(self, other: Box) -> Box | None:
        """The common part, or None."""
        x0, y0 = max(self.x, other.x), max(self.y, other.y)
        x1, y1 = min(self.right, other.right), min(self.bottom, other.bottom)
        return Box(x0, y0, x1 - x0, y1 - y0) if x1 > x0 and y1 > y0 else None

    def contains(self, other: Box) -> bool:
        """Whether ``other`` lies wholly inside."""
        return self.x <= other.x and self.y <= other.y and self.right >= other.right and self.bottom >= other.bottom

    def inside(self, width: int, height: int) -> bool:
        """Whether the box lies in a frame of ``width`` x ``height``."""
        return self.right <= width and self.bottom <= height


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A box in one frame."""

    box: Box
    frame: int = 0

    def __post_init__(self) -> None:
        if self.frame < 0:
            raise ValueError("frames count from 0")


def covered_share(box: Box, covers: Iterable[Box]) -> float:
    """Share of ``box`` that lies under the union of ``covers``, 0.0 to 1.0."""
    parts = [part for cover in covers if (part := box.intersection(cover)) is not None]
    if not parts:
        return 0.0
    columns = sorted({edge for part in parts for edge in (part.x, part.right)})
    area = 0
    for left, right in zip(columns, columns[1:], strict=False):
        spans = sorted((part.y, part.bottom) for part in parts if part.x <= left and part.right >= right)
        reached = -1
        for top, bottom in spans:
            area += (right - left) * max(0, bottom - max(top, reached))
            reached = max(reached, bottom)
    return area / box.area


def text_unit(height: int, usual: int = 0) -> int:
    """The side of the grid on which a text box is put: 6, 12, 24, 48, 96 ... px, at least as high as the line.

    A line's own height depends on its letters (descenders, the reader's estimate). ``usual``, what lines of this page have, stands
    for it where the two are near each other. Doubling steps: a height seldom lies so near to one that its letters decide, and
    those of 10 to 12 pt at 150 and 300 dpi lie between two.
    """
    unit = _doubled(usual) if usual > 0 else 0
    return unit if unit and _NEAR[0] * unit <= height <= _NEAR[1] * unit else _doubled(height)


def padded_to_quantum(box: Box, width: int, height: int, unit: int = 0) -> Box:
    """A text box whose sides tell next to nothing of the text's length, cut to a frame of ``width`` x ``height``.

    It begins on a grid of ``unit`` (0: that of its own height), because where a word begins is an estimate that the word's own
    letters move, and is a whole number of `QUANTUM_UNITS` units long: six to twelve line heights, more than nearly every name has.
    Where the frame ends sooner, it is cut; that says nothing, for the frame is known. A line that runs up or down is as long as it is high.
    """
    if _runs_down(box):
        return _turned(padded_to_quantum(_turned(box), height, width, unit))
    unit = unit or text_unit(box.height)
    step, left = QUANTUM_UNITS * unit, box.x // unit * unit
    right = min(width, left - (left - box.right) // step * step)
    return Box(left, box.y, right - left, box.height)


def is_padded_to_quantum(box: Box, width: int, height: int) -> bool:
    """Whether a box may have come from `padded_to_quantum`, with any unit that a line of its height can have."""
    if _runs_down(box) and is_padded_to_quantum(_turned(box), height, width):
        return True
    own = text_unit(box.height)
    for unit in (own // 2, own, 2 * own, 4 * own):
        near = unit == own or (unit >= LEAST_UNIT and _NEAR[0] * unit <= box.height <= _NEAR[1] * unit)
        if near and box.x % unit == 0 and (box.right == width or box.width % (QUANTUM_UNITS * unit) == 0):
            return True
    return False


def _doubled(height: int) -> int:
    unit = LEAST_UNIT
    while unit < height:
        unit *= 2
    return unit


def _runs_down(box: Box) -> bool:
    return box.height > 2 * box.width


def _turned(box: Box) -> Box:
    return Box(box.y, box.x, box.height, box.width)


def _floor(value: float) -> int:
    return int(value // 1)
