"""The grid of a mosaic, from its pixels alone: real-valued period and phase per axis.

In a mosaic all change lies on the cell edges. The profile of change along an axis is therefore a comb; the period is the
largest one whose comb meets every tooth and leaves nothing between them. A period half as long meets gaps, one twice as
long leaves teeth out. After a JPEG encoder the gaps are not empty, only lower, so the comb is judged by shares.

Reference: ATTACKS.md section 3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indelible.attacks.grid_fit import Fitted, Parts, fitted_grid, parts_of

#: Shortest period that is looked for, in pixels.
SHORTEST_PX = 3.5
#: Share of the sharp change that the comb explains beyond chance, times the share of its teeth that are there.
_FIT = 0.40
_FIT_FEW = 0.55
#: The middle tooth against the gaps' upper quartile; ordinary pictures and text stay near 1.
_CONTRAST = 2.5
_CONTRAST_FEW = 4.0
_FEW = 3
#: Mean change per pixel, in grey levels, that codec noise alone can explain.
_CODEC_NOISE = 1.5
#: Levels by which the parts of a region without edges may differ if it is one cell.
_ONE_CELL_LEVELS = 10.0
_LONGEST_PROFILE = 480
#: Least share of the change that stands on the edges of a mosaic behind a codec or a resize. Blurs stay at 0.1, mosaics are over 0.45.
_GATHERED = 0.25
#: Share by which the comb may miss a period, how far cells may be from square, and how much an edge more must explain.
_COARSE, _SQUARE, _PER_EDGE = 0.08, 1.4, 0.08
#: Variation inside cells half a period off, against that inside the cells themselves, if an axis is found by the other one's period.
_CLEAR = 2.5
#: Share of a region's variation that is not worth an edge: what rings at true edges would pay for edges beside them.
_OF_ALL = 0.003
#: Cells along an axis that is found by its variation alone.
_SURE_CELLS = 5.0
#: Change at an end of a region that is ringing, as a share of the greatest.
_FAINT = 0.08


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One axis of a grid. ``period`` and ``phase`` in pixels; the first cell edge is at ``phase``. ``edges``: how many were seen."""

    period: float
    phase: float
    edges: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A mosaic's grid: across and down."""

    across: Axis
    down: Axis

    @property
    def finest(self) -> float:
        """The shorter of both periods, in pixels."""
        return min(self.across.period, self.down.period)

    def blocks(self, width: int, height: int) -> float:
        """Cells across the shorter side of a region of that size, counted with the finer period."""
        return min(width, height) / self.finest


def estimate_grid(pixels: np.ndarray) -> Grid | None:
    """The grid of a region that is one mosaic, or None if it does not look like one.

    Args:
        pixels: uint8, ``(height, width)`` or ``(height, width, 3)``. An axis without any change has one cell.
    """
    values = pixels.astype(np.int16)
    if values.ndim == 2:
        values = values[..., None]
    exact = _axis_profile(values, 1), _axis_profile(values, 0)
    across, down = (_exact_axis(profile) for profile in exact)
    if across is not None and down is not None:
        return Grid(across=across, down=down)
    grey = (values @ np.array([77, 150, 29]) / 256)[..., None] if values.shape[2] == 3 else values.astype(np.float64)
    across, down = _best_pair(grey[..., 0])
    if across is None or down is None:
        return None
    if across.edges == down.edges == 0 and unevenness(grey) > _ONE_CELL_LEVELS:
        return None  # no edge, and yet not one colour: soft, and no mosaic
    if (across.edges or down.edges) and _gathered(grey, (across, down)) < _GATHERED:
        return None  # cells explain it, but its change does not stand on their edges: a blur
    return Grid(across=across, down=down)


