"""The caller's own words and patterns: removed wherever they stand, kept only where nothing else is personal, never a hang."""

from __future__ import annotations

import time

import pytest

from indelible.detect.entities import EntitySpan, classify
from indelible.detect.entity_custom import check_patterns
from indelible.detect.lines import TextLine
from indelible.model import Box, TextRules


def spans(text: str, rules: TextRules) -> tuple[EntitySpan, ...]:
    return classify([TextLine(text=text, box=Box(10, 10, 10 * len(text), 20))], rules)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("Zwiebel", "delivered to zwiebel on Monday"),
        ("Müller", "the file of MULLER is closed"),
        ("Project Falcon", "about ProjectFalcon and more"),
        ("Project Falcon", "about PROJECT  FALCON and more"),
        ("A-17", "cell A 17, second floor"),
        ("Falcon", "readFalcon now"),
    ],
)
def test_a_denied_word_is_found_however_it_is_written(word: str, text: str) -> None:
    (span,) = spans(text, TextRules(deny=(word,)))

    assert span.custom


@pytest.mark.parametrize(
    ("word", "text"), [("Anne", "Joanne went home"), ("cat", "the category"), ("12", "in 2012 or 123")]
)
def test_a_part_of_another_word_is_not_denied(word: str, text: str) -> None:
    assert spans(text, TextRules(deny=(word,))) == ()


def test_a_pattern_is_searched_without_regard_to_case_and_accents() -> None:
    rules = TextRules(patterns=(r"case\s+\d{3}", "unite"))

    assert spans("see CASE 123 there", rules)[0].custom
    assert spans("the Unité there", rules)[0].custom
    assert spans("see case 12 there", rules) == ()


def test_a_pattern_that_backtracks_for_ever_ends_and_covers_the_line() -> None:
    started = time.perf_counter()
    (span,) = spans("a" * 60 + "!", TextRules(patterns=(r"(a|a)*$",)))

    assert time.perf_counter() - started < 5
    assert span.custom and span.box.width == 610


def test_a_pattern_that_is_none_is_named_by_its_number_alone() -> None:
    with pytest.raises(ValueError, match="number 2") as raised:
        check_patterns(TextRules(patterns=("fine", "secret(")))

    assert "secret" not in str(raised.value)
    check_patterns(TextRules(patterns=("fine",)))


def test_an_allowed_span_is_kept_only_if_all_of_it_is_allowed() -> None:
    text = "was written by David Johnson in spring"

    assert spans(text, TextRules()) != ()
    assert spans(text, TextRules(allow=("david johnson",))) == ()
    assert spans(text, TextRules(allow=("Johnson", "David"))) == ()
    assert spans(text, TextRules(allow=("Johnson",))) != ()
    assert spans(text, TextRules(allow=("John", "David"))) != ()


def test_what_is_denied_wins_over_what_is_allowed() -> None:
    assert spans("was written by David Johnson", TextRules(allow=("David Johnson",), deny=("Johnson",)))[0].custom
