"""The whole result of one examination: what the certificate is built from, and nothing that it must not hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from indelible.detect.calibration import DetectorFacts
from indelible.model import Check, Control, NotExamined, Policy, RegionEvidence, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """Container and metadata, counted. ``structures``: name -> how many. ``left``: metadata groups still in the file.

    ``removed``: metadata group of the original -> bucketed count ("1", "2-9", "10-50", "50+"); empty without an original.
    """

    structures: Mapping[str, int]
    parsed: int
    unknown_bytes: int
    left: tuple[str, ...] = ()
    removed: Mapping[str, str] | None = None


def reviewed(regions: Sequence[RegionEvidence], rejected: int) -> bool:
    """Whether the plan shows a person's hand: a region that a person drew, or one that a person let stand.

    Whoever looked and changed nothing left no trace, and is not counted.
    """
    return rejected > 0 or any(region.source == "human" for region in regions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """One file examined. Pure data: no pixel, no path, no value read from a file.

    ``sha256`` and ``pixel_sha256`` are the published file's. ``growth`` is ``"mcu+1px"``, ``"none"`` or ``"unknown"``.
    ``levels`` maps ``after_decode`` and ``before_source_compression`` to an outcome. ``environment`` maps a codec or
    program name to its version.
    """

    sha256: str
    pixel_sha256: str | None
    media_type: str
    width: int
    height: int
    frames: int
    gallery: int  # how many people the attacks on faces could choose from
    verdict: Verdict
    regions: tuple[RegionEvidence, ...]
    rows: tuple[Check, ...]
    controls: tuple[Control, ...]
    required: tuple[str, ...]
    policy: Policy
    not_examined: tuple[NotExamined, ...]
    census: Census
    environment: Mapping[str, str]
    growth: str
    levels: Mapping[str, str]
    contents: int
    rederived_equal: bool | None
    original_given: bool
    rejected_regions: int = 0
    detectors: tuple[DetectorFacts, ...] = ()
