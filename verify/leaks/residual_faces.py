"""`residual.faces`: a second face detector, of another make and at other settings than the locator, sees no face.

The two models of BlazeFace look at the published picture: whole, also turned, and in overlapping tiles of three sizes. They are
weaker than the locator on crowds and are not asked to be better: they are asked to be different. One clear look counts, or two
less clear ones that agree on the place. What lies under a filled region does not count, nor does a face that a person has
looked at and let stand.

Reference: DETECTION.md section A (BlazeFace as an independent post-check).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from importlib import resources
from typing import NamedTuple

import numpy as np
from PIL import Image

from indelible.detect import blazeface
from indelible.model import Box, Kind, Outcome, Reason
from indelible.verify import samples
from indelible.verify.checks import Observation, leak_check
from indelible.verify.residual import hits_left, residual_observation
from indelible.verify.subject import Subject

_MODELS = {"full": blazeface.FULL_RANGE, "short": blazeface.SHORT_RANGE}
#: What counts as a face: a score in one look alone, or in one of several looks, or the sum of the two best looks, or of the best
#: one of each model. On 44 pictures without people the highest are 0.77 (one look), 1.32 and 1.29; cars fire now and then.
SURE = 0.80
CLEAR = 0.78
TWO_LOOKS = 1.43
BOTH_MODELS = 1.35
#: Looks below this say nothing.
LOWEST = 0.35
#: A place is painted when this share of it lies this close to its median colour, whose channels lie so far apart.
_EVEN_SHARE = 0.5
_ALIKE_LEVELS = 6
_STRONG_LEVELS = 32
_AGREES = 0.4  # intersection over union
#: Tile sides in pixels, each moved by three quarters of itself. 128 would bring false hits that no threshold keeps out.
TILES_PX = (512, 320, 192)
_STEP = 0.75
_MAX_PIXELS = 8_000_000
_MOST = 5_000  # looks that are compared with each other, best first

_LOCK = threading.Lock()
_NETS: dict[str, blazeface.Net] = {}
_FACE = Box(160, 30, 128, 160)


class Look(NamedTuple):
    """One model's hit in one pass, in upright pixels of the picture."""

    box: Box
    model: str
    view: str
    score: float


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
    "residual.faces",
    family="residual",
    rules={"L421"},
    leaking=_leaking,
    clean=_clean,
    applies=_applies,
    order=70,
    by_frame=True,
)
def residual_faces(subject: Subject) -> Observation:
    """No face is left outside the filled regions. Raises `ModelMissing` if the models are not installed."""
    if subject.picture is None:
        return Observation(outcome=Outcome.INCONCLUSIVE, why=Reason.UNKNOWN_STRUCTURE.value)
    left = hits_left(subject, find_faces(subject.picture.image))
    return residual_observation("L421", "residual.face", left)


def find_faces(image: Image.Image) -> tuple[Box, ...]:
    """Boxes of everything that BlazeFace takes for a face, in upright pixels of ``image``, sorted."""
    looks = sorted(candidates(image), key=lambda look: (-look.score, look.box, look.model, look.view))[:_MOST]
    corners = np.array([look.box.corners for look in looks], dtype=np.float64).reshape(-1, 4)
    free = np.ones(len(looks), dtype=bool)
    found = []
    for index, look in enumerate(looks):
        if look.score * 2 < min(TWO_LOOKS, BOTH_MODELS):
            break  # nothing that follows is better
        if free[index]:
            same = free & (_overlaps(corners[index], corners) >= _AGREES)
            free &= ~same
            if _is_face([looks[other] for other in np.flatnonzero(same)]) and not is_painted(image, look.box):
                found.append(look.box)
    return tuple(sorted(found))


def _is_face(looks: list[Look]) -> bool:
    """Whether looks at one place are enough; a pass counts once, however many of its tiles show the place."""
    best: dict[tuple[str, str], float] = {}
    for look in looks:
        key = (look.model, look.view)
        best[key] = max(look.score, best.get(key, 0.0))
    scores = sorted(best.values(), reverse=True)
    models = [max((s for (name, _), s in best.items() if name == model), default=0.0) for model in _MODELS]
    return (
        scores[0] >= SURE
        or (scores[0] >= CLEAR and len(scores) > 1)
        or sum(scores[:2]) >= TWO_LOOKS
        or (min(models) > 0 and sum(models) >= BOTH_MODELS)
    )


