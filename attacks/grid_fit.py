"""A mosaic's grid behind a codec or a resize, told finely: the edges between which the pixels vary least.

Change along an axis tells where edges are to about a pixel. Which edges they are is told by what lies between: cut at the right places, the
parts of every row are flat but for what the codec left; an edge one pixel off puts a whole step into a part. The variation between any
two places is looked up in a table, so that thousands of grids are compared at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: Lines across the axis that are looked at, and pixels along it.
_MOST_LINES, _MOST_LENGTH = 128, 1200
#: Steps of a phase, and by how much the last edge moves from period to period, in pixels.
_PHASE_STEP, _DRIFT_STEP = 0.25, 0.34
#: Grids whose variation is so near the least are told apart by nothing.
_SAME = 1.002
#: How much less variation an edge more must leave.
_PER_EDGE = 0.08
#: Share of all variation that is not worth an edge in a rough search: what rings at true edges would pay for edges beside them.
_OF_ALL = 0.003
#: Variation that is always there, as levels squared for each pixel.
_FLOOR = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """The best grid of an axis. ``variation``: mean square inside the parts; ``shifted``: the same with all edges half a period away."""

    period: float
    phase: float
    variation: float
    shifted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Variation inside parts of an axis: sums along it, of lines and of their squares. ``length`` in pixels, ``lines`` across."""

    summed: np.ndarray
    squares: np.ndarray
    length: int
    lines: int

    def inside(self, longest: int) -> np.ndarray:
        """Sum of squares about the mean of each line, from every place over so many pixels, ``(length + 1, longest + 1)``."""
        table = np.zeros((self.length + 1, longest + 1))
        for width in range(1, min(longest, self.length) + 1):
            sums = self.summed[width:] - self.summed[:-width]
            table[: self.length + 1 - width, width] = (
                self.squares[width:] - self.squares[:-width] - np.einsum("ij,ij->i", sums, sums) / width
            )
        return np.maximum(table, 0.0)

    def between(self, edges: np.ndarray) -> float:
        """Mean square inside the parts between whole-pixel edges that begin at 0 and end at the length."""
        whole = np.unique(np.clip(np.floor(edges + 0.5).astype(int), 0, self.length))
        sums = np.diff(self.summed[whole], axis=0)
        total = self.squares[-1] - float((np.einsum("ij,ij->i", sums, sums) / np.diff(whole)).sum())
        return max(0.0, float(total)) / (self.length * self.lines) + _FLOOR


def parts_of(grey: np.ndarray, axis: int) -> Parts:
    """The sums of a region along an axis. ``grey``: ``(height, width)``, 0 to 255."""
    lines = np.moveaxis(grey, axis, 0).astype(np.float64)
    lines = lines[:, :: -(-lines.shape[1] // _MOST_LINES)] - lines.mean()
    summed = np.concatenate([np.zeros((1, lines.shape[1])), np.cumsum(lines, axis=0)])
    squares = np.concatenate([[0.0], np.cumsum((lines**2).sum(axis=1))])
    return Parts(summed=summed, squares=squares, length=len(lines), lines=lines.shape[1])


def fitted_grid(parts: Parts, least: float, most: float, *, rough: bool = False) -> Fitted | None:
    """The period and phase of the grid that leaves the least variation, among periods from ``least`` to ``most`` pixels.

    ``rough``: in steps of which the last edge is a pixel off.
    """
    length = parts.length
    if length > _MOST_LENGTH or length < 2 * least or most < least:
        return None
    steps = (1.0 if rough else _DRIFT_STEP) / length
    most = min(most, length - 1.0)
    periods = least * (1 + steps) ** np.arange(int(np.ceil(np.log(most / least) / np.log1p(steps))) + 1)
    table = parts.inside(int(np.ceil(periods[-1])) + 1)
    best: list[tuple[float, np.ndarray, np.ndarray]] = []
    for period in periods:
        phases = np.arange(0.5, period) if rough else np.arange(_PHASE_STEP / 2, period, _PHASE_STEP)
        sums = _variations(table, float(period), phases, length)
        best.append((float(period), phases, sums / (length * parts.lines) + _FLOOR))
    dull = _OF_ALL * parts.between(np.array([0.0, length])) if rough else 0.0
    scores = [float(np.log(found.min() + dull) + _PER_EDGE * length / period) for period, _, found in best]
    lowest = best[int(np.argmin(scores))][2].min()
    ties = [
        (period, phase)
        for (period, phases, found), score in zip(best, scores, strict=True)
        if score <= min(scores) + 2 * _PER_EDGE
        for phase in phases[found <= _SAME * lowest]
    ]
    period = float(np.mean([item[0] for item in ties]))
    middle = length / 2  # phases are compared in the middle, where they do not hang on the period
    at = np.array([phase + round((middle - phase) / own) * own for own, phase in ties])
    at += np.round((at[0] - at) / period) * period
    phase = float((at.mean()) % period)
    shifted = _variations(table, period, np.array([(phase + period / 2) % period]), length)[0] / (length * parts.lines)
    return Fitted(period=period, phase=phase, variation=float(lowest), shifted=float(shifted + _FLOOR))


def least_phase(parts: Parts, period: float, phases: np.ndarray) -> tuple[float, float]:
    """Which of the phases leaves the least variation, and how much."""
    table = parts.inside(min(parts.length, int(np.ceil(period)) + 1))
    sums = _variations(table, period, phases, parts.length)
    best = int(np.argmin(sums))
    return float(phases[best]), float(sums[best] / (parts.length * parts.lines) + _FLOOR)


def _variations(table: np.ndarray, period: float, phases: np.ndarray, length: int) -> np.ndarray:
    """Sum of squares inside the parts of each phase."""
    count = int(np.ceil(length / period)) + 1
    edges = np.floor(phases[:, None] + period * np.arange(-1, count)[None] + 0.5).astype(int)
    edges = np.clip(edges, 0, length)
    widths = np.minimum(np.diff(edges, axis=1), table.shape[1] - 1)
    return np.asarray(table[edges[:, :-1], widths].sum(axis=1) + _tail(table, edges[:, -1], length))


def _tail(table: np.ndarray, last: np.ndarray, length: int) -> np.ndarray:
    return np.asarray(table[last, np.minimum(length - last, table.shape[1] - 1)])
