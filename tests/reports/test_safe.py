"""The one choke point: no raw text, bytes or array is ever printed."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import numpy as np
import pytest
from markupsafe import Markup

from indelible.model import Limit, Reason, VerdictWord
from indelible.reports import safe
from indelible.reports.page import page
from indelible.reports.strict import CertificateInvalid
from tests.reports.examinations import certified, published, statement

RAW: list[Any] = [
    "text",
    "",
    b"bytes",
    bytearray(b"x"),
    7,
    0.5,
    True,
    None,
    ["x"],
    {"a": 1},
    np.zeros(3),
    Markup("<b>"),
    Limit.METHOD_LOSSY,
    object(),
]


@pytest.mark.claim("T-LEAK-05")
@pytest.mark.parametrize("value", RAW, ids=lambda value: type(value).__name__)
def test_raw_value_raises(value: object) -> None:
    """What did not come through the choke point is not printed, whatever it is."""
    with pytest.raises(TypeError):
        safe.printed(value)


@pytest.mark.claim("T-LEAK-05")
@pytest.mark.parametrize("value", ["raw", b"raw", 7, Markup("<b>raw</b>"), np.zeros(2)], ids=lambda v: type(v).__name__)
def test_template_cannot_print_raw(value: object) -> None:
    """A renderer that hands a raw value to a template fails before a line is made."""
    with pytest.raises(TypeError):
        page("index.html.j2", {"total": value, "counts": [], "entries": []})


def test_safe_is_not_made_by_hand() -> None:
    """The constructor asks for a token that callers do not have, and formatting does not open it."""
    with pytest.raises(TypeError):
        safe.Safe(object(), "code", "<script>")
    with pytest.raises(TypeError):
        f"{safe.number(3)}"
    assert "3" not in repr(safe.number(3))


class _Foreign(StrEnum):
    MINE = "L-METHOD-LOSSY-NOT"


@pytest.mark.parametrize("value", ["L-NOT-A-LIMIT", "", None, 3, b"L-GEOMETRY", _Foreign.MINE, "L-GEOMETRY\n"])
def test_code_outside_its_list_raises(value: object) -> None:
    """Closed means closed."""
    with pytest.raises(ValueError):
        safe.code(value, Limit)


def test_code_of_its_list_prints() -> None:
    """A member, or its value, prints as its code."""
    assert safe.printed(safe.code("L-GEOMETRY", Limit)) == "L-GEOMETRY"
    assert safe.printed(safe.code(Reason.NI_MISMATCH, Reason)) == "R-NI-MISMATCH"
    assert safe.printed(safe.code(VerdictWord.REFUSED, VerdictWord)) == "refused"


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("alias", "<script>"),
        ("alias", "a b"),
        ("alias", "a\n"),
        ("digest", "z" * 64),
        ("digest", "a" * 63),
        ("channel", "jpeg.<x>"),
        ("version", '1.0"'),
        ("structure", "a;b"),
        ("link", "https://example.org"),
        ("link", "/etc/passwd"),
        ("link", "../up.html"),
        ("link", "a/../b"),
        ("link", "javascript:alert(1)"),
        ("moment", "today"),
        ("decimal", "0.5e3"),
    ],
)
def test_value_of_another_form_raises(form: str, value: str) -> None:
    """A closed form takes nothing else, least of all a line feed at the end."""
    with pytest.raises(ValueError):
        safe.form(form, value)


@pytest.mark.parametrize("value", [-1, 2**53, 1.0, True, "3", None])
def test_number_is_whole_and_bounded(value: object) -> None:
    """No float, no negative, no text."""
    with pytest.raises(ValueError):
        safe.number(value)


def test_texts_take_safe_values_only() -> None:
    """A text of ours cannot be filled with anything raw."""
    with pytest.raises(TypeError):
        safe.words("where.region", "r1")  # type: ignore[arg-type]
    with pytest.raises(KeyError):
        safe.words("no.such.text")


def test_certificate_is_checked_before_it_is_printed() -> None:
    """A statement with a foreign text in it does not become printable by calling it a certificate."""
    mutant = statement("certified")
    mutant["subject"][0]["name"] = "<script>alert(1)</script>"

    with pytest.raises(CertificateInvalid):
        safe.certificate(mutant)


@pytest.mark.claim("T-LEAK-03")
@pytest.mark.parametrize(("name", "shown"), [("certified", True), ("refused", False), ("inconclusive", False)])
def test_picture_is_shown_only_where_the_verdict_allows(name: str, shown: bool) -> None:
    """A refused file may still be readable, so not one pixel of it is shown."""
    import hashlib

    data = published(64, 48)
    given = statement(name)
    given["subject"][0]["digest"]["sha256"] = hashlib.sha256(data).hexdigest()

    assert (safe.published(given, data) is not None) is shown


def test_another_file_is_never_shown() -> None:
    """The bytes must be those that the certificate names."""
    assert certified().sha256 == statement("certified")["subject"][0]["digest"]["sha256"]
    assert safe.published(statement("certified"), published(64, 48)) is None
    assert safe.published(statement("certified"), "text") is None
