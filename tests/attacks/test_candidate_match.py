"""The right one of a list is found under the mosaic, and none is named where the mosaic tells nothing."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from PIL import Image, ImageFilter

from indelible.attacks.candidate_lists import dates, from_pattern, passes_checks, plates
from indelible.attacks.capacity import (
    candidate_leak,
    cell_bits,
    distinct_outputs,
    equivocation,
    region_capacity,
)
from indelible.attacks.methods import ATTACKS, Budget, Target
from indelible.attacks.mosaic_draw import block_means, plain_font, text_image
from indelible.model import Kind, Outcome, Reason

_FONT = plain_font()


@pytest.mark.skipif(_FONT is None, reason="no font is installed")
@pytest.mark.claim("T-ATK-DICT")
def test_a_coarse_mosaic_of_a_name_on_the_list_is_broken() -> None:
    """Blocks of 1.5 x-heights, where letters alone are no longer read."""
    assert _FONT is not None
    names = ("Marlene Otto", "Hannes Krug", "Ines Baltz", "Jonas Reiter", "Petra Lang", "Clara Wolf", "Bernd Hahn")
    image, box = text_image("Jonas Reiter", _FONT, 26)
    hidden = block_means(image, box, 20, (3, 8))
    result = ATTACKS.get("candidate_match").run(Target(image=hidden, box=box, candidates=names), Budget.of(600), 0)

    assert (result.outcome, result.guesses[0].text) == (Outcome.BROKEN, "Jonas Reiter")
    assert result.baseline == pytest.approx(1 / 7)
    assert "Reiter" not in repr(result)


@pytest.mark.skipif(_FONT is None, reason="no font is installed")
@pytest.mark.parametrize("across", [6, 8, 12])
def test_a_list_without_the_text_is_not_taken_for_a_reading(across: int) -> None:
    """One of many strangers always fits best, the more so in few cells."""
    assert _FONT is not None
    listed = plates(40 + across, 200)
    image, box = text_image("QX72 VNB", _FONT, 34)
    hidden = block_means(image, box, round(box.width / across))
    result = ATTACKS.get("candidate_match").run(Target(image=hidden, box=box, candidates=listed), Budget.of(600), 0)

    assert result.outcome is Outcome.INCONCLUSIVE
    assert result.guesses[0].posterior < 0.9


@pytest.mark.skipif(_FONT is None, reason="no font is installed")
def test_grey_text_on_coloured_paper_is_matched_too() -> None:
    """The text's colour is not seen anywhere: its strength is fitted with each candidate."""
    assert _FONT is not None
    listed = plates(7, 200)
    image, box = text_image(listed[77], _FONT, 30)
    grey = Image.fromarray((np.asarray(image).astype(float) / 255 * [90, 110, 80] + [120, 110, 100]).astype(np.uint8))
    hidden = block_means(grey, box, 14, (3, 8))
    result = ATTACKS.get("candidate_match").run(Target(image=hidden, box=box, candidates=listed), Budget.of(600), 0)

    assert (result.outcome, result.guesses[0].text) == (Outcome.BROKEN, listed[77])


@pytest.mark.skipif(_FONT is None, reason="no font is installed")
@pytest.mark.parametrize("listed", [True, False])
def test_a_blurred_plate_is_found_on_the_list_and_not_off_it(listed: bool) -> None:
    assert _FONT is not None
    candidates = plates(11, 200)
    image, box = text_image(candidates[50], _FONT, 26, margin=14)
    image.paste(image.crop(box.corners).filter(ImageFilter.GaussianBlur(5)), box.corners)
    given = candidates if listed else (*candidates[:50], *candidates[51:])
    attack = ATTACKS.get("candidate_match")
    result = attack.run(Target(image=image, box=box, kind=Kind.PLATE, candidates=given), Budget.of(600), 0)

    if listed:
        assert (result.outcome, result.guesses[0].text) == (Outcome.BROKEN, candidates[50])
        assert result.leaked_bits == pytest.approx(np.log2(200), abs=0.01)
    else:
        assert result.outcome is Outcome.INCONCLUSIVE


@pytest.mark.skipif(_FONT is None, reason="no font is installed")
@pytest.mark.claim("T-ATK-DICT")
def test_one_cell_names_nobody() -> None:
    attack = ATTACKS.get("candidate_match")
    result = attack.run(attack.held_one(), Budget.of(30), 0)

    assert result.outcome is not Outcome.BROKEN
    assert result.guesses == ()


def test_without_a_list_it_does_not_apply() -> None:
    target = Target(image=ATTACKS.get("candidate_match").held_one().image, kind=Kind.PLATE)

    assert ATTACKS.get("candidate_match").applies(target) == "no_candidates"


def test_lists_follow_their_pattern() -> None:
    made = from_pattern("LL-DD", 1, 50)

    assert len(set(made)) == 50
    assert all(text[:2].isupper() and text[2] == "-" and text[3:].isdigit() for text in made)
    assert len(plates(3, 100)) == 100
    assert len(list(dates(2023, 2024))) == 365 + 366
    assert next(dates(2000, 2000)) == datetime.date(2000, 1, 1).strftime("%d.%m.%Y")


@pytest.mark.parametrize(
    ("text", "valid"),
    [("4111 1111 1111 1111", True), ("4111 1111 1111 1112", False), ("GB82 WEST 1234 5698 7654 32", True), ("hello", None)],
)  # fmt: skip
def test_check_digits(text: str, valid: bool | None) -> None:
    assert passes_checks(text) is valid


def test_a_solid_fill_carries_nothing_and_a_mosaic_carries_its_cells() -> None:
    solid = np.full((40, 120, 3), 17, np.uint8)
    cells = np.random.default_rng(0).integers(0, 256, (5, 15), dtype=np.uint8)
    mosaic = np.repeat(np.repeat(cells, 8, axis=0), 8, axis=1)

    assert region_capacity(solid).bits == 0
    assert region_capacity(mosaic).bits == cell_bits(75, 1) == 600
    assert region_capacity(np.repeat(mosaic[..., None], 3, axis=2)).channels == 1


def test_bounds_over_lists() -> None:
    assert distinct_outputs([np.zeros(3), np.zeros(3), np.ones(3)]) == 2
    assert equivocation([1.0]) == 0
    assert equivocation([0.5, 0.5]) == pytest.approx(1)
    assert equivocation([0.5]) == pytest.approx(1)


@pytest.mark.skipif(_FONT is None, reason="no font is installed")
def test_fewer_cells_tell_fewer_candidates_apart() -> None:
    assert _FONT is not None
    names = from_pattern("LLLL", 5, 40)
    fine, coarse = (candidate_leak(names, _FONT, 20, block) for block in (8, 200))

    assert fine.outputs == 40
    assert coarse.outputs < fine.outputs
    assert coarse.bits <= 8


@pytest.mark.skipif(_FONT is None, reason="no font is installed")
def test_without_time_nothing_is_said_and_nothing_is_bounded() -> None:
    """Counting no outputs is not the same as telling nothing apart."""
    assert _FONT is not None
    listed = plates(5, 64)
    image, box = text_image(listed[1], _FONT, 40)
    target = Target(image=block_means(image, box, 20), box=box, kind=Kind.PLATE, candidates=listed)
    result = ATTACKS.get("candidate_match").run(target, Budget.of(0), 0)

    assert (result.outcome, result.why) == (Outcome.INCONCLUSIVE, Reason.BUDGET_CUT)
    assert result.leaked_bits == 6
