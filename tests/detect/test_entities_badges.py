"""Names that stand by themselves, streets without a street's word, who served whom: each rule fires, and leaves its neighbours alone."""

from __future__ import annotations

import pytest

from indelible.detect.entities import classify
from indelible.detect.lines import TextLine
from indelible.model import Box, EntityType

E = EntityType


def line(text: str, y: int, height: int = 20, x: int = 50) -> TextLine:
    return TextLine(text=text, box=Box(x, y, max(1, len(text) * height // 2), height))


def found(*lines: TextLine) -> set[tuple[str, EntityType]]:
    return {(lines[span.line].text, span.entity) for span in classify(lines)}


def page(*texts: str) -> set[tuple[str, EntityType]]:
    return found(*(line(text, 50 + 26 * number) for number, text in enumerate(texts)))


def test_a_surname_under_a_large_given_name_is_found() -> None:
    badge = (
        line("TECH DAYS", 20, 24),
        line("Daniela", 100, 60),
        line("Quornbach", 168, 34),
        line("Acme Widgets", 240, 20),
    )

    assert {("Daniela", E.NAME), ("Quornbach", E.NAME)} <= found(*badge)


def test_a_word_under_a_small_given_name_on_a_large_page_is_left() -> None:
    lines = [line("A headline that is long", 20, 60), line("Daniela", 100), line("Quornbach", 122)]
    lines += [line(f"ordinary text of row {number}", 160 + 26 * number) for number in range(12)]

    assert ("Quornbach", E.NAME) not in found(*lines)


def test_lesser_known_given_names_are_believed_in_a_list() -> None:
    assert {("Rossana", E.NAME), ("Gioele", E.NAME)} <= page("Shopping", "Rossana", "Gioele", "Bread and milk")
    assert ("Gioele", E.NAME) not in page("Shopping", "Gioele", "Bread and milk")


def test_a_heading_in_capitals_that_holds_a_name_is_none() -> None:
    heading = (line("SUMMER SALE", 40, 60), line("up to 40 off", 120), line("call 030 1234567", 150))

    assert ("SUMMER SALE", E.NAME) not in found(*heading)


@pytest.mark.parametrize(
    "text",
    ["You were served by Quorla", "Es bediente Sie Quorla", "Vous avez été servi par Quorla", "Le atendió Quorla"],
)
def test_who_served_is_a_name(text: str) -> None:
    assert (text, E.NAME) in page(text)


def test_a_word_of_a_label_in_a_sentence_announces_nothing_below() -> None:
    assert not page("My father took me into the city to see", "and so they walked on for a while")


@pytest.mark.parametrize(
    "text",
    [
        "Rønningroa 8, 0544 Kristofferfoss",
        "Antonia-Biedermann-Gasse 82",
        "Jakopičev drevored 9a",
        "avenue Bruno Martin 7",
        "Zalaegerszegi út 102",
        "Siva pot 882",
        "Philippelei 3",
        "Bușteni, 323425",
    ],
)
def test_streets_and_towns_of_many_countries(text: str) -> None:
    assert (text, E.ADDRESS) in page(text)


@pytest.mark.parametrize(
    "text", ["Do not bend or fold", "Rueful crowd at sea", "Wash at 30 degrees", "We put 3 of them"]
)
def test_words_that_only_look_like_streets(text: str) -> None:
    assert not page(text)


def test_behind_a_town_goes_on_only_what_is_set_like_it() -> None:
    assert ("DARUL EHSAN", E.ADDRESS) in page("TAMAN RAYA 12,", "43300 SERI KEMBANGAN, SELANGOR", "DARUL EHSAN")
    apart = (line("Musterstraße 12, 12345 Musterstadt", 50), line("Notifications", 88))

    assert ("Notifications", E.ADDRESS) not in found(*apart)


@pytest.mark.parametrize("text", ["Lot 016-3362648044", "Catalogue 061-9278256635", "Serial no. 030-12345678"])
def test_a_number_that_is_a_things_is_no_telephone(text: str) -> None:
    assert not page(text)
    assert page(text.replace(text.split("0")[0], "Tel. "))


def test_a_real_card_number_is_found_and_a_string_of_digits_is_not() -> None:
    assert page("2221 0500 7639 1253") == {("2221 0500 7639 1253", E.CARD)}
    for text in ("670 915 069 231 004 813", "92488327337", "4929118273105527", "321 974 176 464 817 8"):
        assert not page(text)


def test_a_number_with_two_zeros_before_its_country_is_a_telephone() -> None:
    assert ("00420 604 216 402", E.PHONE) in page("00420 604 216 402")
    assert not page("000 604 216 402 11")
