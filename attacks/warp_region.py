"""Where a picture is swirled: round places where undoing a swirl saves variation on all sides. Silent on round objects.

Circles and spokes round a centre run along or across the rings; a swirl draws them along, and only then does turning the rings
back shorten anything (ATTACKS.md section 3, the orientation field that breaks along a circle).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from indelible.attacks.warp_model import Warp
from indelible.attacks.warp_swirl import FoundSwirl, agreement, find_swirl, refined, saved, slopes_of
from indelible.model import Box

#: What an accepted swirl shows: radians at the centre, variation saved, variation left for the contrast, sectors that agree.
LEAST_TURN = 0.8
LEAST_GAIN = 0.05
MOST_LEFT = 0.985
LEAST_AGREEMENT = 1.8
_SUSPECT_GAIN = 0.03
_SUSPECT_AGREEMENT = 2.5
_RADII = (0.42, 0.28, 0.18)
_LEAST_PX = 48
_MOST_FOUND = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SwirledArea:
    """One swirl and its bounding box. ``accepted``: what it shows is beyond what ordinary pictures show."""

    box: Box
    warp: Warp
    gain: float
    left: float
    accepted: bool
    suspect: bool


def find_warps(image: Image.Image, spent: Callable[[], bool] = lambda: False) -> tuple[SwirledArea, ...]:
    """Swirled areas of a picture that are beyond doubt. ``image``: mode ``RGB`` or ``L``."""
    pixels = np.asarray(image)
    height, width = pixels.shape[:2]
    if min(height, width) < _LEAST_PX:
        return ()
    slopes = slopes_of(pixels)
    scored = []
    for share in _RADII:
        radius = share * min(slopes.width, slopes.height)
        for y in np.arange(0.8 * radius, slopes.height - 0.6 * radius, 0.5 * radius):
            for x in np.arange(0.8 * radius, slopes.width - 0.6 * radius, 0.5 * radius):
                if spent():
                    return ()
                for amount in (-5.0, -3.0, -1.6, 1.6, 3.0, 5.0):
                    place = Warp(kind="swirl", family="linear", amount=amount, radius=radius, x=float(x), y=float(y))
                    scored.append((saved(slopes, place)[0], place))
    scored.sort(key=lambda item: -item[0])
    found: list[SwirledArea] = []
    tried: list[Warp] = []
    for gain, place in scored:
        if gain <= 0 or len(tried) >= _MOST_FOUND or spent():
            break
        if any(np.hypot(place.x - other.x, place.y - other.y) < other.radius + 0.5 * place.radius for other in tried):
            continue
        tried.append(place)
        factor = slopes.factor
        area = swirl_at(pixels, place.x * factor, place.y * factor, 1.15 * place.radius * factor, spent)
        if area is not None and area.accepted:
            found.append(area)
    return tuple(sorted(found, key=lambda area: (area.box.y, area.box.x)))


def swirl_at(
    pixels: np.ndarray, x: float, y: float, radius: float, spent: Callable[[], bool] = lambda: False
) -> SwirledArea | None:
    """The swirl near a place, accepted or not; None if there is nothing to see or the time runs out."""
    height, width = pixels.shape[:2]
    reach = 1.6 * radius
    left, top = max(0, int(x - reach)), max(0, int(y - reach))
    right, bottom = min(width, int(x + reach) + 1), min(height, int(y + reach) + 1)
    part = pixels[top:bottom, left:right]
    if min(part.shape[:2], default=0) < 16:
        return None
    slopes = slopes_of(part)
    swirls = find_swirl(slopes, x - left, y - top, radius)
    undone = refined(part, [swirl.warp for swirl in swirls], spent) if swirls else None
    if undone is None:
        return None
    best: FoundSwirl = swirls[0]
    agreed = agreement(slopes, best.warp)
    inner = undone.warp
    box = Box.from_corners(
        inner.x - inner.radius + left,
        inner.y - inner.radius + top,
        inner.x + inner.radius + left,
        inner.y + inner.radius + top,
        width,
        height,
    )
    if box is None:
        return None
    turned = abs(inner.amount) >= LEAST_TURN
    return SwirledArea(
        box=box,
        warp=Warp(
            kind="swirl",
            family=inner.family,
            amount=inner.amount,
            radius=inner.radius,
            x=inner.x + left,
            y=inner.y + top,
        ),
        gain=best.gain,
        left=undone.left,
        accepted=turned and best.gain >= LEAST_GAIN and undone.left <= MOST_LEFT and agreed >= LEAST_AGREEMENT,
        suspect=turned and (best.gain >= _SUSPECT_GAIN and agreed >= _SUSPECT_AGREEMENT),
    )
