"""The page of a whole run: every file with its verdict and a link to its report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indelible.model import Limit, Reason, VerdictWord
from indelible.output import write_file

if TYPE_CHECKING:
    from indelible.reports.index import IndexEntry

NAME = "index.html"


def write_index(folder: Path, documents: Sequence[Mapping[str, Any]]) -> Path:
    """Write ``folder/index.html`` from the lines of `certify`, in input order. Raises `OutputError`.

    Files are called by their place in the run; their own names stay out of the page.
    """
    from indelible.reports.index import render_index  # templates and pictures: not for verbs without a page

    entries = [_entry(number, document) for number, document in enumerate(documents, start=1)]
    path = folder / NAME
    write_file(path, render_index(entries))
    return path


def _entry(number: int, document: Mapping[str, Any]) -> IndexEntry:
    from indelible.reports.index import IndexEntry

    verdict, report = document["verdict"], document["report"]
    return IndexEntry(
        alias=f"file-{number:04d}",
        verdict=None if verdict is None else VerdictWord(verdict),
        regions=len(document["regions"]),
        limits=tuple(Limit(code) for code in document["limits"]),
        reasons=tuple(Reason(code) for code in document["reasons"]),
        report=None if report is None else Path(report).name,
    )
