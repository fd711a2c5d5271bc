#!/usr/bin/env python3
"""Check a redaction certificate offline, without the toolkit: this one file, Python 3.11 or newer and the package `cryptography`.

    python indelible_check.py NAME.certificate.json --file NAME.jpg --key issuer.pub [--proof NAME.proof.json]

The answers of `indelible check`, from code of its own, in the same order: strict parse, signature and key, digest of the file, verdict
recomputed from the rows, suite, inclusion proof, age. Exit code: 30 when something does not hold, 20 when nobody known vouches for it or
it has expired, else the verdict's (0 certified, 10 with limits, 20 inconclusive, 30 refused). A signature proves who said it,
recomputation that the verdict follows from the rows; neither proves the rows. Licence: Apache-2.0. SCHEMA and SUITES, near the end, are
data, written by tools/suites.py from the published schemas and the suites.
"""

# fmt: off
from __future__ import annotations

import argparse
import base64
import contextlib
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

MOST, MOST_ENVELOPE, DEEPEST, HIGHEST = 8 << 20, 12 << 20, 64, 2**53 - 1
KINDS_OF_JSON = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}
CODES = {"certified": 0, "certified_with_limits": 10, "inconclusive": 20, "refused": 30}

class Wrong(Exception):
    """Not what it is said to be; the only argument is a closed code."""

def load(data: bytes, most: int = MOST, name: str = "certificate") -> Any:
    """Strict JSON: UTF-8, one value per key, no floats, bounded size, depth and integers, printable text."""
    def wrong(kind: str) -> Any:
        raise Wrong(f"{name}_{kind}")
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        return dict(pairs) if len(dict(pairs)) == len(pairs) else wrong("duplicate_key")
    def whole(digits: str) -> int:
        return int(digits) if len(digits) <= 17 and abs(int(digits)) <= HIGHEST else wrong("integer")
    depth = 0
    try:
        text = data.decode("utf-8") if len(data) <= most else wrong("too_large")
        for mark in re.finditer(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', text, re.DOTALL):  # ++ gives no memory away
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(text[mark.start()], 0)
            _ = depth <= DEEPEST or wrong("too_deep")
        value = json.loads(text, object_pairs_hook=once, parse_int=whole,
                           parse_float=lambda _: wrong("float"), parse_constant=lambda _: wrong("float"))
    except UnicodeDecodeError:
        wrong("not_utf8")
    except (ValueError, RecursionError):
        wrong("not_json")
    for item in texts(value):
        if not item.isprintable():
            wrong("not_utf8" if re.search("[\ud800-\udfff]", item) else "not_printable")
    return value

def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value if isinstance(value, list) else [part for pair in value.items() for part in pair]:
            yield from texts(item)

def canonical(value: Any) -> bytes:
    """RFC 8785, for values without floats."""
    def text(item: Any) -> str:
        if isinstance(item, dict):
            names = sorted(item, key=lambda name: name.encode("utf-16-be"))
            return "{" + ",".join(f"{text(name)}:{text(item[name])}" for name in names) + "}"
        if isinstance(item, list):
            return "[" + ",".join(map(text, item)) + "]"
        return json.dumps(item, ensure_ascii=False)
    return text(value).encode("utf-8")

def digest(value: Any) -> dict[str, str]:
    return {"sha256": hashlib.sha256(canonical(value)).hexdigest()}

def fits(value: Any, schema: Any) -> bool:
    """JSON Schema, the part of it that is used. An object's `required` is left out where every listed member is."""
    if "$ref" in schema:
        return fits(value, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]])
    kind, listed, get = schema.get("type"), schema.get("properties", {}), schema.get
    size = len(value) if isinstance(value, str | list | dict) else 0
    if (kind and type(value) is not KINDS_OF_JSON[kind]) or not (
            value == get("const", value) and ("enum" not in schema or value in schema["enum"])
            and ("anyOf" not in schema or any(fits(value, item) for item in schema["anyOf"]))
            and all(fits(value, rule.get("then" if fits(value, rule["if"]) else "else", {})) for rule in get("allOf", ()))):
        return False
    if isinstance(value, str):
        return bool(re.search(get("pattern", ""), value)) and size <= get("maxLength", HIGHEST)
    if isinstance(value, int):
        return bool(get("minimum", value) <= value <= get("maximum", value))
    if isinstance(value, list):
        rules = (get("prefixItems", []) + [get("items", {})] * size)[:size]
        unique = not get("uniqueItems") or len({canonical(item) for item in value}) == size
        return unique and get("minItems", 0) <= size <= get("maxItems", HIGHEST) and all(map(fits, value, rules))
    if isinstance(value, dict):
        names, more = get("propertyNames", {}), get("additionalProperties", {})
        if set(get("required", listed if kind else ())) - set(value) or (more is False and set(value) - set(listed)):
            return False
        return size <= get("maxProperties", HIGHEST) and all(
            fits(name, names) and fits(item, listed.get(name, more)) for name, item in value.items())
    return True

def statement_in(data: bytes, beside: bytes | None = None) -> tuple[Any, bytes, Any]:
    """The parsed statement, its bytes and its opened envelope, whichever of the two `data` is."""
    value, envelope = load(data, MOST_ENVELOPE), None
    if isinstance(value, dict) and "payloadType" in value:
        envelope = opened(value)
    elif beside is not None:
        envelope = opened(load(beside, MOST_ENVELOPE, "envelope"))
        if envelope[0] != data:
            raise Wrong("envelope_of_another_certificate")
    payload = data if envelope is None else envelope[0]
    value = load(payload)
    if not fits(value, SCHEMA):
        raise Wrong("certificate_schema")
    return value, payload, envelope

