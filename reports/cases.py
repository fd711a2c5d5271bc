"""A certificate as a list of cases that passed, failed or could not be decided: what machines in a build read.

Every demanded row is a case, whether it ran or not; so is every region, and the verdict. The writers of JUnit and SARIF print these
and decide nothing themselves. What did not apply is counted and no case: there is no word for "skipped".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from indelible.model import Evidence, Kind, Limit, Outcome, Reason, Severity, VerdictWord
from indelible.reports import derive
from indelible.reports.recompute import recompute
from indelible.reports.safe import Safe, code, form, number, words, words_or
from indelible.reports.statement import CLAIMS
from indelible.reports.strict import validate
from indelible.reports.view import rule_words, where_words

#: What a certificate that contradicts itself is called in place of its verdict.
INVALID = "certificate_invalid"


class Result(StrEnum):
    """What a build makes of a case."""

    PASSED = "passed"
    FAILED = "failed"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """One finding: rule, what it means, where, how bad. ``offset``: of the first byte, where the place is one."""

    rule: Safe
    meaning: Safe
    channel: Safe
    severity: Severity
    place: Safe
    offset: Safe | None = None
    region: Safe | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One thing that was asked of the file. ``code`` is the reason, or the check's id where it passed."""

    group: Safe
    name: Safe
    asks: Safe
    result: Result
    code: Safe
    says: Safe
    advice: Safe | None = None
    region: Safe | None = None
    leaks: tuple[Leak, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCases:
    """Every case of one certificate, and the facts that go with them. ``invalid``: it contradicts itself."""

    alias: Safe
    certificate: Safe
    digest: Safe
    media_type: Safe
    verdict: Safe
    policy: Safe
    suite: Safe
    tool: Safe
    signature: Safe
    issued: Safe
    until: Safe
    limits: tuple[Safe, ...]
    reasons: tuple[Safe, ...]
    not_applicable: Safe
    not_examined: tuple[Safe, ...]
    cases: tuple[Case, ...]
    invalid: bool

    def count(self, result: Result) -> int:
        """How many cases came out so."""
        return sum(case.result is result for case in self.cases)


def cases_of(statements: Sequence[Mapping[str, Any]]) -> tuple[FileCases, ...]:
    """The cases of several certificates, in their order; an alias that stands again gets a number behind it.

    Raises `CertificateInvalid` if one does not follow the schema.
    """
    for statement in statements:
        validate(statement)
    return tuple(_file(statement, alias) for statement, alias in zip(statements, _aliases(statements), strict=True))


def _aliases(statements: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """One name for each file: runs number their files from 1, so that two runs use the same aliases."""
    taken: set[str] = set()
    for statement in statements:
        alias = name = statement["subject"][0]["name"]
        again = 1
        while alias in taken:
            again += 1
            alias = f"{name[:56]}-{again}"
        taken.add(alias)
        yield alias


def _file(statement: Mapping[str, Any], alias: str) -> FileCases:
    body, subject = statement["predicate"], statement["subject"][0]
    invalid = bool(recompute(statement))
    return FileCases(
        alias=form("alias", alias),
        certificate=form("urn", body["certificateId"]),
        digest=form("digest", subject["digest"]["sha256"]),
        media_type=form("media_type", subject["mediaType"]),
        verdict=code(body["verdict"], VerdictWord),
        policy=form("policy", body["policy"]["id"]),
        suite=form("suite", body["suite"]["version"]),
        tool=form("version", body["tool"]["version"]),
        signature=code(body["signature"], ("unsigned", "dsse-ed25519")),
        issued=form("moment", body["issuedAt"]),
        until=form("moment", body["validity"]["notAfter"]),
        limits=tuple(code(item["code"], Limit) for item in body["limits"]),
        reasons=tuple(code(item, Reason) for item in body["reasons"]),
        not_applicable=number(body["coverage"]["notApplicable"]),
        not_examined=tuple(
            code(item, Kind) for item in sorted({item["kind"] for item in body["coverage"]["notExamined"]})
        ),
        cases=(*_rows(body), *_missing(body), *_regions(body), _verdict(body, invalid)),
        invalid=invalid,
    )


def _rows(body: Mapping[str, Any]) -> Iterator[Case]:
    required = set(body["suite"]["required"])
    checks = derive.to_checks(body["rows"], body["controls"])
    for row, check in zip(body["rows"], checks, strict=True):
        if row["outcome"] == Outcome.NOT_APPLICABLE:
            continue
        why, result = row["why"], _RESULTS[Outcome(row["outcome"])]
        if result is Result.PASSED and check.id in required and not check.armed:
            why, result = Reason.CONTROL_UNARMED.value, Result.UNDECIDED
        name = form("check", row["check"])
        yield Case(
            group=code(row["family"], {family for _, family in CLAIMS.values()}),
            name=words("twin.row", name, form("row", row["id"])),
            asks=words_or(f"check.{check.id}", f"family.{row['family']}.asks"),
            result=result,
            code=name if why is None else code(why, Reason),
            says=words("outcome.held.says" if why is None else f"reason.{why}"),
            advice=None if why is None else words(f"reason.{why}.advice"),
            region=None if row["region"] is None else form("region", row["region"]),
            leaks=tuple(_leak(item) for item in row["findings"]) if result is not Result.PASSED else (),
        )


def _missing(body: Mapping[str, Any]) -> Iterator[Case]:
    """Demanded checks without a row: nothing that did not run has passed."""
    there = {derive.check_name(row["check"]) for row in body["rows"]}
    for name in sorted(set(body["suite"]["required"]) - there):
        yield Case(
            group=words("twin.group.missing"),
            name=form("check_id", name),
            asks=words("twin.missing"),
            result=Result.UNDECIDED,
            **_reason(Reason.COVERAGE_GAP),
        )


def _regions(body: Mapping[str, Any]) -> Iterator[Case]:
    for item in body["plan"]["regions"]:
        evidence = Evidence(item["evidence"])
        shared: dict[str, Any] = {
            "group": words("twin.group.regions"),
            "name": words("twin.region", form("region", item["id"]), words(f"kind.{Kind(item['kind']).value}")),
            "asks": words("twin.region.asks"),
            "region": form("region", item["id"]),
        }
        if evidence in (Evidence.BY_CONSTRUCTION, Evidence.RESISTED):
            yield Case(
                **shared,
                result=Result.PASSED,
                code=code(evidence.value, Evidence),
                says=words(f"evidence.{evidence.value}"),
            )
        elif evidence is Evidence.BROKEN:
            yield Case(**shared, result=Result.FAILED, **_reason(Reason.ATK_BROKEN))
        else:
            yield Case(**shared, result=Result.UNDECIDED, **_reason(Reason.COVERAGE_GAP))


def _verdict(body: Mapping[str, Any], invalid: bool) -> Case:
    word = VerdictWord(body["verdict"])
    result = Result.UNDECIDED if invalid else _VERDICTS[word]
    return Case(
        group=words("twin.group.verdict"),
        name=words("twin.verdict"),
        asks=words("twin.verdict.asks"),
        result=result,
        code=code(INVALID, (INVALID,)) if invalid else code(word.value, VerdictWord),
        says=words("page.contradicts") if invalid else words(f"verdict.{word.value}.sentence"),
        advice=words("page.contradicts_more") if invalid else None,
    )


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "code": code(reason.value, Reason),
        "says": words(f"reason.{reason.value}"),
        "advice": words(f"reason.{reason.value}.advice"),
    }


def _leak(item: Mapping[str, Any]) -> Leak:
    kind, _, value = item["where"].partition(" ")
    return Leak(
        rule=form("rule", item["rule"]),
        meaning=rule_words(item["rule"]),
        channel=form("channel", item["channel"]),
        severity=Severity(item["severity"]),
        place=where_words(item["where"]),
        offset=number(int(value)) if kind == "offset" else None,
        region=form("region", value) if kind == "region" else None,
    )


def leak_line(leak: Leak) -> Safe:
    """A finding on one line."""
    return words(
        "twin.leak", leak.rule, words(f"severity.{leak.severity.value}"), leak.meaning, leak.place, leak.channel
    )


_RESULTS = {
    Outcome.HELD: Result.PASSED,
    Outcome.BROKEN: Result.FAILED,
    Outcome.INCONCLUSIVE: Result.UNDECIDED,
    Outcome.ERROR: Result.UNDECIDED,
}
_VERDICTS = {
    VerdictWord.CERTIFIED: Result.PASSED,
    VerdictWord.CERTIFIED_WITH_LIMITS: Result.PASSED,
    VerdictWord.INCONCLUSIVE: Result.UNDECIDED,
    VerdictWord.REFUSED: Result.FAILED,
}