def is_painted(image: Image.Image, box: Box) -> bool:
    """Whether most of a place is one strong colour: the disc with initials that stands for a person on a screen.

    Skin, in whatever light, is never so even; greys are left alone, because scans and night pictures are.
    """
    pixels = np.asarray(image.crop(box.corners).convert("RGB")).reshape(-1, 3).astype(np.int16)
    middle = np.median(pixels, axis=0)
    alike = (np.abs(pixels - middle) <= _ALIKE_LEVELS).all(axis=1).mean()
    return bool(alike >= _EVEN_SHARE and np.ptp(middle) >= _STRONG_LEVELS)


def candidates(image: Image.Image) -> list[Look]:
    """Everything that either model sees in any pass, from `LOWEST` on; in a turned picture from `SURE` on."""
    shrink = min(1.0, (_MAX_PIXELS / (image.width * image.height)) ** 0.5)
    small = image
    if shrink < 1.0:
        size = (max(1, round(image.width * shrink)), max(1, round(image.height * shrink)))
        small = image.resize(size, Image.Resampling.BOX)
    pixels = np.asarray(small.convert("RGB"))
    found = []
    with _LOCK:
        for name, model in _MODELS.items():
            if name not in _NETS:
                _NETS[name] = blazeface.Net(model)
        for name in _MODELS:
            net = _NETS[name]
            for view, part, left, top in _views(pixels):
                hits = [(x + left, y + top, w, h, score) for x, y, w, h, score in net.faces(part, LOWEST)]
                found += [(hit, name, view) for hit in hits]
            for turns in (1, 2, 3):
                turned = np.ascontiguousarray(np.rot90(pixels, turns))
                hits = [_turned_back(hit, turns, pixels.shape) for hit in net.faces(turned, SURE)]
                found += [(hit, name, "turned") for hit in hits]
    looks = []
    for (x, y, width, height, score), name, view in found:
        corners = (x / shrink, y / shrink, (x + width) / shrink, (y + height) / shrink)
        box = Box.from_corners(*corners, *image.size)
        if box is not None:
            looks.append(Look(box, name, view, score))
    return looks


def _turned_back(hit: blazeface.Hit, turns: int, shape: tuple[int, ...]) -> blazeface.Hit:
    """A hit in the picture that was turned counter-clockwise by quarter turns, in the picture before, of ``shape``."""
    x, y, width, height, score = hit
    if turns == 1:
        return (shape[1] - y - height, x, height, width, score)
    if turns == 2:
        return (shape[1] - x - width, shape[0] - y - height, width, height, score)
    return (y, shape[0] - x - width, height, width, score)


def _overlaps(one: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Intersection over union of one box ``(4,)`` left, top, right, bottom with others ``(n, 4)``."""
    sides = np.clip(np.minimum(one[2:], others[:, 2:]) - np.maximum(one[:2], others[:, :2]), 0, None)
    part = sides.prod(axis=1)
    areas = (others[:, 2:] - others[:, :2]).prod(axis=1)
    shares: np.ndarray = part / (areas + (one[2:] - one[:2]).prod() - part)
    return shares


def _views(pixels: np.ndarray) -> Iterator[tuple[str, np.ndarray, int, int]]:
    """Which pass, its pixels, and where their top left corner lies."""
    height, width = pixels.shape[:2]
    yield "whole", pixels, 0, 0
    for side in TILES_PX:
        if max(height, width) <= side:
            continue
        for top in _starts(height, side):
            for left in _starts(width, side):
                yield str(side), pixels[top : top + side, left : left + side], left, top


def _starts(length: int, side: int) -> list[int]:
    """First pixels of tiles that cover ``length`` and overlap by a quarter."""
    if length <= side:
        return [0]
    count = -(-(length - side) // int(side * _STEP)) + 1
    return [round(number * (length - side) / (count - 1)) for number in range(count)]
