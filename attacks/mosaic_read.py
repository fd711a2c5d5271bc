"""Reading one line of text in a mosaic with nothing given: which font, which size, which place, which space, which text.

From likely to unlikely: plain faces before bold and slanted ones, averaging in stored values before averaging in light, block means before
tents. Within each: numbers, English words, anything. The first reading that explains every cell to within rounding ends the search.

What a reading is worth is judged by information: the cells that it explains, each by as many bits as its ink varies more than the
residual, against the bits of all texts and settings that were open to choice. A reading that cannot pay for its choices is chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from indelible.attacks.fonts import Font
from indelible.attacks.glyphs import Setting
from indelible.attacks.methods import Budget
from indelible.attacks.mosaic_ink import Space, ink_noise
from indelible.attacks.mosaic_kernel import Kernel
from indelible.attacks.mosaic_line import Line, ink_height, line_cells, line_ink
from indelible.attacks.mosaic_priors import TextModel, digits_model, open_model, spelled, words_model
from indelible.attacks.mosaic_search import Found, Way, neighbours, race, read_line, strength_of
from indelible.attacks.mosaic_shortlist import Setup, shortlist

#: Standard deviation of the model's own error while fonts are compared, as ink.
_ROUGH = 0.015
_SHARP = 0.004
#: A residual of so little is rounding: as ink, beyond the noise of the cells.
_EXACT = 0.001
#: A rough residual that a slightly better setting may turn into an exact one.
_NEAR = 0.008
_ENOUGH_BITS = 12.0
_WORST_FIT = 0.06
_WHOLE_PIXELS: tuple[Setting, ...] = ("snapped", "whole")
_BETWEEN_PIXELS: tuple[Setting, ...] = ("snapped", "fitted", "fine")
#: Blocks in x-heights above which random letters cannot be told apart, and below which they need no word list.
_COARSE, _FINE = 1.5, 0.7
#: Extensions after which no further round begins, times effort.
_MOST_TRIALS = 50_000_000
_SIZES = (7.0, 72.0)
_RACED = {"quick": 300, "digits": 1600, "words": 400, "open": 450}
#: Columns of a first, short race, and from how many setups on it is run.
_SHORT = 4
_MANY = 1200
_BEAMS = {"digits": 30, "words": 160, "open": 60}


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReading:
    """What a line came to. ``texts``: text and posterior, likeliest first. ``rms``: residual as ink; ``noise``: what rounding explains.

    ``bits``: what the cells tell beyond all that was open to choice; ``exact``: every cell explained to within rounding.
    """

    texts: tuple[tuple[str, float], ...] = field(repr=False)
    found: Found
    rms: float
    noise: float
    bits: float
    exact: bool
    trials: int

    @property
    def explained(self) -> bool:
        """Whether the fit is good enough to speak: rounding alone, or a small residual over many more cells than were needed."""
        return self.bits > _ENOUGH_BITS and self.rms < _WORST_FIT


def read(
    line: Line, fonts: tuple[Font, ...], budget: Budget, known: tuple[Setup, Way] | None = None
) -> LineReading | None:
    """Read a line; None if the time ran out before anything was found or nothing can be there.

    Args:
        known: setting and way of another line of the same text, tried first.
    """
    trials = 0
    pool: list[Found] = []
    done: set[tuple[str, Setup, Way]] = set()
    for found, tried in _rounds(line, fonts, budget, known):
        trials += tried
        pool = sorted([*pool, *found], key=lambda item: (_total(line, item), item.text))[:40]
        for first in sorted(found, key=lambda item: (rms_of(line, item), item.text))[:2]:
            if rms_of(line, first) > _NEAR or (first.text, first.setup, first.way) in done:
                continue
            done.add((first.text, first.setup, first.way))
            polished, tried = polish(line, first, budget)
            trials += tried
            pool.append(polished)
            if _is_exact(line, polished) and _bits(line, polished) > _ENOUGH_BITS:
                return _answer(line, [polished], trials)
        if trials > _MOST_TRIALS * budget.effort:
            break
    if not pool:
        return None
    pool.sort(key=lambda item: (_total(line, item), item.text))
    best_per_setup = {(item.setup.font, item.setup.size, item.way, item.chars): item for item in reversed(pool)}
    ends = []
    for first in list(best_per_setup.values())[::-1][:6]:
        polished, tried = polish(line, first, budget)
        trials += tried
        ends.append(polished)
    return _answer(line, sorted(ends, key=lambda item: (-_bits(line, item), item.text)), trials)


def _rounds(
    line: Line, fonts: tuple[Font, ...], budget: Budget, known: tuple[Setup, Way] | None
) -> Iterator[tuple[list[Found], int]]:
    """What each round found, and its trials, until the time is up."""
    if known is not None:
        setup, way = known
        rows = line.grid.down[line.rows[0]], line.grid.down[line.rows[1]]
        setups = [replace(setup, baseline=baseline) for baseline in range(int(rows[0]), int(rows[1]) + 1)]
        for model in (open_model(), words_model()):
            yield read_line(
                line, setups, way, model.chars, model.prior(setup.size), budget, beam=_BEAMS[model.name], misfit=_SHARP,
                margin=60.0,
            )  # fmt: skip
    for tier in _tiers(line, fonts):
        if budget.spent:
            return
        yield _look(line, tier, budget)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tier:
    """One round: a way, some faces, a text model, how many setups race, and the model error that is allowed for."""

    way: Way
    fonts: tuple[Font, ...]
    model: TextModel
    setups: int
    misfit: float


def _tiers(line: Line, fonts: tuple[Font, ...]) -> Iterator[_Tier]:
    """What is tried, likeliest and cheapest first. Sharp rounds find renderings that are exactly ours; rough ones come last."""
    plain, other = tuple(f for f in fonts if f.plain), tuple(f for f in fonts if not f.plain)
    coarse = line.grid.block[0] / max(1.0, 0.5 * ink_height(line)[1])  # blocks per x-height, roughly
    texts = [model for model, fits in ((open_model(), coarse < _COARSE), (words_model(), coarse > _FINE)) if fits]
    for some in (plain, other):
        for way in _likely_ways(line, sharp=True)[:2] if some else ():
            yield _Tier(way=way, fonts=some, model=digits_model(), setups=_RACED["quick"], misfit=_SHARP)
    for some, misfit in ((plain, _SHARP), (other, _SHARP), (plain, _ROUGH), (other, _ROUGH)):
        if not some:
            continue
        ways = _likely_ways(line, sharp=misfit == _SHARP)
        for way in ways[:2]:
            yield _Tier(way=way, fonts=some, model=digits_model(), setups=_RACED["digits"], misfit=misfit)
        for way in ways:
            for model in texts:
                yield _Tier(way=way, fonts=some, model=model, setups=_RACED[model.name], misfit=misfit)


def _likely_ways(line: Line, *, sharp: bool) -> tuple[Way, ...]:
    whole = all(np.abs(edges - np.round(edges)).max() < 0.01 for edges in (line.grid.across, line.grid.down))
    ways = [Way(space="srgb", kernel="box"), Way(space="linear", kernel="box")]
    if sharp and not whole:
        ways.insert(1, Way(space="srgb", kernel="area"))
    if sharp and line.grid.fitted:
        ways.append(Way(space="srgb", kernel="triangle"))
    if not sharp and not line.colours.known:
        ways.append(Way(strength=0.8))
    return tuple(ways)


def _look(line: Line, tier: _Tier, budget: Budget) -> tuple[list[Found], int]:
    """Shortlist, race, read."""
    way, model = tier.way, tier.model
    least, most = ink_height(line)
    sizes = np.arange(max(_SIZES[0], np.floor(least / 1.05)), min(_SIZES[1], np.ceil(most / 0.6)) + 1)
    if not len(sizes):
        return [], 0
    cells = line_cells(line, way.space, way.kernel, tier.misfit, way.strength)
    listed = shortlist(cells, line.colours, way.space, tier.fonts, sizes, model.chars)
    raced = [setup for _, setup in listed[: int(tier.setups * budget.effort)]]
    if not raced:
        return [], 0
    usual = float(np.median([setup.size for setup in raced[:100]]))
    columns = max(7, int(np.ceil(3.0 * usual / line.grid.block[0])) + 1)
    prior = model.prior(usual)
    trials = 0
    if len(raced) > _MANY:
        short, trials = race(
            line, raced, way, model.chars, prior, budget, columns=_SHORT, beam=8, misfit=tier.misfit, margin=30.0
        )
        raced = [setup for _, setup in short[:_MANY]]
    if tier.misfit == _SHARP:
        raced = [replace(setup, setting=setting) for setup in raced for setting in _WHOLE_PIXELS]
    winners, tried = race(
        line, raced, way, model.chars, prior, budget, columns=columns, beam=10 if model.name == "digits" else 14,
        misfit=tier.misfit, margin=40.0,
    )  # fmt: skip
    trials += tried
    chosen = [setup for _, setup in winners[:14]]
    if tier.misfit == _ROUGH:
        chosen = [replace(setup, setting=setting) for setup in chosen[:10] for setting in _BETWEEN_PIXELS]
    found, tried = read_line(
        line, chosen, way, model.chars, prior, budget, beam=_BEAMS[model.name],
        misfit=tier.misfit, margin=60.0,
    )  # fmt: skip
    return found, trials + tried


def _model_of(found: Found) -> TextModel:
    return next(model for model in (digits_model(), words_model(), open_model()) if model.chars == found.chars)


def _total(line: Line, found: Found) -> float:
    """Cost at one common noise, so that rounds compare."""
    noise = _noise(line, found.way.space)
    share = (found.sigma**2 + noise**2) / (_ROUGH**2 + noise**2)
    return found.misfit * share + found.prior + _model_of(found).entry


def polish(line: Line, start: Found, budget: Budget) -> tuple[Found, int]:
    """A better setting near the one found, by reading again: sizes, baselines, kernels, and the strength of the ink; and the trials."""
    trials = 0
    best = start
    for step in (1.0, 0.5, 0.25):
        if budget.spent or _is_exact(line, best):
            break
        sigma = float(np.clip(rms_of(line, best), 0.003, _ROUGH))
        found: list[Found] = []
        ways = _ways(line, best)
        for way in ways:
            some, tried = read_line(
                line, neighbours(best.setup, step) if way == ways[0] else [best.setup], way, best.chars,
                _model_of(best).prior(best.setup.size), budget, beam=24, misfit=sigma, margin=40.0, best=1,
            )  # fmt: skip
            found += some
            trials += tried
        found.sort(key=lambda item: (item.cost, item.text))
        if found and rms_of(line, found[0]) < rms_of(line, best):
            best = found[0]
    return best, trials


def _ways(line: Line, found: Found) -> list[Way]:
    """The way found, with the strength of ink that fits its text best; the same with other kernels."""
    way = found.way
    strength = way.strength if line.colours.known else round(way.strength * strength_of(line, found), 3)
    best = replace(way, strength=strength) if 0.3 < strength < 1.02 and abs(strength - way.strength) > 0.003 else way
    kernels: tuple[Kernel, ...] = ("box", "area")
    others = [replace(best, kernel=kernel) for kernel in kernels if kernel != way.kernel]
    return [best, *others] if best == way else [best, way, *others]


def _inked(line: Line, space: Space) -> np.ndarray:
    ink = line_ink(line, space)
    return np.asarray(ink[np.abs(ink) > 0.01])


def _noise(line: Line, space: Space) -> float:
    """What rounding and codec leave in an inked cell, as ink."""
    part = line.grid.colours[line.rows[0] : line.rows[1], line.columns[0] : line.columns[1]]
    noise = ink_noise(part, line.colours, space, line.grid.noise)[np.abs(line_ink(line, space)) > 0.01]
    return float(np.sqrt((noise**2).mean())) if noise.size else 1.0


def rms_of(line: Line, found: Found) -> float:
    """Root mean squared residual over the inked cells, as ink."""
    count = max(1, len(_inked(line, found.way.space)))
    return float(np.sqrt(max(0.0, 2 * found.misfit) / count) * np.hypot(found.sigma, _noise(line, found.way.space)))


def _is_exact(line: Line, found: Found) -> bool:
    return rms_of(line, found) < _EXACT + 1.2 * _noise(line, found.way.space)


def _bits(line: Line, found: Found) -> float:
    """Bits that the cells tell about the text beyond those of all choices."""
    ink = _inked(line, found.way.space)
    spread = float(np.std(line_ink(line, found.way.space)))
    told = len(ink) * np.log2(max(1.0, spread / max(rms_of(line, found), _noise(line, found.way.space))))
    return float(told - (_model_of(found).cost(found.text)) / np.log(2) - 14)


def _answer(line: Line, found: list[Found], trials: int) -> LineReading:
    """The n-best list at the noise that the best reading leaves."""
    best = found[0]
    rms = rms_of(line, best)
    exact = _is_exact(line, best)
    sigma = max(rms * 1.1, 0.0015)
    model = _model_of(best)
    setups = list(dict.fromkeys(item.setup for item in found if item.way == best.way and item.chars == best.chars))[:3]
    again, tried = read_line(
        line, setups, best.way, best.chars, model.prior(best.setup.size), Budget(), beam=_BEAMS[model.name] * 2,
        misfit=sigma, margin=40.0, best=12,
    )  # fmt: skip
    if again and rms_of(line, again[0]) <= rms * 1.001:
        best, rms = again[0], rms_of(line, again[0])
    texts: dict[str, float] = {}
    for item in again or [best]:
        texts[spelled(item.text)] = min(texts.get(spelled(item.text), np.inf), item.cost)
    bits = _bits(line, best)
    return LineReading(
        texts=_posteriors(texts, bits, rms), found=best, rms=rms, noise=_noise(line, best.way.space), bits=bits, exact=exact,
        trials=trials + tried,
    )  # fmt: skip


def _posteriors(costs: dict[str, float], bits: float, rms: float) -> tuple[tuple[str, float], ...]:
    """Share of each text, tempered where the residual is the model's own error and not independent from cell to cell."""
    heat = 1.0 + 60.0 * max(0.0, rms - 0.003)
    lowest = min(costs.values())
    weights = {text: float(np.exp(-(cost - lowest) / heat)) for text, cost in costs.items()}
    rest = float(np.exp2(np.clip(-bits / 6.0, -60, 60)))
    whole = sum(weights.values()) * (1 + rest)
    return tuple(
        sorted(((text, weight / whole) for text, weight in weights.items()), key=lambda item: (-item[1], item[0]))
    )[:10]
