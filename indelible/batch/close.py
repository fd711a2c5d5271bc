"""What follows the last file of a run: its policy, its index and, where there is a key, its seal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from indelible.batch.index import MACHINE, Previous, write_index
from indelible.batch.seal import seal_run, write_policy
from indelible.model import Policy
from indelible.reports import checkpoint, dsse
from indelible.reports.projection import policy_of
from indelible.reports.run_index import RunFacts


def close_run(
    folder: Path,
    documents: Sequence[Mapping[str, Any]],
    *,
    policy: Policy,
    run: checkpoint.Run,
    signer: dsse.Signing | None,
    previous: Previous,
) -> Path | None:
    """Write the run's own files into ``folder``; returns the page, or None where nothing was written.

    A run without any certificate writes nothing, unless it would leave the index of another run standing as its own.

    Args:
        folder: the run's results.
        documents: the lines of `certify`, in input order.
        policy: under which the run stood.
        run: begun before the first file was opened.
        signer: the key that signed the certificates; None leaves the run unsealed.
        previous: read before the first file was opened.

    Raises:
        OutputError: something cannot be written.
    """
    certificates = [Path(document["certificate"]) for document in documents if document["certificate"] is not None]
    if not certificates and not (folder / MACHINE).exists():
        return None
    stated = policy_of(policy)
    facts = RunFacts(id=run.id, policy=stated["id"], policy_sha256=stated["digest"]["sha256"], suite=run.suite)
    write_policy(folder, policy)
    if certificates and signer is not None:
        seal_run(folder, certificates, run, signer)
    return write_index(folder, documents, run=facts, previous=previous)
