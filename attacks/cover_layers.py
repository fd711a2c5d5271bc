"""Undo a translucent or multiplied cover: y = a x + b within each layer, so each layer is stretched to full contrast by itself.

Strokes that overlap make areas of different strength. The ground of a page is one colour, so under a cover it shows as few levels, each one
a layer; the ink in a layer is what differs from its level.
"""

from __future__ import annotations

import numpy as np

#: Share of a region below which a level is no layer.
_LAYER_SHARE = 0.04
_MOST_LAYERS = 8
#: Side of the element that wipes glyphs off their ground, in heights of the region and in pixels.
_WIPE_SHARE = 0.35
_WIPE_PX = (5, 25)


def recovered(region: np.ndarray, *, smallest: float = 0.5) -> tuple[np.ndarray, ...]:
    """What lies under a cover, dark on light, once taken as dark text and once as light text.

    Args:
        region: float32 ``(height, width, channels)``, in levels.
        smallest: contrast in levels below which a layer counts as empty.

    Returns:
        uint8 ``(height, width)``, 255 for ground; the reading with the flatter ground first.
    """
    signal = _signal(region)
    found = []
    for sign in (1.0, -1.0):
        ground = _ground(sign * signal)
        found.append(
            (float(np.abs(np.diff(ground, axis=1)).mean()), -sign, _stretched(sign * signal, ground, smallest))
        )
    return tuple(item[2] for item in sorted(found, key=lambda item: item[:2]))


def _signal(region: np.ndarray) -> np.ndarray:
    """The mixture of the planes with the most variation, brighter meaning brighter. float32 ``(height, width)``."""
    flat = region.reshape(-1, region.shape[2]).astype(np.float64)
    if flat.shape[1] == 1:
        return region[..., 0].astype(np.float32)
    _, vectors = np.linalg.eigh(np.cov(flat.T))
    weights = vectors[:, -1]
    weights = weights if weights.sum() >= 0 else -weights
    return np.asarray((flat @ weights).reshape(region.shape[:2]), dtype=np.float32)


def _ground(signal: np.ndarray) -> np.ndarray:
    """The level of the ground at each pixel: dark strokes wiped out, then put on the nearest of a few levels."""
    import cv2

    side = int(np.clip(_WIPE_SHARE * signal.shape[0], *_WIPE_PX)) | 1
    wiped = cv2.morphologyEx(
        cv2.medianBlur(signal, 3) if min(signal.shape) >= 3 else signal,
        cv2.MORPH_CLOSE,
        np.ones((side, side), np.uint8),
        borderType=cv2.BORDER_REPLICATE,
    )
    levels = _levels(wiped)
    nearest = np.abs(wiped[..., None] - levels).argmin(axis=2)
    return np.asarray(levels[nearest], dtype=np.float32)


def _levels(wiped: np.ndarray) -> np.ndarray:
    """The levels that cover a good part of the region, most frequent first."""
    low, high = float(wiped.min()), float(wiped.max())
    step = max((high - low) / 64, 0.25)
    counts, edges = np.histogram(
        wiped, bins=max(1, int((high - low) / step) + 1), range=(low - step / 2, high + step / 2)
    )
    taken: list[float] = []
    for index in np.argsort(-counts, kind="stable"):
        if counts[index] < _LAYER_SHARE * wiped.size or len(taken) >= _MOST_LAYERS:
            break
        inside = wiped[(wiped >= edges[index]) & (wiped <= edges[index + 1])]
        level = float(np.median(inside))
        if all(abs(level - other) > 2 * step for other in taken):
            taken.append(level)
    return np.array(taken or [float(np.median(wiped))], dtype=np.float32)


def _stretched(signal: np.ndarray, ground: np.ndarray, smallest: float) -> np.ndarray:
    """Each layer from its darkest ink to its ground, as 0 to 255."""
    result = np.full(signal.shape, 255.0, np.float32)
    for level in np.unique(ground):
        layer = ground == level
        ink = float(np.percentile(signal[layer], 0.5))
        contrast = float(level) - ink
        if contrast >= smallest:
            result[layer] = 255.0 * np.clip((signal[layer] - ink) / contrast, 0.0, 1.0)
    return result.astype(np.uint8)
