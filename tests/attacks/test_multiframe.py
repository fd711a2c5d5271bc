"""A mosaic that moves over its content is solved from its frames; one that is locked to it gives no more than one frame does."""

import numpy as np
import pytest
from PIL import Image

from indelible.attacks.methods import ATTACKS, Budget, Target
from indelible.attacks.methods.mosaic_multiframe import clip
from indelible.attacks.stack_frames import stacked
from indelible.model import Box, Outcome


@pytest.mark.claim("T-ATK-SR")
def test_the_attack_breaks_its_own_clip_and_reads_it() -> None:
    """24 frames, blocks as tall as half the letters, moved by quarters of a pixel."""
    attack = ATTACKS.get("mosaic_multiframe")

    result = attack.run(attack.broken_one(), Budget(), 1)

    assert result.outcome is Outcome.BROKEN
    assert "".join(guess.text for guess in result.guesses).replace(" ", "") == "Room4017"


@pytest.mark.claim("T-ATK-SR")
def test_a_locked_grid_is_held() -> None:
    """However many frames: they all say the same."""
    attack = ATTACKS.get("mosaic_multiframe")

    result = attack.run(attack.held_one(), Budget(), 1)

    assert (result.outcome, result.estimated["phases"]) == (Outcome.HELD, 1)


def test_motion_is_found_to_a_tenth_of_a_pixel() -> None:
    """Shifts are quarters of a pixel by construction."""
    target = clip("Room 4017", frames=6, block=8, text_px=16, seed=7)

    assert target.box is not None
    stack = stacked(target.frames, target.box)

    assert stack is not None and len(stack.views) == 6 and stack.period == pytest.approx((8.0, 8.0))
    for view in stack.views:
        assert all(abs(4 * part - round(4 * part)) < 0.4 for part in view.shift)


def test_one_unredacted_frame_breaks_the_region_at_once() -> None:
    """No equations are needed for it."""
    target = clip("Room 4017", frames=4, block=8, text_px=16, seed=7)
    assert target.box is not None
    noise = np.random.default_rng(1).integers(0, 256, (target.box.height, target.box.width, 3), dtype=np.uint8)
    shown = target.frames[1].copy()
    shown.paste(Image.fromarray(noise), target.box.corners)

    result = ATTACKS.get("mosaic_multiframe").run(
        Target(image=target.image, box=target.box, frames=(*target.frames, shown)), Budget(), 1
    )

    assert (result.outcome, result.estimated["open_frames"]) == (Outcome.BROKEN, 1)


@pytest.mark.parametrize(
    ("box", "count", "why"),
    [
        (None, 3, "no_region"),
        (Box(0, 0, 30, 30), 1, "one_frame"),
        (Box(3, 3, 1, 1), 3, "too_small"),
        (Box(30, 30, 900, 900), 3, "too_small"),
    ],
)
def test_hostile_regions_are_turned_away(box: Box | None, count: int, why: str) -> None:
    """No region, one frame, one pixel, beyond the border."""
    frames = tuple(Image.effect_noise((64, 48), 40 + n).convert("RGB") for n in range(count))

    result = ATTACKS.get("mosaic_multiframe").run(Target(image=frames[0], box=box, frames=frames), Budget(), 1)

    assert (result.outcome, result.why) == (Outcome.NOT_APPLICABLE, why)


def test_noise_and_frames_of_other_sizes_are_no_mosaic() -> None:
    """Nothing is registered, and nothing raises."""
    noise = Image.effect_noise((64, 48), 60).convert("RGB")
    frames = (noise, Image.new("RGB", (10, 10)), Image.effect_noise((64, 48), 50).convert("RGB"))

    result = ATTACKS.get("mosaic_multiframe").run(
        Target(image=noise, box=Box(8, 8, 40, 30), frames=frames), Budget(), 1
    )

    assert (result.outcome, result.why) == (Outcome.NOT_APPLICABLE, "no_mosaic")


def test_a_spent_budget_is_said() -> None:
    """Before anything is registered."""
    attack = ATTACKS.get("mosaic_multiframe")

    result = attack.run(attack.broken_one(), Budget.of(0), 1)

    assert (result.outcome, result.why) == (Outcome.INCONCLUSIVE, "R-BUDGET-CUT")