def _gathered(grey: np.ndarray, axes: tuple[Axis, Axis]) -> float:
    """Share of the change that stands within a pixel of the edges, beyond chance: near 0 in what is merely soft, 0.5 and more in a mosaic."""
    there = chance = total = 0.0
    for axis, along in zip(axes, (1, 0), strict=True):
        if not axis.edges:
            continue
        profile = _axis_profile(grey, along)
        distance = np.abs(
            (np.arange(1, len(profile) + 1) - axis.phase + axis.period / 2) % axis.period - axis.period / 2
        )
        near, change = distance <= 1, float(profile.sum())
        there, total, chance = there + float(profile[near].sum()), total + change, chance + float(near.mean()) * change
    return (there - chance) / (total - chance) if total > chance else 0.0


def _content(profile: np.ndarray) -> tuple[int, int]:
    """First pixel and first after the part that changes: blank cells at the ends show no edges, and what rings there is none."""
    length = len(profile) + 1
    if not len(profile) or profile.max() <= 2 * _CODEC_NOISE:
        return 0, length
    steps = np.flatnonzero(profile >= max(_CODEC_NOISE, _FAINT * float(profile.max()))) + 1
    first, last = int(steps[0]), int(steps[-1])
    return (first, last) if last - first >= 2 * SHORTEST_PX else (0, length)


def _best_pair(grey: np.ndarray) -> tuple[Axis | None, Axis | None]:
    """Both axes: of the region and of its part that changes, what leaves least variation with fewest edges."""
    height, width = grey.shape
    profiles = _axis_profile(grey[..., None], 1), _axis_profile(grey[..., None], 0)
    whole = parts_of(grey, 1), parts_of(grey, 0)
    (left, right), (top, bottom) = (_content(profile) for profile in profiles)
    best: tuple[float, tuple[Axis | None, Axis | None]] = (np.inf, (None, None))
    for box in dict.fromkeys(((0, 0, width, height), (left, top, right, bottom))):
        part = grey[box[1] : box[3], box[0] : box[2]]
        for pair in _pairs(part):
            moved = _moved(pair[0], box[0], width), _moved(pair[1], box[1], height)
            cost = sum(_cost(parts, axis) for parts, axis in zip(whole, moved, strict=True))
            if cost < best[0]:
                best = cost, moved
    return best[1]


def _cost(parts: Parts, axis: Axis) -> float:
    """Logarithm of the variation that an axis leaves, and what its edges cost."""
    edges = _closed(axis, parts.length) if axis.edges else np.array([0.0, float(parts.length)])
    return float(np.log(parts.between(edges) + _OF_ALL * parts.between(edges[[0, -1]]))) + _PER_EDGE * len(edges)


def _moved(axis: Axis, by: int, length: int) -> Axis:
    """An axis of a part as one of the whole; a part that is one cell has its ends for edges."""
    if not by and not axis.edges:
        return axis
    phase = (axis.phase + by) % axis.period
    return Axis(period=axis.period, phase=phase, edges=len(_teeth(axis.period, phase, length)))


def _pairs(grey: np.ndarray) -> list[tuple[Axis, Axis]]:
    """Both axes by their combs, and with each other's help: cells are about as high as wide."""
    parts = parts_of(grey, 1), parts_of(grey, 0)
    combs = [_noisy_axis(_axis_profile(grey[..., None], axis)) for axis in (1, 0)]
    fine = [
        axis if axis is None or not axis.edges else _near(own, axis) for own, axis in zip(parts, combs, strict=True)
    ]
    found = [] if fine[0] is None or fine[1] is None else [(fine[0], fine[1])]
    if any(axis is not None and not axis.edges for axis in fine):
        return found  # one row or one column of cells
    for one, other in ((0, 1), (1, 0)):
        scanned = _scanned(parts[one])
        for lead in dict.fromkeys((fine[one], scanned)):
            if lead is None or lead.edges < 2:
                continue
            beside = _beside(parts[other], lead)
            if beside is not None:
                found.append((lead, beside) if one == 0 else (beside, lead))
    return found


