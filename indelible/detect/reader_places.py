"""Where text stands: four-cornered places, found at the scales at which text of every size can be seen.

The detector weighs a line against the picture around it: small letters alone on a large empty page are lost on it. So large
pictures are looked at twice: as a whole, and then, in parts of about a megapixel at their own resolution, wherever there is
something drawn that the first look does not explain. Small pictures are looked at as they are; only where that shows a trace of
text are they looked at enlarged.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from indelible.model import Box

#: Pixels that are looked at at once as a whole, and the longest side to which a larger picture is shrunk for that.
WHOLE_PIXELS, WHOLE = 4_000_000, 2_000
#: Sides of a part that is looked at closely; pictures within them need no second look.
PART_LONG, PART_SHORT = 1_280, 960
_OVERLAP = 160
#: A change of brightness between neighbours that ink makes, and the pixels of it that make a part worth a look.
_INK_CONTRAST, _INK_PIXELS = 20, 60
#: The least side of what is looked at closely.
_ROOM = 320
#: Shorter side to which small pictures are enlarged, and how far: the detector was made for letters of 16 pixels and more.
_ENLARGED, _ENLARGED_PIXELS, _MOST = 736, 2_500_000, 4.0
#: The same for a part of a large picture, whose resolution is what it is.
_CLOSE = 400
_LEAST_SIDE = 64
#: A trace of text on the detector's map, well under what counts as text.
_TRACE = 0.25
#: With fewer places than this on a small picture, and a trace of text, the contrast of each neighbourhood is raised for one more look.
_FEW, _FEW_PIXELS, _FEW_SCORE = 8, 1_200_000, 0.45
#: Height in pixels as looked at from which a line is not looked for again.
_CLEAR = 12.0
Pixels = NDArray[np.uint8]
Corners = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One line's four corners, clockwise from where its text would start if it ran to the right, in upright pixels.

    ``angle``: clockwise degrees of its reading direction. ``standing`` lines run down (or up) and are turned a quarter to be read.
    ``clear``: it was looked at large enough to be found whole. ``cut``: it ends at the edge of a part.
    """

    corners: Corners
    box: Box
    score: float
    angle: float
    standing: bool
    clear: bool
    cut: bool


def find_places(image: Image.Image, detector: Any) -> list[Place]:
    """Every place of text, top to bottom. ``detector`` is rapidocr's; ``image`` is upright, of any mode."""
    width, height = image.size
    longest = max(PART_LONG, 3 * min(width, height))  # lines are missed in pictures that are much longer than wide
    entire = width * height <= WHOLE_PIXELS and max(width, height) <= longest
    scale = 1.0 if entire else min(1.0, WHOLE / max(width, height))
    found: list[Place] = []
    if entire or min(width, height) * scale >= _LEAST_SIDE / 2:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        whole = _pixels(image if size == image.size else image.resize(size, Image.Resampling.BOX))
        found, trace = _look(whole, detector, (0, 0), scale, image.size)
        little = entire and trace >= _TRACE and len(found) < _FEW and width * height <= _FEW_PIXELS
        if little and _unexplained(image, Box(0, 0, width, height), found) is not None:
            raised, _ = _look(_raised(whole), detector, (0, 0), 1.0, image.size)
            found = _joined(found, [place for place in raised if place.score >= _FEW_SCORE])
        del whole
    if not entire or width * height > PART_LONG * PART_SHORT:
        closer: list[Place] = []
        for part in parts(width, height, 2 * sum(place.standing for place in found) > len(found)):
            window = _unexplained(image, part, found)
            if window is not None:
                pixels = _pixels(image.crop(window.corners))
                closer = _joined(closer, _look(pixels, detector, (window.x, window.y), 1.0, image.size, _CLOSE)[0])
        found = _joined(found, closer)
    return sorted(found, key=lambda place: (place.box.y, place.box.x, place.box.width, place.box.height))


