"""The report: one self-contained page that a person can read, rendered from the certificate alone.

The published file's pixels are shown only where the verdict passes, and only if the bytes are those that the certificate
names. No script, no network, no fonts; it opens from a disk, in print, in light and in dark.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indelible.reports.formats import report_format
from indelible.reports.page import page
from indelible.reports.recompute import recompute
from indelible.reports.strict import validate
from indelible.reports.view import view_of


@report_format("html")
def render_html(statement: Mapping[str, Any], published: bytes | None = None) -> bytes:
    """The page of one certificate. Raises `CertificateInvalid` if the statement does not follow the schema."""
    validate(statement)
    view = view_of(statement, published, recompute(statement))
    return page(
        "report.html.j2", view, (view["head"]["alias"], view["head"]["issued"], view["head"]["id"]), view["standing"]
    )
