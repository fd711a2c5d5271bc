"""One file per report format: certificates to bytes. Being in this folder is the registration.

A format is either a page of one certificate, or a document of a whole run (JUnit, SARIF, JSON Lines), into which any number of
certificates go.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indelible.registry import Registry

#: ``(statement, published file or None) -> bytes``. The file is used only where the certificate allows it.
Render = Callable[[Mapping[str, Any], bytes | None], bytes]

#: ``statements, in their order -> bytes``.
RenderRun = Callable[[Sequence[Mapping[str, Any]]], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFormat:
    """A document of a whole run, and the file name extension that its readers look for."""

    render: RenderRun
    extension: str


FORMATS: Registry[Render] = Registry("indelible.reports.formats")
RUN_FORMATS: Registry[RunFormat] = Registry("indelible.reports.formats")


def report_format(name: str) -> Callable[[Render], Render]:
    """Register a page of one certificate under the name that ``--format`` takes."""

    def register(render: Render) -> Render:
        FORMATS.add(name, render)
        return render

    return register


def run_format(name: str, *, extension: str) -> Callable[[RenderRun], RenderRun]:
    """Register a document of a whole run under the name that ``--format`` takes; a single certificate is a run of one."""

    def register(render: RenderRun) -> RenderRun:
        RUN_FORMATS.add(name, RunFormat(render=render, extension=extension))

        def render_one(statement: Mapping[str, Any], published: bytes | None = None) -> bytes:
            del published
            return render((statement,))

        FORMATS.add(name, render_one)
        return render

    return register


def render(name: str, statement: Mapping[str, Any], published: bytes | None = None) -> bytes:
    """One certificate in one format. Raises KeyError for an unknown format, `CertificateInvalid` for anything not a
    certificate of this version."""
    return FORMATS.get(name)(statement, published)


def render_run(name: str, statements: Sequence[Mapping[str, Any]]) -> bytes:
    """Any number of certificates in one document. Raises KeyError for a format of single certificates, and as `render`."""
    return RUN_FORMATS.get(name).render(statements)
