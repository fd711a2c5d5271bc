"""Places that may hold a code: solid patches of fine dark and light modules, and strips of parallel bars.

A matrix code whose gaps are closed is one filled rectangle. Bars are where all gradients of an area point the same way. Neither
is proof: a place is then read, or has to show the marks of its kind (`code_marks`).
"""

from __future__ import annotations

from collections.abc import Iterator
from math import dist

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Quad = NDArray[np.float64]

#: Least sides of a patch and of a strip in pixels, and the most places of each kind that are looked at.
LEAST_PATCH, LEAST_STRIP = 14, 28
MOST_PATCHES, MOST_STRIPS = 10, 10
_CLOSINGS = (3, 7, 13, 25)  # pixels: gaps of modules from one to about twelve pixels
_GRID = 4  # pixels: directions are averaged on a grid this coarse
_CONTRAST = 30  # grey levels between ink and paper


def patches(grey: Grey) -> tuple[Quad, ...]:
    """Corners, each ``(4, 2)`` clockwise from the top left, of filled upright or tilted rectangles with fine structure.

    Both polarities; the best-framed ones first: those whose surroundings, the quiet zone, are plain.
    """
    found: list[tuple[float, Quad]] = []
    for ink in _inks(grey):
        for size in _CLOSINGS:
            if size > min(grey.shape):
                break
            found += _filled(ink, size)
    found.sort(key=lambda item: (-item[0], item[1].tolist()))
    kept: list[Quad] = []
    for _, quad in found[: 8 * MOST_PATCHES]:
        if len(kept) < MOST_PATCHES and not any(_alike(quad, other) for other in kept) and _modular(grey, quad):
            kept.append(quad)
    return tuple(kept)


def _modular(grey: Grey, quad: Quad) -> bool:
    """Whether a patch is dark and light in turn, both ways or many times one way, with about as much of each."""
    flat = straightened(grey, quad, 96, 96)
    low, high = np.percentile(flat[::2, ::2], (10, 90))
    dark = flat < (low + high) / 2
    across = float(np.median((dark[:, 1:] != dark[:, :-1]).sum(axis=1)))
    down = float(np.median((dark[1:] != dark[:-1]).sum(axis=0)))
    lively = min(across, down) >= 4 or max(across, down) >= 14
    return bool(high - low >= _CONTRAST) and lively and 0.25 <= float(dark.mean()) <= 0.75


def _inks(grey: Grey) -> Iterator[Grey]:
    """Masks, 0 or 1, of what is clearly darker than its surroundings, then of what is clearly lighter."""
    import cv2

    height, width = grey.shape
    side = max(15, min(height, width) // 8) | 1
    mean = cv2.blur(grey, (side, side)).astype(np.int16)
    spread = cv2.dilate(grey, np.ones((5, 5), np.uint8)).astype(np.int16) - cv2.erode(grey, np.ones((5, 5), np.uint8))
    lively = spread > _CONTRAST
    for sign in (1, -1):
        darker = sign * (mean - grey.astype(np.int16))
        yield np.asarray((darker > 6) & lively | (darker > _CONTRAST), dtype=np.uint8)


def _filled(ink: Grey, size: int) -> Iterator[tuple[float, Quad]]:
    import cv2

    kernel = np.ones((size, size), np.uint8)
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, kernel)
    closed = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((max(3, size), max(3, size)), np.uint8))
    contours, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    contours = sorted(contours, key=cv2.contourArea, reverse=True)[:60]
    for contour in contours:
        (centre, sides, angle) = cv2.minAreaRect(contour)
        short, long = min(sides), max(sides)
        if short < LEAST_PATCH or long > 6 * short or cv2.contourArea(contour) < 0.75 * short * long:
            continue
        quad = _clockwise(cv2.boxPoints((centre, sides, angle)))
        flat = straightened(ink, quad, 64, 64, pad=0.07)
        inside = float(flat[5:-5, 5:-5].mean())
        around = (float(flat.mean()) * 64 * 64 - inside * 54 * 54) / (64 * 64 - 54 * 54)
        if not 0.2 <= inside <= 0.8 or around > 0.3:
            continue  # no modules, or no quiet zone
        yield float(cv2.contourArea(contour)) / (short * long) - around, quad


