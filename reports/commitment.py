"""The link from a certificate to its original: a keyed commitment, never a bare digest.

A bare digest of the original confirms every guess at the original, and says so for ever. Here the digest is keyed (HMAC-SHA-256) with
256 fresh random bits per file. The key stays in the run's ``private/`` folder, mode 0600, with whoever holds the original: showing it proves
the link, deleting it erases the link.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path

from indelible.errors import UsageError
from indelible.reports.private_files import write_private
from indelible.reports.statement import DIGEST, UUID_URN
from indelible.reports.strict import CertificateInvalid, canonical, load

KEY_BYTES = 32
FOLDER, SUFFIX = "private", ".link.json"
_SCHEMA = "indelible/link/1"
_MAX_BYTES = 4096


def new_key() -> bytes:
    """32 random bytes, for one file."""
    return secrets.token_bytes(KEY_BYTES)


def commit(original: bytes, key: bytes) -> str:
    """HMAC-SHA-256 of the original's bytes, hexadecimal. Raises ValueError for a key of another length."""
    if len(key) != KEY_BYTES:
        raise ValueError("a file's key has 32 bytes")
    return hmac.new(key, original, hashlib.sha256).hexdigest()


def opens(commitment: str, original: bytes, key: bytes) -> bool:
    """Whether the commitment is to this original under this key."""
    return hmac.compare_digest(commit(original, key), commitment)


def write_link(folder: Path, name: str, *, certificate_id: str, key: bytes) -> Path:
    """Keep a file's key as ``folder/private/NAME.link.json``. Raises `OutputError`."""
    path = folder / FOLDER / f"{name}{SUFFIX}"
    write_private(path, canonical({"schema": _SCHEMA, "certificateId": certificate_id, "key": key.hex()}) + b"\n")
    return path


def read_link(path: Path) -> bytes:
    """A file's key. Raises `UsageError`."""
    wrong = UsageError(
        "link_wrong", "The file does not hold a link's key.", f"It is NAME{SUFFIX} in the run's {FOLDER} folder."
    )
    try:
        with path.open("rb") as stream:
            document = load(stream.read(_MAX_BYTES))
    except (OSError, CertificateInvalid):
        raise wrong from None
    if not isinstance(document, dict) or set(document) != {"schema", "certificateId", "key"}:
        raise wrong
    key, name = document["key"], document["certificateId"]
    if document["schema"] != _SCHEMA or not isinstance(key, str) or not DIGEST.fullmatch(key):
        raise wrong
    if not isinstance(name, str) or not UUID_URN.fullmatch(name):
        raise wrong
    return bytes.fromhex(key)
