"""What follows from the rows: claims, coverage, leakage, digests. Used to build a certificate and to check one again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from indelible.model import Check, Control, Evidence, Finding, Kind, Outcome, Polarity, RegionEvidence, Severity
from indelible.model.geometry import Box, Region
from indelible.reports.statement import BITS_PER_BLOCK, CLAIMS, WORST_FIRST
from indelible.reports.strict import canonical

Object = dict[str, Any]


def digest(value: Mapping[str, Any]) -> dict[str, str]:
    """SHA-256 over the canonical JSON of one of **our** objects."""
    return {"sha256": hashlib.sha256(canonical(value)).hexdigest()}


def claims(rows: Sequence[Mapping[str, Any]], regions: Sequence[Mapping[str, Any]]) -> list[Object]:
    """One claim per strength and subject. Every row that applied belongs to exactly one claim; its worst outcome is the status."""
    found = []
    for name, (strength, family) in CLAIMS.items():
        own = [row for row in rows if row["family"] == family and row["outcome"] != Outcome.NOT_APPLICABLE]
        covered = [region["id"] for region in regions if region["evidence"] == strength]
        if own or covered:
            found.append(
                {
                    "id": name,
                    "strength": strength,
                    "regions": covered,
                    "status": _worst(row["outcome"] for row in own),
                    "rows": [row["id"] for row in own],
                }
            )
    return found


def _worst(outcomes: Iterable[str]) -> str:
    """The worst outcome; ``inconclusive`` where no row carries the claim."""
    present = set(outcomes)
    return next((outcome.value for outcome in WORST_FIRST if outcome in present), Outcome.INCONCLUSIVE.value)


def coverage(rows: Sequence[Mapping[str, Any]], required: Iterable[str]) -> dict[str, int]:
    """How many rows the suite demands for this file, and how many are there. A demanded check without a row is a gap."""
    ids = {check_name(row["check"]) for row in rows}
    not_applicable = sum(row["outcome"] == Outcome.NOT_APPLICABLE for row in rows)
    return {
        "expected": len(rows) + len(set(required) - ids),
        "present": len(rows) - not_applicable,
        "notApplicable": not_applicable,
        "errors": sum(row["outcome"] == Outcome.ERROR for row in rows),
    }


def leakage(regions: Sequence[Mapping[str, Any]]) -> list[Object]:
    """Bits about the hidden content that the published region can carry at most; null where nothing bounds them.

    A mosaic's capacity counts its blocks: ``blocks`` across the shorter side, as many of that size as the longer side
    needs, three bytes each. Counting blocks is pessimistic, which is the right side to err on.
    """
    found: list[Object] = []
    for region in regions:
        blocks = (region.get("parameters") or {}).get("blocks")
        if region["evidence"] == Evidence.BY_CONSTRUCTION:
            found.append({"region": region["id"], "bitsAtMost": "0", "by": "swap_test"})
        elif blocks:
            _, _, width, height = region["box"]
            shorter, longer = sorted((width, height))
            bits = blocks * -(-longer * blocks // shorter) * BITS_PER_BLOCK
            found.append({"region": region["id"], "bitsAtMost": str(bits), "by": "capacity"})
        else:
            found.append({"region": region["id"], "bitsAtMost": None, "by": "unknown"})
    return found


def _told_apart(parameters: Mapping[str, Any]) -> tuple[int, int] | None:
    found = parameters.get("distinguishable")
    return None if found is None else (found["outputs"], found["of"])


def check_name(check: str) -> str:
    """``containers.walk`` of ``containers.walk/1``."""
    return check.rpartition("/")[0]


def to_checks(rows: Sequence[Mapping[str, Any]], controls: Sequence[Mapping[str, Any]]) -> tuple[Check, ...]:
    """The certificate's rows as the judge takes them."""
    by_id = {item["id"]: item for item in controls}
    return tuple(
        Check(
            id=check_name(row["check"]),
            version=int(row["check"].rpartition("/")[2]),
            family=row["family"],
            outcome=Outcome(row["outcome"]),
            why=row["why"],
            region=row["region"],
            findings=tuple(
                Finding(
                    rule=item["rule"],
                    channel=item["channel"],
                    severity=Severity(item["severity"]),
                    where=item["where"],
                    remedy="",
                    region=row["region"],
                )
                for item in row["findings"]
            ),
            armed_by=tuple(
                Control(
                    check=check_name(by_id[name]["check"]),
                    polarity=Polarity(by_id[name]["polarity"]),
                    observed=Outcome(by_id[name]["observed"]),
                )
                for name in row["armedBy"]
                if name in by_id
            ),
            trials=None if row["trials"] is None else row["trials"]["done"],
            seed=row["seed"],
        )
        for row in rows
    )


def to_regions(regions: Sequence[Mapping[str, Any]]) -> tuple[RegionEvidence, ...]:
    """The certificate's regions as the judge takes them."""
    return tuple(
        RegionEvidence(
            id=item["id"],
            kind=Kind(item["kind"]),
            region=Region(box=Box.from_list(item["box"]), frame=item["frame"]),
            evidence=Evidence(item["evidence"]),
            method=item["method"],
            source=item["source"],
            blocks=(item.get("parameters") or {}).get("blocks"),
            distinguishable=_told_apart(item.get("parameters") or {}),
        )
        for item in regions
    )