def unbase64(text: Any) -> bytes:
    with contextlib.suppress(ValueError):
        data = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
        if base64.b64encode(data).decode() == text:
            return data
    raise Wrong("envelope_base64")

def opened(document: Any, kind: str = "application/vnd.in-toto+json") -> tuple[bytes, str, bytes, bytes]:
    """Payload, key id, signature, and the bytes that are signed."""
    if not isinstance(document, dict) or set(document) != {"payload", "payloadType", "signatures"}:
        raise Wrong("envelope_members")
    if document["payloadType"] != kind:
        raise Wrong("envelope_of_another_type")
    entries = document["signatures"]
    if not isinstance(entries, list) or len(entries) != 1:
        raise Wrong("envelope_without_one_signature")
    if not isinstance(entries[0], dict) or set(entries[0]) != {"keyid", "sig"} or not isinstance(entries[0]["keyid"], str):
        raise Wrong("envelope_members")
    if len(signature := unbase64(entries[0]["sig"])) != 64:
        raise Wrong("signature_is_not_64_bytes")
    payload = unbase64(document["payload"])
    return payload, entries[0]["keyid"], signature, b"DSSEv1 %d %b %d %b" % (len(kind), kind.encode(), len(payload), payload)

def verifies(key: bytes, signature: bytes, message: bytes) -> bool:
    with contextlib.suppress(InvalidSignature, ValueError):
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        return True
    return False

def weak(key: bytes) -> bool:
    """Of small order: anybody can sign for it."""
    prime, eighth = 2**255 - 19, 2707385501144840649318225287225658788936804267575313519463743609750303402022
    return int.from_bytes(key, "little") % 2**255 in {0, 1, prime - 1, prime, prime + 1, eighth, prime - eighth}

def public_key(data: bytes) -> bytes:
    """The 32 bytes of a key in PEM, hexadecimal or base64."""
    text, raw = data.strip() if len(data) <= 16 * 1024 else b"", b""
    if b"PRIVATE KEY" in text:
        raise Wrong("key_is_private")
    with contextlib.suppress(ValueError, UnsupportedAlgorithm):
        if text.startswith(b"-----BEGIN"):
            key = load_pem_public_key(text)
            raw = key.public_bytes_raw() if isinstance(key, Ed25519PublicKey) else b"another kind"
        else:
            raw = bytes.fromhex(text.decode("ascii")) if len(text) == 64 else base64.b64decode(text, validate=True)
    if len(raw) != 32 or weak(raw):
        raise Wrong({32: "key_is_weak", 12: "key_of_the_wrong_kind"}.get(len(raw), "key_malformed"))
    return raw

FAMILIES = {"PIX-NI": ("by_construction", "construction"), "PIX-RES": ("resisted", "attack"),
            "RESIDUAL": ("observed", "residual"), "PIXELS": ("observed", "pixels"), "PREVIEW": ("observed", "preview"),
            "META": ("observed", "metadata"), "STRUCT": ("observed", "structure")}
NEVER_EXAMINED = {"body_shape", "clothing", "gait", "handwriting", "scene_location", "tattoo", "vehicle"}
KINDS = {"codes": "code", "faces": "face", "plates": "plate", "signatures": "signature", "text": "text"}
FORMATS = {"containers.tail": "png", "pixels.alpha": "png", "pixels.planes": "jpeg", "pixels.tiff": "tiff"}

def name_of(row: Any) -> str:
    return str(row["check"]).rpartition("/")[0]

def armed(row: Any, controls: Any) -> bool:
    arms = [controls[item] for item in row["armedBy"] if item in controls]
    right = {"positive": "broken", "negative": "held"}
    return {item["polarity"] for item in arms} == set(right) and all(i["observed"] == right[i["polarity"]] for i in arms)

def claims(rows: Any, regions: Any) -> Iterator[Any]:
    for name, (strength, family) in FAMILIES.items():
        own = [row for row in rows if row["family"] == family and row["outcome"] != "not_applicable"]
        covered = [item["id"] for item in regions if item["evidence"] == strength]
        seen = {row["outcome"] for row in own}
        worst = next((item for item in ("broken", "error", "inconclusive", "held") if item in seen), "inconclusive")
        if own or covered:
            yield {"id": name, "strength": strength, "regions": covered, "status": worst, "rows": [r["id"] for r in own]}

