"""Reading one line of text in a mosaic with nothing given: which font, which size, which place, which space, which text.

`indelible.attacks.mosaic_rounds` says what is tried in which order. The first reading that explains every cell to within rounding ends
the search. What only nearly fits is polished: other settings, sizes, baselines, kernels, and the contrast that fits its text best.

What a reading is worth is judged in two ways. Its cells must tell more bits than were open to choice. And it must stand out: a search over
so many texts and settings finds something that nearly fits in any picture, so a reading that is not exact counts only as far as it
fits better than the best readings of other settings.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from indelible.attacks.fonts import Font
from indelible.attacks.methods import Budget
from indelible.attacks.mosaic_fit import bits_of, is_exact, model_of, noise_of, rms_of, total
from indelible.attacks.mosaic_line import Line
from indelible.attacks.mosaic_priors import open_model, spelled, strangeness, words_model
from indelible.attacks.mosaic_rounds import ROUGH, SHARP, Reader, beam_of, planned, ways
from indelible.attacks.mosaic_search import SETTINGS, Found, Way, read_line, strength_of
from indelible.attacks.mosaic_shortlist import Setup

_ENOUGH_BITS = 12.0
#: Bits from which on an exact reading ends the search at once; with less, the other alphabets and ways are heard first.
_SURE_BITS = 40.0
_WORST_FIT = 0.03
#: Bits at which an exact reading is chance as often as not, and bits that halve the odds; residuals over noise that raise them.
_CHANCE_BITS, _BITS_STEP = 24.0, 4.0
_NEAR, _NEAR_STEP = 1.5, 2.5
#: Residual, as ink, at which a drawing that is not ours is as likely another face as another rasteriser, and how fast the odds change.
_OTHER_RASTER, _RASTER_POWER = 0.011, 4
#: Odds against a reading under which the search ends.
_LITTLE_DOUBT = 0.5
#: Extensions and table entries after which no further round begins, times effort; a round may not take more than a part of them.
_MOST_TRIALS = 200_000_000
#: Readings of a rough round that are polished, and at the end.
_POLISHED, _POLISHED_LAST = 2, 4
#: Readings of a rough round whose contrast is sought, where it is not seen.
_TUNED = 8


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
    if known is not None:
        found, trials = _as_known(line, known, budget)
        exact = _exact_ones(line, found)
        if exact:
            return _answer(line, exact, trials, budget)
        pool += found
    reader = Reader(line=line, fonts=fonts, budget=budget)
    done: set[tuple[str, Setup]] = set()
    steps = list(planned(line))
    for i, step in enumerate(steps):
        if budget.spent or trials > _MOST_TRIALS * budget.effort:
            break
        found, tried = reader.run(step)
        trials += tried
        if step.kind != "sharp":
            if step.kind == "rough" and not line.colours.known:
                for first in _apart(line, found)[:_TUNED]:
                    tuned, tried = _tuned(line, first, budget)
                    found += tuned
                    trials += tried
            for first in _apart(line, found)[:_POLISHED]:
                if (first.text, first.setup) not in done:
                    done.add((first.text, first.setup))
                    polished, tried = polish(line, first, budget)
                    found.append(polished)
                    trials += tried
        pool = sorted([*pool, *found], key=lambda item: (total(line, item), item.text))[:200]
        exact = _exact_ones(line, pool)
        if exact and bits_of(line, exact[0]) > _SURE_BITS:
            return _answer(line, [*exact, *pool], trials, budget)
        if i + 1 == len(steps) or steps[i + 1].step != step.step:  # all alphabets and ways of this step have been heard
            best = exact or pool
            if best and _doubt(line, best[0]) < _LITTLE_DOUBT:
                return _answer(line, [*exact, *pool], trials, budget)
    if not pool:
        return None
    ends = []
    for first in _apart(line, pool)[:_POLISHED_LAST]:
        polished, tried = polish(line, first, budget)
        trials += tried
        ends.append(polished)
    return _answer(line, [*ends, *pool], trials, budget)


def _as_known(line: Line, known: tuple[Setup, Way], budget: Budget) -> tuple[list[Found], int]:
    setup, way = known
    rows = line.grid.down[line.rows[0]], line.grid.down[line.rows[1]]
    setups = [replace(setup, baseline=baseline) for baseline in range(int(rows[0]), int(rows[1]) + 1)]
    found: list[Found] = []
    trials = 0
    for model in (open_model(), words_model()):
        some, tried = read_line(
            line, setups, way, model.chars, model.prior(setup.size), budget, beam=beam_of(model), misfit=2 * SHARP,
            margin=60.0,
        )  # fmt: skip
        found += some
        trials += tried
    return found, trials


def _exact_ones(line: Line, found: list[Found]) -> list[Found]:
    """Readings to within rounding that the cells can pay for, likeliest first."""
    exact = [item for item in found if is_exact(line, item) and bits_of(line, item) > _ENOUGH_BITS]
    return sorted(exact, key=lambda item: (total(line, item), item.text))


def _apart(line: Line, found: list[Found]) -> list[Found]:
    """The best reading of each font and size, best first."""
    best: dict[tuple[Font, float], Found] = {}
    for item in sorted(found, key=lambda item: (total(line, item), item.text)):
        best.setdefault((item.setup.font, round(item.setup.size)), item)
    return list(best.values())


def polish(line: Line, start: Found, budget: Budget) -> tuple[Found, int]:
    """A better setting near the one found, by reading again: sizes, baselines, kernels, and the contrast; and the trials."""
    trials = 0
    best = start
    for step in (1.0, 0.5, 0.25):
        if budget.spent or is_exact(line, best):
            break
        tried_ways = _ways(line, best)
        for way in tried_ways:
            sigma = float(np.clip(0.7 * rms_of(line, best) / way.strength, 0.002, ROUGH))
            setups = _neighbours(best.setup, step) if way == tried_ways[0] else [best.setup]
            some, tried = read_line(
                line, setups, way, best.chars, model_of(best).prior(best.setup.size), budget, beam=24, misfit=sigma,
                margin=40.0, best=1,
            )  # fmt: skip
            trials += tried
            if some:
                nearest = min(some, key=lambda item: (rms_of(line, item), item.text))
                if rms_of(line, nearest) < rms_of(line, best):
                    best = nearest
    return best, trials


def _tuned(line: Line, start: Found, budget: Budget) -> tuple[list[Found], int]:
    """The same setting read at other contrasts, coarse and then fine; and the trials. A text that is half wrong does not tell its own."""
    trials = 0
    found: list[Found] = []
    best = start
    for steps, misfit in (
        ((0.85, 0.9, 0.95, 1.0, 1.06, 1.12), 0.008),
        ((0.97, 0.985, 1.0, 1.015, 1.03), 0.004),
        ((), 0.002),
    ):
        strengths = [best.way.strength * step for step in steps] or [strength_of(line, best)]
        for strength in strengths:
            if budget.spent or not 0.3 < strength < 1.03:
                continue
            some, tried = read_line(
                line, [best.setup], replace(best.way, strength=round(min(strength, 1.0), 3)), best.chars,
                model_of(best).prior(best.setup.size), budget, beam=60, misfit=misfit, margin=40.0, best=1,
            )  # fmt: skip
            found += some
            trials += tried
        best = min([best, *found], key=lambda item: (total(line, item), item.text))
    return found, trials


def _neighbours(setup: Setup, step: float) -> list[Setup]:
    """The same text set a little larger or smaller, higher or lower, or in another way."""
    made = [replace(setup, setting=setting) for setting in SETTINGS]
    for size in (setup.size - step, setup.size, setup.size + step):
        made += [replace(setup, size=size, baseline=setup.baseline + by) for by in (-1, 0, 1)]
    return list(dict.fromkeys(item for item in made if item.size >= 6))


def _ways(line: Line, found: Found) -> list[Way]:
    """The way found, with the contrast that fits its text best; the same with the other kernels that the grid allows."""
    way = found.way
    strength = way.strength if line.colours.known else round(strength_of(line, found), 3)
    strength = min(strength, 1.0) if abs(strength - way.strength) > 0.002 else way.strength
    best = replace(way, strength=strength) if strength > 0.3 else way
    others = [replace(best, kernel=other.kernel) for other in ways(line) if other.kernel != way.kernel]
    return [best, *others] if best == way else [best, way, *others]


def _answer(line: Line, found: list[Found], trials: int, budget: Budget) -> LineReading:
    """The n-best list: the best setups read again with a wider beam, beside all else that was found."""
    best = found[0]
    model = model_of(best)
    sigma = max(rms_of(line, best) / best.way.strength, 0.0015)
    setups = list(dict.fromkeys(item.setup for item in found if item.way == best.way and item.chars == best.chars))[:2]
    again, tried = read_line(
        line, setups, best.way, best.chars, model.prior(best.setup.size), budget, beam=beam_of(model) * 2,
        misfit=sigma, margin=25.0, best=12,
    )  # fmt: skip
    ranked = sorted(((_cost(line, item), item) for item in (*found, *again)), key=lambda pair: (pair[0], pair[1].text))
    best = ranked[0][1]
    costs: dict[str, float] = {}
    for cost, item in ranked:
        costs.setdefault(spelled(item.text), cost)
    bits, rms = bits_of(line, best), rms_of(line, best)
    return LineReading(
        texts=_posteriors(costs, _doubt(line, best)), found=best, rms=rms,
        noise=noise_of(line, best.way.space), bits=bits, exact=is_exact(line, best), trials=trials + tried,
    )  # fmt: skip


def _cost(line: Line, found: Found) -> float:
    """Nats of a reading with its words looked up, where it is read as words."""
    return total(line, found) + (strangeness(spelled(found.text)) if model_of(found).name == "words" else 0.0)


def _doubt(line: Line, found: Found) -> float:
    """Odds of what was not found against a reading: chance reaches its fit with few bits, and a face that is not there never reaches it.

    A residual beyond rounding is the error of our drawing. Another rasteriser's letters of the same face leave about 0.006 of the ink, those
    of another face 0.015 and more, whatever the cells' own rounding is.
    """
    rms, bits = rms_of(line, found), bits_of(line, found)
    by_chance = float(np.exp2(np.clip((_CHANCE_BITS - bits) / _BITS_STEP, -60, 60)))
    beyond = max(0.0, (rms / noise_of(line, found.way.space) - _NEAR) / _NEAR_STEP)
    return by_chance + min(beyond, (rms / _OTHER_RASTER) ** _RASTER_POWER)


def _posteriors(costs: dict[str, float], rest: float) -> tuple[tuple[str, float], ...]:
    """Share of each text among those found and the rest."""
    lowest = min(costs.values())
    weights = {text: float(np.exp(-(cost - lowest))) for text, cost in costs.items()}
    whole = sum(weights.values()) * (1 + rest)
    return tuple(
        sorted(((text, weight / whole) for text, weight in weights.items()), key=lambda item: (-item[1], item[0]))
    )[:10]
