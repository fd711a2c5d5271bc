"""How a face was made unreadable, from the region's pixels: a mosaic, a blur, one colour, or hardly at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from indelible.attacks.grid import Grid, estimate_grid

#: Grey levels of spread under which a region is one colour.
_FLAT_LEVELS = 0.5
_REBLUR_PX = 1.5
#: A first blur, against what rounding to whole levels does to flat places.
_CALM_PX = 0.7
#: Edges counted: the steepest so many of all pixels, and of those the sharpest so many.
_STEEP = 0.97
_SHARP = 0.90


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceFilter:
    """What was done to a region. ``sigma`` in pixels of the region, for a blur; ``grid`` for a mosaic."""

    kind: Literal["mosaic", "blur", "solid"]
    grid: Grid | None = None
    sigma: float = 0.0


def estimate_filter(pixels: np.ndarray) -> FaceFilter:
    """The filter of a region. What has neither a grid nor one colour is a blur, of a width that may be as good as none.

    Args:
        pixels: uint8, ``(height, width)`` or ``(height, width, 3)``.
    """
    spread = float(pixels.reshape(pixels.shape[0] * pixels.shape[1], -1).std(axis=0).max())
    if spread < _FLAT_LEVELS or min(pixels.shape[:2]) < 2:
        return FaceFilter(kind="solid")
    grid = estimate_grid(pixels)
    if grid is None:
        return FaceFilter(kind="blur", sigma=estimate_sigma(pixels))
    if max(grid.across.edges, grid.down.edges) == 0:
        return FaceFilter(kind="solid")
    return FaceFilter(kind="mosaic", grid=grid)


def estimate_sigma(pixels: np.ndarray) -> float:
    """Width of a Gaussian blur in pixels, from the sharpest edges.

    Blurring an edge of width s once more by t lowers its slope by sqrt(1 + t^2 / s^2). No edge is sharper than the
    blur, so the sharpest of the steep ones tell it (Zhuo and Sim 2011).
    """
    import cv2

    grey = _grey(pixels).astype(np.float32)
    reach = max(_REBLUR_PX, min(grey.shape) / 24)
    slope = _slope(cv2.GaussianBlur(grey, (0, 0), _CALM_PX))
    again = _slope(cv2.GaussianBlur(grey, (0, 0), float(np.hypot(reach, _CALM_PX))))
    inner = (slice(2, -2), slice(2, -2)) if min(grey.shape) > 16 else (slice(None), slice(None))
    slope, again = slope[inner].ravel(), again[inner].ravel()
    steep = slope >= max(float(np.quantile(slope, _STEEP)), 0.5)
    if not steep.any():
        return float(min(grey.shape))
    ratio = float(np.quantile(slope[steep] / np.maximum(again[steep], 1e-3), _SHARP))
    if ratio <= 1.005:
        return float(min(grey.shape))
    return float(np.sqrt(max(reach**2 / (ratio**2 - 1) - _CALM_PX**2, 0.01)))


def _grey(pixels: np.ndarray) -> np.ndarray:
    values = pixels.astype(np.float64)
    return values if values.ndim == 2 else values[..., :3] @ np.array([0.299, 0.587, 0.114])


def _slope(grey: np.ndarray) -> np.ndarray:
    down, across = np.gradient(grey.astype(np.float64))
    return np.asarray(np.hypot(down, across))
