"""Signed bundles of every verdict, and more than a hundred ways to tamper with one, each with the reason that has to be given."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from indelible.model import Check, Evidence, Kind, Limit, NotExamined, Outcome
from indelible.reports import checkpoint, derive, dsse, keys, merkle, suites
from indelible.reports.certificate import build, canonical, seal
from indelible.verify.examination import Examination
from tests.reports.examinations import PINNED, arms, examination, held, region

Object = dict[str, Any]

FILE = b"the published file"
NOW = datetime(2026, 12, 1, tzinfo=UTC)
RUN = checkpoint.begin("0" * 64, suites.newest(), nonce="ab" * 32)


def signer(name: str) -> keys.Signer:
    """A key that is the same in every run of the tests, and nobody's."""
    return keys.from_private(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest()))


ISSUER, STRANGER = signer("issuer"), signer("stranger")
_FAMILIES = {"containers": "structure", "metadata": "metadata", "previews": "preview", "pixels": "pixels"}
_FAMILIES |= {"residual": "residual", "construction": "construction", "attack": "attack"}
_FILE_FAMILIES = {"file.type": "structure", "file.sidecars": "preview"}
_LEFT_OUT = {
    "containers.tail": "other_format",
    "file.attributes": "absent",
    "file.name": "absent",
    "file.sidecars": "absent",
    "pixels.alpha": "other_format",
    "pixels.tiff": "other_format",
    "pixels.mosaic": "no_mosaic",
}


def suite_rows(left_out: Mapping[str, str] = _LEFT_OUT) -> tuple[Check, ...]:
    """A row for every check of the newest suite."""
    rows = []
    for check in sorted(suites.known()[suites.newest()]):
        name, _, version = check.rpartition("/")
        family = _FILE_FAMILIES.get(name) or _FAMILIES.get(name.partition(".")[0], "metadata")
        if name in left_out:
            row = Check(id=name, version=1, family=family, outcome=Outcome.NOT_APPLICABLE, why=left_out[name])
        else:
            row = held(name, family, trials=9 if family == "construction" else None)
        rows.append(replace(row, version=int(version)))
    return tuple(rows)


def whole(**changes: Any) -> Examination:
    """An examination by the whole suite, certified."""
    rows = changes.pop("rows", suite_rows())
    values: Object = {
        "regions": (region(1), region(2, kind=Kind.TEXT), region(3)),
        "rows": rows,
        "required": tuple(sorted({row.id for row in rows if row.outcome is not Outcome.NOT_APPLICABLE})),
        "data": FILE,
    }
    return examination(**{**values, **changes})


def _mosaic() -> Examination:
    left_out = {name: why for name, why in _LEFT_OUT.items() if name != "pixels.mosaic"}
    rows = (*suite_rows(left_out), held("attack.face_parrot", "attack", "r2", 20000))
    regions = (region(1), region(2, Evidence.RESISTED, "mosaic/1", Kind.PERSON))
    return whole(rows=rows, regions=regions, limits=(Limit.METHOD_LOSSY,))


def _broken() -> Examination:
    rows = tuple(
        Check(
            id=row.id,
            version=1,
            family=row.family,
            outcome=Outcome.BROKEN,
            why="R-TRAILING-DATA",
            armed_by=arms(row.id),
        )
        if row.id == "containers.walk"
        else row
        for row in suite_rows()
    )
    return whole(rows=rows)


def _blind() -> Examination:
    rows = tuple(
        Check(id=row.id, version=row.version, family=row.family, outcome=Outcome.INCONCLUSIVE, why="R-MODEL-MISSING")
        if row.id == "residual.faces"
        else row
        for row in suite_rows()
    )
    return whole(rows=rows, not_examined=(NotExamined(kind=Kind.PLATE, reason="not_requested"),))


EXAMINATIONS: dict[str, Callable[[], Examination]] = {
    "certified": whole,
    "with_limits": _mosaic,
    "refused": _broken,
    "inconclusive": _blind,
}


