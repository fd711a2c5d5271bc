"""Which fonts, sizes and baselines can have made a line at all, without guessing a character.

The ink of each cell row is a sum over letters, and so is the width of the line. For any font, size and baseline the letters have a mean
and a covariance of both; a line of n letters has n times these. How probable what is seen is under this normal law ranks the hypotheses.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from indelible.attacks.fonts import Font
from indelible.attacks.glyphs import GlyphSet, Setting, glyph_set
from indelible.attacks.mosaic_ink import Colours, Space, curve, ink_of
from indelible.attacks.mosaic_tables import Cells

#: How often letters are met: in English text, and with capitals and digits among them.
_ENGLISH = dict(zip("etaoinsrhldcumfpgwybvkxjqz ", (10.2, 7.5, 6.5, 6.2, 5.7, 5.7, 5.3, 5.0, 4.9, 3.3, 3.3, 2.3, 2.3, 2.0, 1.8,
    1.6, 1.6, 1.7, 1.6, 1.2, 0.8, 0.6, 0.2, 0.1, 0.1, 0.1, 18.0), strict=True))  # fmt: skip
#: Standard deviation of a row's ink beyond what letters explain, in shares of the size, and of the row's own ink.
_FLOOR, _SHARE = 0.03, 0.03
#: Standard deviation of the width, in cells and in shares of the size; letters by which the count is free.
_WIDTH_CELLS, _WIDTH_SIZE, _FREE_LETTERS = 0.35, 0.12, 1.5
_DRAWN = np.array([10.0, 13.0, 16.0, 20.0, 24.0, 29.0, 35.0, 42.0, 50.0, 64.0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """How a line may have been set: ``baseline`` is the pixel row of the region's frame on whose upper edge the text stands."""

    font: Font
    size: float
    setting: Setting
    baseline: int
    y: float = 0.0

    def glyphs(self, chars: str) -> GlyphSet:
        """The alphabet in this setting."""
        return glyph_set(self.font, self.size, chars, self.setting, self.y)


def shortlist(
    cells: Cells,
    colours: Colours,
    space: Space,
    fonts: tuple[Font, ...],
    sizes: np.ndarray,
    chars: str,
    strengths: tuple[float, ...] = (1.0,),
    cut: Callable[[], bool] | None = None,
) -> list[tuple[float, Setup, float]]:
    """Every font, size, baseline and strength of ink with how improbable what is seen is there (nats), smallest first.

    ``cut`` is asked before each font; True ends the list with those before.
    """
    widths = np.diff(cells.edges)
    seen = (cells.ink * widths[:, None]).sum(axis=0)
    inked = np.flatnonzero(np.abs(cells.ink).max(axis=1) > 0.03)
    if not len(inked) or not len(sizes):
        return []
    extent = float(cells.edges[inked[-1] + 1] - cells.edges[inked[0]]) - 0.7 * float(np.median(widths))
    baselines = np.arange(int(cells.rows[0]), int(cells.rows[-1]) + 1)
    # the share of ink in the space of averaging that a text of less contrast leaves, in units of the greatest contrast
    scales = [float(ink_of(colours.at(strength).text, colours, space)) for strength in strengths]
    mixes = _mixes(chars)
    scores, setups = [], []
    for font in fonts:
        if cut is not None and cut():
            break
        for size in sizes:
            profile = _profile(font, _DRAWN[int(np.argmin(np.abs(_DRAWN - size)))], chars, colours_key(colours), space)
            parts = _parts(profile, float(size), cells.rows, baselines)
            scores.append(
                [
                    _improbable(parts, mixes, seen / scale, extent, float(size), float(np.median(widths)))
                    for scale in scales
                ]
            )
            setups.append((font, float(size)))
    table = np.array(scores)  # (setups, strengths, baselines)
    order = np.argsort(table, axis=None, kind="stable")
    found = []
    for i in order[:20_000]:
        which, strength, baseline = np.unravel_index(int(i), table.shape)
        font, size = setups[which]
        setup = Setup(font=font, size=size, setting="snapped", baseline=int(baselines[baseline]))
        found.append((float(table[which, strength, baseline]), setup, strengths[strength]))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Profile:
    """Ink of each glyph at one drawn size, summed from above to ``top`` + i px from the baseline, ``(glyphs, y)``; advances in em."""

    size: float
    top: int
    summed: np.ndarray
    advance: np.ndarray


