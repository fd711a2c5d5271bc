"""The user's own Ed25519 key: made once, kept in the user's data folder, never printed.

    $INDELIBLE_KEYS or ~/.local/share/indelible/keys/
        signing.pem      the private key, PKCS8, mode 0600: whoever reads it can sign as the user
        KEYID.pub        every public key that was ever the user's: certificates signed with an old one stay checkable

A key's id is the SHA-256 of its 32 public bytes. A signature proves who said it, not that it is true.
"""

from __future__ import annotations

import base64
import hashlib
import os
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from indelible.errors import IndelibleError, UsageError
from indelible.output import make_folder, write_file
from indelible.reports.private_files import write_private

PRIVATE = "signing.pem"
PUBLIC_SUFFIX = ".pub"
_MAX_BYTES = 16 * 1024
_MAX_KEYS = 1_000

_P = 2**255 - 19
#: Heights of the points of small order, for which signatures exist that fit any message; also in their second spellings.
_WEAK_HEIGHTS = frozenset(
    {
        0,
        1,
        _P - 1,
        _P,
        _P + 1,
        2707385501144840649318225287225658788936804267575313519463743609750303402022,
        55188659117513257062467267217118295137698188065244968500265048394206261417927,
    }
)


class KeyRefused(IndelibleError):
    """What was given is not an Ed25519 key of the kind that is needed. The certificate cannot be relied on: exit code 30."""

    exit_code = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A private key that signs. Its text form shows the id alone."""

    public_key: bytes
    _private: Ed25519PrivateKey = field(repr=False)

    @property
    def key_id(self) -> str:
        """SHA-256 of the public key, hexadecimal."""
        return key_id(self.public_key)

    def sign(self, message: bytes) -> bytes:
        """64 bytes; the same message gives the same signature."""
        return self._private.sign(message)

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a private key does not travel: hand over the path of its file")


def key_id(public_key: bytes) -> str:
    """SHA-256 of the 32 public bytes, hexadecimal."""
    return hashlib.sha256(public_key).hexdigest()


def folder() -> Path:
    """Where the user's keys lie."""
    chosen = os.environ.get("INDELIBLE_KEYS")
    if chosen:
        return Path(chosen)
    data = os.environ.get("XDG_DATA_HOME") or os.path.join(os.path.expanduser("~"), ".local", "share")
    return Path(data) / "indelible" / "keys"


def new(*, replace: bool = False) -> Signer:
    """Make the user's key. Raises `UsageError` if there is one and ``replace`` is not asked for; the old public key stays."""
    place = folder()
    private_path = place / PRIVATE
    if private_path.exists() and not replace:
        raise UsageError(
            "key_exists", "There is a signing key already.", "Use it, or make another: keys new --replace."
        )
    signer = from_private(Ed25519PrivateKey.generate())
    make_folder(place, private=True)
    write_file(place / f"{signer.key_id[:16]}{PUBLIC_SUFFIX}", public_pem(signer.public_key))
    write_private(private_path, _private_pem(signer))
    return signer


def from_private(private: Ed25519PrivateKey) -> Signer:
    """A signer around a key in memory."""
    return Signer(public_key=private.public_key().public_bytes_raw(), _private=private)


def signer(path: Path | None = None) -> Signer | None:
    """The key in the file ``path``, or the user's own; None where neither is. Raises `UsageError`."""
    if path is None:
        own = folder() / PRIVATE
        return load_private(own) if own.exists() else None
    return load_private(path)


def load_private(path: Path) -> Signer:
    """A signing key from a PEM file that only its owner can read. Raises `UsageError`."""
    data = _read(path, private=True)
    try:
        key = serialization.load_pem_private_key(data, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UsageError(
            "key_malformed", "The key file holds no private key that can be read.", "Make one: `indelible keys new`."
        ) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError("key_of_the_wrong_kind", "The key is not an Ed25519 key.", "Make one: `indelible keys new`.")
    return from_private(key)


def own_public_keys() -> tuple[bytes, ...]:
    """Every public key that is or was the user's, sorted. Files that hold no key are passed over: they vouch for nobody."""
    found: set[bytes] = set()
    with suppress(OSError):
        for path in sorted(folder().glob(f"*{PUBLIC_SUFFIX}"))[:_MAX_KEYS]:
            with suppress(IndelibleError):
                found.add(load_public(path))
    return tuple(sorted(found))


def load_public(path: Path) -> bytes:
    """The 32 bytes of a public key from a file: PEM, or 44 characters of base64, or 64 hexadecimal digits.

    Raises `KeyRefused`, or `UsageError` if the file cannot be read.
    """
    return parse_public(_read(path))


def parse_public(data: bytes) -> bytes:
    """See `load_public`."""
    text = data.strip()
    if b"PRIVATE KEY" in text:
        raise KeyRefused(
            "key_is_private", "This is a private key.", "Give the public key; keep the private one to yourself."
        )
    raw: bytes | None = None
    with suppress(ValueError, UnsupportedAlgorithm):
        if text.startswith(b"-----BEGIN"):
            key = serialization.load_pem_public_key(text)
            if not isinstance(key, Ed25519PublicKey):
                raise KeyRefused(
                    "key_of_the_wrong_kind", "The key is not an Ed25519 key.", "Ask for the issuer's Ed25519 key."
                )
            raw = key.public_bytes_raw()
        elif len(text) == 64:
            raw = bytes.fromhex(text.decode("ascii"))
        else:
            raw = base64.b64decode(text, validate=True)
    if raw is None or len(raw) != 32:
        raise KeyRefused(
            "key_malformed",
            "The key file holds no public key that can be read.",
            "It is a PEM file, base64 or hexadecimal, as `indelible keys show` prints it.",
        )
    if is_weak(raw):
        raise KeyRefused(
            "key_is_weak", "Anybody can sign for this key.", "Ask the issuer for a key that was made at random."
        )
    return raw


def is_weak(public_key: bytes) -> bool:
    """Whether the point is of small order: signatures for it can be made without any private key."""
    return int.from_bytes(public_key, "little") % 2**255 in _WEAK_HEIGHTS


def public_pem(public_key: bytes) -> bytes:
    """The public key as people exchange it."""
    return Ed25519PublicKey.from_public_bytes(public_key).public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _private_pem(signer: Signer) -> bytes:
    return signer._private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _read(path: Path, *, private: bool = False) -> bytes:
    try:
        with path.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            data = stream.read(_MAX_BYTES + 1)
    except OSError:
        raise UsageError("key_unreadable", "The key file cannot be read.", "Check the name.") from None
    if private and os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise UsageError(
            "key_open_to_others", "Others can read the private key.", "Make it yours alone: chmod 600 FILE."
        )
    if len(data) > _MAX_BYTES:
        raise KeyRefused("key_malformed", "The key file is too large for a key.", "Check the name.")
    return data
