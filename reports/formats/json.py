"""The certificate itself, as its canonical bytes: the truth of which every other format is a view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indelible.reports.formats import report_format
from indelible.reports.safe import certificate, printed


@report_format("json")
def render_json(statement: Mapping[str, Any], published: bytes | None = None) -> bytes:
    """Canonical JSON (RFC 8785)."""
    del published
    return printed(certificate(statement)).encode("utf-8")
