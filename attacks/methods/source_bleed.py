"""A302: what the source's compression has carried out of a box that was drawn on decoded pixels.

A JPEG block mixes its 64 pixels, so what lay under a tight box has left its mark beside it. Every candidate is drawn into the line, put
through the source's compression and compared with the blocks that the box crosses. A box over whole coded units and one pixel more leaves
nothing to compare.

Reference: ATTACKS.md section 9.2; Ho and Chang 2008.
"""

from __future__ import annotations

from indelible.attacks.methods import Budget, Target, attack
from indelible.attacks.ring_verdict import control, run_ring, why_not
from indelible.model.attack import AttackResult


def _broken_one() -> Target:
    return control(tight=True, quality=70)


def _held_one() -> Target:
    return control(tight=False, quality=70)


@attack(
    "source_bleed",
    rule="A302",
    breaks="text under a tight box on a picture that had been compressed with loss before",
    applies=why_not,
    broken_one=_broken_one,
    held_one=_held_one,
    order=30,
)
def source_bleed(target: Target, budget: Budget, seed: int) -> AttackResult:
    """Candidates through the source's tables and grid, against the blocks that the box crosses."""
    return run_ring(target, budget, seed, attack="source_bleed", rule="A302", bleed=True)
