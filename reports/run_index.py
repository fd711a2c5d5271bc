"""The index of a run for machines: what the page shows as one JSON object, and what a later run is compared with.

No times, no names, no paths: files are called by their place in the run, and are the same file in two runs if their published
bytes are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from indelible.model import Limit, Reason, VerdictWord
from indelible.reports.safe import form
from indelible.reports.strict import CertificateInvalid, canonical, load

SCHEMA, SCHEMA_FILE = "indelible/index/1", "index-0.1.json"
MAX_BYTES = 64 * 1024 * 1024
NOT_EXAMINED = "not_examined"

#: Worst first; None (the file could not be examined) stands where its exit code stands.
ORDER: tuple[VerdictWord | None, ...] = (
    VerdictWord.REFUSED,
    VerdictWord.INCONCLUSIVE,
    None,
    VerdictWord.CERTIFIED_WITH_LIMITS,
    VerdictWord.CERTIFIED,
)
CODES = tuple(NOT_EXAMINED if word is None else word.value for word in ORDER)


class Change(StrEnum):
    """What became of a file since the previous run."""

    WORSE = "worse"
    BETTER = "better"
    SAME = "same"
    UNMATCHED = "unmatched"  # no file of these published bytes was in it


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexEntry:
    """One file of a run. ``alias`` is neutral; ``verdict`` None means that the file could not be examined.

    ``report`` is the relative link to the file's page, downwards only, or None; ``sha256`` the published file's digest.
    """

    alias: str
    verdict: VerdictWord | None
    regions: int = 0
    limits: tuple[Limit, ...] = ()
    reasons: tuple[Reason, ...] = ()
    report: str | None = None
    sha256: str | None = None

    @property
    def code(self) -> str:
        """The verdict's word, or ``not_examined``."""
        return NOT_EXAMINED if self.verdict is None else self.verdict.value


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """What was fixed before the first file was opened."""

    id: str
    policy: str
    policy_sha256: str
    suite: str

    def to_dict(self) -> dict[str, Any]:
        """As it stands in the index."""
        return {
            "id": self.id,
            "policy": {"id": self.policy, "digest": {"sha256": self.policy_sha256}},
            "suite": self.suite,
        }


def counts(entries: Sequence[IndexEntry]) -> dict[str, int]:
    """Files by verdict, worst first, and their total. Raises ValueError if they do not add up."""
    by_code = {name: sum(entry.code == name for entry in entries) for name in CODES}
    if sum(by_code.values()) != len(entries):
        raise ValueError("the counts do not add up")
    return {**by_code, "files": len(entries)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """A run against the previous one. ``changes`` holds one word per file of this run, in its order."""

    counts: Mapping[str, int]
    run: Mapping[str, Any] | None
    changes: tuple[Change, ...]
    gone: int
    same_rules: bool

    def count(self, change: Change) -> int:
        """Files of which this became."""
        return self.changes.count(change)


def compare(entries: Sequence[IndexEntry], run: RunFacts | None, previous: Mapping[str, Any]) -> Trend:
    """Against the index of an earlier run, as `read` returns it.

    Where several files of a run have the same published bytes, the worst of their verdicts counts.
    """
    before: dict[str, int] = {}
    for item in previous["files"]:
        digest = item["published"]["sha256"] if item["published"] else None
        if digest is not None:
            before[digest] = min(before.get(digest, len(CODES)), CODES.index(item["verdict"]))
    now = {entry.sha256 for entry in entries}
    ran = None if run is None else run.to_dict()
    return Trend(
        counts=previous["counts"],
        run=previous["run"],
        changes=tuple(_change(entry, before) for entry in entries),
        gone=sum(item["published"] is None or item["published"]["sha256"] not in now for item in previous["files"]),
        same_rules=ran is not None
        and previous["run"] is not None
        and (ran["policy"], ran["suite"]) == (previous["run"]["policy"], previous["run"]["suite"]),
    )


def _change(entry: IndexEntry, before: Mapping[str, int]) -> Change:
    if entry.sha256 is None or entry.sha256 not in before:
        return Change.UNMATCHED
    rank, old = CODES.index(entry.code), before[entry.sha256]
    return Change.SAME if rank == old else Change.WORSE if rank < old else Change.BETTER


def document(entries: Sequence[IndexEntry], run: RunFacts | None, trend: Trend | None) -> bytes:
    """The bytes of ``index.json``: files in input order. Raises ValueError for a value not of its closed form."""
    for entry in entries:
        form("alias", entry.alias)
        if entry.report is not None:
            form("link", entry.report)
        if entry.sha256 is not None:
            form("digest", entry.sha256)
    return canonical(
        {
            "schema": SCHEMA,
            "run": None if run is None else run.to_dict(),
            "counts": counts(entries),
            "files": [
                {
                    "alias": entry.alias,
                    "verdict": entry.code,
                    "regions": entry.regions,
                    "limits": [item.value for item in entry.limits],
                    "reasons": [item.value for item in entry.reasons],
                    "report": entry.report,
                    "published": None if entry.sha256 is None else {"sha256": entry.sha256},
                    "change": None if trend is None else trend.changes[place].value,
                }
                for place, entry in enumerate(entries)
            ],
            "previous": None
            if trend is None
            else {
                "run": trend.run,
                "counts": dict(trend.counts),
                "sameRules": trend.same_rules,
                "changes": {**{change.value: trend.count(change) for change in Change}, "gone": trend.gone},
            },
        }
    )


def read(data: bytes) -> dict[str, Any]:
    """The index of an earlier run, from bytes that nobody vouches for. Raises ValueError if they are none."""
    try:
        untrusted = load(data, MAX_BYTES)
    except CertificateInvalid:
        raise ValueError("not strict JSON") from None
    if next(_validator().iter_errors(untrusted), None) is not None:
        raise ValueError("not an index of this version")
    index: dict[str, Any] = untrusted
    told = dict(index["counts"])
    found = {name: sum(item["verdict"] == name for item in index["files"]) for name in CODES}
    if told != {**found, "files": len(index["files"])}:
        raise ValueError("its counts do not add up")
    return index


@cache
def schema() -> dict[str, Any]:
    """The versioned JSON Schema (Draft 2020-12)."""
    text = (files("indelible.reports") / "schema" / SCHEMA_FILE).read_text("utf-8")
    described: dict[str, Any] = json.loads(text)
    return described


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema())
