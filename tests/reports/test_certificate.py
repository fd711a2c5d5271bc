"""The certificate: what it holds, what is refused on the way in, what it notices about itself."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indelible.detect.calibration import DetectorFacts
from indelible.model import Box, Evidence, Kind, Limit, Outcome, Policy, Region, TextRules
from indelible.reports.certificate import CertificateInvalid, build, canonical, parse, recompute
from indelible.reports.formats import render
from indelible.reports.projection import policy_of
from indelible.reports.statement import DOES_NOT_ASSERT
from indelible.reports.view_legal import pack
from tests.reports.examinations import EVERY, PINNED, certified, inconclusive, refused, region, statement, with_limits

Statement = dict[str, Any]


@pytest.mark.parametrize("name", sorted(EVERY))
def test_what_is_built_is_read_again_and_holds(name: str) -> None:
    """Every verdict: canonical bytes parse to the same statement, and the statement follows from its own rows."""
    built = statement(name)

    assert parse(canonical(built)) == built
    assert recompute(built) == []


@pytest.mark.parametrize("name", sorted(EVERY))
def test_same_examination_same_bytes(name: str) -> None:
    """Clock and ids pinned, the certificate is the same, byte for byte."""
    assert canonical(statement(name)) == canonical(statement(name))


def test_certificate_does_not_depend_on_its_neighbours_in_the_run() -> None:
    """Controls that a run shares over its files do not enter a file for which their check did not run."""
    alone = certified()
    others = with_limits().controls
    together = replace(alone, controls=(*reversed(others), *alone.controls))

    assert canonical(build(alone, **PINNED)) == canonical(build(together, **PINNED))


def test_subject_is_the_published_file_and_nothing_of_the_original() -> None:
    """One subject; the original is a truth value without digest, name or length."""
    built = statement("certified")

    assert [item["name"] for item in built["subject"]] == ["file-0007"]
    assert built["predicate"]["original"] == {
        "given": True,
        "unchanged": None,
        "custody": "unknown",
        "commitment": None,
    }


def test_one_claim_one_strength() -> None:
    """A file with a solid and a mosaic region carries two claims, of two strengths, over different regions."""
    claims = {item["id"]: item for item in statement("with_limits")["predicate"]["claims"]}

    assert (claims["PIX-NI"]["strength"], claims["PIX-NI"]["regions"]) == ("by_construction", ["r1", "r5"])
    assert (claims["PIX-RES"]["strength"], claims["PIX-RES"]["regions"]) == ("resisted", ["r2"])
    assert claims["META"]["strength"] == "observed"


def test_bits_are_zero_by_construction_and_a_capacity_for_a_mosaic() -> None:
    """6 blocks across 400 x 800 pixels are 6 x 12 blocks of 24 bits."""
    boxed = replace(region(2, Evidence.RESISTED, "mosaic/1"), region=Region(box=Box(1600, 800, 400, 800)))
    examined = with_limits()
    built = build(replace(examined, regions=(examined.regions[0], boxed, examined.regions[2])), **PINNED)

    assert built["predicate"]["leakage"] == [
        {"region": "r1", "bitsAtMost": "0", "by": "swap_test"},
        {"region": "r2", "bitsAtMost": "1728", "by": "capacity"},
        {"region": "r5", "bitsAtMost": "0", "by": "swap_test"},
    ]


def test_a_mosaic_that_was_found_has_its_capacity_too() -> None:
    """Nobody said how it was made; what so few blocks carry holds all the same. And how many contents they tell apart is shown."""
    found = replace(region(2, Evidence.UNKNOWN, "unknown"), source="found", blocks=6, distinguishable=(61, 64))
    boxed = replace(found, region=Region(box=Box(1600, 800, 400, 800)))
    examined = with_limits()
    body = build(replace(examined, regions=(boxed,)), **PINNED)["predicate"]

    assert body["leakage"] == [{"region": "r2", "bitsAtMost": "1728", "by": "capacity"}]
    assert body["plan"]["regions"][0]["parameters"] == {"blocks": 6, "distinguishable": {"outputs": 61, "of": 64}}


@pytest.mark.parametrize(("name", "until"), [("certified", "2029-11-23"), ("with_limits", "2027-11-23")])
def test_a_resisted_region_shortens_the_life(name: str, until: str) -> None:
    """36 months if all is by construction, 12 otherwise."""
    assert statement(name)["predicate"]["validity"]["notAfter"] == f"{until}T00:00:00Z"


def test_missing_row_is_a_coverage_gap() -> None:
    """What the suite demands and is not there is expected, and not present."""
    coverage = statement("inconclusive")["predicate"]["coverage"]

    assert (coverage["expected"], coverage["present"], coverage["notApplicable"]) == (9, 8, 0)


def test_unsigned_and_says_so() -> None:
    """No issuer, every non-claim, and the legal pack by its digest."""
    body = statement("certified")["predicate"]

    assert (body["issuer"], body["signature"], body["legalPack"]) == (None, "unsigned", pack())
    assert body["doesNotAssert"] == list(DOES_NOT_ASSERT)


@pytest.mark.parametrize("alias", ["", "Müller.jpg", "a/b", "<script>", "../x", "a b", "x" * 65, "a\n"])
def test_alias_is_a_neutral_name(alias: str) -> None:
    """A user's file name does not enter a certificate."""
    with pytest.raises(ValueError, match="alias"):
        build(certified(), **{**PINNED, "alias": alias})


