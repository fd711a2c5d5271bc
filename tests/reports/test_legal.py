"""The legal map: every demand hangs on a test that exists, is told to have none, or is the controller's; and it claims nothing."""

from __future__ import annotations

import copy
import re
from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from indelible.reports import legal
from indelible.reports.certificate import canonical, parse
from indelible.reports.formats import render
from indelible.reports.view_legal import legal_view, pack
from tests.reports.examinations import EVERY, statement

TESTS = Path(__file__).parents[1]


def _claims_of_the_tests() -> set[str]:
    """Every id that some test carries as a marker."""
    pattern = re.compile(r'pytest\.mark\.claim\("(T-[A-Z0-9-]+)"\)')
    return {name for file in TESTS.rglob("test_*.py") for name in pattern.findall(file.read_text("utf-8"))}


def _standings(name: str, **changes: Any) -> dict[str, str]:
    body = copy.deepcopy(statement(name))["predicate"]
    body.update(changes)
    return {item.id: legal.standing(item, body, trusted=True).value for item in legal.demands()}


@pytest.mark.claim("T-LEX-01")
def test_no_demand_names_a_test_that_does_not_exist() -> None:
    """A test id of the pack is a marker in this suite, or is listed as still to be written."""
    document, marked = legal.document(), _claims_of_the_tests()

    assert set(document["tests"]) <= marked, sorted(set(document["tests"]) - marked)
    for demand in legal.demands():
        assert demand.who == "C" or demand.tests, demand.id
        for test in demand.tests:
            listed = any(fnmatchcase(name, test) for name in document["tests"])
            assert listed != (test in document["later"]), (demand.id, test)


def test_the_pack_is_well_formed() -> None:
    """Ids once, closed words, conditions that exist; seventy demands."""
    document = legal.document()
    ids = [item.id for item in legal.demands()]

    assert len(ids) == len(set(ids)) == 70
    assert re.fullmatch(r"[0-9]{4}\.[0-9]{2}", document["version"])
    for item in document["demands"]:
        assert set(item) == {"id", "source", "demand", "who", "reading", "needs", "tests"}
        assert re.fullmatch(r"[A-Z]{2}-[0-9]{2}", item["id"])
        assert item["who"] in ("E", "P", "C") and item["reading"] in ("text", "secondary", "memory")
        assert item["needs"] and set(item["needs"]) <= set(legal.CONDITIONS)


def test_the_certificate_names_the_pack() -> None:
    """By version and digest; a later law is another pack."""
    body = parse(canonical(statement("certified")))["predicate"]

    assert body["legalPack"] == pack()
    assert pack()["digest"]["sha256"] != "0" * 64


@pytest.mark.parametrize("name", sorted(EVERY))
def test_nothing_is_evidenced_that_this_certificate_lacks(name: str) -> None:
    """An unsigned certificate demonstrates nothing to others, a refused file keeps nothing confidential."""
    found = _standings(name)

    assert found["GD-07"] == "not_in_run"
    if statement(name)["predicate"]["verdict"] not in ("certified", "certified_with_limits"):
        assert {found[item] for item in ("GD-06", "GD-08", "ED-01", "AE-08")} == {"not_in_run"}
    assert found["AE-03"] == "evidenced"


def test_what_is_filled_counts() -> None:
    """The same certificate, signed and with a keyed commitment."""
    issuer = {"assurance": "self", "keyId": "0" * 64, "publicKey": "x"}
    commitment = {**statement("certified")["predicate"]["original"], "commitment": {"alg": "x", "value": "0" * 64}}
    found = _standings("certified", issuer=issuer, original=commitment)

    assert (found["GD-07"], found["GD-15"], found["AE-11"]) == ("evidenced",) * 3
    assert (found["GD-04"], found["GD-08"]) == ("partly", "partly")


def test_a_certificate_that_contradicts_itself_evidences_nothing() -> None:
    """Whatever it lists."""
    view = legal_view(statement("certified")["predicate"], trusted=False)
    body = statement("certified")["predicate"]

    assert len(view["rows"]) == 70
    assert not {legal.standing(item, body, trusted=False) for item in legal.demands()} & {
        legal.Standing.EVIDENCED,
        legal.Standing.PARTLY,
    }


def test_the_page_shows_every_demand_once() -> None:
    """With an anchor, its standing, and what was not held against its source."""
    page = render("html", statement("certified")).decode()
    anchors = Counter(re.findall(r'id="req-([A-Z]{2}-[0-9]{2})"', page))

    assert set(anchors.values()) == {1} and len(anchors) == 70
    assert "not held against the source" in page
    assert "no authority has seen this list" in page
    assert page.count("to be written:") == sum(bool(legal.still_to_be_written(item)) for item in legal.demands())


@pytest.mark.parametrize("named", [None, {"version": "2031.01", "digest": {"sha256": "0" * 64}}])
def test_another_pack_is_not_guessed(named: Any) -> None:
    """A certificate without a pack, or with one that is not installed, maps to nothing."""
    changed = copy.deepcopy(statement("certified"))
    changed["predicate"]["legalPack"] = named
    page = render("html", changed).decode()

    assert 'id="req-' not in page
    assert "No requirement of any law is marked as met or evidenced by this report." in page