def _unexplained(image: Image.Image, part: Box, found: Sequence[Place]) -> Box | None:
    """What of a part shows ink, or anything as sharp, outside the places that were seen clearly; None if nothing does."""
    import cv2

    grey = np.asarray(image.crop(part.corners).convert("L"))
    edges = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((2, 2), dtype=np.uint8)) >= _INK_CONTRAST
    for place in found:
        if place.clear and place.box.intersection(part) is not None:
            grow = max(4, min(place.box.width, place.box.height) // 3)
            left, top = place.box.x - part.x - grow, place.box.y - part.y - grow
            right, bottom = place.box.right - part.x + grow, place.box.bottom - part.y + grow
            edges[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = False
    if int(np.count_nonzero(edges)) < _INK_PIXELS:
        return None
    rows, columns = np.flatnonzero(edges.any(axis=1)), np.flatnonzero(edges.any(axis=0))
    left, right = _spread(int(columns[0]) + part.x, int(columns[-1]) + 1 + part.x, image.width)
    top, bottom = _spread(int(rows[0]) + part.y, int(rows[-1]) + 1 + part.y, image.height)
    return Box(left, top, right - left, bottom - top)


def _spread(start: int, end: int, limit: int) -> tuple[int, int]:
    """A stretch with some room around it, at least `_ROOM` long where there is so much."""
    more = max(_ROOM // 4, (_ROOM - (end - start)) // 2)
    return max(0, start - more), min(limit, end + more)


def parts(width: int, height: int, standing: bool = False) -> tuple[Box, ...]:
    """Overlapping parts of a large picture, longer in the direction in which lines run."""
    across, down = (PART_SHORT, PART_LONG) if standing else (PART_LONG, PART_SHORT)
    across, down = min(width, across), min(height, down)
    # where one side is short, the other may be longer
    across = min(width, max(across, min(3 * height, PART_LONG * PART_SHORT // max(down, 640))))
    down = min(height, max(down, min(3 * width, PART_LONG * PART_SHORT // max(across, 640))))
    return tuple(Box(x, y, across, down) for y in _starts(height, down) for x in _starts(width, across))


def _starts(length: int, side: int) -> tuple[int, ...]:
    if length <= side:
        return (0,)
    return (*range(0, length - side, side - _OVERLAP), length - side)


def _pixels(image: Image.Image) -> Pixels:
    """Blue, green, red, as the reader takes it, at least 64 pixels on each side."""
    pixels = np.asarray(image.convert("RGB"))[:, :, ::-1]
    down, across = max(0, _LEAST_SIDE - pixels.shape[0]), max(0, _LEAST_SIDE - pixels.shape[1])
    if down or across:
        pixels = np.pad(pixels, ((0, down), (0, across), (0, 0)), mode="edge")
    return np.ascontiguousarray(pixels)


def _raised(pixels: Pixels) -> Pixels:
    """Grey, with the contrast of each neighbourhood raised: embossed letters and worn print come out."""
    import cv2

    grey = cv2.GaussianBlur(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), (3, 3), 0)
    return np.asarray(cv2.cvtColor(cv2.createCLAHE(4.0, (8, 8)).apply(grey), cv2.COLOR_GRAY2BGR), dtype=np.uint8)


def _look(
    pixels: Pixels, detector: Any, offset: tuple[int, int], scale: float, frame: tuple[int, int], least: int = _ENLARGED
) -> tuple[list[Place], float]:
    """The places in one part, and the strongest trace of text on it, 0.0 to 1.0. ``scale``: the part's pixels per upright pixel."""
    height, width = pixels.shape[:2]
    enlarged = min(least / min(height, width), (_ENLARGED_PIXELS / (height * width)) ** 0.5, _MOST)
    if enlarged >= 1.5:
        trace = float(_map(pixels, detector, 1.0).max())
        if trace < _TRACE:
            return [], trace
    score_map = _map(pixels, detector, max(1.0, enlarged))
    quads, scores = detector.postprocess_op(score_map, (height, width))
    places = (
        _place(quad, float(score), (width, height), offset, scale, frame)
        for quad, score in zip(quads, scores, strict=True)
    )
    return [place for place in places if place is not None], float(score_map.max())


def _map(pixels: Pixels, detector: Any, factor: float) -> NDArray[np.float32]:
    """The detector's map, ``(1, 1, height, width)``, of a part enlarged by a factor; sides are rounded to multiples of 32."""
    import cv2

    height, width = (max(32, round(side * factor / 32) * 32) for side in pixels.shape[:2])
    resized = cv2.resize(pixels, (width, height))
    values = (resized.astype(np.float32) * (2.0 / 255.0) - 1.0).transpose(2, 0, 1)[None]
    return np.asarray(detector.session(np.ascontiguousarray(values)), dtype=np.float32)


def _place(
    quad: Any, score: float, size: tuple[int, int], offset: tuple[int, int], scale: float, frame: tuple[int, int]
) -> Place | None:
    """One place in upright pixels, or None if it is not finite or outside."""
    points = np.asarray(quad, dtype=np.float64).reshape(-1, 2)
    if points.shape != (4, 2) or not np.isfinite(points).all():
        return None
    cut = bool((points.min(axis=0) <= 2).any() or (points.max(axis=0) >= np.subtract(size, 3)).any())
    points = points / scale + offset
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    box = Box.from_corners(float(left), float(top), float(right), float(bottom), *frame)
    across, down = math.dist(points[0], points[1]), math.dist(points[0], points[3])
    if box is None or min(across, down) < 1:
        return None
    standing = down >= 1.5 * across
    angle = math.degrees(math.atan2(points[1][1] - points[0][1], points[1][0] - points[0][0])) + (90 if standing else 0)
    return Place(
        corners=tuple((float(x), float(y)) for x, y in points),
        box=box,
        score=min(1.0, max(0.0, score)),
        angle=angle,
        standing=standing,
        clear=min(across, down) * scale >= _CLEAR,
        cut=cut,
    )


def _joined(found: Sequence[Place], more: Sequence[Place]) -> list[Place]:
    """Places of two looks, each line once: what was seen clearly before stays, what was not gives way to a closer look."""
    if not found or not more:
        return [*found, *more]
    old = np.array([place.box.corners for place in found])
    new = np.array([place.box.corners for place in more])
    wide = np.minimum(old[:, None, 2], new[None, :, 2]) - np.maximum(old[:, None, 0], new[None, :, 0])
    high = np.minimum(old[:, None, 3], new[None, :, 3]) - np.maximum(old[:, None, 1], new[None, :, 1])
    common = np.clip(wide, 0, None).astype(np.int64) * np.clip(high, 0, None)
    old_area = ((old[:, 2] - old[:, 0]) * (old[:, 3] - old[:, 1])).astype(np.int64)
    new_area = ((new[:, 2] - new[:, 0]) * (new[:, 3] - new[:, 1])).astype(np.int64)
    keep_new = np.ones(len(more), dtype=bool)
    for number, place in enumerate(more):
        share = common[:, number] / max(1, new_area[number])
        inside = share >= 0.7
        clear = np.array([found[int(other)].clear for other in np.flatnonzero(inside)])
        if inside.any() and (
            clear.any() or place.cut or (old_area[inside] > 1.3 * new_area[number]).any() and place.cut
        ):
            keep_new[number] = False
    covered = common[:, keep_new].sum(axis=1) / np.maximum(1, old_area)
    kept = [place for number, place in enumerate(found) if covered[number] < 0.8 or (place.clear and not place.cut)]
    return kept + [place for number, place in enumerate(more) if keep_new[number]]


def straightened(image: Image.Image, place: Place, row: int) -> Pixels | None:
    """The pixels of a place, turned level, at most ``row`` pixels high: blue, green, red. None where nothing is left."""
    import cv2

    part = np.asarray(image.crop(place.box.corners).convert("RGB"))[:, :, ::-1]
    points = np.array(place.corners, dtype=np.float32) - (place.box.x, place.box.y)
    across = max(math.dist(points[0], points[1]), math.dist(points[3], points[2]))
    down = max(math.dist(points[0], points[3]), math.dist(points[1], points[2]))
    shrink = min(1.0, 2.0 * row / max(1.0, min(across, down)))
    if shrink < 1.0:  # averaged first: a warp alone would pick single pixels of large letters
        size = (max(1, round(part.shape[1] * shrink)), max(1, round(part.shape[0] * shrink)))
        part = cv2.resize(np.ascontiguousarray(part), size, interpolation=cv2.INTER_AREA)
        points, across, down = points * shrink, across * shrink, down * shrink
    width, height = int(across), int(down)
    if width < 2 or height < 2:
        return None
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    warp = cv2.getPerspectiveTransform(points.astype(np.float32), target)
    level = cv2.warpPerspective(
        np.ascontiguousarray(part), warp, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    if place.standing:
        level = np.rot90(level)
    high = min(row, level.shape[0])
    long = max(1, min(round(level.shape[1] * high / level.shape[0]), 100 * row))
    if (long, high) != (level.shape[1], level.shape[0]):
        level = cv2.resize(np.ascontiguousarray(level), (long, high), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(level, dtype=np.uint8)
