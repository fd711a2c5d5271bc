"""A certificate in place of an older one: the same file, examined again from the published bytes alone.

What needed the original (the swap test, the re-derivation) cannot be repeated without it. Those rows are carried over, and the new
certificate names the old one by digest, so that anybody who holds both can see that nothing was changed on the way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from indelible.model import Check, Evidence, Kind, Limit, NotExamined, Outcome, RegionEvidence
from indelible.reports import derive, dsse
from indelible.reports.recompute import recompute
from indelible.reports.strict import MAX_ENVELOPE_BYTES, CertificateInvalid, load, parse
from indelible.verify.judge import judge

if TYPE_CHECKING:  # a check needs none of it, and starts faster
    from indelible.verify.examination import Examination

Object = dict[str, Any]

#: Why a check that ran with the original does not apply without it.
_NEEDED = ("no_original", "no_plan", "no_rerun")
#: What a region by construction still has to show in the published file.
_STILL = ("pixels.fill", "containers.walk")


def problems(statement: Mapping[str, Any], previous: bytes) -> list[str]:
    """Closed codes of why ``statement`` is not a sound successor of the certificate (or envelope) in ``previous``."""
    supersedes = statement["predicate"]["supersedes"]
    if supersedes is None:
        return ["nothing_is_superseded"]
    try:
        payload = statement_bytes(previous)
        old = parse(payload)
    except CertificateInvalid:
        return ["previous_is_not_a_certificate"]
    found = []
    if supersedes["digest"]["sha256"] != hashlib.sha256(payload).hexdigest():
        found.append("previous_is_another_certificate")
    if old["subject"][0]["digest"] != statement["subject"][0]["digest"]:
        found.append("previous_is_of_another_file")
    if recompute(old):
        found.append("previous_does_not_hold")
    there = [_content(row, old["predicate"]) for row in old["predicate"]["rows"]]
    carried = [row for row in statement["predicate"]["rows"] if row["id"] in supersedes["carried"]]
    if any(_content(row, statement["predicate"]) not in there for row in carried):
        found.append("carried_row_differs")
    return found


def statement_bytes(data: bytes) -> bytes:
    """The statement's bytes in a certificate or in its envelope. Raises `CertificateInvalid`."""
    untrusted = load(data, MAX_ENVELOPE_BYTES)
    if isinstance(untrusted, dict) and "payloadType" in untrusted:
        return dsse.from_document(untrusted).payload
    return data


def regions_of(old: Mapping[str, Any]) -> tuple[RegionEvidence, ...]:
    """The areas that the older certificate names, nothing known about them yet."""
    return tuple(
        replace(item, evidence=Evidence.UNKNOWN) for item in derive.to_regions(old["predicate"]["plan"]["regions"])
    )


def merged(examination: Examination, old: Mapping[str, Any]) -> tuple[Examination, tuple[str, ...]]:
    """A blind examination with what the older certificate knew from the original; and the ids of the rows carried over.

    Nothing gets better on the way: a region stays by construction only if its fill still holds, and a limit stays a limit.
    """
    body = old["predicate"]
    old_rows = derive.to_checks(body["rows"], body["controls"])
    rows, carried = _rows(examination.rows, old_rows)
    regions = _regions(examination, derive.to_regions(body["plan"]["regions"]))
    limits = {Limit(item["code"]) for item in body["limits"]} | set(examination.verdict.limits)
    limits -= {Limit.BEYOND_POLICY}
    if body["original"]["given"]:
        limits -= {Limit.NO_ORIGINAL} - {Limit(item["code"]) for item in body["limits"]}
    required = tuple(sorted({row.id for row in rows if row.outcome is not Outcome.NOT_APPLICABLE}))
    missed = {item["kind"]: item["reason"] for item in body["coverage"]["notExamined"]}
    missed |= {item.kind.value: item.reason for item in examination.not_examined}
    swap = body["interference"]
    return replace(
        examination,
        rows=rows,
        regions=regions,
        required=required,
        verdict=judge(rows, regions, required, limits),
        not_examined=tuple(NotExamined(kind=Kind(kind), reason=reason) for kind, reason in missed.items()),
        levels=dict(swap["levels"]),
        contents=swap["contents"],
        growth=swap["growth"],
        rederived_equal=body["rederivation"]["equal"],
        original_given=body["original"]["given"],
        rejected_regions=body["humanReview"]["rejectedRegions"],
    ), tuple(f"k{number:02d}" for number, row in enumerate(rows, 1) if any(row is item for item in carried))


def carry(new: Object, old: Mapping[str, Any], carried: Sequence[str], *, digest: str, reason: str) -> Object:
    """The built statement ``new`` with the members that only the older one can know."""
    body, before = new["predicate"], old["predicate"]
    body["supersedes"] = {"digest": {"sha256": digest}, "reason": reason, "carried": list(carried)}
    for name in ("policy", "original", "humanReview", "releaseContext"):
        body[name] = before[name]
    body["metadata"]["removed"] = before["metadata"]["removed"]
    located = [item for item in before["detectors"] if item["calibrations"]]
    known = {item["id"] for item in located}
    body["detectors"] = sorted(
        [*located, *(item for item in body["detectors"] if item["id"] not in known)], key=lambda item: str(item["id"])
    )
    told = {item["code"]: item["regions"] for item in before["limits"]}
    for item in body["limits"]:
        item["regions"] = told.get(item["code"], item["regions"])
    return new


def why(old: Mapping[str, Any], *, now: datetime, until: datetime, newest_suite: str) -> str:
    """The closed reason for a new certificate."""
    if now > until:
        return "expired"
    return "suite_newer" if old["predicate"]["suite"]["version"] < newest_suite else "renewal"


def _rows(new: Sequence[Check], old: Sequence[Check]) -> tuple[tuple[Check, ...], tuple[Check, ...]]:
    ran = [row for row in old if row.outcome is not Outcome.NOT_APPLICABLE]
    blind = {
        row.id
        for row in new
        if row.outcome is not Outcome.NOT_APPLICABLE or not (row.why in _NEEDED or row.family == "construction")
    }
    carried = tuple(row for row in ran if row.id not in blind and any(item.id == row.id for item in new))
    carried += tuple(row for row in ran if row.id.startswith("locate."))  # nobody locates again
    names = {row.id for row in carried}
    return (*(row for row in new if row.id not in names), *carried), carried


def _regions(examination: Examination, old: Sequence[RegionEvidence]) -> tuple[RegionEvidence, ...]:
    rows = {row.id: row for row in examination.rows}
    still = all((row := rows.get(name)) is not None and row.outcome is Outcome.HELD and row.armed for name in _STILL)
    now = {item.id: item.evidence for item in examination.regions}
    found = []
    for item in old:
        evidence = now.get(item.id, Evidence.UNKNOWN)
        if Evidence.BROKEN in (evidence, item.evidence):
            evidence = Evidence.BROKEN
        elif item.evidence is Evidence.BY_CONSTRUCTION:
            evidence = Evidence.BY_CONSTRUCTION if still else Evidence.UNKNOWN
        found.append(replace(item, evidence=evidence))
    return tuple(found)


def _content(row: Mapping[str, Any], body: Mapping[str, Any]) -> Object:
    """A row without its place in its certificate: what it says, and what armed it."""
    controls = {item["id"]: (item["check"], item["polarity"], item["observed"]) for item in body["controls"]}
    arms = sorted(controls[name] for name in row["armedBy"] if name in controls)
    return {**{name: value for name, value in row.items() if name != "id"}, "armedBy": arms}
