"""What one attack on one region came to. A guess is personal data: it leaves the program only where the user asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from indelible.model.geometry import Box
from indelible.model.vocabulary import Outcome

#: What an attack estimated, as it may be printed: numbers, pairs of numbers, short closed words.
Estimate = float | int | str | tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """One reading of what is hidden. ``posterior``: 0.0 to 1.0, calibrated."""

    text: str = field(repr=False)
    posterior: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackResult:
    """One attack, one region.

    ``broken`` means that content or identity came back; ``held`` that the attack explained the region, did all its trials and got
    no further than chance; ``inconclusive`` that it cannot tell, with a closed reason in ``why``; ``not_applicable`` that the region is
    of another kind. ``success``, ``baseline`` and ``control`` are rates, 0.0 to 1.0, ``interval`` the 95 % bounds of ``success``.
    ``box`` is None for attacks on the whole file. ``leaked_bits`` is an upper bound, None where none is known.
    """

    attack: str
    rule: str
    outcome: Outcome
    box: Box | None = None
    why: str | None = None
    guesses: tuple[Guess, ...] = field(default=(), repr=False)
    estimated: Mapping[str, Estimate] = field(default_factory=dict)
    fit: float | None = None
    trials: int = 0
    success: float | None = None
    baseline: float | None = None
    control: float | None = None
    interval: tuple[float, float] | None = None
    leaked_bits: float | None = None
    seed: int = 0
    seconds: float = 0.0