def _scanned(parts: Parts) -> Axis | None:
    """The axis by its variation alone, where there are cells enough to be sure."""
    if parts.length > _LONGEST_PROFILE:
        return None
    rough = fitted_grid(parts, SHORTEST_PX, parts.length / _SURE_CELLS, rough=True)
    if rough is None:
        return None
    found = fitted_grid(parts, 0.97 * rough.period, 1.03 * rough.period)
    return None if found is None or found.shifted < _CLEAR * found.variation else _axis_of(found, parts.length)


def _near(parts: Parts, axis: Axis) -> Axis:
    """The same axis with the period and phase that leave the least variation."""
    found = fitted_grid(parts, (1 - _COARSE) * axis.period, (1 + _COARSE) * axis.period)
    return axis if found is None else _axis_of(found, parts.length)


def _beside(parts: Parts, lead: Axis) -> Axis | None:
    """An axis whose cells are about as long as those of the other one."""
    found = fitted_grid(parts, max(SHORTEST_PX, lead.period / _SQUARE), lead.period * _SQUARE)
    return None if found is None or found.shifted < _CLEAR * found.variation else _axis_of(found, parts.length)


def _axis_of(found: Fitted, length: int) -> Axis:
    return Axis(period=found.period, phase=found.phase, edges=len(_teeth(found.period, found.phase, length)))


def _closed(axis: Axis, length: int) -> np.ndarray:
    return np.asarray(np.r_[0.0, _teeth(axis.period, axis.phase, length), float(length)])


def unevenness(grey: np.ndarray) -> float:
    """Levels by which the means of a region's sixteenths differ; what a codec adds has no such large shapes."""
    parts = [part for band in np.array_split(grey, 4, axis=0) for part in np.array_split(band, 4, axis=1)]
    return float(np.ptp([part.mean() for part in parts if part.size]))


def _axis_profile(values: np.ndarray, axis: int) -> np.ndarray:
    """Mean absolute change between neighbours along ``axis``: entry i stands before pixel i + 1."""
    if values.shape[axis] < 2:
        return np.zeros(0)
    return np.asarray(np.abs(np.diff(values, axis=axis)).mean(axis=(1 - axis, 2)), dtype=np.float64)


def _exact_axis(profile: np.ndarray) -> Axis | None:
    """The axis of a mosaic that was never compressed: change stands on a lattice and nowhere else."""
    length = len(profile) + 1
    edges = np.flatnonzero(profile > 0) + 1
    if len(edges) == 0:
        return Axis(period=float(length), phase=0.0, edges=0)
    if len(edges) == 1:
        return Axis(period=float(max(edges[0], length - edges[0])), phase=float(edges[0]), edges=1)
    gaps = np.diff(edges)
    if len(edges) > length / (SHORTEST_PX - 1):
        return None
    for divisor in (1, 2, 3):
        fitted = _lattice(edges, float(gaps.min()) / divisor)
        if fitted is not None:
            return fitted
    return None


def _lattice(edges: np.ndarray, start: float) -> Axis | None:
    """The lattice nearest to ``start`` that every edge lies on, within the rounding of cell edges to whole pixels."""
    offsets = (edges - edges[0]).astype(np.float64)
    for period in start + np.linspace(-0.5, 1.0, 61):
        if period < SHORTEST_PX:
            continue
        steps = np.round(offsets / period)
        if len(steps) > 1 and (np.diff(steps) < 1).any():
            continue
        slope, intercept = np.polyfit(steps, offsets, 1)
        if np.abs(steps * slope + intercept - offsets).max() <= 0.8 and slope >= SHORTEST_PX:
            return Axis(period=float(slope), phase=float((edges[0] + intercept) % slope), edges=len(edges))
    return None


