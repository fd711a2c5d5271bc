"""The legal map as data: demands of laws, authorities and standards, each tied to tests or left to the controller.

It maps, and judges nothing: that publishing a file is lawful is nobody's claim here. The law moves, so the pack has a version and a
date, and its digest stands in the certificate.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any

FILE = "core.json"


class Standing(StrEnum):
    """What one certificate has to say about one demand."""

    EVIDENCED = "evidenced"
    PARTLY = "partly"
    NOT_IN_RUN = "not_in_run"
    NO_TEST = "no_test"
    CONTROLLER = "controller"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One row of the pack.

    ``who``: ``E`` the certificate alone can evidence it, ``P`` part of it is the controller's, ``C`` all of it is. ``reading``: whether
    the source was read (``text``), quoted by somebody else (``secondary``), or remembered (``memory``). ``needs`` names what must
    stand in a certificate (`CONDITIONS`); ``tests`` are ids of claims, with ``*`` for a family.
    """

    id: str
    who: str
    reading: str
    needs: tuple[str, ...]
    tests: tuple[str, ...]


@cache
def document() -> Mapping[str, Any]:
    """The pack as it is digested."""
    loaded: Mapping[str, Any] = json.loads((files(__name__) / FILE).read_text("utf-8"))
    return loaded


@cache
def demands() -> tuple[Demand, ...]:
    """Every row, in the pack's order."""
    return tuple(
        Demand(
            id=item["id"],
            who=item["who"],
            reading=item["reading"],
            needs=tuple(item["needs"]),
            tests=tuple(item["tests"]),
        )
        for item in document()["demands"]
    )


def words() -> dict[str, str]:
    """Sources and demands, keyed like every text of a report."""
    found = {}
    for item in document()["demands"]:
        found[f"legal.{item['id']}.source"] = item["source"]
        found[f"legal.{item['id']}.demand"] = item["demand"]
    return found


def tested_by(demand: Demand) -> tuple[str, ...]:
    """The tests of this version behind a demand; those that are still to be written are not among them."""
    return tuple(name for name in document()["tests"] if any(fnmatchcase(name, test) for test in demand.tests))


def still_to_be_written(demand: Demand) -> tuple[str, ...]:
    """The tests that a demand names and that this version does not have."""
    return tuple(test for test in demand.tests if test in document()["later"])


def standing(demand: Demand, body: Mapping[str, Any], *, trusted: bool) -> Standing:
    """What the certificate with the predicate ``body`` has to say; ``trusted``: it does not contradict itself."""
    if demand.who == "C":
        return Standing.CONTROLLER
    if not tested_by(demand):
        return Standing.NO_TEST
    if not trusted or not all(CONDITIONS[need](body) for need in demand.needs):
        return Standing.NOT_IN_RUN
    return Standing.EVIDENCED if demand.who == "E" else Standing.PARTLY


def _has(claim: str) -> Callable[[Mapping[str, Any]], bool]:
    """A claim is there and its rows held."""
    return lambda body: any(item["id"] == claim and item["status"] == "held" for item in body["claims"])


#: What a demand may need of a certificate's predicate. A new name needs a line here, or the pack does not pass its test.
CONDITIONS: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
    "always": lambda body: True,
    "attacker": lambda body: body["attackerModel"]["knowsMethod"],
    "attacks": lambda body: any(
        row["family"] == "attack" and row["outcome"] in ("held", "broken") for row in body["rows"]
    ),
    "calibration": lambda body: any(item["calibrations"] for item in body["detectors"]),
    "commitment": lambda body: body["original"]["commitment"] is not None,
    "construction": _has("PIX-NI"),
    "controls": lambda body: bool(body["controls"]),
    "court_policy": lambda body: body["policy"]["id"].startswith("court/"),
    "decision_rule": lambda body: bool(body["decisionRule"]["bound"]),
    "default_policy": lambda body: body["policy"]["id"].startswith("public/") and body["policy"]["people"] == "solid",
    "human_review": lambda body: body["humanReview"]["performed"],
    "leakage": lambda body: any(item["bitsAtMost"] is not None for item in body["leakage"]),
    "metadata": _has("META"),
    "passed": lambda body: body["verdict"] in ("certified", "certified_with_limits"),
    "policy": lambda body: not body["policy"]["id"].startswith("custom/"),
    "rederived": lambda body: body["rederivation"]["equal"] is True,
    "residual": _has("RESIDUAL"),
    "signed": lambda body: body["issuer"] is not None,
    "structure": _has("STRUCT"),
    "suite": lambda body: bool(body["suite"]["checks"]),
    "supersedes": lambda body: body["supersedes"] is not None,
    "validity": lambda body: bool(body["validity"]["notAfter"]),
}
