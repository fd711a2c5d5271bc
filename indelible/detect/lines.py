"""Recognised lines of text, whoever read them: the locator's reader and the verifier's reader return the same values.

The text is never part of a representation, so that it cannot reach a log or a traceback by accident.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass, field

from indelible.model import Box

#: Boxes for one line that runs askew.
_MOST_PIECES = 32
#: Characters beside a span up to which the whole line is taken with it: a short label, a full stop.
_LITTLE_ELSE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word of a line and where it stands, in upright pixels; the box may be an estimate."""

    text: str = field(repr=False)
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLine:
    """One line as read, in upright pixels. ``score`` is the reader's own confidence, 0.0 to 1.0.

    A line with an empty ``text`` was found and not read. ``angle``: clockwise degrees of its reading direction, 0 for a level
    line. ``corners``: of a line that is not level, where its box is wider than the line itself; empty if not known.
    """

    text: str = field(repr=False)
    box: Box
    words: tuple[Word, ...] = ()
    score: float = 1.0
    angle: float = 0.0
    corners: tuple[tuple[float, float], ...] = ()

    @property
    def upright(self) -> bool:
        """Whether the line runs across the page; a line that runs up, down or askew is always taken whole."""
        return self.angle == 0.0 and (self.box.height <= 2 * self.box.width or len(self.text) <= 2)

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Boxes that cover the whole line: one, or a row of small ones along a line that runs askew."""
        askew = abs((self.angle + 45) % 90 - 45) > 8 and len(self.corners) == 4
        if not askew:
            return (self.box,)
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = self.corners
        across, down = math.hypot(x1 - x0, y1 - y0), math.hypot(x3 - x0, y3 - y0)
        if down > across:  # the line runs along the other side
            (x0, y0), (x1, y1), (x2, y2), (x3, y3) = (x1, y1), (x2, y2), (x3, y3), (x0, y0)
            across, down = down, across
        count = max(1, min(_MOST_PIECES, math.ceil(across / max(1.0, 1.5 * down))))
        found = []
        for number in range(count):
            one, two = number / count, (number + 1) / count
            xs = [x0 + (x1 - x0) * one, x0 + (x1 - x0) * two, x3 + (x2 - x3) * one, x3 + (x2 - x3) * two]
            ys = [y0 + (y1 - y0) * one, y0 + (y1 - y0) * two, y3 + (y2 - y3) * one, y3 + (y2 - y3) * two]
            piece = Box.from_corners(min(xs), min(ys), max(xs), max(ys), self.box.right, self.box.bottom)
            if piece is not None:
                found.append(piece)
        return tuple(found) or (self.box,)

    def box_of(self, start: int, end: int) -> Box:
        """The box of the characters ``text[start:end]``: never less than their words, at the line's full height.

        Word boxes are estimates of the reader, so half a line height is added at both ends. Where little else stands in the line, the
        whole line is taken. How much else, not which share: a share would say how long the span is.
        """
        if not self.upright or start + len(self.text) - end <= _LITTLE_ELSE:
            return self.box
        sides = self._word_sides(start, end) or self._character_sides(start, end)
        pad = self.box.height // 2
        left, right = max(self.box.x, sides[0] - pad), min(self.box.right, sides[1] + pad)
        if left - self.box.x < self.box.height:
            left = self.box.x
        if self.box.right - right < self.box.height:
            right = self.box.right
        return Box(left, self.box.y, right - left, self.box.height) if right > left else self.box

    def _word_sides(self, start: int, end: int) -> tuple[int, int] | None:
        """Left and right of the words that hold the characters, or None where words and text do not agree."""
        if "".join(word.text for word in self.words).replace(" ", "") != self.text.replace(" ", ""):
            return None
        first = len(self.text[:start].replace(" ", ""))
        last = first + len(self.text[start:end].replace(" ", ""))
        touched, position = [], 0
        for word in self.words:
            length = len(word.text.replace(" ", ""))
            if position < last and position + length > first:
                touched.append(word.box)
            position += length
        return (min(box.x for box in touched), max(box.right for box in touched)) if touched else None

    def _character_sides(self, start: int, end: int) -> tuple[int, int]:
        """Left and right by the share of characters, one character wider on both sides."""
        width = self.box.width / max(1, len(self.text))
        return int(self.box.x + (start - 1) * width), int(self.box.x + (end + 1) * width) + 1


def folded(text: str) -> str:
    """Lower case without accents, character for character as long as the text: ``ß`` becomes ``s``."""
    return "".join(_fold(character) for character in text)


def _fold(character: str) -> str:
    plain = unicodedata.normalize("NFKD", character).lower()
    plain = _EXTRA.get(character.lower(), plain)
    return plain[0] if plain else " "


_EXTRA = {
    "ß": "s",
    "ł": "l",
    "ø": "o",
    "ı": "i",
    "ð": "d",
    "þ": "t",
    "ħ": "h",
    "đ": "d",
    "æ": "a",
    "œ": "o",
    "’": "'",
    "：": ":",
}
