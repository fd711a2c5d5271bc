"""From what the user named to the files to work on: folders walked in sorted order, nothing silently left out.

What is not an image is handed on too, so that it is answered with a reason. Left out of a folder are hidden files, what
this program writes beside its outputs, and folders that the caller names.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from indelible.errors import UsageError

#: Ours, written by `certify`, `plan` and `report`; never taken as an input from a folder. A name given by itself is.
OWN_SUFFIXES = (".certificate.json", ".plan.json", ".html")
OWN_FOLDERS = ("quarantine",)

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")

#: Device and number of a folder: the same folder reached by another name is walked once.
_Identity = tuple[int, int]


def walk(inputs: Sequence[str | Path], *, leave_out: Collection[Path] = ()) -> Iterator[Path]:
    """Every file behind ``inputs``, in the order of the inputs; each folder sorted by name, deep first.

    Args:
        inputs: files and folders. A file is handed on as it was named, even if it does not exist: its reader says why.
        leave_out: folders that are not walked into, such as the output folder.

    Raises:
        UsageError: an input is a URL.
    """
    for untrusted in inputs:
        if isinstance(untrusted, str) and _URL.match(untrusted):
            raise UsageError(
                "url", "An input is a URL; this version reads local paths only.", "Copy the files here first."
            )
    left_out = {identity for folder in leave_out if (identity := _identity(folder)) is not None}
    for untrusted in inputs:
        path = Path(untrusted)
        if path.is_dir():
            yield from _walk_folder(path, set(left_out))
        else:
            yield path


def _walk_folder(folder: Path, seen: set[_Identity]) -> Iterator[Path]:
    """Files of ``folder`` and, through links too, of the folders in it; ``seen`` breaks loops."""
    identity = _identity(folder)
    if identity is None or identity in seen:
        return
    seen.add(identity)
    try:
        with os.scandir(folder) as found:
            entries = sorted((entry for entry in found if not entry.name.startswith(".")), key=lambda item: item.name)
    except OSError:
        yield folder  # its reader reports it; a folder that cannot be listed is not an empty folder
        return
    for entry in entries:
        try:
            is_folder = entry.is_dir()
        except OSError:
            is_folder = False
        if is_folder:
            if entry.name not in OWN_FOLDERS:
                yield from _walk_folder(folder / entry.name, seen)
        elif not entry.name.endswith(OWN_SUFFIXES):
            yield folder / entry.name


def _identity(folder: Path) -> _Identity | None:
    try:
        status = os.stat(folder)
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISDIR(status.st_mode) else None
