"""The legal map as a page shows it. Leaves are `Safe`; what a demand comes to is decided in `indelible.reports.legal`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from indelible.reports import derive, legal
from indelible.reports.safe import Safe, code, form, listed, number, words

View = dict[str, Any]


def pack() -> dict[str, Any]:
    """The pack as a certificate names it."""
    return {"version": legal.document()["version"], "digest": derive.digest(legal.document())}


def legal_view(body: Mapping[str, Any], *, trusted: bool) -> View:
    """Every demand with its standing; none where the certificate names no pack, or another one."""
    named = body["legalPack"]
    if named is None:
        return {"lead": words("legal.none"), "rows": []}
    if named != pack():
        return {"lead": words("legal.other", form("suite", named["version"])), "rows": []}
    rows = [_row(item, legal.standing(item, body, trusted=trusted)) for item in legal.demands()]
    counts = Counter(legal.standing(item, body, trusted=trusted) for item in legal.demands())
    return {
        "lead": words("legal.lead"),
        "summary": words(
            "legal.pack", form("suite", named["version"]), *(number(counts[item]) for item in legal.Standing)
        ),
        "title": words("legal.open", number(len(rows))),
        "digest": form("digest", named["digest"]["sha256"]),
        "rows": rows,
    }


def _row(demand: legal.Demand, standing: legal.Standing) -> View:
    return {
        "id": code(demand.id, [item.id for item in legal.demands()]),
        "source": words(f"legal.{demand.id}.source"),
        "demand": words(f"legal.{demand.id}.demand"),
        "reading": None if demand.reading == "text" else words(f"reading.{demand.reading}"),
        "standing": {
            "code": code(standing.value, legal.Standing),
            "word": words(f"standing.{standing.value}"),
            "mark": words(f"mark.{standing.value}"),
        },
        "tests": _tests(demand),
        "later": _later(demand),
    }


def _tests(demand: legal.Demand) -> Safe | None:
    names = legal.tested_by(demand)
    return listed([code(name, legal.document()["tests"]) for name in names]) if names else None


def _later(demand: legal.Demand) -> Safe | None:
    names = legal.still_to_be_written(demand)
    if not names:
        return None
    return words("legal.later", listed([code(name, legal.document()["later"]) for name in names]))
