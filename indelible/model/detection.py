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
    """A kind nobody looked for, and the closed reason."""

    kind: Kind
    reason: str  # model_missing | not_in_this_version | not_requested | error
