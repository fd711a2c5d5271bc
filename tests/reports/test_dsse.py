"""Envelopes: our reader and writer against securesystemslib's, in both directions."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope as TheirEnvelope
from securesystemslib.signer._crypto_signer import CryptoSigner
from securesystemslib.signer._key import SSlibKey

from indelible.reports import dsse, keys
from indelible.reports.certificate import canonical, seal
from indelible.reports.strict import CertificateInvalid
from tests.reports.bundles import ISSUER, statement_of


def _theirs(private: Ed25519PrivateKey) -> tuple[Any, Any]:
    signer = CryptoSigner(private)
    key = SSlibKey(
        keys.key_id(private.public_key().public_bytes_raw()),
        "ed25519",
        "ed25519",
        {"public": private.public_key().public_bytes_raw().hex()},
    )
    return signer, key


def test_the_published_example_of_the_protocol() -> None:
    """PAE("http://example.com/HelloWorld", "hello world"), as the protocol prints it."""
    assert dsse.pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


@pytest.mark.claim("T-SIG-03")
@settings(max_examples=40, deadline=None)
@given(payload=st.binary(max_size=300), kind=st.sampled_from([dsse.STATEMENT, dsse.CHECKPOINT, "typ\u00fc"]))
def test_pae_is_the_same_as_theirs(payload: bytes, kind: str) -> None:
    """Lengths count bytes, not letters."""
    theirs = TheirEnvelope(payload=payload, payload_type=kind, signatures={}).pae()

    assert dsse.pae(kind, payload) == theirs


@pytest.mark.claim("T-SIG-03")
def test_they_accept_what_we_sign() -> None:
    """A sealed certificate is verified by securesystemslib with the issuer's key."""
    envelope = TheirEnvelope.from_dict(json.loads(seal(statement_of(), ISSUER)))
    key = SSlibKey(ISSUER.key_id, "ed25519", "ed25519", {"public": ISSUER.public_key.hex()})

    accepted = envelope.verify([key], threshold=1)

    assert list(accepted) == [ISSUER.key_id]
    assert envelope.payload == canonical(statement_of())


@pytest.mark.claim("T-SIG-03")
def test_they_refuse_what_we_refuse() -> None:
    """The same flipped bit, the same stranger."""
    document = json.loads(seal(statement_of(), ISSUER))
    signature = bytearray(base64.b64decode(document["signatures"][0]["sig"]))
    signature[5] ^= 4
    document["signatures"][0]["sig"] = base64.b64encode(signature).decode()
    key = SSlibKey(ISSUER.key_id, "ed25519", "ed25519", {"public": ISSUER.public_key.hex()})

    with pytest.raises(Exception, match="signatures"):
        TheirEnvelope.from_dict(json.loads(json.dumps(document))).verify([key], threshold=1)
    assert not dsse.verify(dsse.read(json.dumps(document).encode()), ISSUER.public_key)


@pytest.mark.claim("T-SIG-03")
def test_we_accept_what_they_sign() -> None:
    """An envelope that securesystemslib made is read and verified by us."""
    private = Ed25519PrivateKey.generate()
    signer, key = _theirs(private)
    envelope = TheirEnvelope(payload=canonical(statement_of()), payload_type=dsse.STATEMENT, signatures={})
    envelope.sign(signer)

    ours = dsse.read(json.dumps(envelope.to_dict()).encode())

    assert dsse.verify(ours, private.public_key().public_bytes_raw())
    assert not dsse.verify(ours, ISSUER.public_key)
    assert key.keyid


def test_same_payload_same_envelope() -> None:
    """Ed25519 needs no chance: sealed twice, the bytes are equal."""
    assert seal(statement_of(), ISSUER) == seal(statement_of(), ISSUER)


def test_a_certificate_of_another_issuer_is_not_sealed() -> None:
    """What names no key, or another one, is not signed by accident."""
    with pytest.raises(ValueError, match="does not name the key"):
        seal(statement_of(public_key=None), ISSUER)


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_an_envelope_or_refused(data: bytes) -> None:
    """Whatever comes in: our error, or an envelope."""
    try:
        dsse.read(data)
    except CertificateInvalid as problem:
        assert problem.code.startswith(("envelope_", "signature_"))
