"""Rows of characters on a panel, by connected components: no reader and no network finds them.

Characters are blobs of like height that stand side by side; a panel is paper that ends above and below the row. Printed pages
have the rows and not the ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

#: A character: height in pixels, width over height, share of its box that is ink.
_HEIGHT = (9, 260)
_WIDTH = (0.08, 1.25)
_INK = (0.12, 0.97)
#: Neighbours: heights' ratio, gap and step up or down in heights.
_ALIKE, _GAP, _STEP = 0.72, 1.5, 0.35
#: A row: characters, and its width over its height.
_COUNT = (4, 12)
_ASPECT = (1.8, 9.0)
#: The panel's ends: how far above and below they are looked for, in heights, and how much the grey must change there.
_REACH, _EDGE = 1.1, 22
_MOST_BLOBS = 6_000
_WINDOW_SHARE, _OFFSET = 24, 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row, in pixels. ``slope``: pixels down per pixel to the right; ``dark``: ink on light paper; ``signs``: the characters'
    boxes as ``(left, top, width, height)``."""

    left: int
    top: int
    right: int
    bottom: int
    height: float
    slope: float
    dark: bool
    signs: tuple[tuple[int, int, int, int], ...]


def rows_on_panels(grey: Grey) -> tuple[Row, ...]:
    """Every row on a panel, in a fixed order."""
    import cv2

    window = max(15, min(grey.shape) // _WINDOW_SHARE) | 1
    found: list[Row] = []
    for size in sorted({window, max(15, window // 2) | 1}):
        mean = cv2.blur(grey, (size, size)).astype(np.int16)
        for dark in (True, False):
            ink = (grey < mean - _OFFSET) if dark else (grey > mean + _OFFSET)
            blobs = _blobs(ink.astype(np.uint8))
            for chain in _chains(blobs):
                row = _row(blobs[chain], dark)
                if row is not None and not any(_same(row, other) for other in found) and _on_panel(grey, row):
                    found.append(row)
    return tuple(sorted(found, key=lambda row: (row.left, row.top, row.right, row.bottom, row.dark)))


def _same(one: Row, other: Row) -> bool:
    slack = 0.3 * one.height
    return (
        one.dark == other.dark
        and len(one.signs) == len(other.signs)
        and max(abs(one.left - other.left), abs(one.right - other.right), abs(one.top - other.top)) <= slack
    )


def _blobs(ink: Grey) -> NDArray[np.int64]:
    """``(n, 4)``: left, top, width, height of what could be a character, from left to right."""
    import cv2

    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=4)
    stats = stats[1:].astype(np.int64)
    width, height, area = stats[:, 2], stats[:, 3], stats[:, 4]
    share = area / np.maximum(1, width * height)
    kept = (
        (height >= _HEIGHT[0])
        & (height <= _HEIGHT[1])
        & (width >= _WIDTH[0] * height)
        & (width <= _WIDTH[1] * height)
        & (share >= _INK[0])
        & (share <= _INK[1])
    )
    blobs = stats[kept, :4]
    if len(blobs) > _MOST_BLOBS:  # texture: the largest are kept, which are the likelier characters
        blobs = blobs[np.argsort(-blobs[:, 3], kind="stable")[:_MOST_BLOBS]]
    return np.asarray(blobs[np.lexsort((blobs[:, 1], blobs[:, 0]))])


def _chains(blobs: NDArray[np.int64]) -> Iterator[list[int]]:
    """Indices of blobs that follow each other to the right."""
    following = [-1] * len(blobs)
    preceded = [False] * len(blobs)
    lefts = blobs[:, 0]
    for number, (left, top, width, height) in enumerate(blobs.tolist()):
        first = int(np.searchsorted(lefts, left + width - 0.3 * height))
        last = int(np.searchsorted(lefts, left + width + _GAP * height))
        near = blobs[first:last]
        if not len(near):
            continue
        ratio = near[:, 3] / height
        middle = np.abs(near[:, 1] + near[:, 3] / 2 - top - height / 2)
        fits = (ratio >= _ALIKE) & (ratio <= 1 / _ALIKE) & (middle <= _STEP * height)
        places = np.flatnonzero(fits)
        if len(places):
            index = first + int(places[0])
            if index != number and not preceded[index]:
                following[number] = index
                preceded[index] = True
    for start in range(len(blobs)):
        if preceded[start] or following[start] < 0:
            continue
        chain, at = [start], following[start]
        while at >= 0 and len(chain) <= 2 * _COUNT[1]:
            chain.append(at)
            at = following[at]
        if _COUNT[0] <= len(chain) <= _COUNT[1]:
            yield chain


def _row(blobs: NDArray[np.int64], dark: bool) -> Row | None:
    left, top = int(blobs[:, 0].min()), int(blobs[:, 1].min())
    right, bottom = int((blobs[:, 0] + blobs[:, 2]).max()), int((blobs[:, 1] + blobs[:, 3]).max())
    height = float(np.median(blobs[:, 3]))
    x, y = blobs[:, 0] + blobs[:, 2] / 2, blobs[:, 1] + blobs[:, 3] / 2
    slope, start = np.polyfit(x, y, 1)
    apart = np.abs(y - slope * x - start).max()
    if not _ASPECT[0] <= (right - left) / height <= _ASPECT[1] or abs(slope) > 0.4 or apart > 0.2 * height:
        return None
    signs = tuple((int(x), int(y), int(w), int(h)) for x, y, w, h in blobs)
    return Row(
        left=left, top=top, right=right, bottom=bottom, height=height, slope=float(slope), dark=dark, signs=signs
    )


def characters(grey: Grey, row: Row, height: int, above: float) -> tuple[Grey, NDArray[np.bool_]]:
    """As `straightened`, and which of its pixels belong to the characters' own boxes: no rim, strip or seal."""
    mask = np.zeros_like(grey)
    for left, top, width, tall in row.signs:
        mask[max(0, top - 1) : top + tall + 1, max(0, left - 1) : left + width + 1] = 255
    return straightened(grey, row, height, above), straightened(mask, row, height, above) > 127


def straightened(grey: Grey, row: Row, height: int, above: float) -> Grey:
    """The row turned level, its characters ``height`` pixels high, with ``above`` heights of paper over and under it."""
    import cv2

    scale = height / row.height
    width = round((row.right - row.left + 1.2 * row.height) * scale)
    tall = round(height * (1 + 2 * above))
    x, y = (row.left + row.right) / 2, (row.top + row.bottom) / 2
    matrix = np.array(
        [
            [1 / scale, 0, x - width / 2 / scale],
            [row.slope / scale, 1 / scale, y - tall / 2 / scale - row.slope * width / 2 / scale],
        ]
    )
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(grey, matrix, (width, tall), flags=flags, borderMode=cv2.BORDER_REPLICATE))


def _on_panel(grey: Grey, row: Row) -> bool:
    """Whether the paper ends both above and below the row, over its whole width."""
    unit = 24
    flat = straightened(grey, row, unit, _REACH).astype(np.float64)
    edge = round(unit * _REACH)
    inside = flat[edge : edge + unit, unit // 2 : -unit // 2]
    paper = float(np.percentile(inside, 80 if row.dark else 20))
    ink = float(np.percentile(inside, 10 if row.dark else 90))
    if abs(paper - ink) < 30:
        return False
    lines = np.median(flat[:, unit // 2 : -unit // 2], axis=1)
    return all(
        part.size > 0 and float(np.abs(part - paper).max()) >= max(_EDGE, 0.35 * abs(paper - ink))
        for part in (lines[: edge - 1], lines[edge + unit + 1 :])
    )
