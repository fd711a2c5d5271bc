"""Looks at one picture at several sizes: which, how large, and in which tiles.

A look is cut out of the picture and resized tile by tile, so memory holds the picture and one tile, whatever the picture's size.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from PIL import Image

from indelible.detect.centerface import candidates
from indelible.detect.face_tiles import Rectangle, within
from indelible.detect.fusion import Boxes, suppressed

#: Looks with more pixels than this are cut into tiles.
TILE_FROM = 2_600_000
TILE_SIDE = 1_600
TILE_OVERLAP = 320  # a face longer than this in one look is found in a smaller one
#: A look at the whole picture may have this many pixels: above that, its smallest faces are not seen at their own size.
WHOLE_PX = 27_000_000

CANDIDATE = 0.10  # lowest score that counts
TRACE = 0.08  # lowest score that earns a closer look
_PER_TILE = 5_000  # candidates kept of one tile, best first


def scales(width: int, height: int) -> tuple[float, ...]:
    """The looks at the whole of a picture: its own size if the budget has room, and halves down to about 500 pixels."""
    chosen = []
    scale = 1.0
    while True:
        if width * height * scale * scale <= WHOLE_PX:
            chosen.append(scale)
        scale /= 2
        if min(width, height) * scale < 32:
            break
        if scale < 0.25 and max(width, height) * scale < 500:
            break
    return tuple(sorted(chosen)) or (scale,)


def look(
    image: Image.Image,
    scale: float,
    rectangles: Iterable[Rectangle] | None = None,
    border: float = 0.0,
    *,
    mirrored: bool = False,
) -> Boxes:
    """Candidates from ``TRACE`` up at one scale, ``(n, 5)`` in pixels of ``image``, doubles removed.

    Args:
        image: mode ``RGB``.
        scale: of the copy that the net sees.
        rectangles: the parts to look at, in pixels of ``image``; None for all of it.
        border: boxes whose middle lies nearer to the cut edge of a rectangle are dropped: they may be cut faces.
        mirrored: show the net the mirror image; the boxes are those of ``image`` all the same.
    """
    found = [np.zeros((0, 5))]
    for rectangle in rectangles if rectangles is not None else [(0, 0, *image.size)]:
        for tile in tiles(rectangle, scale):
            boxes = _look_at(image, tile, scale, mirrored)
            found.append(boxes[within(boxes, [rectangle], border, *image.size)])
    boxes = np.concatenate(found)
    return suppressed(boxes, 0.5) if len(found) > 2 else boxes


def tiles(rectangle: Rectangle, scale: float) -> Iterator[Rectangle]:
    """A rectangle of the picture, cut into overlapping tiles of one size where it is too large for one look."""
    left, top, right, bottom = rectangle
    if (right - left) * scale * (bottom - top) * scale <= TILE_FROM:
        yield rectangle
        return
    side, step = max(1, int(TILE_SIDE / scale)), max(1, int((TILE_SIDE - TILE_OVERLAP) / scale))
    for y in (*range(top, max(top + 1, bottom - side), step), max(top, bottom - side)):
        for x in (*range(left, max(left + 1, right - side), step), max(left, right - side)):
            yield x, y, min(right, x + side), min(bottom, y + side)


def _look_at(image: Image.Image, tile: Rectangle, scale: float, mirrored: bool) -> Boxes:
    left, top, right, bottom = tile
    width, height = max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale))
    way = Image.Resampling.BILINEAR if scale > 1 else Image.Resampling.BOX
    part = image.crop(tile) if scale == 1 else image.resize((width, height), way, box=tile)
    pixels = np.asarray(part)
    boxes = candidates(pixels[:, ::-1] if mirrored else pixels, TRACE).astype(np.float64)
    if mirrored:
        boxes[:, [0, 2]] = width - boxes[:, [2, 0]]
    boxes = suppressed(boxes[np.argsort(-boxes[:, 4], kind="stable")[:_PER_TILE]], 0.5)
    boxes[:, [0, 2]] = boxes[:, [0, 2]] * ((right - left) / width) + left
    boxes[:, [1, 3]] = boxes[:, [1, 3]] * ((bottom - top) / height) + top
    return boxes
