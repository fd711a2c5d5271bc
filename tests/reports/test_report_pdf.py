"""The report on paper: the same page through a real Chromium; a clear answer where there is none."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from indelible.errors import MissingError, ToolError
from indelible.exec import chromium
from indelible.reports.certificate import build
from indelible.reports.formats import render
from tests.reports.browser import needs_browser
from tests.reports.examinations import EVERY, PINNED, published
from tests.reports.test_report_wording import banned

FILE = published(800, 600)
needs_pdftotext = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="no pdftotext on this machine")


def about(name: str) -> dict[str, Any]:
    """The certificate of one of the examinations, about the published file."""
    return build(replace(EVERY[name](), sha256=hashlib.sha256(FILE).hexdigest()), **PINNED)


@pytest.fixture(scope="module")
def document() -> bytes:
    """One printed report."""
    return render("pdf", about("with_limits"), FILE)


def text_of(document: bytes, *options: str) -> str:
    """The words of a document, by somebody else's program."""
    return subprocess.run(
        ["pdftotext", *options, "-", "-"], input=document, capture_output=True, check=True, timeout=60
    ).stdout.decode()


@needs_browser
@pytest.mark.claim("T-REP-08")
def test_same_certificate_same_document(document: bytes) -> None:
    """Byte for byte, the dates in it included: they are the certificate's, not the clock's."""
    assert render("pdf", about("with_limits"), FILE) == document
    assert b"D:20261123030000" in document


@needs_browser
def test_nothing_of_this_machine_is_in_it(document: bytes) -> None:
    """No path and no user; tagged, so that a reader that speaks can follow it; no script."""
    assert document.startswith(b"%PDF-")
    assert b"file://" not in document and b"/tmp" not in document and b"indelible-" not in document
    assert b"/StructTreeRoot" in document and b"/JavaScript" not in document


@needs_browser
@needs_pdftotext
@pytest.mark.claim("T-LEX-01")
def test_words_on_paper(document: bytes) -> None:
    """Verdict, strip and end are there, and no banned word."""
    text = text_of(document)
    sheets = text_of(document, "-layout").rstrip("\f").split("\f")

    assert "Certified with limits" in text and "End of report" in sheets[-1]
    assert all("file-0007" in sheet and "valid until 2027-11-23" in sheet for sheet in sheets)
    assert banned(text.replace("\n", " ")) == []


@needs_browser
@needs_pdftotext
@pytest.mark.claim("T-LEAK-03")
def test_refused_document_has_no_picture_of_the_file(document: bytes) -> None:
    """Only the small synthetic contents are pictures in it; a certified one, the control, has the file's."""
    refused = render("pdf", about("refused"), FILE)

    assert "Refused" in text_of(refused)
    assert max(widths_of(document)) == 800
    assert max(widths_of(refused)) <= 24


def widths_of(document: bytes) -> list[int]:
    """Width in pixels of every picture in a document."""
    return [int(width) for width in re.findall(rb"/Subtype /Image\s+/Width (\d+)", document)]


def test_without_a_browser_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A program is missing: exit code 4, and the command that installs it."""
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(MissingError) as problem:
        render("pdf", about("certified"))
    assert problem.value.exit_code == 4
    assert "apt-get install chromium" in problem.value.remedy


@pytest.mark.parametrize("script", ["exit 3", "exit 0", "sleep 30"], ids=["fails", "writes nothing", "hangs"])
def test_a_browser_that_does_not_print(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> None:
    """Nothing is taken for a document; what hangs is ended."""
    from datetime import UTC, datetime

    fake = tmp_path / "chromium"
    fake.write_text(f"#!/bin/sh\n{script}\n", "ascii")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    with pytest.raises(ToolError):
        chromium.print_page(b"<!doctype html>", datetime(2026, 1, 1, tzinfo=UTC), timeout_s=2)
