"""Tesseract as a second reader: one supervised run per picture; words with boxes and confidences.

The picture goes in through standard input and the table comes out through standard output: no file is written and no name is
passed. (pytesseract starts the same program, but writes temporary files and ends neither a grandchild nor a flood of output.)
"""

from __future__ import annotations

from dataclasses import dataclass, field

from PIL import Image

from indelible.errors import ToolError
from indelible.exec import process
from indelible.model import Box

#: Larger pictures are scaled down; Tesseract itself takes no side over 32,767 pixels.
MAX_PIXELS = 36_000_000
MAX_SIDE = 30_000
_MAX_OUTPUT = 16 * 1024 * 1024
_MAX_WORDS = 50_000
_COLUMNS = 12  # level page block par line word left top width height conf text
_WORD_LEVEL = "5"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadWord:
    """One word as read. ``confidence``: 0.0 to 1.0. The text is kept out of every representation."""

    text: str = field(repr=False)
    box: Box
    confidence: float


#: The words of one line, from left to right.
ReadLine = tuple[ReadWord, ...]


def read_lines(image: Image.Image, *, scale: float = 1.0, timeout_s: float = 60.0) -> tuple[ReadLine, ...]:
    """Every word that Tesseract sees in sparse text mode, by lines, in upright pixels of ``image``.

    Args:
        image: upright; read as grey.
        scale: factor by which the picture is resized before it is read; small print needs 2.
        timeout_s: wall-clock seconds; one thread, so that the result does not depend on the machine's cores.

    Raises:
        MissingError: Tesseract is not installed.
        ToolError: it failed, ran out of time or gave an answer that cannot be read.
    """
    size = _read_size(image.size, scale)
    grey = image.convert("L")
    if size != grey.size:
        grey = grey.resize(size, Image.Resampling.BICUBIC)
    done = process.run(
        ["tesseract", "stdin", "stdout", "--psm", "11", "-l", "eng", "--dpi", "150", "tsv"],
        timeout_s=timeout_s,
        input=b"P5\n%d %d\n255\n" % size + grey.tobytes(),
        max_output=_MAX_OUTPUT,
        variables={"OMP_THREAD_LIMIT": "1"},
    )
    if done.timed_out or done.returncode != 0 or done.overflow:
        raise ToolError("tesseract_failed", "Tesseract did not finish.", "Run `indelible doctor`.")
    return _parsed(done.stdout, image.size, size)


def _read_size(size: tuple[int, int], scale: float) -> tuple[int, int]:
    """Width and height as read: scaled, and within the limits."""
    width, height = size
    scale = min(scale, (MAX_PIXELS / (width * height)) ** 0.5, MAX_SIDE / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _parsed(untrusted: bytes, size: tuple[int, int], read_size: tuple[int, int]) -> tuple[ReadLine, ...]:
    """The words of a table in Tesseract's TSV form; raises ToolError if it is not one."""
    rows = untrusted.decode("utf-8", "replace").split("\n")
    if not rows[0].startswith("level\tpage_num\tblock_num"):
        raise ToolError("tesseract_answer", "Tesseract's answer cannot be read.", "Run `indelible doctor`.")
    across, down = size[0] / read_size[0], size[1] / read_size[1]
    lines: dict[tuple[str, ...], list[ReadWord]] = {}
    for row in rows[1 : _MAX_WORDS + 1]:
        cells = row.split("\t")
        if len(cells) != _COLUMNS or cells[0] != _WORD_LEVEL or not cells[11].strip():
            continue
        try:
            left, top, width, height = (int(cell) for cell in cells[6:10])
            confidence = min(1.0, max(0.0, float(cells[10]) / 100))
        except ValueError:
            raise ToolError(
                "tesseract_answer", "Tesseract's answer cannot be read.", "Run `indelible doctor`."
            ) from None
        box = Box.from_corners(left * across, top * down, (left + width) * across, (top + height) * down, *size)
        if box is not None:
            word = ReadWord(text=cells[11].strip(), box=box, confidence=confidence)
            lines.setdefault(tuple(cells[1:5]), []).append(word)
    return tuple(tuple(words) for words in lines.values())
