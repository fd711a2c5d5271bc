"""Nested squares: the three finder patterns of a QR code, and the bull's eye of an Aztec code.

A finder pattern is a square of three modules in a ring of one around a ring of light: areas 49, 25, 9 about one centre. The sides
of an Aztec code's squares grow by two modules each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from indelible.detect.code_areas import Grey, Quad

MOST_PATTERNS = 24
_CENTRED = 0.09  # of the outer side: how far the squares' centres may lie apart
_RING, _CORE = (0.36, 0.66), (0.09, 0.28)  # areas within the outer square's: 25/49 and 9/49 for a clean one


@dataclass(frozen=True, slots=True, kw_only=True)
class Square:
    """A nest of squares: centre, side of the outermost in pixels, its corners, and how many squares lie in it."""

    x: float
    y: float
    side: float
    corners: Quad
    nested: int


def squares(grey: Grey) -> tuple[tuple[Square, ...], tuple[Square, ...]]:
    """Finder patterns and bull's eyes, in both polarities."""
    import cv2

    finders: list[Square] = []
    eyes: list[Square] = []
    smooth = cv2.GaussianBlur(grey, (3, 3), 0)
    block = max(21, min(grey.shape) // 6) | 1
    for kind in (cv2.THRESH_BINARY_INV, cv2.THRESH_BINARY):
        mask = cv2.adaptiveThreshold(smooth, 255, cv2.ADAPTIVE_THRESH_MEAN_C, kind, block, 7 if kind else -7)
        contours, tree = cv2.findContours(mask, cv2.RETR_TREE, cv2.CHAIN_APPROX_NONE)
        if tree is None:
            continue
        areas = np.array([cv2.contourArea(contour) for contour in contours])
        first = tree[0][:, 2]
        for index in np.flatnonzero((first >= 0) & (areas >= 40)).tolist():
            chain = _chain(index, tree[0], areas)
            if len(chain) < 3:
                continue
            square = _square([contours[item] for item in chain], areas[chain])
            if square is None:
                continue
            ring, core = areas[chain[1]] / areas[chain[0]], areas[chain[2]] / areas[chain[0]]
            if _RING[0] <= ring <= _RING[1] and _CORE[0] <= core <= _CORE[1] and len(chain) == 3:
                finders.append(square)
            elif len(chain) >= 5 and _arithmetic(areas[chain]):
                eyes.append(square)
    return tuple(_distinct(finders)[:MOST_PATTERNS]), tuple(_distinct(eyes)[:MOST_PATTERNS])


def _chain(index: int, tree: NDArray[np.int32], areas: NDArray[np.float64]) -> list[int]:
    """A contour, its largest child, that one's largest child and so on."""
    chain = [index]
    while len(chain) < 14:
        child, best = int(tree[chain[-1]][2]), -1
        while child >= 0:
            if areas[child] >= 4 and (best < 0 or areas[child] > areas[best]):
                best = child
            child = int(tree[child][0])
        if best < 0 or areas[best] < 0.04 * areas[chain[-1]]:
            break
        chain.append(best)
    return chain


def _square(contours: list[NDArray[np.int32]], areas: NDArray[np.float64]) -> Square | None:
    """The nest if its outermost contour is about a square and all have one centre."""
    import cv2

    centre, sides, angle = cv2.minAreaRect(contours[0])
    if min(sides) < 6 or min(sides) < 0.62 * max(sides) or areas[0] < 0.72 * sides[0] * sides[1]:
        return None
    side = float(sum(sides)) / 2
    for contour in contours[1:3]:
        (x, y), inner, _ = cv2.minAreaRect(contour)
        if np.hypot(x - centre[0], y - centre[1]) > max(1.5, _CENTRED * side) or min(inner) < 0.55 * max(inner):
            return None
    corners = np.asarray(cv2.boxPoints((centre, sides, angle)), dtype=np.float64)
    return Square(x=float(centre[0]), y=float(centre[1]), side=side, corners=corners, nested=len(contours))


def _arithmetic(areas: NDArray[np.float64]) -> bool:
    """Whether the sides of nested squares shrink by equal steps."""
    sides = np.sqrt(areas[:6])
    steps = -np.diff(sides)
    return bool(steps.min() > 1.0 and steps.std() <= 0.25 * steps.mean())


def _distinct(found: list[Square]) -> list[Square]:
    kept: list[Square] = []
    for item in sorted(found, key=lambda one: (-one.side, one.y, one.x)):
        if all(np.hypot(item.x - other.x, item.y - other.y) > 0.3 * item.side for other in kept):
            kept.append(item)
    return kept


def qr_codes(finders: tuple[Square, ...], grey: Grey) -> Iterator[Quad]:
    """Corners of each QR code that three finder patterns span: equal in size, at the corners of a square."""
    used: set[int] = set()
    for triple in combinations(range(len(finders)), 3):
        if used.intersection(triple):
            continue
        three = [finders[index] for index in triple]
        sizes = [item.side for item in three]
        if min(sizes) < 0.6 * max(sizes):
            continue
        for corner in range(3):
            at, one, other = three[corner], three[corner - 1], three[corner - 2]
            a, b = np.array([one.x - at.x, one.y - at.y]), np.array([other.x - at.x, other.y - at.y])
            long, short = max(np.hypot(*a), np.hypot(*b)), min(np.hypot(*a), np.hypot(*b))
            size = float(np.mean(sizes))
            if short < 0.62 * long or not 1.4 * size <= long <= 26 * size:
                continue
            if abs(float(a @ b)) > 0.42 * long * short:
                continue
            origin = np.array([at.x, at.y])
            quad = np.stack([origin, origin + a, origin + a + b, origin + b])
            middle = quad.mean(axis=0)
            quad = middle + (quad - middle) * (1 + size / (0.5 * (long + short)) * 1.05)
            if _modules(grey, quad, 2 * long / size):
                used.update(triple)
                yield quad
                break


def has_finders(finders: tuple[Square, ...], quad: Quad) -> bool:
    """Whether two corners of a patch hold a finder pattern each: a QR code whose third one is lost."""
    corners = set()
    for item in finders:
        away = np.hypot(quad[:, 0] - item.x, quad[:, 1] - item.y) / item.side
        nearest = int(np.argmin(away))
        side = float(np.hypot(*(quad[nearest] - quad[nearest - 1])))
        if 0.4 <= away[nearest] <= 1.0 and item.side < 0.45 * side:
            corners.add(nearest)
    return len(corners) >= 2


def _modules(grey: Grey, quad: Quad, least: float) -> bool:
    """Whether the area is full of dark and light modules both ways, about as much dark as light."""
    from indelible.detect.code_areas import straightened

    flat = straightened(grey, quad, 200, 200).astype(np.float32)
    level = (float(np.percentile(flat, 10)) + float(np.percentile(flat, 90))) / 2
    dark = flat < level
    across = float(np.median((dark[:, 1:] != dark[:, :-1]).sum(axis=1)))
    down = float(np.median((dark[1:] != dark[:-1]).sum(axis=0)))
    return min(across, down) >= max(5.0, least) and 0.25 <= float(dark.mean()) <= 0.75
