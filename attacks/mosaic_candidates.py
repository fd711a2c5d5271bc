"""Candidates ranked by how well their mosaic fits: every text of a list, in every face and size in which it would fill the region.

A candidate's width is known once the face is: so the size follows from how far the ink reaches, and only a few sizes, baselines and
starts are left. Coarse steps first, for all candidates at once, from the same tables as the beam; then the best are refined. What counts
is the difference between candidates, not the fit of one.

Reference: ATTACKS.md section 5.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from indelible.attacks.fonts import Font
from indelible.attacks.glyphs import Setting, designed_advance, glyph_set, kerning
from indelible.attacks.methods import Budget
from indelible.attacks.mosaic_ink import curve
from indelible.attacks.mosaic_line import Line, line_cells, line_ink
from indelible.attacks.mosaic_search import Way
from indelible.attacks.mosaic_shortlist import Setup
from indelible.attacks.mosaic_tables import UNITS, Cells, Table, make_table, span_of

_ROUGH = 0.03
_MOST_CANDIDATES = 20_000
_MOST_SIZES = 9
_REFINED = 24
_CHUNK = 6000
#: A residual that rounding alone explains: nothing better is looked for.
_EXACT = 0.004


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """``order``: candidates, best first; ``residuals``: squared ink, summed over cells, same order. ``sigma``: what the best leaves per cell."""

    order: tuple[str, ...] = field(repr=False)
    residuals: tuple[float, ...]
    sigma: float
    setup: Setup
    way: Way
    trials: int
    cut: bool

    def posteriors(self) -> tuple[float, ...]:
        """Share of each candidate if one of them is the text, at the noise that the best one leaves."""
        cost = (np.array(self.residuals) - self.residuals[0]) / (2 * self.sigma**2)
        weights = np.exp(-np.clip(cost, 0, 700))
        return tuple(float(weight) for weight in weights / weights.sum())


def rank_candidates(
    line: Line, candidates: Sequence[str], fonts: Sequence[Font], ways: Sequence[Way], budget: Budget
) -> Ranking | None:
    """Rank candidates for one line; None if nothing could be tried.

    Args:
        candidates: texts, each once; at most `_MOST_CANDIDATES` are looked at.
    """
    texts = list(dict.fromkeys(text for text in candidates if text.strip()))[:_MOST_CANDIDATES]
    if not texts:
        return None
    chars = "".join(sorted(set("".join(texts))))
    plain = [font for font in fonts if font.plain]
    trials = 0
    best: Ranking | None = None
    for some in (plain, [font for font in fonts if not font.plain]):
        for way in ways:
            if not some or (budget.spent and best is not None):
                continue
            ranking = _ranked(line, texts, chars, some, way, budget)
            if ranking is None:
                continue
            trials += ranking.trials
            if best is None or ranking.residuals[0] < best.residuals[0]:
                best = ranking
            if best.sigma < _EXACT:
                return replace(best, trials=trials)
    return None if best is None else replace(best, trials=trials, cut=budget.spent)


def _ranked(
    line: Line, texts: list[str], chars: str, fonts: Sequence[Font], way: Way, budget: Budget
) -> Ranking | None:
    """The ranking among some faces and one way."""
    tried: dict[Setup, np.ndarray] = {}
    trials = 0
    cells = line_cells(line, way.space, way.kernel, _ROUGH, way.strength)
    for setups in _coarse(cells, texts, fonts):
        for setup in setups:
            if budget.spent and tried:
                break
            tried[setup] = _scores(cells, line, setup, way, chars, texts, step=2)
            trials += len(texts)
    if not tried:
        return None
    best = sorted(tried, key=lambda key: (float(tried[key].min()), key.font, key.size, key.baseline))[:_REFINED]
    total = np.min([tried[key] for key in best], axis=0)
    likely = np.argsort(total, kind="stable")[: max(30, len(texts) // 20)]
    chosen, trials = _refined(cells, line, way, best, chars, [texts[i] for i in likely], budget, trials)
    fine = np.full(len(texts), np.inf)
    fine[likely] = np.min([*chosen.values()], axis=0)
    fine[fine == np.inf] = np.maximum(total[fine == np.inf], float(fine[likely].max()))
    order = np.argsort(fine, kind="stable")
    top = min(chosen, key=lambda key: (float(chosen[key].min()), key.font, key.size, key.baseline))
    count = max(1, int((np.abs(line_ink(line, way.space)) > 0.01).sum()))
    least = max(0.002, line.grid.noise / max(1.0, line.colours.contrast))
    return Ranking(
        order=tuple(texts[i] for i in order), residuals=tuple(float(fine[i]) for i in order), setup=top, way=way,
        sigma=float(max(least, np.sqrt(fine[order[0]] / count))), trials=trials, cut=budget.spent,
    )  # fmt: skip


def _coarse(cells: Cells, texts: Sequence[str], fonts: Sequence[Font]) -> Iterator[list[Setup]]:
    """For each face, sizes at which an average candidate fills the inked columns, and baselines in steps of 2 px."""
    inked = np.flatnonzero(np.abs(cells.ink).max(axis=1) > 0.015)
    rows = np.flatnonzero(np.abs(cells.ink).max(axis=0) > 0.015)
    if not len(inked):
        return
    most = float(cells.edges[inked[-1] + 1] - cells.edges[inked[0]])
    slack = float(
        cells.edges[inked[0] + 1] - cells.edges[inked[0]] + cells.edges[inked[-1] + 1] - cells.edges[inked[-1]]
    )
    for font in fonts:
        widths = np.array(
            [sum(designed_advance(font, char) for char in text) for text in texts[:: max(1, len(texts) // 50)]]
        )
        low, high = (most - slack) / float(widths.max()), (most + 3) / float(widths.min())
        sizes = np.arange(max(6, np.floor(low)), min(120, np.ceil(high)) + 1)
        sizes = sizes[np.linspace(0, len(sizes) - 1, min(len(sizes), _MOST_SIZES)).astype(int)] if len(sizes) else sizes
        setups = []
        for size in sizes:
            lowest = int(cells.rows[rows[0]] + 0.55 * size)
            highest = int(min(cells.rows[rows[-1] + 1] + 1, cells.rows[rows[0] + 1] + 0.8 * size))
            setups += [
                Setup(font=font, size=float(size), setting="snapped", baseline=baseline)
                for baseline in range(lowest, highest + 1, 2)
            ]
        yield setups


def _refined(
    cells: Cells, line: Line, way: Way, best: Sequence[Setup], chars: str, texts: Sequence[str], budget: Budget, trials: int
) -> tuple[dict[Setup, np.ndarray], int]:  # fmt: skip
    """The likely candidates at every pixel, size and setting near the best setups."""
    chosen: dict[Setup, np.ndarray] = {}
    settings: tuple[Setting, ...] = ("snapped", "whole", "fine")
    for rank, setup in enumerate(best):
        near = [
            Setup(font=setup.font, size=setup.size + size, setting=setting, baseline=setup.baseline + down)
            for size in (-1, 0, 1)
            for down in (-1, 0, 1)
            for setting in settings[: 3 if rank < 6 else 1]
        ]
        for item in near:
            if item in chosen or item.size < 6:
                continue
            if budget.spent and chosen:
                return chosen, trials
            chosen[item] = _scores(cells, line, item, way, chars, texts, step=1)
            trials += len(texts)
    return chosen, trials


def _scores(
    cells: Cells, line: Line, setup: Setup, way: Way, chars: str, texts: Sequence[str], step: int
) -> np.ndarray:
    """Squared ink that each text leaves unexplained, at its best start: float64 ``(texts,)``."""
    glyphs = glyph_set(setup.font, setup.size, chars, setup.setting, setup.y)
    table = make_table(
        cells, glyphs, setup.baseline, curve(glyphs.ink, line.colours, way.space), None,
        span=span_of(glyphs, cells.edges, cells.reach), lead=1, columns=len(cells.ink),
    )  # fmt: skip
    longest = max(len(text) for text in texts)
    index = np.array([[chars.index(char) for char in text] + [-1] * (longest - len(text)) for text in texts])
    starts = _starts(cells, glyphs.left, step)
    best = np.full(len(texts), np.inf)
    kern = np.round(kerning(setup.font, chars) * setup.size * UNITS).astype(np.int64)
    if setup.setting == "whole":
        kern = np.zeros_like(kern)
    chunk = max(1, _CHUNK // max(1, len(starts)))
    for at in range(0, len(texts), chunk):
        part = index[at : at + chunk]
        places = np.tile(starts, len(part))
        misfit = _misfit(table, glyphs.phases, kern, np.repeat(part, len(starts), axis=0), places)
        best[at : at + chunk] = misfit.reshape(len(part), len(starts)).min(axis=1)
    return best * _ROUGH**2 * 2


def _starts(cells: Cells, left: int, step: int) -> np.ndarray:
    """Places of the pen at which the first glyph's ink can begin in the first inked column."""
    inked = np.flatnonzero(np.abs(cells.ink).max(axis=1) > 0.015)
    if not len(inked):
        return np.zeros(0, int)
    low, high = cells.edges[inked[0]], cells.edges[inked[0] + 1]
    return np.arange(int(low) - 4, int(np.ceil(high)) + 1, step)


