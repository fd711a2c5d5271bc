"""A small network of our own that sees plates as objects, readable or not: 55,000 weights, trained on rendered scenes alone.

It is run over the picture and over copies of half the size each, and answers for every 8 pixels. Where it comes from, and how it was
trained: training/README.md.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from indelible.errors import ModelMissing
from indelible.model import Box

WEIGHTS = Path(__file__).parent / "weights" / "plates.onnx"
SHA256 = "bbba99d19ca14c2645ddc34af586d35f96a2da3143f84d5da0b18609b548a14a"
#: The largest copy that is looked at; from this size on the smallest plates (under 24 pixels in that copy) are not seen.
MAX_PIXELS = 4_000_000
_TILE, _SEAM = 1_280, 160  # a part of a copy, and how far parts overlap: memory does not grow with the picture
_CELL, _WINDOW, _NOISE = 8, 49, 6.0
_LIKELY = 0.5  # contrast is worked out from this chance on
_MOST = 800  # cells that are kept of one part, best first

Pixels = NDArray[np.float32]
_SESSION: list[Any] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One plate as the network sees it. ``contrast``: standard deviation of its grey values."""

    box: Box
    chance: float
    contrast: float


def sights(image: Image.Image, least: float) -> tuple[Sight, ...]:
    """Everything that reaches ``least``, best first, without overlaps, in pixels of ``image``. Raises `ModelMissing`."""
    import cv2

    session = _session()
    grey = np.asarray(image.convert("L"))
    scale = min(1.0, (MAX_PIXELS / grey.size) ** 0.5)
    rows: list[NDArray[np.float64]] = []
    while True:
        size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
        copy = grey if size == image.size else cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
        for y in _starts(size[1]):
            for x in _starts(size[0]):
                part = copy[y : y + _TILE, x : x + _TILE]
                rows.append((_cells(session, part, least) + [x, y, x, y, 0.0]) / [scale, scale, scale, scale, 1.0])
        scale /= 2
        if max(size) < 128:
            break
    return _apart(np.concatenate(rows), grey)


def _starts(length: int) -> range | tuple[int, ...]:
    if length <= _TILE:
        return (0,)
    return (*range(0, length - _TILE, _TILE - _SEAM), length - _TILE)


def _prepared(part: NDArray[np.uint8]) -> Pixels:
    """``(1, 2, height, width)``: grey with local mean and spread taken out, and grey; sides filled up to whole cells."""
    import cv2

    down, right = -part.shape[0] % _CELL, -part.shape[1] % _CELL
    pixels = cv2.copyMakeBorder(part, 0, down, 0, right, cv2.BORDER_REPLICATE).astype(np.float32)
    kernel = (_WINDOW, _WINDOW)
    mean = cv2.boxFilter(pixels, -1, kernel, borderType=cv2.BORDER_REFLECT)
    square = cv2.boxFilter(pixels * pixels, -1, kernel, borderType=cv2.BORDER_REFLECT)
    spread = cv2.sqrt(cv2.max(square - mean * mean, 0)) + np.float32(_NOISE)
    planes = np.empty((1, 2, *pixels.shape), dtype=np.float32)
    np.clip(cv2.divide(pixels - mean, spread), -3, 3, out=planes[0, 0])
    np.subtract(pixels * np.float32(1 / 128), np.float32(1), out=planes[0, 1])
    return planes


def _cells(session: Any, part: NDArray[np.uint8], least: float) -> NDArray[np.float64]:
    """``(n, 5)``: left, top, right, bottom in pixels of the part, and chance."""
    answer = session.run(None, {"picture": _prepared(part)})[0][0].astype(np.float64)
    chance = 1 / (1 + np.exp(-np.clip(answer[0], -30, 30)))
    rows, columns = np.nonzero(chance >= least)
    order = np.argsort(-chance[rows, columns], kind="stable")[:_MOST]
    rows, columns = rows[order], columns[order]
    sides = np.exp(np.clip(answer[1:, rows, columns], -1, 6))
    x, y = (columns + 0.5) * _CELL, (rows + 0.5) * _CELL
    return np.stack([x - sides[0], y - sides[1], x + sides[2], y + sides[3], chance[rows, columns]], axis=1)


def _apart(rows: NDArray[np.float64], grey: NDArray[np.uint8]) -> tuple[Sight, ...]:
    """The best of those of like size that lie over each other (common area over the smaller one's: 0.5)."""
    rows = rows[np.argsort(-rows[:, 4], kind="stable")][:_MOST]
    kept: list[Sight] = []
    while len(rows):
        left, top, right, bottom, chance = rows[0].tolist()
        box = Box.from_corners(left, top, right, bottom, grey.shape[1], grey.shape[0])
        if box is not None:
            contrast = float(grey[box.y : box.bottom, box.x : box.right].std()) if chance >= _LIKELY else 0.0
            kept.append(Sight(box=box, chance=chance, contrast=contrast))
        wide = np.minimum(rows[:, 2], right) - np.maximum(rows[:, 0], left)
        high = np.minimum(rows[:, 3], bottom) - np.maximum(rows[:, 1], top)
        areas = (rows[:, 2] - rows[:, 0]) * (rows[:, 3] - rows[:, 1])
        common = np.maximum(wide, 0) * np.maximum(high, 0)
        # a small one inside a much larger one is another thing: its lettering, or the plate on a car
        unlike = np.maximum(areas, areas[0]) > 4 * np.minimum(areas, areas[0])
        apart = (common <= 0.5 * np.minimum(areas, areas[0])) | (unlike & (common < areas[0]))
        apart[0] = False
        rows = rows[apart]
    return tuple(kept)


def _session() -> Any:
    """The network, loaded once, after its digest was compared."""
    if not _SESSION:
        if not WEIGHTS.is_file() or hashlib.sha256(data := WEIGHTS.read_bytes()).hexdigest() != SHA256:
            raise ModelMissing(
                "model_missing", "The plate detector's weights are not as shipped.", "Install indelible again."
            )
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 2
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        _SESSION.append(onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"]))
    return _SESSION[0]
