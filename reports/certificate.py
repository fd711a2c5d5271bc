"""From an examination to a certificate: an in-toto statement about the published file, and only about that file.

Strict JSON without floats, durations, paths, names or scores. `claims`, `coverage` and `leakage` are derived, so that anybody
can derive them again (`recompute`). A certificate of this version is unsigned, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from indelible.model import Evidence, RegionEvidence
from indelible.reports import derive, statement
from indelible.reports.projection import (
    control_of,
    controls_of,
    detectors_of,
    environment_of,
    interference_of,
    limited_regions,
    metadata_of,
    must,
    policy_of,
    region_of,
    row_of,
    suite_of,
    token,
)
from indelible.reports.recompute import recompute
from indelible.reports.strict import CertificateInvalid, canonical, parse
from indelible.verify.examination import Examination
from indelible.verify.judge import RULE

__all__ = ["CertificateInvalid", "build", "canonical", "parse", "recompute"]


def build(
    examination: Examination,
    *,
    alias: str,
    issued_at: datetime,
    certificate_id: str,
    run_id: str,
    tool_version: str,
) -> dict[str, Any]:
    """The statement about one examined file.

    Args:
        examination: what was found; pure data.
        alias: a neutral name (letters, digits, ``.``, ``_``, ``-``); never the user's file name.
        issued_at: with a time zone; kept to the second.
        certificate_id: a random UUID, with or without ``urn:uuid:``.
        run_id: 8 to 64 hexadecimal digits.
        tool_version: our version.

    Returns:
        A statement that `canonical` turns into bytes and `parse` accepts.

    Raises:
        ValueError: an argument is not of its closed form.
    """
    if issued_at.tzinfo is None:
        raise ValueError("issued_at: with a time zone")
    urn = certificate_id if certificate_id.startswith("urn:uuid:") else f"urn:uuid:{certificate_id}"
    controls = controls_of(examination)
    rows = [row_of(number, row, controls) for number, row in enumerate(examination.rows, 1)]
    regions = [region_of(item) for item in examination.regions]
    required = sorted(set(examination.required))
    predicate = {
        "certificateId": must(statement.UUID_URN, urn, "certificate_id"),
        "runId": must(statement.RUN_ID, run_id, "run_id"),
        "profile": statement.PROFILE,
        "supersedes": None,
        "issuedAt": issued_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "validity": {"notAfter": _not_after(issued_at.astimezone(UTC), examination.regions)},
        "verdict": examination.verdict.word.value,
        "verdictRule": RULE,
        "claims": derive.claims(rows, regions),
        "limits": [
            {"code": code.value, "regions": limited_regions(code, examination)} for code in examination.verdict.limits
        ],
        "reasons": [reason.value for reason in examination.verdict.reasons],
        "doesNotAssert": list(statement.DOES_NOT_ASSERT),
        "issuer": None,
        "signature": "unsigned",
        "tool": {"name": "indelible", "version": must(statement.VERSION, tool_version, "tool_version")},
        "environment": environment_of(examination.environment),
        "policy": policy_of(examination.policy),
        "suite": suite_of(rows, required),
        "decisionRule": {"bound": "clopper-pearson-one-sided", "confidence": "0.95"},
        "releaseContext": {"recipient": "public"},
        "attackerModel": {"knowsMethod": True, "knowsParameters": True, "otherImages": "none", "galleryN": None},
        "original": {
            "given": examination.original_given,
            "unchanged": None,
            "custody": "unknown",
            "commitment": None,
        },
        "plan": {"digest": derive.digest({"regions": regions}), "regions": regions},
        "interference": interference_of(examination),
        "leakage": derive.leakage(regions),
        "rederivation": {
            "runs": 0 if examination.rederived_equal is None else 2,
            "equal": examination.rederived_equal,
            "secondMachine": None,
        },
        "controls": [control_of(name, control) for control, name in controls.items()],
        "rows": rows,
        "coverage": {
            **derive.coverage(rows, required),
            "outOfScope": sorted({*statement.NEVER_EXAMINED, *(item.kind.value for item in examination.not_examined)}),
            "notExamined": sorted(
                ({"kind": item.kind.value, "reason": token(item.reason)} for item in examination.not_examined),
                key=lambda item: (item["kind"], item["reason"]),
            ),
        },
        "detectors": detectors_of(examination.detectors),
        "metadata": metadata_of(examination.census),
        "humanReview": {
            "performed": examination.rejected_regions > 0
            or any(item.source == "human" for item in examination.regions),
            "decision": None,
            "rejectedRegions": examination.rejected_regions,
        },
        "legalPack": None,
    }
    return {
        "_type": statement.STATEMENT_TYPE,
        "subject": [
            {
                "name": must(statement.ALIAS, alias, "alias"),
                "digest": {"sha256": must(statement.DIGEST, examination.sha256, "sha256")},
                "mediaType": must(statement.MEDIA_TYPE, examination.media_type, "media_type"),
                "annotations": {
                    "width": examination.width,
                    "height": examination.height,
                    "frames": 1,
                    "pixelSha256": examination.pixel_sha256,
                    "pixelSpec": statement.PIXEL_SPEC,
                },
            }
        ],
        "predicateType": statement.PREDICATE_TYPE,
        "predicate": predicate,
    }


def _not_after(issued_at: datetime, regions: Sequence[RegionEvidence]) -> str:
    """Twelve months unless every region is by construction; then 36. Nothing redacted counts as the shorter."""
    lasting = bool(regions) and all(item.evidence is Evidence.BY_CONSTRUCTION for item in regions)
    months = issued_at.month - 1 + (statement.MONTHS_BY_CONSTRUCTION if lasting else statement.MONTHS_RESISTED)
    year, month = issued_at.year + months // 12, months % 12 + 1
    return f"{year:04d}-{month:02d}-{min(issued_at.day, 28):02d}T00:00:00Z"
