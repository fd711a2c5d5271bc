"""What decoding a blurred line came to: attempts, and how much is believed of the best one's readings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from indelible.attacks.blur_decode import Reading
from indelible.attacks.blur_fonts import Hypothesis
from indelible.attacks.blur_kernels import Kernel
from indelible.attacks.blur_proof import SAME
from indelible.attacks.glyphs import Setting

#: Residual of a line that is explained, in units of the noise.
EXPLAINED = 1.3
#: Of sigma in x-heights, up to which a small residual alone ends the search.
_TELLING = 0.65


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One hypothesis after decoding. ``rms``: of the residual's pixels, in ``ink`` units; ``fit``: of what the blur can carry, in
    units of the region's noise; ``same``: of the first reading blurred by the library itself, in levels (`blur_proof`); ``apart``: the
    same for each reading."""

    hypothesis: Hypothesis
    setting: Setting
    readings: tuple[Reading, ...] = field(repr=False)
    contrast: float = 1.0
    rms: float = 1.0
    fit: float = np.inf
    same: float = np.inf
    apart: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextReading:
    """What came of a line.

    ``readings``: ``(text, posterior)``, best first. ``fit``: residual in noise units (1.0: the model explains all). ``trials``:
    decodings done. ``cut``: the budget ended it.
    """

    readings: tuple[tuple[str, float], ...] = field(repr=False)
    attempt: Attempt | None
    kernel: Kernel | None
    fit: float
    trials: int
    cut: bool


def plenty(attempt: Attempt) -> bool:
    """Whether the blur leaves so much that a wrong text in a wrong font could not explain it as well as noise allows."""
    return attempt.hypothesis.kernel.sigma < _TELLING * 0.53 * attempt.hypothesis.size


def answer_of(attempts: Sequence[Attempt], kernel: Kernel, trials: int, cut: bool) -> TextReading:
    """The best final's readings, weighed; a residual beyond the noise takes from what the likelihood says."""
    if not attempts:
        return TextReading(readings=(), attempt=None, kernel=kernel, fit=np.inf, trials=trials, cut=cut)
    best = min(attempts, key=lambda item: (item.same >= SAME, item.fit))
    if best.same < SAME:
        return _proved(best, trials, cut)
    costs = np.array([reading.cost for reading in best.readings])
    # A misfit is no white noise: it stands in many numbers at once, so that differences count for less.
    weight = np.exp(-(costs - costs.min()) / (2.0 * max(1.0, best.fit) ** 2))
    weight /= weight.sum()
    trust = (
        0.98
        if best.fit < EXPLAINED and plenty(best)
        else 0.45 * min(1.0, float(np.exp(-2 * (best.fit / EXPLAINED - 1))))
    )
    readings = tuple((reading.text, trust * float(w)) for reading, w in zip(best.readings, weight, strict=True))
    return TextReading(
        readings=readings, attempt=best, kernel=best.hypothesis.kernel, fit=best.fit, trials=trials, cut=cut
    )


def _proved(best: Attempt, trials: int, cut: bool) -> TextReading:
    """Readings that were told apart by their exact re-renders: the others' weights fall with how much more is off in them."""
    power = np.array([min(apart, 1e3) ** 2 for apart in best.apart])
    weight = np.exp(-np.minimum(50.0, 8.0 * (power / max(power[0], 0.01) - 1)))
    weight /= weight.sum()
    readings = tuple((reading.text, 0.98 * float(w)) for reading, w in zip(best.readings, weight, strict=True))
    fit = min(best.fit, 1.0)
    return TextReading(readings=readings, attempt=best, kernel=best.hypothesis.kernel, fit=fit, trials=trials, cut=cut)
