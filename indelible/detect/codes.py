"""Bar codes and matrix codes: read by zxing-cpp, or known by their marks although nobody can read them. What one says is never kept.

The picture is read once as it is. Then places that look like a code are cut out, turned straight, enlarged and read again; a place
that stays unread counts only if it shows the marks of its kind (`code_marks`, `code_squares`).

zxing reports a one-dimensional code as the thin line that it read along. Its bars go on above and below: the box is extended
across the line for as long as the picture there still looks like the line itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from indelible.detect.code_areas import Grey, Quad, patches, sides_of, straightened, strips
from indelible.detect.code_lattice import is_lattice
from indelible.detect.code_marks import bars_of, is_data_matrix, is_pdf417
from indelible.detect.code_squares import has_finders, qr_codes, squares
from indelible.detect.registry import detector
from indelible.detect.scene import Scene
from indelible.model import Box, Detection, Kind, Mode, Policy

#: Pixels of the copy in which places are looked for.
SEARCH_PIXELS = 1_000_000
#: Scores of a code that was read, and of one that shows its kind's marks; balanced mode leaves out the last.
READ, SQUARES, MARKS = 1.0, 0.8, 0.6
BALANCED_CUT = 0.7

_PAD = 0.04  # along the code, share of its length: quiet zone and blur; the policy's margin comes on top
_ACROSS_LEAST, _ACROSS_MOST = 0.12, 0.8  # of a one-dimensional code's length, added above and below the line
_ALIKE = 0.35  # lowest correlation of a row of bars with the line that was read
_SAMPLES = 256
_SIDES = 260, 560  # pixels of a cut-out's longer side: enlarged to the first, shrunk to the second
_MATRIX = frozenset(
    {"qrcode", "microqrcode", "rmqrcode", "datamatrix", "aztec", "aztecrune", "maxicode", "pdf417", "micropdf417"}
)


Points = NDArray[np.float64]


@detector("code.zxing", finds={Kind.CODE}, version=2)
def find_codes(scene: Scene, policy: Policy) -> tuple[Detection, ...]:
    """Every code that can be read, as it stands or turned and enlarged, and every place with the marks of one."""
    least = BALANCED_CUT if policy.mode is Mode.BALANCED else 0.0
    found: list[tuple[Box, float]] = []
    for box, score in _candidates(scene.image):
        overlap = next((other for other in found if _same(box, other[0])), None)
        if overlap is None:
            found.append((box, score))
        else:
            found[found.index(overlap)] = (_union(box, overlap[0]), max(score, overlap[1]))
    return tuple(
        Detection(kind=Kind.CODE, box=box, score=score, detector="code.zxing")
        for box, score in sorted(set(found))
        if score >= least
    )


def _candidates(image: Image.Image) -> Iterator[tuple[Box, float]]:
    """Boxes in upright pixels of ``image`` and their scores: what is read at once, then what is found by looking for it."""
    grey = image.convert("L")
    read: list[Box] = []
    for corners, linear in _read(np.asarray(grey)):
        whole = _with_its_bars(corners, np.asarray(grey)) if linear else corners
        box = _grown(whole, image)
        if box is not None:
            read.append(box)
            yield box, READ
    scale = min(1.0, (SEARCH_PIXELS / (grey.width * grey.height)) ** 0.5)
    small = grey
    if scale < 1.0:
        small = grey.resize(
            (max(1, round(grey.width * scale)), max(1, round(grey.height * scale))), Image.Resampling.BOX
        )
    if min(small.size) < 12:
        return
    fine, full = np.asarray(small), np.asarray(grey)
    for quad, score in _places(fine):
        place = _grown(quad / scale, image)
        if place is None:
            continue
        if any(_same(place, other) and place.area < 3 * other.area for other in read):
            if score:  # the whole symbol, of which the reader reports what it needed
                yield place, score
            continue
        cut = _cut_and_read(full, quad / scale, marked=score > 0)
        box = None if cut is None else _grown(cut, image)
        if box is not None:
            read.append(box)
            yield box, READ
        elif score:
            yield place, score


def _places(grey: Grey) -> Iterator[tuple[Quad, float]]:
    """Places in a grey picture that may hold a code, and what their marks alone are worth."""
    finders, eyes = squares(grey)
    for quad in qr_codes(finders, grey):
        yield quad, SQUARES
    for eye in eyes:
        middle = eye.corners.mean(axis=0)
        yield middle + (eye.corners - middle) * 1.9, SQUARES
    for quad, _ in strips(grey):
        bars = bars_of(grey, quad)
        if bars is not None:
            yield bars, MARKS
    for quad in patches(grey):
        marked = (
            has_finders(finders, quad) or is_data_matrix(grey, quad) or is_lattice(grey, quad) or is_pdf417(grey, quad)
        )
        yield quad, MARKS if marked else 0.0


def _cut_and_read(grey: Grey, quad: Quad, marked: bool) -> Points | None:
    """Corners of the code in a place that can be read once it is cut out with its quiet zone, straightened and made a middle size."""
    import cv2

    wide, high = sides_of(quad)
    longest = max(wide, high, 1.0)
    enlarge = min(6.0, max(1.0, _SIDES[0] / longest)) if longest < _SIDES[1] else _SIDES[1] / longest
    columns, rows = (min(900, max(16, round(side * 1.3 * enlarge))) for side in (wide, high))
    cut = straightened(grey, quad, columns, rows, pad=0.15)
    found = _read(cut)
    if not found:
        soft = cv2.GaussianBlur(cut, (0, 0), 1.4 * enlarge)
        found = _read(np.asarray(cv2.addWeighted(cut, 3.5, soft, -2.5, 0), dtype=np.uint8))
    if not found and marked:
        found = _read(np.asarray(255 - cut, dtype=np.uint8))  # the reader inverts matrix codes only
    for corners, linear in found:
        whole = _with_its_bars(corners, cut) if linear else corners
        middle = quad.mean(axis=0)
        target = (middle + (quad - middle) * 1.3).astype(np.float32)
        source = np.array([[0, 0], [columns - 1, 0], [columns - 1, rows - 1], [0, rows - 1]], dtype=np.float32)
        back = cv2.perspectiveTransform(whole[None].astype(np.float32), cv2.getPerspectiveTransform(source, target))
        return np.asarray(back[0], dtype=np.float64)
    return None


def _read(pixels: Grey) -> list[tuple[Points, bool]]:
    """Corners ``(4, 2)`` of each code and whether it is one-dimensional. zxing tries quarter turns, inversion and half size itself."""
    import zxingcpp

    found = []
    for code in zxingcpp.read_barcodes(
        np.ascontiguousarray(pixels), try_rotate=True, try_downscale=True, try_invert=True
    ):
        place = code.position
        corners = [place.top_left, place.top_right, place.bottom_right, place.bottom_left]
        name = str(code.format).rsplit(".", 1)[-1].lower().replace("_", "").replace(" ", "").replace("-", "")
        found.append((np.array([(corner.x, corner.y) for corner in corners], dtype=np.float64), name not in _MATRIX))
    return found


def _with_its_bars(corners: Points, pixels: Grey) -> Points:
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


def _profile(pixels: Grey, places: Points) -> NDArray[np.float32]:
    """Grey values at ``(n, 2)`` places, mean 0 and deviation 1; zeros where the picture is flat or has ended."""
    columns = np.rint(places[:, 0]).astype(int).clip(0, pixels.shape[1] - 1)
    rows = np.rint(places[:, 1]).astype(int).clip(0, pixels.shape[0] - 1)
    values = pixels[rows, columns].astype(np.float32)
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
