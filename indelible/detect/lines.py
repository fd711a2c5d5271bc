"""Recognised lines of text, whoever read them: the locator's reader and the verifier's reader return the same values.

The text is never part of a representation, so that it cannot reach a log or a traceback by accident.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

from indelible.model import Box


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

    def box_of(self, start: int, end: int) -> Box:
        """The box of the characters ``text[start:end]``: never less than their words, at the line's full height.

        Word boxes are estimates of the reader, so half a line height is added at both ends, and a span of more than half the
        line takes the whole line.
        """
        if not self.upright or end - start >= 0.55 * len(self.text):
            return self.box
        sides = self._word_sides(start, end) or self._character_sides(start, end)
        pad = self.box.height // 2
        left, right = max(self.box.x, sides[0] - pad), min(self.box.right, sides[1] + pad)
        if left - self.box.x < 0.1 * self.box.width:
            left = self.box.x
        if self.box.right - right < 0.1 * self.box.width:
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
