"""Where a file lies: what its name, its attributes and its neighbours say, gathered once, outside the checks.

Kept are the last part of the name, facts, and the names of attributes: no path, no attribute's value, no neighbour's name. What
is kept stays in memory: no finding, log or certificate contains it.
"""

from __future__ import annotations

import contextlib
import os
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

#: Files beside a picture that describe it, show it or belong to the same shot.
SIDECARS = frozenset(
    {".xmp", ".aae", ".thm", ".mov", ".mp4", ".lrv", ".lrf", ".wav", ".pp3", ".dop", ".cos", ".cot", ".on1", ".nksc",
     ".vrd", ".exif", ".exv", ".icc", ".gpx", ".nef", ".nrw", ".cr2", ".cr3", ".crw", ".arw", ".dng", ".orf", ".rw2",
     ".raf", ".pef", ".srw", ".psd", ".xcf"}
)  # fmt: skip
_BACKUP = re.compile(r"(?:[_.-](?:original|backup|bak|old|orig|save|sav)|\.tmp|\.swp|~|\.~\d+~)$", re.IGNORECASE)
_CACHES = frozenset(
    {"thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", ".thumbnails", ".xvpics", ".picasa.ini", "picasa.ini", "@eadir",
     ".@__thumb", ".pics", "zbthumbnail.info"}
)  # fmt: skip
_MAX_NEIGHBOURS = 100_000
#: Shorter stems turn up by chance.
_SHORTEST_STEM = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePlace:
    """What there is to say about a file but for its bytes.

    ``folder`` is the name of the folder as the caller named it, empty where none was. ``attributes`` are the names of
    extended attributes, None where they could not be listed. ``neighbours`` are kinds: ``sidecar``, ``backup``,
    ``thumbnail_cache``; None where the folder could not be listed.
    """

    name: str = field(repr=False)
    folder: str = field(default="", repr=False)
    modified_s: int = 0
    same_time_as_original: bool = False
    stem_of_original: bool = False
    attributes: tuple[str, ...] | None = field(default=(), repr=False)
    streams: bool = False
    other_owner: bool = False
    neighbours: tuple[str, ...] | None = ()


def place_of(path: Path, original: Path | None = None) -> FilePlace | None:
    """Look at a file's place; None where even its status cannot be read."""
    try:
        status = path.stat()
        first = original.stat() if original is not None else None
    except OSError:
        return None
    return FilePlace(
        name=path.name,
        folder=path.parent.name,
        modified_s=int(status.st_mtime),
        same_time_as_original=first is not None
        and first.st_mtime_ns == status.st_mtime_ns
        and first.st_ino != status.st_ino,
        stem_of_original=original is not None and _contains_stem(path, original),
        attributes=_attributes(path),
        streams=_has_streams(path),
        other_owner=hasattr(os, "geteuid") and status.st_uid != os.geteuid(),
        neighbours=_neighbours(path),
    )


def _contains_stem(path: Path, original: Path) -> bool:
    """Whether the name carries the source's along."""
    stem = _folded(original.stem)
    return len(stem) >= _SHORTEST_STEM and stem in _folded(path.stem)


def _folded(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum())


def _attributes(path: Path) -> tuple[str, ...] | None:
    """Names of the extended attributes, by the operating system's own call; none where it has no such call."""
    if hasattr(os, "listxattr"):
        try:
            return tuple(sorted(os.listxattr(path)))
        except OSError as problem:
            import errno

            return () if problem.errno in (errno.ENOTSUP, errno.ENOSYS) else None
    if os.name == "posix":
        return _attributes_by_libc(path)
    return ()


def _attributes_by_libc(path: Path) -> tuple[str, ...] | None:
    """The same on macOS, whose Python has no call for it: ``ssize_t listxattr(path, buffer, size, options)``."""
    import ctypes

    try:
        call = ctypes.CDLL(None).listxattr
    except (OSError, AttributeError):
        return ()
    call.restype = ctypes.c_ssize_t
    call.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int]
    buffer = ctypes.create_string_buffer(1 << 16)
    length = call(os.fsencode(path), buffer, len(buffer), 0)
    if length < 0:
        return None
    return tuple(sorted(name.decode("utf-8", "replace") for name in buffer.raw[:length].split(b"\0") if name))


def _has_streams(path: Path) -> bool:
    """Whether the stream stands there that browsers write on Windows: where the file came from."""
    if os.name != "nt":
        return False
    with contextlib.suppress(OSError, ValueError):
        return os.path.exists(f"{path}:Zone.Identifier")
    return False


def _neighbours(path: Path) -> tuple[str, ...] | None:
    """Kinds of telling files beside this one."""
    stem, name = path.stem.casefold(), path.name.casefold()
    found: set[str] = set()
    try:
        with os.scandir(path.parent) as entries:
            for count, entry in enumerate(entries):
                if count >= _MAX_NEIGHBOURS:
                    return None
                kind = _kind(entry.name.casefold(), name, stem)
                if kind:
                    found.add(kind)
    except OSError:
        return None
    return tuple(sorted(found))


def _kind(other: str, name: str, stem: str) -> str | None:
    if other == name:
        return None
    if other in _CACHES:
        return "thumbnail_cache"
    first, last = os.path.splitext(other)
    if last in SIDECARS and first in (name, stem):
        return "sidecar"
    bare = other[1:] if other.startswith(".") and other.endswith(".swp") else other
    backup = _BACKUP.search(bare)
    if backup is not None and (
        bare[: backup.start()] in (name, stem) or os.path.splitext(bare[: backup.start()])[0] == stem
    ):
        return "backup"
    if (
        os.path.splitext(_BACKUP.sub("", first))[0] == stem
        and _BACKUP.search(first)
        and last == os.path.splitext(name)[1]
    ):
        return "backup"  # photo_original.jpg beside photo.jpg
    return None
