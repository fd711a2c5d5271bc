"""The page in several files: the same page, under a policy that forbids everything inline, from a server and from a disk."""

from __future__ import annotations

import functools
import hashlib
import http.server
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from indelible.reports.certificate import CertificateInvalid, build
from indelible.reports.formats import render
from indelible.reports.formats.html import PAGE, render_split
from tests.reports.browser import Chromium, needs_browser
from tests.reports.examinations import EVERY, PINNED
from tests.reports.test_report_axe import mosaic_file

STRICT = "default-src 'none'; img-src 'self'; style-src 'self'"
FILE = mosaic_file()


def about(name: str) -> dict[str, Any]:
    """The certificate of one of the examinations, about the file with the mosaic."""
    return build(replace(EVERY[name](), sha256=hashlib.sha256(FILE).hexdigest()), **PINNED)


@pytest.mark.parametrize("name", sorted(EVERY))
def test_nothing_is_inline(name: str) -> None:
    """No style, no script, no data address; every link of the page is a file of the folder or a place on the page."""
    files = render_split(about(name), FILE)
    text = files[PAGE].decode()
    links = re.findall(r'\b(?:href|src)="([^"]*)"', text)

    assert "<style" not in text and "style=" not in text and "<script" not in text and "data:image" not in text
    assert {link for link in links if not link.startswith("#")} == set(files) - {PAGE}
    assert "default-src 'none'; style-src 'self'; img-src 'self'" in text


@pytest.mark.parametrize("name", sorted(EVERY))
def test_both_layouts_say_the_same(name: str) -> None:
    """Word for word; only where style and pictures lie differs."""
    one, parts = render("html", about(name), FILE).decode(), render_split(about(name), FILE)
    body = re.compile(r"<body>.*</body>", re.S)

    def bare(text: str) -> list[str]:
        found = body.search(text)
        assert found
        return re.sub(r'(href|src)="(data:image/[^"]*|picture-[^"]*)"', r'\1="PICTURE"', found[0]).splitlines()

    assert bare(one) == bare(parts[PAGE].decode())


def test_same_certificate_same_files() -> None:
    """Byte for byte, names too."""
    assert render_split(about("with_limits"), FILE) == render_split(about("with_limits"), FILE)


@pytest.mark.claim("T-LEAK-03")
@pytest.mark.parametrize("name", ["refused", "inconclusive"])
def test_refused_folder_has_no_picture_of_the_file(name: str) -> None:
    """The synthetic contents of the swap test at most: small, and PNG."""
    files = render_split(about(name), FILE)

    assert not [path for path in files if path.endswith(".jpg")]
    assert all(len(data) < 4000 for path, data in files.items() if path.endswith(".png"))


@pytest.mark.claim("T-REP-07")
def test_hostile_value_never_reaches_the_files() -> None:
    """As in one file."""
    mutant = about("certified")
    mutant["subject"][0]["name"] = "<script>alert(1)</script>"

    with pytest.raises(CertificateInvalid):
        render_split(mutant, FILE)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", STRICT)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A split report as it lies on a server; beside it the single file, which such a server's policy breaks."""
    place = tmp_path_factory.mktemp("split")
    for name, data in render_split(about("with_limits"), FILE).items():
        (place / name).write_bytes(data)
    (place / "favicon.ico").write_bytes(b"")  # browsers ask every server for it
    (place / "single.html").write_bytes(render("html", about("with_limits"), FILE))
    return place


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[str]:
    """The folder behind a server with a strict policy."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


_STATE = """({
  ground: getComputedStyle(document.body).maxWidth,
  broken: [...document.images].filter(image => !image.naturalWidth).length,
  images: document.images.length
})"""


@needs_browser
@pytest.mark.claim("T-REP-06")
@pytest.mark.parametrize("where", ["server", "disk"])
def test_it_works_under_a_strict_policy(folder: Path, served: str, tmp_path: Path, where: str) -> None:
    """Styled, every picture there, nothing refused, nothing asked for outside the folder."""
    base = served if where == "server" else folder.as_uri()
    with Chromium(tmp_path) as chromium, chromium.open(f"{base}/{PAGE}", scripts=True) as page:
        state = page.run(_STATE)

        assert page.complaints() == []
        assert state["broken"] == 0 and state["images"] >= 11
        assert state["ground"] != "none"
        assert all(request.startswith(base) for request in page.requests())


@needs_browser
def test_the_single_file_does_not_survive_there(served: str, tmp_path: Path) -> None:
    """The control of the test above: the server's policy does forbid what is inline."""
    with Chromium(tmp_path) as chromium, chromium.open(f"{served}/single.html", scripts=True) as page:
        assert page.complaints() != []
        assert page.run(_STATE)["ground"] == "none"


@needs_browser
@pytest.mark.claim("T-REP-07")
@pytest.mark.parametrize("layout", ["single", "split"])
def test_markup_in_a_certificate_is_text_in_a_real_browser(tmp_path: Path, layout: str) -> None:
    """Scripts on, and still: what somebody wrote into an unknown member is read, and does nothing."""
    mutant = about("with_limits")
    mutant["predicate"]["later"] = (
        "</code></pre></details><img src=x onerror=\"document.title='ran'\"><script>document.title='ran'</script>"
    )
    files = {PAGE: render("html", mutant, FILE)} if layout == "single" else render_split(mutant, FILE)
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)

    with Chromium(tmp_path / "profile") as chromium, chromium.open((tmp_path / PAGE).as_uri(), scripts=True) as page:
        assert page.run("document.title") != "ran"
        assert page.run("document.scripts.length + document.querySelectorAll('[onerror]').length") == 0
        assert "<script>document.title='ran'</script>" in page.run(
            "document.getElementById('certificate-json').textContent"
        )
        assert page.complaints() == []
