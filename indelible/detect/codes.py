"""Bar codes and matrix codes, located by zxing-cpp. What a code says is never kept.

zxing reports a one-dimensional code as the thin line that it read along. Its bars go on above and below: the box is extended
across the line for as long as the picture there still looks like the line itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from indelible.detect.registry import detector
from indelible.detect.scene import Scene
from indelible.model import Box, Detection, Kind, Policy

#: Pixels that an enlarged copy may have, and a turned one.
MAX_PIXELS = 16_000_000
TURNED_PIXELS = 800_000

_PAD = 0.04  # along the code, share of its length: quiet zone and blur; the policy's margin comes on top
_ACROSS_LEAST, _ACROSS_MOST = 0.12, 0.8  # of a one-dimensional code's length, added above and below the line
_ALIKE = 0.35  # lowest correlation of a row of bars with the line that was read
_SAMPLES = 256
_MATRIX = frozenset(
    {"qrcode", "microqrcode", "rmqrcode", "datamatrix", "aztec", "aztecrune", "maxicode", "pdf417", "micropdf417"}
)


Points = NDArray[np.float64]


@detector("code.zxing", finds={Kind.CODE}, version=1)
def find_codes(scene: Scene, policy: Policy) -> tuple[Detection, ...]:
    """Every code that can be read in the picture as it is, at other sizes, turned, or with its contrast raised."""
    found: list[Box] = []
    for box in _boxes(scene.image):
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
            whole = _with_its_bars(corners, np.asarray(turned, dtype=np.float32)) if linear else corners
            box = _grown(_turned_back(whole, turned.size, copy.size, angle) / scale, image)
            if box is not None:
                yield box


def _passes(grey: Image.Image) -> Iterator[tuple[float, int, bool]]:
    """Scale, angle in degrees, contrast raised or not. Large pictures get the cheap ones only."""
    pixels = grey.width * grey.height
    yield 1.0, 0, False
    yield 1.0, 0, True
    if min(grey.size) > 400:
        yield 0.5, 0, False
    if pixels * 4 <= MAX_PIXELS:
        yield 2.0, 0, False
    if pixels * 9 <= MAX_PIXELS // 4:
        yield 3.0, 0, False
    # zxing tries quarter turns itself; a long one-dimensional code is read within 8 degrees of the rows
    small = min(1.0, (TURNED_PIXELS / max(1, pixels)) ** 0.5)
    for angle in (15, 30, 45, 60, 75):
        yield small, angle, False


def _read(grey: Image.Image) -> list[tuple[Points, bool]]:
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


def _turned_back(points: Points, turned: tuple[int, int], before: tuple[int, int], angle: int) -> Points:
    """Points ``(n, 2)`` in a picture turned by ``angle`` degrees counter-clockwise, in the picture before."""
    if not angle:
        return points
    radians = np.deg2rad(angle)
    x, y = (points - np.array(turned) / 2).T
    back = np.stack([x * np.cos(radians) - y * np.sin(radians), x * np.sin(radians) + y * np.cos(radians)], axis=1)
    return back + np.array(before) / 2


def _with_its_bars(corners: Points, pixels: NDArray[np.float32]) -> Points:
    """The corners of a one-dimensional code's line, moved apart until they hold the bars above and below it.

    Args:
        corners: ``(4, 2)``, from top left clockwise as the code is read.
        pixels: ``(height, width)`` grey, 0-255.
    """
    start, end = (corners[0] + corners[3]) / 2, (corners[1] + corners[2]) / 2
    length = float(np.hypot(*(end - start)))
    if length < 8:
        return corners
    across = np.array([start[1] - end[1], end[0] - start[0]]) / length
    along = start + np.linspace(0, 1, _SAMPLES)[:, None] * (end - start)
    line = _profile(pixels, along)
    half = float(np.abs((corners - start) @ across).max())
    reach = []
    for side in (-1.0, 1.0):
        seen, step = 0.0, max(1.0, length / 64)
        for distance in np.arange(half, half + _ACROSS_MOST * length, step):
            if float(line @ _profile(pixels, along + side * distance * across)) < _ALIKE * _SAMPLES:
                if distance - max(seen, half) > 0.08 * length:
                    break
                continue
            seen = distance
        reach.append(max(half + _ACROSS_LEAST * length, seen + 0.05 * length))
    return np.stack(
        [start - reach[0] * across, end - reach[0] * across, end + reach[1] * across, start + reach[1] * across]
    )


def _profile(pixels: NDArray[np.float32], places: Points) -> NDArray[np.float32]:
    """Grey values at ``(n, 2)`` places, mean 0 and deviation 1; zeros where the picture is flat or has ended."""
    columns = np.rint(places[:, 0]).astype(int).clip(0, pixels.shape[1] - 1)
    rows = np.rint(places[:, 1]).astype(int).clip(0, pixels.shape[0] - 1)
    values = pixels[rows, columns]
    spread = float(values.std())
    flat: NDArray[np.float32] = np.zeros_like(values)
    return (values - values.mean()) / np.float32(spread) if spread > 4 else flat


def _grown(points: Points, image: Image.Image) -> Box | None:
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    pad = _PAD * max(right - left, bottom - top)
    corners = (float(left - pad), float(top - pad), float(right + pad), float(bottom + pad))
    return Box.from_corners(*corners, image.width, image.height)


def _same(one: Box, other: Box) -> bool:
    common = one.intersection(other)
    return common is not None and common.area >= 0.5 * min(one.area, other.area)


def _union(one: Box, other: Box) -> Box:
    x, y = min(one.x, other.x), min(one.y, other.y)
    return Box(x, y, max(one.right, other.right) - x, max(one.bottom, other.bottom) - y)
