"""A301: a marker that looks black lets a little through. Stretched to full contrast, layer by layer, it can be read.

A region falls if something is read in it, or if it holds structure that a solid fill coded like the file would not hold. A region of one
value holds nothing: held. Variation without structure is neither.
"""

from __future__ import annotations

import time

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from indelible.attacks.blur_target import why_not_blurred
from indelible.attacks.cover_layers import recovered
from indelible.attacks.cover_region import is_cover
from indelible.attacks.cover_residue import (
    COVERED_SPAN,
    planes,
    residue_of,
    residue_of_shown,
    span,
    trimmed,
)
from indelible.attacks.grid import estimate_grid
from indelible.attacks.methods import Budget, Target, attack
from indelible.attacks.recovered_text import characters, read
from indelible.errors import ModelMissing
from indelible.model import Box, Outcome, Reason
from indelible.model.attack import AttackResult, Guess

_CONTROL_BOX = Box(20, 16, 220, 40)
#: Contrast in levels below which a layer is empty, in a JPEG and in a lossless file.
#: The reader's score from which the other polarity is not tried.
_SURE = 0.85
_SMALLEST = {True: 3.0, False: 0.5}


def _control(opacity: float) -> Target:
    """A line of text under a black marker."""
    image = Image.new("RGB", (260, 72), "white")
    ImageDraw.Draw(image).text((28, 20), "Ref 40 17 93", fill="black", font=ImageFont.load_default(size=28))
    covered = Image.blend(image, Image.new("RGB", image.size, "black"), opacity)
    image.paste(covered.crop(_CONTROL_BOX.corners), _CONTROL_BOX.corners)
    return Target(image=image, box=_CONTROL_BOX)


def _broken_one() -> Target:
    return _control(0.98)


def _held_one() -> Target:
    return _control(1.0)


def _applies(target: Target) -> str | None:
    box = target.box
    if box is None:
        return "no_region"
    if not box.inside(*target.image.size) or min(box.width, box.height) < 4:
        return "too_small"
    pixels = np.asarray(target.image.convert("RGB"))
    box = trimmed(pixels, box)
    region = pixels[box.y : box.bottom, box.x : box.right]
    grid = estimate_grid(region) if region.min() != region.max() else None
    if grid is not None and min(grid.across.edges, grid.down.edges) >= 2:
        return "mosaic"
    if span(region) <= COVERED_SPAN:
        return None
    if why_not_blurred(target) is None:
        return "blurred"  # a blur lets structure through everywhere, as a thin cover does; it is not one
    return None if is_cover(target.image, box) else "not_a_cover"


@attack(
    "cover_stretch",
    rule="A301",
    breaks="what a translucent or multiplied marker, or a fill that is not quite one colour, lets through",
    applies=_applies,
    broken_one=_broken_one,
    held_one=_held_one,
    order=10,
)
def cover_stretch(target: Target, budget: Budget, seed: int) -> AttackResult:
    """Stretch every plane of the region that varies, layer by layer, and read it."""
    started = time.monotonic()
    why = _applies(target)
    if why is not None or target.box is None:
        return _result(Outcome.NOT_APPLICABLE, target, why, started, seed)
    lossy = target.jpeg is not None
    box = trimmed(np.asarray(target.image.convert("RGB")), target.box)
    boxes = sorted({box, target.box}) if lossy else [box]
    trials, levels, score, cut, missing, left, certain = 0, 0.0, 0.0, False, False, False, False
    guesses: tuple[Guess, ...] = ()
    for name, plane in planes(target):
        region = plane[box.y : box.bottom, box.x : box.right]
        coded = lossy and name == "shown"
        residue = residue_of_shown(target, *boxes) if name == "shown" else residue_of(region)
        levels, score = max(levels, residue.levels), max(score, residue.z)
        left |= residue.levels > residue.allowed
        if not residue.significant:
            continue
        certain |= not coded
        for view in recovered(region, smallest=_SMALLEST[coded]):
            if budget.spent:
                cut = True
                break
            trials += 1
            try:
                found = read(view)
            except ModelMissing:
                missing = True
                break
            if characters(found) > characters(guesses):
                guesses = found
            if any(guess.posterior >= _SURE for guess in guesses):
                break
    numbers: dict[str, float] = {"residue_levels": round(levels, 3), "structure_z": round(score, 1)}
    outcome, reason = Outcome.HELD, None
    if guesses or certain:
        outcome = Outcome.BROKEN
    elif cut:
        outcome, reason = Outcome.INCONCLUSIVE, Reason.BUDGET_CUT.value
    elif missing:
        outcome, reason = Outcome.INCONCLUSIVE, Reason.MODEL_MISSING.value
    elif left:
        outcome, reason = Outcome.INCONCLUSIVE, Reason.PIXEL_RESIDUE.value
    return _result(outcome, target, reason, started, seed, trials=trials, guesses=guesses, numbers=numbers)


def _result(
    outcome: Outcome,
    target: Target,
    why: str | None,
    started: float,
    seed: int,
    *,
    trials: int = 0,
    guesses: tuple[Guess, ...] = (),
    numbers: dict[str, float] | None = None,
) -> AttackResult:
    return AttackResult(
        attack="cover_stretch",
        rule="A301",
        outcome=outcome,
        box=target.box,
        why=why,
        guesses=guesses,
        estimated=numbers or {},
        trials=trials,
        seed=seed,
        seconds=time.monotonic() - started,
    )
