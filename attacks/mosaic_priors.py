"""What kinds of text are likely before the picture is seen: digits, anything, English words.

The English model counts letter triples in words that installed libraries carry (Faker's list, Python's own manual pages). It is an
option that is reported apart, because a prior invents: the re-render decides.
"""

from __future__ import annotations

import functools
import re
import string
from dataclasses import dataclass

import numpy as np

from indelible.attacks.mosaic_beam import Prior

DIGITS = "0123456789 -./:,+"
#: Letters that many programs draw as one glyph.
LIGATURES = {"\ufb01": "fi", "\ufb02": "fl"}
OPEN = string.ascii_lowercase + string.ascii_uppercase + string.digits + " .,:-/@'+&()" + "".join(LIGATURES)
WORDS = string.ascii_lowercase + string.ascii_uppercase + " .,'-" + "".join(LIGATURES)
_RARE = {*".,:-/@'+&()", *LIGATURES}
#: Nats by which punctuation is rarer than a letter or digit.
_RARER = 2.5
#: Nats by which spaces are rarer in numbers and random text, and signs beside signs and spaces or at the start.
_SPACE, _BESIDE = 1.0, 2.5


#: Nats by which a word that no list knows is rarer than its letter triples say.
_UNKNOWN_WORD = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TextModel:
    """An alphabet and what its texts cost. ``entry``: nats for choosing this model at all."""

    name: str
    chars: str
    glyph: np.ndarray
    entry: float

    def prior(self, size: float) -> Prior:
        """As the search takes it, for letters of about that many pixels per em."""
        usual = float(self.glyph.min(axis=-1).mean() + 1.0) if self.glyph.ndim == 3 else float(np.median(self.glyph))
        return Prior(glyph=self.glyph, per_pixel=usual / (0.55 * size), space=self.chars.index(" "))

    def cost(self, text: str) -> float:
        """Nats of a text, infinite if it has other characters."""
        if any(char not in self.chars for char in text):
            return float("inf")
        index = [self.chars.index(char) for char in text]
        if self.glyph.ndim == 1:
            return self.entry + float(self.glyph[index].sum())
        none = len(self.chars)
        last, total = (none, none), self.entry
        for i in index:
            total += float(self.glyph[last[0], last[1], i])
            last = (last[1], i)
        return total


def joined(text: str) -> str:
    """With ligatures for the letters that they stand for."""
    for sign, letters in LIGATURES.items():
        text = text.replace(letters, sign)
    return text


def spelled(text: str) -> str:
    """With letters for ligatures."""
    for sign, letters in LIGATURES.items():
        text = text.replace(sign, letters)
    return text


def _uniform(chars: str) -> np.ndarray:
    """All alike, but signs rarer than letters, and rarer still beside each other or at the start: by the two before."""
    common = sum(char not in _RARE for char in chars)
    sign = np.array([char in _RARE - set(LIGATURES) for char in chars])
    rare = np.array([_RARER if char in _RARE else _SPACE if char == " " else 0.0 for char in chars])
    cost = np.zeros((len(chars) + 1,) * 2 + (len(chars),), np.float32)
    cost += np.log(common) + rare
    first = np.array([*sign, True]) | np.array([char == " " for char in (*chars, "")])
    cost += _BESIDE * (first[None, :, None] & sign)
    return cost


@functools.cache
def digits_model() -> TextModel:
    """Numbers with their usual separators."""
    return TextModel(name="digits", chars=DIGITS, glyph=_uniform(DIGITS), entry=1.1)


@functools.cache
def open_model() -> TextModel:
    """Any letters, digits and common signs, all alike."""
    return TextModel(name="open", chars=OPEN, glyph=_uniform(OPEN), entry=1.1)


@functools.cache
def words_model() -> TextModel:
    """English words: letter triples, mixed with pairs and single letters so that names and rare words still pass."""
    chars = WORDS
    index = {char: i for i, char in enumerate(chars)}
    none = len(chars)
    triples = np.zeros((none + 1, none + 1, none), np.float64)
    for word, count in _word_counts().items():
        spellings = [(word, 1.0), (word.capitalize(), 0.15), (word.upper(), 0.02)]
        spellings += [(joined(word), 0.5)] if joined(word) != word else []
        for shown, share in spellings:
            line = [none, none, *(index[char] for char in shown)]
            for a, b, c in zip(line, line[1:], line[2:], strict=False):
                triples[a, b, c] += count * share
            triples[line[-2], line[-1], index[" "]] += count * share
            for sign, rate in ((".", 0.05), (",", 0.05)):
                triples[line[-2], line[-1], index[sign]] += count * share * rate
    space = index[" "]
    # a word after a space begins like one at the start
    triples[:none, space, :] += triples[none, none, :] / max(1, none)
    single = triples.sum(axis=(0, 1)) + 1.0
    single /= single.sum()
    pairs = triples.sum(axis=0)
    pairs = (pairs + 20.0 * single) / (pairs.sum(axis=-1, keepdims=True) + 20.0)
    after_space = triples[none, none] + 20.0 * single
    pairs[space] = after_space / after_space.sum()
    pairs[none] = pairs[space]
    total = triples.sum(axis=-1, keepdims=True)
    smooth = (triples + 8.0 * pairs[None]) / (total + 8.0)
    smooth[:, space] = pairs[space]
    smooth = 0.995 * smooth + 0.005 / none
    return TextModel(name="words", chars=chars, glyph=-np.log(smooth).astype(np.float32), entry=1.1)


def strangeness(text: str) -> float:
    """Nats for the words of a text that no list knows: where cells cannot tell two places of a space apart, words can."""
    words = re.findall(r"[a-z]+", text.lower())
    return _UNKNOWN_WORD * sum(word not in _word_counts() for word in words)


@functools.cache
def _word_counts() -> dict[str, float]:
    """Lower-case words and how common they are; Faker's words at least as common as the usual word of the manual pages."""
    counts: dict[str, float] = {}
    try:
        from pydoc_data import topics

        for text in topics.topics.values():
            for word in re.findall(r"(?<![\w.`_])[a-z]{1,14}(?![\w`_(])", text):
                counts[word] = counts.get(word, 0.0) + 1.0
    except ImportError:
        pass
    counts = {word: float(np.sqrt(count)) for word, count in counts.items()}
    try:
        from faker.providers.lorem.en_US import Provider

        for word in Provider.word_list:
            if re.fullmatch(r"[a-z]+", word):
                counts[word] = counts.get(word, 0.0) + 6.0
    except ImportError:
        pass
    return counts
