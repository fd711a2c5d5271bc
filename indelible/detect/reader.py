"""The reader: lines of text, found and read by PP-OCR on onnxruntime (rapidocr), whose models lie inside its wheel.

The reader must never download: every model is named by its path, and a wheel without it is a missing model.
"""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from indelible.detect.lines import TextLine, Word
from indelible.errors import ModelMissing
from indelible.model import Box

#: Lowest score of a text box. 0.5, rapidocr's default, loses 5 of 103 lines with personal data (docs: benchmarks/documents.py).
BOX_THRESHOLD = 0.3
#: Longest side of a part that is read at once, in pixels.
MAX_TILE = 5_000

_MODELS = {
    "Det": "PP-OCRv6_det_small.onnx",
    "Rec": "PP-OCRv6_rec_small.onnx",
    "Cls": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
}
_LOCK = threading.Lock()
_ENGINE: list[Any] = []


def read_lines(image: Image.Image) -> tuple[TextLine, ...]:
    """Every line of text in an upright picture, top to bottom. Raises `ModelMissing` if the wheel carries no models."""
    found: list[TextLine] = []
    for tile in _tiles(image.width, image.height):
        before = tuple(found)
        for line in _read_tile(image, tile):
            # a line in the overlap of two tiles is read twice; the longer reading stays
            same = [other for other in before if _inside(line.box, other.box)]
            if all(len(line.text) > len(other.text) for other in same):
                found = [other for other in found if other not in same] + [line]
    return tuple(sorted(found, key=lambda line: (line.box.y, line.box.x, line.box.width, line.box.height)))


def _tiles(width: int, height: int) -> tuple[Box, ...]:
    """Parts that the reader takes at once: it shrinks to 2000 pixels, so a long or huge picture is read in pieces.

    Text is never shrunk by more than 2.5, and no piece is more than twice as long as the picture is wide.
    """
    side = min(MAX_TILE, max(1_280, 2 * min(width, height)))
    return tuple(
        Box(x, y, min(side, width - x), min(side, height - y))
        for y in _starts(height, side)
        for x in _starts(width, side)
    )


def _starts(length: int, side: int) -> tuple[int, ...]:
    if length <= side:
        return (0,)
    step = side - side // 8
    return (*range(0, length - side, step), length - side)


def _inside(one: Box, other: Box) -> bool:
    """Whether one of two boxes lies nearly whole inside the other."""
    common = one.intersection(other)
    return common is not None and common.area >= 0.8 * min(one.area, other.area)


def _read_tile(image: Image.Image, tile: Box) -> list[TextLine]:
    part = image.crop(tile.corners).convert("RGB")
    # the detector enlarges the short side to 736 pixels: a strip of 2 x 200 would become 736 x 73600
    least = max(64, max(part.size) // 4)
    if min(part.size) < least:
        padded = Image.new(
            "RGB", (max(part.width, least), max(part.height, least)), part.resize((1, 1)).getpixel((0, 0))
        )
        padded.paste(part)
        part = padded
    pixels = np.asarray(part)[:, :, ::-1].copy()  # the reader takes BGR
    with _LOCK:  # the engine keeps settings of a call in itself
        result = _engine()(pixels)
    if getattr(result, "boxes", None) is None or result.txts is None:
        return []
    words = result.word_results if len(result.word_results) == len(result.txts) else [()] * len(result.txts)
    lines = []
    for corners, text, score, parts in zip(result.boxes, result.txts, result.scores, words, strict=True):
        box = _box(corners, tile, image)
        if box is None:
            continue
        known = tuple(
            Word(text=part[0], box=place)
            for part in parts or ()
            if len(part) == 3 and part[2] is not None and (place := _box(part[2], tile, image)) is not None
        )
        lines.append(TextLine(text=text, box=box, words=known, score=min(1.0, max(0.0, float(score)))))
    return lines


def _engine() -> Any:
    """The reader, built once per process: silent, and unable to download."""
    if not _ENGINE:
        import rapidocr

        models = Path(rapidocr.__file__).parent / "models"
        if not all((models / name).is_file() for name in _MODELS.values()):
            raise ModelMissing(
                "model_missing", "The text reader's models are not in its package.", "Install rapidocr 3.10 again."
            )
        settings: dict[str, object] = {f"{part}.model_path": str(models / name) for part, name in _MODELS.items()}
        settings |= {
            "Global.log_level": "critical",
            "Global.text_score": 0.0,  # a line that was read badly is still a line
            "Global.return_word_box": True,
            "Det.box_thresh": BOX_THRESHOLD,
            "EngineConfig.onnxruntime.intra_op_num_threads": min(4, os.cpu_count() or 1),
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "EngineConfig.onnxruntime.enable_cpu_mem_arena": True,
        }
        engine = rapidocr.RapidOCR(params=settings)
        logging.getLogger("RapidOCR").setLevel(logging.CRITICAL + 1)
        _ENGINE.append(engine)
    return _ENGINE[0]


def _box(corners: Any, tile: Box, image: Image.Image) -> Box | None:
    """The upright box over four corners of a tile, or None if it is outside the picture or not finite."""
    points = np.asarray(corners, dtype=np.float64).reshape(-1, 2) + (tile.x, tile.y)
    if not np.isfinite(points).all():
        return None
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return Box.from_corners(float(left), float(top), float(right), float(bottom), image.width, image.height)
