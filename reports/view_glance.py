"""The tiles under the verdict: what stands in the sections below, each as one number and a link. Leaves are `Safe`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indelible.model import Evidence, Outcome, Polarity
from indelible.reports import legal
from indelible.reports.safe import Safe, code, form, listed, number, words
from indelible.reports.statement import NEVER_EXAMINED

View = dict[str, Any]

_SECTIONS = ("regions", "swap", "tried", "controls", "census", "unexamined", "legal", "findings")
_GOOD, _OPEN, _BAD, _PLAIN = Outcome.HELD, Outcome.INCONCLUSIVE, Outcome.BROKEN, Outcome.NOT_APPLICABLE


def glance_view(body: Mapping[str, Any]) -> list[View]:
    """The tiles of one certificate, in the order of the page."""
    return [
        _regions(body),
        _swap(body),
        _rows(body),
        _controls(body),
        _left(body),
        _unknown(body),
        _tile("unexamined", _unexamined(body), words("glance.unexamined"), _PLAIN),
        *_legal(body),
    ]


def _regions(body: Mapping[str, Any]) -> View:
    evidence = [item["evidence"] for item in body["plan"]["regions"]]
    if not evidence:
        return _tile("regions", number(0), words("glance.no_regions"), _PLAIN)
    solid, resisted = (evidence.count(item.value) for item in (Evidence.BY_CONSTRUCTION, Evidence.RESISTED))
    tone = _BAD if Evidence.BROKEN in evidence else _OPEN if solid + resisted < len(evidence) else _PLAIN
    tone = _GOOD if solid == len(evidence) else tone
    label = words("glance.regions_resisted", number(resisted)) if resisted else words("glance.regions")
    return _tile("regions", _of(solid, len(evidence)), label, tone)


def _swap(body: Mapping[str, Any]) -> View:
    swap = body["interference"]
    shown = bool(swap["regions"]) and swap["levels"]["after_decode"] == Outcome.HELD
    if not shown:
        return _tile("regions", number(0), words("glance.swap_not"), _OPEN if body["plan"]["regions"] else _PLAIN)
    return _tile("swap", number(swap["contents"]), words("glance.swap"), _GOOD)


def _rows(body: Mapping[str, Any]) -> View:
    outcomes = [row["outcome"] for row in body["rows"]]
    counted = body["coverage"]
    held, expected = outcomes.count(Outcome.HELD), counted["expected"] - counted["notApplicable"]
    tone = _BAD if Outcome.BROKEN in outcomes else _GOOD if held == expected else _OPEN
    return _tile("tried", _of(held, expected), words("glance.rows"), tone)


def _controls(body: Mapping[str, Any]) -> View:
    wanted = {Polarity.POSITIVE.value: Outcome.BROKEN, Polarity.NEGATIVE.value: Outcome.HELD}
    effective = sum(item["observed"] == wanted[item["polarity"]] for item in body["controls"])
    tone = _GOOD if effective == len(body["controls"]) else _OPEN
    section = "controls" if body["controls"] else "tried"
    return _tile(section, _of(effective, len(body["controls"])), words("glance.controls"), tone)


def _left(body: Mapping[str, Any]) -> View:
    """No tone of its own: what may be left is the business of the metadata rows."""
    left = body["metadata"]["left"]
    if not left:
        return _tile("census", number(0), words("glance.left_none"), _PLAIN)
    names = listed([form("structure", item) for item in left], 3)
    return _tile("census", number(len(left)), words("glance.left", names), _PLAIN)


def _unknown(body: Mapping[str, Any]) -> View:
    count = body["metadata"]["structures"]["unknownBytes"]
    return _tile("census", number(count), words("glance.unknown"), _OPEN if count else _GOOD)


def _unexamined(body: Mapping[str, Any]) -> Safe:
    never = [item for item in body["coverage"]["outOfScope"] if item in NEVER_EXAMINED]
    return number(len(never) + len({item["kind"] for item in body["coverage"]["notExamined"]}))


def _legal(body: Mapping[str, Any]) -> list[View]:
    from indelible.reports.view_legal import pack

    if body["legalPack"] != pack():
        return []
    standings = [legal.standing(item, body, trusted=True) for item in legal.demands()]
    shown = _of(standings.count(legal.Standing.EVIDENCED), len(standings))
    return [_tile("legal", shown, words("glance.legal"), _PLAIN)]


def _of(some: int, every: int) -> Safe:
    return words("glance.of", number(some), number(every))


def _tile(section: str, value: Safe, label: Safe, tone: Outcome) -> View:
    return {
        "to": code(section, _SECTIONS),
        "value": value,
        "label": label,
        "tone": code(tone, Outcome),
        "mark": None if tone is _PLAIN else words(f"mark.{tone.value}"),
    }
