"""Check a certificate offline: is it well-formed, who signed it, is this its file, does it follow from its own rows, is it of age?

In this order: strict parse, signature and key, subject digest, coverage, controls and verdict recomputed, suite, inclusion proof,
chain, lifetime. A state is computed when it is asked for, and never stored. A signature proves who said it, recomputation that the
verdict follows from the rows; only running again (`indelible verify`) proves the rows.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from indelible.model import VerdictWord
from indelible.reports import checkpoint, dsse, keys, suites, supersession
from indelible.reports.lifetime import Lifetime, lifetime
from indelible.reports.recompute import recompute
from indelible.reports.strict import MAX_ENVELOPE_BYTES, CertificateInvalid, canonical, load, parse


class State(StrEnum):
    """What a certificate is worth now. Worst first."""

    INVALID = "INVALID"
    UNVERIFIABLE = "UNVERIFIABLE"
    EXPIRED = "EXPIRED"
    STALE = "STALE"
    VALID = "VALID"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What is in hand, all of it from anybody. ``certificate`` is a statement or an envelope; ``file_sha256`` the digest of the
    file that is said to be certified; ``previous`` the certificate that this one supersedes."""

    certificate: bytes = field(repr=False)
    envelope: bytes | None = field(default=None, repr=False)
    file_sha256: str | None = None
    proof: bytes | None = field(default=None, repr=False)
    previous: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whose signature counts: the one ``pinned`` public key if it is given, otherwise the user's ``own``."""

    pinned: bytes | None = None
    own: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """``reasons`` are closed codes, those for INVALID first. ``body`` is the predicate, None if the bytes are not a certificate."""

    state: State
    reasons: tuple[str, ...]
    signature: str  # verifies | does_not_verify | absent | unchecked
    key: str  # pinned | own | unknown | none
    file: str  # matches | differs | not_given
    proof: str  # holds | does_not_hold | not_given
    body: Mapping[str, Any] | None = field(default=None, repr=False)

    def exit_code(self, *, accept_limits: bool = False) -> int:
        """0, 10, 20 or 30."""
        if self.state in (State.INVALID, State.UNVERIFIABLE, State.EXPIRED):
            return 30 if self.state is State.INVALID else 20
        assert self.body is not None
        code = {"certified": 0, "certified_with_limits": 0 if accept_limits else 10, "inconclusive": 20, "refused": 30}[
            VerdictWord(self.body["verdict"]).value
        ]
        return max(code, 10) if self.state is State.STALE else code

    def to_dict(self) -> dict[str, Any]:
        """What ``check --json`` prints. An invalid certificate has no verdict."""
        valid = self.body if self.state is not State.INVALID else None
        issuer = valid["issuer"] if valid else None
        return {
            "state": self.state.value,
            "reasons": list(self.reasons),
            "verdict": valid["verdict"] if valid else None,
            "limits": [item["code"] for item in valid["limits"]] if valid else [],
            "signature": self.signature,
            "key": self.key,
            "keyId": issuer["keyId"] if issuer else None,
            "file": self.file,
            "proof": self.proof,
            "certificateId": valid["certificateId"] if valid else None,
            "suite": valid["suite"]["version"] if valid else None,
            "issuedAt": valid["issuedAt"] if valid else None,
            "notAfter": valid["validity"]["notAfter"] if valid else None,
        }


