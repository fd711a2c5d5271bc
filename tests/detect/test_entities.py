"""Personal data is told from other text, pair by pair: each rule must fire on one line and stay silent on a neighbour of it."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indelible.detect.entities import MAX_CHARACTERS, MAX_LINES, classify
from indelible.detect.lines import TextLine, Word, folded
from indelible.model import Box, EntityType

E = EntityType


def line(text: str, x: int = 50, y: int = 50, height: int = 20) -> TextLine:
    """A line of evenly wide characters with its words."""
    width = height // 2
    words, at = [], 0
    for word in text.split(" "):
        if word:
            words.append(Word(text=word, box=Box(x + at * width, y, len(word) * width, height)))
        at += len(word) + 1
    return TextLine(text=text, box=Box(x, y, max(1, len(text) * width), height), words=tuple(words))


def page(*texts: str) -> list[TextLine]:
    """Lines one below the other."""
    return [line(text, y=50 + 26 * number) for number, text in enumerate(texts)]


def found(*texts: str) -> list[tuple[int, EntityType]]:
    return [(span.line, span.entity) for span in classify(page(*texts))]


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("write to jane.doe@example.org today", E.EMAIL),
        ("jane.doe @example.org", E.EMAIL),
        ("see https://example.org/u/jane", E.URL),
        ("www.example.com", E.URL),
        ("from 192.168.17.4 at night", E.IP),
        ("host 2001:db8::8a2e:370:7334", E.IP),
        ("+44 20 7946 0958", E.PHONE),
        ("(212) 555-0134", E.PHONE),
        ("Tel 03-7832 6929", E.PHONE),
        ("TEL03-7832 6929", E.PHONE),
        ("Te1: O3-7832 6929", E.PHONE),
        ("030 901820 is our number", E.PHONE),
        ("4111 1111 1111 1111", E.CARD),
        ("4O00 1234 5678 9O10", E.CARD),
        ("5500005555555559", E.CARD),
        ("DE89 3704 0044 0532 0130 00", E.IBAN),
        ("IBAN GB82WEST12345698765432", E.IBAN),
        ("536-90-4399", E.ID_NUMBER),
        ("RSSMRA85T10A562S", E.ID_NUMBER),
        ("0101006500006", E.ID_NUMBER),
        ("Passport No: X1234567", E.ID_NUMBER),
        ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", E.MRZ),
        ("I<SI<09999100180706966505468<<", E.MRZ),
        ("L898902C36UTO7408122F1204159ZE184226B<<<<<10", E.MRZ),
        ("P<UT0ERIKSS0N««ANNA<MAR1A<<<<<<<<<<<<<<<<<<<", E.MRZ),
        ("Date of birth: 12.08.1964", E.DATE_OF_BIRTH),
        ("Geburtsdatum 12.08.1964", E.DATE_OF_BIRTH),
        ("DOB 1964-08-12", E.DATE_OF_BIRTH),
        ("Name: Erika Mustermann", E.NAME),
        ("Nom : Dupont", E.NAME),
        ("Cognome: Rossi", E.NAME),
        ("Dear Mrs Example, thank you", E.NAME),
        ("was written by David Johnson in spring", E.NAME),
        ("Herr Beispiel war hier", E.NAME),
        ("Beethovnova ulica 3", E.ADDRESS),
        ("12 High Street", E.ADDRESS),
        ("Musterstraße 12", E.ADDRESS),
        ("18 rue de la République", E.ADDRESS),
        ("Via Garibaldi 7", E.ADDRESS),
        ("No.2, Jalan Temenggung 19/9,", E.ADDRESS),
        ("50450 Kuala Lumpur, Malaysia", E.ADDRESS),
        ("Springfield, IL 62704", E.ADDRESS),
        ("London SW1A 1AA", E.ADDRESS),
    ],
)
def test_personal_data_is_found(text: str, entity: EntityType) -> None:
    assert (0, entity) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "at 10:30 on Monday",
        "version 1.2.3 of the form",
        "27/03/2018 16:54:04",
        "05-05-2018 11:25:29",
        "1 847 860 375 €",
        "1234 5678 9012",
        "1234567890123456",
        "121095079 GDN MC H/W ENC ROM",
        "9556001122335",
        "Total Amt Incl. GST @ 6% : 12.00",
        "INVOICE NO : 18291/102/T0163",
        "Company Name",
        "File name: report",
        "A <- B << C",
        "Valid thru 09/17",
        "Thank you, please come again",
        "Dear Sir or Madam",
        "HEAD OF ENGINEERING",
        "We meet on the street every day",
        "2 x Coke 4.40",
        "12345 units were sold",
        "Article 23",
        "Goods sold are not returnable",
    ],
)
def test_other_text_stays(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("label", "value", "entity"),
    [
        ("Surname / Nom", "MUSTERMANN", E.NAME),
        ("2. Given name/Vornamen/Prénoms", "ERIKA", E.NAME),
        ("Apellidos", "GARCIA LOPEZ", E.NAME),
        ("DATA URODZENIADATE OF BIRTH", "1960.02.08", E.DATE_OF_BIRTH),
        ("Place of birth/Lieu de naissance", "ZENITH", E.ADDRESS),
        ("Personal No./N° personnel", "ZE 184226 B", E.ID_NUMBER),
        ("PasseportNo", "CA000000", E.ID_NUMBER),
    ],
)
def test_the_value_below_a_label_is_found(label: str, value: str, entity: EntityType) -> None:
    assert (1, entity) in found(label, value)


def test_the_value_to_the_right_of_a_label_is_found() -> None:
    lines = [line("Name:", x=50), line("Mustermann", x=160), line("Total:", y=90), line("12.00", x=160, y=90)]

    assert [(span.line, span.entity) for span in classify(lines)] == [(1, E.NAME)]


def test_a_label_two_lines_above_its_value_still_counts() -> None:
    assert (2, E.DATE_OF_BIRTH) in found("4. Date of birth/Geburtstag/", "Date de naissance", "12.08.1964")


def test_only_the_value_is_covered_and_the_words_before_it_stay() -> None:
    text = "This project was created by David Johnson and it welcomes contributions"

    (span,) = classify([line(text)])

    start, end = text.index("David") * 10 + 50, (text.index("Johnson") + 7) * 10 + 50
    assert span.box.x <= start and span.box.right >= end
    assert span.box.x >= start - 30 and span.box.right <= end + 30


def test_a_line_without_word_boxes_is_covered_by_its_characters() -> None:
    whole = line("This project was created by David Johnson and it welcomes contributions")
    bare = TextLine(text=whole.text, box=whole.box)

    (span,) = classify([bare])

    assert span.box.x <= 50 + 28 * 10 and span.box.right >= 50 + 41 * 10


def test_an_upright_column_of_text_is_taken_whole() -> None:
    column = TextLine(text="contact jane.doe@example.org for more", box=Box(10, 10, 20, 400))

    assert [span.box for span in classify([column])] == [column.box]


def test_an_address_block_takes_its_middle_and_its_last_line() -> None:
    block = found(
        "NO.32 & 33, JALAN SR 1/9,",
        "TAMAN SERDANG RAYA,",
        "43300 SERI KEMBANGAN, SELANGOR",
        "DARUL EHSAN",
        "Tax Invoice",
    )

    assert [number for number, entity in block if entity is E.ADDRESS] == [0, 1, 2, 3]
    assert all(number != 4 for number, _ in block)


def test_who_lives_at_an_address_is_found_and_a_company_is_not() -> None:
    assert (0, E.NAME) in found("Zdenka Zwiebel", "Musterstraße 12", "12345 Musterstadt")
    assert found("Zwiebel Trading GmbH", "Musterstraße 12")[0][0] == 1


def test_what_a_machine_readable_zone_repeats_is_personal() -> None:
    numbers = {
        number
        for number, _ in found(
            "SPECIMEN", "Vzor", "99003853", "01.01.1911",
            "P<CZESPECIMEN<<VZ0R<<<<<<<<<<<<<<<<<<<<<<<<<", "99003853<1CZE1101018M1207046110101111<<<<<94",
        )
    }  # fmt: skip

    assert numbers == {0, 1, 2, 3, 4, 5}


def test_the_name_below_a_card_number_is_found_and_the_words_of_the_card_are_not() -> None:
    spans = found("4000 1234 5678 9010", "VALID THRU", "VALUED CARDMEMBER", "MasterCard")

    assert spans == [(0, E.CARD), (2, E.NAME)]


def test_a_name_that_the_mail_address_repeats_is_found() -> None:
    assert (0, E.NAME) in found("Zdenka Zwiebelova", "", "zwiebelova@example.org")


@given(st.text(alphabet=string.digits, min_size=16, max_size=16).filter(lambda digits: not _luhn(digits)))
def test_sixteen_digits_without_a_checksum_are_no_card(digits: str) -> None:
    assert all(entity is not E.CARD for _, entity in found(digits))


def _luhn(digits: str) -> bool:
    from stdnum import luhn

    return bool(luhn.is_valid(digits))


@given(st.lists(st.text(max_size=60), max_size=6))
def test_any_text_is_classified_without_a_crash_and_inside_its_lines(texts: list[str]) -> None:
    lines = page(*texts)

    for span in classify(lines):
        assert lines[span.line].box.contains(span.box)


@given(st.text(max_size=40))
def test_folding_keeps_every_place(text: str) -> None:
    assert len(folded(text)) == len(text)


def test_what_is_beyond_the_limits_is_covered() -> None:
    """A hostile page buys no time, and hides nothing either."""
    flood = [line("x", y=10 * number) for number in range(MAX_LINES + 3)]
    long = line("a " * MAX_CHARACTERS)

    assert [span.line for span in classify(flood)] == [MAX_LINES, MAX_LINES + 1, MAX_LINES + 2]
    assert [span.box for span in classify([long])] == [long.box]


def test_a_line_never_shows_its_text() -> None:
    assert "jane" not in repr(line("jane.doe@example.org"))


def test_a_name_signs_off_right_below_the_closing_phrase() -> None:
    """Readers list lines in any order: what merely comes next in the list is not a signature."""
    closing, name = line("Kind regards", x=50, y=200), line("Zyla Quorn", x=50, y=226)
    elsewhere = line("Mon", x=600, y=40)

    assert [(span.line, span.entity) for span in classify([closing, elsewhere, name])] == [(2, E.NAME)]
    assert list(classify([closing, elsewhere])) == []
