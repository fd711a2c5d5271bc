"""Bar codes and matrix codes, located by zxing-cpp. What a code says is never kept.

zxing reports a one-dimensional code as the thin line that it read along, so its box is given the code's height here: measured,
35 % of the long side on all sides (12 % for matrix codes) covers 40 of 41 labelled codes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image

from indelible.detect.registry import detector
from indelible.media import Picture
from indelible.model import Box, Detection, Kind, Policy

#: Pixels that an enlarged or turned copy may have, and the size above which the picture is only read as it is.
MAX_PIXELS = 16_000_000

_LINEAR_PAD = 0.35
_MATRIX_PAD = 0.04  # the finder's own blur; the policy's margin of 12 % comes on top
_MATRIX = frozenset(
    {"qrcode", "microqrcode", "rmqrcode", "datamatrix", "aztec", "aztecrune", "maxicode", "pdf417", "micropdf417"}
)


@detector("code.zxing", finds={Kind.CODE}, version=1)
def find_codes(picture: Picture, policy: Policy) -> tuple[Detection, ...]:
    """Every code that can be read in the picture as it is, at other sizes, turned, or with its contrast raised."""
    found: list[Box] = []
    for box in _boxes(picture.image):
        overlap = next((other for other in found if _same(box, other)), None)
        if overlap is None:
            found.append(box)
        else:
            found[found.index(overlap)] = _union(box, overlap)
    return tuple(Detection(kind=Kind.CODE, box=box, score=1.0, detector="code.zxing") for box in sorted(set(found)))


def _boxes(image: Image.Image) -> Iterator[Box]:
    """Boxes of all passes, in upright pixels of ``image``."""
    grey = image.convert("L")
    for scale, angle, contrast in _passes(grey):
        copy = grey
        if scale != 1.0:
            size = (max(1, round(grey.width * scale)), max(1, round(grey.height * scale)))
            copy = grey.resize(size, Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.BOX)
        if contrast:
            copy = _contrast_raised(copy)
        turned = copy.rotate(angle, expand=True, fillcolor=255, resample=Image.Resampling.BILINEAR) if angle else copy
        for corners, linear in _read(turned):
            points = _turned_back(corners, turned.size, copy.size, angle) / scale
            box = _grown(points, _LINEAR_PAD if linear else _MATRIX_PAD, image)
            if box is not None:
                yield box


def _passes(grey: Image.Image) -> Iterator[tuple[float, int, bool]]:
    """Scale, angle in degrees, contrast raised or not. Large pictures get the cheap ones only."""
    pixels = grey.width * grey.height
    yield 1.0, 0, False
    yield 1.0, 0, True
    if min(grey.size) > 400:
        yield 0.5, 0, False
    for scale in (2.0, 3.0):
        if pixels * scale * scale <= MAX_PIXELS:
            yield scale, 0, False
    if pixels * 4 <= MAX_PIXELS:
        yield 2.0, 0, True
    if pixels * 2 <= MAX_PIXELS:  # zxing itself tries quarter turns
        for angle in (15, 30, 45, 60, 75):
            yield 1.0, angle, False


def _read(grey: Image.Image) -> list[tuple[np.ndarray[Any, np.dtype[np.float64]], bool]]:
    """Corners ``(4, 2)`` of each code and whether it is one-dimensional."""
    import zxingcpp

    found = []
    for code in zxingcpp.read_barcodes(np.asarray(grey)):
        place = code.position
        corners = [place.top_left, place.top_right, place.bottom_right, place.bottom_left]
        name = str(code.format).rsplit(".", 1)[-1].lower().replace("_", "").replace(" ", "").replace("-", "")
        found.append((np.array([(corner.x, corner.y) for corner in corners], dtype=np.float64), name not in _MATRIX))
    return found


def _contrast_raised(grey: Image.Image) -> Image.Image:
    import cv2

    equal = cv2.createCLAHE(clipLimit=3.0, tileGridSize=(8, 8)).apply(np.asarray(grey))
    return Image.fromarray(np.asarray(equal, dtype=np.uint8))


def _turned_back(
    points: np.ndarray[Any, np.dtype[np.float64]], turned: tuple[int, int], before: tuple[int, int], angle: int
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Points ``(n, 2)`` in a picture turned by ``angle`` degrees counter-clockwise, in the picture before."""
    if not angle:
        return points
    radians = np.deg2rad(angle)
    x, y = (points - np.array(turned) / 2).T
    back = np.stack([x * np.cos(radians) - y * np.sin(radians), x * np.sin(radians) + y * np.cos(radians)], axis=1)
    return back + np.array(before) / 2


def _grown(points: np.ndarray[Any, np.dtype[np.float64]], share: float, image: Image.Image) -> Box | None:
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    pad = share * max(right - left, bottom - top)
    corners = (float(left - pad), float(top - pad), float(right + pad), float(bottom + pad))
    return Box.from_corners(*corners, image.width, image.height)


def _same(one: Box, other: Box) -> bool:
    common = one.intersection(other)
    return common is not None and common.area >= 0.5 * min(one.area, other.area)


def _union(one: Box, other: Box) -> Box:
    x, y = min(one.x, other.x), min(one.y, other.y)
    return Box(x, y, max(one.right, other.right) - x, max(one.bottom, other.bottom) - y)
