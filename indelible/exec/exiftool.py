"""exiftool as a second witness: one supervised process that stays open, the strict call, and a small cache.

The protocol is exiftool's own (``-stay_open True -@ -``, ``-executeN`` answered by ``{readyN}``, as pyexiftool uses it).
pyexiftool itself is not used: its read loop has no deadline and spins for ever when exiftool dies, and it reads standard
error only after standard output, which deadlocks. Here both pipes are read together under one deadline per command, and a
process that misses it is killed with its whole group.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import itertools
import json
import os
import selectors
import subprocess
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from indelible.errors import MissingError, ToolError
from indelible.exec.process import MAX_OUTPUT, MAX_STDERR, kill_group, start
from indelible.formats import EXTENSIONS, sniff
from indelible.media import read_file

#: The oldest version that is accepted.
OLDEST = (12, 57)

BATCH = 50
MEMORY_MB = 2048

#: LEAKS.md 6.1. ``-all`` must be named, or the other named tags would hide everything else.
STRICT = (
    "-j", "-n", "-G0:1:4", "-a", "-u", "-U", "-ee3", "-struct", "-api", "largefilesupport=1", "-api", "requestall=3",
    "-all", "-validate", "-warning", "-error", "-trailer",
)  # fmt: skip

_CACHE_SIZE = 96
_REMEDY = "Check that exiftool runs, then try again; the file is not certified without it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What exiftool said about one file. ``tags`` maps ``Group:Tag`` to its raw value and must not leave the process.

    ``warnings`` counts warnings and, when ``Validate`` is not ``0 0 0``, one more. ``error`` is exiftool's own error;
    ``failed`` the closed code of a crash, a timeout or an unreadable answer, with no tags.
    """

    tags: Mapping[str, object] = field(default_factory=dict, repr=False)
    warnings: int = 0
    error: bool = False
    failed: str | None = None


