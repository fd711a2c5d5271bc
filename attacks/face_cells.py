"""A region as a vector of cell means, and clear faces as the same vector, had they been filtered the same way.

The cells of a mosaic are its own; a blur is sampled in twelve cells across. Of each plane the mean is taken
off, and all is divided by the contrast of the brightness: a gain and an offset of the light change nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from indelible.attacks.face_filter import FaceFilter
from indelible.attacks.face_views import Pose, turned

#: More cells than this across the shorter side are joined: eight cycles across a face tell who it is.
MOST_ACROSS = 16
#: Longer side of a gallery picture, in pixels, before it is filtered.
WORKING_PX = 96
SCALES = (0.86, 0.93, 1.0, 1.075, 1.16)
SHIFTS = (-0.05, 0.0, 0.05)
#: Cells across the shorter side of a blurred region.
_SAMPLED_ACROSS = 12
_TRIM = 0.2
_PARTIAL = 0.35


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """How a crop lies on the region: its size against the crop that covers it, and shifts in widths of the region."""

    scale: float = 1.0
    across: float = 0.0
    down: float = 0.0


#: Five scales and nine phases, the plain one among them.
ALIGNMENTS = tuple(Alignment(scale=s, across=x, down=y) for s in SCALES for y in SHIFTS for x in SHIFTS)
PLAIN = ALIGNMENTS.index(Alignment())


@dataclass(frozen=True, kw_only=True)
class Cells:
    """The cells of one region. ``width`` and ``height`` in pixels; ``grey`` leaves colour out."""

    width: int
    height: int
    filter: FaceFilter
    grey: bool

    @cached_property
    def columns(self) -> np.ndarray:
        """Edges of the cells from left to right, in pixels."""
        return self._edges(0)

    @cached_property
    def rows(self) -> np.ndarray:
        """Edges of the cells from top to bottom, in pixels."""
        return self._edges(1)

    @property
    def shape(self) -> tuple[int, int]:
        """Cells down and across."""
        return len(self.rows) - 1, len(self.columns) - 1

    def _edges(self, axis: int) -> np.ndarray:
        length = (self.width, self.height)[axis]
        shorter = min(self.width, self.height)
        grid = self.filter.grid
        if grid is None:
            across = 1 if self.filter.kind == "solid" else min(_SAMPLED_ACROSS, max(1, shorter // 2))
            period, phase = length / max(1, round(length * across / shorter)), 0.0
        else:
            one = (grid.across, grid.down)[axis]
            period, phase = one.period, one.phase % one.period
        edges = phase + period * np.arange(-1, int(length / period) + 2)
        edges = np.unique(np.clip(edges, 0, length))
        if len(edges) > 2 and edges[1] - edges[0] < _PARTIAL * period:
            edges = edges[1:]
        if len(edges) > 2 and edges[-1] - edges[-2] < _PARTIAL * period:
            edges = edges[:-1]
        joined = max(1, -(-round(shorter / period) // MOST_ACROSS))
        return np.asarray(edges[::joined] if len(edges[::joined]) > 1 else edges[[0, -1]], dtype=np.float64)

    def observed(self, region: np.ndarray) -> np.ndarray:
        """The region's own vector. ``region``: uint8, ``(height, width)`` or ``(height, width, 3)``."""
        planes = _planes(region, grey=self.grey)
        rows = _weights(self.rows, self.height, 0.0, trim=_TRIM)
        columns = _weights(self.columns, self.width, 0.0, trim=_TRIM)
        means = np.einsum("rh,hwp,cw->rcp", rows, planes, columns, optimize=True)
        return np.asarray(normalised(means[None], self.grey)[0])

    def filtered(
        self, crop: np.ndarray, poses: tuple[Pose, ...], alignments: tuple[Alignment, ...] = ALIGNMENTS
    ) -> np.ndarray:
        """A clear crop's vectors, one per pose and alignment, ``(poses * alignments, features)``, pose by pose.

        Args:
            crop: float32 planes from `prepared`.
            poses: how the head is turned.
            alignments: how the crop may lie on the region.
        """
        height, width = crop.shape[:2]
        (rows, row_of), (columns, column_of) = _operators(self, height, width, alignments)
        down, across = self.shape
        found = np.empty((len(poses), len(alignments), down, across, crop.shape[2]), dtype=np.float32)
        for number, pose in enumerate(poses):
            seen = turned(crop, pose)
            for plane in range(crop.shape[2]):
                tall = (rows.reshape(-1, height) @ seen[..., plane]).reshape(len(rows), down, width)
                found[number, ..., plane] = np.matmul(tall[row_of], columns[column_of].transpose(0, 2, 1))
        return normalised(found.reshape(-1, *found.shape[2:]), self.grey)


