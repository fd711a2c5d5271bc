"""How mosaics are computed: which pixels a cell is made of, and with what weight, along one axis.

A mosaic is linear and works on both axes apart: cells = down @ picture @ across.T, in the space in which it averages. The kernels
are those of the programs in the wild:

- ``box``: the mean over whole pixels between the edges that are seen (block means, Pillow BOX, GIMP, CSS);
- ``area``: the mean between real-valued edges (OpenCV INTER_AREA, a GPU's mipmap);
- ``triangle``: Pillow BILINEAR, a tent two cells wide;
- ``linear``: OpenCV INTER_LINEAR, which interpolates at the cell's centre and skips the rest;
- ``nearest``: the pixel at the cell's centre.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

Kernel = Literal["box", "area", "triangle", "linear", "nearest"]
KERNELS: tuple[Kernel, ...] = ("box", "area", "triangle", "linear", "nearest")


def sampling_matrix(edges: np.ndarray, length: int, kernel: Kernel, pad: int) -> np.ndarray:
    """Weights of one axis.

    Args:
        edges: real-valued cell edges in pixels of the region, ``(cells + 1,)``, rising.
        length: pixels of the region along the axis.
        pad: pixels added on either side, with weight zero unless the kernel reaches out.

    Returns:
        float32 ``(cells, length + 2 * pad)``; each row sums to 1.
    """
    cells = len(edges) - 1
    weights = np.zeros((cells, length + 2 * pad))
    x = np.arange(-pad, length + pad)
    for k in range(cells):
        low, high = float(edges[k]), float(edges[k + 1])
        centre, width = (low + high) / 2, high - low
        if kernel == "box":
            first = round_half_up(low)
            row = ((x >= first) & (x < max(first + 1, round_half_up(high)))).astype(float)
        elif kernel == "area":
            row = np.clip(np.minimum(x + 1, high) - np.maximum(x, low), 0, 1)
        elif kernel == "triangle":
            row = np.clip(1 - np.abs(x + 0.5 - centre) / width, 0, None)
            row[(x < 0) | (x >= length)] = 0
        elif kernel == "linear":
            row = np.clip(1 - np.abs(x - (centre - 0.5)), 0, None)
        else:
            row = (x == int(np.floor(centre))).astype(float)
        weights[k] = row / max(row.sum(), 1e-9)
    return weights.astype(np.float32)


def round_half_up(value: float) -> int:
    """The nearest whole number, halves upwards, as edges of cells are drawn."""
    return int(np.floor(value + 0.5))
