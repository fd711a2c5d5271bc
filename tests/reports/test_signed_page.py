"""The page of a signed certificate: it names the key, and says that the page itself proves nothing."""

from __future__ import annotations

import html
import re

from indelible.reports.formats import render
from tests.reports.bundles import ISSUER, statement_of


def _text(page: bytes) -> str:
    return html.unescape(re.sub(r"<[^>]*>", " ", page.decode("utf-8")))


def test_the_page_of_a_signed_certificate_names_the_key() -> None:
    """At the head, at the end, and at the foot of each printed page; with the command that checks it."""
    page = render("html", statement_of())
    text = _text(page)

    assert ISSUER.key_id in text and "indelible check CERTIFICATE" in text
    assert text.count("This certificate names the key that signs it.") >= 2
    assert b'@bottom-left{content:"This certificate names the key that signs it."}' in page
    assert "unsigned" not in text.partition("The certificate itself")[0]


def test_the_page_of_an_unsigned_one_says_so() -> None:
    """As before."""
    page = render("html", statement_of(public_key=None))

    assert _text(page).count("This certificate is unsigned.") >= 2
    assert b'@bottom-left{content:"This certificate is unsigned."}' in page