def test_text_from_a_file_does_not_enter() -> None:
    """Structure names, channels, places and versions of another form than ours are replaced, not repeated."""
    canary = "CANARY<script>alert(1)</script>"
    examined = refused()
    walk = examined.rows[0]
    finding = replace(walk.findings[0], channel=canary, where=f"name {canary}", remedy=canary)
    hostile = replace(
        examined,
        rows=(replace(walk, findings=(finding,)), *examined.rows[1:]),
        census=replace(examined.census, structures={canary: 2}, left=(canary,), removed={canary: "37"}),
        environment={canary: canary},
        detectors=(DetectorFacts(id=canary),),
        policy=replace(examined.policy, name=canary),
    )
    data = canonical(build(hostile, **PINNED))

    assert b"CANARY" not in data
    assert json.loads(data)["predicate"]["metadata"]["removed"] == {"other": "10-50"}


def test_no_score_duration_or_path() -> None:
    """No float, no path separator outside types and ids, no time but the two that are meant."""
    data = canonical(statement("with_limits")).decode()

    assert not _floats(json.loads(data))
    assert "/home" not in data and "/tmp" not in data
    assert data.count("T00:00:00Z") == 1 and data.count("T03:00:00Z") == 1


def _floats(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_floats(item) for item in value.values())
    return any(_floats(item) for item in value) if isinstance(value, list) else isinstance(value, float)


# --- strict reading ---------------------------------------------------------------------------------------------------


def _members(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield (*path, key)
            yield from _members(item, (*path, key))
    elif isinstance(value, list):
        for place, item in enumerate(value[:1]):
            yield from _members(item, (*path, place))


def _without(value: Statement, path: tuple[str | int, ...]) -> Statement:
    mutant = copy.deepcopy(value)
    at: Any = mutant
    for step in path[:-1]:
        at = at[step]
    del at[path[-1]]
    return mutant


#: Members that may be absent: a solid region has no parameters, and the lists of counted names are open.
_OPTIONAL = ("parameters", "counts", "removed", "margins")


def test_every_required_member_is_required() -> None:
    """Removing any one member makes bytes that are not a certificate."""
    built = statement("with_limits")
    paths = [path for path in _members(built) if not set(path[-2:]) & set(_OPTIONAL)]
    accepted = []
    for path in paths:
        try:
            parse(json.dumps(_without(built, path)).encode())
            accepted.append(path)
        except CertificateInvalid:
            pass

    assert len(paths) > 100
    assert accepted == []


@pytest.mark.parametrize("member", ["rows", "controls", "claims", "limits"])
def test_unknown_member_fails_closed_where_it_counts(member: str) -> None:
    """In a row, control, claim or limit an unknown member could change the meaning."""
    mutant = statement("with_limits")
    mutant["predicate"][member][0]["waived"] = True

    with pytest.raises(CertificateInvalid):
        parse(canonical(mutant))


def test_unknown_member_elsewhere_is_ignored() -> None:
    """Later versions may add facts to the predicate."""
    mutant = statement("certified")
    mutant["predicate"]["added"] = "later"

    assert parse(canonical(mutant))["predicate"]["added"] == "later"


_BYTES: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "float": ("certificate_float", lambda data: data.replace(b'"contents":9', b'"contents":9.0')),
    "exponent": ("certificate_float", lambda data: data.replace(b'"contents":9', b'"contents":9e0')),
    "nan": ("certificate_float", lambda data: data.replace(b'"contents":9', b'"contents":NaN')),
    "huge": ("certificate_integer", lambda data: data.replace(b'"contents":9', b'"contents":9007199254740992')),
    "longest": ("certificate_integer", lambda data: data.replace(b'"contents":9', b'"contents":' + b"9" * 5000)),
    "duplicate": (
        "certificate_duplicate_key",
        lambda data: data.replace(b'"contents":9', b'"contents":9,"contents":9'),
    ),
    "deep": ("certificate_too_deep", lambda data: b"[" * 100_000 + b"]" * 100_000),
    "not_utf8": ("certificate_not_utf8", lambda data: data.replace(b"file-0007", b"file-\xff007")),
    "surrogate": ("certificate_not_utf8", lambda data: data.replace(b"file-0007", b"file-\\ud800")),
    "line_feed": ("certificate_not_printable", lambda data: data.replace(b"file-0007", b"file-0007\\n")),
    "large": ("certificate_too_large", lambda data: data + b" " * (8 * 1024 * 1024)),
    "trailing": ("certificate_not_json", lambda data: data + b"{}"),
    "bom": ("certificate_not_json", lambda data: b"\xef\xbb\xbf" + data),
    "empty": ("certificate_not_json", lambda data: b""),
    "list": ("certificate_schema", lambda data: b"[]"),
    "hostile_alias": ("certificate_schema", lambda data: data.replace(b"file-0007", b"<script>")),
    "other_type": ("certificate_schema", lambda data: data.replace(b"evidence:v0.1", b"evidence:v9.9")),
    "unknown_limit": ("certificate_schema", lambda data: data.replace(b'"profile":"public"', b'"profile":"sealed"')),
}


