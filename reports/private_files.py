"""Files that only their owner may read, from the first byte on; whole or not at all."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from indelible.errors import OutputError
from indelible.output import make_folder


def write_private(path: Path, data: bytes) -> None:
    """Write ``data`` under ``path`` with mode 0600, in a folder with mode 0700 if it has to be made. Raises `OutputError`."""
    make_folder(path.parent, private=True)
    temporary = path.with_name(f".indelible-{secrets.token_hex(8)}.tmp")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(handle)
        os.replace(temporary, path)
    except OSError:
        raise OutputError(
            "cannot_write", "A private file cannot be written.", "Check that its folder may be written."
        ) from None
    finally:
        with suppress(OSError):
            temporary.unlink()
