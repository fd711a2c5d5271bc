"""What `check` tells a person: one sentence per reason. Codes without an entry read as they are spelt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_WORDS = {
    "certificate_too_large": "The certificate is larger than any certificate can be.",
    "certificate_not_utf8": "The certificate is not UTF-8.",
    "certificate_too_deep": "The certificate nests deeper than 64.",
    "certificate_not_json": "The certificate is not strict JSON.",
    "certificate_duplicate_key": "The certificate gives one key twice.",
    "certificate_float": "The certificate holds a number that is not whole.",
    "certificate_integer": "The certificate holds an integer of 2^53 or more.",
    "certificate_not_printable": "The certificate holds a control character.",
    "certificate_schema": "The certificate does not follow its published schema.",
    "certificate_not_canonical": "The certificate is not in its one canonical form: somebody rewrote it.",
    "envelope_members": "The envelope has other members than an envelope.",
    "envelope_of_another_type": "The envelope holds something that is not a certificate.",
    "envelope_without_one_signature": "The envelope does not hold exactly one signature.",
    "envelope_base64": "The envelope's base64 is damaged.",
    "envelope_of_another_certificate": "The envelope beside the certificate holds another certificate.",
    "envelope_round_an_unsigned_certificate": "The envelope holds a certificate that says it is unsigned.",
    "envelope_names_another_key": "The envelope names another key than the certificate.",
    "envelope_missing": "The certificate says that it is signed; its envelope is not here.",
    "signature_is_not_64_bytes": "The signature is cut or padded.",
    "signature_does_not_verify": "The signature does not fit the certificate: one of them was changed.",
    "signed_with_another_key": "It is signed, by another key than the one that you named.",
    "issuer_key_is_weak": "The key in the certificate is one for which anybody can sign.",
    "issuer_key_id_does_not_follow": "The key's id is not the digest of the key.",
    "key_not_known": "It is signed by a key that is not yours: anybody can make one. Name the issuer's with --key.",
    "unsigned": "It is unsigned: nobody vouches for it by a key.",
    "suite_not_known": "This version does not know the suite of checks; use the version that issued it, or a newer one.",
    "file_is_not_the_certified_one": "The file is not the one that the certificate is about.",
    "verdict_does_not_follow": "The verdict does not follow from the rows.",
    "policy_level_does_not_follow": "It calls its policy enhanced, and the policy leaves text or faces.",
    "suite_row_is_missing": "A check of the suite has no row.",
    "proof_does_not_lead_to_the_root": "The proof does not lead from this certificate to the root of its run.",
    "checkpoint_signature_does_not_verify": "The run's root is not signed by the key of this certificate.",
    "checkpoint_of_another_run": "The proof is of another run.",
    "issued_in_the_future": "It was issued after the moment of this check: look at the clock.",
    "expired": "It has expired: certify the file again, or `indelible recheck` it.",
    "stale": "A newer suite of checks is known: `indelible recheck` examines the file by it.",
    "validity_does_not_follow": "It promises to be valid for longer than its regions allow.",
    "moment_impossible": "It names a day that does not exist.",
}
_ORIGINAL = {
    "matches": "The original is the one of the certificate.",
    "differs": "The original, or the key of the link, is another.",
    "no_commitment": "The certificate holds no commitment to an original.",
}


def words(code: str) -> str:
    """A sentence for a reason."""
    text = code.replace("_", " ")
    return _WORDS.get(code, text[0].upper() + text[1:] + ".")


def told(document: Mapping[str, Any]) -> Iterator[str]:
    """The lines of one check, from `CheckResult.to_dict`."""
    for code in document["reasons"]:
        yield f"{code}: {words(code)}"
    if document["verdict"] is not None:
        limits = f", with {', '.join(document['limits'])}" if document["limits"] else ""
        yield f"verdict: {document['verdict'].replace('_', ' ')}{limits}; it follows from the rows"
        yield f"issued {document['issuedAt']}, valid until {document['notAfter']}, suite {document['suite']}"
    if document["keyId"] is not None:
        yield f"key {document['keyId']} ({document['key']})"
    yield f"file: {document['file'].replace('_', ' ')}; proof: {document['proof'].replace('_', ' ')}"
    if "original" in document:
        yield _ORIGINAL[document["original"]]
