"""DSSE envelopes (Dead Simple Signing Envelope, v1): exact bytes, their type, one Ed25519 signature.

    PAE(type, body) = "DSSEv1" SP len(type) SP type SP len(body) SP body

What is signed is the PAE, so that bytes signed as one type never count as another. The envelope carries the payload. Only one
spelling of each byte is accepted, and only one signature.

Reference: DSSE protocol, version 1.0.2 (secure-systems-lab/dsse, protocol.md).
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from indelible.reports.strict import MAX_ENVELOPE_BYTES, CertificateInvalid, canonical, load

#: A certificate: an in-toto statement.
STATEMENT = "application/vnd.in-toto+json"
#: The root of a run: never to be taken for a certificate.
CHECKPOINT = "application/vnd.indelible.checkpoint+json"

SIGNATURE_BYTES = 64


class Signing(Protocol):
    """Whoever can sign: see `indelible.reports.keys.Signer`."""

    @property
    def key_id(self) -> str: ...

    def sign(self, message: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A well-formed envelope. Nobody has verified its signature yet."""

    payload: bytes
    payload_type: str
    key_id: str
    signature: bytes


def pae(payload_type: str, payload: bytes) -> bytes:
    """The bytes that are signed; lengths in bytes, decimal."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def sign(payload: bytes, signer: Signing, payload_type: str = STATEMENT) -> bytes:
    """An envelope's bytes around ``payload``, in canonical JSON."""
    signature = signer.sign(pae(payload_type, payload))
    return canonical(
        {
            "payload": _base64(payload),
            "payloadType": payload_type,
            "signatures": [{"keyid": signer.key_id, "sig": _base64(signature)}],
        }
    )


def verify(envelope: Envelope, public_key: bytes) -> bool:
    """Whether the holder of the 32 bytes ``public_key`` signed payload and type."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(
            envelope.signature, pae(envelope.payload_type, envelope.payload)
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def read(data: bytes, payload_type: str = STATEMENT) -> Envelope:
    """The envelope in ``data``: strict JSON, closed members, one signature of 64 bytes, standard base64.

    Raises `CertificateInvalid` with a code that begins with ``envelope_``.
    """
    try:
        document = load(data, MAX_ENVELOPE_BYTES)
    except CertificateInvalid as problem:
        code = problem.code.replace("certificate_", "envelope_")
        raise CertificateInvalid(code, problem.message.replace("certificate", "envelope")) from None
    return from_document(document, payload_type)


def from_document(untrusted: object, payload_type: str = STATEMENT) -> Envelope:
    """The envelope in a JSON value that `strict.load` accepted; see `read`."""
    if not isinstance(untrusted, dict) or set(untrusted) != {"payload", "payloadType", "signatures"}:
        raise CertificateInvalid("envelope_members", "An envelope has payload, payloadType and signatures, no more.")
    if untrusted["payloadType"] != payload_type:
        raise CertificateInvalid("envelope_of_another_type", "The envelope holds something of another type.")
    signatures = untrusted["signatures"]
    if not isinstance(signatures, list) or len(signatures) != 1:
        raise CertificateInvalid("envelope_without_one_signature", "The envelope needs exactly one signature.")
    only = signatures[0]
    if not isinstance(only, dict) or set(only) != {"keyid", "sig"} or not isinstance(only["keyid"], str):
        raise CertificateInvalid("envelope_members", "A signature has keyid and sig, no more.")
    signature = _bytes(only["sig"])
    if len(signature) != SIGNATURE_BYTES:
        raise CertificateInvalid("signature_is_not_64_bytes", "An Ed25519 signature has 64 bytes.")
    return Envelope(
        payload=_bytes(untrusted["payload"]), payload_type=payload_type, key_id=only["keyid"], signature=signature
    )


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: object) -> bytes:
    """Standard base64 with padding, one text for each value: other spellings would be other files with one meaning."""
    try:
        data = base64.b64decode(text, validate=True) if isinstance(text, str) else None
    except (ValueError, binascii.Error):
        data = None
    if data is None or _base64(data) != text:
        raise CertificateInvalid("envelope_base64", "The envelope's base64 is damaged.")
    return data
