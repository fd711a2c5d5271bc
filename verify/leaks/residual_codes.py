"""`residual.codes`: second detectors, of another make than the locator's, see no bar code and no QR code.

OpenCV's finder for QR codes works on the three corner squares, its finder for bar codes on parallel edges. The second one also
fires on grilles and fences, so a bar code counts only if it was decoded, or if it was found again at the same place in three
smaller copies and shows many bars that run through from one side to the other.

Reference: DETECTION.md section D.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image

from indelible.model import Box, Kind, Outcome, Reason
from indelible.verify import samples
from indelible.verify.checks import Observation, leak_check
from indelible.verify.residual import hits_left, residual_observation, small_grey, where_named
from indelible.verify.subject import Subject

_MAX_PIXELS = 12_000_000
#: A QR code's sides: the shortest against the longest, and the least length in pixels.
_SQUARE = 0.55
_SHORTEST_PX = 16
#: Further looks at a bar code that was not decoded, and how well the places must agree (intersection over union).
_SCALES = (0.6, 0.75, 0.87)
_AGREES = 0.4
#: Its bars: how many there are, dark and light, how uneven in width (standard deviation over mean; a fence is even), and how
#: alike the rows across them are (correlation).
_CHANGES = 18
_UNEVEN = 0.3
_ALIKE = 0.8

_CODE = Box(60, 20, 100, 100)


def _page_with_code() -> Image.Image:
    """A QR code of version 1, drawn by OpenCV's encoder."""
    import cv2

    modules = np.asarray(cv2.QRCodeEncoder.create().encode("INDELIBLE CONTROL"))
    code = Image.fromarray(modules).resize((_CODE.width, _CODE.height), Image.Resampling.NEAREST)
    image = Image.new("RGB", (240, 140), "white")
    image.paste(code.convert("RGB"), (_CODE.x, _CODE.y))
    return image


def _leaking() -> Subject:
    return samples.subject(samples.encoded(_page_with_code()))


def _clean() -> Subject:
    image = _page_with_code()
    image.paste((0, 0, 0), _CODE.corners)
    return samples.subject(samples.encoded(image), [samples.region(_CODE, kind=Kind.CODE)])


@leak_check(
    "residual.codes",
    family="residual",
    rules={"L423"},
    leaking=_leaking,
    clean=_clean,
    applies=where_named(Kind.CODE),
    order=69,
    by_frame=True,
)
def residual_codes(subject: Subject) -> Observation:
    """No code is left outside the filled regions."""
    if subject.picture is None:
        return Observation(outcome=Outcome.INCONCLUSIVE, why=Reason.UNKNOWN_STRUCTURE.value)
    left = hits_left(subject, find_codes(subject.picture.image))
    return residual_observation("L423", "residual.code", left)


def find_codes(image: Image.Image) -> tuple[Box, ...]:
    """Boxes of everything that OpenCV takes for a code and that looks like one, in upright pixels of ``image``."""
    grey, shrink = small_grey(image, _MAX_PIXELS)
    pixels = np.asarray(grey)
    found = set()
    for corners in (*_qr_codes(pixels), *_bar_codes(grey)):
        box = _box(corners / shrink, image.size)
        if box is not None:
            found.add(box)
    return tuple(sorted(found))


def _qr_codes(pixels: np.ndarray) -> Iterator[np.ndarray]:
    """Corners, ``(4, 2)``, of QR codes whose outline is nearly a square."""
    import cv2

    detector: Any = cv2.QRCodeDetectorAruco()
    seen, points = detector.detectMulti(pixels)
    for corners in points if seen and points is not None else ():
        sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
        if np.isfinite(sides).all() and sides.min() >= _SHORTEST_PX and sides.min() >= _SQUARE * sides.max():
            yield corners


def _bar_codes(grey: Image.Image) -> Iterator[np.ndarray]:
    """Corners, ``(4, 2)``, of bar codes that were decoded, or seen at two scales."""
    import cv2

    detector: Any = cv2.barcode.BarcodeDetector()
    pixels = np.asarray(grey)
    seen, points = detector.detectMulti(pixels)
    if not seen or points is None:
        return
    _, texts = detector.decodeMulti(pixels, points)[:2]
    undecoded = []
    for corners, text in zip(points, texts or [""] * len(points), strict=False):
        if text:
            yield corners
        elif _has_bars(pixels, corners):
            undecoded.append(corners)
    looks = [list(_seen_at(detector, grey, scale)) for scale in _SCALES] if undecoded else []
    for corners in undecoded:
        box = _box(corners, grey.size)
        if box is not None and all(any(_overlap(box, other) >= _AGREES for other in look) for look in looks):
            yield corners


def _seen_at(detector: Any, grey: Image.Image, scale: float) -> Iterator[Box]:
    """Where the detector sees bar codes in a smaller copy, in pixels of ``grey``."""
    size = (max(1, round(grey.width * scale)), max(1, round(grey.height * scale)))
    seen, points = detector.detectMulti(np.asarray(grey.resize(size, Image.Resampling.BICUBIC)))
    for corners in points if seen and points is not None else ():
        box = _box(corners / scale, grey.size)
        if box is not None:
            yield box


def _has_bars(pixels: np.ndarray, corners: np.ndarray) -> bool:
    """Whether the area, straightened one way or the other, shows many bars that are alike in every row."""
    import cv2

    target = np.array([[0, 0], [255, 0], [255, 31], [0, 31]], dtype=np.float32)
    for turn in range(2):
        source = np.roll(corners, turn, axis=0).astype(np.float32)
        source += (source.mean(axis=0) - source) * 0.1  # the detector's outline is a little wide
        flat = cv2.warpPerspective(pixels, cv2.getPerspectiveTransform(source, target), (256, 32)).astype(np.float64)
        rows = flat - flat.mean(axis=1, keepdims=True)
        mean = rows.mean(axis=0)
        strength = np.sqrt((rows**2).sum(axis=1) * (mean**2).sum()) + 1e-6
        widths = np.diff(np.flatnonzero(np.diff(mean > 0)))
        regular = len(widths) < _CHANGES or widths.std() < _UNEVEN * widths.mean()
        if not regular and float(np.median((rows * mean).sum(axis=1) / strength)) >= _ALIKE:
            return True
    return False


def _overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    part = one.intersection(other)
    return 0.0 if part is None else part.area / (one.area + other.area - part.area)


def _box(corners: np.ndarray, size: tuple[int, int]) -> Box | None:
    if not np.isfinite(corners).all():
        return None
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    return Box.from_corners(float(left), float(top), float(right), float(bottom), *size)
