"""JUnit XML, as build servers read it: one suite per file, one case per thing that was asked of it.

``broken`` is a failure, what could not be decided is an error, what did not apply is counted in a property. There is no
``<skipped>``, because readers show it as harmless. No times: the same certificates give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from indelible.reports.cases import Case, FileCases, Result, cases_of, leak_line
from indelible.reports.formats import run_format
from indelible.reports.safe import Safe, listed, number, printed, words

_TAGS = {Result.FAILED: "failure", Result.UNDECIDED: "error"}


@run_format("junit", extension=".xml")
def render_junit(statements: Sequence[Mapping[str, Any]]) -> bytes:
    """The XML document. Raises `CertificateInvalid` if a statement does not follow the schema."""
    files = cases_of(statements)
    root = ElementTree.Element("testsuites", {"name": printed(words("twin.suites")), **_counts(files)})
    for number_of, file in enumerate(files):
        root.append(_suite(file, number_of))
    ElementTree.indent(root, " ")
    text = ElementTree.tostring(root, "unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _counts(files: Sequence[FileCases]) -> dict[str, str]:
    totals = {
        "tests": sum(len(file.cases) for file in files),
        "failures": sum(file.count(Result.FAILED) for file in files),
        "errors": sum(file.count(Result.UNDECIDED) for file in files),
    }
    return {name: printed(number(count)) for name, count in totals.items()}


def _suite(file: FileCases, place: int) -> ElementTree.Element:
    suite = ElementTree.Element(
        "testsuite", {"name": printed(file.alias), "id": printed(number(place)), **_counts((file,))}
    )
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in _facts(file).items():
        ElementTree.SubElement(properties, "property", {"name": f"indelible.{name}", "value": printed(value)})
    suite.extend(_case(file, case) for case in file.cases)
    return suite


def _facts(file: FileCases) -> dict[str, Safe]:
    return {
        "verdict": file.verdict,
        "certificate": file.certificate,
        "sha256": file.digest,
        "policy": file.policy,
        "suite": file.suite,
        "tool": file.tool,
        "signature": file.signature,
        "issued": file.issued,
        "until": file.until,
        "limits": listed(file.limits),
        "reasons": listed(file.reasons),
        "not_applicable": file.not_applicable,
        "not_examined": listed(file.not_examined),
        "scope": words("page.not_gdpr_run"),
    }


def _case(file: FileCases, case: Case) -> ElementTree.Element:
    group = printed(case.group)
    element = ElementTree.Element(
        "testcase", {"classname": f"indelible.{printed(file.alias)}.{group}", "name": printed(case.name)}
    )
    if case.result is not Result.PASSED:
        told = ElementTree.SubElement(
            element, _TAGS[case.result], {"type": printed(case.code), "message": printed(case.says)}
        )
        told.text = "\n".join(printed(line) for line in _lines(case))
    return element


def _lines(case: Case) -> list[Safe]:
    advice = [] if case.advice is None else [words("twin.do", case.advice)]
    return [case.asks, *(leak_line(leak) for leak in case.leaks), *advice]
