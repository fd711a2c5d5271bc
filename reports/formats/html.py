"""The report: a page that a person can read, rendered from the certificate alone; self-contained, or in files.

The published file's pixels are shown only where the verdict passes, and only if the bytes are those that the certificate
names. No script, no network, no fonts; it opens from a disk, in print, in light and in dark.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indelible.reports.formats import report_format
from indelible.reports.page import page, parted_page
from indelible.reports.recompute import recompute
from indelible.reports.safe import Safe, words
from indelible.reports.strict import validate
from indelible.reports.view import view_of

#: Name of the page in its folder, in the layout of several files.
PAGE = "report.html"


@report_format("html")
def render_html(statement: Mapping[str, Any], published: bytes | None = None) -> bytes:
    """The page of one certificate. Raises `CertificateInvalid` if the statement does not follow the schema."""
    view = _view(statement, published)
    return page("report.html.j2", view, _strip(view), view["standing"])


def render_split(statement: Mapping[str, Any], published: bytes | None = None) -> dict[str, bytes]:
    """The same page as files by relative name, for servers with a strict policy. Raises as `render_html`."""
    view = _view(statement, published)
    return parted_page("report.html.j2", PAGE, view, _strip(view), view["standing"])


def _view(statement: Mapping[str, Any], published: bytes | None) -> dict[str, Any]:
    validate(statement)
    return view_of(statement, published, recompute(statement))


def _strip(view: Mapping[str, Any]) -> tuple[Safe, ...]:
    """On top of every printed page."""
    head = view["head"]
    return (head["alias"], head["issued"], words("head.until_strip", head["until"]), head["id"])