@pytest.mark.parametrize("name", sorted(_BYTES))
def test_strict_bytes(name: str) -> None:
    """Each way of not being strict JSON has its own closed code, and no value in its message."""
    expected, change = _BYTES[name]
    data = canonical(statement("certified"))

    with pytest.raises(CertificateInvalid) as caught:
        parse(change(data))
    assert caught.value.code == expected
    assert "script" not in str(caught.value)


def test_floats_never_leave() -> None:
    """The writer refuses what the reader would refuse."""
    mutant = statement("certified")
    mutant["predicate"]["score"] = 0.5

    with pytest.raises(CertificateInvalid):
        canonical(mutant)


# --- recomputation ----------------------------------------------------------------------------------------------------


def _drop_row(body: Statement) -> None:
    del body["rows"][0]


def _drop_last_row_and_its_count(body: Statement) -> None:
    del body["rows"][-1]
    body["coverage"]["present"] -= 1
    body["coverage"]["expected"] -= 1


def _break_to_held(body: Statement) -> None:
    body["rows"][0].update(outcome="held", why=None)


def _hold_a_broken_control(body: Statement) -> None:
    body["controls"][0]["observed"] = "held"


def _disarm(body: Statement) -> None:
    body["rows"][0]["armedBy"] = []


def _arm_by_another(body: Statement) -> None:
    body["rows"][0]["armedBy"] = body["rows"][1]["armedBy"]


def _drop_control(body: Statement) -> None:
    del body["controls"][0]


def _raise_verdict(body: Statement) -> None:
    body.update(verdict="certified", limits=[], reasons=[])


def _drop_limit(body: Statement) -> None:
    body["limits"] = []


def _stronger_claim(body: Statement) -> None:
    body["claims"][1]["strength"] = "by_construction"


def _stronger_region(body: Statement) -> None:
    body["plan"]["regions"][1]["evidence"] = "by_construction"


def _fewer_bits(body: Statement) -> None:
    body["leakage"][1]["bitsAtMost"] = "0"


def _fewer_required(body: Statement) -> None:
    body["suite"]["required"] = body["suite"]["required"][1:]


def _smaller_area(body: Statement) -> None:
    body["plan"]["regions"][0]["box"][2] -= 8


def _fewer_non_claims(body: Statement) -> None:
    body["doesNotAssert"] = list(reversed(body["doesNotAssert"]))


def _in_scope(body: Statement) -> None:
    body["coverage"]["outOfScope"] = ["gait"]


def _few_contents(body: Statement) -> None:
    body["interference"]["contents"] = 2


def _swap_not_run(body: Statement) -> None:
    body["interference"]["levels"]["after_decode"] = "not_run"


def _other_codec(body: Statement) -> None:
    body["environment"]["codecs"][0]["version"] = "9.9"


