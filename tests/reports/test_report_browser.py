"""The report in a real browser: from a disk, without scripts, light, dark and on paper."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from indelible.model import VerdictWord
from indelible.reports.certificate import build
from indelible.reports.formats import render
from indelible.reports.index import IndexEntry, render_index
from tests.reports.examinations import EVERY, PINNED, published

BROWSER = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages as they lie beside the evidence."""
    folder = tmp_path_factory.mktemp("pages")
    data = published(800, 600)
    for name in ("with_limits", "refused"):
        built = build(replace(EVERY[name](), sha256=hashlib.sha256(data).hexdigest()), **PINNED)
        (folder / f"{name}.html").write_bytes(render("html", built, data))
    entries = [IndexEntry(alias="file-1", verdict=VerdictWord.REFUSED, report="refused.html")]
    (folder / "index.html").write_bytes(render_index(entries))
    broken = (folder / "refused.html").read_text("utf-8").replace("--paper: #ffffff", "--paper: #fffffe", 1)
    (folder / "altered.html").write_text(broken, "utf-8")
    (folder / "script.html").write_text('<p>still<script>document.body.innerHTML = "ran"</script>', "utf-8")
    profile = folder / "profile" / "Default"
    profile.mkdir(parents=True)
    (profile / "Preferences").write_text('{"profile": {"default_content_setting_values": {"javascript": 2}}}', "utf-8")
    return folder


def browse(pages: Path, name: str, *options: str) -> str:
    """Open one page from the disk, scripts off, network off; what the browser said."""
    assert BROWSER
    done = subprocess.run(
        [
            BROWSER,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--disable-dev-shm-usage",
            f"--user-data-dir={pages / 'profile'}",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--enable-logging=stderr",
            *options,
            (pages / f"{name}.html").as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout + done.stderr


def complaints(said: str) -> list[str]:
    """Console lines and violations of the page's own policy."""
    return [line for line in said.splitlines() if ":CONSOLE" in line or "Content Security Policy" in line]


def shot(pages: Path, name: str, *options: str) -> np.ndarray:
    """A screenshot, RGB uint8, and no complaint on the way."""
    target = pages / f"{name}-{len(options)}.png"
    said = browse(pages, name, f"--screenshot={target}", "--window-size=1000,1600", *options)
    assert complaints(said) == []
    with Image.open(target) as image:
        return np.asarray(image.convert("RGB"))


def test_scripts_are_off_in_these_tests(pages: Path) -> None:
    """The control of the tests below: a page that needs a script does not get one."""
    assert "still" in browse(pages, "script", "--dump-dom").partition("<script")[0]


@pytest.mark.claim("T-REP-06")
@pytest.mark.parametrize("name", ["with_limits", "refused", "index"])
def test_page_opens_from_the_disk_without_a_complaint(pages: Path, name: str) -> None:
    """Light: dark words on white, more than one colour, nothing in the console."""
    pixels = shot(pages, name)

    assert pixels[2, 2].tolist() == [255, 255, 255]
    assert pixels.std() > 15
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 50


@pytest.mark.claim("T-REP-06")
def test_dark_page(pages: Path) -> None:
    """Dark, where the reader's system is."""
    pixels = shot(pages, "with_limits", "--blink-settings=preferredColorScheme=0")

    assert pixels[2, 2].tolist() == [0x15, 0x18, 0x1C]
    assert pixels.std() > 15


@pytest.mark.claim("T-REP-06")
def test_altered_style_is_refused_by_the_page_itself(pages: Path) -> None:
    """The control of the tests above: one changed byte of the style sheet, and the browser complains."""
    said = browse(pages, "altered", f"--screenshot={pages / 'altered.png'}", "--window-size=400,400")

    assert complaints(said) != []


@pytest.mark.claim("T-REP-06")
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="no pdftotext on this machine")
def test_print_has_every_section_open(pages: Path) -> None:
    """On paper nothing is folded away: controls, idle checks, the certificate; a strip and n of m on every page."""
    target = pages / "print.pdf"
    browse(pages, "with_limits", f"--print-to-pdf={target}", "--no-pdf-header-footer")
    text = subprocess.run(
        ["pdftotext", "-layout", str(target), "-"], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    sheets = text.rstrip("\f").split("\f")

    words = " ".join(text.split())  # the layout breaks lines where the paper ends
    assert "a sample known to leak" in words
    assert "the policy does not name this kind" in words
    assert '"predicateType"' in text
    assert "End of report" in sheets[-1]
    assert all("file-0007" in sheet and "This certificate is unsigned." in sheet for sheet in sheets)
    assert [re.search(r"\b(\d+) / (\d+)\s*$", sheet).groups() for sheet in sheets] == [  # type: ignore[union-attr]
        (str(place), str(len(sheets))) for place in range(1, len(sheets) + 1)
    ]
