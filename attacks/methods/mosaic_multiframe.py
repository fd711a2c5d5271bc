"""A103: a mosaic that moves over its content, or content that moves under a mosaic, is solved from all frames together.

Every frame says the means over other rectangles. Registered on what is not redacted, the frames make one system of equations; its solution
is read. One unredacted frame needs no equations at all.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from indelible.attacks.methods import Budget, Target, attack
from indelible.attacks.recovered_text import characters, read
from indelible.attacks.stack_frames import MOST_FRAMES, stacked
from indelible.attacks.stack_solve import effective_rank, solved
from indelible.errors import ModelMissing
from indelible.model import Box, Kind, Outcome, Reason
from indelible.model.attack import AttackResult, Guess

#: Root mean square error of the cells, in levels, up to which the solution explains the frames.
_FITS = 4.0
#: Share of the pixels that the cells must resolve for the region to be broken without anything being read.
_RESOLVED = 0.5
_SUPERSAMPLED = 4


def clip(text: str, *, frames: int, block: int, text_px: int, seed: int, locked: bool = False) -> Target:
    """A page whose content drifts under a mosaic that stands still, by quarters of a pixel up to a block.

    ``locked``: the content stands still as well, and only something outside the region changes.
    """
    scale = _SUPERSAMPLED
    font = ImageFont.load_default(size=text_px * scale)
    pitch = 2 * text_px + 2 * block
    size = (int(font.getlength(text)) // scale + 90, 2 * pitch + 3 * text_px)
    large = Image.new("L", ((size[0] + 60) * scale, (size[1] + 60) * scale), 255)
    pen = ImageDraw.Draw(large)
    for row, line in enumerate(("Minutes of the meeting in May", text, "to be kept by the chairman")):
        pen.text((70 * scale, (30 + row * pitch) * scale), line, fill=0, font=font)
    pixels = np.asarray(large).astype(np.float32)
    height = -(-(3 * text_px // 2 + block) // block) * block
    box = Box(20, pitch + 8 - block, (size[0] - 40) // block * block, height)
    rng = np.random.default_rng(seed)
    shown = []
    for number in range(frames):
        dx, dy = (0, 0) if locked else (int(value) for value in rng.integers(0, block * scale, 2))
        x, y = 20 * scale + dx, 20 * scale + dy
        part = pixels[y : y + size[1] * scale, x : x + size[0] * scale]
        frame = np.round(part.reshape(size[1], scale, size[0], scale).mean(axis=(1, 3)))
        inside = frame[box.y : box.bottom, box.x : box.right]
        cells = inside.reshape(box.height // block, block, box.width // block, block).mean(axis=(1, 3))
        inside[:] = np.round(np.repeat(np.repeat(cells, block, 0), block, 1))
        frame[0, number % size[0]] = 200
        shown.append(Image.fromarray(frame.astype(np.uint8)).convert("RGB"))
    return Target(image=shown[0], box=box, kind=Kind.TEXT, frames=tuple(shown))


def _broken_one() -> Target:
    return clip("Room 4017", frames=24, block=8, text_px=16, seed=103)


def _held_one() -> Target:
    return clip("Room 4017", frames=6, block=8, text_px=16, seed=103, locked=True)


def _applies(target: Target) -> str | None:
    if target.box is None:
        return "no_region"
    if len(target.frames) < 2:
        return "one_frame"
    return (
        None if target.box.inside(*target.image.size) and min(target.box.width, target.box.height) >= 8 else "too_small"
    )


@attack(
    "mosaic_multiframe",
    rule="A103",
    breaks="a mosaic over content that moves under it, or that moves itself, from several frames",
    applies=_applies,
    broken_one=_broken_one,
    held_one=_held_one,
    order=60,
)
def mosaic_multiframe(target: Target, budget: Budget, seed: int) -> AttackResult:
    """Register, stack, solve, read."""
    started = time.monotonic()

    def answer(outcome: Outcome, why: str | None = None, **found: Any) -> AttackResult:
        return AttackResult(
            attack="mosaic_multiframe", rule="A103", outcome=outcome, box=target.box, why=why, seed=seed,
            seconds=time.monotonic() - started, **found,
        )  # fmt: skip

    why = _applies(target)
    if why is not None or target.box is None:
        return answer(Outcome.NOT_APPLICABLE, why)
    if budget.spent:
        return answer(Outcome.INCONCLUSIVE, Reason.BUDGET_CUT.value)
    first = next((n for n, frame in enumerate(target.frames) if frame.size == target.image.size), None)
    stack = None if first is None else stacked(target.frames[first:], target.box)
    if stack is None:
        return answer(Outcome.NOT_APPLICABLE, "no_mosaic")
    found: dict[str, Any] = {
        "estimated": {
            "frames": len(stack.views),
            "phases": stack.phases if stack.views else 0,
            "block_px": (round(stack.period[0], 2), round(stack.period[1], 2)),
            "open_frames": len(stack.open),
        },
        "trials": min(len(target.frames), MOST_FRAMES),
    }
    if stack.open:
        return answer(Outcome.BROKEN, **found)
    if len(stack.views) < 2:
        return answer(Outcome.INCONCLUSIVE, "not_registered", **found)
    if stack.phases == 1:
        return answer(Outcome.HELD, **found)
    solution = solved(stack, lambda: budget.spent)
    if solution is None or budget.spent:
        return answer(Outcome.INCONCLUSIVE, Reason.BUDGET_CUT.value if budget.spent else "not_registered", **found)
    picture, error, _ = solution
    share, gain = effective_rank(stack)
    found["estimated"] |= {
        "resolved_share": round(share, 3),
        "noise_gain": round(min(gain, 1e6), 3),
        "cell_error": round(error, 2),
    }
    found["fit"] = round(error, 3)
    if error > _FITS:
        return answer(Outcome.INCONCLUSIVE, "poor_fit", **found)
    try:
        guesses, alone = (
            _read(picture),
            _read(stack.first[target.box.y : target.box.bottom, target.box.x : target.box.right]),
        )
    except ModelMissing:
        return answer(Outcome.INCONCLUSIVE, Reason.MODEL_MISSING.value, **found)
    found["estimated"] |= {"characters": characters(guesses), "characters_of_one_frame": characters(alone)}
    if characters(guesses) > 1.2 * characters(alone) or (share > _RESOLVED and gain < 10.0):
        return answer(Outcome.BROKEN, guesses=guesses, **found)
    return answer(Outcome.INCONCLUSIVE, "not_read", **found)


def _read(picture: np.ndarray) -> tuple[Guess, ...]:
    """Text in a picture of grey levels, whichever is the ground."""
    low, high = np.percentile(picture, (1, 99))
    stretched = np.clip((picture - low) / max(high - low, 1.0), 0, 1) * 255
    return read((stretched if np.median(stretched) >= 128 else 255 - stretched).astype(np.uint8))
