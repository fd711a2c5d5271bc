"""What of an examination enters a certificate: closed forms only.

Text of any other form may come from the file, or be the user's; it is replaced, never repeated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from re import Pattern
from typing import Any

from indelible.detect.calibration import DetectorFacts
from indelible.model import (
    Check,
    Control,
    Evidence,
    Finding,
    Limit,
    Mode,
    Outcome,
    Polarity,
    Policy,
    Reason,
    RegionEvidence,
    TextMode,
)
from indelible.model.policy import MARGINS, PUBLIC_KINDS
from indelible.reports import derive, statement
from indelible.verify.checks import SUITE
from indelible.verify.examination import Census, Examination

_DETECTOR_VERSION = re.compile(r"[0-9A-Za-z.]{1,20}")
_REASONS = {reason.value for reason in Reason}


def must(pattern: Pattern[str], value: str, name: str) -> str:
    """The value, which has to be of its closed form; raises ValueError naming the field, not the value."""
    if not pattern.fullmatch(value):
        raise ValueError(f"{name}: not of its closed form")
    return value


def _or(pattern: Pattern[str], value: str, otherwise: str) -> str:
    """The value if it is of its closed form; text of any other form may come from the file, and is not repeated."""
    return value if pattern.fullmatch(value) else otherwise


def token(value: str) -> str:
    """A closed token, or ``other``."""
    return _or(statement.TOKEN, value, "other")


def controls_of(examination: Examination) -> dict[Control, str]:
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


def control_of(name: str, control: Control) -> dict[str, str]:
    """One control."""
    return {
        "id": name,
        "check": control.check,
        "polarity": control.polarity.value,
        "observed": control.observed.value,
    }


def row_of(number: int, row: Check, controls: Mapping[Control, str]) -> dict[str, Any]:
    """One row; its number becomes its id."""
    must(statement.CHECK_ID, row.id, "check id")
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
        return token(row.why)
    return (Reason.ATK_BROKEN if row.outcome is Outcome.BROKEN else Reason.TOOL_ERROR).value


def _finding(item: Finding) -> dict[str, str]:
    return {
        "rule": must(statement.RULE_ID, item.rule, "rule"),
        "channel": _or(statement.CHANNEL, item.channel, "other"),
        "severity": item.severity.value,
        "where": _or(statement.WHERE, item.where, "file"),
    }


def region_of(item: RegionEvidence) -> dict[str, Any]:
    """One region, the area as filled."""
    found: dict[str, Any] = {
        "id": must(statement.REGION_ID, item.id, "region id"),
        "kind": item.kind.value,
        "frame": item.region.frame,
        "box": item.region.box.to_list(),
        "method": _or(statement.METHOD, item.method, "unknown"),
        "source": item.source if item.source in ("detector", "human", "found") else "detector",
        "evidence": item.evidence.value,
    }
    if item.blocks is not None:
        found["parameters"] = {"blocks": item.blocks}
        if item.distinguishable is not None:
            outputs, contents = item.distinguishable
            found["parameters"]["distinguishable"] = {"outputs": outputs, "of": contents}
    return found


def limited_regions(code: Limit, examination: Examination) -> list[str]:
    """The regions that a limit is about; empty when it is about the file."""
    if code is Limit.METHOD_LOSSY:
        return [item.id for item in examination.regions if not item.method.startswith("solid/")]
    if code is Limit.SOURCE_CODEC:
        return [item.id for item in examination.regions if item.evidence is Evidence.BY_CONSTRUCTION]
    if code is Limit.GEOMETRY:
        told = {item.region or row.region for row in examination.rows for item in row.findings if item.rule == "L409"}
        return [item.id for item in examination.regions if item.id in told]
    return []


def environment_of(programs: Mapping[str, str]) -> dict[str, Any]:
    """Sorted versions, and the digest of the domain in which equal bytes are claimed."""
    codecs = [
        {"name": _or(statement.CODEC, name, "other"), "version": _or(statement.VERSION, version, "unknown")}
        for name, version in sorted(programs.items())
    ]
    return {
        "determinismDomain": derive.digest({"codecs": codecs, "device": "cpu"}),
        "codecs": codecs,
        "device": "cpu",
    }


def policy_fields(policy: Policy) -> dict[str, Any]:
    """The whole policy as it is digested, and as it travels with the evidence: closed forms, nothing of the caller's own words."""
    fields = policy.to_dict()
    fields["name"] = policy.name if policy.name in statement.POLICY_NAMES else "custom"
    for name in ("margins", "thresholds"):
        fields[name] = {kind: format(Decimal(str(share)), "f") for kind, share in fields[name].items()}
    # the caller's words may be names, and a bare digest of a name can be guessed: only their number enters
    fields["text_rules"] = {name: len(entries) for name, entries in fields["text_rules"].items()}
    return fields


def policy_of(policy: Policy) -> dict[str, Any]:
    """The policy by digest; its name only if it is one of ours."""
    fields = policy_fields(policy)
    return {
        "id": f"{fields['name']}/1",
        "level": level_of(policy),
        "digest": derive.digest(fields),
        "kinds": [kind.value for kind in policy.kinds],
        "text": policy.text.value,
        "people": policy.people,
        "humanReview": policy.human_review,
    }


def level_of(policy: Policy) -> str:
    """``enhanced`` where what identifies in combination goes too, and nothing is let stand; otherwise ``basic``.

    Every line of text and the whole head, each kind that ``public`` names, solid fills, detectors that favour recall, default
    margins at least, no limit accepted.
    """
    whole = policy.text is TextMode.ALL and policy.head and policy.people == "solid" and policy.mode is Mode.RECALL
    every = set(PUBLIC_KINDS) <= set(policy.kinds) and not policy.switched_off
    wide = all(policy.margins.get(kind, 0.0) >= share for kind, share in MARGINS.items())
    stands = policy.thresholds or policy.ignore or policy.accept_limits or policy.text_rules.allow
    return "enhanced" if whole and every and wide and not stands else "basic"


def suite_of(rows: Sequence[Mapping[str, Any]], required: Sequence[str]) -> dict[str, Any]:
    """The checks that spoke, and those that were demanded."""
    suite = {
        "version": SUITE,
        "checks": sorted({row["check"] for row in rows}),
        "required": [must(statement.CHECK_ID, name, "required") for name in required],
    }
    return {**suite, "digest": derive.digest(suite)}


def interference_of(examination: Examination) -> dict[str, Any]:
    """The swap test."""
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


def detectors_of(detectors: Sequence[DetectorFacts]) -> list[dict[str, Any]]:
    """Detectors, by weights where they have any, with their measured rates."""
    return [
        {
            "id": item.id,
            "weights": {"sha256": item.weights} if item.weights else None,
            "calibrations": [
                {
                    "record": {"sha256": rate.digest},
                    "kind": rate.kind.value,
                    "mode": rate.mode.value,
                    "labels": rate.labels,
                    "found": rate.found,
                    "low": rate.low,
                    "high": rate.high,
                    "falsePerPicture": rate.false_per_picture,
                    "heldOut": rate.held_out,
                }
                for rate in item.calibrations
            ],
        }
        for item in sorted(detectors, key=lambda item: item.id)
        if statement.CODEC.fullmatch(item.id.partition("/")[0])
    ]


def metadata_of(census: Census) -> dict[str, Any]:
    """Structures counted, metadata groups in buckets."""
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
