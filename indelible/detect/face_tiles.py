"""Which parts of a picture deserve an enlarged look: plain geometry on the candidates of a cheaper one.

Enlarged looks cost most of the time and are good for small faces only; a small face nearly always leaves a faint trace at the
size of the picture. So the picture is cut into cells, cells with a trace are chosen, and neighbours become one rectangle
wherever that costs fewer pixels than two of them with their borders.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from indelible.detect.fusion import Boxes

#: Left, top, right, bottom in pixels of the picture.
Rectangle = tuple[int, int, int, int]

_CELLS = 24  # along the longer side of a large picture, so that joining rectangles stays quick
_CALL_PX = 20_000  # what one more call of the net costs beside its pixels, in pixels of its input


def chosen_rectangles(
    boxes: Boxes, width: int, height: int, scale: float, *, cell: int, border: int, most: int
) -> list[Rectangle]:
    """Rectangles that hold every box with ``border`` around its cell, best box first.

    Args:
        boxes: traces of faces, ``(n, 5)`` in pixels of the picture.
        width: of the picture.
        height: of the picture.
        scale: at which the rectangles will be looked at.
        cell: smallest side of a cell in pixels of the picture.
        border: pixels of the picture around each chosen cell, that a face on an edge has its surroundings.
        most: largest rectangle in pixels at ``scale``; a single cell may be larger.
    """
    if not len(boxes):
        return []
    side = max(cell, -(-max(width, height) // _CELLS))
    columns, rows = -(-width // side), -(-height // side)
    best = np.zeros((rows, columns))
    left, right = _cells(boxes[:, 0], side, columns), _cells(boxes[:, 2], side, columns)
    top, bottom = _cells(boxes[:, 1], side, rows), _cells(boxes[:, 3], side, rows)
    for x0, y0, x1, y1, score in zip(left, top, right, bottom, boxes[:, 4], strict=True):
        part = best[y0 : y1 + 1, x0 : x1 + 1]
        np.maximum(part, score, out=part)
    runs = _joined(_runs(best), side, scale, border, most)
    order = sorted(runs.tolist(), key=lambda run: (-best[run[1] : run[3], run[0] : run[2]].max(), run))
    return [
        (
            max(0, x0 * side - border),
            max(0, y0 * side - border),
            min(width, x1 * side + border),
            min(height, y1 * side + border),
        )
        for x0, y0, x1, y1 in order
    ]


def pixels_at(rectangle: Rectangle, scale: float) -> int:
    """Input of the net for one rectangle, in pixels."""
    left, top, right, bottom = rectangle
    return round((right - left) * scale) * round((bottom - top) * scale)


def within(boxes: Boxes, rectangles: Iterable[Rectangle], border: float, width: int, height: int) -> NDArray[np.bool_]:
    """Which boxes have their middle in a rectangle, at least ``border`` from its edges that are not the picture's."""
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    held = np.zeros(len(boxes), dtype=bool)
    for left, top, right, bottom in rectangles:
        across = (x >= left + border * (left > 0)) & (x <= right - border * (right < width))
        held |= across & (y >= top + border * (top > 0)) & (y <= bottom - border * (bottom < height))
    return held


def _cells(edges: NDArray[np.float64], side: int, count: int) -> NDArray[np.int64]:
    return np.clip(edges // side, 0, count - 1).astype(np.int64)


def _runs(best: NDArray[np.float64]) -> NDArray[np.int64]:
    """Chosen cells of each row that stand side by side: ``(n, 4)`` left, top, right, bottom in cells."""
    found = []
    for row, line in enumerate(best > 0):
        edges = np.flatnonzero(np.diff(np.concatenate([[False], line, [False]]).astype(np.int8)))
        found += [(start, row, end, row + 1) for start, end in edges.reshape(-1, 2).tolist()]
    return np.array(found, dtype=np.int64).reshape(-1, 4)


def _joined(runs: NDArray[np.int64], side: int, scale: float, border: int, most: int) -> NDArray[np.int64]:
    """Two rectangles become one as long as that saves pixels, the best saving first; none grows beyond ``most``."""

    def cost(one: NDArray[np.int64]) -> NDArray[np.float64]:
        wide, tall = one[..., 2] - one[..., 0], one[..., 3] - one[..., 1]
        return ((wide * side + 2 * border) * scale) * ((tall * side + 2 * border) * scale) + _CALL_PX

    while len(runs) > 1:
        corner = np.minimum(runs[:, None, :2], runs[None, :, :2])
        other = np.maximum(runs[:, None, 2:], runs[None, :, 2:])
        both = cost(np.concatenate([corner, other], axis=2))
        own = cost(runs)
        saved = own[:, None] + own[None, :] - both
        saved[both > most] = -1.0
        np.fill_diagonal(saved, -1.0)
        first, second = np.unravel_index(int(saved.argmax()), saved.shape)
        if saved[first, second] < 0:
            break
        merged = np.concatenate([corner[first, second], other[first, second]])
        runs = np.vstack([np.delete(runs, [first, second], axis=0), merged])
    return runs
