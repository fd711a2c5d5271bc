"""The reader: lines of text, found and read by PP-OCR on onnxruntime (rapidocr), whose models lie inside its wheel.

The reader must never download: every model is named by its path, and a wheel without it is a missing model. Its parts are called
one by one (where is text, which way up is it, what does it say), so that each can be bounded: a part of the picture is never
shrunk below its own resolution without a second look, and a page with too many lines is read up to a limit; the lines beyond it
are returned unread.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from indelible.detect.lines import TextLine, Word
from indelible.detect.reader_places import Place, find_places, straightened
from indelible.errors import ModelMissing
from indelible.model import Box

#: Lowest score of a text box. 0.5, rapidocr's default, loses 5 of 103 lines with personal data (docs: benchmarks/documents.py).
BOX_THRESHOLD = 0.3
#: Lines that are read, and their widths together in units of their heights: about 40 s on two cores. Lines beyond stay unread.
MAX_READ, MAX_READ_LENGTH = 1_500, 15_000
#: Lines that are read at once, and how much longer the longest may be than the shortest: what is shorter is padded, which costs.
_BATCH, _SPREAD = 8, 1.25
#: Degrees up to which a line counts as level.
_LEVEL = 8.0
_ROW = 48  # height in pixels at which the recogniser reads

_MODELS = {
    "Det": "PP-OCRv6_det_small.onnx",
    "Rec": "PP-OCRv6_rec_small.onnx",
    "Cls": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
}
_LOCK = threading.Lock()
_ENGINE: list[Any] = []
Pixels = NDArray[np.uint8]


def read_lines(image: Image.Image) -> tuple[TextLine, ...]:
    """Every line of text in an upright picture, top to bottom; a line with an empty text was found and not read.

    Raises `ModelMissing` if the wheel carries no models.
    """
    with _LOCK:  # the engine's parts keep settings of a call in themselves
        engine = _engine()
        places = find_places(image, engine._load_det_model())
        return tuple(
            sorted(
                _read(image, places, engine),
                key=lambda line: (line.box.y, line.box.x, line.box.width, line.box.height, line.text),
            )
        )


def _read(image: Image.Image, places: Sequence[Place], engine: Any) -> list[TextLine]:
    """The lines at the given places; places beyond the limits come back without text."""
    lines: list[TextLine] = []
    cuttings: list[tuple[Place, Pixels]] = []
    length = 0.0
    for place in places:
        cutting = straightened(image, place, _ROW)
        if cutting is None:
            continue
        length += cutting.shape[1] / cutting.shape[0]
        if len(cuttings) >= MAX_READ or length > MAX_READ_LENGTH:
            lines.append(TextLine(text="", box=place.box, score=place.score))
        else:
            cuttings.append((place, cutting))
    votes = _votes([cutting for _, cutting in cuttings], engine)
    turned, doubtful = _turned(votes, cuttings)
    rows = [_flipped(row) if flip else row for (_, row), flip in zip(cuttings, turned, strict=True)]
    readings = {reading[0]: reading for reading in _recognised(rows, engine)}
    others = sorted(doubtful)  # read the other way up as well: the better reading is believed
    for position, text, score, info in _recognised([_flipped(rows[number]) for number in others], engine):
        number = others[position]
        if score > readings[number][2] + 0.05:
            readings[number] = (number, text, score, info)
            turned[number] = not turned[number]
    for number, text, score, info in (readings[number] for number in sorted(readings)):
        if text.strip():
            place_of = cuttings[number][0]
            flip = turned[number]
            level = not flip and not place_of.standing and abs(place_of.angle) <= _LEVEL
            lines.append(
                TextLine(
                    text=text,
                    box=place_of.box,
                    words=_words(info, place_of.box) if level else (),
                    score=min(1.0, max(0.0, score)),
                    angle=0.0 if level else (place_of.angle + (180.0 if flip else 0.0)) % 360.0,
                    corners=place_of.corners,
                )
            )
    return lines


def _flipped(row: Pixels) -> Pixels:
    return np.ascontiguousarray(row[::-1, ::-1])


def _votes(rows: Sequence[Pixels], engine: Any) -> list[float]:
    """For each row, how surely it stands on its head (positive) or not (negative), -1.0 to 1.0."""
    if not rows:
        return []
    verdicts = engine._load_cls_model()([row[:, : 8 * row.shape[0]] for row in rows]).cls_res
    return [(float(score) if "180" in label else -float(score)) for label, score in verdicts]


def _turned(votes: Sequence[float], cuttings: Sequence[tuple[Place, Pixels]]) -> tuple[list[bool], set[int]]:
    """Which rows stand on their head, and which of them are in doubt.

    A row alone is often misjudged, so the rows of one direction decide together; one that surely disagrees is in doubt.
    """
    flips: list[bool] = []
    doubtful: set[int] = set()
    sums = {
        standing: sum(
            vote * min(row.shape[1] / row.shape[0], 6.0)
            for vote, (place, row) in zip(votes, cuttings, strict=True)
            if place.standing == standing and abs(vote) > 0.7
        )
        for standing in (False, True)
    }
    for number, (vote, (place, _)) in enumerate(zip(votes, cuttings, strict=True)):
        flips.append(sums[place.standing] > 0)
        alone = abs(sums[place.standing]) < 12
        if (vote > 0) != flips[-1] and abs(vote) > 0.9 or (alone and (flips[-1] or place.standing)):
            doubtful.add(number)
    return flips, doubtful


def _recognised(rows: Sequence[Pixels], engine: Any) -> list[tuple[int, str, float, Any]]:
    """Number, text, score and word columns of each row, read in batches of similar length."""
    from rapidocr.ch_ppocr_rec.typings import TextRecInput

    recogniser = engine._load_rec_model()
    found = []
    ratio = [row.shape[1] / row.shape[0] for row in rows]
    order = sorted(range(len(rows)), key=lambda number: (ratio[number], number))
    at = 0
    while at < len(order):
        longest = max(2.0, ratio[order[at]]) * _SPREAD
        batch = [number for number in order[at : at + _BATCH] if ratio[number] <= longest]
        at += len(batch)
        result = recogniser(TextRecInput(img=[rows[number] for number in batch], return_word_box=True))
        for place, number in enumerate(batch):
            found.append((number, str(result.txts[place]), float(result.scores[place]), result.word_results[place]))
    return found


def _words(info: Any, box: Box) -> tuple[Word, ...]:
    """The words of a level line, placed by the recogniser's columns; half a character wider than their first and last column."""
    columns = float(getattr(info, "line_txt_len", 0) or 0)
    if columns <= 0:
        return ()
    words = []
    for characters, places in zip(info.words, info.word_cols, strict=True):
        if not len(places):
            continue
        left = box.x + box.width * max(0.0, (places[0] - 0.5) / columns)
        right = box.x + box.width * min(1.0, (places[-1] + 1.5) / columns)
        x, end = int(left), min(box.right, int(right) + 1)
        if end > x and box.x <= x:
            words.append(Word(text="".join(characters), box=Box(x, box.y, end - x, box.height)))
    return tuple(words)


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
            "Det.box_thresh": BOX_THRESHOLD,
            "Det.max_candidates": 3_000,
            "Rec.rec_batch_num": _BATCH,
            "Rec.rec_img_shape": [3, _ROW, 2 * _ROW],  # rows are padded to the longest of a batch, not to 320 pixels
            "EngineConfig.onnxruntime.intra_op_num_threads": min(4, os.cpu_count() or 1),
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "EngineConfig.onnxruntime.enable_cpu_mem_arena": True,
        }
        engine = rapidocr.RapidOCR(params=settings)
        logging.getLogger("RapidOCR").setLevel(logging.CRITICAL + 1)
        _ENGINE.append(engine)
    return _ENGINE[0]
