"""The filters of a run's page in a real browser, with scripts off: what is chosen stays, everything else goes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indelible.model import Limit, VerdictWord
from indelible.reports import run_index
from indelible.reports.index import IndexEntry, render_index
from tests.reports.browser import Chromium, Page, needs_browser

pytestmark = needs_browser

ENTRIES = [
    IndexEntry(
        alias=f"file-{place}",
        verdict=tuple(VerdictWord)[place % 4],
        limits=(Limit.METHOD_LOSSY,) if place % 3 else (),
        sha256=f"{place:064x}",
    )
    for place in range(12)
]


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """One browser for this file."""
    with Chromium(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page with twelve files, four of which were in the run before."""
    before = run_index.read(run_index.document(ENTRIES[:4], None, None))
    path = tmp_path_factory.mktemp("run") / "index.html"
    path.write_bytes(render_index(ENTRIES, trend=run_index.compare(ENTRIES, None, before)))
    return path.as_uri()


def _shown(page: Page) -> list[str]:
    """The files whose lines can be seen, and the number that the page says."""
    lines: list[str] = page.run(
        "[...document.querySelectorAll('.index tbody tr')].filter(line => line.getClientRects().length)"
        ".map(line => line.querySelector('th').innerText.split(' ')[0])"
    )
    return lines


def _choose(page: Page, name: str) -> None:
    """As a pointer does, in the middle of the choice."""
    x, y = page.run(
        f"(() => {{ const choice = document.getElementById('show-{name}'); choice.scrollIntoView({{block: 'center'}});"
        "const box = choice.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2] })()"
    )
    for kind in ("mousePressed", "mouseReleased"):
        page.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)


def test_a_choice_leaves_its_lines_and_two_choices_leave_what_both_leave(chromium: Chromium, url: str) -> None:
    """Verdict, then a limit on top, then what changed; no script of the page runs, and it complains about nothing."""
    with chromium.open(url) as page:
        assert len(_shown(page)) == 12
        _choose(page, "refused")
        refused = [entry.alias for entry in ENTRIES if entry.verdict is VerdictWord.REFUSED]
        assert _shown(page) == refused
        _choose(page, "L-METHOD-LOSSY")
        both = [entry.alias for entry in ENTRIES if entry.verdict is VerdictWord.REFUSED and entry.limits]
        assert _shown(page) == both and 0 < len(both) < len(refused)
        _choose(page, "same")
        assert _shown(page) == [alias for alias in both if alias in {"file-0", "file-1", "file-2", "file-3"}]
        assert page.complaints() == []


def test_choices_can_be_made_with_the_keyboard(chromium: Chromium, url: str) -> None:
    """Tab to the first group, arrow down to the first verdict."""
    with chromium.open(url) as page:
        page.run("document.querySelector('.filters input').focus()")
        for kind in ("keyDown", "keyUp"):
            page.send("Input.dispatchKeyEvent", type=kind, key="ArrowDown", code="ArrowDown", windowsVirtualKeyCode=40)
        assert _shown(page) == [entry.alias for entry in ENTRIES if entry.verdict is VerdictWord.REFUSED]


def test_on_paper_every_line_stands_whatever_is_chosen(chromium: Chromium, url: str) -> None:
    """A printed list that leaves out a refused file would be a false list."""
    with chromium.open(url) as page:
        _choose(page, "certified")
        assert len(_shown(page)) == 3
        page.send("Emulation.setEmulatedMedia", media="print", features=[])
        assert len(_shown(page)) == 12


def test_the_page_is_no_wider_than_a_telephone(chromium: Chromium, url: str) -> None:
    """At 360 px nothing but a table scrolls sideways, and every choice is at least 24 px high."""
    with chromium.open(url, width=360, height=800) as page:
        assert page.run("document.documentElement.scrollWidth") == 360
        assert (
            page.run("Math.min(...[...document.querySelectorAll('.filters label')].map(item => item.offsetHeight))")
            >= 24
        )
