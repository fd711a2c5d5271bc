"""Which fonts, sizes and baselines can have made a line at all, without guessing a character.

The ink of each cell row is a mixture of what small letters, tall ones, those with tails, and digits and capitals put there; how many
there are follows from the width of the line. Whatever mixture fits best leaves a residual, and the residual ranks the hypotheses.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from indelible.attacks.fonts import Font
from indelible.attacks.glyphs import GlyphSet, Setting, glyph_set
from indelible.attacks.mosaic_ink import Colours, Space, curve
from indelible.attacks.mosaic_tables import Cells

_GROUPS = ("aceimnorsuvwxz", "bdfhklt", "gjpqy", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
#: How far the mean glyph of a group may be from the usual one, relative, for one glyph; and for the sum's floor, in ink pixels.
_SPREAD = 0.35
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
    cells: Cells, colours: Colours, space: Space, fonts: tuple[Font, ...], sizes: np.ndarray, chars: str
) -> list[tuple[float, Setup]]:
    """Every font, size and baseline with the residual of its best mixture, smallest first."""
    widths = np.diff(cells.edges)
    seen = (cells.ink * widths[:, None]).sum(axis=0)
    inked = np.flatnonzero(np.abs(cells.ink).max(axis=1) > 0.03)
    if not len(inked):
        return []
    extent = float(cells.edges[inked[-1] + 1] - cells.edges[inked[0]]) - 0.7 * float(np.median(widths))
    found: list[tuple[float, Setup]] = []
    baselines = np.arange(int(cells.rows[0]), int(cells.rows[-1]) + 1)
    edges = cells.rows
    for font in fonts:
        for size in sizes:
            profile = _profile(font, _DRAWN[int(np.argmin(np.abs(_DRAWN - size)))], chars, colours_key(colours), space)
            scale = size / profile.size
            at = (edges[None] - baselines[:, None]) / scale
            summed = np.stack([np.interp(at, profile.y, line) for line in profile.summed], axis=-1)
            expected = np.diff(summed, axis=1) * scale**2 / np.diff(edges)[None, :, None]
            advance = profile.advance * size
            count = max(1.0, extent / float(advance.mean()))
            deviation = _SPREAD * np.abs(seen) / np.sqrt(count) + 0.02 * size
            count_row = np.broadcast_to(advance / (0.12 * extent + size), (len(baselines), 1, len(advance)))
            systems = np.concatenate([expected / deviation[:, None], count_row], axis=1)
            residuals = _residuals(systems, np.r_[seen / deviation, extent / (0.12 * extent + size)])
            found += [
                (float(residual), Setup(font=font, size=float(size), setting="snapped", baseline=int(baseline)))
                for residual, baseline in zip(residuals, baselines, strict=True)
            ]
    found.sort(key=lambda item: (item[0], item[1].font, item[1].size, item[1].baseline))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Profile:
    """Mean ink of the groups at one drawn size: summed from above to ``y`` px from the baseline, ``(groups, y)``; advances in em."""

    size: float
    y: np.ndarray
    summed: np.ndarray
    advance: np.ndarray


def colours_key(colours: Colours) -> tuple[float, ...]:
    """Paper and text as numbers that can be looked up."""
    return (*(float(v) for v in colours.paper), *(float(v) for v in colours.text))


@functools.lru_cache(maxsize=2048)
def _profile(font: Font, size: float, chars: str, colours: tuple[float, ...], space: Space) -> _Profile:
    glyphs = glyph_set(font, float(size), chars, "snapped")
    pair = Colours(paper=np.array(colours[:3]), text=np.array(colours[3:]), known=False)
    ink = curve(glyphs.ink[0], pair, space).sum(axis=2)
    members = [np.array([chars.index(char) for char in group if char in chars], int) for group in _GROUPS]
    members = [group for group in members if len(group)]
    by_group = np.stack([ink[group].mean(axis=0) for group in members])
    return _Profile(
        size=float(size),
        y=np.arange(glyphs.top, glyphs.top + ink.shape[1] + 1, dtype=float),
        summed=np.concatenate([np.zeros((len(members), 1)), np.cumsum(by_group, axis=1)], axis=1),
        advance=np.array([glyphs.advance[group].mean() for group in members]) / size,
    )


def _residuals(systems: np.ndarray, goal: np.ndarray) -> np.ndarray:
    """Squared residual of the best mixture without negative parts, for many small systems ``(n, equations, parts)`` at once.

    Every set of parts is solved without bounds; the best solution that happens to be within them is the bounded one.
    """
    parts = systems.shape[2]
    gram = np.einsum("nei,nej->nij", systems, systems, optimize=True) + 1e-9 * np.eye(parts)
    right = systems.transpose(0, 2, 1) @ goal
    best = np.full(len(systems), float(goal @ goal))
    for chosen in range(1, 1 << parts):
        index = [i for i in range(parts) if chosen >> i & 1]
        mixture = np.linalg.solve(gram[:, index][:, :, index], right[:, index, None])[..., 0]
        residual = goal @ goal - (mixture * right[:, index]).sum(axis=1)
        best = np.where((mixture >= -1e-9).all(axis=1) & (residual < best), np.maximum(residual, 0), best)
    return np.asarray(best)