def colours_key(colours: Colours) -> tuple[float, ...]:
    """Paper and text as numbers that can be looked up."""
    return (*(float(v) for v in colours.paper), *(float(v) for v in colours.text))


@functools.lru_cache(maxsize=4096)
def _profile(font: Font, size: float, chars: str, colours: tuple[float, ...], space: Space) -> _Profile:
    glyphs = glyph_set(font, float(size), chars, "snapped")
    pair = Colours(paper=np.array(colours[:3]), text=np.array(colours[3:]), known=False)
    ink = curve(glyphs.ink[0], pair, space).sum(axis=2)
    return _Profile(
        size=float(size),
        top=glyphs.top,
        summed=np.concatenate([np.zeros((len(chars), 1)), np.cumsum(ink, axis=1)], axis=1),
        advance=glyphs.advance / size,
    )


@functools.lru_cache(maxsize=16)
def _mixes(chars: str) -> np.ndarray:
    """Shares of the alphabet's letters in the kinds of text that it may write, ``(kinds, glyphs)``."""
    common = np.array([1.0 if char.isalnum() and char.isascii() else 0.0 for char in chars])
    english = np.array([_ENGLISH.get(char, 0.03 if char.isascii() else 0.2) for char in chars])
    made = [english] if "9" not in chars else [common] if "a" not in chars else [common, english]
    return np.stack([(mix + 0.002 * mix.max()) / (mix + 0.002 * mix.max()).sum() for mix in made])


def _parts(profile: _Profile, size: float, rows: np.ndarray, baselines: np.ndarray) -> np.ndarray:
    """What one letter adds to the rows' ink and to the width, px: ``(baselines, rows + 1, glyphs)``."""
    scale = size / profile.size
    at = np.clip((rows[None] - baselines[:, None]) / scale - profile.top, 0, profile.summed.shape[1] - 1.001)
    whole = at.astype(np.int64)
    part = at - whole
    summed = profile.summed[:, whole] * (1 - part) + profile.summed[:, whole + 1] * part  # (glyphs, baselines, edges)
    ink = np.diff(summed, axis=2) * (scale**2 / np.diff(rows))
    width = np.broadcast_to(profile.advance[:, None, None] * size, (*ink.shape[:2], 1))
    return np.concatenate([ink, width], axis=2).transpose(1, 2, 0)


def _improbable(
    parts: np.ndarray, mixes: np.ndarray, seen: np.ndarray, extent: float, size: float, cell: float
) -> np.ndarray:
    """Nats by baseline, of the kind of text that explains most."""
    goal = np.r_[seen, extent]
    own = np.r_[(_FLOOR * size) ** 2 + (_SHARE * seen) ** 2, (_WIDTH_CELLS * cell) ** 2 + (_WIDTH_SIZE * size) ** 2]
    best = np.full(len(parts), np.inf)
    for mix in mixes:
        mean = parts @ mix
        spread = (parts * mix) @ parts.transpose(0, 2, 1) - mean[:, :, None] * mean[:, None, :]
        count = max(1.0, extent / float(mean[0, -1]))
        law = count * spread + _FREE_LETTERS**2 * mean[:, :, None] * mean[:, None, :]
        law[:, np.arange(len(own)), np.arange(len(own))] += own
        off = goal - count * mean
        solved = np.linalg.solve(law, off[:, :, None])[:, :, 0]
        best = np.minimum(best, 0.5 * (off * solved).sum(axis=1) + 0.5 * np.linalg.slogdet(law)[1])
    return best
