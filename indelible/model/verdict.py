"""What a file earned."""

from dataclasses import dataclass

from indelible.model.geometry import Region
from indelible.model.vocabulary import Evidence, Kind, Limit, Reason, VerdictWord


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionEvidence:
    """One region of the published file and what is known about it. The box is the area as filled.

    ``blocks``: cells across the shorter side of a mosaic. ``distinguishable``: how many different pictures so many synthetic contents
    leave behind such a mosaic.
    """

    id: str
    kind: Kind
    region: Region
    evidence: Evidence
    method: str  # solid/1, mosaic/1, unknown
    source: str = "detector"  # detector | human | found
    blocks: int | None = None
    distinguishable: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The word, and the closed codes behind it in their listed order."""

    word: VerdictWord
    reasons: tuple[Reason, ...] = ()
    limits: tuple[Limit, ...] = ()

    @property
    def exit_code(self) -> int:
        """The command line's exit code for this verdict alone, no limit accepted."""
        return {
            VerdictWord.CERTIFIED: 0,
            VerdictWord.CERTIFIED_WITH_LIMITS: 10,
            VerdictWord.INCONCLUSIVE: 20,
            VerdictWord.REFUSED: 30,
        }[self.word]
