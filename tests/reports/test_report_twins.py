"""The twins for machines: they follow their schemas, real readers load them, and nothing reads as a pass that is none."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import junitparser
import pytest
from jsonschema import Draft202012Validator
from lxml import etree
from sarif import loader

from indelible.reports.cases import Result, cases_of
from indelible.reports.certificate import canonical
from indelible.reports.formats import FORMATS, RUN_FORMATS, render, render_run
from indelible.reports.safe import printed
from indelible.reports.strict import CertificateInvalid
from indelible.reports.tree import json_bytes
from tests.reports.examinations import EVERY, statement

SCHEMAS = Path(__file__).parent / "schemas"
ALL = [statement(name) for name in sorted(EVERY)]


def _sarif(*statements: dict[str, Any]) -> Any:
    return json.loads(render_run("sarif", statements))


def _junit(*statements: dict[str, Any]) -> ElementTree.Element:
    return ElementTree.fromstring(render_run("junit", statements))


def test_one_document_for_a_run() -> None:
    """JUnit, SARIF and JSON Lines take any number of certificates; each of them is a format of one, too."""
    assert RUN_FORMATS.names() == ("jsonl", "junit", "sarif")
    assert set(RUN_FORMATS.names()) < set(FORMATS.names())
    assert render("junit", ALL[0]) == render_run("junit", [ALL[0]])


@pytest.mark.parametrize("statements", [[], ALL[:1], ALL, ALL * 2], ids=["none", "one", "all", "twice"])
def test_sarif_follows_its_schema(statements: list[dict[str, Any]]) -> None:
    """The schema of SARIF 2.1.0."""
    schema = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text("utf-8"))

    assert [error.message for error in Draft202012Validator(schema).iter_errors(_sarif(*statements))] == []


@pytest.mark.parametrize("statements", [[], ALL[:1], ALL, ALL * 2], ids=["none", "one", "all", "twice"])
def test_junit_follows_its_schema(statements: list[dict[str, Any]]) -> None:
    """The schema that the Jenkins plugin publishes."""
    schema = etree.XMLSchema(etree.parse(SCHEMAS / "junit-10.xsd"))

    assert schema.validate(etree.fromstring(render_run("junit", statements))), schema.error_log


def test_junitparser_counts_what_we_count(tmp_path: Path) -> None:
    """A reader that we did not write comes to the same numbers."""
    path = tmp_path / "report.xml"
    path.write_bytes(render_run("junit", ALL))
    loaded = junitparser.JUnitXml.fromfile(str(path))
    suites = list(loaded)
    failed = [
        case for suite in suites for case in suite for result in case.result if isinstance(result, junitparser.Failure)
    ]
    errors = [
        case for suite in suites for case in suite for result in case.result if isinstance(result, junitparser.Error)
    ]
    files = cases_of(ALL)

    assert len(suites) == len(ALL)
    assert (loaded.failures, loaded.errors) == (len(failed), len(errors))
    assert len(failed) == sum(file.count(Result.FAILED) for file in files)
    assert len(errors) == sum(file.count(Result.UNDECIDED) for file in files)
    assert loaded.skipped in (0, None)


def test_sarif_tools_counts_what_we_count(tmp_path: Path) -> None:
    """So does a reader of SARIF."""
    path = tmp_path / "report.sarif"
    path.write_bytes(render_run("sarif", [statement("refused")]))
    loaded = loader.load_sarif_file(str(path))

    assert loaded.get_distinct_tool_names() == ["indelible"]
    counts = loaded.get_report().get_issue_type_histogram_for_severity("error")
    assert sum(counts.values()) == loaded.get_result_count() == 32


@pytest.mark.claim("T-VER-01")
@pytest.mark.parametrize("name", sorted(EVERY))
def test_red_exactly_where_the_verdict_is(name: str) -> None:
    """A build fails where the verdict is refused or inconclusive, and nowhere else."""
    one = statement(name)
    passed = one["predicate"]["verdict"] in ("certified", "certified_with_limits")

    assert (_sarif(one)["runs"][0]["results"] == []) == passed
    assert (_junit(one).findall(".//failure") + _junit(one).findall(".//error") == []) == passed


def test_there_is_no_skipped() -> None:
    """What did not apply is counted, what did not run is an error."""
    xml = render_run("junit", ALL)
    inconclusive = _junit(statement("inconclusive"))

    assert b"skipped" not in xml.lower()
    assert 'value="1"' in [
        f'value="{item.get("value")}"'
        for item in _junit(statement("with_limits")).iter("property")
        if item.get("name") == "indelible.not_applicable"
    ]
    missing = [case for case in inconclusive.iter("testcase") if (case.get("classname") or "").endswith(".missing")]
    assert [case.get("name") for case in missing] == ["residual.text"]
    assert [case[0].tag for case in missing] == ["error"]


def test_held_and_unarmed_is_no_pass() -> None:
    """A check that did not prove itself in the run reads as undecided."""
    cases = {printed(case.name): case for case in cases_of([statement("inconclusive")])[0].cases}

    assert cases["pixels.fill/1 k04"].result is Result.UNDECIDED
    assert printed(cases["pixels.fill/1 k04"].code) == "R-CONTROL-UNARMED"


def test_a_certificate_that_contradicts_itself_is_red() -> None:
    """Rows deleted, verdict kept: the twins do not print it as a pass."""
    forged = copy.deepcopy(statement("certified"))
    forged["predicate"]["verdict"] = "certified"
    forged["predicate"]["rows"] = forged["predicate"]["rows"][:-1]

    assert _junit(forged).find(".//testcase[@name='verdict']/error") is not None
    assert [item["ruleId"] for item in _sarif(forged)["runs"][0]["results"]][-1] == "certificate_invalid"
    assert _sarif(forged)["runs"][0]["results"][-1]["level"] == "error"


def test_json_lines_are_the_certificates() -> None:
    """Each line has the bytes that were signed."""
    lines = render_run("jsonl", ALL).splitlines()

    assert lines == [canonical(one) for one in ALL]


def test_same_certificates_same_bytes() -> None:
    """No clock, no order of a dict."""
    for name in RUN_FORMATS.names():
        assert render_run(name, ALL) == render_run(name, copy.deepcopy(ALL))


def test_aliases_of_two_runs_are_told_apart() -> None:
    """Every run numbers its files from 1."""
    same = [statement("certified"), statement("refused"), statement("certified")]

    assert [printed(file.alias) for file in cases_of(same)] == ["file-0007", "file-0007-2", "file-0007-3"]


@pytest.mark.claim("T-LEAK-05")
@pytest.mark.parametrize("value", ["raw", b"raw", 7, 0.5, {"a": "raw"}, ["raw"]])
def test_the_writer_of_json_prints_safe_values_only(value: object) -> None:
    """The choke point is the same as a page's."""
    with pytest.raises(TypeError):
        json_bytes({"value": value})


@pytest.mark.claim("T-REP-07")
@pytest.mark.parametrize("name", ["jsonl", "junit", "sarif"])
def test_hostile_text_is_rejected_before_a_line_is_written(name: str) -> None:
    """Mark-up in an alias or a channel is no certificate at all."""
    for change in ("alias", "channel"):
        hostile = copy.deepcopy(statement("refused"))
        if change == "alias":
            hostile["subject"][0]["name"] = "]]><script>alert(1)</script>"
        else:
            hostile["predicate"]["rows"][0]["findings"][0]["channel"] = "x\n<failure>"
        with pytest.raises(CertificateInvalid):
            render_run(name, [hostile])
