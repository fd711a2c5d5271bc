"""Letters that no rule for personal data reads: all but Latin ones.

Names and labels are known in Latin letters, with or without accents. Of a line in Greek, Cyrillic, Arabic, Hebrew, Chinese,
Japanese, Korean, Thai, Devanagari or any other letters only numbers, e-mail and web addresses are matched, and the text detector
says so.
"""

from __future__ import annotations

import re

# Basic Latin, Latin-1, extended A and B, additional, C to E, full-width, and ordinal signs.
_LATIN = re.compile(
    r"[A-Za-z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff\u2c60-\u2c7f\ua720-\ua7ff\uab30-\uab6f\uff21-\uff3a\uff41-\uff5a]"
)
_LEAST_LETTERS, _LEAST_SCORE = 2, 0.6


def in_other_script(text: str, score: float) -> bool:
    """Whether a line, read with a score of 0.0 to 1.0, holds words in other than Latin letters.

    A single letter, or one in a doubtful reading, is the reader's mistake more often than a word.
    """
    other = sum(character.isalpha() and not _LATIN.match(character) for character in text)
    letters = sum(character.isalpha() for character in text)
    return score >= _LEAST_SCORE and other >= _LEAST_LETTERS and other >= 0.25 * letters
