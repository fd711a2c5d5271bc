"""Swirl, pinch and wave as common libraries compute them, and back again.

Each warp is a map: the pixel at p shows what lay at T(p). Nothing is lost but what interpolation blurs, so undoing one takes no more
than its few numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

#: How the angle of a swirl, or the pull of a pinch, falls from the centre to the radius.
SWIRLS = ("square", "exponential", "linear")
PINCHES = ("sine", "power")


@dataclass(frozen=True, slots=True, kw_only=True)
class Warp:
    """One warp. Places in pixels of the array it belongs to.

    ``amount``: a swirl's angle at the centre in radians, clockwise as seen; a pinch's exponent; a wave's amplitude in pixels.
    ``radius``: of a swirl or pinch; a wave's length in pixels. ``phase``: of a wave, in radians. A wave in ``rows`` moves each
    row to the side, one in ``columns`` each column up or down.
    """

    kind: Literal["swirl", "pinch", "wave"]
    family: str
    amount: float
    radius: float
    x: float = 0.0
    y: float = 0.0
    phase: float = 0.0


def swirl_angle(family: str, amount: float, radius: float, distance: np.ndarray) -> np.ndarray:
    """By how much a swirl turns at a distance from its centre, in radians."""
    if family == "exponential":  # scikit-image: a thousandth is left at the radius
        return np.asarray(amount * np.exp(-distance / (np.log(2) * radius / 5)))
    left = np.clip(1 - distance / radius, 0, None)
    return np.asarray(amount * (left**2 if family == "square" else left))


def swirl_slope(family: str, amount: float, radius: float, distance: np.ndarray) -> np.ndarray:
    """The derivative of `swirl_angle` by the distance."""
    if family == "exponential":
        scale = np.log(2) * radius / 5
        return np.asarray(-amount / scale * np.exp(-distance / scale))
    left = np.clip(1 - distance / radius, 0, None)
    return np.asarray(-amount / radius * (2 * left if family == "square" else (left > 0).astype(np.float64)))


def pinch_source(family: str, amount: float, radius: float, distance: np.ndarray) -> np.ndarray:
    """From what distance a pinch fetches the pixel at a distance from its centre."""
    share = np.clip(distance / radius, 1e-6, 1.0)
    pull = np.sin(np.pi / 2 * share) ** -amount if family == "sine" else share**amount
    return np.where(distance < radius, distance * pull, distance)


def pinch_stretch(family: str, amount: float, radius: float, distance: np.ndarray) -> np.ndarray:
    """How much more a pinch steepens what runs outwards than what runs round: d log(source) / d log(distance)."""
    share = np.clip(distance / radius, 1e-6, 1.0)
    if family == "power":
        stretch = np.full(share.shape, 1 + amount)
    else:
        angle = np.pi / 2 * share
        stretch = 1 - amount * angle / np.tan(np.minimum(angle, np.pi / 2 - 1e-9))
    return np.where(distance < radius, stretch, 1.0)


def forward(pixels: np.ndarray, warp: Warp) -> np.ndarray:
    """The picture warped: uint8 in and out."""
    return _fetched(pixels, *_sources(pixels.shape, warp, back=False))


def restore(pixels: np.ndarray, warp: Warp) -> np.ndarray:
    """The picture with the warp undone: uint8 in and out, of the same shape."""
    return _fetched(pixels, *_sources(pixels.shape, warp, back=True))


def _fetched(pixels: np.ndarray, across: np.ndarray, down: np.ndarray) -> np.ndarray:
    import cv2

    found = cv2.remap(
        pixels,
        across.astype(np.float32),
        down.astype(np.float32),
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(found)


def _sources(shape: tuple[int, ...], warp: Warp, *, back: bool) -> tuple[np.ndarray, np.ndarray]:
    """Where each pixel comes from, across and down."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float64)
    if warp.kind == "wave":
        along = y if warp.family == "rows" else x
        shift = warp.amount * np.sin(2 * np.pi * along / warp.radius + warp.phase) * (-1 if back else 1)
        return (x + shift, y) if warp.family == "rows" else (x, y + shift)
    dx, dy = x - warp.x, y - warp.y
    distance = np.hypot(dx, dy)
    if warp.kind == "swirl":
        angle = swirl_angle(warp.family, warp.amount, warp.radius, distance) * (-1 if back else 1)
        cosine, sine = np.cos(angle), np.sin(angle)
        return warp.x + dx * cosine - dy * sine, warp.y + dx * sine + dy * cosine
    if back:
        table = np.linspace(0, warp.radius, 4096)
        sources = np.maximum.accumulate(pinch_source(warp.family, warp.amount, warp.radius, table))
        source = np.where(distance < warp.radius, np.interp(distance, sources, table), distance)
    else:
        source = pinch_source(warp.family, warp.amount, warp.radius, distance)
    factor = source / np.maximum(distance, 1e-9)
    return warp.x + dx * factor, warp.y + dy * factor
