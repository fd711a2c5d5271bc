"""After the last file of a run: one signed root over its certificates, and a proof for each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from indelible.errors import InputError
from indelible.media import Limits, read_file
from indelible.model import Policy
from indelible.output import make_folder, write_file
from indelible.reports import checkpoint, dsse, merkle, suites
from indelible.reports.strict import MAX_BYTES, parse

FOLDER, NAME = "run", "checkpoint"
CERTIFICATE, PROOF = ".certificate.json", ".proof.json"


def begin_run(policy: Policy) -> checkpoint.Run:
    """Fix policy and suite, before the first file is opened. Every certificate of the run carries ``run.id``."""
    from indelible.reports.projection import policy_of

    return checkpoint.begin(policy_of(policy)["digest"]["sha256"], suites.newest())


def write_policy(folder: Path, policy: Policy) -> Path:
    """Write ``run/policy.json``, whose SHA-256 is ``policy.digest`` of every certificate of the run. Raises `OutputError`."""
    from indelible.reports.projection import policy_fields
    from indelible.reports.strict import canonical

    make_folder(folder / FOLDER)
    path = folder / FOLDER / "policy.json"
    write_file(path, canonical(policy_fields(policy)))
    return path


def seal_run(folder: Path, certificates: Sequence[Path], run: checkpoint.Run, signer: dsse.Signing) -> Path:
    """Write ``run/checkpoint.json``, ``run/checkpoint.dsse`` and each ``NAME.proof.json``.

    Args:
        folder: the run's results.
        certificates: ``NAME.certificate.json`` of every file that has one, in input order.
        run: begun before the first file was opened; each certificate carries its id.
        signer: the key that signed the certificates.

    Returns:
        The path of the checkpoint's envelope.

    Raises:
        InputError: a certificate is of another run, or is none.
        OutputError: something cannot be written.
    """
    leaves = []
    for path in certificates:
        data = _read(path)
        if parse(data)["predicate"]["runId"] != run.id:
            raise InputError("another_run", "A certificate is of another run.", "Certify into an empty folder.")
        leaves.append(merkle.leaf(data))
    tree = merkle.Tree(leaves)
    root = checkpoint.checkpoint_of(run, tree, len(leaves))
    envelope = dsse.sign(root, signer, dsse.CHECKPOINT)
    make_folder(folder / FOLDER)
    write_file(folder / FOLDER / f"{NAME}.json", root)
    write_file(folder / FOLDER / f"{NAME}.dsse", envelope)
    for index, path in enumerate(certificates):
        name = path.name.removesuffix(CERTIFICATE)
        write_file(path.with_name(f"{name}{PROOF}"), checkpoint.proof_of(tree, index, len(leaves), envelope))
    return folder / FOLDER / f"{NAME}.dsse"


def _read(path: Path) -> bytes:
    return read_file(path, Limits(max_bytes=MAX_BYTES))