def leakage(regions: Any) -> Iterator[Any]:
    for item in regions:
        blocks, (short, long) = item.get("parameters", {}).get("blocks"), sorted(item["box"][2:])
        if item["evidence"] == "by_construction":
            yield {"region": item["id"], "bitsAtMost": "0", "by": "swap_test"}
        elif blocks:
            yield {"region": item["id"], "bitsAtMost": str(blocks * -(-long * blocks // short) * 24), "by": "capacity"}
        else:
            yield {"region": item["id"], "bitsAtMost": None, "by": "unknown"}

def judge(body: Any) -> tuple[str, list[str], list[str]]:
    """Word, reasons and limits that follow: worst wins."""
    rows, needed, controls = body["rows"], set(body["suite"]["required"]), {item["id"]: item for item in body["controls"]}
    evidence, every = {item["evidence"] for item in body["plan"]["regions"]}, SCHEMA["$defs"]["reason"]["enum"]
    order, limits = SCHEMA["$defs"]["limit"]["properties"]["code"]["enum"], {item["code"] for item in body["limits"]}
    refused, undecided, limits = set(), set(), limits - {"L-BEYOND-POLICY"}
    for row in rows:
        why = row["why"] if row["why"] in every else None
        if name_of(row) not in needed:
            limits |= {"L-BEYOND-POLICY"} if row["outcome"] == "broken" else set()
        elif row["outcome"] == "broken":
            refused.add(why or "R-ATK-BROKEN")
        elif row["outcome"] in ("inconclusive", "error"):
            undecided.add(why or "R-TOOL-ERROR")
        elif row["outcome"] == "held" and not armed(row, controls):
            undecided.add("R-CONTROL-UNARMED")
    refused |= {"R-ATK-BROKEN"} if "broken" in evidence and not refused else set()
    gap = needed - {name_of(row) for row in rows} or "unknown" in evidence
    undecided |= {"R-COVERAGE-GAP"} if gap else set()
    word = "refused" if refused else "inconclusive" if undecided else "certified_with_limits" if limits else "certified"
    return word, [item for item in every if item in refused | undecided], [item for item in order if item in limits]

def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)

def contradictions(body: Any) -> Iterator[str]:
    rows, regions, suite, swap = body["rows"], body["plan"]["regions"], body["suite"], body["interference"]
    controls, stated = {item["id"]: item for item in body["controls"]}, body["coverage"]
    limits, ids = {item["code"] for item in body["limits"]}, {item["id"] for item in regions}
    passed, given = body["verdict"] in ("certified", "certified_with_limits"), body["original"]["given"]
    reviewed, policy = body["humanReview"]["performed"], body["policy"]
    evidence = {item["evidence"] for item in regions}
    solid = [item["id"] for item in regions if item["evidence"] == "by_construction"]
    mosaic = {item["id"] for item in regions if item["method"].startswith("mosaic/")}
    missing, outcomes = set(suite["required"]) - {name_of(row) for row in rows}, [row["outcome"] for row in rows]
    left_out = outcomes.count("not_applicable")
    counts = {"expected": len(rows) + len(missing), "present": len(rows) - left_out, "notApplicable": left_out,
              "errors": outcomes.count("error")}
    status = {item["id"]: item["status"] for item in body["claims"]}
    word, reasons, ordered = judge(body)
    level_1, level_2 = swap["levels"]["after_decode"], swap["levels"]["before_source_compression"]

    def part(name: str, *members: str) -> dict[str, str]:
        return digest({member: body[name][member] for member in members})

    non_claims = SCHEMA["properties"]["predicate"]["properties"]["doesNotAssert"]["items"]["enum"]
    yield from (code for code, wrong in {
        "rows_repeat_an_id": len({row["id"] for row in rows}) != len(rows),
        "controls_repeat_an_id": len(controls) != len(body["controls"]),
        "regions_repeat_an_id": len(ids) != len(regions),
        "rows_not_in_sequence": [row["id"] for row in rows] != [f"k{n + 1:02d}" for n in range(len(rows))],
        "controls_not_in_sequence": [i["id"] for i in body["controls"]] != [f"c{n + 1}" for n in range(len(body["controls"]))],
        "verdict_rule_unknown": body["verdictRule"] != "worst-wins/1",
        "claims_do_not_follow": body["claims"] != list(claims(rows, regions)),
        "leakage_does_not_follow": body["leakage"] != list(leakage(regions)),
        "coverage_does_not_add_up": any(stated[name] != counts[name] for name in counts),
        "coverage_gap_not_said": bool(missing) and (passed or "R-COVERAGE-GAP" not in body["reasons"]),
        "out_of_scope_incomplete": not {item["kind"] for item in stated["notExamined"]} | NEVER_EXAMINED <= set(stated["outOfScope"]),
        "rows_do_not_match_the_suite": suite["checks"] != sorted({row["check"] for row in rows}),
        "suite_digest_wrong": suite["digest"] != part("suite", "version", "checks", "required"),
        "plan_digest_wrong": body["plan"]["digest"] != digest({"regions": regions}),
        "environment_digest_wrong": body["environment"]["determinismDomain"] != part("environment", "codecs", "device"),
        "interference_does_not_match_the_regions": swap["regions"] != solid,
        "by_construction_without_a_swap_test": bool(solid) and (level_1 != "held" or swap["contents"] < 7),
        "mosaic_by_construction": bool(mosaic & set(solid)),
        "region_without_a_held_claim": passed and any(
            FAMILIES[claim][0] in evidence and status.get(claim) != "held" for claim in ("PIX-NI", "PIX-RES")),
        "limit_names_an_unknown_region": any(set(item["regions"]) - ids for item in body["limits"]),
        "limit_missing": bool(mosaic) and "L-METHOD-LOSSY" not in limits
            or bool(solid) and level_2 != "held" and "L-SOURCE-CODEC" not in limits
            or passed and bool(regions) and not given and not limits & {"L-NO-ORIGINAL", "L-NO-RERUN"}
            or passed and not regions and not reviewed and "L-NO-REGIONS" not in limits
            or passed and policy["humanReview"] and not reviewed and "L-NO-HUMAN-REVIEW" not in limits,
        "policy_level_does_not_follow": policy["level"] == "enhanced"
            and (policy["text"], policy["people"]) != ("all", "solid"),
        "verdict_does_not_follow": body["verdict"] != word,
        "reasons_do_not_follow": body["reasons"] != reasons,
        "limits_do_not_follow": [item["code"] for item in body["limits"]] != ordered,
        "non_claims_changed": body["doesNotAssert"] != non_claims,
        "issuer_contradicts_the_signature": (body["issuer"] is None) != (body["signature"] == "unsigned"),
        "commitment_without_an_original": not given and body["original"]["commitment"] is not None,
        "carried_row_is_missing": bool(set((body["supersedes"] or {"carried": ()})["carried"]) - {r["id"] for r in rows}),
    }.items() if wrong)
    for row in rows:
        arms, held = [controls.get(item) for item in row["armedBy"]], row["outcome"] == "held"
        needs = row["family"] in ("attack", "residual") or name_of(row) in suite["required"]
        yield from (code for code, wrong in {
            "row_names_an_unknown_region": row["region"] is not None and row["region"] not in ids,
            "row_names_an_unknown_control": None in arms,
            "row_armed_by_another_check": any(item is not None and item["check"] != row["check"] for item in arms),
            "held_row_has_findings": held and any(item["severity"] != "info" for item in row["findings"]),
            "held_row_is_not_armed": held and needs and passed and not armed(row, controls),
        }.items() if wrong)
    try:
        issued, until = moment(body["issuedAt"]), moment(body["validity"]["notAfter"])
        months = issued.month - 1 + (36 if regions and len(solid) == len(regions) else 12)
        latest = datetime(issued.year + months // 12, months % 12 + 1, min(issued.day, 28), tzinfo=UTC)
        yield from () if issued <= until <= latest else ("validity_does_not_follow",)
    except (ValueError, OverflowError):
        yield "moment_impossible"

def against_suite(statement: Any) -> Iterator[str]:
    """What the suite demands and the certificate lacks; and reasons for leaving a check out that its own facts contradict."""
    body, demanded = statement["predicate"], SUITES[statement["predicate"]["suite"]["version"]]
    carried, there = (body["supersedes"] or {"carried": ()})["carried"], {row["check"] for row in body["rows"]}
    renewed = {name_of(row) for row in body["rows"] if row["id"] in carried}  # by the version of its own day
    methods = {item["method"].partition("/")[0] for item in body["plan"]["regions"]}
    if any(check not in there and check.rpartition("/")[0] not in renewed for check in demanded):
        yield "suite_row_is_missing"
    for row in (row for row in body["rows"] if row["check"] in demanded):
        name, kind = name_of(row), KINDS.get(name_of(row).removeprefix("residual."))
        denied = {
            "no_regions": methods, "no_solid": "solid" in methods, "no_solid_regions": "solid" in methods,
            "no_mosaic": "mosaic" in methods, "no_original": body["original"]["given"] and body["supersedes"] is None,
            "kind_not_in_policy": kind in body["policy"]["kinds"] and (kind, body["policy"]["text"]) != ("text", "none"),
            "other_format": statement["subject"][0]["mediaType"] == f"image/{FORMATS.get(name)}"}
        if row["outcome"] == "not_applicable" and denied.get(row["why"]):
            yield "not_applicable_does_not_follow"
        if row["outcome"] != "not_applicable" and row["family"] != "attack" and name not in body["suite"]["required"]:
            yield "required_row_is_not_required"

def proof_problems(proof: bytes, payload: bytes, body: Any, key: bytes) -> Iterator[str]:
    """Why the proof does not show the certificate in a run that the key signed (RFC 9162, section 2.1.3.2)."""
    stated = load(proof, name="proof")
    if not fits(stated, SCHEMA["$defs"]["proof"]):
        raise Wrong("proof_members")
    envelope = opened(stated["checkpoint"], "application/vnd.indelible.checkpoint+json")
    run = load(envelope[0], name="proof")
    if not fits(run, SCHEMA["$defs"]["checkpoint"]):
        raise Wrong("checkpoint_members")
    place, last = stated["index"], stated["size"] - 1
    at, good = hashlib.sha256(b"\0" + payload).digest(), stated["index"] <= last
    for partner in map(bytes.fromhex, stated["path"]):
        good, left = good and last > 0, place & 1 or place == last
        at = hashlib.sha256(b"\1" + (partner + at if left else at + partner)).digest()
        while left and not place & 1 and place:
            place, last = place >> 1, last >> 1
        place, last = place >> 1, last >> 1
    identity = digest({"nonce": run["nonce"], "policy": run["policy"]["sha256"], "suite": run["suite"]})["sha256"]
    ours = (body["policy"]["digest"], body["suite"]["version"])
    led = good and last == 0 and (stated["size"], at.hex()) == (run["size"], run["root"]["sha256"])
    yield from () if verifies(key, *envelope[2:]) else ("checkpoint_signature_does_not_verify",)
    yield from () if envelope[1] == hashlib.sha256(key).hexdigest() else ("checkpoint_names_another_key",)
    yield from () if run["runId"] == body["runId"] else ("checkpoint_of_another_run",)
    yield from () if run["runId"] == identity else ("checkpoint_run_id_does_not_follow",)
    yield from () if (run["policy"], run["suite"]) == ours else ("checkpoint_of_another_policy_or_suite",)
    yield from () if led else ("proof_does_not_lead_to_the_root",)

def signature_problems(body: Any, envelope: Any, pinned: bytes | None) -> tuple[str, str, list[str], list[str]]:
    """What the signature is worth, whose key it is, and the reasons for INVALID and for UNVERIFIABLE."""
    issuer = body["issuer"]
    if envelope is None:
        return "absent", "none", [], ["unsigned" if issuer is None else "envelope_missing"]
    if issuer is None:
        return "does_not_verify", "none", ["envelope_round_an_unsigned_certificate"], []
    key = base64.b64decode(issuer["publicKey"])
    exact = base64.b64encode(key).decode() == issuer["publicKey"] and hashlib.sha256(key).hexdigest() == issuer["keyId"]
    wrong = ["issuer_key_is_weak"] * weak(key) + ["issuer_key_id_does_not_follow"] * (not exact)
    wrong += ["envelope_names_another_key"] * (envelope[1] != issuer["keyId"])
    if not verifies(key, *envelope[2:]):
        return "does_not_verify", "none", [*wrong, "signature_does_not_verify"], []
    if pinned is None:
        return "verifies", "unknown", wrong, ["key_not_known"]
    return ("verifies", "pinned", wrong, []) if pinned == key else (
        "verifies", "unknown", [*wrong, "signed_with_another_key"], [])

def check(certificate: bytes, beside: bytes | None = None, file_sha256: str | None = None, key: bytes | None = None,
          proof: bytes | None = None, now: datetime | None = None, max_age: int | None = None) -> dict[str, Any]:
    """The answer, as `--json` prints it; `key` is the content of the issuer's public key file."""
    answer: dict[str, Any] = {
        "state": "INVALID", "reasons": [], "verdict": None, "limits": [], "signature": "unchecked", "key": "none",
        "keyId": None, "file": "not_given" if file_sha256 is None else "unchecked",
        "proof": "not_given" if proof is None else "unchecked", "certificateId": None, "suite": None, "issuedAt": None,
        "notAfter": None}
    try:
        pinned = None if key is None else public_key(key)
        statement, payload, envelope = statement_in(certificate, beside)
        if canonical(statement) != payload:
            raise Wrong("certificate_not_canonical")
    except Wrong as problem:
        return {**answer, "reasons": [str(problem)]}
    body, now = statement["predicate"], now or datetime.now(UTC)
    answer["signature"], answer["key"], invalid, unverifiable = signature_problems(body, envelope, pinned)
    if file_sha256 is not None:
        answer["file"] = "matches" if file_sha256 == statement["subject"][0]["digest"]["sha256"] else "differs"
        invalid += ["file_is_not_the_certified_one"] * (answer["file"] == "differs")
    invalid += sorted(set(contradictions(body)))
    suite = body["suite"]["version"]
    invalid += sorted(set(against_suite(statement))) if suite in SUITES else []
    unverifiable += [] if suite in SUITES else ["suite_not_known"]
    if proof is not None and answer["signature"] == "verifies":
        try:
            found = list(proof_problems(proof, payload, body, base64.b64decode(body["issuer"]["publicKey"])))
        except Wrong as problem:
            found = [str(problem).replace("envelope_", "checkpoint_")]
        answer["proof"], invalid = "does_not_hold" if found else "holds", invalid + found
    age = ""
    if "moment_impossible" not in invalid:
        issued, until = moment(body["issuedAt"]), moment(body["validity"]["notAfter"])
        over = now > until or (max_age is not None and now - issued > timedelta(days=max_age))
        age = "expired" if over else "issued_in_the_future" if issued - now > timedelta(days=1) else (
            "stale" if suite < max(SUITES) else "")
    unverifiable += [age] * (age == "issued_in_the_future")
    states = {"INVALID": invalid, "UNVERIFIABLE": unverifiable, "EXPIRED": [age] * (age == "expired"),
              "STALE": [age] * (age == "stale")}
    answer["state"] = next((state for state, reasons in states.items() if reasons), "VALID")
    answer["reasons"] = list(dict.fromkeys(reason for reasons in states.values() for reason in reasons))
    if not invalid:
        answer |= {"verdict": body["verdict"], "limits": [item["code"] for item in body["limits"]], "suite": suite,
                   "keyId": (body["issuer"] or {"keyId": None})["keyId"], "certificateId": body["certificateId"],
                   "issuedAt": body["issuedAt"], "notAfter": body["validity"]["notAfter"]}
    return answer

def exit_code(answer: dict[str, Any], accept_limits: bool = False) -> int:
    if answer["state"] not in ("VALID", "STALE"):
        return 30 if answer["state"] == "INVALID" else 20
    code = 0 if accept_limits and answer["verdict"] == "certified_with_limits" else CODES[answer["verdict"]]
    return max(code, 10) if answer["state"] == "STALE" else code

def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Check a redaction certificate offline.")
    parser.add_argument("certificate", type=Path)
    for name, kind in {"file": Path, "key": Path, "proof": Path, "at": datetime.fromisoformat, "max-age": int}.items():
        parser.add_argument(f"--{name}", type=kind)  # type: ignore[arg-type]
    for name in ("--accept-limits", "--json"):
        parser.add_argument(name, action="store_true")
    given = parser.parse_args(arguments)
    def read(path: Path | None) -> bytes | None:
        return None if path is None else path.open("rb").read(MOST_ENVELOPE + 1)
    path, end = given.certificate, ".certificate.json"
    beside = path.with_name(path.name.removesuffix(end) + ".certificate.dsse") if path.name.endswith(end) else None
    at = given.at if given.at is None or given.at.tzinfo else given.at.replace(tzinfo=UTC)
    try:
        answer = check(
            read(path) or b"", read(beside) if beside and beside.exists() else None,
            hashlib.file_digest(given.file.open("rb"), "sha256").hexdigest() if given.file else None, read(given.key),
            read(given.proof), at, given.max_age)
    except OSError:
        print("indelible_check: a file cannot be read", file=sys.stderr)
        return 3
    facts = [f"{name}: {answer[name]}" for name in ("verdict", "file", "proof", "key")]
    said = "\n    ".join([answer["state"], *answer["reasons"], "; ".join(facts)])
    print(json.dumps({"certificate": str(path), **answer}) if given.json else said)
    return exit_code(answer, given.accept_limits)

SCHEMA: Any = json.loads(r'''{"$defs":{"checkId":{"maxLength":110,"pattern":"^[a-z][a-z0-9_]*(\\.[a-z0-9_]+){0,3}$","type":"string"},"checkpoint":{"additionalProperties":false,"properties":{"nonce":{"pattern":"^(?:[0-9a-f]{8,64})$","type":"string"},"policy":{"$ref":"#/$defs/digested"},"root":{"$ref":"#/$defs/digested"},"runId":{"pattern":"^(?:[0-9a-f]{8,64})$","type":"string"},"schema":{"const":"indelible/checkpoint/1"},"size":{"minimum":0,"type":"integer"},"suite":{"pattern":"^(?:[0-9]{4}\\.[0-9]{2})$","type":"string"}},"type":"object"},"claim":{"additionalProperties":false,"properties":{"id":{"enum":["PIX-NI","PIX-RES","RESIDUAL","PIXELS","PREVIEW","META","STRUCT"]},"regions":{"$ref":"#/$defs/regionIds"},"rows":{"items":{"$ref":"#/$defs/rowId"},"type":"array"},"status":{"enum":["held","broken","inconclusive","error"]},"strength":{"enum":["by_construction","resisted","observed","declared"]}},"type":"object"},"commitment":{"additionalProperties":false,"properties":{"alg":{"const":"hmac-sha256/file-key"},"value":{"$ref":"#/$defs/hex256"}},"type":"object"},"control":{"additionalProperties":false,"properties":{"check":{"$ref":"#/$defs/versionedCheck"},"id":{"$ref":"#/$defs/controlId"},"observed":{"$ref":"#/$defs/outcome"},"polarity":{"enum":["positive","negative"]}},"type":"object"},"controlId":{"pattern":"^c[1-9][0-9]{0,5}$","type":"string"},"count":{"maximum":9007199254740991,"minimum":0,"type":"integer"},"digest":{"additionalProperties":false,"properties":{"sha256":{"$ref":"#/$defs/hex256"}},"type":"object"},"digested":{"additionalProperties":false,"properties":{"sha256":{"$ref":"#/$defs/hash"}},"type":"object"},"finding":{"additionalProperties":false,"properties":{"channel":{"pattern":"^(?:[a-z][a-z0-9_]{0,23}(\\.[a-z0-9_]{1,24}){0,4})$","type":"string"},"rule":{"pattern":"^(?:[LA][0-9]{3})$","type":"string"},"severity":{"enum":["critical","high","medium","low","info"]},"where":{"pattern":"^(?:file|offset (0|[1-9][0-9]{0,14})|region [A-Za-z0-9_-]{1,32})$","type":"string"}},"type":"object"},"hash":{"pattern":"^(?:[0-9a-f]{64})$","type":"string"},"hex256":{"pattern":"^(?:[0-9a-f]{64})$","type":"string"},"instant":{"pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$","type":"string"},"issuer":{"additionalProperties":false,"properties":{"assurance":{"const":"self"},"keyId":{"$ref":"#/$defs/hex256"},"publicKey":{"pattern":"^(?:[A-Za-z0-9+/]{43}=)$","type":"string"}},"type":"object"},"kind":{"enum":["face","person","plate","text","code","signature","custom"]},"leak":{"additionalProperties":false,"properties":{"bitsAtMost":{"anyOf":[{"type":"null"},{"pattern":"^(0|[1-9][0-9]{0,15})$","type":"string"}]},"by":{"enum":["swap_test","capacity","unknown"]},"region":{"$ref":"#/$defs/regionId"}},"type":"object"},"limit":{"additionalProperties":false,"properties":{"code":{"enum":["L-METHOD-LOSSY","L-SOURCE-CODEC","L-NO-ORIGINAL","L-NO-RERUN","L-GEOMETRY","L-CLASS-OUT-OF-SCOPE","L-NO-REGIONS","L-BEYOND-POLICY","L-NO-HUMAN-REVIEW"]},"regions":{"$ref":"#/$defs/regionIds"}},"type":"object"},"outcome":{"enum":["held","broken","inconclusive","not_applicable","error"]},"pack":{"additionalProperties":false,"properties":{"digest":{"$ref":"#/$defs/digest"},"version":{"pattern":"^[0-9]{4}\\.[0-9]{2}$","type":"string"}},"type":"object"},"proof":{"additionalProperties":false,"properties":{"checkpoint":{"type":"object"},"index":{"minimum":0,"type":"integer"},"path":{"items":{"$ref":"#/$defs/hash"},"maxItems":53,"type":"array"},"schema":{"const":"indelible/proof/1"},"size":{"minimum":0,"type":"integer"}},"type":"object"},"reason":{"enum":["R-ATK-BROKEN","R-DETECTOR-HIT","R-NI-MISMATCH","R-REDERIVE-MISMATCH","R-META-RESIDUE","R-THUMB-ORIGINAL","R-TRAILING-DATA","R-C2PA-THUMBNAIL","R-CROSSFILE-LINK","R-NAME-PII","R-PIXEL-RESIDUE","R-COVERAGE-GAP","R-CONTROL-UNARMED","R-MODEL-MISSING","R-TOOL-ERROR","R-UNKNOWN-STRUCTURE","R-BUDGET-CUT","R-PARSERS-DISAGREE"]},"region":{"additionalProperties":false,"properties":{"box":{"maxItems":4,"minItems":4,"prefixItems":[{"$ref":"#/$defs/count"},{"$ref":"#/$defs/count"},{"maximum":9007199254740991,"minimum":1,"type":"integer"},{"maximum":9007199254740991,"minimum":1,"type":"integer"}],"type":"array"},"evidence":{"enum":["by_construction","resisted","broken","unknown"]},"frame":{"$ref":"#/$defs/count"},"id":{"$ref":"#/$defs/regionId"},"kind":{"$ref":"#/$defs/kind"},"method":{"pattern":"^(?:[a-z][a-z0-9_]{0,23}/[0-9]{1,3}|unknown)$","type":"string"},"parameters":{"additionalProperties":false,"properties":{"blocks":{"maximum":65535,"minimum":1,"type":"integer"},"distinguishable":{"additionalProperties":false,"properties":{"of":{"maximum":65535,"minimum":1,"type":"integer"},"outputs":{"maximum":65535,"minimum":1,"type":"integer"}},"type":"object"}},"required":["blocks"],"type":"object"},"source":{"enum":["detector","human","found"]}},"required":["id","kind","frame","box","method","source","evidence"],"type":"object"},"regionId":{"pattern":"^(?:[A-Za-z0-9_-]{1,32})$","type":"string"},"regionIds":{"items":{"$ref":"#/$defs/regionId"},"maxItems":20000,"type":"array"},"row":{"additionalProperties":false,"allOf":[{"else":{"properties":{"why":{"type":"string"}}},"if":{"properties":{"outcome":{"const":"held"}}},"then":{"properties":{"why":{"type":"null"}}}},{"if":{"properties":{"outcome":{"enum":["broken","inconclusive","error"]}}},"then":{"properties":{"why":{"$ref":"#/$defs/reason"}}}}],"properties":{"armedBy":{"items":{"$ref":"#/$defs/controlId"},"maxItems":64,"type":"array"},"calibration":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/digest"}]},"check":{"$ref":"#/$defs/versionedCheck"},"family":{"enum":["construction","attack","residual","pixels","preview","metadata","structure"]},"findings":{"items":{"$ref":"#/$defs/finding"},"maxItems":10000,"type":"array"},"id":{"$ref":"#/$defs/rowId"},"outcome":{"$ref":"#/$defs/outcome"},"region":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/regionId"}]},"seed":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/count"}]},"trials":{"anyOf":[{"type":"null"},{"additionalProperties":false,"properties":{"done":{"$ref":"#/$defs/count"},"planned":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/count"}]}},"type":"object"}]},"why":{"anyOf":[{"type":"null"},{"anyOf":[{"$ref":"#/$defs/reason"},{"pattern":"^(?:[a-z][a-z0-9_]{0,39})$","type":"string"}]}]}},"type":"object"},"rowId":{"pattern":"^k[0-9]{2,6}$","type":"string"},"structureName":{"pattern":"^(?:[A-Za-z0-9][A-Za-z0-9 _.+-]{0,31})$","type":"string"},"supersession":{"additionalProperties":false,"properties":{"carried":{"items":{"$ref":"#/$defs/rowId"},"maxItems":1000,"type":"array","uniqueItems":true},"digest":{"$ref":"#/$defs/digest"},"reason":{"enum":["suite_newer","expired","renewal"]}},"type":"object"},"version":{"pattern":"^(?:[0-9A-Za-z][0-9A-Za-z.+_-]{0,39})$","type":"string"},"versionedCheck":{"maxLength":120,"pattern":"^[a-z][a-z0-9_]*(\\.[a-z0-9_]+){0,3}/[0-9]{1,4}$","type":"string"}},"properties":{"_type":{"const":"https://in-toto.io/Statement/v1"},"predicate":{"properties":{"attackerModel":{"properties":{"galleryN":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/count"}]},"knowsMethod":{"type":"boolean"},"knowsParameters":{"type":"boolean"},"otherImages":{"enum":["none","gallery"]}},"type":"object"},"certificateId":{"pattern":"^(?:urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$","type":"string"},"claims":{"items":{"$ref":"#/$defs/claim"},"maxItems":16,"type":"array"},"controls":{"items":{"$ref":"#/$defs/control"},"maxItems":10000,"type":"array"},"coverage":{"properties":{"errors":{"$ref":"#/$defs/count"},"expected":{"$ref":"#/$defs/count"},"notApplicable":{"$ref":"#/$defs/count"},"notExamined":{"items":{"additionalProperties":false,"properties":{"kind":{"$ref":"#/$defs/kind"},"reason":{"pattern":"^(?:[a-z][a-z0-9_]{0,39})$","type":"string"}},"type":"object"},"type":"array"},"outOfScope":{"items":{"enum":["body_shape","clothing","code","custom","face","gait","handwriting","person","plate","scene_location","signature","tattoo","text","vehicle"]},"type":"array","uniqueItems":true},"present":{"$ref":"#/$defs/count"}},"type":"object"},"decisionRule":{"properties":{"bound":{"const":"clopper-pearson-one-sided"},"confidence":{"const":"0.95"}},"type":"object"},"detectors":{"items":{"properties":{"calibrations":{"items":{"additionalProperties":false,"properties":{"falsePerPicture":{"pattern":"^(?:[0-9]{1,6}\\.[0-9]{2})$","type":"string"},"found":{"maximum":100000000,"minimum":0,"type":"integer"},"heldOut":{"type":"boolean"},"high":{"pattern":"^(?:[01]\\.[0-9]{3})$","type":"string"},"kind":{"$ref":"#/$defs/kind"},"labels":{"maximum":100000000,"minimum":1,"type":"integer"},"low":{"pattern":"^(?:[01]\\.[0-9]{3})$","type":"string"},"mode":{"enum":["recall","balanced"]},"record":{"$ref":"#/$defs/digest"}},"type":"object"},"maxItems":8,"type":"array"},"id":{"pattern":"^[A-Za-z][A-Za-z0-9._+-]{0,39}(/[0-9A-Za-z.]{1,20})?$","type":"string"},"weights":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/digest"}]}},"type":"object"},"maxItems":100,"type":"array"},"doesNotAssert":{"items":{"enum":["ANONYMITY","GDPR_COMPLIANCE","ART42_CERTIFICATION","COMPLETENESS_OF_DETECTION","CONTEXTUAL_IDENTIFICATION","FUTURE_ATTACKS","AUTHENTICITY_OF_SCENE","COPIES_ELSEWHERE","EARLIER_GENERATIONS","DEVICE_LINKAGE"]},"minItems":10,"type":"array","uniqueItems":true},"environment":{"properties":{"codecs":{"items":{"properties":{"name":{"pattern":"^(?:[A-Za-z][A-Za-z0-9._+-]{0,39})$","type":"string"},"version":{"$ref":"#/$defs/version"}},"type":"object"},"maxItems":200,"type":"array"},"determinismDomain":{"$ref":"#/$defs/digest"},"device":{"enum":["cpu"]}},"type":"object"},"humanReview":{"properties":{"decision":{"anyOf":[{"type":"null"},{"enum":["accept","reject"]}]},"performed":{"type":"boolean"},"rejectedRegions":{"$ref":"#/$defs/count"}},"type":"object"},"interference":{"properties":{"contents":{"$ref":"#/$defs/count"},"growth":{"enum":["mcu+1px","none","unknown"]},"levels":{"additionalProperties":false,"properties":{"after_decode":{"enum":["held","broken","inconclusive","not_applicable","error","not_run"]},"before_source_compression":{"enum":["held","broken","inconclusive","not_applicable","error","not_run"]}},"type":"object"},"regions":{"$ref":"#/$defs/regionIds"}},"type":"object"},"issuedAt":{"$ref":"#/$defs/instant"},"issuer":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/issuer"}]},"leakage":{"items":{"$ref":"#/$defs/leak"},"maxItems":20000,"type":"array"},"legalPack":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/pack"}]},"limits":{"items":{"$ref":"#/$defs/limit"},"maxItems":32,"type":"array"},"metadata":{"properties":{"left":{"items":{"$ref":"#/$defs/structureName"},"maxItems":1000,"type":"array"},"removed":{"additionalProperties":{"enum":["1","1-9","2-9","10-50","50+"]},"maxProperties":1000,"propertyNames":{"$ref":"#/$defs/structureName"},"type":"object"},"structures":{"properties":{"counts":{"additionalProperties":{"$ref":"#/$defs/count"},"maxProperties":1000,"propertyNames":{"$ref":"#/$defs/structureName"},"type":"object"},"parsed":{"$ref":"#/$defs/count"},"seen":{"$ref":"#/$defs/count"},"unknownBytes":{"$ref":"#/$defs/count"}},"type":"object"}},"type":"object"},"original":{"properties":{"commitment":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/commitment"}]},"custody":{"enum":["retained","destroyed","unknown"]},"given":{"type":"boolean"},"unchanged":{"anyOf":[{"type":"null"},{"type":"boolean"}]}},"type":"object"},"plan":{"properties":{"digest":{"$ref":"#/$defs/digest"},"regions":{"items":{"$ref":"#/$defs/region"},"maxItems":20000,"type":"array"}},"type":"object"},"policy":{"properties":{"digest":{"$ref":"#/$defs/digest"},"humanReview":{"type":"boolean"},"id":{"pattern":"^(court|custom|internal|public)/[0-9]{1,3}$","type":"string"},"kinds":{"items":{"$ref":"#/$defs/kind"},"minItems":1,"type":"array"},"level":{"enum":["basic","enhanced"]},"people":{"enum":["solid","mosaic"]},"text":{"enum":["pii","all","none"]}},"type":"object"},"profile":{"const":"public"},"reasons":{"items":{"$ref":"#/$defs/reason"},"type":"array","uniqueItems":true},"rederivation":{"properties":{"equal":{"anyOf":[{"type":"null"},{"type":"boolean"}]},"runs":{"$ref":"#/$defs/count"},"secondMachine":{"type":"null"}},"type":"object"},"releaseContext":{"properties":{"recipient":{"enum":["public","named","internal"]}},"type":"object"},"rows":{"items":{"$ref":"#/$defs/row"},"maxItems":100000,"type":"array"},"runId":{"pattern":"^(?:[0-9a-f]{8,64})$","type":"string"},"signature":{"enum":["unsigned","dsse-ed25519"]},"suite":{"properties":{"checks":{"items":{"$ref":"#/$defs/versionedCheck"},"maxItems":1000,"type":"array"},"digest":{"$ref":"#/$defs/digest"},"required":{"items":{"$ref":"#/$defs/checkId"},"maxItems":1000,"type":"array"},"version":{"pattern":"^[0-9]{4}\\.[0-9]{2}$","type":"string"}},"type":"object"},"supersedes":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/supersession"}]},"tool":{"properties":{"name":{"const":"indelible"},"version":{"$ref":"#/$defs/version"}},"type":"object"},"validity":{"additionalProperties":false,"properties":{"notAfter":{"$ref":"#/$defs/instant"}},"type":"object"},"verdict":{"enum":["certified","certified_with_limits","inconclusive","refused"]},"verdictRule":{"pattern":"^[a-z-]{1,40}/[0-9]{1,4}$","type":"string"}},"type":"object"},"predicateType":{"const":"urn:indelible:redaction-evidence:v0.1"},"subject":{"items":{"properties":{"annotations":{"properties":{"frames":{"minimum":1,"type":"integer"},"height":{"$ref":"#/$defs/count"},"pixelSha256":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/hex256"}]},"pixelSpec":{"const":"upright-rgb8/1"},"width":{"$ref":"#/$defs/count"}},"type":"object"},"digest":{"$ref":"#/$defs/digest"},"mediaType":{"pattern":"^(?:[a-z]{1,16}/[a-z0-9.+-]{1,32})$","type":"string"},"name":{"pattern":"^(?:[A-Za-z0-9][A-Za-z0-9._-]{0,63})$","type":"string"}},"type":"object"},"maxItems":1,"minItems":1,"type":"array"}},"type":"object"}''')
SUITES: dict[str, list[str]] = json.loads(r'''{"2026.11":["construction.after_decode/1","construction.before_source_compression/1","construction.rederivation/1","containers.carve/1","containers.tail/1","containers.walk/1","file.attributes/1","file.name/1","file.sidecars/1","file.type/1","metadata.exiftool/1","metadata.witnesses/1","pixels.alpha/1","pixels.bleed/1","pixels.fill/1","pixels.mosaic/1","pixels.planes/1","pixels.ring/1","pixels.tiff/1","previews.embedded/1","previews.frames/1","residual.codes/1","residual.faces/1","residual.plates/1","residual.signatures/1","residual.text/1"]}''')

if __name__ == "__main__":
    sys.exit(main())
