"""The tree over a run: RFC 6962's shape, proofs for everybody, and for nobody else."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indelible.batch.seal import begin_run, seal_run, write_policy
from indelible.errors import InputError
from indelible.model import Policy, TextRules
from indelible.reports import checkpoint, merkle
from indelible.reports.certificate import canonical, seal
from indelible.reports.projection import policy_of
from tests.reports.bundles import ISSUER, RUN, proof, statement_of


def _defined(leaves: list[bytes]) -> bytes:
    """The definition of RFC 6962, section 2.1, word for word."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + _defined(leaves[:split]) + _defined(leaves[split:])).digest()


def test_known_roots() -> None:
    """The first leaves of the test vectors that certificate transparency's implementations share."""
    leaves = [merkle.leaf(item) for item in (b"", b"\x00", b"\x10", b"\x20\x21")]

    assert merkle.Tree(leaves[:1]).root.hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle.Tree(leaves[:2]).root.hex() == "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    assert merkle.Tree(leaves[:3]).root.hex() == "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
    assert merkle.Tree(leaves[:4]).root.hex() == "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"


@settings(max_examples=60, deadline=None)
@given(size=st.integers(1, 70))
def test_every_leaf_is_proven(size: int) -> None:
    """Any size: the defined root, and each leaf's path leads to it."""
    leaves = [merkle.leaf(bytes([number])) for number in range(size)]
    tree = merkle.Tree(leaves)

    assert tree.root == _defined(leaves)
    for index, item in enumerate(leaves):
        assert merkle.root_of(item, index, size, tree.path(index)) == tree.root


@pytest.mark.claim("T-MRK-01")
@settings(max_examples=120, deadline=None)
@given(data=st.data(), size=st.integers(2, 33))
def test_no_other_leaf_place_or_path_is_proven(data: st.DataObject, size: int) -> None:
    """One thing wrong: no root, or another one."""
    leaves = [merkle.leaf(bytes([number])) for number in range(size)]
    tree = merkle.Tree(leaves)
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size).filter(lambda number: number != index))
    path = list(tree.path(index))
    place = data.draw(st.integers(0, len(path) - 1))
    changed = [item if at != place else hashlib.sha256(item).digest() for at, item in enumerate(path)]

    assert merkle.root_of(leaves[index], other, size, path) != tree.root
    assert merkle.root_of(leaves[other % size], index, size, path) != tree.root or other % size == index
    assert merkle.root_of(leaves[index], index, size, changed) != tree.root
    assert merkle.root_of(leaves[index], index, size, path[:-1]) != tree.root
    assert merkle.root_of(leaves[index], index, size, [*path, leaves[0]]) != tree.root


def test_a_node_is_not_a_leaf() -> None:
    """Two leaves side by side, hashed as a certificate, are not their parent."""
    leaves = [merkle.leaf(b"a"), merkle.leaf(b"b")]

    assert merkle.leaf(leaves[0] + leaves[1]) != merkle.Tree(leaves).root


def test_run_is_sealed_on_disk(tmp_path: Path) -> None:
    """Checkpoint, its envelope, and a proof beside each certificate that holds for it."""
    paths = []
    for number in range(3):
        statement = statement_of()
        statement["subject"][0]["name"] = f"file-{number:04d}"
        paths.append(tmp_path / f"f{number}.certificate.json")
        paths[-1].write_bytes(canonical(statement))

    envelope = seal_run(tmp_path, paths, RUN, ISSUER)

    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == ["checkpoint.dsse", "checkpoint.json"]
    assert envelope.name == "checkpoint.dsse"
    for path in paths:
        proof = (tmp_path / path.name.replace(".certificate.json", ".proof.json")).read_bytes()
        data = path.read_bytes()
        body = statement_of()["predicate"]
        assert checkpoint.problems(proof, data, body, ISSUER.public_key) == []


def test_checkpoint_proof_and_envelopes_follow_their_published_schema() -> None:
    """`schema/run-0.1.json`, by an independent validator."""
    from importlib.resources import files

    from jsonschema import Draft202012Validator

    schema = json.loads((files("indelible.reports") / "schema" / "run-0.1.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)

    def follows(name: str, value: object) -> bool:
        return bool(Draft202012Validator({**schema, "$ref": f"#/$defs/{name}"}).is_valid(value))

    document = json.loads(proof())
    payload = json.loads(base64.b64decode(document["checkpoint"]["payload"]))

    assert follows("proof", document) and follows("checkpoint", payload)
    assert follows("envelope", document["checkpoint"]) and follows("envelope", json.loads(seal(statement_of(), ISSUER)))
    assert not follows("checkpoint", document) and not follows("proof", {**document, "note": ""})


def test_a_certificate_of_another_run_is_not_sealed_into_this_one(tmp_path: Path) -> None:
    """A left-over of an earlier run in the same folder."""
    path = tmp_path / "old.certificate.json"
    path.write_bytes(canonical(statement_of(run_id="0123456789abcdef")))

    with pytest.raises(InputError):
        seal_run(tmp_path, [path], RUN, ISSUER)
    assert not (tmp_path / "run").exists()


def test_the_policy_travels_with_the_run(tmp_path: Path) -> None:
    """Whoever holds the evidence can hash the policy and compare; the caller's own words and names are not in it."""
    policy = Policy(name="Operation Falcon", text_rules=TextRules(deny=("Jane Doe",)))

    data = write_policy(tmp_path, policy).read_bytes()

    assert hashlib.sha256(data).hexdigest() == policy_of(policy)["digest"]["sha256"] == begin_run(policy).policy
    assert b"Falcon" not in data and b"Jane" not in data


def test_policy_and_suite_are_in_the_runs_id() -> None:
    """Another threshold is another policy, and another id."""
    nonce = "ab" * 32

    assert checkpoint.begin("0" * 64, "2026.11", nonce).id != checkpoint.begin("1" * 64, "2026.11", nonce).id
    assert checkpoint.begin("0" * 64, "2026.11", nonce).id != checkpoint.begin("0" * 64, "2026.12", nonce).id
    assert checkpoint.begin("0" * 64, "2026.11").id != checkpoint.begin("0" * 64, "2026.11").id
