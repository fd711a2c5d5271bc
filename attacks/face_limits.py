"""When a mosaic over a face is coarse enough to be tried at all, and how much of a face a blur lets through."""

from __future__ import annotations

import numpy as np

from indelible.attacks.grid import Grid
from indelible.model import Box

#: Blocks across a face, at most.
MOST_BLOCKS = 6
#: Distance between the eyes in widths of a region that a face's box with the usual margin makes: 0.43 of the bare box.
EYES_SHARE = 0.33
#: Cycles across a face from which people tell who it is; below the first nobody has been shown to.
IDENTITY_CYCLES = (8.0, 16.0)
_ROUNDING = 0.289  # standard deviation of rounding to whole levels
_CONTRAST = 40.0  # standard deviation of a face's brightness, in levels
_SLACK = 1.02  # what an estimated period may be off


def mosaic_within_limits(box: Box, grid: Grid, *, eyes_px: float | None = None) -> bool:
    """Whether a mosaic over a face may be tested further: at most 6 blocks across, none under half the eyes' distance.

    A block's size in pixels says nothing by itself, and this is no verdict: a mosaic within the limits still has to be
    attacked. Both sides of a block count, the finer one decides.

    Args:
        box: the region, a face's box with its margin.
        grid: of the region's pixels.
        eyes_px: distance between the eyes, where it is known.
    """
    shorter = min(box.width, box.height)
    eyes = EYES_SHARE * shorter if eyes_px is None else eyes_px
    finest = min(float(box.width), float(box.height), grid.finest) * _SLACK
    return bool(shorter / finest <= MOST_BLOCKS and finest >= eyes / 2)


def blur_cycles(box: Box, sigma: float, noise: float = _ROUNDING) -> float:
    """Cycles across a face up to which a Gaussian blur leaves more than the noise: f* of ATTACKS.md 8.1.

    Args:
        box: the region.
        sigma: in pixels.
        noise: standard deviation in levels, 0.289 if the picture was only rounded.
    """
    cutoff = 0.5 if sigma <= 0 else min(0.5, float(np.sqrt(np.log(max(_CONTRAST / noise, 1.01)) / np.pi**2)) / sigma)
    return cutoff * min(box.width, box.height)


def blur_carries_identity(box: Box, sigma: float, noise: float = _ROUNDING) -> bool:
    """Whether a blur lets through what people tell a face by. False proves nothing: a matched attacker needs less."""
    return blur_cycles(box, sigma, noise) >= IDENTITY_CYCLES[0]
