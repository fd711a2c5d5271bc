"""One file per report format: a certificate to bytes. Being in this folder is the registration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from indelible.registry import Registry

#: ``(statement, published file or None) -> bytes``. The file is used only where the certificate allows it.
Render = Callable[[Mapping[str, Any], bytes | None], bytes]

FORMATS: Registry[Render] = Registry("indelible.reports.formats")


def report_format(name: str) -> Callable[[Render], Render]:
    """Register a report format under the name that ``--format`` takes."""

    def register(render: Render) -> Render:
        FORMATS.add(name, render)
        return render

    return register


def render(name: str, statement: Mapping[str, Any], published: bytes | None = None) -> bytes:
    """One certificate in one format. Raises KeyError for an unknown format, `CertificateInvalid` for anything not a
    certificate of this version."""
    return FORMATS.get(name)(statement, published)
