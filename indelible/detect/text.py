"""Text, found and read by PP-OCR on onnxruntime (rapidocr), whose models lie inside its wheel.

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

from indelible.detect.entities import classify
from indelible.detect.lines import TextLine, Word
from indelible.detect.registry import detector
from indelible.errors import ModelMissing
from indelible.media import Picture
from indelible.model import Box, Detection, Kind, Policy, TextMode

__all__ = ["TextLine", "Word", "read_lines"]

#: Lowest score of a text box. 0.5, rapidocr's default, loses 5 of 103 lines with personal data (docs: benchmarks/documents.py).
BOX_THRESHOLD = 0.3

_MODELS = {
    "Det": "PP-OCRv6_det_small.onnx",
    "Rec": "PP-OCRv6_rec_small.onnx",
    "Cls": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
}
_LOCK = threading.Lock()
_ENGINE: list[Any] = []


def read_lines(image: Image.Image) -> tuple[TextLine, ...]:
    """Every line of text in an upright picture, top to bottom. Raises `ModelMissing` if the wheel carries no models."""
    pixels = np.asarray(image.convert("RGB"))[:, :, ::-1].copy()  # the reader takes BGR
    with _LOCK:  # the engine keeps settings of a call in itself
        result = _engine()(pixels)
    if getattr(result, "boxes", None) is None or result.txts is None:
        return ()
    words = result.word_results if len(result.word_results) == len(result.txts) else [()] * len(result.txts)
    lines = []
    for corners, text, score, parts in zip(result.boxes, result.txts, result.scores, words, strict=True):
        box = _box(corners, image)
        if box is None:
            continue
        known = tuple(
            Word(text=part[0], box=place)
            for part in parts or ()
            if len(part) == 3 and part[2] is not None and (place := _box(part[2], image)) is not None
        )
        lines.append(TextLine(text=text, box=box, words=known, score=min(1.0, max(0.0, float(score)))))
    return tuple(sorted(lines, key=lambda line: (line.box.y, line.box.x, line.box.width, line.box.height)))


@detector("text.rapidocr", finds={Kind.TEXT}, version=1)
def find_text(picture: Picture, policy: Policy) -> tuple[Detection, ...]:
    """Personal data, or every line, as the policy asks; the text itself is dropped here."""
    if policy.text is TextMode.NONE:
        return ()
    lines = read_lines(picture.image)
    if policy.text is TextMode.ALL:
        return tuple(
            Detection(kind=Kind.TEXT, box=line.box, score=line.score, detector="text.rapidocr") for line in lines
        )
    return tuple(
        Detection(
            kind=Kind.TEXT,
            box=span.box,
            score=lines[span.line].score,
            detector="text.rapidocr",
            entity=span.entity,
        )
        for span in classify(lines)
    )


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


def _box(corners: Any, image: Image.Image) -> Box | None:
    """The upright box over four corners, or None if it is empty or not finite."""
    points = np.asarray(corners, dtype=np.float64).reshape(-1, 2)
    if not np.isfinite(points).all():
        return None
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return Box.from_corners(float(left), float(top), float(right), float(bottom), image.width, image.height)
