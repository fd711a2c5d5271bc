"""What the front doors return: values that print themselves as the contract's JSON lines."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indelible.model import Detection, NotExamined, Outcome, RedactionPlan, RegionEvidence, Verdict
from indelible.verify.examination import Examination

if TYPE_CHECKING:
    from indelible.attacks.whole import Attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectResult:
    """What was found in one image. Boxes are as they would be planned: the margin of their kind is inside."""

    file: Path
    width: int
    height: int
    frames: int
    seconds: float
    detections: tuple[Detection, ...]
    not_examined: tuple[NotExamined, ...]
    preview: Path | None = None

    @property
    def exit_code(self) -> int:
        """0 when every kind was looked for as asked; 4 when a model is missing; 20 when a detector failed."""
        reasons = {item.reason for item in self.not_examined}
        return 4 if "model_missing" in reasons else 20 if "error" in reasons else 0

    def to_dict(self) -> dict[str, Any]:
        """The contract's JSON line."""
        return {
            "file": os.fspath(self.file),
            "width": self.width,
            "height": self.height,
            "frames": self.frames,
            "seconds": round(self.seconds, 3),
            "detections": [
                {
                    "kind": item.kind.value,
                    "box": item.box.to_list(),
                    "frame": item.frame,
                    "score": round(item.score, 4),
                    "detector": item.detector,
                    "entity": item.entity.value if item.entity else None,
                }
                for item in self.detections
            ],
            "not_examined": _not_examined(self.not_examined),
            "preview": None if self.preview is None else os.fspath(self.preview),
            "error": None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RedactResult:
    """One file redacted and not yet certified."""

    file: Path
    output: Path
    plan: RedactionPlan
    sha256: str
    seconds: float
    regions: tuple[RegionEvidence, ...]
    not_examined: tuple[NotExamined, ...]

    @property
    def exit_code(self) -> int:
        """0: done. What it is worth, `verify` tells."""
        return 0

    def to_dict(self) -> dict[str, Any]:
        """One JSON line."""
        return {
            "file": os.fspath(self.file),
            "output": os.fspath(self.output),
            "sha256": self.sha256,
            "seconds": round(self.seconds, 3),
            "regions": _regions(self.regions),
            "not_examined": _not_examined(self.not_examined),
            "error": None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyResult:
    """One file examined."""

    file: Path
    seconds: float
    examination: Examination

    @property
    def verdict(self) -> Verdict:
        """What the file earned."""
        return self.examination.verdict

    @property
    def regions(self) -> tuple[RegionEvidence, ...]:
        """The redacted areas, and what is known about each."""
        return self.examination.regions

    @property
    def exit_code(self) -> int:
        """0, 10, 20 or 30; 10 becomes 0 if the policy accepts every limit raised."""
        accepted = set(self.examination.policy.accept_limits)
        limits = {limit.value for limit in self.verdict.limits}
        return 0 if self.verdict.exit_code == 10 and limits <= accepted else self.verdict.exit_code

    def to_dict(self) -> dict[str, Any]:
        """The contract's JSON line; findings worst first."""
        findings = [finding for row in self.examination.rows for finding in row.findings]
        unique = {(item.rule, item.channel, item.where): item for item in findings}
        ordered = sorted(unique.values(), key=lambda item: (item.severity.rank, item.rule, item.channel, item.where))
        return {
            "file": os.fspath(self.file),
            "verdict": self.verdict.word.value,
            "sha256": self.examination.sha256,
            "seconds": round(self.seconds, 3),
            "regions": _regions(self.regions),
            "findings": [item.to_dict() for item in ordered],
            "checks": [{"id": row.id, "outcome": row.outcome.value} for row in self.examination.rows],
            "limits": [limit.value for limit in self.verdict.limits],
            "reasons": [reason.value for reason in self.verdict.reasons],
            "not_examined": _not_examined(self.examination.not_examined),
            "error": None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CertifyResult(VerifyResult):
    """One file redacted, examined and certified, or not: then ``output`` is None and the file lies in quarantine."""

    output: Path | None
    quarantine: Path | None
    certificate: Path
    report: Path
    plan: RedactionPlan
    timings: Mapping[str, float]
    envelope: Path | None = None  # the signature, if there was a key

    def to_dict(self) -> dict[str, Any]:
        """The contract's JSON line."""
        return {
            **VerifyResult.to_dict(self),
            "output": os.fspath(self.output) if self.output else None,
            "quarantine": os.fspath(self.quarantine) if self.quarantine else None,
            "certificate": os.fspath(self.certificate),
            "envelope": os.fspath(self.envelope) if self.envelope else None,
            "report": os.fspath(self.report),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackFileResult:
    """What came of attacking one file. ``reveal``: whether what was read may be printed."""

    file: Path
    attempts: tuple[Attempt, ...]
    seconds: float
    reveal: bool = False

    @property
    def exit_code(self) -> int:
        """30 if anything was broken, 20 if anything is undecided or failed, 0 otherwise."""
        outcomes = {item.result.outcome for item in self.attempts}
        return 30 if Outcome.BROKEN in outcomes else 20 if outcomes - {Outcome.HELD} else 0

    def to_lines(self) -> list[dict[str, Any]]:
        """The contract's JSON lines: one per place and attack. A right guess is personal data, so it takes ``reveal``."""
        return [
            {
                "file": os.fspath(self.file),
                "region": None if item.result.box is None else item.result.box.to_list(),
                "frame": item.frame,
                "method": item.result.attack,
                "rule": item.result.rule,
                "outcome": item.result.outcome.value,
                "why": item.result.why,
                "guesses": [
                    {"text": guess.text, "posterior": round(guess.posterior, 4)}
                    for guess in (item.result.guesses if self.reveal else ())
                ],
                "estimated": {
                    name: list(value) if isinstance(value, tuple) else value
                    for name, value in sorted(item.result.estimated.items())
                },
                "success": item.result.success,
                "baseline": item.result.baseline,
                "control": item.result.control,
                "interval": None if item.result.interval is None else list(item.result.interval),
                "leaked_bits": item.result.leaked_bits,
                "trials": item.result.trials,
                "seed": item.result.seed,
                "seconds": round(item.result.seconds, 3),
            }
            for item in self.attempts
        ]


def _not_examined(items: Sequence[NotExamined]) -> list[dict[str, str]]:
    return [{"kind": item.kind.value, "reason": item.reason} for item in items]


def _regions(regions: Sequence[RegionEvidence]) -> list[dict[str, Any]]:
    return [
        {
            "id": item.id,
            "kind": item.kind.value,
            "box": item.region.box.to_list(),
            "frame": item.region.frame,
            "evidence": item.evidence.value,
        }
        for item in regions
    ]
