"""How a face was made unreadable, from the region's pixels: a mosaic, a blur, one colour, or hardly at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from indelible.attacks.grid import Axis, Grid, estimate_grid

#: Grey levels of spread under which a region is one colour, and behind a codec, if no cell edge shows.
_FLAT_LEVELS = 0.5
_FLAT_CODED_LEVELS = 3.0
#: Variance inside the cells against the region's, above which it is no mosaic.
_INNER = 0.15
#: Power of pictures falls with the frequency to minus this; faces were drawn to choose it.
_FALL = 2.6
_NOISE = (0.02, 0.08, 0.3, 1.0, 4.0, 16.0, 40.0)
#: Behind a codec the floor is no white noise but edges of blocks, which fall from this frequency as a cube.
_BLOCKY = 0.06
_WIDTHS = 48
_ROUNDS = 8
#: No larger copy is looked at than this; nor a smaller one than that.
_LONGEST_PX = 512
_FEWEST_PX = 12
#: A width in pixels of a shrunk copy that sharp pictures do not show there.
_CLEARLY_PX = 1.12


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceFilter:
    """What was done to a region. ``sigma`` in pixels of the region, for a blur; ``grid`` for a mosaic."""

    kind: Literal["mosaic", "blur", "solid"]
    grid: Grid | None = None
    sigma: float = 0.0


def estimate_filter(pixels: np.ndarray) -> FaceFilter:
    """The filter of a region. What has neither a grid nor one colour is a blur, of a width that may be as good as none.

    Args:
        pixels: uint8, ``(height, width)`` or ``(height, width, 3)``.
    """
    spread = float(pixels.reshape(pixels.shape[0] * pixels.shape[1], -1).std(axis=0).max())
    if spread < _FLAT_LEVELS or min(pixels.shape[:2]) < 2:
        return FaceFilter(kind="solid")
    grid = estimate_grid(pixels)
    if grid is not None and grid.across.edges + grid.down.edges == 0 and spread < _FLAT_CODED_LEVELS:
        return FaceFilter(kind="solid")
    if grid is None or grid.across.edges + grid.down.edges == 0 or _inner_share(_grey(pixels), grid) > _INNER:
        return FaceFilter(kind="blur", sigma=estimate_sigma(pixels))
    return FaceFilter(kind="mosaic", grid=grid)


def rounded(found: FaceFilter) -> FaceFilter:
    """The same filter to within what makes no difference, so that regions filtered alike are compared together."""
    if found.grid is not None:
        across, down = (
            Axis(period=round(axis.period, 1), phase=round(4 * axis.phase) / 4, edges=0)
            for axis in (found.grid.across, found.grid.down)
        )
        return FaceFilter(kind="mosaic", grid=Grid(across=across, down=down))
    sigma = 1.05 ** round(np.log(found.sigma) / np.log(1.05)) if found.sigma > 0 else 0.0
    return FaceFilter(kind=found.kind, sigma=float(sigma))


def estimate_sigma(pixels: np.ndarray) -> float:
    """Width of a Gaussian blur in pixels, from how fast the power falls with the frequency.

    Wide blurs are measured on a shrunk copy, where a codec's noise is averaged away: behind a codec they else look like
    narrow ones. What is narrow in the copy is measured on a larger one.
    """
    grey = _grey(pixels)
    if min(grey.shape) < 8:
        return float(min(grey.shape))
    sigma = 0.0
    for factor in (32, 16, 8, 4, 2, 1):
        tall, wide = (length // factor * factor for length in grey.shape)
        if min(tall, wide) < _FEWEST_PX * factor and factor > 1:
            continue
        shrunk = grey[:tall, :wide].reshape(tall // factor, factor, wide // factor, factor).mean(axis=(1, 3))
        sigma = _sigma(shrunk)
        if sigma > _CLEARLY_PX or max(grey.shape) > _LONGEST_PX * factor:
            return sigma * factor
    return sigma


def _sigma(grey: np.ndarray) -> float:
    """The width on one copy, in its pixels.

    Power of the cosine transform, in rings of one cycle, off the axes, where the region's borders show. The model is a power
    law times the Gaussian's own fall, over a floor of noise; the likeliest width wins.
    """
    from scipy.fft import dctn

    shorter = min(grey.shape)
    power = dctn(grey - grey.mean(), norm="ortho") ** 2
    down, across = (np.arange(length) / (2 * length) for length in grey.shape)
    frequency = np.hypot(down[:, None], across[None, :])
    oblique = np.minimum(down[:, None], across[None, :]) >= 0.25 * frequency
    ring = np.where(oblique, (frequency * 2 * shorter).astype(np.int64), 0).ravel()
    counts = np.bincount(ring)
    chosen = [number for number in range(2, min(shorter, len(counts))) if counts[number] >= 2]
    if len(chosen) < 4:
        return 0.0
    values, places = power.ravel(), frequency.ravel()
    order = np.argsort(ring, kind="stable")
    groups = np.split(order, np.cumsum(counts)[:-1])
    seen = np.array([np.median(values[groups[number]]) / np.log(2) for number in chosen]) + 1e-6
    middle = np.array([places[groups[number]].mean() for number in chosen])
    return _likeliest(seen, middle, counts[chosen].astype(np.float64), shorter)


def _likeliest(seen: np.ndarray, frequency: np.ndarray, counts: np.ndarray, shorter: int) -> float:
    """The width of the likeliest model of the rings' power; the height is fitted for each width and floor."""
    widths = np.geomspace(0.3, shorter / 4, _WIDTHS)[:, None, None]
    white = np.array(_NOISE)[:, None] * np.ones(len(frequency))
    blocky = np.array(_NOISE)[:, None] * (_BLOCKY / frequency) ** 3
    floors = np.concatenate([white, blocky])[None]
    shape = frequency**-_FALL * np.exp(-4 * np.pi**2 * widths**2 * frequency**2)
    height = (seen[:4] / np.maximum(shape[..., :4], 1e-300)).mean(axis=2, keepdims=True)
    for _ in range(_ROUNDS):
        model = height * shape + floors
        share = counts * height * shape / model
        height = height * (share * seen / model).sum(axis=2, keepdims=True)
        height = height / np.maximum(share.sum(axis=2, keepdims=True), 1e-12)
    model = height * shape + floors
    cost = (counts * (np.log(model) + seen / model)).sum(axis=2)
    best = np.unravel_index(int(np.argmin(np.where(np.isfinite(cost), cost, np.inf))), cost.shape)
    return float(widths[best[0], 0, 0])


def _inner_share(grey: np.ndarray, grid: Grid) -> float:
    """Variance inside the cells, a pixel off their edges, as a share of the region's."""
    numbers, inside = [], []
    for length, axis in zip(grey.shape, (grid.down, grid.across), strict=True):
        place = (np.arange(length) + 0.5 - axis.phase) / axis.period
        numbers.append(np.floor(place).astype(np.int64) - int(np.floor(place[0])))
        inside.append(np.abs(place - np.round(place)) * axis.period > 1.4 if axis.period > 4 else np.ones(length, bool))
    cell = numbers[0][:, None] * (numbers[1][-1] + 1) + numbers[1][None, :]
    kept = inside[0][:, None] & inside[1][None, :]
    if not kept.any():
        return 0.0
    cells, values = cell[kept], grey[kept]
    counts = np.maximum(np.bincount(cells), 1)
    means = np.bincount(cells, weights=values) / counts
    return float(((values - means[cells]) ** 2).mean() / max(float(grey.var()), 1e-9))


def _grey(pixels: np.ndarray) -> np.ndarray:
    values = pixels.astype(np.float64)
    return values if values.ndim == 2 else values[..., :3] @ np.array([0.299, 0.587, 0.114])
