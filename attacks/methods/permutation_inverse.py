"""A212: shuffled tiles put back. Every pixel is still there, so the borders of the tiles tell where each belongs.

Reference: ATTACKS.md section 8.4. A shuffle is broken by construction; what the search adds is the proof.
"""

from __future__ import annotations

import time

import numpy as np
from PIL import Image

from indelible.attacks.face_drawn import draw_face
from indelible.attacks.methods import Budget, Target, attack
from indelible.attacks.tile_grid import Jigsaw, find_tiles, placed, solve
from indelible.model import Box
from indelible.model.attack import AttackResult, Estimate
from indelible.model.vocabulary import Outcome, Reason

_SMALLEST_PX, _LARGEST_PX = 24, 4_096


def reconstruct(image: Image.Image, box: Box) -> Image.Image | None:
    """The region with its tiles in order, or None. It shows what somebody meant to hide: it goes to the caller and nowhere else."""
    pixels = _region(Target(image=image, box=box))
    tiles = None if pixels is None else find_tiles(pixels)
    if pixels is None or tiles is None:
        return None
    jigsaw = solve(pixels, *tiles, lambda: False)
    return Image.fromarray(placed(pixels, jigsaw)) if jigsaw is not None and jigsaw.solved else None


def _region(target: Target) -> np.ndarray | None:
    if target.box is None:
        return None
    right, bottom = min(target.box.right, target.image.width), min(target.box.bottom, target.image.height)
    if not (
        _SMALLEST_PX <= right - target.box.x <= _LARGEST_PX and _SMALLEST_PX <= bottom - target.box.y <= _LARGEST_PX
    ):
        return None
    return np.asarray(target.image.crop((target.box.x, target.box.y, right, bottom)))


def _applies(target: Target) -> str | None:
    if target.box is None:
        return "no_region"
    pixels = _region(target)
    if pixels is None:
        return "unfit_size"
    return None if find_tiles(pixels) is not None else "no_tiles"


def _target(*, shuffled: bool) -> Target:
    face = draw_face(4_712, 1, (96, 120))
    picture = np.full((160, 140, 3), 150, np.uint8)
    if shuffled:
        order = np.random.default_rng(3).permutation(20)
        face = placed(face, Jigsaw(rows=5, columns=4, order=tuple(int(n) for n in order), before=1.0, after=1.0))
    picture[20:140, 20:116] = face
    return Target(image=Image.fromarray(picture), box=Box(20, 20, 96, 120))


@attack(
    "permutation_inverse",
    rule="A212",
    breaks="a region whose tiles were shuffled: they are put back in order",
    applies=_applies,
    broken_one=lambda: _target(shuffled=True),
    held_one=lambda: _target(shuffled=False),
    order=56,
)
def run(target: Target, budget: Budget, seed: int) -> AttackResult:
    """Find the tiles, order them; broken if the borders then fit twice as well."""
    began = time.monotonic()

    def result(outcome: Outcome, why: str | None, jigsaw: Jigsaw | None = None) -> AttackResult:
        estimated: dict[str, Estimate] = {}
        if jigsaw is not None:
            estimated = {"rows": jigsaw.rows, "columns": jigsaw.columns}
        return AttackResult(
            attack="permutation_inverse",
            rule="A212",
            outcome=outcome,
            box=target.box,
            why=why,
            estimated=estimated,
            fit=None if jigsaw is None else round(jigsaw.after / max(jigsaw.before, 1e-9), 4),
            trials=0 if jigsaw is None else jigsaw.rows * jigsaw.columns,
            seed=seed,
            seconds=time.monotonic() - began,
        )

    pixels = _region(target)
    tiles = None if pixels is None else find_tiles(pixels)
    if pixels is None or tiles is None:
        return result(Outcome.NOT_APPLICABLE, _applies(target) or "no_tiles")
    jigsaw = solve(pixels, *tiles, lambda: budget.spent)
    if jigsaw is None:
        return result(Outcome.INCONCLUSIVE, Reason.BUDGET_CUT.value)
    if jigsaw.solved:
        return result(Outcome.BROKEN, None, jigsaw)
    return result(Outcome.INCONCLUSIVE, Reason.COVERAGE_GAP.value, jigsaw)