_MUTATIONS = [
    ("certified", _drop_row),
    ("certified", _drop_last_row_and_its_count),
    ("certified", _hold_a_broken_control),
    ("certified", _disarm),
    ("certified", _arm_by_another),
    ("certified", _drop_control),
    ("certified", _fewer_required),
    ("certified", _smaller_area),
    ("certified", _fewer_non_claims),
    ("certified", _in_scope),
    ("certified", _few_contents),
    ("certified", _swap_not_run),
    ("certified", _other_codec),
    ("with_limits", _drop_limit),
    ("with_limits", _raise_verdict),
    ("with_limits", _stronger_claim),
    ("with_limits", _stronger_region),
    ("with_limits", _fewer_bits),
    ("refused", _break_to_held),
    ("refused", _drop_row),
    ("refused", _raise_verdict),
    ("inconclusive", _raise_verdict),
    ("nothing_redacted", _drop_limit),
    ("nothing_redacted", _raise_verdict),
]


@pytest.mark.claim("T-VER-02")
@pytest.mark.parametrize(("name", "change"), _MUTATIONS, ids=lambda item: getattr(item, "__name__", item))
def test_altered_certificate_is_noticed(name: str, change: Callable[[Statement], None]) -> None:
    """Any dropped or altered row, limit or control shows on the paper itself."""
    mutant = statement(name)
    change(mutant["predicate"])

    assert recompute(mutant) != []


@pytest.mark.claim("T-VER-02")
def test_every_single_row_is_missed_when_it_goes() -> None:
    """Row by row, with the coverage adjusted to match by a careful forger."""
    whole = statement("with_limits")
    for place in range(len(whole["predicate"]["rows"])):
        mutant = copy.deepcopy(whole)
        body = mutant["predicate"]
        gone = body["rows"].pop(place)
        body["coverage"]["expected"] -= 1
        body["coverage"]["notApplicable" if gone["outcome"] == "not_applicable" else "present"] -= 1

        assert recompute(mutant) != []


@pytest.mark.claim("T-VER-03")
@pytest.mark.parametrize("name", ["expected", "present", "notApplicable", "errors"])
def test_counts_add_up(name: str) -> None:
    """No count may be off by one."""
    mutant = statement("inconclusive")
    mutant["predicate"]["coverage"][name] += 1

    assert "coverage_does_not_add_up" in recompute(mutant)


def test_unarmed_held_row_does_not_pass() -> None:
    """A detector's row that held without controls keeps a file from passing, demanded or not."""
    examined = certified()
    rows = tuple(replace(row, armed_by=()) if row.id == "residual.faces" else row for row in examined.rows)
    mutant = build(replace(examined, rows=rows), **PINNED)

    assert "held_row_is_not_armed" in recompute(mutant)


def test_fixtures_cover_every_verdict() -> None:
    """The hand-made examinations come to all four words."""
    words = {item().verdict.word.value for item in EVERY.values()}

    assert words == {"certified", "certified_with_limits", "inconclusive", "refused"}
    assert Limit.METHOD_LOSSY in with_limits().verdict.limits
    assert Outcome.INCONCLUSIVE in {row.outcome for row in inconclusive().rows}


# --- hostile certificates ---------------------------------------------------------------------------------------------

_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 10**6)
    | st.text(max_size=8)
    | st.sampled_from(["held", "r1", "k01", "0"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_change_is_refused_or_rendered_without_a_crash(data: st.DataObject) -> None:
    """Whatever one puts in the place of any member: not a certificate, or one that can be checked and shown."""
    built = statement("with_limits")
    path = data.draw(st.sampled_from(_PATHS))
    at: Any = built
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = data.draw(_JSON | st.just(copy.deepcopy(at[path[-1]])))
    try:
        untrusted = parse(json.dumps(built).encode())
    except CertificateInvalid:
        return

    assert isinstance(recompute(untrusted), list)
    assert render("html", untrusted).endswith(b"</html>")


_PATHS = sorted(_members(statement("with_limits")), key=str)


def test_the_callers_words_enter_no_digest() -> None:
    """A bare digest of a name is found by trying names: only the number of words is in the policy's digest."""
    one, other, longer = (
        policy_of(Policy(text_rules=TextRules(deny=words)))["digest"]
        for words in (("Jane Doe",), ("John Roe",), ("Jane Doe", "John Roe"))
    )

    assert one == other != longer
    assert policy_of(Policy(thresholds={Kind.FACE: 0.3}))["digest"] != policy_of(Policy())["digest"]
