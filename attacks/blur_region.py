"""Blurred rectangles in a picture that is sharp around them. Cheap, and blind.

Where a picture is sharp, second differences are as large as the range of values around them; where it is blurred, they are a small
part of it. A blurred rectangle is an area of the second kind with straight sides, beyond which the first kind begins at once. Sky, bokeh and soft backgrounds end in no straight line, or fade
into their surround; plain paper and fills have no variation to blur.

Reference: ATTACKS.md section 3.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from indelible.model import Box

#: Shortest side, px; longest side of the picture that is searched at full size.
SHORTEST_PX = 24
_LONGEST_PX = 2400
_WINDOW = 9
#: Levels: variation below this over the area is flat.
_FLAT = 3.0
#: What a rectangle must fill of its own frame.
_FILLED = 0.8
#: Least share of it that is neither flat nor sharp.
_SOFT_SHARE = 0.12
#: The same of a spot on plain paper; shares of a page that are flat and sharp; levels that writing spans at least.
_LOOSE, _PAPER, _WRITTEN, _WRITING = 0.45, 0.35, 0.01, 24.0
#: Second difference against range above which a place is sharp.
_KINK = 0.35
_MOST = 32


def find_blurred(image: Image.Image, *, lossy: bool = False) -> tuple[Box, ...]:
    """Rectangles that look blurred on purpose, from top to bottom.

    Args:
        image: upright, mode ``RGB`` or ``L``.
        lossy: the file is a JPEG: its noise counts as no detail.
    """
    import cv2

    grey = np.asarray(image.convert("L"))
    height, width = grey.shape
    if min(height, width) < 2 * SHORTEST_PX or max(height, width) > 4 * _LONGEST_PX:
        return ()
    values = grey.astype(np.float32)
    kernel = np.ones((_WINDOW, _WINDOW), np.uint8)
    rough = cv2.dilate(_detail(values), kernel)
    span = cv2.morphologyEx(values, cv2.MORPH_GRADIENT, kernel)
    floor = 8.0 if lossy else 2.0
    sharp = rough > _KINK * span + floor
    flat = span <= _FLAT
    soft = (~sharp & ~flat).astype(np.uint8)
    closed = cv2.morphologyEx(soft, cv2.MORPH_CLOSE, np.ones((2 * _WINDOW + 1, 2 * _WINDOW + 1), np.uint8))
    candidates: list[Box] = []
    islands: list[Box] = []
    ground = int(np.argmax(np.convolve(np.bincount(grey.ravel(), minlength=256), np.ones(5), mode="same")))
    level = np.abs(values - ground) <= _FLAT
    plain = flat & level
    paper = float(level.mean()) > _PAPER and float(sharp.mean()) > _WRITTEN
    grow = _WINDOW // 2 + 1
    for mask in (closed & ~sharp, ~sharp):  # blurred ground may be flat in places, and stand on flat ground
        mask = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
        _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
        for label in np.argsort(-stats[1:, 4], kind="stable")[:_MOST] + 1:
            left, top, wide, tall, area = (int(value) for value in stats[label])
            if min(wide, tall) + 2 * grow < SHORTEST_PX or area < _LOOSE * wide * tall:
                continue
            box = Box.from_corners(left - grow, top - grow, left + wide + grow, top + tall + grow, width, height)
            if box is None or min(box.width, box.height) < SHORTEST_PX or box.area > 0.9 * width * height:
                continue
            islands.append(box)
            if area >= _FILLED * wide * tall:
                candidates.append(box)
    found: list[Box] = []
    for box in sorted(candidates, key=lambda box: (-box.area, box)):
        part = soft[box.y : box.bottom, box.x : box.right]
        if any(box.intersection(other) for other in found) or float(part.mean()) < _SOFT_SHARE:
            continue
        if _stands_out(values, sharp, flat, box):
            found.append(box)
    for box in sorted(islands, key=lambda box: (-box.area, box)) if paper else ():
        if not any(box.intersection(other) for other in found) and _on_paper(
            values, sharp, soft, plain, level, ground, box
        ):
            found.append(box)
    written = np.abs(values - ground) > _FLAT
    found = [_trimmed(box, written) if paper else box for box in found]
    return tuple(sorted(found, key=lambda box: (box.y, box.x)))


def _trimmed(box: Box, written: np.ndarray) -> Box:
    """Without the plain paper along its sides, but no shorter than `SHORTEST_PX`."""
    rows, columns = np.nonzero(written[box.y : box.bottom, box.x : box.right])
    if not len(rows):
        return box
    spans = []
    for at, length in ((columns, box.width), (rows, box.height)):
        first, end = int(at.min()), int(at.max()) + 1
        short = max(0, min(SHORTEST_PX, length) - (end - first))
        first = max(0, min(first - short // 2, length - min(SHORTEST_PX, length)))
        spans.append((first, max(end, min(length, first + SHORTEST_PX))))
    (left, right), (top, bottom) = spans
    return Box(box.x + left, box.y + top, right - left, bottom - top)


def _on_paper(
    values: np.ndarray, sharp: np.ndarray, soft: np.ndarray, plain: np.ndarray, level: np.ndarray, ground: int, box: Box
) -> bool:
    """Whether a soft spot stands alone on plain paper, with enough contrast to be writing, in a picture that is sharp elsewhere."""
    height, width = values.shape
    rim = _WINDOW // 2 + 1
    inside = (slice(box.y + rim, box.bottom - rim), slice(box.x + rim, box.right - rim))
    if not sharp[inside].size or float(sharp[inside].mean()) > 0.07 or float(soft[inside].mean()) < 0.4:
        return False
    levels = values[inside]
    if float(np.ptp(levels)) < _WRITING or max(box.width, box.height) > 0.8 * max(width, height):
        return False
    around = box.grown(rim + 2, rim + 2, width, height)
    mask = np.ones((around.height, around.width), bool)
    mask[box.y - around.y : box.bottom - around.y, box.x - around.x : box.right - around.x] = False
    ring = (slice(around.y, around.bottom), slice(around.x, around.right))
    empty = float(plain[ring][mask].mean())
    if float((level | sharp)[ring][mask].mean()) <= 0.85:
        return False
    return empty > 0.45 or _like_writing(values, sharp, inside, ground)


def _like_writing(values: np.ndarray, sharp: np.ndarray, inside: tuple[slice, slice], ground: int) -> bool:
    """Whether a soft rectangle among sharp writing has the levels of such writing, blurred: all on one side of the paper's, and nearer
    to it than to the ink's. A photograph on the page has others."""
    off = values[inside] - ground
    ink = float(np.median(values[sharp])) - ground
    toward = off if ink > 0 else -off
    if float((toward < -6).mean()) > 0.02 or float((toward > 4).mean()) < 0.5:
        return False
    deepest = np.abs(values[sharp] - ground).max()
    return float(toward.mean()) < 0.5 * float(deepest) and float(toward.min()) < 0.25 * float(deepest)


