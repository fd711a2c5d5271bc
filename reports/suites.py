"""The suites of checks that this checker knows: what each of them demands of a certificate, whoever signed it.

``schema/suites.json`` lists every registered check of a suite by version. A certificate needs a row for each of them, with an
outcome or a reason why the check does not apply that follows from the certificate itself. Dropping a row together with every
mention of it is noticed here, because the list is not the certificate's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from indelible.model import Outcome

FILE = "suites.json"

#: Check -> the kind that it looks for: it may be left out only where the policy does not name that kind.
KINDS = {
    "residual.codes": "code",
    "residual.faces": "face",
    "residual.plates": "plate",
    "residual.signatures": "signature",
    "residual.text": "text",
}
#: Check -> the one format that it is for.
FORMATS = {
    "containers.tail": "image/png",
    "pixels.alpha": "image/png",
    "pixels.planes": "image/jpeg",
    "pixels.tiff": "image/tiff",
}


@cache
def known() -> Mapping[str, frozenset[str]]:
    """Suite version -> its versioned checks."""
    document = json.loads((files("indelible.reports") / "schema" / FILE).read_text("utf-8"))
    return {version: frozenset(checks) for version, checks in document.items()}


def newest() -> str:
    """The newest suite that this checker knows."""
    return max(known())


def problems(statement: Mapping[str, Any]) -> list[str]:
    """Closed codes of what the suite demands and the certificate lacks, sorted; for a suite that is known."""
    return sorted(set(_problems(statement)))


def _problems(statement: Mapping[str, Any]) -> Iterator[str]:
    body = statement["predicate"]
    demanded = known()[body["suite"]["version"]]
    rows = [row for row in body["rows"] if row["check"] in demanded]
    there, carried = {row["check"] for row in rows}, set((body["supersedes"] or {"carried": ()})["carried"])
    renewed = {_name(row["check"]) for row in body["rows"] if row["id"] in carried}  # by the version of its own day
    if any(check not in there and _name(check) not in renewed for check in demanded):
        yield "suite_row_is_missing"
    required = set(body["suite"]["required"])
    for row in rows:
        name = _name(row["check"])
        if row["outcome"] == Outcome.NOT_APPLICABLE:
            if _applies(name, row["why"], statement):
                yield "not_applicable_does_not_follow"
        elif row["family"] != "attack" and name not in required:
            yield "required_row_is_not_required"


def _name(check: str) -> str:
    return check.rpartition("/")[0]


def _applies(name: str, why: str, statement: Mapping[str, Any]) -> bool:
    """Whether the certificate's own facts contradict the reason for which a check was left out."""
    body = statement["predicate"]
    methods = [item["method"].partition("/")[0] for item in body["plan"]["regions"]]
    if why == "no_regions":
        return bool(methods)
    if why in ("no_solid", "no_solid_regions"):
        return "solid" in methods
    if why == "no_mosaic":
        return "mosaic" in methods
    if why == "no_original":  # a certificate that supersedes another one was made from the published file alone
        return bool(body["original"]["given"]) and body["supersedes"] is None
    if why == "kind_not_in_policy" and name in KINDS:
        kind, policy = KINDS[name], body["policy"]
        return kind in policy["kinds"] and not (kind == "text" and policy["text"] == "none")
    if why == "other_format" and name in FORMATS:
        return bool(statement["subject"][0]["mediaType"] == FORMATS[name])
    return False
