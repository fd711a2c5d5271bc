"""A whole run in one signature: the Merkle root over its certificates, and for each of them the proof that it is among them.

``run/checkpoint.json`` holds root, size, run id, policy and suite, ``run/checkpoint.dsse`` the issuer's signature over its bytes;
``NAME.proof.json`` the path of one certificate with that envelope. A root is never inside a certificate, which is complete before
the run ends. Policy and suite enter the run's id before any pixel is read: no threshold moves afterwards.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from indelible.reports import dsse, keys, merkle
from indelible.reports.statement import DIGEST, RUN_ID, SUITE_ID
from indelible.reports.strict import CertificateInvalid, canonical, load

CHECKPOINT, PROOF = "indelible/checkpoint/1", "indelible/proof/1"
_CHECKPOINT_MEMBERS = {"schema", "runId", "nonce", "policy", "suite", "size", "root"}
_PROOF_MEMBERS = {"schema", "index", "size", "path", "checkpoint"}
_MOST = 2**53 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What is fixed before the first file is opened. ``policy`` is the policy's digest, ``suite`` the suite's version."""

    policy: str
    suite: str
    nonce: str

    @property
    def id(self) -> str:
        """The run's id, 64 hexadecimal digits, in every certificate of the run."""
        return run_id(self.policy, self.suite, self.nonce)


def begin(policy: str, suite: str, nonce: str | None = None) -> Run:
    """A new run under a policy (its digest in the certificate) and a suite; ``nonce`` is random by default."""
    return Run(policy=policy, suite=suite, nonce=nonce or secrets.token_hex(32))


def run_id(policy: str, suite: str, nonce: str) -> str:
    """The id that policy, suite and nonce come to."""
    return hashlib.sha256(canonical({"nonce": nonce, "policy": policy, "suite": suite})).hexdigest()


def checkpoint_of(run: Run, tree: merkle.Tree, size: int) -> bytes:
    """The bytes of ``run/checkpoint.json``."""
    return canonical(
        {
            "schema": CHECKPOINT,
            "runId": run.id,
            "nonce": run.nonce,
            "policy": {"sha256": run.policy},
            "suite": run.suite,
            "size": size,
            "root": {"sha256": tree.root.hex()},
        }
    )


def proof_of(tree: merkle.Tree, index: int, size: int, checkpoint_envelope: bytes) -> bytes:
    """The bytes of ``NAME.proof.json`` for the certificate at ``index``, counted from 0."""
    return canonical(
        {
            "schema": PROOF,
            "index": index,
            "size": size,
            "path": [item.hex() for item in tree.path(index)],
            "checkpoint": load(checkpoint_envelope),
        }
    )


def problems(proof: bytes, certificate: bytes, body: Mapping[str, Any], public_key: bytes) -> list[str]:
    """Closed codes of why the proof does not show the certificate in a run that ``public_key`` signed; empty if it does.

    Args:
        proof: the bytes of ``NAME.proof.json``, from anybody.
        certificate: the certificate's canonical bytes.
        body: its predicate.
        public_key: the key with which the certificate is signed; the checkpoint has to be signed with the same.
    """
    try:
        document = _proof(load(proof))
        envelope = dsse.from_document(document["checkpoint"], dsse.CHECKPOINT)
        stated = _checkpoint(load(envelope.payload))
    except CertificateInvalid as problem:
        return [problem.code.replace("certificate_", "proof_").replace("envelope_", "checkpoint_")]
    found = []
    if not dsse.verify(envelope, public_key):
        found.append("checkpoint_signature_does_not_verify")
    if envelope.key_id != keys.key_id(public_key):
        found.append("checkpoint_names_another_key")
    if stated["runId"] != body["runId"]:
        found.append("checkpoint_of_another_run")
    if stated["runId"] != run_id(stated["policy"]["sha256"], stated["suite"], stated["nonce"]):
        found.append("checkpoint_run_id_does_not_follow")
    if stated["policy"] != body["policy"]["digest"] or stated["suite"] != body["suite"]["version"]:
        found.append("checkpoint_of_another_policy_or_suite")
    path = [bytes.fromhex(item) for item in document["path"]]
    root = merkle.root_of(merkle.leaf(certificate), document["index"], document["size"], path)
    if document["size"] != stated["size"] or root is None or root.hex() != stated["root"]["sha256"]:
        found.append("proof_does_not_lead_to_the_root")
    return found


def _proof(untrusted: Any) -> Mapping[str, Any]:
    wrong = CertificateInvalid("proof_members", "The proof does not have the members of a proof.")
    if not isinstance(untrusted, dict) or set(untrusted) != _PROOF_MEMBERS or untrusted["schema"] != PROOF:
        raise wrong
    path = untrusted["path"]
    if not _whole(untrusted["index"]) or not _whole(untrusted["size"]) or not isinstance(path, list):
        raise wrong
    if len(path) > merkle.MAX_PATH or not all(isinstance(item, str) and DIGEST.fullmatch(item) for item in path):
        raise wrong
    return untrusted


def _checkpoint(untrusted: Any) -> Mapping[str, Any]:
    wrong = CertificateInvalid("checkpoint_members", "The checkpoint does not have the members of a checkpoint.")
    if not isinstance(untrusted, dict) or set(untrusted) != _CHECKPOINT_MEMBERS or untrusted["schema"] != CHECKPOINT:
        raise wrong
    texts = ((untrusted["runId"], RUN_ID), (untrusted["nonce"], RUN_ID), (untrusted["suite"], SUITE_ID))
    if not all(isinstance(value, str) and form.fullmatch(value) for value, form in texts):
        raise wrong
    for digest in (untrusted["policy"], untrusted["root"]):
        if not isinstance(digest, dict) or set(digest) != {"sha256"} or not isinstance(digest["sha256"], str):
            raise wrong
        if not DIGEST.fullmatch(digest["sha256"]):
            raise wrong
    if not _whole(untrusted["size"]):
        raise wrong
    return untrusted


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST
