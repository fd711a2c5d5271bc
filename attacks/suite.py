"""The suite: which attacks concern a region, their controls in this very process, and their results, fail closed.

An attack whose positive control did not break, or whose negative one did, has shown nothing: what it says of a region is undecided.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache

from indelible.attacks.methods import ATTACKS, Attack, Budget, Target
from indelible.model import Kind, Outcome, Reason
from indelible.model.attack import AttackResult

#: What reads text is not sent at faces, nor the other way round; a region of which nobody says what it hides gets both.
_TEXT = frozenset({Kind.TEXT, Kind.PLATE, Kind.CODE, Kind.SIGNATURE, Kind.CUSTOM, None})
_PEOPLE = frozenset({Kind.FACE, Kind.PERSON, Kind.CUSTOM, None})
_FOR = {
    "mosaic_text": _TEXT,
    "candidate_match": _TEXT,
    "deblur_discrete": _TEXT,
    "box_width": _TEXT,
    "edge_remnants": _TEXT,
    "face_parrot": _PEOPLE,
    "face_matched": _PEOPLE,
}

#: Outcomes that say something of a region, and so take an attack that has shown that it works.
DECISIVE = frozenset({Outcome.HELD, Outcome.BROKEN})

#: Told the name of each attack before it runs.
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arms:
    """What an attack did to its two controls: whether content came back."""

    positive: Outcome
    negative: Outcome

    @property
    def effective(self) -> bool:
        """The one that leaks was broken, and nothing came out of the other."""
        return self.positive is Outcome.BROKEN and self.negative is Outcome.HELD


def concerned(target: Target, names: Iterable[str] | None = None) -> tuple[Attack, ...]:
    """The attacks that are for what the region is said to hide, cheap ones first; ``names`` limits them."""
    wanted = None if names is None else set(names)
    return tuple(
        entry
        for _, entry in sorted(ATTACKS, key=lambda item: (item[1].order, item[0]))
        if (wanted is None or entry.name in wanted) and target.kind in _FOR.get(entry.name, {target.kind})
    )


def run_attack(entry: Attack, target: Target, *, seconds: float | None = None, seed: int = 0) -> AttackResult:
    """One attack on one region; whatever goes wrong inside it becomes an outcome."""
    started = time.monotonic()
    try:
        reason = entry.applies(target)
        if reason is not None:
            result = AttackResult(attack=entry.name, rule=entry.rule, outcome=Outcome.NOT_APPLICABLE, why=reason)
        else:
            result = entry.run(target, Budget.of(seconds), seed)
    except Exception:  # a hostile picture reaches every line of an attack; what failed has shown nothing
        result = AttackResult(attack=entry.name, rule=entry.rule, outcome=Outcome.ERROR, why=Reason.TOOL_ERROR.value)
    result = replace(result, box=target.box, seed=seed, seconds=time.monotonic() - started)
    if result.outcome in DECISIVE and not arms_of(entry.name).effective:  # what decides nothing needs no arms
        result = replace(result, outcome=Outcome.INCONCLUSIVE, why=Reason.CONTROL_UNARMED.value, guesses=())
    return result


@cache
def arms_of(name: str) -> Arms:
    """The controls of one attack, run once in this process."""
    entry = ATTACKS.get(name)
    return Arms(positive=_control(entry, entry.broken_one), negative=_control(entry, entry.held_one))


def _control(entry: Attack, make: Callable[[], Target]) -> Outcome:
    """``broken`` if content came back, ``held`` if none did, ``error`` if the attack fell over."""
    try:
        target = make()
        if entry.applies(target) is not None:
            return Outcome.HELD
        outcome = entry.run(target, Budget.of(None), 0).outcome
    except Exception:
        return Outcome.ERROR
    return outcome if outcome in (Outcome.BROKEN, Outcome.ERROR) else Outcome.HELD