@lru_cache(maxsize=64)
def _operators(
    cells: Cells, height: int, width: int, alignments: tuple[Alignment, ...]
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """What takes a crop to cells: matrices ``(n, cells, pixels)`` for rows and for columns, and which alignment uses which."""
    fit = float(np.sqrt(cells.width * cells.height / (width * height)))  # pixels of the region per pixel of the crop
    sigma = cells.filter.sigma / fit if cells.filter.kind == "blur" else 0.0
    found = []
    for edges, length, middle, size, shifts in (
        (cells.rows, cells.height, 0.5, height, [lie.down for lie in alignments]),
        (cells.columns, cells.width, 0.5, width, [lie.across for lie in alignments]),
    ):
        wanted = [(lie.scale, shift) for lie, shift in zip(alignments, shifts, strict=True)]
        kinds = sorted(set(wanted))
        matrices = [
            _weights((edges - middle * length - shift * cells.width) / (scale * fit) + size / 2, size, sigma / scale)
            for scale, shift in kinds
        ]
        found.append((np.stack(matrices), np.array([kinds.index(pair) for pair in wanted])))
    return found[0], found[1]


def _weights(edges: np.ndarray, pixels: int, sigma: float, trim: float = 0.0) -> np.ndarray:
    """Shares that pixels have in cells, behind a Gaussian, the picture going on as it ends; float32 ``(cells, pixels)``.

    ``trim``: share of a cell left out at either end, because an edge may lie a pixel beside its place.
    """
    from scipy.special import ndtr

    slack = trim * np.diff(edges)
    starts, stops = (edges[:-1] + slack)[:, None], (edges[1:] - slack)[:, None]
    places = np.arange(pixels + 1)[None, :]

    def area(distance: np.ndarray) -> np.ndarray:
        if sigma < 0.05:
            return np.asarray(np.maximum(distance, 0.0))
        turned_off = distance / sigma
        return np.asarray(distance * ndtr(turned_off) + sigma * np.exp(-0.5 * turned_off**2) / np.sqrt(2 * np.pi))

    beyond = (area(stops - places) - area(starts - places)) / np.maximum(stops - starts, 1e-9)
    beyond[:, 0], beyond[:, -1] = 1.0, 0.0
    return np.asarray(beyond[:, :-1] - beyond[:, 1:], dtype=np.float32)


def cells_of(region: np.ndarray, found: FaceFilter, *, grey: bool) -> Cells:
    """The cells of a region whose filter is known."""
    return Cells(width=region.shape[1], height=region.shape[0], filter=found, grey=grey)


def is_grey(pixels: np.ndarray) -> bool:
    """Whether a picture shows no colour."""
    return pixels.ndim == 2 or bool((np.ptp(pixels[..., :3].astype(np.int16), axis=2) <= 2).all())


def prepared(crop: np.ndarray, *, grey: bool) -> np.ndarray:
    """A clear crop as brightness and, if wanted, two planes of colour, at working size; float32, three axes."""
    import cv2

    planes = _planes(crop, grey=grey)
    factor = WORKING_PX / max(planes.shape[:2])
    if factor < 1:
        size = (max(2, round(planes.shape[1] * factor)), max(2, round(planes.shape[0] * factor)))
        planes = cv2.resize(planes, size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], -1)
    return planes


def normalised(means: np.ndarray, grey: bool) -> np.ndarray:
    """``(n, rows, columns, planes)`` to ``(n, features)``: no offset in any plane, contrast of the brightness 1."""
    means = means - means.mean(axis=(1, 2), keepdims=True)
    contrast = np.linalg.norm(means[..., 0].reshape(len(means), -1), axis=1)
    scaled = means / np.where(contrast > 1e-6, contrast, 1.0)[:, None, None, None]
    return np.asarray(scaled[..., :1] if grey else scaled).transpose(0, 3, 1, 2).reshape(len(means), -1)


def _planes(pixels: np.ndarray, *, grey: bool) -> np.ndarray:
    values = pixels.astype(np.float32)
    if values.ndim == 2:
        values = np.repeat(values[..., None], 3, axis=2)
    light = values[..., :3] @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    if grey:
        return np.asarray(light[..., None])
    return np.stack([light, 0.5 * (values[..., 2] - light), 0.5 * (values[..., 0] - light)], axis=2)