class ExifTool:
    """One exiftool process that stays open. A context manager; calls from several threads wait for one another."""

    def __init__(self, timeout_s: float = 60.0) -> None:
        self._timeout_s = timeout_s
        self._process: subprocess.Popen[bytes] | None = None
        self._home: tempfile.TemporaryDirectory[str] | None = None
        self._lock = threading.RLock()
        self._numbers = itertools.count(1)
        self._version: str | None = None
        self._owner = os.getpid()
        self.restarts = 0  # how often a new process had to replace one that died or was killed

    def __enter__(self) -> ExifTool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()
            self._process = None

    @property
    def pid(self) -> int | None:
        """The running process, or None."""
        return self._process.pid if self._process is not None else None

    def version(self) -> str:
        """The version, for example ``12.57``. Raises `MissingError` when it is not installed or too old."""
        with self._lock:
            if self._version is None:
                answer = self._command(["-ver"], self._timeout_s).strip().decode("ascii", "replace")
                try:
                    number = version_tuple(answer)
                except ValueError:
                    raise ToolError("exiftool_answer", "exiftool did not tell its version.", _REMEDY) from None
                if number < OLDEST:
                    raise MissingError(
                        "exiftool_too_old",
                        f"exiftool is older than {OLDEST[0]}.{OLDEST[1]}.",
                        "Install a newer one with `sudo apt-get install libimage-exiftool-perl`.",
                    )
                self._version = answer
            return self._version

    def execute(self, args: Sequence[str], timeout_s: float | None = None) -> bytes:
        """One command's standard output. Raises `ToolError` at the deadline or when the process dies."""
        if any("\n" in item or "\r" in item for item in args):
            raise ValueError("an argument holds a line break")
        with self._lock:
            self.version()
            return self._command(args, self._timeout_s if timeout_s is None else timeout_s)

    def read(self, files: Sequence[Path]) -> tuple[Reading, ...]:
        """Read files under generated names, in batches of at most 50, whatever they are called."""
        return self.read_bytes([read_file(path) for path in files])

    def read_bytes(self, untrusted: Sequence[bytes]) -> tuple[Reading, ...]:
        """Read files given as bytes; one reading for each, in order.

        A batch that fails is read again file by file, so that one bad file costs nobody else an answer. A file that
        fails alone is a reading with ``failed``, or a `ToolError` when it is the only one.
        """
        readings: list[Reading] = []
        for first in range(0, len(untrusted), BATCH):
            batch = untrusted[first : first + BATCH]
            try:
                readings += self._batch(batch)
            except ToolError:
                if len(untrusted) == 1:
                    raise
                for item in batch:
                    try:
                        readings += self._batch([item])
                    except ToolError as problem:
                        readings.append(Reading(failed=problem.code))
        return tuple(readings)

    def extract(self, path: Path, tag: str) -> bytes | None:
        """The bytes of one binary tag (``"ThumbnailImage"``, ``"IFD1:ThumbnailImage"``), or None."""
        return self.extract_bytes(read_file(path), [tag])[0]

    def extract_bytes(self, data: bytes, tags: Sequence[str]) -> tuple[bytes | None, ...]:
        """The bytes of several binary tags of one file; None where the file has none."""
        if any(not _TAG.issuperset(tag) or not tag for tag in tags):
            raise ValueError("a tag is made of letters, digits, - _ and :")
        with tempfile.TemporaryDirectory(prefix="indelible-", ignore_cleanup_errors=True) as folder:
            path = _place(Path(folder), 0, data)
            return tuple(self.execute(["-b", "-ee3", "-api", "requestall=3", f"-{tag}", path]) or None for tag in tags)

    def _batch(self, batch: Sequence[bytes]) -> list[Reading]:
        with tempfile.TemporaryDirectory(prefix="indelible-", ignore_cleanup_errors=True) as folder:
            paths = [_place(Path(folder), index, data) for index, data in enumerate(batch)]
            answer = self.execute([*STRICT, *paths], self._timeout_s + sum(map(len, batch)) / 1e6)
        return parse_answer(answer, paths)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._owner != os.getpid():  # after a fork the pipes belong to the parent: leave its process alone
            self._process, self._home, self._owner = None, None, os.getpid()
        if self._process is not None and self._process.poll() is not None:
            self._end()
        if self._process is None or self._process.poll() is not None:
            if self._process is not None:
                self.restarts += 1
            self._home = tempfile.TemporaryDirectory(prefix="indelible-", ignore_cleanup_errors=True)
            self._process = start(
                ["exiftool", "-config", "", "-stay_open", "True", "-@", "-"],
                home=Path(self._home.name),
                cpu_s=24 * 3600,
                memory_mb=MEMORY_MB,
                dies_with_parent=True,  # exiftool does not notice that its input has ended
            )
        return self._process

    def _end(self) -> None:
        if self._process is not None and self._owner == os.getpid():
            kill_group(self._process)
            for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()
        if self._home is not None:
            self._home.cleanup()
            self._home = None

    def _command(self, args: Sequence[str], timeout_s: float) -> bytes:
        process = self._running()
        number = next(self._numbers)
        mark = f"{{indelible{number}}}"
        lines = [*args, "-echo4", mark, f"-execute{number}", ""]
        try:
            assert process.stdin is not None
            process.stdin.write("\n".join(lines).encode("ascii"))
            process.stdin.flush()
            return _answer(process, f"{{ready{number}}}\n".encode(), mark.encode(), time.monotonic() + timeout_s)
        except ToolError:
            self._end()
            raise
        except OSError:
            self._end()
            raise ToolError("exiftool_died", "exiftool ended unexpectedly.", _REMEDY) from None


_TAG = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:_-")


def version_tuple(text: str) -> tuple[int, int]:
    """``"12.57"`` -> ``(12, 57)``. Raises ValueError."""
    major, minor = text.split(".")[:2]
    return int(major), int(minor)


def parse_answer(untrusted: bytes, paths: Sequence[str]) -> list[Reading]:
    """The readings in one JSON answer, in the order of ``paths``. Raises `ToolError` if one is missing or it is cut."""
    try:
        entries = json.loads(untrusted.decode("utf-8", "replace"))
        by_name: dict[str, dict[str, Any]] = {entry["SourceFile"]: entry for entry in entries}
    except (ValueError, TypeError, KeyError, RecursionError):
        raise ToolError("exiftool_answer", "exiftool's answer cannot be read.", _REMEDY) from None
    if len(entries) != len(paths) or set(by_name) != set(paths):
        raise ToolError("exiftool_answer", "exiftool's answer does not name every file.", _REMEDY)
    return [_reading(by_name[path]) for path in paths]


