"""One sharp picture from many mosaics of it: every cell says the mean over its own rectangle, and text is mostly flat.

Minimised is the squared difference of the cells, in units of their rounding, plus the total variation of the picture (re-weighted least
squares, conjugate gradients inside), between black and white. Each frame's averaging is separable, so it is two small matrices.

Reference: ATTACKS.md section 6 (A103).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from indelible.attacks.stack_frames import Stack
from indelible.model import Box

#: Standard deviation of a cell's mean in levels, and weight of total variation per level.
_CELL_NOISE = 0.4
_VARIATION = 0.06
_OUTER, _INNER = 8, 40
_SMOOTH = 2.0
_KNOWN_NOISE = 1.0
#: Levels of error that a direction may have and still count as resolved; side of the patch on which that is counted.
RESOLVED_LEVELS = 10.0
_PATCH_PX = 36

_Pair = tuple[np.ndarray, np.ndarray]


def domain(stack: Stack) -> Box:
    """The part of the first frame's content that any cell touches."""
    height, width = stack.first.shape
    xs = [edge - view.shift[0] for view in stack.views for edge in (view.across[0], view.across[-1])]
    ys = [edge - view.shift[1] for view in stack.views for edge in (view.down[0], view.down[-1])]
    found = Box.from_corners(min(xs), min(ys), max(xs), max(ys), width, height)
    return stack.box if found is None else found


def solved(stack: Stack, stop: Callable[[], bool]) -> tuple[np.ndarray, float, Box] | None:
    """The picture under the mosaics, float32 ``(height, width)`` in levels, the cells' root mean square error, and where it lies.

    None if ``stop``, asked between steps, ends it, or if no cell lies in the picture.
    """
    area = domain(stack)
    pairs, cells = _operators(stack, area)
    if not pairs:
        return None
    known, values = _known(stack, area)
    picture = np.where(known, values, float(np.mean([part.mean() for part in cells]))).astype(np.float64)
    weights = np.ones((2, *picture.shape))
    data = 1.0 / _CELL_NOISE**2
    sure = known / _KNOWN_NOISE**2
    target = data * _back(pairs, cells) + sure * values
    for _ in range(_OUTER):
        if stop():
            return None

        def normal(x: np.ndarray, weights: np.ndarray = weights) -> np.ndarray:
            across, down = weights[0, :, :-1] * np.diff(x, axis=1), weights[1, :-1] * np.diff(x, axis=0)
            smooth = np.zeros_like(x)
            smooth[:, 1:] += across
            smooth[:, :-1] -= across
            smooth[1:] += down
            smooth[:-1] -= down
            return np.asarray(
                data * _back(pairs, [down_ @ x @ across_.T for down_, across_ in pairs])
                + sure * x
                + _VARIATION * smooth
            )

        picture = np.clip(_conjugate(normal, target, picture), 0.0, 255.0)
        across = np.pad(np.diff(picture, axis=1), ((0, 0), (0, 1)))
        down = np.pad(np.diff(picture, axis=0), ((0, 1), (0, 0)))
        size = 1.0 / np.sqrt(across**2 + down**2 + _SMOOTH**2)
        weights = np.stack([size, size])
    errors = np.concatenate([(d @ picture @ a.T - part).ravel() for (d, a), part in zip(pairs, cells, strict=True)])
    return picture.astype(np.float32), float(np.sqrt(np.median(errors**2) / 0.455)), area


def effective_rank(stack: Stack) -> tuple[float, float]:
    """Share of a patch's pixels that all cells together resolve to `RESOLVED_LEVELS`, and the noise gain at the middle one."""
    period = max(stack.period)
    side = int(min(_PATCH_PX, max(8, 3 * period), stack.box.width, stack.box.height))
    middle = Box(stack.box.x + (stack.box.width - side) // 2, stack.box.y + (stack.box.height - side) // 2, side, side)
    gram = np.zeros((side * side, side * side))
    pairs, _ = _operators(stack, middle)
    for down, across in pairs:
        whole = np.kron(_complete(down), _complete(across))
        gram += whole.T @ whole
    strengths = np.sqrt(np.maximum(np.linalg.eigvalsh(gram), 0.0))
    resolved = strengths * RESOLVED_LEVELS >= _CELL_NOISE
    middle_one = float(np.sort(strengths)[len(strengths) // 2])
    return float(resolved.mean()), _CELL_NOISE / middle_one if middle_one > 1e-9 else float("inf")


def _complete(weights: np.ndarray) -> np.ndarray:
    """Cells that lie in the patch wholly: the others' means say something about pixels that are not in it."""
    return np.asarray(weights[weights.sum(axis=1) > 0.999])


def _operators(stack: Stack, area: Box) -> tuple[list[_Pair], list[np.ndarray]]:
    """Row and column weights of each frame's cells over the area's pixels, and the cells' values."""
    pairs, cells = [], []
    for view in stack.views:
        across = _overlap(view.across - view.shift[0] - area.x, area.width)
        down = _overlap(view.down - view.shift[1] - area.y, area.height)
        inside_x, inside_y = across.sum(axis=1) > 0.98, down.sum(axis=1) > 0.98
        if inside_x.any() and inside_y.any():
            pairs.append((down[inside_y], across[inside_x]))
            cells.append(view.cells[np.ix_(inside_y, inside_x)].astype(np.float64))
    return pairs, cells


def _overlap(edges: np.ndarray, length: int) -> np.ndarray:
    """Share of each cell that each pixel makes up. float64 ``(cells, length)``."""
    pixels = np.arange(length)
    first, last = edges[:-1, None], edges[1:, None]
    shared = np.clip(np.minimum(last, pixels + 1) - np.maximum(first, pixels), 0.0, None)
    return np.asarray(shared / (last - first))


def _back(pairs: list[_Pair], cells: list[np.ndarray]) -> np.ndarray:
    total: np.ndarray | None = None
    for (down, across), part in zip(pairs, cells, strict=True):
        spread = down.T @ part @ across
        total = spread if total is None else total + spread
    return np.zeros((1, 1)) if total is None else np.asarray(total, dtype=np.float64)


def _known(stack: Stack, area: Box) -> tuple[np.ndarray, np.ndarray]:
    """Which pixels of the area the first frame shows, and their values."""
    values = stack.first[area.y : area.bottom, area.x : area.right].astype(np.float64)
    known = np.ones(values.shape, bool)
    x, y = stack.box.x - area.x, stack.box.y - area.y
    known[max(0, y) : max(0, y + stack.box.height), max(0, x) : max(0, x + stack.box.width)] = False
    return known, values


def _conjugate(normal: Callable[[np.ndarray], np.ndarray], target: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Conjugate gradients for ``normal(x) = target`` from ``start``."""
    x = start.copy()
    rest = target - normal(x)
    step = rest.copy()
    power = float((rest * rest).sum())
    for _ in range(_INNER):
        if power < 1e-6:
            break
        moved = normal(step)
        length = power / float((step * moved).sum())
        x += length * step
        rest -= length * moved
        new = float((rest * rest).sum())
        step = rest + new / power * step
        power = new
    return x
