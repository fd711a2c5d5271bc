"""What a lossy source smeared round a box must be gone as well."""

from __future__ import annotations

from dataclasses import replace

import pytest

from indelible.model import Box, Outcome
from indelible.verify import samples
from indelible.verify.checks import CHECKS, decide
from indelible.verify.growth import required_area
from indelible.verify.subject import Subject

BOX = Box(37, 29, 25, 17)


def _subject(subsampling: int, filled: Box | None) -> Subject:
    original = samples.encoded(samples.texture(120, 96, 7), "jpeg", quality=88, subsampling=subsampling)
    bare = samples.subject(original)
    assert bare.picture is not None
    area = filled or required_area(BOX, bare.picture)
    image = bare.picture.image.copy()
    image.paste((0, 0, 0), area.corners)
    return samples.subject(
        samples.encoded(image), [samples.region(area)], original=original, plan=samples.plan_for(original, [BOX])
    )


def test_controls_come_out_as_they_must() -> None:
    """A tight box on 4:2:0 breaks; the grid and one pixel more hold."""
    check = CHECKS.get("pixels.bleed")

    assert decide(check.run(check.leaking())) is Outcome.BROKEN
    assert decide(check.run(check.clean())) is Outcome.HELD


@pytest.mark.parametrize("subsampling", [0, 1, 2])
def test_each_pixel_of_the_margin_counts(subsampling: int) -> None:
    """One row or column less than the required area is a bleed."""
    check = CHECKS.get("pixels.bleed")
    whole = _subject(subsampling, None)
    area = whole.regions[0].region.box
    short = Box(area.x, area.y, area.width - 1, area.height)

    assert decide(check.run(whole)) is Outcome.HELD
    assert [(f.rule, f.channel) for f in check.run(_subject(subsampling, short)).findings] == [("L406", "region.bleed")]


def test_a_box_that_is_not_even_filled_itself_is_the_worse_finding() -> None:
    """L403 instead of L406."""
    short = Box(BOX.x, BOX.y, BOX.width, BOX.height - 1)

    assert [f.rule for f in CHECKS.get("pixels.bleed").run(_subject(2, short)).findings] == ["L403"]


def test_a_published_picture_of_another_size_is_inconclusive() -> None:
    """The plan's boxes mean nothing there."""
    subject = _subject(2, None)
    other = samples.subject(samples.encoded(samples.texture(60, 48, 7)))

    resized = replace(subject, picture=other.picture)

    assert decide(CHECKS.get("pixels.bleed").run(resized)) is Outcome.INCONCLUSIVE


def test_it_needs_a_plan_a_lossy_original_and_a_solid_fill() -> None:
    """Closed reasons otherwise."""
    check = CHECKS.get("pixels.bleed")
    subject = _subject(2, None)
    lossless = samples.encoded(samples.texture(120, 96, 7))
    assert subject.original is not None

    assert check.applies(replace(subject, plan=None)) == "no_plan"
    assert check.applies(replace(subject, original=None, original_picture=None)) == "no_original"
    assert check.applies(replace(subject, original_picture=samples.subject(lossless).picture)) == "lossless_source"
    assert check.applies(replace(subject, plan=samples.plan_for(subject.original, []))) == "no_solid"
