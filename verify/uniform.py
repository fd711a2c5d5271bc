"""Is an area of the published picture one flat colour? The arithmetic under the pixel checks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from indelible.model import Box, RegionEvidence
from indelible.verify.subject import Subject

#: Pixels that a decoder blends at the edge between two painted areas (chroma interpolation).
_BLEND_PX = 1
#: What a predictive lossy coder leaves in a flat fill: levels, from so many pixels inside its edge.
_CODED_EDGE_PX = 6
_CODED_LEVELS = 6


def is_solid(region: RegionEvidence) -> bool:
    """Declared as one colour by the redactor's own account."""
    return region.method.startswith("solid")


def is_mosaic(region: RegionEvidence) -> bool:
    """Declared as a mosaic, or found to look like one."""
    return region.method.startswith("mosaic") or (region.method == "unknown" and region.blocks is not None)


def found_flat(region: RegionEvidence) -> bool:
    """Found by searching, and not a mosaic: claimed to be flat inside, its edge only estimated."""
    return region.method == "unknown" and region.blocks is None


def cropped(image: Image.Image, box: Box) -> np.ndarray:
    """The pixels under ``box``: uint8, ``(height, width)`` or ``(height, width, 3)``."""
    return np.asarray(image.crop(box.corners))


def is_constant(pixels: np.ndarray) -> bool:
    """Whether every pixel equals the first, in every plane. ``pixels``: ``(height, width[, planes])``, not empty."""
    return bool((pixels == pixels[0, 0]).all())


def is_flat(image: Image.Image, box: Box, others: Sequence[Box] = (), *, blended: bool = False) -> bool:
    """Whether ``box`` shows one colour, except where ``others``, painted areas as well, lie over it.

    Two overlapping fills of different colours are flat piece by piece: the edges of all the boxes cut ``box`` into
    cells, and each cell must be constant, in a colour that one of the boxes shows elsewhere or that ``box`` shows.

    Args:
        image: the published picture, decoded, mode ``RGB`` or ``L``.
        box: must lie in the frame.
        others: areas declared solid.
        blended: the file is lossy; its decoder blends one pixel on each side of an edge between two colours.
    """
    pixels = cropped(image, box)
    if is_constant(pixels):
        return True
    parts = [part for other in others if other != box and (part := box.intersection(other)) is not None]
    if not parts:
        return False
    columns = sorted({box.x, box.right, *(edge for part in parts for edge in (part.x, part.right))})
    rows = sorted({box.y, box.bottom, *(edge for part in parts for edge in (part.y, part.bottom))})
    own: set[bytes] = set()
    for top, bottom in zip(rows, rows[1:], strict=False):
        for left, right in zip(columns, columns[1:], strict=False):
            cell = _without_blend((left, top, right, bottom), box) if blended else (left, top, right, bottom)
            if cell is None:
                continue
            piece = pixels[cell[1] - box.y : cell[3] - box.y, cell[0] - box.x : cell[2] - box.x]
            if not is_constant(piece):
                return False
            covered = any(p.x <= left and p.right >= right and p.y <= top and p.bottom >= bottom for p in parts)
            if not covered:
                own.add(piece[0, 0].tobytes())
    return len(own) <= 1


def is_nearly_flat(image: Image.Image, box: Box) -> bool:
    """Whether the middle of ``box`` is one colour but for what a predictive lossy coder (WebP, AVIF, HEIC) leaves in a flat fill.

    Measured on fills of three colours in 14 photographs at quality 90: 6 px inside, no more than 6 levels.
    """
    edge = min(_CODED_EDGE_PX, (min(box.width, box.height) - 1) // 2)
    inside = Box(box.x + edge, box.y + edge, box.width - 2 * edge, box.height - 2 * edge)
    pixels = cropped(image, inside).astype(np.int16)
    middle = np.median(pixels.reshape(inside.area, -1), axis=0)
    return int(np.abs(pixels.reshape(inside.area, -1) - middle).max()) <= _CODED_LEVELS


def _without_blend(cell: tuple[int, int, int, int], box: Box) -> tuple[int, int, int, int] | None:
    """A cell without the pixels that a decoder blends with its neighbours; edges of ``box`` itself stay."""
    left, top, right, bottom = cell
    left += _BLEND_PX if left > box.x else 0
    top += _BLEND_PX if top > box.y else 0
    right -= _BLEND_PX if right < box.right else 0
    bottom -= _BLEND_PX if bottom < box.bottom else 0
    return (left, top, right, bottom) if right > left and bottom > top else None


def solid_boxes(subject: Subject) -> tuple[Box, ...]:
    """The areas that the redactor says are solid, where they lie in the published frame."""
    if subject.picture is None:
        return ()
    width, height = subject.picture.width, subject.picture.height
    return tuple(r.region.box for r in subject.regions if is_solid(r) and r.region.box.inside(width, height))
