"""A leak that was found: described, never contained."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad; orders and explains, it does not soften."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for critical to 4 for info."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Rule (the kind of leak), channel (where), severity, place and what to do. Never a value or a pixel.

    ``where`` is a closed phrase: ``"offset 81231"``, ``"region r1"``, ``"file"``. ``cannot_tell`` marks rules that
    make a check inconclusive instead of broken (L190-L193, L302 while opaque, L310, L315).
    """

    rule: str
    channel: str
    severity: Severity
    where: str
    remedy: str
    cannot_tell: bool = False
    region: str | None = None

    def to_dict(self) -> dict[str, str]:
        """The contract's object."""
        return {
            "rule": self.rule,
            "channel": self.channel,
            "severity": self.severity.value,
            "where": self.where,
            "remedy": self.remedy,
        }
