"""The report on paper: the same page, printed by a headless Chromium where there is one.

Nothing is added to it and nothing left out: every section is open, in light colours, with the strip on every sheet. Its date is the
certificate's, so that the same certificate gives the same document from the same browser.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from indelible.exec.chromium import print_page
from indelible.reports.formats import report_format
from indelible.reports.formats.html import render_html


@report_format("pdf")
def render_pdf(statement: Mapping[str, Any], published: bytes | None = None) -> bytes:
    """The printed page. Raises `CertificateInvalid` as the page does, `MissingError` without a browser, `ToolError` if it fails."""
    page = render_html(statement, published)
    return print_page(page, datetime.fromisoformat(statement["predicate"]["issuedAt"]))
