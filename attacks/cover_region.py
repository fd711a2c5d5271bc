"""Where a picture seems to be covered by something that lets light through: markers, highlighters, dark glass.

On a page the ground is one colour, so a cover is an area of another ground on which the text has lost contrast. On a photograph nothing is
flat; there a cover is a rectangle on whose border the inner pixel is everywhere the same linear function of the outer one, y = a x + b with
a clearly below 1. No drawing, panel or frame does that by chance, as long as the outside varies.

What stays silent: panels with text of full contrast, labels of the other polarity, flat fills (they are found elsewhere).

Reference: ATTACKS.md sections 3 and 9.1.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from PIL import Image

from indelible.attacks.regions import SHORTEST_FILL_PX
from indelible.model import Box

#: Share of the picture that one ground must have for it to be a page.
_PAGE_SHARE = 0.3
#: Levels by which a covered ground differs from the page's, and by which text differs from the page.
_TINT = 8.0
_TEXT_LEVELS = 40.0
#: Contrast of covered text against the page's; more is a panel, less a fill.
_CONTRAST = (0.003, 0.7)
_WIPE_PX = 15
_FILLED = 0.45
_MOST = 64
_MOST_AREA = 0.6
#: A border on a photograph: steps in levels, and how much larger than the steps beside it.
_STEP = 8.0
_STEP_RATIO = 1.6
_RUN_PX = 16
_RUN_SHARE = 0.75
_MOST_RUNS = 160
#: The linear law of a border: how well it must hold, its slope, and the variation outside.
_LAW = 0.85
_SLOPE = (0.005, 0.85)
_VARIED = 6.0


def find_covers(image: Image.Image, *, lossy: bool = False) -> tuple[Box, ...]:
    """Areas under a translucent or multiplied cover, from top to bottom.

    Args:
        image: upright, mode ``RGB`` or ``L``.
        lossy: the file is a JPEG: small variation inside an area is then its coding.
    """
    if min(image.size) < 2 * SHORTEST_FILL_PX:
        return ()
    pixels = np.asarray(image.convert("RGB"))
    page, light = _page(pixels)
    boxes = _on_photograph(pixels) if page is None else _on_page(pixels, page, light, lossy)
    return tuple(sorted(set(boxes), key=lambda box: (box.y, box.x, box.width, box.height)))


def is_cover(image: Image.Image, box: Box) -> bool:
    """Whether a region looks like part of the picture under a translucent or multiplied cover."""
    pixels = np.asarray(image.convert("RGB"))
    page, light = _page(pixels)
    if page is None:
        return _lawful(pixels, box)
    return _dimmed(pixels, box, page, light, smallest=1.0)


def _page(pixels: np.ndarray) -> tuple[np.ndarray | None, bool]:
    """The colour of the page, None if there is none, and whether it is light."""
    step = max(1, max(pixels.shape[:2]) // 1200)
    coarse = (pixels[::step, ::step].reshape(-1, 3) >> 2).astype(np.int64)
    packed = coarse @ np.array([1 << 12, 1 << 6, 1])
    values, counts = np.unique(packed, return_counts=True)
    if counts.max() < _PAGE_SHARE * len(packed):
        return None, True
    colour = np.median(pixels[::step, ::step].reshape(-1, 3)[packed == values[counts.argmax()]], axis=0)
    return colour.astype(np.float32), float(colour.mean()) >= 128


def _on_page(pixels: np.ndarray, page: np.ndarray, light: bool, lossy: bool) -> list[Box]:
    """Pieces of another ground than the page's in which something of lower contrast is left."""
    import cv2

    shape = cv2.MORPH_CLOSE if light else cv2.MORPH_OPEN
    ground = cv2.morphologyEx(pixels, shape, np.ones((_WIPE_PX, _WIPE_PX), np.uint8))
    tinted = (np.abs(ground.astype(np.float32) - page).max(axis=2) > _TINT).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(tinted, connectivity=4)
    large = [n for n in range(1, count) if min(stats[n, 2], stats[n, 3]) >= SHORTEST_FILL_PX]
    found = []
    for number in sorted(large, key=lambda n: -int(stats[n, 4]))[:_MOST]:
        left, top, wide, tall, area = (int(value) for value in stats[number])
        if area < _FILLED * wide * tall or area > _MOST_AREA * tinted.size:
            continue
        box = Box(left, top, wide, tall)
        if _dimmed(pixels, box, page, light, smallest=4.0 if lossy else 0.5):
            found.append(box)
    return found


