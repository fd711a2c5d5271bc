"""Several pictures of one thing under a mosaic, each with its grid elsewhere: where content and grid stand in each.

Content is registered on what is not redacted, to a twentieth of a pixel; the grid is found in each picture by itself. Only where content
and grid stand differently to each other does a picture add anything.

Reference: ATTACKS.md section 6 (A103); Evangelidis and Psarakis 2008 (ECC).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from indelible.attacks.grid import Grid, estimate_grid
from indelible.model import Box

MOST_FRAMES = 120
#: Parts of a period to which two phases are told apart.
_PHASE_STEPS = 24
_SURROUND_PX = 48
_LEAST_CORRELATION, _SURE_CORRELATION = 0.7, 0.98
_REFINED = 3
_LEAST_MARGIN_PX = 6.0
#: An unredacted frame has this many times the fine change of a redacted one.
_OPEN = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One frame. ``shift``: px by which its content stands right of and below the first frame's.

    ``across``, ``down``: cell edges in the picture's pixels, increasing; ``cells``: float32 ``(rows, columns)``, grey levels.
    """

    shift: tuple[float, float]
    across: np.ndarray = field(repr=False)
    down: np.ndarray = field(repr=False)
    cells: np.ndarray = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """All frames that could be placed. ``first``: the first frame, grey levels. ``period``: px across and down.

    ``open``: numbers of frames in which the region is not redacted.
    """

    first: np.ndarray = field(repr=False)
    box: Box
    views: tuple[View, ...]
    period: tuple[float, float]
    open: tuple[int, ...] = ()

    @property
    def phases(self) -> int:
        """How many different positions of the grid over the content there are."""
        found = set()
        for view in self.views:
            at = (view.across[0] - view.shift[0]) / self.period[0], (view.down[0] - view.shift[1]) / self.period[1]
            found.add(tuple(round(part % 1.0 * _PHASE_STEPS) % _PHASE_STEPS for part in at))
        return len(found)


def stacked(frames: Sequence[Image.Image], box: Box) -> Stack | None:
    """Every frame that differs from the ones before it, registered; None if the first shows no mosaic in ``box``."""
    greys: list[np.ndarray] = []
    known: set[bytes] = set()
    for frame in frames[: 4 * MOST_FRAMES]:
        if frame.size != frames[0].size or len(greys) >= MOST_FRAMES:
            continue
        grey = np.asarray(frame.convert("L"))
        if grey.tobytes() not in known:
            known.add(grey.tobytes())
            greys.append(grey)
    if not box.inside(*frames[0].size):
        return None
    regions = [grey[box.y : box.bottom, box.x : box.right] for grey in greys]
    grids = [estimate_grid(region) for region in regions]
    usable = [grid if grid is not None and _is_grid(grid) else None for grid in grids]
    seen = [grid for grid in usable if grid is not None]
    if not seen:
        return None
    period = (float(np.median([g.across.period for g in seen])), float(np.median([g.down.period for g in seen])))
    shifts = [(0.0, 0.0), *(_shift(greys[0], grey, box) for grey in greys[1:])]
    views = []
    fine = [float(np.median(np.abs(np.diff(region.astype(np.int16), axis=1)).mean(axis=0))) for region in regions]
    usual = float(np.median([value for value, grid in zip(fine, usable, strict=True) if grid is not None]))
    unredacted = []
    for number, (region, grid, shift) in enumerate(zip(regions, usable, shifts, strict=True)):
        if grid is None:
            if fine[number] > _OPEN * (usual + 0.5):
                unredacted.append(number)
            continue
        if shift is not None:
            views.append(_view(region, grid, period, box, shift))
    return Stack(first=greys[0].astype(np.float32), box=box, views=tuple(views), period=period, open=tuple(unredacted))


def _is_grid(grid: Grid) -> bool:
    """Whether there are cells in both directions."""
    edges = grid.across.edges, grid.down.edges
    return max(edges) >= 2 and min(edges) >= 1