def statement_of(name: str = "certified", public_key: bytes | None = ISSUER.public_key, **changes: Any) -> Object:
    """A statement that names its issuer; it belongs to `RUN`."""
    values = {**PINNED, "run_id": RUN.id, "commitment": "c" * 64, **changes}
    built = build(EXAMINATIONS[name](), public_key=public_key, **values)
    built["predicate"]["policy"]["digest"] = {"sha256": RUN.policy}
    return built


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is handed to a checker, as bytes of files."""

    certificate: bytes
    envelope: bytes | None = None
    published: bytes | None = FILE
    key: bytes | None = field(default=keys.public_pem(ISSUER.public_key))
    proof: bytes | None = None
    previous: bytes | None = None
    now: datetime = NOW
    max_age_days: int | None = None


def signed(statement: Object, by: keys.Signer = ISSUER, **changes: Any) -> Case:
    """The statement with a signature over its canonical bytes, whatever it says."""
    data = canonical(statement)
    return Case(certificate=data, envelope=dsse.sign(data, by), **changes)


@cache
def whole_run() -> tuple[tuple[bytes, ...], merkle.Tree, bytes]:
    """Five certificates, their tree, and the signed root. The second is the one of `statement_of()`."""
    statements = [statement_of(name) for name in ("with_limits", "certified", "refused", "inconclusive", "with_limits")]
    for number, statement in enumerate(statements):
        if number != 1:
            statement["subject"][0]["name"] = f"file-{number:04d}"
    leaves = tuple(canonical(statement) for statement in statements)
    tree = merkle.Tree(merkle.leaf(item) for item in leaves)
    return leaves, tree, dsse.sign(checkpoint.checkpoint_of(RUN, tree, 5), ISSUER, dsse.CHECKPOINT)


def proof(index: int = 1) -> bytes:
    """The proof of one of the five."""
    _, tree, envelope = whole_run()
    return checkpoint.proof_of(tree, index, 5, envelope)


# --- tampering --------------------------------------------------------------------------------------------------------

Tampered = tuple[str, str, Case]


def _edited(change: Callable[[Object], object], name: str = "certified") -> Case:
    """The issuer himself signs a changed predicate."""
    statement = statement_of(name)
    change(statement["predicate"])
    return signed(statement)


def _resealed(body: Object) -> None:
    """What a careful forger makes fit again: suite, plan, claims, sums."""
    rows = body["rows"]
    for number, row in enumerate(rows, 1):
        row["id"] = f"k{number:02d}"
    suite = body["suite"]
    suite["checks"] = sorted({row["check"] for row in rows})
    suite["digest"] = derive.digest({name: suite[name] for name in ("version", "checks", "required")})
    body["plan"]["digest"] = derive.digest({"regions": body["plan"]["regions"]})
    body["claims"] = derive.claims(rows, body["plan"]["regions"])
    body["leakage"] = derive.leakage(body["plan"]["regions"])
    body["coverage"].update(derive.coverage(rows, suite["required"]))


def _bytes(change: Callable[[bytes], bytes]) -> Case:
    """The issuer signs bytes that are not strict, or not canonical."""
    data = change(canonical(statement_of()))
    return Case(certificate=data, envelope=_raw_envelope(data))


def _raw_envelope(payload: bytes, by: keys.Signer = ISSUER, kind: str = dsse.STATEMENT) -> bytes:
    signature = by.sign(dsse.pae(kind, payload))
    entry = {"keyid": by.key_id, "sig": base64.b64encode(signature).decode()}
    return json.dumps(
        {"payload": base64.b64encode(payload).decode(), "payloadType": kind, "signatures": [entry]},
        separators=(",", ":"),
    ).encode()


def _envelope(change: Callable[[Object], object], alone: bool = True) -> Case:
    """The envelope is changed after it was sealed."""
    case = signed(statement_of())
    assert case.envelope is not None
    document = json.loads(case.envelope)
    change(document)
    data = json.dumps(document).encode()
    return replace(case, certificate=data, envelope=None) if alone else replace(case, envelope=data)


def _flipped(text: str, place: int) -> str:
    data = bytearray(base64.b64decode(text))
    data[place] ^= 1
    return base64.b64encode(data).decode()


def _sig(change: Callable[[str], Any]) -> Case:
    return _envelope(lambda document: document["signatures"][0].update(sig=change(document["signatures"][0]["sig"])))


def _proven(change: Callable[[Object], object], by: keys.Signer = ISSUER) -> Case:
    """The proof is changed; the checkpoint inside may be signed again by somebody."""
    document = json.loads(proof())
    envelope = document["checkpoint"]
    stated = json.loads(base64.b64decode(envelope["payload"]))
    change({"proof": document, "stated": stated, "envelope": envelope}[_WHICH.get(change, "proof")])
    if _WHICH.get(change) == "stated" or by is not ISSUER:
        document["checkpoint"] = json.loads(dsse.sign(canonical(stated), by, dsse.CHECKPOINT))
    return signed(statement_of(), proof=json.dumps(document).encode())


_WHICH: dict[Any, str] = {}


def _stated(change: Callable[[Object], object]) -> Case:
    _WHICH[change] = "stated"
    return _proven(change)


def _chained(change: Callable[[Object, Object], object], previous: bytes | None = None) -> Case:
    """A certificate that supersedes an older one, both changed."""
    old = statement_of(certificate_id="11111111-2222-4333-8444-555555555555")
    new = statement_of(issued_at=datetime(2026, 11, 30, tzinfo=UTC))
    names = [row["id"] for row in new["predicate"]["rows"] if row["family"] == "construction"]
    change(old, new)
    digest = hashlib.sha256(canonical(old)).hexdigest()
    new["predicate"].setdefault("supersedes", None)
    if new["predicate"]["supersedes"] is None:
        new["predicate"]["supersedes"] = {"digest": {"sha256": digest}, "reason": "renewal", "carried": names}
    return signed(new, previous=previous or canonical(old))


def chain() -> Case:
    """A sound chain of two."""
    return _chained(lambda old, new: None)


def _pem(key: Any) -> bytes:
    pem: bytes = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return pem


@cache
def _foreign_keys() -> Mapping[str, bytes]:
    private = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
    return {
        "rsa": _pem(rsa.generate_private_key(65537, 2048).public_key()),
        "p256": _pem(ec.generate_private_key(ec.SECP256R1()).public_key()),
        "x25519": _pem(x25519.X25519PrivateKey.from_private_bytes(b"\x08" * 32).public_key()),
        "ed448": _pem(ed448.Ed448PrivateKey.from_private_bytes(b"\x09" * 57).public_key()),
        "private": private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    }


def _weak_issuer() -> Case:
    """The neutral point as a key: the signature R = neutral, s = 0 fits every message."""
    weak = (1).to_bytes(32, "little")
    data = canonical(statement_of(public_key=weak))
    signature = base64.b64encode(weak + bytes(32)).decode()
    document = {
        "payload": base64.b64encode(data).decode(),
        "payloadType": dsse.STATEMENT,
        "signatures": [{"keyid": keys.key_id(weak), "sig": signature}],
    }
    return Case(certificate=json.dumps(document).encode(), key=None)


def _drop_everywhere(check: str) -> Callable[[Object], None]:
    def change(body: Object) -> None:
        body["rows"] = [row for row in body["rows"] if row["check"].rpartition("/")[0] != check]
        body["suite"]["required"] = [name for name in body["suite"]["required"] if name != check]
        gone = [item for item in body["controls"] if item["check"].rpartition("/")[0] == check]
        body["controls"] = [item for item in body["controls"] if item not in gone]
        renamed = {item["id"]: f"c{number}" for number, item in enumerate(body["controls"], 1)}
        for item in body["controls"]:
            item["id"] = renamed[item["id"]]
        for row in body["rows"]:
            row["armedBy"] = [renamed[name] for name in row["armedBy"]]
        _resealed(body)

    return change


def _left_out(check: str, why: str) -> Callable[[Object], None]:
    def change(body: Object) -> None:
        row = next(item for item in body["rows"] if item["check"].startswith(f"{check}/"))
        row.update(outcome="not_applicable", why=why, armedBy=[])
        body["suite"]["required"] = [name for name in body["suite"]["required"] if name != check]
        _resealed(body)

    return change


def _row(check: str, **members: Any) -> Callable[[Object], None]:
    return lambda body: next(row for row in body["rows"] if row["check"].startswith(f"{check}/")).update(members)


def _not_required(body: Object) -> None:
    body["suite"]["required"].remove("residual.faces")
    _resealed(body)


def _certified_mosaic(body: Object) -> None:
    body["plan"]["regions"][1].update(evidence="by_construction")
    body["interference"]["regions"] = ["r1", "r2"]
    body.update(verdict="certified", limits=[])
    _resealed(body)


def _gentler(body: Object) -> None:
    body.update(verdict="certified", reasons=[])


def _unknown_suite(version: str) -> Callable[[Object], None]:
    def change(body: Object) -> None:
        body["suite"]["version"] = version
        _resealed(body)

    return change


def _deep(body: Object) -> None:
    value: Any = "deep"
    for _ in range(63):
        value = [value]
    body["added"] = value


def _replaced(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new, 1)

    return change


def tampered() -> dict[str, Tampered]:
    """Name -> the state and one reason that have to come out, and the case."""
    found: dict[str, Tampered] = {}

    def add(name: str, reason: str, case: Case, state: str = "INVALID") -> None:
        assert name not in found
        found[name] = (state, reason, case)

    # bytes that the issuer signed and that are not strict JSON, or not the one form of it
    for name, reason, change in (
        ("float", "certificate_float", _replaced(b'"contents":9', b'"contents":9.0')),
        ("exponent", "certificate_float", _replaced(b'"contents":9', b'"contents":9e0')),
        ("nan", "certificate_float", _replaced(b'"contents":9', b'"contents":NaN')),
        ("infinity", "certificate_float", _replaced(b'"contents":9', b'"contents":-Infinity')),
        ("huge_integer", "certificate_integer", _replaced(b'"contents":9', b'"contents":9007199254740992')),
        ("long_integer", "certificate_integer", _replaced(b'"contents":9', b'"contents":' + b"9" * 5000)),
        ("duplicate_key", "certificate_duplicate_key", _replaced(b'"contents":9', b'"contents":9,"contents":9')),
        ("duplicate_verdict", "certificate_duplicate_key", _replaced(b'"verdict":', b'"verdict":"certified","verdict":')),
        ("escaped_duplicate", "certificate_duplicate_key", _replaced(b'"verdict":', b'"v\\u0065rdict":"x","verdict":')),
        ("huge_nesting", "certificate_too_deep", lambda data: b"[" * 100_000 + b"]" * 100_000),
        ("open_nesting", "certificate_too_deep", lambda data: b'{"a":' * 100_000),
        ("latin_1", "certificate_not_utf8", _replaced(b"file-0007", b"file-\xe4007")),
        ("utf_16", "certificate_not_utf8", lambda data: data.decode().encode("utf-16")),
        ("overlong_utf8", "certificate_not_utf8", _replaced(b"file-0007", b"file-\xc0\xaf07")),
        ("surrogate", "certificate_not_utf8", _replaced(b"file-0007", b"file-\\ud800")),
        ("byte_order_mark", "certificate_not_json", lambda data: b"\xef\xbb\xbf" + data),
        ("comment", "certificate_not_json", lambda data: b"/* fine */" + data),
        ("trailing_object", "certificate_not_json", lambda data: data + b"{}"),
        ("truncated", "certificate_not_json", lambda data: data[:-1]),
        ("single_quotes", "certificate_not_json", lambda data: data.replace(b'"', b"'")),
        ("nul", "certificate_not_printable", _replaced(b"file-0007", b"file-\\u0000")),
        ("line_feed_in_name", "certificate_not_printable", _replaced(b"file-0007", b"file-0007\\n")),
        ("right_to_left", "certificate_not_printable", _replaced(b"file-0007", "file-\u202e7".encode())),
        ("spaces", "certificate_not_canonical", _replaced(b'"verdict":', b'"verdict": ')),
        ("final_newline", "certificate_not_canonical", lambda data: data + b"\n"),
        ("escaped_letter", "certificate_not_canonical", _replaced(b'"file-0007"', b'"file-000\\u0037"')),
        ("other_order", "certificate_not_canonical", lambda data: json.dumps(json.loads(data)).encode()),
        ("negative_zero", "certificate_not_canonical", _replaced(b'"frame":0', b'"frame":-0')),
        ("script_in_name", "certificate_schema", _replaced(b"file-0007", b"<script>alert(1)</script>")),
        ("html_in_structure", "certificate_schema", _replaced(b'"APP0":', b'"<img src=x onerror=y>":')),
        ("list", "certificate_schema", lambda data: b"[]"),
        ("null", "certificate_schema", lambda data: b"null"),
        ("other_predicate", "certificate_schema", _replaced(b"evidence:v0.1", b"evidence:v9.9")),
        ("other_statement", "certificate_schema", _replaced(b"Statement/v1", b"Statement/v2")),
        ("true_for_one", "certificate_schema", _replaced(b'"frame":0', b'"frame":false')),
    ):  # fmt: skip
        add(name, reason, _bytes(change))
    add("empty", "certificate_not_json", Case(certificate=b""))
    add("too_large", "certificate_too_large", Case(certificate=canonical(statement_of()) + b" " * (12 << 20)))
    add("large_payload", "certificate_too_large", _bytes(lambda data: data + b" " * (8 << 20)))

    # members
    for name, reason, edit in (
        ("unknown_member_in_row", "certificate_schema", lambda body: body["rows"][0].update(waived=True)),
        ("unknown_member_in_limit", "certificate_schema", lambda body: body["issuer"].update(name="Acme")),
        ("unknown_row_family", "certificate_schema", lambda body: body["rows"][0].update(family="magic")),
        ("unknown_outcome", "certificate_schema", lambda body: body["rows"][0].update(outcome="skipped")),
        ("unknown_reason", "certificate_schema", lambda body: body.update(reasons=["R-NONE"])),
        ("unknown_limit", "certificate_schema", lambda body: body.update(limits=[{"code": "L-NONE", "regions": []}])),
        ("no_limits_member", "certificate_schema", lambda body: body.pop("limits")),
        ("nested_addition", "certificate_too_deep", _deep),
        ("bare_original_digest", "certificate_schema", lambda body: body["original"].update(commitment="a" * 64)),
        ("other_commitment", "certificate_schema", lambda body: body["original"]["commitment"].update(alg="sha256")),
        ("unnamed_non_claim", "certificate_schema", lambda body: body["doesNotAssert"].pop()),
    ):  # fmt: skip
        statement = statement_of()
        edit(statement["predicate"])
        data = json.dumps(statement, sort_keys=True, separators=(",", ":")).encode()
        add(name, reason, Case(certificate=data, envelope=_raw_envelope(data)))

    # what the issuer signed and what does not follow from its own rows
    for name, reason, about, edit in (
        ("dropped_row", "rows_not_in_sequence", "certified", lambda body: body["rows"].pop(0)),
        ("dropped_row_and_mentions", "suite_row_is_missing", "certified", _drop_everywhere("residual.faces")),
        ("dropped_last_row", "suite_row_is_missing", "certified", _drop_everywhere("residual.text")),
        ("row_not_required", "required_row_is_not_required", "certified", _not_required),
        ("kind_left_out", "not_applicable_does_not_follow", "certified", _left_out("residual.faces", "kind_not_in_policy")),
        ("regions_denied", "not_applicable_does_not_follow", "certified", _left_out("pixels.fill", "no_regions")),
        ("original_denied", "not_applicable_does_not_follow", "certified", _left_out("pixels.bleed", "no_original")),
        ("format_denied", "not_applicable_does_not_follow", "certified", _left_out("pixels.planes", "other_format")),
        ("broken_to_held", "verdict_does_not_follow", "refused", _row("containers.walk", outcome="held", why=None)),
        ("verdict_raised", "verdict_does_not_follow", "refused", _gentler),
        ("verdict_raised_from_blind", "verdict_does_not_follow", "inconclusive", _gentler),
        ("limit_dropped", "limit_missing", "with_limits", lambda body: body.update(limits=[], verdict="certified")),
        ("limit_of_nobody", "limit_names_an_unknown_region", "with_limits", lambda b: b["limits"][0].update(regions=["r9"])),
        ("reason_dropped", "reasons_do_not_follow", "refused", lambda body: body.update(reasons=[])),
        ("mosaic_by_construction", "mosaic_by_construction", "with_limits", _certified_mosaic),
        ("control_that_did_not_break", "held_row_is_not_armed", "certified", lambda b: b["controls"][0].update(observed="held")),
        ("disarmed_row", "held_row_is_not_armed", "certified", _row("residual.faces", armedBy=[])),
        ("arms_of_another", "row_armed_by_another_check", "certified", _row("residual.faces", armedBy=["c1", "c2"])),
        ("arms_of_nobody", "row_names_an_unknown_control", "certified", _row("residual.faces", armedBy=["c998", "c999"])),
        ("dropped_control", "controls_not_in_sequence", "certified", lambda body: body["controls"].pop(0)),
        ("doubled_row", "rows_repeat_an_id", "certified", lambda body: body["rows"].append(copy.deepcopy(body["rows"][0]))),
        ("row_of_nowhere", "row_names_an_unknown_region", "certified", _row("pixels.fill", region="r77")),
        ("stronger_claim", "claims_do_not_follow", "with_limits", lambda b: b["claims"][1].update(strength="by_construction")),
        ("fewer_bits", "leakage_does_not_follow", "with_limits", lambda b: b["leakage"][1].update(bitsAtMost="0")),
        ("smaller_area", "plan_digest_wrong", "certified", lambda b: b["plan"]["regions"][0].update(box=[40, 60, 8, 8])),
        ("coverage", "coverage_does_not_add_up", "certified", lambda body: body["coverage"].update(expected=1)),
        ("scope", "out_of_scope_incomplete", "certified", lambda body: body["coverage"].update(outOfScope=["gait"])),
        ("few_contents", "by_construction_without_a_swap_test", "certified", lambda b: b["interference"].update(contents=2)),
        ("swap_not_run", "by_construction_without_a_swap_test", "certified",
         lambda body: body["interference"]["levels"].update(after_decode="not_run")),
        ("swap_of_another", "interference_does_not_match_the_regions", "certified",
         lambda body: body["interference"].update(regions=["r1"])),
        ("other_codec", "environment_digest_wrong", "certified", lambda b: b["environment"]["codecs"][0].update(version="9.9")),
        ("policy_of_a_higher_level", "policy_level_does_not_follow", "certified",
         lambda body: body["policy"].update(level="enhanced")),
        ("review_demanded_and_not_missed", "limit_missing", "certified",
         lambda body: body["policy"].update(humanReview=True)),
        ("other_rule", "verdict_rule_unknown", "certified", lambda body: body.update(verdictRule="best-wins/1")),
        ("suite_digest", "suite_digest_wrong", "certified", lambda body: body["suite"].update(version="2026.10")),
        ("non_claims_moved", "non_claims_changed", "certified", lambda body: body["doesNotAssert"].reverse()),
        ("no_original_yet_committed", "commitment_without_an_original", "certified",
         lambda body: body["original"].update(given=False)),
        ("lives_for_ever", "validity_does_not_follow", "certified",
         lambda body: body["validity"].update(notAfter="2099-01-01T00:00:00Z")),
        ("mosaic_lives_longer", "validity_does_not_follow", "with_limits",
         lambda body: body["validity"].update(notAfter="2027-11-24T00:00:00Z")),
        ("ends_before_it_begins", "validity_does_not_follow", "certified",
         lambda body: body["validity"].update(notAfter="2026-11-22T00:00:00Z")),
        ("thirtieth_of_february", "moment_impossible", "certified",
         lambda body: body["validity"].update(notAfter="2027-02-30T00:00:00Z")),
        ("year_0", "moment_impossible", "certified", lambda body: body.update(issuedAt="0000-01-01T00:00:00Z")),
        ("before_the_calendar", "moment_impossible", "certified", lambda body: body.update(issuedAt="9999-12-31T23:59:59Z")),
        ("signed_and_says_unsigned", "issuer_contradicts_the_signature", "certified",
         lambda body: body.update(signature="unsigned")),
        ("carried_row_of_nowhere", "carried_row_is_missing", "certified", lambda body: body.update(
            supersedes={"digest": {"sha256": "a" * 64}, "reason": "renewal", "carried": ["k99"]})),
    ):  # fmt: skip
        add(name, reason, _edited(edit, about))

    # envelopes
    other = statement_of("refused")
    add("verdict_edited_after_signing", "envelope_of_another_certificate", replace(
        signed(statement_of()), certificate=canonical(other)))  # fmt: skip
    add("envelope_of_another", "envelope_of_another_certificate", replace(
        signed(statement_of()), envelope=dsse.sign(canonical(other), ISSUER)))  # fmt: skip
    add("payload_edited", "signature_does_not_verify", _envelope(lambda document: document.update(
        payload=base64.b64encode(canonical(statement_of("with_limits"))).decode())))  # fmt: skip
    for name, reason, envelope_edit in (
        ("payload_broken_base64", "envelope_base64", lambda d: d.update(payload=d["payload"][:-1])),
        ("payload_url_base64", "envelope_base64", lambda d: d.update(payload=d["payload"][:-4] + "-_-_")),
        ("payload_with_newline", "certificate_not_printable", lambda d: d.update(payload=d["payload"] + "\n")),
        ("payload_with_space", "envelope_base64", lambda d: d.update(payload=" " + d["payload"])),
        ("payload_number", "envelope_base64", lambda d: d.update(payload=7)),
        ("payload_type", "envelope_of_another_type", lambda d: d.update(payloadType="application/json")),
        ("checkpoint_as_certificate", "envelope_of_another_type", lambda d: d.update(payloadType=dsse.CHECKPOINT)),
        ("no_signature", "envelope_without_one_signature", lambda d: d.update(signatures=[])),
        ("two_signatures", "envelope_without_one_signature", lambda d: d.update(signatures=d["signatures"] * 2)),
        ("signatures_text", "envelope_without_one_signature", lambda d: d.update(signatures="none")),
        ("extra_member", "envelope_members", lambda d: d.update(note="trust me")),
        ("no_payload", "envelope_members", lambda d: d.pop("payload")),
        ("extra_in_signature", "envelope_members", lambda d: d["signatures"][0].update(cert="x")),
        ("key_id_number", "envelope_members", lambda d: d["signatures"][0].update(keyid=1)),
        ("key_id_of_another", "envelope_names_another_key", lambda d: d["signatures"][0].update(keyid=STRANGER.key_id)),
        ("key_id_empty", "envelope_names_another_key", lambda d: d["signatures"][0].update(keyid="")),
    ):  # fmt: skip
        add(name, reason, _envelope(envelope_edit))
    for name, reason, sig in (
        ("signature_flipped_first", "signature_does_not_verify", lambda text: _flipped(text, 0)),
        ("signature_flipped_last", "signature_does_not_verify", lambda text: _flipped(text, 63)),
        ("signature_zero", "signature_does_not_verify", lambda text: base64.b64encode(bytes(64)).decode()),
        ("signature_truncated", "signature_is_not_64_bytes",
         lambda text: base64.b64encode(base64.b64decode(text)[:63]).decode()),
        ("signature_padded", "signature_is_not_64_bytes",
         lambda text: base64.b64encode(base64.b64decode(text) + b"\0").decode()),
        ("signature_empty", "signature_is_not_64_bytes", lambda text: ""),
        ("signature_cut_text", "envelope_base64", lambda text: text[:-3]),
        ("signature_null", "envelope_base64", lambda text: None),
        ("signature_spare_bits", "envelope_base64", _spare_bits),
    ):  # fmt: skip
        add(name, reason, _sig(sig))
    case = signed(statement_of())
    assert case.envelope is not None
    add("envelope_not_json", "envelope_not_json", replace(case, envelope=case.envelope[:-9]))
    add("envelope_duplicate_key", "envelope_duplicate_key", replace(
        case, envelope=case.envelope.replace(b'"payloadType"', b'"payloadType":"x","payloadType"', 1)))  # fmt: skip
    add("envelope_deep", "envelope_too_deep", replace(case, envelope=b"[" * 99_999))
    add("envelope_utf16", "envelope_not_utf8", replace(case, envelope=case.envelope.decode().encode("utf-16")))
    add("unsigned_in_envelope", "envelope_round_an_unsigned_certificate", signed(statement_of(public_key=None)))
    raw = canonical(statement_of())
    add("type_confusion", "signature_does_not_verify", Case(certificate=_raw_envelope(raw, kind=dsse.CHECKPOINT).replace(
        dsse.CHECKPOINT.encode(), dsse.STATEMENT.encode())))  # fmt: skip

    # keys
    add(
        "signed_by_a_stranger",
        "signed_with_another_key",
        signed(statement_of(public_key=STRANGER.public_key), STRANGER),
    )
    add("stranger_under_the_issuers_name", "signature_does_not_verify", signed(statement_of(), STRANGER))
    add("issuer_key_swapped", "issuer_key_id_does_not_follow", _edited(
        lambda body: body["issuer"].update(publicKey=base64.b64encode(STRANGER.public_key).decode())))  # fmt: skip
    add("issuer_id_swapped", "issuer_key_id_does_not_follow", _edited(
        lambda body: body["issuer"].update(keyId=STRANGER.key_id)))  # fmt: skip
    add("weak_key", "issuer_key_is_weak", _weak_issuer())
    for name, pem in _foreign_keys().items():
        reason = "key_is_private" if name == "private" else "key_of_the_wrong_kind"
        add(f"pinned_{name}", reason, replace(case, key=pem))
    add("pinned_garbage", "key_malformed", replace(case, key=b"not a key"))
    add("pinned_short", "key_malformed", replace(case, key=base64.b64encode(bytes(31))))
    add("pinned_weak", "key_is_weak", replace(case, key=(1).to_bytes(32, "little").hex().encode()))

    # files
    add("another_file", "file_is_not_the_certified_one", replace(case, published=b"another file"))
    add("file_one_bit", "file_is_not_the_certified_one", replace(case, published=FILE[:-1] + b"\0"))
    add("empty_file", "file_is_not_the_certified_one", replace(case, published=b""))
    swapped = signed(statement_of())
    add("subject_swapped", "suite_digest_wrong", replace(_edited(lambda body: body["suite"]["digest"].update(
        sha256="0" * 64)), published=swapped.published))  # fmt: skip

    # runs
    add("proof_of_another_file", "proof_does_not_lead_to_the_root", signed(statement_of(), proof=proof(0)))
    for name, reason, proof_edit in (
        ("proof_index", "proof_does_not_lead_to_the_root", lambda d: d.update(index=2)),
        ("proof_index_beyond", "proof_does_not_lead_to_the_root", lambda d: d.update(index=5)),
        ("proof_size", "proof_does_not_lead_to_the_root", lambda d: d.update(size=4)),
        ("proof_path_cut", "proof_does_not_lead_to_the_root", lambda d: d["path"].pop()),
        ("proof_path_longer", "proof_does_not_lead_to_the_root", lambda d: d["path"].append("0" * 64)),
        ("proof_path_changed", "proof_does_not_lead_to_the_root", lambda d: d["path"].reverse()),
        ("proof_negative", "proof_members", lambda d: d.update(index=-1)),
        ("proof_true", "proof_members", lambda d: d.update(index=True)),
        ("proof_endless", "proof_members", lambda d: d.update(path=["0" * 64] * 54)),
        ("proof_extra", "proof_members", lambda d: d.update(note="")),
        ("checkpoint_key_id", "checkpoint_names_another_key",
         lambda d: d["checkpoint"]["signatures"][0].update(keyid=STRANGER.key_id)),
        ("proof_without_checkpoint", "checkpoint_members", lambda d: d.update(checkpoint={"payload": ""})),
    ):  # fmt: skip
        add(name, reason, _proven(proof_edit))
    add("proof_not_json", "proof_not_json", replace(case, proof=b"{"))
    add("proof_float", "proof_float", replace(case, proof=proof().replace(b'"index":1', b'"index":1.0')))
    for name, reason, stated_edit in (
        ("checkpoint_run", "checkpoint_of_another_run", lambda d: d.update(runId="f" * 64)),
        ("checkpoint_nonce", "checkpoint_run_id_does_not_follow", lambda d: d.update(nonce="f" * 64)),
        ("checkpoint_policy", "checkpoint_of_another_policy_or_suite", lambda d: d.update(policy={"sha256": "f" * 64})),
        ("checkpoint_root", "proof_does_not_lead_to_the_root", lambda d: d.update(root={"sha256": "f" * 64})),
        ("checkpoint_size", "proof_does_not_lead_to_the_root", lambda d: d.update(size=6)),
        ("checkpoint_extra", "checkpoint_members", lambda d: d.update(note="")),
    ):  # fmt: skip
        add(name, reason, _stated(stated_edit))
    add("checkpoint_of_a_stranger", "checkpoint_signature_does_not_verify", _proven(lambda document: None, STRANGER))

    # chains
    add("nothing_superseded", "nothing_is_superseded", replace(case, previous=case.certificate))
    add("previous_of_another_file", "previous_is_of_another_file", _chained(
        lambda old, new: old["subject"][0]["digest"].update(sha256="f" * 64)))  # fmt: skip
    add("previous_is_another", "previous_is_another_certificate", _chained(lambda old, new: None, previous=raw))
    add("previous_contradicts_itself", "previous_does_not_hold", _chained(
        lambda old, new: old["predicate"]["coverage"].update(expected=3)))  # fmt: skip
    add("previous_damaged", "previous_is_not_a_certificate", _chained(lambda old, new: None, previous=b"{}"))
    add("carried_row_changed", "carried_row_differs", _chained(
        lambda old, new: _row("construction.rederivation", trials={"planned": 3, "done": 3})(new["predicate"])))  # fmt: skip

    # nobody vouches, or too old
    add("unsigned", "unsigned", Case(certificate=canonical(statement_of(public_key=None))), "UNVERIFIABLE")
    add("envelope_gone", "envelope_missing", replace(case, envelope=None), "UNVERIFIABLE")
    add("key_of_nobody", "key_not_known", replace(case, key=None), "UNVERIFIABLE")
    add("suite_of_tomorrow", "suite_not_known", _edited(_unknown_suite("2099.01")), "UNVERIFIABLE")
    add("from_the_future", "issued_in_the_future", replace(case, now=datetime(2026, 11, 1, tzinfo=UTC)), "UNVERIFIABLE")
    add("first_day_of_the_calendar", "expired", _edited(lambda body: body.update(
        issuedAt="0001-01-01T00:00:00Z", validity={"notAfter": "0001-01-02T00:00:00Z"})), "EXPIRED")  # fmt: skip
    add("last_days_of_the_calendar", "issued_in_the_future", replace(_edited(lambda body: body.update(
        issuedAt="9996-01-01T00:00:00Z", validity={"notAfter": "9998-12-01T00:00:00Z"})), max_age_days=36_500),
        "UNVERIFIABLE")  # fmt: skip
    add("too_old", "expired", replace(case, now=datetime(2029, 11, 24, tzinfo=UTC)), "EXPIRED")
    add("too_old_for_me", "expired", replace(case, max_age_days=7), "EXPIRED")
    return found


def _spare_bits(text: str) -> str:
    """Another text for the same 64 bytes: the last letter before the padding carries bits that nobody reads."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    place = letters.index(text[-3])
    return text[:-3] + letters[place ^ 1] + "=="


def sealed(name: str) -> Case:
    """One of the four verdicts as it is issued."""
    statement = statement_of(name)
    return Case(certificate=canonical(statement), envelope=seal(statement, ISSUER))
