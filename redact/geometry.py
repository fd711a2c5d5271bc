"""How far a region must grow before it is filled: the source's coding grid first, then the output's.

A JPEG decoder mixes the pixels of one MCU, and where chroma is sampled more coarsely it interpolates across the MCU's
edge. Content of a box has therefore already left it when the picture is decoded:

        source MCUs          ┌───────┬───────┬───────┐
        the box asked for    │     ┌─┼──┐    │       │
                             ├─────┼─┼──┼────┼───────┤
                             │     └─┼──┘    │       │
                             └───────┴───────┴───────┘
        area   = every MCU that the box touches, and 1 px more on all sides
        filled = area, out to the output's own MCU grid, so that the area is exactly flat after decoding

The grid is anchored at the top left of the stored picture, before EXIF orientation.
"""

from __future__ import annotations

from dataclasses import dataclass

from indelible.jpeg import JpegCoding
from indelible.media import Picture
from indelible.model import Box

#: Pixels beyond an MCU that a decoder's chroma interpolation reaches; odd sampling factors are given two.
REACH_PX = 1
REACH_OTHER_PX = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """``area`` holds nothing of the source and is flat in the decoded output; ``filled`` is what is painted."""

    area: Box
    filled: Box


def grow(box: Box, source: Picture, output: JpegCoding | None, *, chroma_halved: bool = False) -> Growth:
    """Grow one upright box for a source of one frame and an output coding (None for an output that changes no sample).

    ``chroma_halved``: the output stores colour at half the width and height, though it changes no sample of that.
    """
    width, height = source.width, source.height
    area = destroyed_area(box, source)
    if output is None and not chroma_halved:
        return Growth(area=area, filled=area)
    reach, cell = (reach_of(output), output.mcu) if output is not None else ((REACH_PX, REACH_PX), (2, 2))
    filled = snapped(area.grown(*reach, width, height), cell, width, height)
    return Growth(area=_shrunk(filled, reach, width, height), filled=filled)


def destroyed_area(box: Box, source: Picture) -> Box:
    """The upright pixels that content of ``box`` may have reached when ``source`` was compressed."""
    if source.jpeg is None:
        return box
    width, height = source.stored_size
    reach = REACH_OTHER_PX if source.jpeg.name == "other" else REACH_PX
    stored = to_stored(box, source.orientation, width, height)
    grown = snapped(stored, source.jpeg.mcu, width, height).grown(reach, reach, width, height)
    return to_upright(grown, source.orientation, width, height)


def reach_of(coding: JpegCoding) -> tuple[int, int]:
    """Pixels, across and down, by which decoding mixes beyond an MCU."""
    across, down = coding.subsampled
    reach = REACH_OTHER_PX if coding.name == "other" else REACH_PX
    return (reach if across else 0, reach if down else 0)


def snapped(box: Box, cell: tuple[int, int], width: int, height: int) -> Box:
    """Grown to whole cells of a grid anchored at (0, 0); the last column and row may be partial."""
    across, down = cell
    x, y = box.x // across * across, box.y // down * down
    right, bottom = -(-box.right // across) * across, -(-box.bottom // down) * down
    return Box(x, y, min(width, right) - x, min(height, bottom) - y)


def to_stored(box: Box, orientation: int, stored_width: int, stored_height: int) -> Box:
    """An upright box in stored pixels (Exif 2.32, Orientation: the meaning of rows and columns)."""
    if orientation >= 5:
        box = Box(box.y, box.x, box.height, box.width)
    mirror_x, mirror_y = _MIRRORS[orientation]
    x = stored_width - box.right if mirror_x else box.x
    y = stored_height - box.bottom if mirror_y else box.y
    return Box(x, y, box.width, box.height)


def to_upright(box: Box, orientation: int, stored_width: int, stored_height: int) -> Box:
    """The inverse of `to_stored`."""
    mirror_x, mirror_y = _MIRRORS[orientation]
    x = stored_width - box.right if mirror_x else box.x
    y = stored_height - box.bottom if mirror_y else box.y
    return Box(y, x, box.height, box.width) if orientation >= 5 else Box(x, y, box.width, box.height)


#: Whether stored columns and rows run against the upright ones, after rows and columns are swapped for 5 to 8.
_MIRRORS = {
    1: (False, False),
    2: (True, False),
    3: (True, True),
    4: (False, True),
    5: (False, False),
    6: (False, True),
    7: (True, True),
    8: (True, False),
}


def _shrunk(box: Box, reach: tuple[int, int], width: int, height: int) -> Box:
    left = box.x + (reach[0] if box.x > 0 else 0)
    top = box.y + (reach[1] if box.y > 0 else 0)
    right = box.right - (reach[0] if box.right < width else 0)
    bottom = box.bottom - (reach[1] if box.bottom < height else 0)
    return Box(left, top, right - left, bottom - top)