def _misfit(table: Table, phases: int, kern: np.ndarray, index: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Half of squared differences over sigma squared: texts ``(n, longest)`` as glyphs, -1 behind the end, each at its start, px."""
    count, longest = index.shape
    rows = table.share.shape[-1]
    span = table.share.shape[3] - 2 * table.lead
    total = np.zeros((count, len(table.seen) + span, rows), np.float32)
    pen = starts * UNITS
    every = np.arange(count)
    out = np.zeros(count, bool)
    for position in range(longest):
        glyph = index[:, position]
        there = glyph >= 0
        glyph = np.maximum(glyph, 0)
        if position:
            pen = pen + np.where(there, kern[np.maximum(index[:, position - 1], 0), glyph], 0)
        fine = (pen * phases + UNITS // 2) // UNITS
        place, phase = fine // phases - table.first, fine % phases
        out |= there & ((place < 0) | (place >= len(table.touched)))
        place = np.clip(place, 0, len(table.touched) - 1)
        share = table.share[place, phase, glyph, table.lead : table.lead + span]
        first = table.touched[place]
        for column in range(span):
            total[every, first + column] += np.where(there[:, None], share[:, column], 0)
        pen = pen + np.where(there, table.advance[glyph], 0)
    lacking = total[:, : len(table.seen)] - table.seen
    return np.where(out, np.inf, 0.5 * np.einsum("ncr,ncr->n", lacking, lacking, dtype=np.float64))
