"""Read what an attack has recovered, with the locator's own reader, on a page of its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PIL import Image

from indelible.detect.lines import TextLine
from indelible.model.attack import Guess
from indelible.model.geometry import covered_share

#: Score of the reader from which a line counts, and characters that it must have at least.
READ_SCORE = 0.6
READ_CHARACTERS = 2
_MARGIN = 24
_SMALL_PX = 40
_MOST_SIDE = 3000


def read(recovered: np.ndarray) -> tuple[Guess, ...]:
    """Lines that are read in a recovered region, dark on light, with the reader's score as posterior.

    Args:
        recovered: uint8 ``(height, width)``.

    Returns:
        Top to bottom; empty where nothing is read surely, and where the reader's models are missing.
    """
    height, width = recovered.shape
    if height < 6 or width < 6:
        return ()
    scale = min(3.0 if height < _SMALL_PX else 2.0 if height < 3 * _SMALL_PX else 1.0, _MOST_SIDE / max(height, width))
    return _lines(recovered, scale)


def characters(guesses: tuple[Guess, ...]) -> int:
    """Letters and digits read."""
    return sum(char.isalnum() for guess in guesses for char in guess.text)


def _lines(recovered: np.ndarray, scale: float) -> tuple[Guess, ...]:
    from indelible.detect.reader import read_lines

    image = Image.fromarray(recovered)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    page = Image.new("RGB", (size[0] + 2 * _MARGIN, size[1] + 2 * _MARGIN), "white")
    page.paste(image.resize(size, Image.Resampling.BICUBIC), (_MARGIN, _MARGIN))
    lines = [line for line in read_lines(page) if _counts(line)]
    return tuple(Guess(text=line.text, posterior=min(0.99, line.score)) for line in in_reading_order(lines))


def in_reading_order(lines: list[TextLine]) -> list[TextLine]:
    """Left to right within a row; the reader sorts by the upper edge alone, which jitters."""
    kept: list[TextLine] = []
    for line in sorted(
        lines, key=lambda line: (-line.box.area, line.box)
    ):  # a line is now and then found twice, or a part of it
        if covered_share(line.box, [other.box for other in kept]) < 0.5:
            kept.append(line)
    rows: list[list[TextLine]] = []
    for line in sorted(kept, key=lambda line: (line.box.y + line.box.bottom, line.box.x)):
        middle = (line.box.y + line.box.bottom) / 2
        if rows and rows[-1][0].box.y < middle < rows[-1][0].box.bottom:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in _without_echoes(sorted(row, key=lambda line: line.box.x))]


def _without_echoes(row: list[TextLine]) -> list[TextLine]:
    """Boxes of one row overlap, and then the end of one line is read again as a letter at the beginning of the next, or the other way round."""
    texts = [line.text.split() for line in row]
    for number in range(len(row) - 1):
        one, two = texts[number], texts[number + 1]
        if row[number + 1].box.x >= row[number].box.right or one[-1:] == two[:1]:
            continue
        if len(one) > 1 and two and (len(one[-1]) == 1 or two[0].startswith(one[-1])):
            one.pop()
        if len(two) > 1 and one and (len(two[0]) == 1 or one[-1].endswith(two[0])):
            two.pop(0)
    return [replace(line, text=" ".join(words)) for line, words in zip(row, texts, strict=True)]


def _counts(line: TextLine) -> bool:
    return line.score >= READ_SCORE and sum(char.isalnum() for char in line.text) >= READ_CHARACTERS