def _view(region: np.ndarray, grid: Grid, period: tuple[float, float], box: Box, shift: tuple[float, float]) -> View:
    """Cell edges and means of one frame's region, cells at its border included."""
    across = _edges(grid.across.phase, grid.across.period, box.width, region, 1)
    down = _edges(grid.down.phase, grid.down.period, box.height, region, 0)
    cells = np.zeros((len(down) - 1, len(across) - 1), np.float32)
    for row in range(len(down) - 1):
        for column in range(len(across) - 1):
            part = region[_inner(down[row], down[row + 1]), _inner(across[column], across[column + 1])]
            cells[row, column] = float(np.median(part))
    return View(shift=shift, across=across + box.x, down=down + box.y, cells=cells)


def _edges(phase: float, period: float, length: int, region: np.ndarray, axis: int) -> np.ndarray:
    """Whole-pixel cell edges along one axis: where the pixels change, and the lattice where they do not."""
    change = np.abs(np.diff(region.astype(np.int16), axis=axis)).mean(axis=1 - axis)
    edges = [0]
    tooth = phase % period
    while tooth < length - 0.75:
        place = round(tooth)
        near = [at for at in (place - 1, place, place + 1) if 1 <= at <= length - 1]
        if near and tooth >= 0.75:
            edges.append(max(near, key=lambda at: (change[at - 1], -abs(at - tooth))))
        tooth += period
    return np.unique(np.array([*edges, length]))


def _inner(first: int, last: int) -> slice:
    """The inside of a cell, where a codec smears least."""
    return slice(int(first) + 1, int(last) - 1) if last - first >= 5 else slice(int(first), int(last))


def _shift(first: np.ndarray, other: np.ndarray, box: Box) -> tuple[float, float] | None:
    """How far ``other``'s content stands right of and below ``first``'s, judged round the region; None if they do not match."""
    height, width = first.shape
    around = box.grown(_SURROUND_PX, _SURROUND_PX, width, height)
    rows, columns = slice(around.y, around.bottom), slice(around.x, around.right)
    one, two = first[rows, columns].astype(np.float32), other[rows, columns].astype(np.float32)
    x, y = box.x - around.x, box.y - around.y
    best: tuple[float, float] | None = None
    for _ in range(_REFINED):
        # content that this shift brings out of the region of the other frame must not be compared either
        dx, dy = best or (_LEAST_MARGIN_PX, _LEAST_MARGIN_PX)
        margin_x, margin_y = (math.ceil(abs(part)) + 2 for part in (dx, dy))
        mask = np.full(one.shape, 255, np.uint8)
        mask[max(0, y - margin_y) : y + box.height + margin_y, max(0, x - margin_x) : x + box.width + margin_x] = 0
        outside = mask > 0
        if outside.sum() < 256 or one[outside].std() < 1.0:
            return None
        if np.array_equal(one[outside], two[outside]):
            return (0.0, 0.0)
        found = _registered(one, two, mask, best)
        if found is None or found == best:
            return found
        best = found
    return best


def _registered(
    one: np.ndarray, two: np.ndarray, mask: np.ndarray, start: tuple[float, float] | None
) -> tuple[float, float] | None:
    """The translation from ``one`` to ``two`` with the highest correlation over ``mask``; None if that is low."""
    import cv2

    outside = mask > 0
    blank = [np.where(outside, picture - picture[outside].mean(), 0.0).astype(np.float32) for picture in (one, two)]
    (dx, dy), _ = cv2.phaseCorrelate(
        blank[0], blank[1], cv2.createHanningWindow((one.shape[1], one.shape[0]), cv2.CV_32F)
    )
    starts = (
        [start] if start is not None else [(dx, dy), *((float(a), float(b)) for a in (-6, 0, 6) for b in (-6, 0, 6))]
    )
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 80, 1e-6)
    best: tuple[float, tuple[float, float]] | None = None
    for at in starts:
        warp = np.array([[1, 0, at[0]], [0, 1, at[1]]], np.float32)
        try:
            score, warp = cv2.findTransformECC(one, two, warp, cv2.MOTION_TRANSLATION, criteria, mask, 3)
        except cv2.error:
            continue
        if best is None or score > best[0]:
            best = (float(score), (float(warp[0, 2]), float(warp[1, 2])))
        if best[0] > _SURE_CORRELATION:
            break
    return best[1] if best is not None and best[0] >= _LEAST_CORRELATION else None
