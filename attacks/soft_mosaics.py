"""Mosaics behind a codec or a resize: straight steps that stand on one grid, with nothing between them.

A codec leaves few cells flat to the last level, so flat cells are no sure sign. Their borders are: a step of one pixel that runs straight for
several pixels. Places with many such steps, along and across, are looked at as one mosaic each. Text, bricks, keys and tables have
straight steps too; what they do not have is a grid of both axes inside whose cells nearly nothing is left, and much if it is moved
by half a cell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indelible.attacks.grid import Grid, estimate_grid
from indelible.attacks.grid_fit import parts_of
from indelible.attacks.soft_edges import Edges, SoftEdges, soft_edges
from indelible.model import Box

#: Smallest step, in levels, how far it stands out of its neighbours, and how many pixels it runs.
_STEP, _SHARP, _RUN_PX = 8.0, 2.0, 5
#: Pixels by which steps of one place may lie apart: several guesses, because the cells' size is not known.
_REACHES = (5, 11, 23)
_MOST_PLACES = 40
_LEAST_RUNS = 24
#: Share of the change that is straight steps, both axes together: text and photographs stay near 0.1; and where it is looked at.
_STRAIGHT, _WINDOW_PX = 0.4, 25
_SHORTEST_PX = 8
_MOST_PIXELS = 2_000_000
#: Edges on the axis that has more, on the other one, and cells that are not cut.
_EDGES, _FEWEST_EDGES, _FEWEST_CELLS = 3, 1, 8
#: With a single edge on one axis the other one must show so many.
_EDGES_BESIDE_ONE = 6
#: Share of the variance that the cells explain; variation half a cell off against that on the grid, longer axis and shorter.
_EXPLAINED, _CLEAR, _CLEAR_FEW = 0.93, 5.0, 3.0
#: Root mean square inside the cells, in levels.
_INSIDE = 9.0
#: Shades, eight levels apart, that cells show at least.
_SHADES = 5
#: Levels by which cells beside each other differ, and in what share of all pairs.
_DIFFERENT, _DIFFERENT_SHARE = 3.0, 0.4
#: Pixels by which a cell at the border is narrower or wider than the others if it is cut.
_CUT_PX = 0.75
#: By how much neighbours that differ do so more than they vary inside, and in what share of them.
_OVER_INSIDE, _CLEAN_SHARE = 2.0, 0.75
#: Edges of an axis that has an inside: five cells.
_LEAST_INNER = 5
#: A strip beside the region belongs to it, blank or faint, if its cells vary by no more.
_BLANK = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftMosaic:
    """A mosaic with its grid, tied to ``box``."""

    box: Box
    grid: Grid
    cells: int

    @property
    def blocks(self) -> int:
        """Cells across the shorter side."""
        return max(1, round(self.grid.blocks(self.box.width, self.box.height)))


def find_soft(pixels: np.ndarray) -> list[SoftMosaic]:
    """The mosaics of a picture that went through a codec or a resize; those with most cells first, none over another.

    Args:
        pixels: uint8, ``(height, width)`` or ``(height, width, 3)``.
    """
    found = [mosaic for box in step_places(pixels) if (mosaic := as_mosaic(pixels, box)) is not None]
    kept: list[SoftMosaic] = []
    for mosaic in sorted(found, key=lambda item: -item.cells):
        if all((part := mosaic.box.intersection(one.box)) is None or 2 * part.area < mosaic.box.area for one in kept):
            kept.append(mosaic)
    return kept


def step_places(pixels: np.ndarray) -> list[Box]:
    """Places whose change is mostly straight steps, along and across. ``pixels``: uint8, ``(height, width)`` or with colours."""
    import cv2

    grey = _grey(pixels).astype(np.float32)
    along, across = _runs(grey), _runs(grey.T).T
    steps = along | across
    height, width = grey.shape
    changes = _change(grey), _change(grey.T).T
    straight = np.where(along, changes[0], 0), np.where(across, changes[1], 0)
    window = (_WINDOW_PX, _WINDOW_PX)
    nearby = [
        cv2.blur(some, window) / (cv2.blur(all_, window) + 0.5) for some, all_ in zip(straight, changes, strict=True)
    ]
    mostly = steps & (nearby[0] + nearby[1] >= _STRAIGHT)
    boxes: dict[Box, int] = {}
    for kept in (steps, mostly):
        for reach in _REACHES:
            near = cv2.dilate(kept.view(np.uint8), np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
            count, labels = cv2.connectedComponents(near, connectivity=4)
            labels = np.where(kept, labels, 0)
            for label, (left, top, right, bottom) in _extents(labels, count):
                box = Box.from_corners(left, top, right, bottom, width, height)
                if box is None or min(box.width, box.height) < _SHORTEST_PX or box.area > _MOST_PIXELS or box in boxes:
                    continue
                place = np.s_[box.y : box.bottom, box.x : box.right]
                inside = labels[place] == label
                share = sum(
                    float(s[place].sum() / (c[place].sum() + 1)) for s, c in zip(straight, changes, strict=True)
                )
                runs = [int((one[place] & inside).sum()) for one in (along, across)]
                if min(runs) >= _LEAST_RUNS and share >= _STRAIGHT:
                    boxes[box] = sum(runs)
    return sorted(boxes, key=lambda box: (-boxes[box], box.y, box.x))[:_MOST_PLACES]


def as_mosaic(pixels: np.ndarray, box: Box) -> SoftMosaic | None:
    """The mosaic in a place, with the blank cells round it, or None if there is none."""
    part = pixels[box.y : box.bottom, box.x : box.right]
    grid = estimate_grid(part)
    if grid is None:
        return None
    edges = sorted((grid.across.edges, grid.down.edges))
    if edges[0] < _FEWEST_EDGES or edges[1] < (_EDGES if edges[0] > 1 else _EDGES_BESIDE_ONE):
        return None
    soft = soft_edges(part if part.ndim == 3 else np.repeat(part[..., None], 3, axis=2), grid)
    counts = len(soft.drawn[0]) - 1, len(soft.drawn[1]) - 1
    if counts[0] * counts[1] < _FEWEST_CELLS or not _stands(_grey(part), soft) or _few_shades(_grey(part), soft):
        return None
    whole = box if soft.fitted else _with_blank(pixels, box, soft)
    return SoftMosaic(box=whole, grid=grid, cells=counts[0] * counts[1])


def measures(grey: np.ndarray, drawn: Edges) -> tuple[float, float, tuple[float, float]]:
    """Share of the variance that the cells explain, root mean square inside them, and variation half a cell off over that on the grid."""
    across, down = (np.unique(edges.astype(int)) for edges in drawn)
    sums = np.add.reduceat(np.add.reduceat(grey, down[:-1], axis=0), across[:-1], axis=1)
    sizes = np.diff(down)[:, None] * np.diff(across)[None]
    inside = float((grey**2).sum() - (sums**2 / sizes).sum()) / grey.size
    whole = float(grey.var())
    clear = []
    for axis, edges in ((1, drawn[0]), (0, drawn[1])):
        parts = parts_of(grey, axis)
        middles = np.r_[0.0, (edges[:-1] + edges[1:]) / 2, float(parts.length)]
        clear.append(parts.between(middles) / parts.between(edges))
    return 1 - inside / max(whole, 1e-6), float(np.sqrt(max(inside, 0.0))), (clear[0], clear[1])


def _stands(grey: np.ndarray, soft: SoftEdges) -> bool:
    """Whether the cells explain the region, and its inside too: of a key with a letter they would explain the rim."""
    for drawn in (soft.drawn, _inner(soft.drawn)):
        (left, right), (top, bottom) = ((int(edges[0]), int(edges[-1])) for edges in drawn)
        moved = drawn[0] - left, drawn[1] - top
        explained, inside, clear = measures(grey[top:bottom, left:right], moved)
        if explained < _EXPLAINED or inside > _INSIDE or max(clear) < _CLEAR or min(clear) < _CLEAR_FEW:
            return False
    return True


def _inner(drawn: Edges) -> Edges:
    across, down = (edges[1:-1] if len(edges) > _LEAST_INNER else edges for edges in drawn)
    return across, down


def _few_shades(grey: np.ndarray, soft: SoftEdges) -> bool:
    """Whether the cells are too much alike for averages, as windows and bars are, or neighbours differ by no more than they vary inside."""
    across, down = (edges.astype(int) for edges in soft.drawn)
    means, inside = np.zeros((2, len(down) - 1, len(across) - 1))
    for i, (top, bottom) in enumerate(zip(down, down[1:], strict=False)):
        for j, (left, right) in enumerate(zip(across, across[1:], strict=False)):
            rim = 1 if min(bottom - top, right - left) >= _LEAST_INNER else 0
            cell = grey[top + rim : bottom - rim, left + rim : right - rim]
            means[i, j], inside[i, j] = (cell.mean(), cell.std()) if cell.size else (0.0, 0.0)
    steps = np.concatenate([np.abs(np.diff(means, axis=axis)).ravel() for axis in (0, 1)])
    worse = np.concatenate(
        [np.maximum(inside[1:], inside[:-1]).ravel(), np.maximum(inside[:, 1:], inside[:, :-1]).ravel()]
    )
    different = steps > _DIFFERENT
    if len(np.unique(means.astype(int) >> 3)) < _SHADES or float(different.mean()) < _DIFFERENT_SHARE:
        return True
    return float((steps > _OVER_INSIDE * worse)[different].mean()) < _CLEAN_SHARE


def _with_blank(pixels: np.ndarray, box: Box, soft: SoftEdges) -> Box:
    """The region with one more cell on every side where the strip there is flat: blank cells show no steps."""
    height, width = pixels.shape[:2]
    sides = [box.x, box.y, box.right, box.bottom]
    grey = _grey(pixels)
    for axis in (0, 1):
        edges = soft.drawn[axis]
        period = float(np.median(np.diff(edges[1:-1] if len(edges) > 3 else edges)))
        whole = [abs(width - period) < _CUT_PX for width in (edges[1] - edges[0], edges[-1] - edges[-2])]
        length = (width, height)[axis]
        across = np.unique(soft.drawn[1 - axis].astype(int)) + (box.y, box.x)[axis]
        before, after = sides[axis], sides[axis + 2]
        strips = (axis, before - round(period), before), (axis + 2, after, after + round(period))
        for is_whole, (side, low, high) in zip(whole, strips, strict=True):
            first, last = max(0, low), min(length, high)
            if not is_whole or last - first < 2:  # a cell that is cut ends where the region ends
                continue
            strip = grey[:, first:last] if axis == 0 else grey[first:last].T
            cells = [strip[top:bottom] for top, bottom in zip(across, across[1:], strict=False)]
            if np.sqrt(np.mean([cell.var() for cell in cells])) <= _BLANK:
                sides[side] = first if side < 2 else last
    return Box(sides[0], sides[1], sides[2] - sides[0], sides[3] - sides[1])


def _grey(pixels: np.ndarray) -> np.ndarray:
    return pixels.astype(np.float64) if pixels.ndim == 2 else pixels.astype(np.float64) @ np.array([77, 150, 29]) / 256


def _change(grey: np.ndarray) -> np.ndarray:
    return np.abs(np.diff(grey, axis=1, prepend=grey[:, :1]))


def _runs(grey: np.ndarray) -> np.ndarray:
    """Pixels right of a step that is one pixel wide and runs down for several pixels."""
    import cv2

    change = _change(grey)
    around = np.maximum(np.roll(change, 1, axis=1), np.roll(change, -1, axis=1))
    steps = ((change >= _STEP) & (change >= _SHARP * around)).astype(np.uint8)
    return np.asarray(
        cv2.morphologyEx(np.ascontiguousarray(steps), cv2.MORPH_OPEN, np.ones((_RUN_PX, 1), np.uint8)) > 0
    )


def _extents(labels: np.ndarray, count: int) -> list[tuple[int, tuple[int, int, int, int]]]:
    """Each label from 1 on that is there, and its left, top, right, bottom."""
    rows, columns = np.nonzero(labels)
    owners = labels[rows, columns]
    low, high = np.full((count, 2), 1 << 30), np.full((count, 2), -1)
    for k, values in enumerate((columns, rows)):
        np.minimum.at(low[:, k], owners, values)
        np.maximum.at(high[:, k], owners, values)
    corners = np.concatenate([low, high], axis=1).tolist()
    return [(i, tuple(corners[i])) for i in range(1, count) if corners[i][2] >= 0]
