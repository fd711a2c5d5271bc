"""A303: a tight box is as wide as what it covers, and in proportional type that says which of a list it may be.

Face and size come from the words beside the box. Where the line goes on behind it, the gap between the words measures the hidden text to less
than a pixel, whatever the box's padding; else the box's own width does, less a padding that its left edge shows. A box on
our own grid says only how many of its steps the text needs.

Reference: ATTACKS.md section 9.3; Bland, Iyer, Levchenko 2022 (glyph positions in redacted documents).
"""

from __future__ import annotations

import time
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from indelible.attacks.line_font import fit_line
from indelible.attacks.methods import Budget, Target, attack
from indelible.attacks.ring_verdict import why_not
from indelible.attacks.surnames import surnames
from indelible.attacks.width_match import matching
from indelible.errors import ModelMissing
from indelible.model import Box, Kind, Outcome, Reason
from indelible.model.attack import AttackResult, Estimate, Guess
from indelible.model.geometry import padded_to_quantum

#: Bits above which the width of a box is a leak (L409).
LEAKED_BITS = 1.0
_GUESSES = 5


def _control(names: tuple[str, ...], *, tight: bool) -> Target:
    """A line that ends with a covered name."""
    font = ImageFont.load_default(size=26)
    image = Image.new("RGB", (480, 120), "white")
    pen = ImageDraw.Draw(image)
    lead = "Account of "
    pen.text((24, 40), lead + names[0], fill="black", font=font)
    x = 24 + pen.textlength(lead, font=font)
    left, top, right, bottom = (int(side) for side in pen.textbbox((x, 40), names[0], font=font))
    box = Box(left - 2, top - 2, right - left + 4, bottom - top + 4)
    box = box if tight else padded_to_quantum(box, *image.size)
    image.paste((0, 0, 0), box.corners)
    return Target(image=image, box=box, kind=Kind.TEXT, candidates=names)


def _broken_one() -> Target:
    return _control(("Hartley", *(name for name in surnames(200) if name != "Hartley")), tight=True)


def _held_one() -> Target:
    return _control(
        ("Hartley", "Bennett", "Collins", "Griffin", "Pearson", "Spencer", "Stevens", "Palmer"), tight=False
    )


@attack(
    "box_width",
    rule="A303",
    breaks="text under a tight box, by its width alone, given a list",
    applies=why_not,
    broken_one=_broken_one,
    held_one=_held_one,
    order=20,
)
def box_width(target: Target, budget: Budget, seed: int) -> AttackResult:
    """Which entries of a list are as wide as what is covered."""
    started = time.monotonic()

    def answer(outcome: Outcome, why: str | None = None, **found: Any) -> AttackResult:
        return AttackResult(
            attack="box_width", rule="A303", outcome=outcome, box=target.box, why=why, seed=seed,
            seconds=time.monotonic() - started, **found,
        )  # fmt: skip

    why = why_not(target)
    if why is not None or target.box is None:
        return answer(Outcome.NOT_APPLICABLE, why)
    if budget.spent:
        return answer(Outcome.INCONCLUSIVE, Reason.BUDGET_CUT.value)
    try:
        line = fit_line(target.image, target.box, target.others)
    except ModelMissing:
        return answer(Outcome.INCONCLUSIVE, Reason.MODEL_MISSING.value)
    if line is None:
        of_text = target.kind in (Kind.TEXT, Kind.PLATE, Kind.SIGNATURE, Kind.CUSTOM, None)
        return answer(Outcome.INCONCLUSIVE if of_text else Outcome.NOT_APPLICABLE, "no_text_line")
    names = target.candidates or surnames()
    found = matching(line, target.box, names, target.image.size)
    estimated: dict[str, Estimate] = {
        "face": line.face.name,
        "size_px": line.size,
        "measured_by": found.measured_by,
        "tolerance_px": round(found.tolerance, 2),
        "matching": len(found.numbers),
        "list": len(names),
    }
    numbers: dict[str, Any] = {"estimated": estimated, "fit": round(line.fit, 3), "trials": len(names)}
    if not found.numbers:
        return answer(Outcome.INCONCLUSIVE, "no_candidate_fits", **numbers)
    guesses = tuple(Guess(text=names[n], posterior=1 / len(found.numbers)) for n in found.numbers[:_GUESSES])
    if found.bits > LEAKED_BITS:
        return answer(Outcome.BROKEN, leaked_bits=round(found.bits, 2), guesses=guesses, **numbers)
    return answer(Outcome.HELD, leaked_bits=round(found.bits, 2), **numbers)
