"""A401: what stands behind a file's end is the end of an older, larger picture that the file has overwritten.

One restored row of 16 pixels with anything on it breaks the file; there is no threshold. A tail that restores nothing is still a finding,
but another one (L301).
"""

from __future__ import annotations

import io
import time

import numpy as np
from PIL import Image

from indelible.attacks.methods import Budget, Target, attack
from indelible.attacks.tail_restore import restore, tail_of
from indelible.model import Outcome
from indelible.model.attack import AttackResult


def _overwritten(tail: bytes) -> Target:
    """A small PNG over the beginning of something longer."""
    image = Image.new("RGB", (24, 16), "white")
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return Target(image=image, file=stream.getvalue() + tail[len(stream.getvalue()) :])


def _broken_one() -> Target:
    noisy = np.random.default_rng(401).integers(0, 8, (300, 200, 3)) + np.arange(200)[None, :, None]
    stream = io.BytesIO()
    Image.fromarray(noisy.astype(np.uint8)).save(stream, "PNG")
    return _overwritten(stream.getvalue())


def _held_one() -> Target:
    return _overwritten(np.random.default_rng(401).bytes(90_000) + b"\0\0\0\0IEND\xaeB\x60\x82")


def _applies(target: Target) -> str | None:
    if not target.file:
        return "no_file"
    tail = tail_of(target.file)
    return "other_format" if tail is None else None if tail else "no_tail"


@attack(
    "tail_restore",
    rule="A401",
    breaks="the picture that a file held before it was overwritten and not cut off",
    applies=_applies,
    broken_one=_broken_one,
    held_one=_held_one,
    order=5,
)
def tail_restore(target: Target, budget: Budget, seed: int) -> AttackResult:
    """Enter the old file's compressed data in its middle and make rows of pixels from it."""
    started = time.monotonic()
    why = _applies(target)
    found = restore(target.file) if why is None else None
    outcome = Outcome.NOT_APPLICABLE if why is not None else Outcome.HELD if found is None else Outcome.BROKEN
    if found is not None and not found.structured:
        outcome = Outcome.INCONCLUSIVE  # rows of one colour, or none that is certain
        why = "no_structure"
    return AttackResult(
        attack="tail_restore",
        rule="A401",
        outcome=outcome,
        why=why,
        estimated={} if found is None else {"format": found.format, "width": found.width, "rows": found.rows},
        trials=0 if why == "no_tail" else 8 * len(tail_of(target.file) or b""),
        seed=seed,
        seconds=time.monotonic() - started,
    )
