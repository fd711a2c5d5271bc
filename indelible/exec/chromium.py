"""Chromium as a printer: one page of ours to PDF, scripts off, network off, in a private folder, under a deadline.

The page comes in as bytes and the document goes out as bytes: no name of the user's is passed. What a printer would put in by
itself is taken out again, so that the same page gives the same document: its two dates become the moment that is handed over.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from indelible.errors import MissingError, ToolError
from indelible.exec import process

#: Its names on the systems that we know, the usual one first.
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: A page of 200 regions takes a few seconds.
TIMEOUT_S = 120.0
MAX_PDF = 64 * 1024 * 1024

_OPTIONS = (
    "--headless",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--no-first-run",
    "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-pdf-header-footer",
)
#: Scripts off for every page; ours have none and forbid them, this is the second lock.
_NO_SCRIPTS = '{"profile": {"default_content_setting_values": {"javascript": 2}}}'
_DATE = re.compile(rb"/(CreationDate|ModDate) ?\(D:\d{14}(?:[+-]\d\d'\d\d'|Z)?\)")
#: The name of an element in the tagged tree; all of one length, so that order and offsets stay.
_NODE = re.compile(rb"node\d{8}")


def find() -> str:
    """The browser's path. Raises `MissingError` with the command that installs it."""
    for name in NAMES:
        with contextlib.suppress(MissingError):
            return process.find_program(name)
    return process.find_program(NAMES[0])


def print_page(html: bytes, moment: datetime, *, timeout_s: float = TIMEOUT_S) -> bytes:
    """One self-contained page as PDF.

    Args:
        html: UTF-8, everything inside it.
        moment: with a time zone; stands in the document as its date, in place of the clock's.
        timeout_s: wall-clock seconds.

    Raises:
        MissingError: no Chromium is installed.
        ToolError: it failed, ran out of time, or wrote no document.
    """
    program = find()
    with tempfile.TemporaryDirectory(prefix="indelible-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        page, made = folder / "page.html", folder / "page.pdf"
        page.write_bytes(html)
        settings = folder / "profile" / "Default" / "Preferences"
        settings.parent.mkdir(parents=True)
        settings.write_text(_NO_SCRIPTS, "ascii")
        done = process.run(
            [
                program,
                *_OPTIONS,
                # the sandbox needs user name spaces, which root in a container has not
                *(["--no-sandbox"] if os.geteuid() == 0 else []),
                f"--user-data-dir={folder / 'profile'}",
                f"--print-to-pdf={made}",
                page.as_uri(),
            ],
            timeout_s=timeout_s,
            max_output=1024 * 1024,
        )
        if done.timed_out:
            raise ToolError("chromium_timeout", "Chromium took too long to print the page.", _REMEDY)
        if done.returncode != 0 or not made.is_file() or not 0 < made.stat().st_size <= MAX_PDF:
            raise ToolError("chromium_failed", "Chromium did not print the page.", _REMEDY)
        document = made.read_bytes()
    if not document.startswith(b"%PDF-") or b"%%EOF" not in document[-1024:]:
        raise ToolError("chromium_answer", "What Chromium printed is no PDF.", _REMEDY)
    return _counted(_dated(document, moment))


_REMEDY = "Run `chromium --version`; or write --format html, and print it yourself."


def _dated(document: bytes, moment: datetime) -> bytes:
    """The same document with the given date, of the same length, so that no offset in it moves."""
    stamp = moment.astimezone(UTC).strftime("%Y%m%d%H%M%S").encode("ascii")
    return _DATE.sub(lambda found: re.sub(rb"D:\d{14}", b"D:" + stamp, found[0]), document)


def _counted(document: bytes) -> bytes:
    """The same document with its elements counted from one: the browser's own count also counts what it had made before."""
    names = sorted(set(_NODE.findall(document)))
    places = {name: b"node%08d" % place for place, name in enumerate(names, start=1)}
    return _NODE.sub(lambda found: places[found[0]], document)