def strips(grey: Grey) -> tuple[tuple[Quad, float], ...]:
    """Strips of parallel edges: corners, ``(4, 2)`` with the first side running across the bars, and the share of one direction.

    Largest first.
    """
    import cv2

    smooth = cv2.GaussianBlur(grey, (0, 0), 0.8)
    dx, dy = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    grid = (max(1, grey.shape[1] // _GRID), max(1, grey.shape[0] // _GRID))
    xx, yy, xy = (
        cv2.blur(cv2.resize(part, grid, interpolation=cv2.INTER_AREA), (5, 5)) for part in (dx * dx, dy * dy, dx * dy)
    )
    energy = xx + yy
    double_cos, double_sin = xx - yy, 2 * xy
    coherent = np.hypot(double_cos, double_sin)
    busy = (coherent > 0.7 * energy) & (energy > 24.0**2)
    angle = np.arctan2(double_sin, double_cos)  # of the gradient, doubled: a bar's two edges agree
    found: list[tuple[Quad, float]] = []
    for sector in range(8):
        middle = sector * np.pi / 4
        off = np.abs((angle - middle + np.pi) % (2 * np.pi) - np.pi)
        mask = np.asarray(busy & (off < np.pi / 4), dtype=np.uint8)
        if not mask.any():
            continue
        mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
        count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
        order = np.argsort(-stats[1:, cv2.CC_STAT_AREA], kind="stable")[:6] + 1
        for label in order.tolist():
            x, y, w, h, area = (int(value) for value in stats[label])
            if area * _GRID**2 < LEAST_STRIP * 8 or max(w, h) * _GRID < LEAST_STRIP:
                continue
            where = labels[y : y + h, x : x + w] == label
            rows, columns = np.nonzero(where)
            cos = float(double_cos[y : y + h, x : x + w][where].sum())
            sin = float(double_sin[y : y + h, x : x + w][where].sum())
            total = float(energy[y : y + h, x : x + w][where].sum())
            theta = 0.5 * float(np.arctan2(sin, cos))
            across = np.array([np.cos(theta), np.sin(theta)])
            along = np.array([-across[1], across[0]])
            points = (np.stack([columns + x, rows + y], axis=1) + 0.5) * _GRID
            (u0, u1), (v0, v1) = (np.percentile(points @ axis, (0.5, 99.5)) for axis in (across, along))
            if u1 - u0 < LEAST_STRIP or v1 - v0 < 6:
                continue
            quad = np.stack([u * across + v * along for u, v in ((u0, v0), (u1, v0), (u1, v1), (u0, v1))])
            if not any(_alike(quad, other) for other, _ in found):
                found.append((quad, float(np.hypot(cos, sin)) / max(1.0, total)))
    found.sort(key=lambda item: (-_area(item[0]), item[0].tolist()))
    return tuple(found[:MOST_STRIPS])


def straightened(grey: Grey, quad: Quad, width: int, height: int, pad: float = 0.0) -> Grey:
    """The picture inside a quadrilateral, ``(height, width)``, with a share of its size around it."""
    import cv2

    middle = quad.mean(axis=0)
    wide = (middle + (quad - middle) * (1 + 2 * pad)).astype(np.float32)
    target = np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], dtype=np.float32)
    turn = cv2.getPerspectiveTransform(wide, target)
    flat = cv2.warpPerspective(grey, turn, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(flat, dtype=np.uint8)


def sides_of(quad: Quad) -> tuple[float, float]:
    """Mean lengths of the first and third side, and of the second and fourth."""
    (a, b, c, d) = quad.tolist()
    return (dist(a, b) + dist(c, d)) / 2, (dist(b, c) + dist(d, a)) / 2


def _clockwise(corners: NDArray[np.float32]) -> Quad:
    points = np.asarray(corners, dtype=np.float64)
    offsets = points - points.mean(axis=0)
    points = points[np.argsort(np.arctan2(offsets[:, 1], offsets[:, 0]), kind="stable")]
    first = int(np.argmin(points.sum(axis=1)))
    return np.roll(points, -first, axis=0)


def _area(quad: Quad) -> float:
    wide, high = sides_of(quad)
    return wide * high


def _alike(one: Quad, other: Quad) -> bool:
    """Whether two places are nearly the same: centres and sizes agree."""
    a, b = _area(one), _area(other)
    near = dist(one.mean(axis=0), other.mean(axis=0)) < 0.15 * max(a, b) ** 0.5
    return near and min(a, b) > 0.6 * max(a, b)
