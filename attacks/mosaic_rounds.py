"""In which order a line's settings and alphabets are tried: likely and cheap before unlikely and dear.

A sharp round takes the drawing for exactly ours: every cell has to be met to within rounding, so wrong hypotheses die within a few columns.
A near round takes it for a browser's: hinted along the height only, at parts of a pixel, by a rasteriser that differs from ours in the last
bits. A rough round allows for an error of the model (another renderer, a clone of the font, grey text whose colour nobody knows) and costs more.
Each round takes the next hypotheses of the shortlist, so that the likely ones of all alphabets come before the unlikely ones of any.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from indelible.attacks.fonts import Font
from indelible.attacks.glyphs import Setting
from indelible.attacks.methods import Budget
from indelible.attacks.mosaic_fit import is_exact, noise_of
from indelible.attacks.mosaic_ink import Space
from indelible.attacks.mosaic_line import Line, ink_height, line_cells, line_ink
from indelible.attacks.mosaic_priors import TextModel, digits_model, open_model, words_model
from indelible.attacks.mosaic_search import Found, Way, race, read_line
from indelible.attacks.mosaic_shortlist import Setup, shortlist

#: Standard deviation of the model's own error, as ink.
ROUGH, NEAR, SHARP = 0.015, 0.008, 0.0012
_WHOLE_PIXELS: tuple[Setting, ...] = ("snapped", "whole")
_BETWEEN_PIXELS: tuple[Setting, ...] = ("snapped", "fitted", "fine")
#: Blocks in x-heights above which random letters cannot be told apart, from which on English is likelier to be read,
#: and below which random letters need no word list.
_COARSE, _MEDIUM, _FINE = 1.5, 1.1, 0.7
_SIZES = (7.0, 72.0)
Kind = Literal["sharp", "near", "rough"]
_Step = tuple[Kind, tuple[int, int], tuple[str, ...]]
#: What is tried in turn: how sharply, which part of the shortlist, and which texts. Digits are few: the whole list costs them seconds.
_FIRST: _Step = ("sharp", (0, 200), ("open", "words"))
_DIGITS: tuple[_Step, ...] = (("sharp", (0, 200), ("digits",)), ("sharp", (200, 2400), ("digits",)))
_THEN: tuple[_Step, ...] = (
    ("near", (0, 100), ("digits",)),
    ("near", (0, 100), ("open", "words")),
    ("sharp", (200, 800), ("open", "words")),
    ("rough", (0, 120), ("digits", "open", "words")),
    ("near", (100, 300), ("digits", "open", "words")),
    ("sharp", (800, 2000), ("open", "words")),
    ("rough", (120, 360), ("digits", "open", "words")),
)
#: States kept while setups race, and when those that are left are read.
_RACE_BEAM = {"digits": 24, "words": 36, "open": 32}
_BEAMS = {"digits": 120, "words": 80, "open": 80}
_WIDE_BEAMS = {"digits": 400, "words": 300, "open": 240}
#: Setups that are read after a sharp race and after a rough one, and setups read again with a wide beam.
_READ_SHARP, _READ_NEAR, _READ_ROUGH, _READ_AGAIN = 96, 12, 8, 10
#: Sizes about the winners of a near race: browsers set text at thirds of a pixel, and the shortlist holds whole ones.
_THIRDS, _SIXTHS = (0.0, -1 / 3, 1 / 3), (0.0, -1 / 6, 1 / 6)
#: Contrasts that are tried where the text's colour is not seen, as shares of the greatest that is possible.
_STRENGTHS = (1.0, 0.93, 0.87, 0.81, 0.75, 0.70, 0.65, 0.60, 0.55, 0.50, 0.45, 0.40)
#: Nats of misfit that a right text may have in a sharp round: at once, and for each cell in shares of what its noise explains.
_START_NATS, _SLACK = 8.0, 1.6
#: The same in a rough round.
_START_ROUGH, _PER_CELL_ROUGH = 15.0, 0.9
#: By how many nats slanted, bold and light faces are rarer than plain ones.
_RARER = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A way, a text model, a part of the shortlist, and for how exact the drawing is taken. Rounds of one ``step`` are heard together."""

    way: Way
    model: TextModel
    part: tuple[int, int]
    kind: Kind
    step: int
    strengths: tuple[float, ...] = (1.0,)


def planned(line: Line) -> Iterator[Round]:
    """All rounds in order."""
    coarse = line.grid.block[0] / max(1.0, 0.5 * ink_height(line)[1])  # blocks per x-height, roughly
    models = [digits_model()]
    models += [model for model, fits in ((open_model(), coarse < _COARSE), (words_model(), coarse > _FINE)) if fits]
    if coarse > _MEDIUM:
        models.sort(key=lambda model: model.name == "open")
    strengths = _strengths(line)
    few, more = _DIGITS
    first = (few, more, _FIRST) if coarse > _MEDIUM else (few, _FIRST, more)
    for i, (kind, part, names) in enumerate((*first, *_THEN)):
        for model in models:
            if model.name not in names:
                continue
            for way in ways(line):
                if kind != "rough":
                    yield Round(way=way, model=model, part=part, kind=kind, step=max(0, i - 2))
                elif way.kernel == "box":
                    yield Round(way=way, model=model, part=part, kind=kind, step=i - 2, strengths=strengths)


