"""How a check declares itself. A check without a positive and a negative control does not load."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from indelible.model import Finding, Outcome
from indelible.registry import Registry
from indelible.verify.subject import Subject

#: Version of the suite: the set of checks, their rules and thresholds.
SUITE = "2026.11"

#: Subjects that a check makes from a seed in its own file: one that leaks, one that is clean.
ControlMaker = Callable[[], Subject]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one run of a check saw.

    Leave ``outcome`` None to let the findings decide (`decide`). Set it with ``why`` for ``inconclusive``,
    ``not_applicable`` or ``error``. ``per_region`` names regions that the check says something about.
    """

    findings: tuple[Finding, ...] = ()
    outcome: Outcome | None = None
    why: str | None = None
    trials: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakCheck:
    """One registered check. ``by_frame``: it looks at pixels, and is run once for each frame or page, as if that were the picture."""

    id: str
    version: int
    family: str
    rules: frozenset[str]
    run: Callable[[Subject], Observation]
    leaking: ControlMaker
    clean: ControlMaker
    applies: Callable[[Subject], str | None]
    order: int
    by_frame: bool = False


CHECKS: Registry[LeakCheck] = Registry("indelible.verify.leaks")


def always(subject: Subject) -> str | None:
    """Applies to every subject."""
    del subject
    return None


def leak_check(
    check_id: str,
    *,
    family: str,
    rules: set[str],
    leaking: ControlMaker,
    clean: ControlMaker,
    applies: Callable[[Subject], str | None] = always,
    version: int = 1,
    order: int = 50,
    by_frame: bool = False,
) -> Callable[[Callable[[Subject], Observation]], Callable[[Subject], Observation]]:
    """Register a check.

    ``applies`` returns None when the check is to run, else the closed reason for ``not_applicable``
    (it is asked once, of the whole file: ``no_regions``, ``no_original``, ``no_plan``, ``other_format``, ``kind_not_in_policy``, ``no_mosaic`` ...).
    """

    def register(run: Callable[[Subject], Observation]) -> Callable[[Subject], Observation]:
        CHECKS.add(
            check_id,
            LeakCheck(
                id=check_id,
                version=version,
                family=family,
                rules=frozenset(rules),
                run=run,
                leaking=leaking,
                clean=clean,
                applies=applies,
                order=order,
                by_frame=by_frame,
            ),
        )
        return run

    return register


def decide(observation: Observation) -> Outcome:
    """The outcome of a row: any finding above info breaks it, except those that only say that we cannot tell."""
    if observation.outcome is not None:
        return observation.outcome
    telling = [item for item in observation.findings if item.severity.value != "info"]
    if any(not item.cannot_tell for item in telling):
        return Outcome.BROKEN
    return Outcome.INCONCLUSIVE if telling else Outcome.HELD