def check(bundle: Bundle, *, trust: Trust, now: datetime, max_age_days: int | None = None) -> CheckResult:
    """Check one certificate. Never raises for what the bundle holds.

    Args:
        bundle: what is in hand.
        trust: whose signature counts.
        now: the moment for which the answer is wanted, with a time zone.
        max_age_days: shorten its life.
    """
    try:
        payload, envelope = _unpacked(bundle)
        statement = parse(payload)
        if canonical(statement) != payload:
            raise CertificateInvalid("certificate_not_canonical", "The certificate is not in its canonical bytes.")
    except CertificateInvalid as problem:
        return rejected(problem.code, bundle)
    body = statement["predicate"]
    invalid: list[str] = []
    unverifiable: list[str] = []

    signature, key = _signature(body, envelope, trust, invalid, unverifiable)
    file = "not_given"
    if bundle.file_sha256 is not None:
        file = "matches" if bundle.file_sha256 == statement["subject"][0]["digest"]["sha256"] else "differs"
        if file == "differs":
            invalid.append("file_is_not_the_certified_one")
    invalid += recompute(statement)
    if body["suite"]["version"] in suites.known():
        invalid += suites.problems(statement)
    else:
        unverifiable.append("suite_not_known")
    proof = _proof(bundle.proof, payload, body, signature, invalid)
    if bundle.previous is not None:
        invalid += supersession.problems(statement, bundle.previous)
    if "moment_impossible" not in invalid:
        age = lifetime(body, now=now, newest_suite=suites.newest(), max_age_days=max_age_days)
    else:
        age = Lifetime.CURRENT
    if age is Lifetime.NOT_YET:
        unverifiable.append(age.value)
    expired = [age.value] if age is Lifetime.EXPIRED else []
    stale = [age.value] if age is Lifetime.STALE else []
    found = (
        (State.INVALID, invalid),
        (State.UNVERIFIABLE, unverifiable),
        (State.EXPIRED, expired),
        (State.STALE, stale),
    )
    return CheckResult(
        state=next((state for state, reasons in found if reasons), State.VALID),
        reasons=tuple(dict.fromkeys(reason for _, reasons in found for reason in reasons)),
        signature=signature,
        key=key,
        file=file,
        proof=proof,
        body=body,
    )


def rejected(code: str, bundle: Bundle) -> CheckResult:
    """The answer where nothing could be checked."""
    return CheckResult(
        state=State.INVALID,
        reasons=(code,),
        signature="unchecked",
        key="none",
        file="not_given" if bundle.file_sha256 is None else "unchecked",
        proof="not_given" if bundle.proof is None else "unchecked",
    )


def _unpacked(bundle: Bundle) -> tuple[bytes, dsse.Envelope | None]:
    """The statement's bytes and their envelope, whichever of the two was handed over."""
    untrusted = load(bundle.certificate, MAX_ENVELOPE_BYTES)
    if isinstance(untrusted, dict) and "payloadType" in untrusted:
        envelope = dsse.from_document(untrusted)
        return envelope.payload, envelope
    if bundle.envelope is None:
        return bundle.certificate, None
    envelope = dsse.read(bundle.envelope)
    if envelope.payload != bundle.certificate:
        raise CertificateInvalid(
            "envelope_of_another_certificate", "The envelope beside the certificate holds other bytes."
        )
    return bundle.certificate, envelope


def _signature(
    body: Mapping[str, Any],
    envelope: dsse.Envelope | None,
    trust: Trust,
    invalid: list[str],
    unverifiable: list[str],
) -> tuple[str, str]:
    issuer = body["issuer"]
    if envelope is None:
        unverifiable.append("unsigned" if issuer is None else "envelope_missing")
        return "absent", "none"
    if issuer is None:
        invalid.append("envelope_round_an_unsigned_certificate")
        return "does_not_verify", "none"
    public_key = base64.b64decode(issuer["publicKey"])
    if keys.is_weak(public_key):
        invalid.append("issuer_key_is_weak")
    if (
        base64.b64encode(public_key).decode("ascii") != issuer["publicKey"]
        or keys.key_id(public_key) != issuer["keyId"]
    ):
        invalid.append("issuer_key_id_does_not_follow")
    if envelope.key_id != issuer["keyId"]:
        invalid.append("envelope_names_another_key")
    if not dsse.verify(envelope, public_key):
        invalid.append("signature_does_not_verify")
        return "does_not_verify", "none"
    if trust.pinned is not None:
        if trust.pinned != public_key:
            invalid.append("signed_with_another_key")
            return "verifies", "unknown"
        return "verifies", "pinned"
    if public_key in trust.own:
        return "verifies", "own"
    unverifiable.append("key_not_known")
    return "verifies", "unknown"


def _proof(proof: bytes | None, payload: bytes, body: Mapping[str, Any], signature: str, invalid: list[str]) -> str:
    if proof is None:
        return "not_given"
    if signature != "verifies":
        return "unchecked"
    found: Sequence[str] = checkpoint.problems(proof, payload, body, base64.b64decode(body["issuer"]["publicKey"]))
    invalid += found
    return "does_not_hold" if found else "holds"
