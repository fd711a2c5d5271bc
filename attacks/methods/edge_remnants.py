"""A304: tips of letters, shadow and fringe that stick out of a cover by a few pixels.

Every candidate is drawn into the line and compared with the 3 px round the cover. Ink that goes on beyond a tip's length belongs to a
neighbour and stands in every candidate's picture alike.

Reference: ATTACKS.md section 9.1.
"""

from __future__ import annotations

from indelible.attacks.methods import Budget, Target, attack
from indelible.attacks.ring_verdict import control, run_ring, why_not
from indelible.model.attack import AttackResult


def _broken_one() -> Target:
    return control(tight=True, quality=None, cut_px=4)


def _held_one() -> Target:
    return control(tight=True, quality=None)


@attack(
    "edge_remnants",
    rule="A304",
    breaks="text whose ascenders, descenders or fringe stick out of its cover",
    applies=why_not,
    broken_one=_broken_one,
    held_one=_held_one,
    order=25,
)
def edge_remnants(target: Target, budget: Budget, seed: int) -> AttackResult:
    """Candidates against the 3 px round the cover."""
    return run_ring(target, budget, seed, attack="edge_remnants", rule="A304", bleed=False)
