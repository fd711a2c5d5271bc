"""How much a redacted region can carry at all, in bits: an upper bound that no attack has to reach.

A mosaic is a deterministic channel. Whatever was hidden, the region shows one of so many pictures, and its min-entropy leakage is at most
the logarithm of their number (A902). A solid colour that does not depend on the content carries nothing. Counting cells is generous: a
mosaic with few cells is shown to be weak in what it can carry, one with many is not shown to be readable. Over a list of candidates the
bound is the number of different outputs (A904: and what an attacker still lacks is the entropy of his posterior).

Reference: ATTACKS.md section 12.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from indelible.attacks.fonts import Font
from indelible.attacks.mosaic_cells import read_cells
from indelible.attacks.mosaic_draw import block_means
from indelible.model import Box

_LEVELS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """``bits``: upper bound of what the region can tell. ``method``: ``solid``, ``mosaic`` or ``pixels``. ``cells``: how many, ``channels``: 1 or 3."""

    method: str
    cells: int
    channels: int
    bits: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateLeak:
    """Over a list: ``outputs`` different pictures from ``candidates``; ``bits`` = log2 of outputs, at most log2 of candidates."""

    candidates: int
    outputs: int
    bits: float


def region_capacity(pixels: np.ndarray, *, lossy: bool = False) -> Capacity:
    """The bound of one region from its pixels alone.

    Args:
        pixels: uint8, ``(height, width)`` or ``(height, width, 3)``.
        lossy: the picture went through a codec; flat means flat within a few levels then.

    A single colour is taken for a fill and gives 0 bits: that holds for a constant colour, not for the mean of what was covered,
    which is a mosaic of one cell; only who knows how it was made can tell. Use `cell_bits` for that.
    """
    values = pixels[..., None] if pixels.ndim == 2 else pixels
    values = np.repeat(values, 3, axis=2) if values.shape[2] == 1 else values[..., :3]
    channels = 1 if np.abs(np.ptp(values.astype(np.int16), axis=2)).max(initial=0) <= (6 if lossy else 0) else 3
    flat = np.ptp(values.reshape(-1, 3).astype(np.int16), axis=0).max(initial=0)
    if flat <= (6 if lossy else 0):
        return Capacity(method="solid", cells=1, channels=channels, bits=0.0)
    grid = read_cells(values.astype(np.uint8), lossy=lossy)
    if grid is None:
        count = int(values.shape[0] * values.shape[1])
        return Capacity(method="pixels", cells=count, channels=channels, bits=cell_bits(count, channels))
    cells = int(grid.colours.shape[0] * grid.colours.shape[1])
    return Capacity(method="mosaic", cells=cells, channels=channels, bits=cell_bits(cells, channels))


def cell_bits(cells: int, channels: int = 1, levels: int = _LEVELS) -> float:
    """Bits that so many cells can carry: each shows one of ``levels`` values in each channel."""
    return float(cells * channels * np.log2(levels))


def distinct_outputs(outputs: Sequence[np.ndarray]) -> int:
    """How many of the pictures differ in at least one stored value."""
    return len({(output.shape, np.ascontiguousarray(output).tobytes()) for output in outputs})


def candidate_leak(
    candidates: Sequence[str], font: Font, size: int, block: int, *, phase: tuple[int, int] = (0, 0)
) -> CandidateLeak:
    """How many of the candidates look different under a mosaic, all drawn into the same box.

    Args:
        candidates: texts of the list, at most some thousands.
        size: px per em. block: side of a cell, px.
    """
    face = ImageFont.truetype(font.path, size, index=font.index)
    boxes = [face.getbbox(text) for text in candidates]
    width = int(max((box[2] for box in boxes), default=1)) + 2 * block
    height = int(max((box[3] for box in boxes), default=1)) + 2 * block
    outputs = [
        np.asarray(
            block_means(_on_page(text, font, size, width, height, block), Box(0, 0, width, height), block, phase)
        )
        for text in candidates
    ]
    different = distinct_outputs(outputs)
    return CandidateLeak(
        candidates=len(candidates), outputs=different, bits=float(np.log2(different)) if different else 0.0
    )


def _on_page(text: str, font: Font, size: int, width: int, height: int, block: int) -> Image.Image:
    image = Image.new("RGB", (width, height), (255, 255, 255))
    face = ImageFont.truetype(font.path, size, index=font.index)
    ImageDraw.Draw(image).text((block, block), text, fill=(0, 0, 0), font=face)
    return image


def equivocation(posteriors: Sequence[float]) -> float:
    """Bits that an attacker still lacks: entropy of his list, the rest of the mass counted as one more entry."""
    shares = np.array([share for share in posteriors if share > 0], dtype=float)
    rest = max(0.0, 1.0 - float(shares.sum()))
    shares = np.append(shares, rest) if rest > 1e-12 else shares
    return float(-(shares * np.log2(shares)).sum()) if len(shares) else 0.0
