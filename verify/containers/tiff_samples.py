"""The first picture of a TIFF file as it is stored: at full depth, with its alpha, as indices where it has a palette."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indelible.verify.containers.tiff_codings import MEASURED, measure
from indelible.verify.containers.tiff_picture import Plan, Unclear, read_plan
from indelible.verify.containers.tiff_reader import numbers, read_directory, read_header

MAX_BYTES = 512 * 1024 * 1024
_PALETTE = 3
#: Values of tag 338: alpha multiplied into the colours, and alpha beside them.
_ASSOCIATED, _UNASSOCIATED = 1, 2


@dataclass(frozen=True, slots=True)
class Samples:
    """``pixels``: unsigned integers ``(height, width, samples)``; ``alpha``: index of the sample that is one.

    ``palette``: ``(entries, 3)`` of 16-bit values where ``pixels`` are indices.
    """

    pixels: np.ndarray
    alpha: int | None
    palette: np.ndarray | None
    bits: int


def plain(data: bytes) -> bool:
    """Whether the first picture is 8 bit, grey or RGB, without alpha: what is stored is what is shown."""
    plan = _plan(data)
    return plan is not None and plan[0].bits in ((8,), (8, 8, 8)) and plan[0].photometric in (0, 1, 2)


def read_samples(data: bytes) -> Samples | None:
    """The samples; None where the picture cannot be decoded here at full depth."""
    found = _plan(data)
    if found is None:
        return None
    plan, colours, extra = found
    if plan.compression not in MEASURED or plan.predictor not in (1, 2) or len(set(plan.bits)) != 1:
        return None
    bits = plan.bits[0]
    if (
        bits not in (1, 2, 4, 8, 16)
        or plan.photometric == 6
        or sum(block.expected for block in plan.blocks) > MAX_BYTES
    ):
        return None
    order = "<" if data[:2] == b"II" else ">"
    try:
        planes = _planes(data, plan, bits, order)
    except ValueError:
        return None
    shown = {0: 1, 1: 1, 2: 3, _PALETTE: 1, 5: 4}.get(plan.photometric, plan.samples)
    alpha = next((shown + at for at, kind in enumerate(extra) if kind in (_ASSOCIATED, _UNASSOCIATED)), None)
    if alpha is None and plan.samples > shown:
        alpha = shown  # an extra sample that says nothing of itself: readers take it for alpha
    palette = None
    if plan.photometric == _PALETTE and len(colours) % 3 == 0 and colours:
        palette = np.array(colours, np.uint16).reshape(3, -1).T
    return Samples(planes, alpha if alpha is not None and alpha < plan.samples else None, palette, bits)


def _plan(data: bytes) -> tuple[Plan, tuple[int, ...], tuple[int, ...]] | None:
    """The first picture, its colour map and the meaning of its extra samples."""
    header = read_header(data)
    directory = None if header is None else read_directory(data, *header)
    if header is None or directory is None:
        return None
    layout = header[0]
    try:
        plan = read_plan(data, layout, directory)
    except Unclear:
        return None
    return (
        plan,
        numbers(data, layout, directory.get(320), 3 << 16),
        numbers(data, layout, directory.get(338), 64),
    )


def _planes(data: bytes, plan: Plan, bits: int, order: str) -> np.ndarray:
    samples = 1 if plan.planar else plan.samples
    kind = np.uint16 if bits == 16 else np.uint8
    whole = np.zeros((plan.height, plan.width, plan.samples), kind)
    across = plan.tile[0] if plan.tile else plan.width
    x = y = plane = 0
    for block in plan.blocks:
        stream = data[block.start : block.start + block.length]
        seen = measure(plan.compression, stream, block.expected, want=True, reversed_bits=plan.reversed_bits)
        content = np.frombuffer((seen.content or b"")[: block.expected], np.uint8)
        stride = (across * samples * bits + 7) // 8
        rows = content.reshape(-1, stride)
        pixels: np.ndarray
        if bits == 16:
            pixels = rows.view(f"{order}u2").astype(np.uint16).reshape(len(rows), across, samples)
        elif bits == 8:
            pixels = rows.reshape(len(rows), across, samples)
        else:
            each = np.unpackbits(rows, axis=1)[:, : across * samples * bits].reshape(len(rows), across, samples, bits)
            pixels = each @ (1 << np.arange(bits - 1, -1, -1)).astype(np.uint8)
        if plan.predictor == 2:
            pixels = np.cumsum(pixels, axis=1, dtype=pixels.dtype)
        part = pixels[: block.rows, : block.columns]
        whole[y : y + block.rows, x : x + block.columns, plane : plane + samples] = part
        x += block.columns
        if x >= plan.width:
            x, y = 0, y + block.rows
        if y >= plan.height:
            y, plane = 0, plane + 1
    return whole
