"""What a tile holds beyond the picture's edge, and the unused bits at the end of a row: places that no viewer shows."""

from __future__ import annotations

import numpy as np

from indelible.verify.containers.tiff_picture import Block, Plan

#: Levels by which a lossy tile may miss a constant or a repeated edge.
_LOSSY = 24


def tile_is_plain(plan: Plan, block: Block, content: bytes, order: str) -> bool | None:
    """Whether a decoded tile's margin is one constant, or repeats the edge of the picture; None where it cannot be told."""
    if plan.tile is None or (block.columns, block.rows) == plan.tile:
        return True
    width, height = plan.tile
    if plan.predictor not in (1, 2) or len(set(plan.bits)) != 1:
        return None
    bits, samples = plan.bits[0], 1 if plan.planar else plan.samples
    if bits in (8, 16, 32):
        array = np.frombuffer(content, f"{order}u{bits // 8}", width * height * samples)
        pixels = array.reshape(height, width, samples)
        if plan.predictor == 2:
            pixels = np.cumsum(pixels, axis=1, dtype=pixels.dtype)
    elif plan.predictor == 1 and width * bits * samples % 8 == 0 and bits < 8:
        flat = np.unpackbits(np.frombuffer(content, np.uint8, height * width * bits * samples // 8))
        pixels = flat.reshape(height, width, bits * samples)
    else:
        return None
    return margin_is_plain(pixels, block.columns, block.rows)


def margin_is_plain(pixels: np.ndarray, columns: int, rows: int, *, lossy: bool = False) -> bool:
    """Whether ``pixels[rows:]`` and ``pixels[:, columns:]`` of an array ``(height, width, samples)`` hold nothing."""
    height, width = pixels.shape[:2]
    outside = np.ones((height, width), bool)
    outside[:rows, :columns] = False
    beyond = pixels[outside].astype(np.int64)
    allowed = _LOSSY if lossy else 0
    if (np.abs(beyond - np.median(beyond, axis=0).astype(np.int64)) <= allowed).all():
        return True
    down, across = np.minimum(np.arange(height), rows - 1), np.minimum(np.arange(width), columns - 1)
    repeated = pixels[down][:, across][outside].astype(np.int64)
    return bool((np.abs(beyond - repeated) <= allowed).all())


def rows_are_plain(plan: Plan, block: Block, content: bytes) -> bool:
    """Whether the unused bits of each row's last byte are all 0, or all 1."""
    used = block.columns * plan.depth % 8
    if plan.tile is not None or used == 0:
        return True
    stride = (block.columns * plan.depth + 7) // 8
    last = np.frombuffer(content, np.uint8, stride * block.rows).reshape(block.rows, stride)[:, -1] & (0xFF >> used)
    return bool((last == 0).all() or (last == 0xFF >> used).all())
