"""What is written about one file beside its report: the certificate, its envelope, and the private link to its original."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from indelible.output import write_file
from indelible.reports import commitment
from indelible.reports.certificate import canonical, seal
from indelible.reports.keys import Signer

CERTIFICATE, ENVELOPE, PROOF = ".certificate.json", ".certificate.dsse", ".proof.json"


def write_evidence(
    folder: Path, name: str, statement: dict[str, Any], *, signer: Signer | None = None, link_key: bytes | None = None
) -> tuple[Path, Path | None]:
    """Write ``NAME.certificate.json``, with a signer ``NAME.certificate.dsse``, and with a key ``private/NAME.link.json``.

    Envelope and proof of an earlier certificate of that name are removed: they are about other bytes. Returns the paths of
    certificate and envelope. Raises `OutputError`.
    """
    for suffix in (ENVELOPE, PROOF):
        with suppress(OSError):
            (folder / f"{name}{suffix}").unlink()
    certificate, envelope = folder / f"{name}{CERTIFICATE}", folder / f"{name}{ENVELOPE}"
    if link_key is not None:
        commitment.write_link(folder, name, certificate_id=statement["predicate"]["certificateId"], key=link_key)
    write_file(certificate, canonical(statement))
    if signer is None:
        return certificate, None
    write_file(envelope, seal(statement, signer))
    return certificate, envelope
