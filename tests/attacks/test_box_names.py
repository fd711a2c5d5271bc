"""A name is found from what a box that is too tight leaves outside it, and from how wide it is; not from a box that is large enough."""

import numpy as np
import pytest
from PIL import Image

from indelible.attacks.line_font import fit_line
from indelible.attacks.methods import ATTACKS, Budget, Target
from indelible.attacks.recompress import Coding, estimated_codings, recoded
from indelible.attacks.ring_verdict import control
from indelible.attacks.surnames import surnames
from indelible.model import Box, Kind, Outcome


@pytest.mark.parametrize("name", ["source_bleed", "edge_remnants", "box_width"])
@pytest.mark.claim("T-ATK-DICT")
def test_each_attack_breaks_its_own_example_and_holds_the_other(name: str) -> None:
    """The controls of A302, A303 and A304; what is read is the name that was hidden."""
    attack = ATTACKS.get(name)

    broken, held = (attack.run(made(), Budget(), 1) for made in (attack.broken_one, attack.held_one))

    assert (broken.outcome, held.outcome) == (Outcome.BROKEN, Outcome.HELD)
    assert held.guesses == ()
    if name != "box_width":
        assert broken.guesses[0].text == "Hartley"
    assert (broken.leaked_bits or 0) > 1


def test_a_lossless_source_does_not_bleed() -> None:
    """The same tight box on a picture that was never compressed with loss."""
    result = ATTACKS.get("source_bleed").run(control(tight=True, quality=None), Budget(), 1)

    assert (result.outcome, result.why) == (Outcome.NOT_APPLICABLE, "lossless_source")


def test_the_wrong_list_is_no_answer() -> None:
    """Something is seen that no candidate explains: not known, and no name is given."""
    target = control(tight=True, quality=70)
    others = tuple(name for name in target.candidates if name != "Hartley")

    result = ATTACKS.get("source_bleed").run(
        Target(image=target.image, box=target.box, kind=Kind.TEXT, candidates=others), Budget(), 1
    )

    assert result.outcome is Outcome.INCONCLUSIVE
    assert result.guesses == ()


def test_face_and_size_are_found_beside_the_box() -> None:
    """From the words that are left of the line."""
    target = control(tight=True, quality=70)

    assert target.box is not None
    line = fit_line(target.image, target.box)

    assert line is not None
    assert (line.size, line.before is not None, line.after is not None) == (26.0, True, True)


@pytest.mark.parametrize("quality", [60, 75, 90, None])
def test_the_quality_of_a_source_is_found_in_its_pixels(quality: int | None) -> None:
    """And a picture that was never compressed has none."""
    rng = np.random.default_rng(5)
    coarse = Image.fromarray(rng.integers(0, 256, (20, 20, 3), dtype=np.uint8)).resize(
        (160, 160), Image.Resampling.BICUBIC
    )
    pixels = np.clip(np.asarray(coarse).astype(np.int16) + rng.integers(-8, 9, (160, 160, 3)), 0, 255).astype(np.uint8)
    shown = pixels if quality is None else recoded(pixels, Coding(quality=quality, sampling="4:2:0"))

    found = estimated_codings(shown, np.ones((160, 160), bool))

    assert [coding.quality for coding in found[:1]] == ([] if quality is None else [quality])


@pytest.mark.parametrize("name", ["source_bleed", "edge_remnants", "box_width"])
def test_hostile_regions_do_not_raise(name: str) -> None:
    """One pixel, over the border, noise, a picture that is all region, no text anywhere, no time."""
    attack = ATTACKS.get(name)
    noise = Image.effect_noise((64, 48), 60).convert("RGB")
    black = Image.new("RGB", (64, 48))

    outcomes = [
        attack.run(Target(image=image, box=box, kind=Kind.FACE), Budget(), 1).outcome
        for image, box in (
            (noise, None),
            (noise, Box(3, 3, 1, 1)),
            (noise, Box(40, 0, 99, 20)),
            (noise, Box(8, 8, 30, 30)),
            (black, Box(0, 0, 64, 48)),
            (black, Box(8, 8, 30, 12)),
        )
    ]
    late = attack.run(control(tight=True, quality=70), Budget.of(0), 1)

    assert outcomes == [Outcome.NOT_APPLICABLE] * 6
    assert (late.outcome, late.why) == (Outcome.INCONCLUSIVE, "R-BUDGET-CUT")


def test_the_list_of_names_is_the_same_everywhere() -> None:
    """A thousand different ones, in a fixed order."""
    assert len(set(surnames())) == 1000
    assert surnames(10) == surnames(10)
