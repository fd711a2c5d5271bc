"""A201: a blurred line is read by fitting text to it, glyph by glyph, through the blur."""

from __future__ import annotations

import time

import numpy as np
from PIL import Image

from indelible.attacks.blur_answer import EXPLAINED, TextReading
from indelible.attacks.blur_kernels import PILLOW, Kernel
from indelible.attacks.blur_target import drawn_text, ink_of_target, plain_font, why_not_blurred
from indelible.attacks.blur_text import read_line
from indelible.attacks.methods import Budget, Target, attack
from indelible.model import Kind, Outcome, Reason
from indelible.model.attack import AttackResult, Estimate, Guess

NAME, RULE = "deblur_discrete", "A201"
_SURE, _SHORTEST = 0.5, 3
_TALLEST_PX, _WIDEST_PX = 400, 2_000


def _applies(target: Target) -> str | None:
    if target.kind in (Kind.FACE, Kind.PERSON, Kind.SIGNATURE):
        return "not_text"
    why = why_not_blurred(target)
    if why is None and target.box is not None and (target.box.height > _TALLEST_PX or target.box.width > _WIDEST_PX):
        return "too_large"
    return why


def _broken_one() -> Target:
    """Eight digits of fixed pitch, sigma half an x-height."""
    rng = np.random.default_rng(201)
    text = "".join(rng.choice(list("0123456789"), 8))
    return Target(image=drawn_text(text, plain_font(), 24, Kernel(family=PILLOW, width=6.5), margin=16), kind=Kind.TEXT)


def _held_one() -> Target:
    """A soft background without a letter."""
    rng = np.random.default_rng(202)
    coarse = Image.fromarray(rng.integers(60, 200, (3, 4), dtype=np.uint8))
    return Target(image=coarse.resize((64, 40), Image.Resampling.BICUBIC), kind=Kind.TEXT)


@attack(
    NAME,
    rule=RULE,
    breaks="blurred text: kernel, font and size are estimated and the line is decoded",
    applies=_applies,
    broken_one=_broken_one,
    held_one=_held_one,
    order=40,
)
def deblur_discrete(target: Target, budget: Budget, seed: int) -> AttackResult:
    """Read one blurred line; broken where the re-render explains the pixels and one reading holds most of the weight.

    It never says ``held``: at widths where nothing is read, size and width of the blur cannot be told apart from the region alone, and
    planted lines would be planted at the wrong ratio of the two.
    """
    started = time.monotonic()
    why = _applies(target)
    if why is not None:
        return _result(target, Outcome.NOT_APPLICABLE, why, seed, started)
    try:
        ink = ink_of_target(target)
        if ink is None:
            return _result(target, Outcome.NOT_APPLICABLE, "flat", seed, started)
        edges = ("clamp", "reflect", "reflect_101", "open")
        reading = read_line(ink, edges=edges, effort=budget.effort, seed=seed, spent=lambda: budget.spent)
    except (ValueError, ArithmeticError, np.linalg.LinAlgError, OSError, MemoryError):
        return _result(target, Outcome.INCONCLUSIVE, Reason.TOOL_ERROR.value, seed, started)
    return judged(target, reading, seed, started)


def judged(target: Target, reading: TextReading, seed: int, started: float) -> AttackResult:
    """What a reading comes to."""
    guesses = tuple(Guess(text=text, posterior=round(weight, 4)) for text, weight in reading.readings[:10])
    estimated: dict[str, Estimate] = {}
    if reading.kernel is not None:
        estimated |= {"family": reading.kernel.family, "sigma": round(float(reading.kernel.sigma), 3)}
        estimated |= {"radius": round(float(reading.kernel.width), 3), "edge": reading.kernel.edge}
    if reading.attempt is not None and reading.fit < EXPLAINED:
        estimated |= {"font": reading.attempt.hypothesis.font.name, "size": reading.attempt.hypothesis.size}
    sure = bool(guesses) and guesses[0].posterior >= _SURE and reading.fit < EXPLAINED
    if sure and sum(not char.isspace() for char in guesses[0].text) >= _SHORTEST:
        outcome, why = Outcome.BROKEN, None
    else:
        outcome = Outcome.INCONCLUSIVE
        why = Reason.BUDGET_CUT.value if reading.cut else Reason.COVERAGE_GAP.value
        guesses = guesses if not guesses or reading.fit < 3 * EXPLAINED else ()
    return AttackResult(
        attack=NAME, rule=RULE, outcome=outcome, box=target.box, why=why, guesses=guesses, estimated=estimated,
        fit=round(reading.fit, 3) if np.isfinite(reading.fit) else None, trials=reading.trials, seed=seed,
        seconds=time.monotonic() - started,
    )  # fmt: skip


def _result(target: Target, outcome: Outcome, why: str, seed: int, started: float) -> AttackResult:
    return AttackResult(
        attack=NAME, rule=RULE, outcome=outcome, box=target.box, why=why, seed=seed, seconds=time.monotonic() - started
    )
