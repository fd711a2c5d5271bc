"""Arming: every check shows, in the same process as the rows that it decides, that it breaks a leak and passes a clean twin."""

from __future__ import annotations

from dataclasses import replace

from indelible.errors import ModelMissing
from indelible.model import Control, Outcome, Polarity, Reason
from indelible.verify.checks import LeakCheck, Observation, decide
from indelible.verify.subject import Subject


class ControlLedger:
    """The controls of one run, each made and observed once, when the first row needs them."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[Control, ...]] = {}

    def arm(self, check: LeakCheck) -> tuple[Control, ...]:
        """The observed controls of ``check``; a control that crashes is observed as ``error`` and arms nothing."""
        if check.id not in self._seen:
            self._seen[check.id] = tuple(
                Control(check=f"{check.id}/{check.version}", polarity=polarity, observed=_observe(check, polarity))
                for polarity in Polarity
            )
        return self._seen[check.id]

    @property
    def all(self) -> tuple[Control, ...]:
        """Every control that was run, by check."""
        return tuple(control for name in sorted(self._seen) for control in self._seen[name])


def observe(check: LeakCheck, subject: Subject) -> tuple[Outcome, Observation]:
    """Run a check; whatever goes wrong inside it becomes an outcome, never an exception and never a pass.

    A check that looks at pixels sees the frames one by one; its worst frame decides.
    """
    frames = subject.picture.frames if subject.picture is not None else 1
    if not check.by_frame or frames == 1:
        return _observe_once(check, subject)
    seen = [_observe_once(check, subject.of_frame(number)) for number in range(frames)]
    outcome, worst = max(seen, key=lambda pair: _WORST.index(pair[0]))
    return outcome, replace(
        worst,
        findings=tuple(
            replace(finding, where=f"frame {number}, {finding.where}") if finding.where.startswith("box") else finding
            for number, (_, observation) in enumerate(seen)
            for finding in observation.findings
        ),
        trials=sum(observation.trials or 0 for _, observation in seen) or None,
    )


_WORST = (Outcome.NOT_APPLICABLE, Outcome.HELD, Outcome.INCONCLUSIVE, Outcome.ERROR, Outcome.BROKEN)


def _observe_once(check: LeakCheck, subject: Subject) -> tuple[Outcome, Observation]:
    try:
        observation = check.run(subject)
    except ModelMissing:
        observation = Observation(outcome=Outcome.INCONCLUSIVE, why=Reason.MODEL_MISSING.value)
    except (
        Exception
    ):  # a program that failed, or ourselves: hostile files reach every line of a check; the row says that it failed
        observation = Observation(outcome=Outcome.ERROR, why=Reason.TOOL_ERROR.value)
    return decide(observation), observation


def _observe(check: LeakCheck, polarity: Polarity) -> Outcome:
    make = check.leaking if polarity is Polarity.POSITIVE else check.clean
    try:
        subject = make()
    except Exception:
        return Outcome.ERROR
    return observe(check, subject)[0]
