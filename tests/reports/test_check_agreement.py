"""Two checkers written apart must agree on whatever anybody signs: random changes, answers compared."""

from __future__ import annotations

import copy
import hashlib
import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import indelible.reports
from indelible.reports import check as checks
from indelible.reports import dsse, keys
from indelible.reports.certificate import canonical
from indelible.reports.strict import CertificateInvalid
from tests.reports.bundles import FILE, ISSUER, NOW, Case, proof, statement_of

Object = dict[str, Any]


def _alone() -> ModuleType:
    path = Path(indelible.reports.__file__).parent / "standalone" / "indelible_check.py"
    found = importlib.util.spec_from_file_location("indelible_check", path)
    assert found is not None and found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


ALONE = _alone()
_STATEMENTS = {name: statement_of(name) for name in ("certified", "with_limits", "refused", "inconclusive")}


def _paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path] if path else []
    if isinstance(value, dict):
        for key, item in value.items():
            found += _paths(item, (*path, key))
    elif isinstance(value, list):
        for place, item in enumerate(value[:3]):
            found += _paths(item, (*path, place))
    return found


_PATHS = {name: _paths(statement) for name, statement in _STATEMENTS.items()}
_WORDS = ["held", "broken", "not_applicable", "no_original", "no_regions", "r1", "r9", "c1", "k01", "0", "solid/1", "mosaic/1",
          "by_construction", "resisted", "unknown", "certified", "refused", "R-ATK-BROKEN", "L-NO-REGIONS", "2026.11",
          "2026-11-23T03:00:00Z", "2026-13-01T00:00:00Z", "é", "\u2028", ""]  # fmt: skip
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 2**54) | st.sampled_from(_WORDS) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_WORDS) | st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)  # fmt: skip


def _answers(case: Case) -> tuple[Object, Object]:
    digest = None if case.published is None else hashlib.sha256(case.published).hexdigest()
    bundle = checks.Bundle(certificate=case.certificate, envelope=case.envelope, file_sha256=digest, proof=case.proof)
    ours = checks.check(bundle, trust=checks.Trust(pinned=ISSUER.public_key), now=NOW)
    theirs = ALONE.check(
        case.certificate, case.envelope, digest, keys.public_pem(ISSUER.public_key), case.proof, now=NOW
    )
    assert ours.exit_code() == ALONE.exit_code(theirs)
    return ours.to_dict(), theirs


@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_any_change_of_a_member_gets_one_answer(data: st.DataObject) -> None:
    """One to three members changed, dropped or swapped, signed by the issuer himself: two checkers, one answer."""
    name = data.draw(st.sampled_from(sorted(_STATEMENTS)))
    statement = copy.deepcopy(_STATEMENTS[name])
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(_PATHS[name]))
        at: Any = statement
        try:
            for step in path[:-1]:
                at = at[step]
            if data.draw(st.booleans()):
                at[path[-1]] = data.draw(_JSON)
            else:
                del at[path[-1]]
        except (KeyError, IndexError, TypeError):
            continue
    try:
        payload = canonical(statement)
    except CertificateInvalid:
        payload = json.dumps(statement, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(
            "utf-8", "surrogatepass"
        )
    ours, theirs = _answers(Case(certificate=payload, envelope=dsse.sign(payload, ISSUER)))

    assert ours == theirs


@settings(max_examples=60, deadline=None)
@given(data=st.data(), which=st.sampled_from(["certificate", "envelope", "proof"]))
def test_any_change_of_a_byte_gets_one_answer_and_never_valid(data: st.DataObject, which: str) -> None:
    """A byte changed, dropped or put in, anywhere in a certificate, its envelope or its proof."""
    payload = canonical(_STATEMENTS["certified"])
    parts = {"certificate": payload, "envelope": dsse.sign(payload, ISSUER), "proof": proof()}
    whole = parts[which]
    place = data.draw(st.integers(0, len(whole) - 1))
    new = data.draw(st.binary(max_size=2).filter(lambda item: item != whole[place : place + 1]))
    parts[which] = whole[:place] + new + whole[place + 1 :]

    ours, theirs = _answers(
        Case(certificate=parts["certificate"], envelope=parts["envelope"], proof=parts["proof"], published=FILE)
    )

    assert ours == theirs
    assert ours["state"] == "INVALID" or (
        which != "certificate" and json.loads(parts[which]) == json.loads(whole)  # only spaces between members
    )


@settings(max_examples=100, deadline=None)
@given(junk=st.binary(max_size=60) | _JSON.map(lambda value: json.dumps(value).encode()))
def test_junk_gets_one_answer(junk: bytes) -> None:
    """Neither checker crashes on what is no certificate at all."""
    ours, theirs = _answers(Case(certificate=junk, proof=junk))

    assert ours == theirs and ours["state"] == "INVALID"
