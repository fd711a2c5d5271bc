"""From an examination to a certificate: an in-toto statement about the published file, and only about that file.

Strict JSON without floats, durations, paths, names or scores. `claims`, `coverage` and `leakage` are derived, so that anybody
can derive them again (`recompute`). A certificate of this version is unsigned, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from re import Pattern
from typing import Any

from indelible.model import Check, Control, Evidence, Finding, Limit, Outcome, Polarity, Policy, Reason, RegionEvidence
from indelible.reports import derive, statement
from indelible.reports.recompute import recompute
from indelible.reports.strict import CertificateInvalid, canonical, parse
from indelible.verify.examination import Census, Examination
from indelible.verify.judge import RULE

__all__ = ["CertificateInvalid", "build", "canonical", "parse", "recompute"]

_DETECTOR_VERSION = re.compile(r"[0-9A-Za-z.]{1,20}")
_REASONS = {reason.value for reason in Reason}


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
    controls = _controls(examination)
    rows = [_row(number, row, controls) for number, row in enumerate(examination.rows, 1)]
    regions = [_region(item) for item in examination.regions]
    required = sorted(set(examination.required))
    predicate = {
        "certificateId": _must(statement.UUID_URN, urn, "certificate_id"),
        "runId": _must(statement.RUN_ID, run_id, "run_id"),
        "profile": statement.PROFILE,
        "supersedes": None,
        "issuedAt": issued_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "validity": {"notAfter": _not_after(issued_at.astimezone(UTC), examination.regions)},
        "verdict": examination.verdict.word.value,
        "verdictRule": RULE,
        "claims": derive.claims(rows, regions),
        "limits": [{"code": code.value, "regions": _limited(code, examination)} for code in examination.verdict.limits],
        "reasons": [reason.value for reason in examination.verdict.reasons],
        "doesNotAssert": list(statement.DOES_NOT_ASSERT),
        "issuer": None,
        "signature": "unsigned",
        "tool": {"name": "indelible", "version": _must(statement.VERSION, tool_version, "tool_version")},
        "environment": _environment(examination.environment),
        "policy": _policy(examination.policy),
        "suite": _suite(rows, required),
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
        "interference": _interference(examination),
        "leakage": derive.leakage(regions),
        "rederivation": {
            "runs": 0 if examination.rederived_equal is None else 2,
            "equal": examination.rederived_equal,
            "secondMachine": None,
        },
        "controls": [_control(name, control) for control, name in controls.items()],
        "rows": rows,
        "coverage": {
            **derive.coverage(rows, required),
            "outOfScope": sorted({*statement.NEVER_EXAMINED, *(item.kind.value for item in examination.not_examined)}),
            "notExamined": sorted(
                ({"kind": item.kind.value, "reason": _token(item.reason)} for item in examination.not_examined),
                key=lambda item: (item["kind"], item["reason"]),
            ),
        },
        "detectors": _detectors(examination.detectors or {}),
        "metadata": _metadata(examination.census),
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
                "name": _must(statement.ALIAS, alias, "alias"),
                "digest": {"sha256": _must(statement.DIGEST, examination.sha256, "sha256")},
                "mediaType": _must(statement.MEDIA_TYPE, examination.media_type, "media_type"),
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


def _must(pattern: Pattern[str], value: str, name: str) -> str:
    if not pattern.fullmatch(value):
        raise ValueError(f"{name}: not of its closed form")
    return value


def _or(pattern: Pattern[str], value: str, otherwise: str) -> str:
    """The value if it is of its closed form; text of any other form may come from the file, and is not repeated."""
    return value if pattern.fullmatch(value) else otherwise


def _token(value: str) -> str:
    return _or(statement.TOKEN, value, "other")


def _controls(examination: Examination) -> dict[Control, str]:
    """Every control of this file's checks, once, by check, with its id in the certificate.

    A run shares its controls over its files; those of checks that did not run here say nothing about this file, and would
    make its certificate depend on its neighbours.
    """
    versions = {row.id: row.version for row in examination.rows if row.outcome is not Outcome.NOT_APPLICABLE}
    seen = {
        _versioned(control, versions)
        for control in (*examination.controls, *(item for row in examination.rows for item in row.armed_by))
    }
    ours = [control for control in seen if derive.check_name(control.check) in versions]
    ours.sort(key=lambda item: (item.check, item.polarity is Polarity.NEGATIVE, item.observed.value))
    return {control: f"c{number}" for number, control in enumerate(ours, 1)}


def _versioned(control: Control, versions: Mapping[str, int]) -> Control:
    if "/" in control.check:
        return control
    name = f"{control.check}/{versions.get(control.check, 1)}"
    return Control(check=name, polarity=control.polarity, observed=control.observed)


def _control(name: str, control: Control) -> dict[str, str]:
    return {
        "id": name,
        "check": control.check,
        "polarity": control.polarity.value,
        "observed": control.observed.value,
    }


def _row(number: int, row: Check, controls: Mapping[Control, str]) -> dict[str, Any]:
    _must(statement.CHECK_ID, row.id, "check id")
    trials = None
    if row.trials is not None:
        trials = {"planned": None if row.why == Reason.BUDGET_CUT else row.trials, "done": row.trials}
    arms = [_versioned(item, {row.id: row.version}) for item in row.armed_by]
    return {
        "id": f"k{number:02d}",
        "check": f"{row.id}/{row.version}",
        "family": row.family,
        "region": row.region,
        "outcome": row.outcome.value,
        "why": _why(row),
        "findings": [_finding(item) for item in row.findings],
        "seed": row.seed,
        "trials": trials,
        "armedBy": sorted({controls[item] for item in arms if item in controls}, key=lambda name: int(name[1:])),
        "calibration": None,
    }


def _why(row: Check) -> str | None:
    """A closed reason; anything else becomes the one that `judge` would take in its place."""
    if row.why is None or row.why in _REASONS:
        return row.why
    if row.outcome is Outcome.NOT_APPLICABLE:
        return _token(row.why)
    return (Reason.ATK_BROKEN if row.outcome is Outcome.BROKEN else Reason.TOOL_ERROR).value


def _finding(item: Finding) -> dict[str, str]:
    return {
        "rule": _must(statement.RULE_ID, item.rule, "rule"),
        "channel": _or(statement.CHANNEL, item.channel, "other"),
        "severity": item.severity.value,
        "where": _or(statement.WHERE, item.where, "file"),
    }


def _region(item: RegionEvidence) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": _must(statement.REGION_ID, item.id, "region id"),
        "kind": item.kind.value,
        "frame": item.region.frame,
        "box": item.region.box.to_list(),
        "method": _or(statement.METHOD, item.method, "unknown"),
        "source": item.source if item.source in ("detector", "human", "found") else "detector",
        "evidence": item.evidence.value,
    }
    if item.blocks is not None:
        found["parameters"] = {"blocks": item.blocks}
    return found


def _limited(code: Limit, examination: Examination) -> list[str]:
    """The regions that a limit is about; empty when it is about the file."""
    if code is Limit.METHOD_LOSSY:
        return [item.id for item in examination.regions if not item.method.startswith("solid/")]
    if code is Limit.SOURCE_CODEC:
        return [item.id for item in examination.regions if item.evidence is Evidence.BY_CONSTRUCTION]
    if code is Limit.GEOMETRY:
        told = {item.region or row.region for row in examination.rows for item in row.findings if item.rule == "L409"}
        return [item.id for item in examination.regions if item.id in told]
    return []


def _not_after(issued_at: datetime, regions: Sequence[RegionEvidence]) -> str:
    """Twelve months unless every region is by construction; then 36. Nothing redacted counts as the shorter."""
    lasting = bool(regions) and all(item.evidence is Evidence.BY_CONSTRUCTION for item in regions)
    months = issued_at.month - 1 + (statement.MONTHS_BY_CONSTRUCTION if lasting else statement.MONTHS_RESISTED)
    year, month = issued_at.year + months // 12, months % 12 + 1
    return f"{year:04d}-{month:02d}-{min(issued_at.day, 28):02d}T00:00:00Z"


def _environment(programs: Mapping[str, str]) -> dict[str, Any]:
    codecs = [
        {"name": _or(statement.CODEC, name, "other"), "version": _or(statement.VERSION, version, "unknown")}
        for name, version in sorted(programs.items())
    ]
    return {
        "determinismDomain": derive.digest({"codecs": codecs, "device": "cpu"}),
        "codecs": codecs,
        "device": "cpu",
    }


def _policy(policy: Policy) -> dict[str, Any]:
    fields = policy.to_dict()
    fields["margins"] = {kind: format(Decimal(str(share)), "f") for kind, share in fields["margins"].items()}
    name = policy.name if policy.name in statement.POLICY_NAMES else "custom"
    return {
        "id": f"{name}/1",
        "level": "basic",
        "digest": derive.digest(fields),
        "kinds": [kind.value for kind in policy.kinds],
        "text": policy.text.value,
        "people": policy.people,
    }


def _suite(rows: Sequence[Mapping[str, Any]], required: Sequence[str]) -> dict[str, Any]:
    suite = {
        "version": statement.SUITE_VERSION,
        "checks": sorted({row["check"] for row in rows}),
        "required": [_must(statement.CHECK_ID, name, "required") for name in required],
    }
    return {**suite, "digest": derive.digest(suite)}


def _interference(examination: Examination) -> dict[str, Any]:
    outcomes = {outcome.value for outcome in Outcome}
    return {
        "regions": [item.id for item in examination.regions if item.evidence is Evidence.BY_CONSTRUCTION],
        "contents": examination.contents,
        "growth": examination.growth if examination.growth in ("mcu+1px", "none") else "unknown",
        "levels": {
            level: value if (value := examination.levels.get(level)) in outcomes else "not_run"
            for level in ("after_decode", "before_source_compression")
        },
    }


def _detectors(detectors: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "id": name if "/" in name or not _DETECTOR_VERSION.fullmatch(value) else f"{name}/{value}",
            "weights": {"sha256": value} if statement.DIGEST.fullmatch(value) else None,
            "calibration": None,
        }
        for name, value in sorted(detectors.items())
        if statement.CODEC.fullmatch(name.partition("/")[0])
    ]


def _metadata(census: Census) -> dict[str, Any]:
    counts: dict[str, int] = {}
    for name, count in sorted(census.structures.items()):
        name = _or(statement.STRUCTURE, name, "other")
        counts[name] = counts.get(name, 0) + count
    removed = {
        _or(statement.STRUCTURE, name, "other"): _bucket(n) for name, n in sorted((census.removed or {}).items())
    }
    return {
        "structures": {
            "seen": sum(census.structures.values()),
            "parsed": census.parsed,
            "unknownBytes": census.unknown_bytes,
            "counts": counts,
        },
        "left": sorted({_or(statement.STRUCTURE, name, "other") for name in census.left}),
        "removed": removed,
    }


def _bucket(count: str) -> str:
    if count in statement.BUCKETS:
        return count
    number = int(count) if count.isascii() and count.isdigit() and len(count) < 10 else 51
    return "1" if number <= 1 else "2-9" if number < 10 else "10-50" if number <= 50 else "50+"
