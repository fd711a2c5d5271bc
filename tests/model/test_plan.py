"""The plan file: what a person may edit, and what is not accepted from one."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indelible.model import (
    Box,
    FillStyle,
    Kind,
    Mode,
    Policy,
    Redaction,
    RedactionPlan,
    Region,
    Source,
    State,
    TextRules,
)
from indelible.model.geometry import covered_share, is_padded_to_quantum, padded_to_quantum, text_unit


@st.composite
def plans(draw: st.DrawFn) -> RedactionPlan:
    """Any plan."""
    width, height = draw(st.integers(1, 500)), draw(st.integers(1, 500))
    redactions = []
    for number in range(draw(st.integers(0, 5))):
        x, y = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
        box = Box(x, y, draw(st.integers(1, width - x)), draw(st.integers(1, height - y)))
        mosaic = draw(st.booleans())
        redactions.append(
            Redaction(
                id=f"r{number}",
                kind=Kind.FACE if mosaic else draw(st.sampled_from(list(Kind))),
                region=Region(box=box),
                fill=FillStyle.MOSAIC if mosaic else FillStyle.SOLID,
                blocks=draw(st.integers(1, 6)) if mosaic else None,
                score=draw(st.none() | st.floats(0, 1)),
                state=draw(st.sampled_from(list(State))),
                note=draw(st.text(max_size=30)),
            )
        )
    source = Source(sha256=draw(st.text("0123456789abcdef", min_size=64, max_size=64)), width=width, height=height)
    return RedactionPlan(source=source, policy="public", redactions=tuple(redactions))


@given(plans())
def test_a_plan_survives_its_file(plan: RedactionPlan) -> None:
    """Written, read, and the same."""
    assert RedactionPlan.from_dict(json.loads(json.dumps(plan.to_dict()))) == plan


def example() -> dict[str, Any]:
    """A small good plan file."""
    return {
        "schema": "indelible/plan/1",
        "source": {"sha256": "ab" * 32, "width": 100, "height": 80, "frames": 1},
        "policy": "public",
        "redactions": [{"id": "r1", "kind": "face", "box": [1, 2, 3, 4]}],
    }


def test_a_person_needs_to_write_little() -> None:
    """Identity, kind and box are enough; the rest is solid black and stands."""
    (redaction,) = RedactionPlan.from_dict(example()).applied

    assert (redaction.fill, redaction.color, redaction.source) == (FillStyle.SOLID, "#000000", "human")


@pytest.mark.parametrize(("change", "message"), [
    ({"box": [90, 2, 30, 4]}, "r1: box: outside the picture"),
    ({"box": [1, 2, 0, 4]}, "r1: a box lies inside"),
    ({"box": [1.5, 2, 3, 4]}, "whole pixels"),
    ({"box": [1, 2, 3]}, "r1: box:"),
    ({"kind": "cat"}, "r1:"),
    ({"fill": "blur"}, "r1:"),
    ({"fill": "mosaic"}, "blocks: needed"),
    ({"fill": "mosaic", "blocks": 12}, "finer mosaics are readable"),
    ({"kind": "text", "fill": "mosaic", "blocks": 4}, "people only"),
    ({"color": "red"}, "r1: color:"),
    ({"state": "maybe"}, "r1:"),
    ({"id": "../x"}, "id:"),
    ({"frame": 1}, "r1: frame:"),
    ({"colour": "#000000"}, "unknown field"),
    ({"score": float("nan")}, "score"),
])  # fmt: skip
def test_what_is_wrong_is_named(change: dict[str, Any], message: str) -> None:
    """The message says which redaction and which field."""
    document = example()
    document["redactions"][0].update(change)

    with pytest.raises(ValueError, match=message):
        RedactionPlan.from_dict(document)


def test_an_id_is_used_once() -> None:
    """Two redactions of one name could not be told apart in a certificate."""
    document = example()
    document["redactions"] *= 2

    with pytest.raises(ValueError, match="twice"):
        RedactionPlan.from_dict(document)


_SIDES = st.tuples(st.integers(0, 700), st.integers(0, 500), st.integers(1, 700), st.integers(1, 90))


@given(_SIDES, st.integers(0, 60), st.booleans())
def test_a_text_box_covers_its_text_and_stands_on_its_grid(
    sides: tuple[int, int, int, int], usual: int, turned: bool
) -> None:
    """Also beside the border, for lines that run down, and padding it once more changes nothing."""
    frame = (800, 600)
    left, top, width, height = sides
    box = Box(left, top, min(width, frame[0] - left), min(height, frame[1] - top))
    if turned:
        box, frame = Box(box.y, box.x, box.height, box.width), (frame[1], frame[0])
    thickness = box.width if box.height > 2 * box.width else box.height
    unit = text_unit(thickness, usual)

    padded = padded_to_quantum(box, *frame, unit)

    assert is_padded_to_quantum(padded, *frame)
    assert padded.contains(box) and padded.inside(*frame)
    assert padded_to_quantum(padded, *frame, unit) == padded


@given(st.integers(0, 150), st.integers(0, 20), st.integers(0, 25))
def test_short_and_long_names_get_the_same_box(longer: int, start: int, taller: int) -> None:
    """Up to six line heights; whatever the letters do to the reader's height and to where it sees the first one."""
    one, other = Box(384 + start, 100, 60, 34), Box(384 + 14, 100, 60 + longer, 34 + taller)
    usual = 36

    padded = [padded_to_quantum(box, 1240, 1754, text_unit(box.height, usual)) for box in (one, other)]

    assert padded[0].x == padded[1].x
    assert padded[0].width == padded[1].width == 288


