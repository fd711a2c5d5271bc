"""Wording: no report claims what cannot be claimed."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from indelible.model import VerdictWord
from indelible.reports.english import ENGLISH
from indelible.reports.formats import FORMATS, render
from indelible.reports.index import IndexEntry, render_index
from tests.reports.examinations import EVERY, statement

BANNED = re.compile(
    r"\b(GDPR[- ](certified|compliant)|certification|anonymous|anonymi[sz]ed?|anonymi[sz]ation|guarantee[sd]?|100 ?%|zero risk"
    r"|cannot be recovered|safe(ly)?|secure[ds]?|approved|validated by|irreversibl[ey])(?!\w)",
    re.IGNORECASE,
)

#: What a user reads that is no report: documentation, help, templates, policies, the one-file checker, the plugin.
ROOT = Path(__file__).resolve().parents[2]
WRITTEN = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "reports" / "templates").glob("*.j2"),
        *(ROOT / "reports").rglob("english*.py"),
        *(ROOT / "reports" / "legal").glob("*.json"),
        *(ROOT / "reports" / "standalone").glob("*.py"),
        *(ROOT / "reports").glob("check*.py"),
        *(ROOT / "indelible" / "policies").glob("*.toml"),
        *(ROOT / "indelible" / "cli").glob("*.py"),
        ROOT / "indelible" / "pytest_plugin.py",
        ROOT / "indelible" / "errors.py",
    ]
)

#: Sentences that deny, and codes of what is not claimed.
DENIALS = (
    "Not a certification under Articles 42 and 43 GDPR.",
    "That this is a certification under Articles 42 and 43 GDPR. It is not.",
    "That anybody is anonymous.",
    "ART42_CERTIFICATION",
)


def banned(text: str) -> list[str]:
    """Words that may not be used, the denials taken out first."""
    for denial in DENIALS:
        text = text.replace(denial, "")
    return [found.group() for found in BANNED.finditer(text)]


class _Text(HTMLParser):
    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.text = ""
        self._style = False
        self.feed(data.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._style = tag == "style"
        self.text += " ".join(f" {value}" for name, value in attrs if name in ("aria-label", "alt", "title", "content"))

    def handle_endtag(self, tag: str) -> None:
        self._style = False

    def handle_data(self, data: str) -> None:
        if not self._style:
            self.text += data


@pytest.mark.claim("T-LEX-01")
@pytest.mark.parametrize("name", sorted(EVERY))
def test_report_uses_no_banned_word(name: str) -> None:
    """No page, of any verdict, says what no tool can promise."""
    assert banned(_Text(render("html", statement(name))).text) == []


@pytest.mark.claim("T-LEX-01")
@pytest.mark.parametrize("format", sorted({*FORMATS.names()} - {"html", "pdf"}))
@pytest.mark.parametrize("name", sorted(EVERY))
def test_no_export_uses_a_banned_word(name: str, format: str) -> None:
    """Nor does what machines read and show to people; the printed page has a test of its own."""
    assert banned(render(format, statement(name)).decode()) == []


@pytest.mark.claim("T-LEX-01")
@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_that_a_user_reads_uses_a_banned_word(path: Path) -> None:
    """Nor the documentation, the help of a command, a template, a policy or a message."""
    assert banned(path.read_text("utf-8")) == []


@pytest.mark.claim("T-LEX-01")
def test_no_text_of_the_table_uses_a_banned_word() -> None:
    """Nor does any text that no test happens to render."""
    assert {key: words for key, text in ENGLISH.items() if (words := banned(text))} == {}


@pytest.mark.claim("T-LEX-01")
def test_index_uses_no_banned_word() -> None:
    """Nor the index of a run."""
    entries = [IndexEntry(alias=f"file-{place}", verdict=word) for place, word in enumerate((*VerdictWord, None))]

    assert banned(_Text(render_index(entries)).text) == []


@pytest.mark.claim("T-LEX-01")
@pytest.mark.parametrize(
    "claim", ["This file is anonymised.", "A GDPR-compliant result", "100 % gone", "It is now safe."]
)
def test_the_list_catches_claims(claim: str) -> None:
    """The check of words is armed: it breaks on what it must not let pass."""
    assert banned(claim)
