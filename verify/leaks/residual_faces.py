"""`residual.faces`: a second face detector, of another make and at other settings than the locator, sees no face.

BlazeFace, the short range model of MediaPipe, looks at the published picture: whole, and in overlapping tiles of three sizes.
It is weaker than the locator on crowds and is not asked to be better: it is asked to be different. What lies under a filled
region does not count, nor does a face that a person has looked at and let stand.

The model runs in OpenCV and not in MediaPipe's own runtime, which contacts its maker's server when a detector is created.
Its anchors and coordinates are decoded here (Bazarevsky et al. 2019, arXiv:1907.05047).

Reference: DETECTION.md section A (BlazeFace as an independent post-check).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from importlib import resources
from typing import Any

import numpy as np
from PIL import Image

from indelible.detect import store
from indelible.model import Box, Kind, Outcome, Reason
from indelible.verify import samples
from indelible.verify.checks import Observation, leak_check
from indelible.verify.residual import hits_left, residual_observation
from indelible.verify.subject import Subject

_MODEL = "face_detection_short_range"
#: Lowest scores that count, for the whole picture and for tiles: over 0.75 none of 44 pictures without people gives a hit.
THRESHOLDS = {"whole": 0.78, "tile": 0.78}
#: Hits from this score on count if so many looks agree on the place.
_DOUBTFUL = 0.70
_LOOKS = 2
_AGREES = 0.4  # intersection over union
#: Tile sides in pixels, each moved by three quarters of itself.
TILES_PX = (512, 320, 192)
_STEP = 0.75
_MAX_PIXELS = 8_000_000

_INPUT_PX = 128
#: Cells across and anchors per cell of the model's two layers of anchors.
_LAYERS = ((16, 2), (8, 6))

_LOCK = threading.Lock()
_NET: list[Any] = []
_FACE = Box(160, 30, 128, 160)


def _portrait() -> Image.Image:
    """The public-domain portrait that comes with scikit-image (NASA)."""
    file = resources.files("skimage").joinpath("data", "astronaut.png")
    with file.open("rb") as stream:
        return Image.open(stream).convert("RGB").crop((0, 0, 320, 320))


def _leaking() -> Subject:
    return samples.subject(samples.encoded(_portrait()))


def _clean() -> Subject:
    image = _portrait()
    image.paste((0, 0, 0), _FACE.corners)
    return samples.subject(samples.encoded(image), [samples.region(_FACE, kind=Kind.FACE)])


def _applies(subject: Subject) -> str | None:
    return None if Kind.FACE in subject.policy.kinds else "kind_not_in_policy"


@leak_check(
    "residual.faces", family="residual", rules={"L421"}, leaking=_leaking, clean=_clean, applies=_applies, order=70
)
def residual_faces(subject: Subject) -> Observation:
    """No face is left outside the filled regions. Raises `ModelMissing` if the models are not installed."""
    if subject.picture is None:
        return Observation(outcome=Outcome.INCONCLUSIVE, why=Reason.UNKNOWN_STRUCTURE.value)
    left = hits_left(subject, find_faces(subject.picture.image))
    return residual_observation("L421", "residual.face", left)


def find_faces(image: Image.Image) -> tuple[Box, ...]:
    """Boxes of everything that BlazeFace takes for a face, in upright pixels of ``image``."""
    looks = candidates(image)
    sure = {box for box, kind, score in looks if score >= THRESHOLDS[kind]}
    doubtful = [box for box, kind, score in looks if score >= _DOUBTFUL]
    agreed = {box for box in doubtful if sum(_overlap(box, other) >= _AGREES for other in doubtful) >= _LOOKS}
    return tuple(sorted(sure | agreed))


def candidates(image: Image.Image) -> list[tuple[Box, str, float]]:
    """``(box, pass, score)`` of all passes; the pass is a key of `THRESHOLDS`."""
    shrink = min(1.0, (_MAX_PIXELS / (image.width * image.height)) ** 0.5)
    small = image
    if shrink < 1.0:
        small = image.resize((round(image.width * shrink), round(image.height * shrink)), Image.Resampling.BOX)
    pixels = np.asarray(small.convert("RGB"))
    found = []
    with _LOCK:
        for kind, part, left, top in _views(pixels):
            for x, y, width, height, score in _detected(part):
                near = ((left + x) / shrink, (top + y) / shrink)
                far = (near[0] + width / shrink, near[1] + height / shrink)
                box = Box.from_corners(*near, *far, *image.size)
                if box is not None:
                    found.append((box, kind, score))
    return found


def _overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    part = one.intersection(other)
    return 0.0 if part is None else part.area / (one.area + other.area - part.area)


def _views(pixels: np.ndarray) -> Iterator[tuple[str, np.ndarray, int, int]]:
    """Which pass, its pixels, and where their top left corner lies."""
    height, width = pixels.shape[:2]
    yield "whole", pixels, 0, 0
    for side in TILES_PX:
        if max(height, width) <= side:
            continue
        for top in _starts(height, side):
            for left in _starts(width, side):
                yield "tile", pixels[top : top + side, left : left + side], left, top


def _starts(length: int, side: int) -> list[int]:
    """First pixels of tiles that cover ``length`` and overlap by a quarter."""
    if length <= side:
        return [0]
    count = -(-(length - side) // int(side * _STEP)) + 1
    return [round(number * (length - side) / (count - 1)) for number in range(count)]


def _detected(pixels: np.ndarray) -> list[tuple[float, float, float, float, float]]:
    """Left, top, width, height in pixels of a view, and score; doubtful ones included, overlapping ones thinned out."""
    import cv2

    if not _NET:
        _NET.append(cv2.dnn.readNetFromTFLite(np.frombuffer(store.load(_MODEL), np.uint8)))
    net = _NET[0]
    height, width = pixels.shape[:2]
    side = max(height, width)
    scale = _INPUT_PX / side
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    left, top = (_INPUT_PX - size[0]) // 2, (_INPUT_PX - size[1]) // 2
    canvas = np.zeros((_INPUT_PX, _INPUT_PX, 3), np.uint8)
    canvas[top : top + size[1], left : left + size[0]] = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    net.setInput(cv2.dnn.blobFromImage(canvas, 1 / 127.5, (_INPUT_PX, _INPUT_PX), (127.5, 127.5, 127.5)))
    scores, shapes = (np.asarray(net.forward(name))[0] for name in ("classificators", "regressors"))
    chances = 1 / (1 + np.exp(-np.clip(scores[:, 0], -60, 60)))
    found: list[tuple[float, float, float, float, float]] = []
    for index in np.argsort(-chances, kind="stable"):
        if chances[index] < _DOUBTFUL - 0.05 or len(found) >= _MOST:
            break
        x, y = _ANCHORS[index] * _INPUT_PX + shapes[index, :2]
        wide, tall = shapes[index, 2:4]
        box = (float(x - wide / 2), float(y - tall / 2), float(wide), float(tall))
        if np.isfinite(box).all() and min(wide, tall) > 0 and all(_shared(box, other[:4]) < 0.3 for other in found):
            found.append((*box, float(chances[index])))
    return [((x - left) / scale, (y - top) / scale, w / scale, h / scale, score) for x, y, w, h, score in found]


_MOST = 50


def _anchors() -> np.ndarray:
    """Centres of the 896 anchors, ``(896, 2)``, in shares of the input's side."""
    centres = []
    for cells, count in _LAYERS:
        middle = (np.arange(cells) + 0.5) / cells
        grid = np.stack(np.meshgrid(middle, middle), axis=-1).reshape(-1, 2)
        centres.append(np.repeat(grid, count, axis=0))
    return np.concatenate(centres)


_ANCHORS = _anchors()

Rectangle = tuple[float, float, float, float]


def _shared(one: Rectangle, other: Rectangle) -> float:
    """Intersection over union of two rectangles ``(left, top, width, height)``."""
    across = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    down = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    part = max(0.0, across) * max(0.0, down)
    return part / (one[2] * one[3] + other[2] * other[3] - part)
