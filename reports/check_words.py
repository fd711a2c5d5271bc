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
    "key_is_private": "The key that you named is a private one. Name the issuer's public "
    "key, and keep the private one to its owner.",
    "key_of_the_wrong_kind": "The key that you named is not an Ed25519 key.",
    "key_malformed": "The key that you named is no public key: PEM, base64 or hex of an Ed25519 key is read.",
    "key_is_weak": "The key that you named is one for which anybody can sign.",
    "verdict_rule_unknown": "This version does not know the rule by which the verdict was reached.",
    "claims_do_not_follow": "The claims do not follow from the rows.",
    "leakage_does_not_follow": "The stated bound of what may leak does not follow from the regions.",
    "reasons_do_not_follow": "The reasons do not follow from the rows.",
    "limits_do_not_follow": "The limits do not follow from the rows.",
    "limit_missing": "A limit that follows from the certificate's own fields is not in it.",
    "limit_names_an_unknown_region": "A limit names a region that is not in the plan.",
    "non_claims_changed": "The list of what is not claimed is not the one of this version.",
    "rows_repeat_an_id": "Two rows have one id.",
    "controls_repeat_an_id": "Two controls have one id.",
    "regions_repeat_an_id": "Two regions have one id.",
    "rows_not_in_sequence": "The rows are not numbered one after the other: one was taken out, put in or moved.",
    "controls_not_in_sequence": "The controls are not numbered one after the other: one was taken out, "
    "put in or moved.",
    "coverage_does_not_add_up": "The counts of the checks do not add up to the rows.",
    "coverage_gap_not_said": "Demanded checks have no row, and the certificate does not say so.",
    "out_of_scope_incomplete": "Something that nobody looked for is not listed as such.",
    "rows_do_not_match_the_suite": "The listed checks are not those of the rows.",
    "suite_digest_wrong": "The digest of the suite is not that of the suite in the certificate.",
    "plan_digest_wrong": "The digest of the plan is not that of the regions in the certificate.",
    "environment_digest_wrong": "The digest of the environment is not that of the codecs in the certificate.",
    "row_names_an_unknown_region": "A row is about a region that is not in the plan.",
    "row_names_an_unknown_control": "A row names a control that is not in the certificate.",
    "row_armed_by_another_check": "A row is armed by the controls of another check.",
    "row_of_an_unknown_family": "A row belongs to no claim that this version knows.",
    "held_row_has_findings": "A row that held lists a finding.",
    "held_row_is_not_armed": "A demanded row held without controls that worked.",
    "interference_does_not_match_the_regions": "The swap test names other regions than those that are by construction.",
    "by_construction_without_a_swap_test": "A region is called by construction, and the swap test did not hold or "
    "had too few contents.",
    "mosaic_by_construction": "A mosaic is called by construction.",
    "region_without_a_held_claim": "A region's strength has no claim that held.",
    "issuer_contradicts_the_signature": "It names an issuer and says that it is unsigned, or the other way round.",
    "commitment_without_an_original": "It holds a commitment to an original, and says that none was given.",
    "carried_row_is_missing": "A row that is said to be carried over is not in it.",
    "not_applicable_does_not_follow": "A check is said not to apply, for a reason that the certificate's own "
    "fields contradict.",
    "required_row_is_not_required": "A check that ran is not listed as demanded.",
    "proof_members": "The proof has other members than a proof.",
    "checkpoint_members": "The run's checkpoint has other members than a checkpoint.",
    "checkpoint_names_another_key": "The run's checkpoint names another key than the certificate.",
    "checkpoint_run_id_does_not_follow": "The run's id does not follow from its policy, suite and nonce.",
    "checkpoint_of_another_policy_or_suite": "The run stood under another policy or suite than the certificate.",
    "nothing_is_superseded": "You named an earlier certificate, and this one supersedes none.",
    "previous_is_not_a_certificate": "The earlier certificate that you named is none.",
    "previous_is_another_certificate": "The earlier certificate that you named is not the one that this one "
    "supersedes.",
    "previous_is_of_another_file": "The earlier certificate that you named is about another file.",
    "previous_does_not_hold": "The earlier certificate that you named contradicts itself.",
    "carried_row_differs": "A row that is said to be carried over is another in the earlier certificate.",
}
#: What else is strict JSON, and is read by the same rules.
_KINDS = {"envelope": "The envelope", "proof": "The proof", "checkpoint": "The run's checkpoint"}
_ORIGINAL = {
    "matches": "The original is the one of the certificate.",
    "differs": "The original, or the key of the link, is another.",
    "no_commitment": "The certificate holds no commitment to an original.",
}


def words(code: str) -> str:
    """A sentence for a reason. What is wrong with a certificate's bytes can be wrong with an envelope's or a proof's too."""
    kind, _, problem = code.partition("_")
    alike = _WORDS.get(f"certificate_{problem}")
    if code not in _WORDS and alike is not None and kind in _KINDS:
        return alike.replace("The certificate", _KINDS[kind], 1)
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
