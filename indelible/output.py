"""Write a whole file or nothing: temporary name, flush to disk, read back, fixed time, rename."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
from pathlib import Path

from indelible.errors import OutputError, UsageError

#: Modification time of everything published: 2000-01-01T00:00:00Z. The change time of the inode cannot be set.
FIXED_TIME_S = 946_684_800

_TEMPLATE = re.compile(r"[A-Za-z0-9._-]*(\{(digest|index|stem)\}[A-Za-z0-9._-]*)+")


def make_folder(folder: Path, *, private: bool = False) -> None:
    """Create a folder and its parents. Raises `OutputError`."""
    try:
        folder.mkdir(mode=0o700 if private else 0o777, parents=True, exist_ok=True)
    except OSError:
        raise _cannot_write() from None


def write_file(path: Path, data: bytes) -> None:
    """Write ``data`` under ``path``, replacing what stands there only when all of it lies on the disk. Raises `OutputError`."""
    temporary = path.with_name(f".indelible-{secrets.token_hex(8)}.tmp")
    try:
        handle = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o666)
        with os.fdopen(handle, "w+b") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(handle)
            stream.seek(0)
            if hashlib.sha256(stream.read()).digest() != hashlib.sha256(data).digest():
                raise OSError
        os.utime(temporary, (FIXED_TIME_S, FIXED_TIME_S))
        os.replace(temporary, path)
    except OSError:
        raise _cannot_write() from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def check_free(path: Path, data: bytes, *, source: Path) -> None:
    """Raise `OutputError` if ``path`` is the input or holds other content; the same bytes may be written again."""
    try:
        if path.exists():
            if path.samefile(source):
                raise OutputError(
                    "output_is_input", "The output would replace the input.", "Choose another folder with -o."
                )
            if path.read_bytes() != data:
                raise OutputError(
                    "output_exists",
                    "Another file stands under the output's name.",
                    "Choose another folder with -o, or put {digest} into the name template.",
                )
    except OSError:
        raise _cannot_write() from None


def output_name(template: str, *, digest: str, index: int, stem: str) -> str:
    """The neutral name of an output, without extension.

    ``{digest}`` is the first 12 digits of the published file's SHA-256, ``{index}`` the place in the run; ``{stem}`` carries the
    input's own name along and is never a default. Raises `UsageError`.
    """
    if not _TEMPLATE.fullmatch(template) or template.startswith("."):
        raise UsageError(
            "name_template",
            "The name template needs {digest}, {index} or {stem}, and otherwise letters, digits, '.', '_' or '-'.",
            "For example: --name-template 'press-{index}-{digest}'.",
        )
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", stem.encode("ascii", "replace").decode())[:80] or "file"
    return template.format(digest=digest[:12], index=f"{index:04d}", stem=plain)


def _cannot_write() -> OutputError:
    return OutputError(
        "cannot_write",
        "The output cannot be written.",
        "Check that the folder exists, may be written and has space left.",
    )
