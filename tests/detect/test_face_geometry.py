"""Where a picture is looked at again, how boxes of turned copies come back, and which pictures are brightened."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from indelible.detect.face_light import lifted
from indelible.detect.face_passes import WHOLE_PX, scales
from indelible.detect.face_tiles import chosen_rectangles, pixels_at, within
from indelible.detect.face_turns import turned_back
from indelible.detect.fusion import believed, consensus, lowest


def row(left: float, top: float, side: float, score: float = 0.3) -> list[float]:
    return [left, top, left + side, top + side, score]


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(4, 60), st.floats(0.1, 1)), min_size=1, max_size=40),
    st.integers(40, 3000),
    st.integers(40, 3000),
)
@settings(max_examples=60, deadline=None)
def test_every_trace_lies_in_a_rectangle_inside_the_picture(
    places: list[tuple[float, float, float, float]], width: int, height: int
) -> None:
    boxes = np.array([row(x * (width - 1), y * (height - 1), side, score) for x, y, side, score in places])
    boxes[:, [0, 2]] = boxes[:, [0, 2]].clip(0, width)
    boxes[:, [1, 3]] = boxes[:, [1, 3]].clip(0, height)

    found = chosen_rectangles(boxes, width, height, 2.0, cell=96, border=16, most=2_600_000)

    assert within(boxes, found, 0, width, height).all()
    assert all(0 <= left < right <= width and 0 <= top < bottom <= height for left, top, right, bottom in found)


def test_without_a_trace_nothing_is_looked_at_again() -> None:
    assert chosen_rectangles(np.zeros((0, 5)), 800, 600, 3.0, cell=64, border=12, most=2_600_000) == []


def test_one_trace_costs_a_small_part_of_the_picture_and_neighbours_share_a_rectangle() -> None:
    alone = chosen_rectangles(np.array([row(400, 300, 12)]), 1000, 1000, 2.0, cell=96, border=16, most=2_600_000)
    crowd = np.array([row(100 + 90 * number, 300, 12) for number in range(8)])
    together = chosen_rectangles(crowd, 1000, 1000, 2.0, cell=96, border=16, most=2_600_000)

    assert len(alone) == 1
    assert pixels_at(alone[0], 2.0) < 0.1 * 4_000_000
    assert len(together) == 1


def test_the_best_trace_comes_first_when_the_budget_is_short() -> None:
    boxes = np.array([row(50, 50, 12, 0.1), row(900, 900, 12, 0.9)])

    first, second = chosen_rectangles(boxes, 1000, 1000, 2.0, cell=96, border=16, most=2_600_000)

    assert first[0] > second[0]


def test_a_face_cut_by_a_rectangle_is_dropped_and_one_at_the_pictures_edge_is_not() -> None:
    rectangle = (0, 0, 200, 200)
    boxes = np.array([row(190, 90, 16), row(0, 90, 10), row(90, 90, 16)])

    assert within(boxes, [rectangle], 8, 1000, 200).tolist() == [False, True, True]


@pytest.mark.parametrize("size", [(1, 1), (1, 20_000), (20_000, 1), (512, 512), (4000, 3000), (12_000, 9_000)])
def test_there_is_always_a_look_at_the_whole_and_never_one_beyond_the_budget(size: tuple[int, int]) -> None:
    chosen = scales(*size)

    assert chosen
    assert all(size[0] * size[1] * scale * scale <= WHOLE_PX for scale in chosen)
    assert (chosen[-1] == 1.0) == (size[0] * size[1] <= WHOLE_PX)


def test_looks_that_did_not_look_there_do_not_count_against_a_face() -> None:
    seen = [np.array([row(100, 100, 30, 0.6)]), np.zeros((0, 5))]

    both = consensus(seen, [1.0, 2.0], 0.35)
    one = consensus(seen, [1.0, 2.0], 0.35, lambda number, _: number == 0)

    assert both[0, 4] == pytest.approx(0.3)
    assert one[0, 4] == pytest.approx(0.6)


def crowd_of(number: int) -> list[list[float]]:
    return [row(0, 1000 + 100 * place, 20, 0.9) for place in range(number)]


@pytest.mark.parametrize(("clear", "large_is_believed"), [(1, False), (3, True)])
def test_in_a_crowd_a_large_candidate_is_believed_at_a_lower_score(clear: int, large_is_believed: bool) -> None:
    boxes = np.array([*crowd_of(clear), row(100, 100, 16, 0.08), row(200, 200, 40, 0.08)])

    found = believed(boxes, 0.1, 0.25, 0.45)

    assert (200.0 in found[:, 0]) == large_is_believed
    assert 100.0 not in found[:, 0]


def test_where_no_face_is_clear_size_buys_nothing() -> None:
    boxes = np.array([row(0, 0, 400, 0.2), row(100, 100, 16, 0.3)])

    assert believed(boxes, 0.1, 0.25, 0.45)[:, 0].tolist() == [100.0]
    assert len(believed(np.zeros((0, 5)), 0.1, 0.25, 0.45)) == 0


@given(st.floats(0.5, 20_000), st.floats(0.5, 20_000), st.booleans())
def test_the_score_that_is_asked_for_never_rises_with_size_and_has_bounds(
    one: float, other: float, crowd: bool
) -> None:
    small, large = lowest(np.array([row(0, 0, min(one, other)), row(0, 0, max(one, other))]), 0.1, crowd)

    assert 0.05 <= large <= small <= 0.1 * 2**0.5 + 1e-9
    assert crowd or large >= 0.1


@pytest.mark.parametrize("degrees", [45, 90, 135, 180, 225, 270, 315])
def test_boxes_of_turned_copies_come_back_to_their_place(degrees: int) -> None:
    picture = Image.new("L", (240, 160))
    picture.paste(255, (150, 40, 170, 60))
    copy = picture.rotate(degrees, Image.Resampling.BILINEAR, expand=True)
    left, top, right, bottom = copy.point(lambda value: 255 * (value > 127)).getbbox() or (0, 0, 1, 1)

    back = turned_back(np.array([[left, top, right, bottom, 0.9]]), degrees, copy.size, picture.size)[0]

    assert (back[0] + back[2]) / 2 == pytest.approx(160, abs=2.5)
    assert (back[1] + back[3]) / 2 == pytest.approx(50, abs=2.5)


def test_only_dark_pictures_are_brightened() -> None:
    ramp = np.tile(np.arange(256, dtype=np.uint8), (64, 1))
    day = Image.fromarray(np.stack([ramp] * 3, axis=2))
    night = day.point([value // 12 for value in range(256)] * 3)
    black = Image.new("RGB", (64, 64))

    assert lifted(day) is day
    assert lifted(black) is black
    assert np.asarray(lifted(night)).mean() > 4 * np.asarray(night).mean()
