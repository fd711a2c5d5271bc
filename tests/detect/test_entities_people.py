"""Names, national numbers and layouts of many countries: each rule fires on one text and stays silent on a neighbour of it."""

from __future__ import annotations

import math

import pytest

from indelible.detect.entities import classify
from indelible.detect.lines import TextLine
from indelible.model import Box, EntityType

E = EntityType


def line(text: str, x: int = 50, y: int = 50, height: int = 20) -> TextLine:
    return TextLine(text=text, box=Box(x, y, max(1, len(text) * height // 2), height))


def found(*texts: str) -> list[tuple[int, EntityType]]:
    return [(span.line, span.entity) for span in classify([line(text, y=50 + 26 * n) for n, text in enumerate(texts)])]


@pytest.mark.parametrize(
    "text",
    [
        "Zofia Kowalczyk",
        "Jean-Pierre Lefebvre",
        "João da Silva",
        "Katarzyna Nowak-Wiśniewska",
        "Søren Kierkegaard",
        "Nagy Eszter",
        "Mehmet Yılmaz",
        "J. Gustafsson",
        "Smith, John",
        "Dr. med. Quorn",
        "Pan Zyla",
        "Sayın Quorn",
        "Quorn Zyla, PhD",
        "Kære Quorn,",
        "DOB: J. Andersson",
    ],
)
def test_a_name_is_found_by_lists_and_by_what_stands_around_it(text: str) -> None:
    assert (0, E.NAME) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Rose Garden",
        "Rubio, Levy and Harvey",
        "Johnson & Johnson",
        "Annual General Meeting",
        "TOTAL CASH CHANGE",
        "Conference Room",
        "Kuala Lumpur",
        "Grand Hotel Budapest",
        "Black Coffee",
        "Spring Trade Fair",
    ],
)
def test_other_capitalised_words_are_no_name(text: str) -> None:
    assert (0, E.NAME) not in found(text)


@pytest.mark.parametrize(
    ("true", "false"),
    [
        ("756.9217.0769.85", "756.9217.0769.84"),
        ("85.07.30-033 28", "85.07.30-033 29"),
        ("211062-5629", "211362-5629"),
        ("131052-308T", "131052-308U"),
        ("AB 12 34 56 C", "AB 12 34 56 E"),
        ("ACUPA7085R", "ACUPA70851"),
        ("12.531.909-2", "12.531.909-3"),
        ("20-05536168-2", "20-05536168-3"),
        ("710319/2745", "710319/2746"),
        ("PESEL 44051401359", "PESEL 44051401358"),
    ],
)
def test_a_national_number_counts_with_its_checksum(true: str, false: str) -> None:
    assert (0, E.ID_NUMBER) in found(true)
    assert (0, E.ID_NUMBER) not in found(false) or "PESEL" in false  # a labelled number counts whatever its checksum


@pytest.mark.parametrize("text", ["5030159003930", "ISBN 0-8048-1663-8", "30885909173823"])
def test_numbers_of_goods_are_no_card_and_no_phone(text: str) -> None:
    assert not {E.CARD, E.PHONE} & {entity for _, entity in found(text)}


@pytest.mark.parametrize(
    ("label", "value", "entity"),
    [
        ("Født / Date of birth", "12.08.1964", E.DATE_OF_BIRTH),
        ("Soyadı", "YILMAZ", E.NAME),
        ("Családi név", "SZABÓ", E.NAME),
        ("Sukunimi/Efternamn", "VIRTANEN", E.NAME),
        ("Data nașterii", "12.08.1964", E.DATE_OF_BIRTH),
        ("Bydliště", "Horní 5, Praha", E.ADDRESS),
        ("Numer paszportu", "ZE8000184", E.ID_NUMBER),
        ("N.º documento: ", "X7723 891", E.ID_NUMBER),
    ],
)
def test_labels_of_many_languages_announce_their_value(label: str, value: str, entity: EntityType) -> None:
    assert (1, entity) in found(label, value)


def test_the_sender_of_a_mail_is_found_and_a_sentence_is_not() -> None:
    assert (0, E.NAME) in found("From: Quorn Zyla")
    assert found("From Monday to Friday") == []


def test_a_large_line_on_a_card_with_a_phone_is_a_name() -> None:
    card = [line("Quorn Zylander", height=40), line("Head of nothing", y=110), line("+44 20 7946 0958", y=150)]
    page = [line("Quorn Zylander", y=50 + 26 * n) for n in range(20)]

    assert (0, E.NAME) in [(span.line, span.entity) for span in classify(card)]
    assert classify(page) == ()


def test_a_name_found_once_is_found_wherever_it_stands() -> None:
    assert (2, E.NAME) in found("From: Zylanda Quorn", "see you soon", "Zylanda")


def test_weak_signs_say_so() -> None:
    (weak,) = classify([line("CASHIER: ADMINISTRATOR")])
    (sure,) = classify([line("Name: Erika Mustermann")])

    assert weak.confidence < 0.5 < sure.confidence


@pytest.mark.parametrize("angle", [30.0, 90.0, 180.0, 270.0])
def test_a_page_that_lies_askew_is_classified_as_if_it_lay_straight(angle: float) -> None:
    texts = ["Surname / Nom", "QUORN", "Total sum", "of the month"]
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))

    def turned(text: str, y: int) -> TextLine:
        w = 12 * len(text)
        corners = [
            (x * cos - v * sin + 900, x * sin + v * cos + 900) for x, v in ((0, y), (w, y), (w, y + 20), (0, y + 20))
        ]
        # the reader lists the corners of a line as if it ran to the right, and says in which direction it runs
        turns = round(angle / 90) % 4
        listed = tuple(corners[-turns:] + corners[:-turns])
        left, top = (int(min(c[n] for c in corners)) for n in (0, 1))
        right, bottom = (int(max(c[n] for c in corners)) + 1 for n in (0, 1))
        return TextLine(text=text, box=Box(left, top, right - left, bottom - top), angle=angle, corners=listed)

    lines = [turned(text, 30 * number) for number, text in enumerate(texts)]

    assert {span.line for span in classify(lines)} == {1}
    x, y = sum(c[0] for c in lines[1].corners) / 4, sum(c[1] for c in lines[1].corners) / 4
    assert any(s.box.x <= x < s.box.right and s.box.y <= y < s.box.bottom for s in classify(lines))
