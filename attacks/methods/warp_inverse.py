"""A211: a swirl undone. It moves pixels and destroys none: whoever finds its centre, radius and angle has the picture back.

Reference: ATTACKS.md section 8.4. A swirl is always broken by construction; what the search adds is the proof.
"""

from __future__ import annotations

import time

import numpy as np
from PIL import Image, ImageDraw

from indelible.attacks.face_drawn import draw_face
from indelible.attacks.face_filter import estimate_filter
from indelible.attacks.methods import Budget, Target, attack
from indelible.attacks.warp_model import Warp, forward, restore
from indelible.attacks.warp_region import SwirledArea, find_warps, swirl_at
from indelible.model import Box
from indelible.model.attack import AttackResult, Estimate
from indelible.model.vocabulary import Outcome, Reason

_SMALLEST_PX = 32


def reconstruct(image: Image.Image, box: Box | None = None) -> tuple[Image.Image, Warp] | None:
    """The picture with its swirl undone, and the swirl; None where none is found beyond doubt.

    What comes back shows what somebody meant to hide: it goes to the caller and nowhere else.
    """
    area = _area(image, box, Budget())
    if area is None or not area.accepted:
        return None
    return Image.fromarray(restore(np.asarray(image), area.warp)), area.warp


def _area(image: Image.Image, box: Box | None, budget: Budget) -> SwirledArea | None:
    if box is None:
        found = find_warps(image, lambda: budget.spent)
        return max(found, key=lambda area: area.gain) if found else None
    right, bottom = min(box.right, image.width), min(box.bottom, image.height)
    radius = 0.5 * max(right - box.x, bottom - box.y)
    return swirl_at(np.asarray(image), (box.x + right) / 2, (box.y + bottom) / 2, radius, lambda: budget.spent)


def _applies(target: Target) -> str | None:
    """Flat regions and mosaics are of another kind."""
    box = target.box
    if box is None:
        return None if min(target.image.size) >= _SMALLEST_PX else "too_small"
    right, bottom = min(box.right, target.image.width), min(box.bottom, target.image.height)
    if min(right - box.x, bottom - box.y) < _SMALLEST_PX:
        return "too_small"
    part = target.image.crop((box.x, box.y, right, bottom))
    return (
        None if estimate_filter(np.asarray(part.reduce(-(-max(part.size) // 512)))).kind == "blur" else "other_method"
    )


def _face() -> Target:
    """A drawn face in a plain room, swirled."""
    picture = np.repeat(np.linspace(120, 170, 260).astype(np.uint8)[:, None, None], 220, axis=1).repeat(3, axis=2)
    picture[10:250, 14:206] = draw_face(4_711, 1, (192, 240))
    warp = Warp(kind="swirl", family="linear", amount=3.2, radius=95.0, x=108.0, y=125.0)
    return Target(image=Image.fromarray(forward(picture, warp)), box=Box(13, 30, 190, 190))


def _round() -> Target:
    """A wheel: rings and spokes."""
    image = Image.new("RGB", (220, 220), (224, 220, 210))
    pen = ImageDraw.Draw(image)
    for number, radius in enumerate((100, 80, 60, 40, 20)):
        pen.ellipse(
            (110 - radius, 110 - radius, 110 + radius, 110 + radius), fill=((40, 90, 150), (200, 170, 60))[number % 2]
        )
    for angle in np.arange(12) * np.pi / 6 + 0.1:
        pen.line((110, 110, 110 + 95 * np.cos(angle), 110 + 95 * np.sin(angle)), fill=(20, 20, 20), width=2)
    return Target(image=image, box=Box(10, 10, 200, 200))


@attack(
    "warp_inverse",
    rule="A211",
    breaks="a swirled face or text: the swirl is undone",
    applies=_applies,
    broken_one=_face,
    held_one=_round,
    order=55,
)
def run(target: Target, budget: Budget, seed: int) -> AttackResult:
    """Search a swirl near the region, or anywhere. Broken if one is found; a suspicion alone is inconclusive."""
    began = time.monotonic()

    def result(outcome: Outcome, why: str | None, area: SwirledArea | None = None) -> AttackResult:
        estimated: dict[str, Estimate] = {}
        if area is not None and outcome is Outcome.BROKEN:
            warp = area.warp
            estimated = {
                "family": warp.family,
                "centre": (round(warp.x, 1), round(warp.y, 1)),
                "radius": round(warp.radius, 1),
                "angle_degrees": round(float(np.degrees(warp.amount)), 1),
            }
        return AttackResult(
            attack="warp_inverse",
            rule="A211",
            outcome=outcome,
            box=target.box,
            why=why,
            estimated=estimated,
            fit=None if area is None else round(area.left, 4),
            trials=1,
            seed=seed,
            seconds=time.monotonic() - began,
        )

    missing = _applies(target)
    if missing is not None:
        return result(Outcome.NOT_APPLICABLE, missing)
    area = _area(target.image, target.box, budget)
    if area is None:
        cut = budget.spent
        return (
            result(Outcome.INCONCLUSIVE, Reason.BUDGET_CUT.value) if cut else result(Outcome.NOT_APPLICABLE, "no_warp")
        )
    if area.accepted:
        return result(Outcome.BROKEN, None, area)
    if area.suspect:
        return result(Outcome.INCONCLUSIVE, Reason.COVERAGE_GAP.value, area)
    return result(Outcome.NOT_APPLICABLE, "no_warp", area)