def _dimmed(pixels: np.ndarray, box: Box, page: np.ndarray, light: bool, *, smallest: float) -> bool:
    """Whether text in the box has the page's polarity and less contrast than the page's text, on a tinted ground."""
    shrunk = 2 if min(box.width, box.height) > 12 else 0
    inner = pixels[box.y + shrunk : box.bottom - shrunk, box.x + shrunk : box.right - shrunk].reshape(-1, 3)
    outer = np.ones(pixels.shape[:2], bool)
    outer[max(0, box.y - 2) : box.bottom + 2, max(0, box.x - 2) : box.right + 2] = False
    surround = pixels[outer]
    if len(surround) < 64 or len(inner) < 64:
        return False
    ends = (99.5, 0.5) if light else (0.5, 99.5)
    ground, ink = (np.percentile(inner, end, axis=0) for end in (90 if light else 10, ends[1]))
    text = np.percentile(surround, ends[1], axis=0)
    outside, inside = np.abs(page - text), (ground - ink) * (1 if light else -1)
    plane = int(np.argmax(outside))
    if outside[plane] < _TEXT_LEVELS or np.abs(ground - page).max() <= _TINT:
        return False
    # a cover only ever compresses: in no plane may text stand out more than it does on the page
    ratio = inside / np.maximum(outside, 1.0)
    return bool(inside.max() >= smallest and _CONTRAST[0] <= ratio[plane] and float(ratio.min()) <= _CONTRAST[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """A straight stretch of border. ``at``: the line before which it stands; ``first`` to ``last`` along it; ``sign`` of the step inwards."""

    at: int
    first: int
    last: int
    sign: int


def _on_photograph(pixels: np.ndarray) -> list[Box]:
    """Rectangles between straight borders on which inside and outside obey one linear law."""
    grey = pixels.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    upright = _runs(grey)
    found: list[Box] = []
    for left, right in itertools.combinations(upright, 2):
        if left.sign != -right.sign or right.at - left.at < SHORTEST_FILL_PX:
            continue
        top, bottom = max(left.first, right.first), min(left.last, right.last)
        longest = max(left.last - left.first, right.last - right.first)
        if bottom - top < max(SHORTEST_FILL_PX, 0.7 * longest):
            continue
        box = _settled(grey, Box(left.at, top, right.at - left.at, bottom - top))
        if _lawful(pixels, box) and not any(box.intersection(other) for other in found):
            found.append(box)
            if len(found) >= _MOST:
                break
    return found


def _runs(grey: np.ndarray) -> list[_Run]:
    """Upright stretches along which the step across has one sign and stands out, longest first."""
    steps = np.diff(grey, axis=1)
    size = np.abs(steps)
    padded = np.pad(size, ((0, 0), (1, 1)), mode="edge")
    sharp = (size >= _STEP) & (size >= _STEP_RATIO * np.maximum(padded[:, :-2], padded[:, 2:]))
    found: list[_Run] = []
    for sign in (-1, 1):
        marked = sharp & (np.sign(steps) == sign)
        strong = np.flatnonzero(marked.sum(axis=0) >= _RUN_PX)
        for column in strong.tolist():
            run = _longest(marked[:, column])
            if run is not None:
                found.append(_Run(at=column + 1, first=run[0], last=run[1], sign=sign))
    found.sort(key=lambda run: (run.first - run.last, run.at))
    return sorted(found[:_MOST_RUNS], key=lambda run: run.at)


def _longest(marked: np.ndarray) -> tuple[int, int] | None:
    """The stretch with the most marks in which at least `_RUN_SHARE` is marked (Kadane's search)."""
    gains = np.where(marked, 1.0 - _RUN_SHARE, -_RUN_SHARE)
    sums = np.concatenate([[0.0], np.cumsum(gains)])
    lowest = np.minimum.accumulate(sums)
    last = int(np.argmax(sums - lowest))
    first = int(np.argmin(sums[: last + 1]))
    return (first, last) if last - first >= _RUN_PX else None


def _settled(grey: np.ndarray, box: Box) -> Box:
    """The box with its upper and lower border moved, by up to 6 px, to where the step across is largest."""
    inside = grey[:, box.x : box.right]
    steps = np.abs(np.median(np.diff(inside, axis=0), axis=1))
    edges = []
    for at in (box.y, box.bottom):
        low, high = max(1, at - 6), min(len(steps), at + 7)
        edges.append(low + int(np.argmax(steps[low - 1 : high - 1])) if high > low else at)
    if edges[1] - edges[0] < SHORTEST_FILL_PX:
        return box
    return Box(box.x, edges[0], box.width, edges[1] - edges[0])


def _lawful(pixels: np.ndarray, box: Box) -> bool:
    """Whether the pixels just inside the border are one linear function, of slope below 1, of those just outside."""
    height, width = pixels.shape[:2]
    pairs = []
    if box.x >= 1:
        pairs.append((pixels[box.y : box.bottom, box.x - 1], pixels[box.y : box.bottom, box.x]))
    if box.right < width:
        pairs.append((pixels[box.y : box.bottom, box.right], pixels[box.y : box.bottom, box.right - 1]))
    if box.y >= 1:
        pairs.append((pixels[box.y - 1, box.x : box.right], pixels[box.y, box.x : box.right]))
    if box.bottom < height:
        pairs.append((pixels[box.bottom, box.x : box.right], pixels[box.bottom - 1, box.x : box.right]))
    if len(pairs) < 2:
        return False
    outer, inner = (np.concatenate([pair[side] for pair in pairs]).astype(np.float64) for side in (0, 1))
    laws = []
    for plane in range(3):
        if outer[:, plane].std() < _VARIED or inner[:, plane].std() < 0.2:
            continue
        slope = float(np.cov(outer[:, plane], inner[:, plane])[0, 1] / outer[:, plane].var(ddof=1))
        fit = float(np.corrcoef(outer[:, plane], inner[:, plane])[0, 1])
        laws.append(fit >= _LAW and _SLOPE[0] <= slope <= _SLOPE[1])
    return len(laws) >= 2 and all(laws)
