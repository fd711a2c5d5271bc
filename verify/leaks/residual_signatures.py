"""`residual.signatures`: a second look, of another make than the locator's, sees no pen stroke on a page.

The locator erases what a reader read and measures the rest in lines of print. This look reads nothing: it takes the common height
of the page's letters from their shapes, and asks of each single shape that is far higher whether its outline is that of a scrawl:
thin, hollow, slanted, winding, and alone on plain paper. One shape has to show all of that, since every hit refuses a certificate.

Reference: DETECTION.md section E.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from indelible.model import Box, Kind, Outcome, Reason
from indelible.verify import samples
from indelible.verify.checks import Observation, leak_check
from indelible.verify.residual import hits_left, residual_observation, small_grey, where_named
from indelible.verify.subject import Subject

_MAX_PIXELS = 2_500_000
#: A page: share of its pixels that are bright paper, and letters of about one height that stand on it.
_PAPER, _LETTERS = 0.72, 40
_MOST_SHAPES = 20_000
#: A scrawl, in heights of a letter: how high, or how wide and high, and how thin.
_HIGH, _WIDE, _THIN = 3.2, (9.0, 2.2), 0.3
#: Its outline: share of the hull that is ink, share of the hull that its largest hole takes, share of the outline that runs slanted,
#: full turns that it makes, share of the ground around it that is bare.
_RIM = 0.66, 0.75
_INK, _HOLE, _SLANTED, _TURNS, _BARE = 0.32, 0.55, 0.28, 3.0, 0.9

_PLACE = Box(80, 300, 200, 80)


def _letter(scrawled: bool) -> Image.Image:
    """A page of small signs in rows, and a scrawl under them: a curve that winds to the right."""
    image = Image.new("RGB", (420, 420), "white")
    pen = ImageDraw.Draw(image)
    for row in range(9):
        for column in range(26):
            x, y = 30 + 14 * column, 30 + 26 * row
            pen.rectangle((x, y, x + 7, y + 9), outline="black", width=2)
    if scrawled:
        t = np.linspace(0, 1, 400)
        across = _PLACE.x + 20 + 150 * t + 22 * np.sin(23 * t)
        down = _PLACE.y + 40 + 30 * np.cos(23 * t) * (1 - 0.4 * t)
        pen.line(list(zip(across.tolist(), down.tolist(), strict=True)), fill="black", width=2)
    return image


def _leaking() -> Subject:
    return samples.subject(samples.encoded(_letter(scrawled=True)))


def _clean() -> Subject:
    image = _letter(scrawled=True)
    image.paste((0, 0, 0), _PLACE.corners)
    return samples.subject(samples.encoded(image), [samples.region(_PLACE, kind=Kind.SIGNATURE)])


@leak_check(
    "residual.signatures",
    family="residual",
    rules={"L425"},
    leaking=_leaking,
    clean=_clean,
    applies=where_named(Kind.SIGNATURE),
    order=73,
    by_frame=True,
)
def residual_signatures(subject: Subject) -> Observation:
    """No pen stroke that looks like a signature is left outside the filled regions."""
    if subject.picture is None:
        return Observation(outcome=Outcome.INCONCLUSIVE, why=Reason.UNKNOWN_STRUCTURE.value)
    left = hits_left(subject, find_scrawls(subject.picture.image))
    return residual_observation("L425", "residual.signature", left)


def find_scrawls(image: Image.Image) -> tuple[Box, ...]:
    """Boxes of single shapes on a page of print that a pen must have drawn, in upright pixels of ``image``."""
    import cv2

    grey, shrink = small_grey(image, _MAX_PIXELS)
    pixels = np.asarray(grey)
    if min(pixels.shape) < 40 or not _is_paper(pixels):
        return ()
    ink = cv2.adaptiveThreshold(pixels, 1, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY_INV, 41, 18)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    letter = _letter_height(stats[1:])
    if letter is None or count > _MOST_SHAPES:
        return ()
    found = set()
    for number in range(1, count):
        x, y, w, h = (int(value) for value in stats[number, :4])
        large = h >= _HIGH * letter or (w >= _WIDE[0] * letter and h >= _WIDE[1] * letter)
        if not large or x <= 1 or y <= 1 or x + w >= pixels.shape[1] - 1 or y + h >= pixels.shape[0] - 1:
            continue
        shape = np.asarray(labels[y : y + h, x : x + w] == number, dtype=np.uint8)
        if _is_scrawl(shape, letter) and _alone(pixels, ink, labels, number, (x, y, w, h), round(letter)):
            box = Box.from_corners(x / shrink, y / shrink, (x + w) / shrink, (y + h) / shrink, *image.size)
            if box is not None:
                found.add(box)
    return tuple(sorted(found))


def _is_paper(pixels: NDArray[np.uint8]) -> bool:
    """Whether most of a picture, ``(h, w)``, is bright and of nearly one tint."""
    small = pixels[::4, ::4]
    white = float(np.percentile(small, 90))
    return white >= 120 and float((small > 0.8 * white).mean()) >= _PAPER


def _letter_height(stats: NDArray[np.int32]) -> float | None:
    """The usual height of a letter, in pixels, or None where there are too few alike."""
    width, height, area = stats[:, 2], stats[:, 3], stats[:, 4]
    like = (height >= 5) & (height <= 80) & (width <= 2 * height) & (area >= 0.15 * width * height) & (area >= 8)
    if int(like.sum()) < _LETTERS:
        return None
    usual = float(np.median(height[like]))
    alike = int((np.abs(height[like] / usual - 1) <= 0.4).sum())
    return usual if alike >= _LETTERS else None


def _is_scrawl(shape: NDArray[np.uint8], letter: float) -> bool:
    """Whether a shape's outline, ``(h, w)`` of 0 and 1, is thin, hollow, slanted and winding."""
    import cv2

    outlines, tree = cv2.findContours(np.pad(shape, 1), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    outer = int(np.flatnonzero(tree[0][:, 3] < 0)[0])
    area, hull = float(shape.sum()), float(cv2.contourArea(cv2.convexHull(outlines[outer])))
    rows, columns = np.nonzero(shape)
    away = np.hypot((2 * columns + 1) / shape.shape[1] - 1, (2 * rows + 1) / shape.shape[0] - 1)
    if float((away > _RIM[0]).mean()) >= _RIM[1]:
        return False  # a stamp, round or oval: nearly all of it lies at its rim
    holes = [cv2.contourArea(outlines[i]) for i in np.flatnonzero(tree[0][:, 3] >= 0).tolist()]
    length = sum(cv2.arcLength(outline, True) for outline in outlines)
    if hull <= 0 or area > _INK * hull or max(holes, default=0.0) > _HOLE * hull:
        return False
    if 2 * area / length > _THIN * letter:
        return False
    slanted, turns, total = 0.0, 0.0, 0.0
    for outline in outlines:
        corners: Any = cv2.approxPolyDP(outline, max(1.0, 0.12 * letter), True)[:, 0, :].astype(np.float64)
        if len(corners) < 3:
            continue
        sides = np.roll(corners, -1, axis=0) - corners
        lengths = np.hypot(sides[:, 0], sides[:, 1])
        off = np.minimum(np.abs(sides[:, 0]), np.abs(sides[:, 1])) / np.maximum(lengths, 1e-6)
        slanted += float(lengths[off > 0.26].sum())
        total += float(lengths.sum())
        angles = np.arctan2(sides[:, 1], sides[:, 0])
        turns += float(np.abs((np.diff(angles, append=angles[0]) + np.pi) % (2 * np.pi) - np.pi).sum()) / (2 * np.pi)
    return total > 0 and slanted >= _SLANTED * total and turns >= _TURNS


def _alone(
    pixels: NDArray[np.uint8],
    ink: NDArray[np.uint8],
    labels: NDArray[np.int32],
    number: int,
    place: tuple[int, int, int, int],
    pad: int,
) -> bool:
    """Whether the ground around a shape is bare and of one tint: a scrawl on paper, not a line of a drawing or a photo."""
    import cv2

    x, y, w, h = place
    where = (slice(max(0, y - pad), y + h + pad), slice(max(0, x - pad), x + w + pad))
    others = (ink[where] > 0) & (labels[where] != number)
    ground = pixels[where][cv2.dilate(ink[where], np.ones((3, 3), np.uint8)) == 0].astype(np.float64)
    if not len(ground) or float(others.mean()) > 1 - _BARE:
        return False
    return float((np.abs(ground / max(1.0, float(np.median(ground))) - 1) < 0.12).mean()) >= _BARE
