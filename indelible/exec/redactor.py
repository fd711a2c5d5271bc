"""Anybody's redactor as a command: one file in, one file out, in a private folder, with a deadline.

    deface {input} -o {output}            the tool writes the file that it is told
    indelible redact {input} -o {folder}  the tool writes one file into a folder
    exiftool -all= {inplace}              the tool changes the file

``{plan}`` is a plan file, for tools that are told where the secret lies. The command is split into arguments once and is never
seen by a shell; the file names in it are ours.
"""

from __future__ import annotations

import os
import shlex
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from indelible.errors import InputError, ToolError, UsageError
from indelible.exec.process import find_program, run
from indelible.media import read_file

_IN, _OUT = ("{input}", "{inplace}"), ("{output}", "{folder}", "{inplace}")
_REMEDY = "For example: --redactor 'deface {input} -o {output}'."


@dataclass(frozen=True, slots=True, kw_only=True)
class RedactorCommand:
    """A command line with places for file names. ``variables`` are added to the bare environment."""

    arguments: tuple[str, ...]
    timeout_s: float = 60.0
    variables: Mapping[str, str] | None = None

    @classmethod
    def parse(
        cls, text: str, *, timeout_s: float = 60.0, variables: Mapping[str, str] | None = None
    ) -> RedactorCommand:
        """From what a user typed. Arguments that name a file here are made absolute, because the command runs elsewhere.

        Raises:
            UsageError: it cannot be split, or has no place for a file in or out.
            MissingError: the program is not installed.
        """
        try:
            arguments = shlex.split(text)
        except ValueError:
            raise UsageError("redactor", "The redactor's command has an open quotation mark.", _REMEDY) from None
        if not any(place in item for item in arguments for place in _IN):
            raise UsageError("redactor", "The redactor's command has no {input} and no {inplace}.", _REMEDY)
        if not any(place in item for item in arguments for place in _OUT):
            raise UsageError("redactor", "The redactor's command has no {output}, {folder} or {inplace}.", _REMEDY)
        program = find_program(arguments[0])
        here = [os.path.abspath(item) if "{" not in item and Path(item).is_file() else item for item in arguments[1:]]
        return cls(arguments=(program, *here), timeout_s=timeout_s, variables=variables)

    @property
    def is_told(self) -> bool:
        """Whether the redactor is told where the secret lies."""
        return any("{plan}" in item for item in self.arguments)

    def redact(self, data: bytes, extension: str, plan: bytes) -> bytes:
        """What the command makes of a file.

        Args:
            data: the file.
            extension: its own, such as ``.jpg``; the output is asked for under the same.
            plan: bytes of a plan file.

        Raises:
            ToolError: ``redactor_timeout``, ``redactor_failed``, ``redactor_no_output`` or ``redactor_many_outputs``.
        """
        with tempfile.TemporaryDirectory(prefix="indelible-", ignore_cleanup_errors=True) as private:
            folder = Path(private, "out")
            folder.mkdir(mode=0o700)
            places = {
                "{input}": Path(private, f"input{extension}"),
                "{inplace}": folder / f"picture{extension}",
                "{output}": folder / f"output{extension}",
                "{folder}": folder,
                "{plan}": Path(private, "input.plan.json"),
            }
            places["{input}"].write_bytes(data)
            places["{plan}"].write_bytes(plan)
            if any("{inplace}" in item for item in self.arguments):
                places["{inplace}"].write_bytes(data)
            done = run(
                [_filled(item, places) for item in self.arguments],
                timeout_s=self.timeout_s,
                variables=self.variables,
            )
            if done.timed_out:
                raise _failed("redactor_timeout", "The redactor did not finish in time.")
            if done.returncode != 0:
                raise _failed("redactor_failed", "The redactor ended with an error.")
            return _only_file(folder)


def _filled(argument: str, places: Mapping[str, Path]) -> str:
    for place, path in places.items():
        argument = argument.replace(place, str(path))
    return argument


def _only_file(folder: Path) -> bytes:
    """The one regular file that lies there; links are not followed out of the folder."""
    found = [Path(entry.path) for entry in sorted(os.scandir(folder), key=lambda entry: entry.name) if _is_plain(entry)]
    if not found:
        raise _failed("redactor_no_output", "The redactor wrote no file.")
    if len(found) > 1:
        raise _failed("redactor_many_outputs", "The redactor wrote more than one file.")
    try:
        return read_file(found[0])
    except InputError:
        raise _failed("redactor_no_output", "The redactor's file cannot be read.") from None


def _is_plain(entry: os.DirEntry[str]) -> bool:
    return stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode)


def _failed(code: str, message: str) -> ToolError:
    return ToolError(code, message, "Run the command by hand on one picture.")
