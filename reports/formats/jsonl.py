"""JSON Lines: one certificate per line, each in its canonical bytes, so that a line's SHA-256 is the certificate's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from indelible.reports.formats import run_format
from indelible.reports.safe import certificate, printed


@run_format("jsonl", extension=".jsonl")
def render_lines(statements: Sequence[Mapping[str, Any]]) -> bytes:
    """Canonical JSON (RFC 8785) and a line feed, for each certificate."""
    return "".join(f"{printed(certificate(statement))}\n" for statement in statements).encode("utf-8")