@pytest.mark.parametrize(
    ("box", "stands"),
    [
        (Box(96, 10, 288, 40), True),
        (Box(96, 10, 704, 40), True),  # to the border
        (Box(96, 10, 287, 40), False),
        (Box(97, 10, 288, 40), False),
        (Box(96, 10, 120, 40), False),  # three heights
        (Box(10, 96, 40, 288), True),  # a line that runs down
        (Box(10, 96, 40, 300), False),
    ],
)
def test_the_examiner_tells_padded_boxes_from_others(box: Box, stands: bool) -> None:
    """By sides alone: a length in units, a beginning on the grid."""
    assert is_padded_to_quantum(box, 800, 600) is stands


@given(st.lists(st.tuples(*[st.integers(0, 20)] * 2, *[st.integers(1, 20)] * 2), max_size=5))
def test_covered_share_counts_pixels(boxes: list[tuple[int, int, int, int]]) -> None:
    """Against a count by hand."""
    target, covers = Box(5, 5, 10, 10), [Box(*values) for values in boxes]

    counted = sum(
        any(c.x <= x < c.right and c.y <= y < c.bottom for c in covers) for x in range(5, 15) for y in range(5, 15)
    )

    assert covered_share(target, covers) == pytest.approx(counted / 100)


def test_a_policy_file_round_trips_and_refuses_what_it_does_not_know() -> None:
    """Also one that gives a single field."""
    policy = Policy().with_choices(
        people="mosaic",
        color="#ffffff",
        mode=Mode.BALANCED,
        head=True,
        thresholds={Kind.FACE: 0.25},
        ignore=(Box(1, 2, 3, 4),),
        text_rules=TextRules(allow=("Acme",), deny=("Jane Doe",), patterns=(r"EMP-\d+",)),
    )

    assert Policy.from_dict(json.loads(json.dumps(policy.to_dict()))) == policy
    assert Policy.from_dict({"kinds": ["face"]}).kinds == (Kind.FACE,)
    with pytest.raises(ValueError, match="unknown field"):
        Policy.from_dict({"blur": 3})
    with pytest.raises(ValueError, match="readable"):
        Policy.from_dict({"mosaic_blocks": 40})


def test_the_callers_words_are_never_printed() -> None:
    """They may name the person whom the picture hides."""
    policy = Policy(text_rules=TextRules(deny=("Jane Doe",), patterns=("Jane.*",), allow=("Jane",)))

    assert "Jane" not in repr(policy)
    with pytest.raises(ValueError, match="text_rules.deny") as refused:
        TextRules(deny=("Jane Doe" * 100,))
    assert "Jane" not in str(refused.value)


def test_a_kind_that_is_switched_off_is_remembered() -> None:
    """The certificate says so: L-CLASS-OUT-OF-SCOPE."""
    policy = Policy().with_choices(kinds=(Kind.FACE, Kind.PERSON))

    assert set(policy.switched_off) == set(Policy().kinds) - {Kind.FACE}
    assert Policy.from_dict({"kinds": ["face"]}).switched_off == ()
