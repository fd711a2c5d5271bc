"""From detections to a plan: margins, whole heads, widths that tell little, and what the caller lets stand."""

from __future__ import annotations

import pytest
from PIL import Image

from indelible.media import Picture
from indelible.model import Box, Detection, Kind, Policy, State
from indelible.redact.planning import make_plan, planned_box

SOURCE = Picture(
    format="png", sha256="0" * 64, image=Image.new("RGB", (400, 300)), stored_size=(400, 300), orientation=1
)


def found(box: Box, kind: Kind = Kind.FACE) -> Detection:
    return Detection(kind=kind, box=box, score=0.9, detector="test")


def test_a_whole_head_reaches_above_the_hair_and_beside_the_ears() -> None:
    face = Box(150, 100, 60, 80)

    plain = planned_box(found(face), Policy(), 400, 300)
    head = planned_box(found(face), Policy(head=True), 400, 300)

    assert head.contains(plain)
    assert face.y - head.y >= 0.5 * face.height
    assert min(face.x - head.x, head.right - face.right) >= 0.3 * face.width


def test_a_head_at_the_edge_stays_in_the_frame() -> None:
    assert planned_box(found(Box(0, 0, 400, 300)), Policy(head=True), 400, 300) == Box(0, 0, 400, 300)


def test_other_kinds_have_no_head() -> None:
    plate = found(Box(150, 100, 60, 20), Kind.PLATE)

    assert planned_box(plate, Policy(head=True), 400, 300) == planned_box(plate, Policy(), 400, 300)


@pytest.mark.parametrize(("ignored", "stands"), [(Box(100, 100, 29, 50), False), (Box(100, 100, 31, 50), True)])
def test_more_than_half_under_an_ignored_box_is_let_stand(ignored: Box, stands: bool) -> None:
    policy = Policy(ignore=(ignored,))

    plan = make_plan([found(Box(100, 100, 60, 40))], policy, SOURCE)

    assert [item.kind for item in plan.applied] == ([] if stands else [Kind.FACE])
    assert [item.region.box for item in plan.redactions if item.state is State.REJECTED] == [ignored]


def test_an_ignored_box_beyond_the_frame_is_cut_and_one_outside_forgotten() -> None:
    plan = make_plan([], Policy(ignore=(Box(390, 290, 50, 50), Box(500, 500, 5, 5))), SOURCE)

    assert [item.region.box for item in plan.redactions] == [Box(390, 290, 10, 10)]
