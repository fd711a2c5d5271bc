"""SARIF 2.1.0, as code scanners and editors read it: one run, one result for each finding and for each thing left undecided.

Readers show whatever is listed as a problem, and hide what is marked as passed or open. So what held is no result but a number
in the properties, and what could not be decided is a warning: it must not look like a pass. A file stands under its alias; there
is no path, no snippet and no time, and the same certificates give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indelible.model import Severity
from indelible.reports import derive
from indelible.reports.cases import Case, FileCases, Leak, Result, cases_of
from indelible.reports.formats import run_format
from indelible.reports.safe import Safe, code, form, number, printed, words
from indelible.reports.tree import json_bytes
from indelible.version import __version__

_VERSION, _NAME = "2.1.0", "indelible"
_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "error",
    Severity.LOW: "warning",
    Severity.INFO: "note",
}
#: What code scanners sort by, from 0 to 10, as their documentation asks for.
_SCORES = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "3.0",
    Severity.INFO: "0.0",
}
_OURS = (_VERSION, _NAME, "utf16CodeUnits", "resource", *dict.fromkeys(_LEVELS.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Problem:
    """One result before it is written."""

    rule: Safe
    title: Safe
    advice: Safe | None
    level: str
    score: str
    message: Safe
    case: Case
    leak: Leak | None = None


@run_format("sarif", extension=".sarif")
def render_sarif(statements: Sequence[Mapping[str, Any]]) -> bytes:
    """The JSON document. Raises `CertificateInvalid` if a statement does not follow the schema."""
    files = cases_of(statements)
    problems = [(place, problem) for place, file in enumerate(files) for problem in _problems(file)]
    rules: dict[str, _Problem] = {}
    for _, problem in problems:
        rules.setdefault(printed(problem.rule), problem)
    order = sorted(rules)
    return json_bytes(
        {
            "version": _ours(_VERSION),
            "runs": [
                {
                    "tool": {
                        "driver": {
                            "name": _ours(_NAME),
                            "version": form("version", __version__),
                            "fullDescription": {"text": words("page.tagline")},
                            "rules": [_rule(rules[name]) for name in order],
                        }
                    },
                    "columnKind": _ours("utf16CodeUnits"),
                    "invocations": [{"executionSuccessful": not any(file.invalid for file in files)}],
                    "artifacts": [_artifact(file) for file in files],
                    "results": [_result(files[place], place, problem, order) for place, problem in problems],
                    "properties": {"scope": words("page.not_gdpr_run"), "files": [_summary(file) for file in files]},
                }
            ],
        }
    )


def _problems(file: FileCases) -> Iterator[_Problem]:
    """What is listed: the findings of a case where it has any, else the case itself; the verdict only where nothing else is."""
    wrong = [case for case in file.cases if case.result is not Result.PASSED]
    for case in wrong:
        if case is file.cases[-1] and len(wrong) > 1 and not file.invalid:
            continue
        failed = case.result is Result.FAILED or file.invalid and case is file.cases[-1]
        for leak in case.leaks:
            yield _Problem(
                rule=leak.rule,
                title=leak.meaning,
                advice=case.advice,
                level=_LEVELS[leak.severity] if failed else "warning",
                score=_SCORES[leak.severity],
                message=words("twin.leak.message", leak.meaning, leak.place, leak.channel),
                case=case,
                leak=leak,
            )
        if not case.leaks:
            ended = printed(case.says).endswith(".")
            yield _Problem(
                rule=case.code,
                title=case.says,
                advice=case.advice,
                level="error" if failed else "warning",
                score=_SCORES[Severity.HIGH if failed else Severity.MEDIUM],
                message=words("twin.message.sentence" if ended else "twin.message", case.name, case.says),
                case=case,
            )


def _rule(problem: _Problem) -> dict[str, Any]:
    help_text = {} if problem.advice is None else {"help": {"text": problem.advice}}
    return {
        "id": problem.rule,
        "shortDescription": {"text": problem.title},
        "fullDescription": {"text": problem.title},
        **help_text,
        "defaultConfiguration": {"level": _ours(problem.level)},
        "properties": {"security-severity": form("decimal", problem.score)},
    }


def _artifact(file: FileCases) -> dict[str, Any]:
    return {"location": {"uri": file.alias}, "mimeType": file.media_type, "hashes": {"sha-256": file.digest}}


def _result(file: FileCases, place: int, problem: _Problem, order: Sequence[str]) -> dict[str, Any]:
    leak, case = problem.leak, problem.case
    physical: dict[str, Any] = {"artifactLocation": {"uri": file.alias, "index": number(place)}}
    if leak is not None and leak.offset is not None:
        physical["region"] = {"byteOffset": leak.offset, "byteLength": number(0)}
    location: dict[str, Any] = {"physicalLocation": physical}
    region = (leak.region if leak is not None else None) or case.region
    if region is not None:
        location["logicalLocations"] = [{"name": region, "kind": _ours("resource")}]
    return {
        "ruleId": problem.rule,
        "ruleIndex": number(order.index(printed(problem.rule))),
        "level": _ours(problem.level),
        "message": {"text": problem.message},
        "locations": [location],
        "partialFingerprints": {"indelible/v1": _fingerprint(file, problem)},
        "properties": {
            "check": case.name,
            "result": code(case.result.value, Result),
            "reason": case.code,
            **({} if leak is None else {"channel": leak.channel, "severity": code(leak.severity.value, Severity)}),
        },
    }


def _fingerprint(file: FileCases, problem: _Problem) -> Safe:
    """The same finding in the next run's certificate of that alias has the same one."""
    leak = problem.leak
    parts = [file.alias, problem.case.name, problem.rule, *(() if leak is None else (leak.channel, leak.place))]
    return form("digest", derive.digest({"parts": [printed(part) for part in parts]})["sha256"])


def _summary(file: FileCases) -> dict[str, Any]:
    return {
        "alias": file.alias,
        "certificate": file.certificate,
        "verdict": file.verdict,
        "signature": file.signature,
        "policy": file.policy,
        "suite": file.suite,
        "limits": list(file.limits),
        "reasons": list(file.reasons),
        "notExamined": list(file.not_examined),
        "passed": number(file.count(Result.PASSED)),
        "failed": number(file.count(Result.FAILED)),
        "undecided": number(file.count(Result.UNDECIDED)),
        "notApplicable": file.not_applicable,
        "contradictsItself": file.invalid,
    }


def _ours(text: str) -> Safe:
    return code(text, _OURS)
