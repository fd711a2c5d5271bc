"""The command line: parse, call one function, print, exit code."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
from types import FrameType

from indelible.errors import IndelibleError, internal_error

__all__ = ["main"]

INTERRUPTED = 130


#: Many small matrices: one thread each is faster than several that wait for each other. Read when numpy is first imported.
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def main() -> None:
    """The console script ``indelible``."""
    for name in _ONE_THREAD:
        os.environ.setdefault(name, "1")
    sys.exit(run())


def run(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code; errors are told on stderr, without a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names need not be UTF-8
    with contextlib.suppress(ValueError):  # not in the main thread: the embedding program handles signals
        signal.signal(signal.SIGTERM, _ended)
    try:
        from indelible.cli.app import application

        given = sys.argv[1:] if arguments is None else arguments
        application(given)(args=given, prog_name="indelible")
    except SystemExit as left:
        if left.code == INTERRUPTED:  # what typer makes of Ctrl-C
            return _interrupted()
        return _flushed(left.code if isinstance(left.code, int) else 0 if left.code is None else 1)
    except KeyboardInterrupt:
        return _interrupted()
    except IndelibleError as error:
        return _silenced() if error.code == "stdout_closed" else tell(error)
    except OSError:
        return _silenced()
    except Exception:
        if os.environ.get("INDELIBLE_TRACEBACK") == "1":
            raise
        return tell(internal_error())
    return _flushed(0)


def tell(error: IndelibleError) -> int:
    """Print an error for a person; returns its exit code."""
    print(f"indelible: {error.message}\n  {error.remedy}", file=sys.stderr)
    return error.exit_code


def _interrupted() -> int:
    print("indelible: interrupted; what was finished stands, nothing stands half-written", file=sys.stderr)
    return INTERRUPTED


def _flushed(code: int) -> int:
    """A result that did not reach its reader is not a success."""
    try:
        sys.stdout.flush()
    except OSError:
        return _silenced()
    return code


def _silenced() -> int:
    """Standard output is closed or full: nothing more can be printed there, not even by the interpreter's own exit."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    with contextlib.suppress(OSError):
        print("indelible: the results could not be written to standard output", file=sys.stderr)
    return 5


def _ended(number: int, frame: FrameType | None) -> None:
    """Ended by somebody else: leave through every `finally`, so that no half-written file stays."""
    del frame
    sys.exit(128 + number)
