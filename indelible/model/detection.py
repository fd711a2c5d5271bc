"""What a detector returns: evidence, not a decision."""

from dataclasses import dataclass
from math import isfinite

from indelible.model.geometry import Box
from indelible.model.vocabulary import EntityType, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """One thing found, in upright pixels, before any margin. Carries no text and no pixel."""

    kind: Kind
    box: Box
    score: float
    detector: str
    frame: int = 0
    entity: EntityType | None = None

    def __post_init__(self) -> None:
        if not (isfinite(self.score) and 0.0 <= self.score <= 1.0):
            raise ValueError("a score lies between 0 and 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotExamined:
    """A kind that nobody looked for, or only in part, and the closed reason.

    Of a whole kind: ``model_missing``, ``not_in_this_version``, ``not_requested``, ``error``. Of a part of it: ``script`` (lines in
    letters that no rule reads), ``small_subjects`` (the picture is too large for the passes that see the smallest),
    ``too_many`` (what is beyond a limit was left out).
    """

    kind: Kind
    reason: str

    def __post_init__(self) -> None:
        if self.reason not in NOT_EXAMINED_REASONS:
            raise ValueError("not a reason for not examining")


NOT_EXAMINED_REASONS = frozenset(
    {"model_missing", "not_in_this_version", "not_requested", "error", "script", "small_subjects", "too_many"}
)