def ways(line: Line) -> tuple[Way, ...]:
    """How the mosaic may have been made: whole-pixel blocks, parts of pixels, light."""
    whole = all(np.abs(edges - np.round(edges)).max() < 0.01 for edges in (line.grid.across, line.grid.down))
    made = [Way(), Way(space="linear")]
    return tuple(made if whole else [*made, Way(kernel="area")])


def _strengths(line: Line) -> tuple[float, ...]:
    """Contrasts that the fullest cell allows."""
    if line.colours.known:
        return (1.0,)
    fullest = float(line_ink(line, "srgb").max())
    return tuple(strength for strength in _STRENGTHS if strength >= 0.97 * fullest) or (1.0,)


@dataclass(slots=True)
class Reader:
    """Runs rounds on one line; shortlists are made once."""

    line: Line
    fonts: tuple[Font, ...]
    budget: Budget
    _lists: dict[tuple[Space, str, tuple[float, ...]], list[tuple[float, Setup, float]]] = field(default_factory=dict)

    def run(self, planned: Round) -> tuple[list[Found], int]:
        """What the round found, cheapest first, and the trials."""
        listed = self._listed(planned)[planned.part[0] : int(planned.part[1] * self.budget.effort)]
        if not listed:
            return [], 0
        by_strength: dict[float, list[Setup]] = {}
        for _, setup, strength in listed:
            by_strength.setdefault(strength, []).append(setup)
        found: list[Found] = []
        trials = 0
        for strength, setups in sorted(by_strength.items(), reverse=True):
            some, tried = self._read(planned, replace(planned.way, strength=strength), setups)
            found += some
            trials += tried
        found.sort(key=lambda item: (item.cost, item.text))
        return found, trials

    def _read(self, planned: Round, way: Way, setups: list[Setup]) -> tuple[list[Found], int]:
        """Race, then read those that are left; where nothing is exact, the best again with a wide beam."""
        line, model, budget = self.line, planned.model, self.budget
        usual = float(np.median([setup.size for setup in setups[:100]]))
        columns = max(6, int(np.ceil(2.6 * usual / line.grid.block[0])) + 1)
        prior = model.prior(usual)
        misfit, ceiling = ROUGH, (_START_ROUGH, _PER_CELL_ROUGH * (line.rows[1] - line.rows[0]))
        if planned.kind == "sharp":
            setups = [replace(setup, setting=setting) for setup in setups for setting in _WHOLE_PIXELS]
            noise = noise_of(line, way.space)
            per_cell = _SLACK * 0.5 * noise**2 / (noise**2 + SHARP**2)
            misfit, ceiling = SHARP, (_START_NATS, per_cell * (line.rows[1] - line.rows[0]))
        elif planned.kind == "near":
            sizes = _THIRDS if planned.part[0] == 0 else (0.0,)
            setups = [replace(setup, size=setup.size + by, setting="fitted") for setup in setups for by in sizes]
            misfit = NEAR
        winners, trials = race(
            line, setups, way, model.chars, prior, budget, columns=columns, beam=_RACE_BEAM[model.name],
            misfit=SHARP if planned.kind == "sharp" else ROUGH, margin=40.0, ceiling=ceiling,
        )  # fmt: skip
        read = {"sharp": _READ_SHARP, "near": _READ_NEAR, "rough": _READ_ROUGH}[planned.kind]
        chosen = [setup for _, setup in winners[:read]]
        if planned.kind == "near":
            chosen = [
                replace(setup, size=setup.size + by, setting=setting)
                for by in _SIXTHS for setup in chosen for setting in ("fitted", "fine")
            ]  # fmt: skip
        elif planned.kind == "rough" and way.strength == 1.0:
            chosen = [replace(setup, setting=setting) for setup in chosen for setting in _BETWEEN_PIXELS]
        found, tried = read_line(
            line, chosen, way, model.chars, prior, budget, beam=_BEAMS[model.name], misfit=misfit, margin=40.0,
            ceiling=ceiling, behind=25.0,
        )  # fmt: skip
        trials += tried
        if planned.kind == "sharp" and chosen and not any(is_exact(line, item) for item in found[:8]):
            best = list(dict.fromkeys([*(item.setup for item in found), *chosen]))[:_READ_AGAIN]
            again, tried = read_line(
                line, best, way, model.chars, prior, budget, beam=_WIDE_BEAMS[model.name], misfit=misfit, margin=40.0,
                ceiling=ceiling,
            )  # fmt: skip
            found = sorted([*found, *again], key=lambda item: (item.cost, item.text))
            trials += tried
        return found, trials

    def _listed(self, planned: Round) -> list[tuple[float, Setup, float]]:
        key = planned.way.space, planned.model.name, planned.strengths
        if key not in self._lists:
            line = self.line
            least, most = ink_height(line)
            sizes = np.arange(max(_SIZES[0], np.floor(least / 1.05)), min(_SIZES[1], np.ceil(most / 0.6)) + 1)
            cells = line_cells(line, planned.way.space, "box", ROUGH)
            listed = shortlist(
                cells, line.colours, planned.way.space, self.fonts, sizes, planned.model.chars, planned.strengths,
                cut=lambda: self.budget.spent,
            )  # fmt: skip
            listed = [
                (score + (0.0 if setup.font.plain else _RARER), setup, strength) for score, setup, strength in listed
            ]
            self._lists[key] = sorted(listed, key=lambda item: item[0])[:2400]
        return self._lists[key]


def beam_of(model: TextModel) -> int:
    """States kept when a line is read with that model."""
    return _BEAMS[model.name]
