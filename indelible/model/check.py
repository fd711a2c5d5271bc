"""One row of evidence, and the controls that armed it."""

from dataclasses import dataclass
from enum import StrEnum

from indelible.model.finding import Finding
from indelible.model.vocabulary import Outcome


class Polarity(StrEnum):
    """A positive control is known to leak and must break; a negative one is known to be clean and must hold."""

    POSITIVE = "positive"
    NEGATIVE = "negative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One control run: what was expected by its polarity, and what was observed in this run."""

    check: str
    polarity: Polarity
    observed: Outcome

    @property
    def effective(self) -> bool:
        """Whether the control came out as it must."""
        return self.observed is (Outcome.BROKEN if self.polarity is Polarity.POSITIVE else Outcome.HELD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One row: a check on the file or on one region, its outcome and why.

    ``why`` is a closed code, mandatory for every outcome but ``held``: a `Reason` value, or for ``not_applicable`` a
    reason that can be derived again from plan and suite (``no_plan``, ``no_original``, ``no_regions``, ...).
    """

    id: str
    version: int
    family: str  # structure | metadata | preview | pixels | residual | construction | attack
    outcome: Outcome
    why: str | None = None
    region: str | None = None
    findings: tuple[Finding, ...] = ()
    armed_by: tuple[Control, ...] = ()
    required: bool = True
    trials: int | None = None
    seed: int | None = None

    def __post_init__(self) -> None:
        if (self.outcome is Outcome.HELD) != (self.why is None):
            raise ValueError("every outcome but held says why")

    @property
    def armed(self) -> bool:
        """Whether a positive control broke and a negative one held in this run."""
        polarities = {control.polarity for control in self.armed_by if control.effective}
        return polarities == {Polarity.POSITIVE, Polarity.NEGATIVE} and all(c.effective for c in self.armed_by)