def _noisy_axis(profile: np.ndarray) -> Axis | None:
    """The axis of a mosaic behind a codec: the comb that explains most of the sharp change with no tooth left over."""
    length = len(profile) + 1
    if length < 2 * SHORTEST_PX:
        return None
    if len(profile) > _LONGEST_PROFILE:
        factor = -(-len(profile) // _LONGEST_PROFILE)
        cut = profile[: len(profile) // factor * factor].reshape(-1, factor).max(axis=1)
        axis = _noisy_axis(cut)
        return axis and Axis(period=axis.period * factor, phase=axis.phase * factor, edges=axis.edges)
    if profile.max() <= 2 * _CODEC_NOISE:
        return Axis(period=float(length), phase=0.0, edges=0)
    sharp = _sharp(profile)
    best = (0.0, 0.0, 0.0)
    period = SHORTEST_PX
    while period < length:
        phase, share = _best_phase(sharp, period)
        if share > best[0]:
            fit = share * _filled(sharp, period, phase)
            if fit > best[0]:
                best = (fit, period, phase)
        period *= 1 + 1.0 / length
    fit, period, phase = best
    if fit <= 0:
        return None
    teeth = _teeth(period, phase, length)
    tooth = float(np.quantile(_heights(profile, teeth), 0.5))
    distance = np.abs((np.arange(1, length) - phase + period / 2) % period - period / 2)
    gaps = profile[distance >= 1.75]
    contrast = tooth / (float(np.quantile(gaps, 0.75)) + 0.5) if len(gaps) else 0.0
    few = len(teeth) <= _FEW
    if fit < (_FIT_FEW if few else _FIT) or contrast < (_CONTRAST_FEW if few else _CONTRAST):
        return None
    return Axis(period=period, phase=phase, edges=len(teeth))


def _sharp(profile: np.ndarray) -> np.ndarray:
    """What rises above its neighbourhood of nine pixels: edges stay, texture and ringing go."""
    padded = np.pad(profile, 4, mode="edge")
    around = np.median(np.lib.stride_tricks.sliding_window_view(padded, 9), axis=1)
    return np.asarray(np.maximum(profile - around - 0.5 * _CODEC_NOISE, 0.0), dtype=np.float64)


def _best_phase(sharp: np.ndarray, period: float) -> tuple[float, float]:
    """The phase whose teeth, 3 px wide, hold most of ``sharp``, and the share they hold beyond chance."""
    positions = np.arange(1, len(sharp) + 1)
    bins = max(4, round(period))
    folded = np.bincount((positions % period / period * bins).astype(int) % bins, weights=sharp, minlength=bins)
    total = float(folded.sum())
    if total <= 0:
        return 0.0, 0.0
    wide = folded + np.roll(folded, 1) + np.roll(folded, -1)
    chosen = int(np.argmax(wide))
    window = folded[[(chosen - 1) % bins, chosen, (chosen + 1) % bins]]
    centre = (chosen + 0.5 + float((window * (-1, 0, 1)).sum() / max(window.sum(), 1e-9))) * period / bins
    chance = 3 / bins
    return float(centre % period), float((wide[chosen] / total - chance) / (1 - chance))


def _teeth(period: float, phase: float, length: int) -> np.ndarray:
    """Positions of the cell edges inside a region of ``length`` pixels."""
    teeth = phase + period * np.arange(int(length / period) + 1)
    return np.asarray(teeth[(teeth >= 0.75) & (teeth <= length - 0.75)], dtype=np.float64)


def _heights(profile: np.ndarray, teeth: np.ndarray) -> np.ndarray:
    """The largest change within 1 px of each tooth."""
    centre = np.clip(np.round(teeth).astype(int) - 1, 0, len(profile) - 1)
    return np.asarray(
        np.max([profile[np.clip(centre + step, 0, len(profile) - 1)] for step in (-1, 0, 1)], axis=0), dtype=np.float64
    )


def _filled(sharp: np.ndarray, period: float, phase: float) -> float:
    """How many of the teeth are there, 0 to 1: a comb twice too fine finds every other one missing."""
    teeth = _teeth(period, phase, len(sharp) + 1)
    if not len(teeth):
        return 0.0
    heights = np.sort(_heights(sharp, teeth))
    strong = float(heights[len(heights) // 2 :].mean())
    return float(np.minimum(1.0, heights / (0.3 * strong)).mean()) if strong > 0 else 0.0