def _reading(tags: dict[str, Any]) -> Reading:
    names = [(key.rpartition(":")[2], value) for key, value in tags.items() if key.startswith("ExifTool:")]
    warnings = sum(1 for name, _ in names if name == "Warning")
    warnings += sum(1 for name, value in names if name == "Validate" and value != "0 0 0")
    return Reading(tags=tags, warnings=warnings, error=any(name == "Error" for name, _ in names))


def _place(folder: Path, index: int, data: bytes) -> str:
    kind = sniff(data)
    path = folder / f"{index:04d}{EXTENSIONS[kind][0] if kind else '.bin'}"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
    return str(path)


def _answer(process: subprocess.Popen[bytes], ready: bytes, mark: bytes, deadline: float) -> bytes:
    """Read both pipes together until each has shown its mark. Raises `ToolError`."""
    assert process.stdout is not None and process.stderr is not None
    out, errors = bytearray(), bytearray()
    waiting = {process.stdout.fileno(): (out, ready), process.stderr.fileno(): (errors, mark)}
    with selectors.DefaultSelector() as selector:
        for descriptor in waiting:
            selector.register(descriptor, selectors.EVENT_READ)
        while waiting:
            left = deadline - time.monotonic()
            if left <= 0:
                raise ToolError("exiftool_timeout", "exiftool took too long and was stopped.", _REMEDY)
            for key, _ in selector.select(left):
                chunk = os.read(key.fd, 1 << 16)
                if not chunk:
                    raise ToolError("exiftool_died", "exiftool ended unexpectedly.", _REMEDY)
                buffer, end = waiting[key.fd]
                buffer += chunk
                if buffer.rstrip(b"\r\n").endswith(end.rstrip()):
                    selector.unregister(key.fd)
                    del waiting[key.fd]
                elif buffer is errors and len(errors) > MAX_STDERR:
                    del errors[: -len(mark) - 2]
                elif len(out) > MAX_OUTPUT:
                    raise ToolError("exiftool_overflow", "exiftool wrote too much and was stopped.", _REMEDY)
    return bytes(out[: out.rfind(ready.rstrip())])


_SESSION: ExifTool | None = None
_CACHE: OrderedDict[str, Reading] = OrderedDict()
_GUARD = threading.RLock()


def session() -> ExifTool:
    """The process-wide session, started when first used."""
    global _SESSION
    with _GUARD:
        if _SESSION is None:
            _SESSION = ExifTool()
            atexit.register(_SESSION.close)
        return _SESSION


def prefetch(files: Sequence[bytes]) -> None:
    """Read several files in one batch, so that later calls of `reading` find them in the cache."""
    with _GUARD:
        wanted = {hashlib.sha256(data).hexdigest(): data for data in files}
        todo = {digest: data for digest, data in wanted.items() if digest not in _CACHE}
        if not todo:
            return
        for digest, answer in zip(todo, _asked(list(todo.values())), strict=True):
            _CACHE[digest] = answer
        while len(_CACHE) > max(_CACHE_SIZE, len(todo)):
            _CACHE.popitem(last=False)


def reading(data: bytes) -> Reading:
    """What exiftool says about these bytes, from the cache where it was read before in this process.

    A failure is remembered too: a file that hangs exiftool costs one deadline, not one for each check.

    Raises:
        MissingError: exiftool is not installed or too old.
        ToolError: it crashed, hung or gave an unreadable answer.
    """
    with _GUARD:
        digest = hashlib.sha256(data).hexdigest()
        if digest not in _CACHE:
            _CACHE[digest] = _asked([data])[0]
            while len(_CACHE) > _CACHE_SIZE:
                _CACHE.popitem(last=False)
        _CACHE.move_to_end(digest)
        answer = _CACHE[digest]
    if answer.failed is not None:
        raise ToolError(answer.failed, "exiftool gave no answer for this file.", _REMEDY)
    return answer


def _asked(files: Sequence[bytes]) -> Sequence[Reading]:
    try:
        return session().read_bytes(files)
    except ToolError as problem:
        if len(files) != 1:
            raise
        return (Reading(failed=problem.code),)
