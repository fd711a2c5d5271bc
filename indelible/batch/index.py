"""The index of a whole run, for people and for machines: every file with its verdict, and what changed since the run before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indelible.errors import UsageError
from indelible.model import Limit, Reason, VerdictWord
from indelible.output import write_file

if TYPE_CHECKING:
    from indelible.reports.run_index import IndexEntry, RunFacts

NAME, MACHINE = "index.html", "index.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Previous:
    """The index of an earlier run; ``index`` None without one, ``unreadable`` where one stands that is none."""

    index: Mapping[str, Any] | None = None
    unreadable: bool = False


def previous_run(folder: Path, named: Path | None = None) -> Previous:
    """The index to compare a run with, read before ``folder`` is written to.

    Args:
        folder: of the results; an index that stands there is the previous one.
        named: an index, or a folder with one, that the caller named instead.

    Raises:
        UsageError: the one that was named cannot be read, or is none.
    """
    from indelible.reports import run_index

    path = folder / MACHINE if named is None else named / MACHINE if named.is_dir() else named
    try:
        if not path.exists() and named is None:
            return Previous()
        reason = "there is none"
        if path.is_file():
            with path.open("rb") as stream:
                return Previous(index=run_index.read(stream.read(run_index.MAX_BYTES + 1)))
    except OSError:
        reason = "it cannot be read"
    except ValueError as problem:
        reason = str(problem)
    if named is None:
        return Previous(unreadable=True)
    raise UsageError(
        "previous", f"--previous does not name the index of a run: {reason}.", f"Name its folder, or its {MACHINE}."
    )


def write_index(
    folder: Path,
    documents: Sequence[Mapping[str, Any]],
    *,
    run: RunFacts | None = None,
    previous: Previous | None = None,
) -> Path:
    """Write ``folder/index.json`` and ``folder/index.html`` from the lines of `certify`, in input order. Raises `OutputError`.

    Files are called by their place in the run; their own names stay out of both.
    """
    from indelible.reports import run_index  # templates and pictures: not for verbs without a page
    from indelible.reports.index import render_index

    entries = [_entry(number, document) for number, document in enumerate(documents, start=1)]
    before = previous or Previous()
    trend = None if before.index is None else run_index.compare(entries, run, before.index)
    write_file(folder / MACHINE, run_index.document(entries, run, trend))
    write_file(folder / NAME, render_index(entries, run=run, trend=trend, unreadable=before.unreadable))
    return folder / NAME


def _entry(number: int, document: Mapping[str, Any]) -> IndexEntry:
    from indelible.reports.run_index import IndexEntry

    verdict, report = document["verdict"], document["report"]
    return IndexEntry(
        alias=f"file-{number:04d}",
        verdict=None if verdict is None else VerdictWord(verdict),
        regions=len(document["regions"]),
        limits=tuple(Limit(code) for code in document["limits"]),
        reasons=tuple(Reason(code) for code in document["reasons"]),
        report=None if report is None else Path(report).name,
        sha256=document["sha256"],
    )
