"""The report under axe-core in a real Chromium: no violation in light or dark, nothing cut on a telephone, no script needed."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from indelible.model import Limit, Reason, VerdictWord
from indelible.reports import run_index
from indelible.reports.certificate import build
from indelible.reports.formats import render
from indelible.reports.index import IndexEntry, render_index
from tests.reports.browser import Chromium, needs_browser
from tests.reports.examinations import EVERY, PINNED, published

pytestmark = needs_browser

AXE = Path(__file__).parent / "axe" / "axe.min.js"
DIGEST = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = ("certified", "with_limits", "refused", "inconclusive", "nothing_redacted", "index")
#: Everything is looked at, what is folded away too.
OPEN = "document.querySelectorAll('details').forEach(item => item.open = true)"


def mosaic_file() -> bytes:
    """The published picture with a real mosaic of 6 blocks across where the examination has region r2."""
    with Image.open(io.BytesIO(published(1200, 900))) as image:
        left, top, width, height = 235, 60, 128, 176
        part = Image.radial_gradient("L").resize((width, height)).convert("RGB")
        image.paste(
            part.reduce((width // 6 + 1, height // 8)).resize((width, height), Image.Resampling.NEAREST), (left, top)
        )
        buffer = io.BytesIO()
        image.save(buffer, "PNG")
    return buffer.getvalue()


def page_of(name: str) -> bytes:
    """One of the pages, as it lies beside the evidence."""
    if name == "index":
        return index_page()
    data = mosaic_file()
    return render("html", build(replace(EVERY[name](), sha256=hashlib.sha256(data).hexdigest()), **PINNED), data)


def index_page() -> bytes:
    """A run of every verdict, with links, filters and a previous run that was better."""
    words: Sequence[VerdictWord | None] = (*VerdictWord, None)
    now = [
        IndexEntry(
            alias=f"file-{place:04}",
            verdict=word,
            regions=place,
            limits=(Limit.METHOD_LOSSY,) if word is VerdictWord.CERTIFIED_WITH_LIMITS else (),
            reasons=(Reason.META_RESIDUE,) if word is VerdictWord.REFUSED else (),
            report=None if word is None else f"file-{place:04}/report.html",
        )
        for place, word in enumerate([*words, *words], 1)
    ]
    before = [replace(entry, verdict=VerdictWord.CERTIFIED, limits=(), reasons=()) for entry in now[1:]]
    run = run_index.RunFacts(id="ab" * 32, policy="public/1", policy_sha256="c" * 64, suite="2026.11")
    previous = run_index.read(run_index.document(before, run, None))
    return render_index(now, run=run, trend=run_index.compare(now, run, previous))


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """One browser for all of these tests."""
    with Chromium(tmp_path_factory.mktemp("axe-profile")) as chromium:
        yield chromium


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages in a folder."""
    folder = tmp_path_factory.mktemp("axe-pages")
    for name in PAGES:
        (folder / f"{name}.html").write_bytes(page_of(name))
    bad = '<!doctype html><title>x</title><img src="data:,"><p style="color:#999;background:#fff;width:400px">pale</p>'
    (folder / "bad.html").write_text(bad, "utf-8")
    return folder


#: How a page is looked at: dark or light, on a desk or on a telephone.
VIEWS = {"light": (False, 1100), "dark": (True, 1100), "dark, 320 px": (True, 320)}
_RUN = (
    f"axe.run(document, {{runOnly: {json.dumps(TAGS)}}}).then(done => JSON.stringify(done.violations.map(item => ({{id: item.id, "
    "count: item.nodes.length, nodes: item.nodes.slice(0, 3).map(node => node.html.slice(0, 160))}))))"
)


def seen(browser: Chromium, path: Path) -> dict[str, tuple[list[dict[str, Any]], int]]:
    """In each view, every fold open: what axe finds, and how many pixels the page is wider than the window."""
    found: dict[str, tuple[list[dict[str, Any]], int]] = {}
    with browser.open(path.as_uri(), scripts=True) as page:
        page.run(OPEN)
        page.run(AXE.read_text("utf-8") + "; 0")
        for view, (dark, width) in VIEWS.items():
            page.look(dark=dark, width=width)
            wider = page.run("document.documentElement.scrollWidth - window.innerWidth")
            found[view] = (json.loads(page.run(_RUN)), wider)
    return found


def test_axe_is_the_one_that_was_looked_at() -> None:
    """Somebody else's program lies here unchanged."""
    assert hashlib.sha256(AXE.read_bytes()).hexdigest() == DIGEST


def test_axe_finds_what_is_wrong(browser: Chromium, pages: Path) -> None:
    """The control: a picture without a text, a pale line and a page that is too wide are found, in every view."""
    for view, (found, wider) in seen(browser, pages / "bad.html").items():
        assert {"image-alt", "color-contrast"} <= {item["id"] for item in found}
        assert wider > 0 or "320" not in view


@pytest.mark.claim("T-REP-04")
@pytest.mark.parametrize("name", PAGES)
def test_no_violation(browser: Chromium, pages: Path, name: str) -> None:
    """WCAG 2.2 AA and axe's own good practice, light and dark; at 320 pixels (1.4.10) tables scroll in their frames, the page does not."""
    found = seen(browser, pages / f"{name}.html")

    assert {view: violations for view, (violations, _) in found.items() if violations} == {}
    assert {view: wider for view, (_, wider) in found.items() if wider > 0} == {}
