"""Block means, with the number of blocks across the region given, never their size in pixels.

A mosaic keeps its means: it is offered for people, and can be `resisted`, never by construction.
"""

import numpy as np
from PIL import Image

from indelible.model import Redaction
from indelible.redact.fills import FILLS, Fill


def mosaic(redaction: Redaction, pixels: Image.Image) -> Image.Image:
    """Replace ``pixels`` by block means."""
    if redaction.blocks is None:
        raise ValueError("a mosaic names its number of blocks")
    return Image.fromarray(block_means(np.asarray(pixels), redaction.blocks))


def block_means(pixels: np.ndarray, blocks: int) -> np.ndarray:
    """Mean of each cell, rounded half up.

    Args:
        pixels: uint8, ``(height, width)`` or ``(height, width, channels)``.
        blocks: cells across the shorter side; cells are nearly square and none is smaller than shorter side / blocks,
            rounded down.

    Returns:
        An array of the same shape and type.
    """
    height, width = pixels.shape[:2]
    side = max(1, -(-min(height, width) // blocks))
    rows, columns = _edges(height, side), _edges(width, side)
    sums = np.add.reduceat(pixels.astype(np.uint64), rows[:-1], axis=0)
    sums = np.add.reduceat(sums, columns[:-1], axis=1)
    counts = np.outer(np.diff(rows), np.diff(columns)).astype(np.uint64)
    counts = counts.reshape(counts.shape + (1,) * (pixels.ndim - 2))
    means = ((2 * sums + counts) // (2 * counts)).astype(np.uint8)
    return means.repeat(np.diff(rows), axis=0).repeat(np.diff(columns), axis=1)


def _edges(length: int, side: int) -> np.ndarray:
    """Cell edges from 0 to ``length``: as many cells of at least ``side`` as fit, widths equal within one pixel."""
    cells = max(1, length // side)
    return np.arange(cells + 1) * length // cells


FILLS.add("mosaic", Fill(name="mosaic", version=1, seeing=mosaic))
