"""Start a foreign program: argument list, own process group, deadline, drained pipes, bare environment, limits.

Nothing else in the project may start a program. No user's file name reaches an argument list: `private_copy` gives the
bytes a generated ASCII name, because names that begin with a dash or hold a newline are read as options.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import IO

from indelible.errors import MissingError, ToolError

#: Debian and Ubuntu packages of the programs that we know.
PACKAGES = {"exiftool": "libimage-exiftool-perl", "tesseract": "tesseract-ocr", "chromium": "chromium"}

MAX_OUTPUT = 64 * 1024 * 1024
MAX_STDERR = 1024 * 1024
_FILE_BLOCKS = 2 * 1024 * 1024  # `ulimit -f` counts 512-byte blocks: 1 GiB

# `ulimit` in a shell instead of preexec_fn, which may deadlock in a process with threads. The limits are positional
# arguments of a fixed script; the program's own arguments are never parsed by the shell.
_LIMITED = 'ulimit -c 0; ulimit -t "$1"; ulimit -f "$2"; [ "$3" = 0 ] || ulimit -v "$3" 2>/dev/null; shift 3; exec "$@"'
_EXTENSION = re.compile(r"[a-z0-9]{1,8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletedTool:
    """How a program ended. ``returncode`` is negative for a signal; ``overflow``: killed for writing too much."""

    returncode: int
    stdout: bytes = field(repr=False)
    stderr: bytes = field(repr=False)
    timed_out: bool
    overflow: bool = False


def find_program(name: str) -> str:
    """The program's absolute path. Raises `MissingError` with the command that installs it."""
    found = shutil.which(name, path=os.environ.get("PATH", ""))
    if found is None:
        known = os.path.basename(name)
        known = known if known in PACKAGES else "program"
        remedy = (
            f"Install it with `sudo apt-get install {PACKAGES[known]}`." if known in PACKAGES else "Install it first."
        )
        raise MissingError(f"{known}_missing", f"The program {known} is not installed.", remedy)
    return os.path.abspath(found)


def start(
    args: Sequence[str],
    *,
    home: Path,
    cpu_s: int,
    memory_mb: int | None = None,
    variables: Mapping[str, str] | None = None,
    dies_with_parent: bool = False,
) -> subprocess.Popen[bytes]:
    """Start a program in its own process group with three pipes. The caller drains them and kills the group.

    ``home`` is a private folder that becomes HOME, TMPDIR and working folder. ``dies_with_parent``: the kernel ends the
    program when the thread that started it ends, where ``setpriv`` (util-linux) is there to ask for it.
    """
    program = find_program(args[0])
    leash = shutil.which("setpriv", path=os.defpath) if dies_with_parent else None
    limits = [str(max(1, cpu_s)), str(_FILE_BLOCKS), str((memory_mb or 0) * 1024)]
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "HOME": str(home),
        "TMPDIR": str(home),
        **(variables or {}),
    }
    try:
        return subprocess.Popen(
            [
                "/bin/sh",
                "-c",
                _LIMITED,
                "sh",
                *limits,
                *([leash, "--pdeathsig", "KILL"] if leash else []),
                program,
                *args[1:],
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            cwd=home,
            start_new_session=True,
            close_fds=True,
        )
    except (OSError, ValueError):
        raise ToolError(
            "tool_not_started", "A foreign program could not be started.", "Run `indelible doctor`."
        ) from None


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """End a program that `start` started, with everything that it started itself."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=5)


def run(
    args: Sequence[str],
    *,
    timeout_s: float,
    input: bytes | None = None,
    max_output: int = MAX_OUTPUT,
    memory_mb: int | None = None,
    variables: Mapping[str, str] | None = None,
) -> CompletedTool:
    """Run a program to its end, or kill its whole group at the deadline.

    Args:
        args: program and arguments; never a user's file name.
        timeout_s: wall-clock seconds.
        input: bytes for its standard input; nothing is given where None.
        max_output: bytes of standard output that are taken; a program that writes more is killed (``overflow``).
        memory_mb: address space in MiB; None for no limit (programs that reserve much and use little).
        variables: environment variables on top of the bare environment.

    Raises:
        MissingError: the program is not installed.
        ToolError: it could not be started.
    """
    with tempfile.TemporaryDirectory(prefix="indelible-", ignore_cleanup_errors=True) as home:
        cpu_s = ceil(timeout_s * (os.cpu_count() or 1)) + 1
        process = start(args, home=Path(home), cpu_s=cpu_s, memory_mb=memory_mb, variables=variables)
        streams = (process.stdin, process.stdout, process.stderr)
        untrusted_out, untrusted_err = bytearray(), bytearray()
        full = threading.Event()

        def flooded() -> None:
            full.set()
            kill_group(process)

        threads = [
            threading.Thread(target=feed, args=(process.stdin, input), daemon=True),
            threading.Thread(target=drain, args=(process.stdout, untrusted_out, max_output, flooded), daemon=True),
            threading.Thread(target=drain, args=(process.stderr, untrusted_err, MAX_STDERR, None), daemon=True),
        ]
        timed_out = False
        try:
            for thread in threads:
                thread.start()
            try:
                process.wait(timeout=timeout_s)
            except subprocess.TimeoutExpired:
                timed_out = not full.is_set()
        finally:
            kill_group(process)  # also ends what the program left behind, so that the pipes close
            for thread in threads:
                if thread.ident is not None:
                    thread.join(timeout=5)
            for stream in streams:
                if stream is not None and not any(thread.is_alive() for thread in threads):
                    with contextlib.suppress(OSError):
                        stream.close()
        return CompletedTool(
            returncode=process.returncode if process.returncode is not None else -signal.SIGKILL,
            stdout=bytes(untrusted_out),
            stderr=bytes(untrusted_err),
            timed_out=timed_out,
            overflow=full.is_set(),
        )


@contextlib.contextmanager
def private_copy(data: bytes, extension: str) -> Iterator[Path]:
    """The bytes as ``input.<extension>`` in a new folder that only this user can enter; removed afterwards.

    ``extension`` is the detected type's (``"jpg"`` or ``".jpg"``), never the user's.
    """
    suffix = extension.removeprefix(".")
    if not _EXTENSION.fullmatch(suffix):
        raise ValueError("an extension is 1 to 8 lower-case letters or digits")
    with tempfile.TemporaryDirectory(prefix="indelible-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / f"input.{suffix}"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        yield path


def feed(stream: IO[bytes] | None, data: bytes | None) -> None:
    """Write ``data`` and close; a program that stops reading is no error here."""
    if stream is None:
        return
    with contextlib.suppress(OSError, ValueError):
        if data:
            stream.write(data)
        stream.close()


def drain(stream: IO[bytes] | None, into: bytearray, limit: int, flooded: object) -> None:
    """Read to the end so that the program never blocks; keep ``limit`` bytes, then call ``flooded`` once."""
    if stream is None:
        return
    told = False
    with contextlib.suppress(OSError, ValueError):
        while chunk := os.read(stream.fileno(), 1 << 16):
            room = limit - len(into)
            into += chunk[: max(0, room)]
            if len(chunk) > room and callable(flooded) and not told:
                told = True
                flooded()