def _detail(values: np.ndarray) -> np.ndarray:
    """Absolute second differences along both axes, the larger, levels; float32 ``(height, width)``."""
    detail = np.zeros_like(values)
    detail[:, 1:-1] = np.abs(2 * values[:, 1:-1] - values[:, :-2] - values[:, 2:])
    detail[1:-1] = np.maximum(detail[1:-1], np.abs(2 * values[1:-1] - values[:-2] - values[2:]))
    return detail


def _stands_out(values: np.ndarray, sharp: np.ndarray, flat: np.ndarray, box: Box) -> bool:
    """Whether the inside varies and is nowhere sharp, and what is not flat beyond its sides is."""
    height, width = values.shape
    rim = _WINDOW // 2 + 1
    core = sharp[box.y + rim : box.bottom - rim, box.x + rim : box.right - rim]
    if not core.size or float(core.mean()) > 0.12:
        return False
    if float(values[box.y : box.bottom, box.x : box.right].std()) < _FLAT:
        return False
    tall, wide = (max(4, side // 6) for side in core.shape)
    corners = (core[:tall, :wide], core[:tall, -wide:], core[-tall:, :wide], core[-tall:, -wide:])
    if max(float(corner.mean()) for corner in corners) > 0.35:
        return False  # round
    shares = []
    for upright, at in ((True, box.x - rim), (True, box.right + rim), (False, box.y - rim), (False, box.bottom + rim)):
        if not 0 <= at < (width if upright else height):
            continue
        line = (slice(box.y, box.bottom), at) if upright else (at, slice(box.x, box.right))
        varied = ~flat[line]
        if varied.mean() >= 0.15:
            shares.append(float(sharp[line][varied].mean()))
    return len(shares) >= 2 and min(shares) > 0.4 and float(np.mean(shares)) > 0.65
