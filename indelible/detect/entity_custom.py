"""The caller's own rules: words to remove, patterns to remove, words to keep.

A pattern comes from a file and meets text that a stranger printed, so each search has a time limit (the package ``regex`` has
one; Python's ``re`` has none). A line on which a pattern runs out of time is removed whole.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from indelible.detect.entity_match import SURE, Match
from indelible.detect.lines import TextLine, folded
from indelible.model import EntityType, TextRules

#: Seconds for one pattern on one line, and for all patterns on one picture.
_LINE_S, _PICTURE_S = 0.05, 5.0


def check_patterns(rules: TextRules) -> None:
    """Raise ValueError naming the number of the first pattern that is no regular expression, never the pattern itself."""
    for number, pattern in enumerate(rules.patterns, 1):
        _compiled(pattern, number)


@lru_cache(maxsize=2_048)
def _compiled(pattern: str, number: int) -> Any:
    import regex

    try:
        return regex.compile(pattern, regex.IGNORECASE | regex.VERSION0)
    except (regex.error, RecursionError, OverflowError, MemoryError):
        raise ValueError(f"text_rules.patterns: number {number} is not a regular expression") from None


def denied(lines: Sequence[TextLine], rules: TextRules) -> Iterator[Match]:
    """What the caller wants removed: words, whatever their case and accents and wherever OCR put spaces, and patterns."""
    words = [word for word in (_squeezed(folded(entry))[0] for entry in rules.deny) if word]
    compiled = [_compiled(pattern, number) for number, pattern in enumerate(rules.patterns, 1)]
    end_at = time.monotonic() + _PICTURE_S
    for number, line in enumerate(lines):
        plain = folded(line.text)
        squeezed, places = _squeezed(plain)
        for word in words:
            at = squeezed.find(word)
            while at >= 0:
                start, end = places[at], places[at + len(word) - 1] + 1
                if _bounded(line.text, start, end):
                    yield Match(number, start, end, EntityType.OTHER, SURE)
                at = squeezed.find(word, at + 1)
        for pattern in compiled:
            for text in {line.text, plain}:
                try:
                    if time.monotonic() > end_at:
                        raise TimeoutError
                    for found in pattern.finditer(text, timeout=_LINE_S):
                        if found.end() > found.start():
                            yield Match(number, found.start(), found.end(), EntityType.OTHER, SURE)
                except TimeoutError:
                    yield Match(number, 0, len(line.text), EntityType.OTHER, SURE)


def without_allowed(text: str, rules: TextRules) -> str:
    """A line with the caller's allowed words blanked, of the same length: what is personal and still stands is not allowed."""
    rest = text
    plain = folded(text)
    for needle in sorted({_squeezed(folded(word))[0] for word in rules.allow}, key=lambda word: (-len(word), word)):
        squeezed, places = _squeezed(plain)
        at = squeezed.find(needle) if needle else -1
        while at >= 0:
            start, end = places[at], places[at + len(needle) - 1] + 1
            if _bounded(text, start, end):
                rest = rest[:start] + " " * (end - start) + rest[end:]
            at = squeezed.find(needle, at + 1)
    return rest


def _squeezed(plain: str) -> tuple[str, list[int]]:
    """Letters and digits of a folded text, and where each of them stood."""
    kept = [(character, place) for place, character in enumerate(plain) if character.isalnum()]
    return "".join(character for character, _ in kept), [place for _, place in kept]


def _bounded(text: str, start: int, end: int) -> bool:
    """Whether a stretch starts and ends where words do; a change from small to capital letters counts, OCR loses spaces."""

    def joint(left: str, right: str) -> bool:
        if not (left.isalnum() and right.isalnum()):
            return False
        return left.isdigit() == right.isdigit() and not (left.islower() and right.isupper())

    before = start > 0 and joint(text[start - 1], text[start])
    after = end < len(text) and joint(text[end - 1], text[end])
    return not before and not after
