"""A203: a box blur is undone from its border, as far as rounding lets it."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from PIL import Image

from indelible.attacks.blur_exact import GAIN_DB, Inverse, dead_leaves, gain_db, planted
from indelible.attacks.blur_ink import ROUNDING
from indelible.attacks.blur_kernels import BOX, EDGES, GAUSSIAN, RESAMPLE, STACK, Kernel, apply
from indelible.attacks.blur_target import region_of, why_not_blurred
from indelible.attacks.methods import Budget, Target, attack
from indelible.attacks.scoring import lower_bound, upper_bound
from indelible.model import Outcome, Reason
from indelible.model.attack import AttackResult

NAME, RULE = "deblur_box_exact", "A203"
_TRIALS, _LONGEST_PX = 20, 240
_WIDEST = 24
#: What the restored picture, blurred again, may leave, in levels; and nats by which a box must be likelier than a Gaussian.
_FITS, _APART = 1.0, 30.0
_APART_SHARE = 0.1
#: Steps that must come back, in levels, and how much larger they are than before.
_EDGE_LEVELS, _EDGE_GAIN = 16.0, 2.5


def _applies(target: Target) -> str | None:
    why = why_not_blurred(target)
    if why is None and target.jpeg is not None:
        return "lossy"
    return why


def _broken_one() -> Target:
    clear = dead_leaves(np.random.default_rng(203), 48, 64)
    return Target(image=Image.fromarray(apply(Kernel(family=BOX, width=3), clear)))


def _held_one() -> Target:
    rng = np.random.default_rng(204)
    coarse = Image.fromarray(rng.integers(60, 200, (3, 4), dtype=np.uint8))
    return Target(image=coarse.resize((64, 48), Image.Resampling.BICUBIC))


@attack(
    NAME,
    rule=RULE,
    breaks="box and stack blur: inverted, down to the rounding",
    applies=_applies,
    broken_one=_broken_one,
    held_one=_held_one,
    order=30,
)
def deblur_box_exact(target: Target, budget: Budget, seed: int) -> AttackResult:
    """Find the radius by its zeros, undo it, and count on planted pictures what that gains."""
    started = time.monotonic()
    blank = AttackResult(attack=NAME, rule=RULE, outcome=Outcome.NOT_APPLICABLE, box=target.box, seed=seed)
    why = _applies(target)
    pixels = region_of(target)
    if why is not None or pixels is None:
        return replace(blank, why=why or "too_small", seconds=time.monotonic() - started)
    grey = pixels if pixels.ndim == 2 else pixels[..., int(np.argmax(np.ptp(pixels.reshape(-1, 3), axis=0)))]
    grey = grey[:_LONGEST_PX, :_LONGEST_PX]
    try:
        found = find_box(grey.astype(np.float64), budget)
    except (np.linalg.LinAlgError, ValueError, MemoryError):
        found = None
    if found is None:
        cut = budget.spent
        outcome = Outcome.INCONCLUSIVE if cut else Outcome.NOT_APPLICABLE
        return replace(
            blank, outcome=outcome, why=Reason.BUDGET_CUT.value if cut else "no_box", seconds=time.monotonic() - started
        )
    kernel, misfit = found
    inverse = Inverse(kernel, grey.shape[0], grey.shape[1], ROUNDING)
    if not _sharper(grey, inverse.restore(grey.astype(np.float64))):
        return replace(blank, why="no_box", seconds=time.monotonic() - started)
    gained, trials = 0, 0
    for trial in range(max(8, round(_TRIALS * budget.effort))):
        if budget.spent:
            break
        clear, blurred = planted(kernel, grey.shape[0], grey.shape[1], seed * 1000 + trial)
        gained += gain_db(clear, blurred, inverse.restore(blurred.astype(np.float64))) >= GAIN_DB
        trials += 1
    low, high = (lower_bound(gained, trials), upper_bound(gained, trials)) if trials else (0.0, 1.0)
    outcome, why = Outcome.INCONCLUSIVE, None
    if low > 0.5:
        outcome = Outcome.BROKEN
    else:
        why = Reason.BUDGET_CUT.value if budget.spent else Reason.COVERAGE_GAP.value
    return replace(
        blank, outcome=outcome, why=why, fit=round(misfit, 3), trials=trials, interval=(low, high),
        success=gained / trials if trials else None, baseline=0.0, control=0.0,
        estimated={"family": kernel.family, "radius": kernel.width, "sigma": round(kernel.sigma, 3), "edge": kernel.edge},
        seconds=time.monotonic() - started,
    )  # fmt: skip


def _sharper(blurred: np.ndarray, restored: np.ndarray) -> bool:
    """Whether edges came back: steps between neighbours that the blurred picture has not."""
    before, after = (
        max(float(np.quantile(np.abs(np.diff(picture.astype(np.float64), axis=axis)), 0.98)) for axis in (0, 1))
        for picture in (blurred, restored)
    )
    return after > _EDGE_LEVELS and after > _EDGE_GAIN * before


def find_box(grey: np.ndarray, budget: Budget) -> tuple[Kernel, float] | None:
    """The likeliest box or stack blur with what it leaves unexplained, in levels; None if another is likelier, or time ran out."""
    height, width = grey.shape
    longest = int(min(_WIDEST, min(height, width) / 3))
    kernels = [Kernel(family=BOX, width=radius, edge=edge) for radius in range(1, longest + 1) for edge in EDGES[:3]]
    kernels += [Kernel(family=STACK, width=radius) for radius in range(1, longest + 1)]
    others = [Kernel(family=GAUSSIAN, width=float(sigma)) for sigma in np.geomspace(0.5, max(1.0, longest), 16)]
    others += [
        Kernel(family=RESAMPLE, width=factor, filters=("box", enlarged))
        for factor in (2, 3, 4, 6, 8, 12, 16, 24)
        for enlarged in ("bilinear", "bicubic")
        if factor <= min(height, width) / 2
    ]
    found: list[tuple[float, int, Kernel, float]] = []
    for kernel in (*kernels, *others):
        if budget.spent:
            return None
        inverse = Inverse(kernel, height, width, ROUNDING)
        found.append((inverse.cost(grey), len(found), kernel, inverse.misfit(grey, inverse.restore(grey))))
    boxes = [item for item in found if item[2].family in (BOX, STACK)]
    best = min(boxes)
    other = min(item for item in found if item[2].family not in (BOX, STACK))
    apart = max(_APART, _APART_SHARE * grey.size)
    return (best[2], best[3]) if best[0] < other[0] - apart and best[3] < _FITS else None
