"""A202: any blur is undone without a model of the content; a reader reads what comes back, and planted pictures say how much does."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from PIL import Image

from indelible.attacks.blur_exact import GAIN_DB, gain_db, planted
from indelible.attacks.blur_identify import Identified, identify_text, identify_texture, resolved
from indelible.attacks.blur_ink import ROUNDING, codec_noise
from indelible.attacks.blur_kernels import PILLOW, Kernel
from indelible.attacks.blur_restore import reconstructions, resolved_frequency
from indelible.attacks.blur_target import drawn_text, ink_of_target, plain_font, quality_of, region_of, why_not_blurred
from indelible.attacks.methods import Budget, Target, attack
from indelible.attacks.scoring import lower_bound, upper_bound
from indelible.errors import ModelMissing
from indelible.model import Kind, Outcome, Reason
from indelible.model.attack import AttackResult, Estimate, Guess

#: A narrower kernel is no redaction: every camera softens as much.
_SHARP_PX = 1.0
NAME, RULE = "deblur_continuous", "A202"
_TRIALS, _LONGEST_PX = 12, 320
_SURE_SCORE, _SHORTEST = 0.8, 4
#: A recogniser reads ringing as letters now and then, and leaves spaces out; its reading is never as good as one that is re-rendered.
_MOST_SURE = 0.85
#: Of what the estimated blur should let through, the share that must be seen in the spectrum; and nats of its margin.
_SEEN, _MARGIN = 0.8, 20.0
#: What must come back: cycles per x-height for text, cycles per face.
_TEXT_CYCLES, _FACE_CYCLES = 1 / 0.6, 8.0


def _broken_one() -> Target:
    return Target(
        image=drawn_text("Reading 4821", plain_font("Sans"), 26, Kernel(family=PILLOW, width=3.5), margin=12),
        kind=Kind.TEXT,
    )


def _held_one() -> Target:
    rng = np.random.default_rng(204)
    coarse = Image.fromarray(rng.integers(60, 200, (3, 4), dtype=np.uint8))
    return Target(image=coarse.resize((96, 72), Image.Resampling.BICUBIC))


@attack(
    NAME,
    rule=RULE,
    breaks="any blur: Wiener, Richardson-Lucy and total variation, the best of them read by a recogniser",
    applies=why_not_blurred,
    broken_one=_broken_one,
    held_one=_held_one,
    order=60,
)
def deblur_continuous(target: Target, budget: Budget, seed: int) -> AttackResult:
    """Broken where a reader reads what it could not before, or where what the content needs comes back."""
    started = time.monotonic()
    blank = AttackResult(attack=NAME, rule=RULE, outcome=Outcome.NOT_APPLICABLE, box=target.box, seed=seed)
    why, pixels = why_not_blurred(target), region_of(target)
    if why is not None or pixels is None:
        return replace(blank, why=why or "too_small", seconds=time.monotonic() - started)
    try:
        result = _attacked(target, pixels, budget, seed, blank)
    except ModelMissing:
        result = replace(blank, outcome=Outcome.INCONCLUSIVE, why=Reason.MODEL_MISSING.value)
    except (ValueError, ArithmeticError, np.linalg.LinAlgError, MemoryError, OSError):
        result = replace(blank, outcome=Outcome.INCONCLUSIVE, why=Reason.TOOL_ERROR.value)
    return replace(result, seconds=time.monotonic() - started)


def _attacked(target: Target, pixels: np.ndarray, budget: Budget, seed: int, blank: AttackResult) -> AttackResult:
    grey = pixels.astype(np.float64)
    grey = grey if grey.ndim == 2 else grey @ np.array([0.299, 0.587, 0.114])
    quality = quality_of(target)
    noise = ROUNDING if quality is None else max(ROUNDING, codec_noise(quality))
    found, text_like = _kernel(target, grey, noise, budget)
    cut = replace(blank, outcome=Outcome.INCONCLUSIVE, why=Reason.BUDGET_CUT.value)
    if found is None:
        return cut if budget.spent else replace(cut, why=Reason.COVERAGE_GAP.value)
    kernel = found.kernel
    if kernel.sigma < _SHARP_PX:
        return replace(blank, why="not_blurred")
    signal = max(float(np.var(grey)), noise**2)
    reach = resolved_frequency(kernel.sigma, min(1e5, signal * grey.size / max(noise**2, 1e-9) / 60))
    estimated: dict[str, Estimate] = {
        "family": kernel.family,
        "sigma": round(float(kernel.sigma), 3),
        "radius": round(float(kernel.width), 3),
        "resolved": round(reach, 4),
    }
    base = replace(blank, estimated=estimated)
    guesses, trials = _read(target, grey, kernel, noise, budget)
    base = replace(base, guesses=guesses, trials=trials)
    if guesses and guesses[0].posterior >= 0.5:
        return replace(base, outcome=Outcome.BROKEN)
    if budget.spent:
        return replace(base, outcome=Outcome.INCONCLUSIVE, why=Reason.BUDGET_CUT.value)
    gained, planted_trials = _calibrated(kernel, grey.shape, noise, budget, seed)
    low, high = lower_bound(gained, planted_trials), upper_bound(gained, planted_trials)
    base = replace(
        base, trials=trials + planted_trials, success=gained / max(1, planted_trials), interval=(low, high), baseline=0.0,
        control=0.0,
    )  # fmt: skip
    needed = None
    if target.kind is Kind.FACE:
        needed = _FACE_CYCLES / min(grey.shape)
    elif text_like and found.hypothesis is not None and target.kind in (Kind.TEXT, Kind.PLATE, Kind.CODE):
        needed = _TEXT_CYCLES / (0.53 * found.hypothesis.size)
    # A kernel that is taken for narrower than it is would let through more than is there.
    seen = resolved(grey, 1.5 * noise) > _SEEN * min(reach, 0.5)
    if seen and (low > 0.5 or (needed is not None and reach > needed and found.margin > _MARGIN)):
        return replace(base, outcome=Outcome.BROKEN)
    return replace(
        base, outcome=Outcome.INCONCLUSIVE, why=(Reason.BUDGET_CUT if budget.spent else Reason.COVERAGE_GAP).value
    )


def _kernel(target: Target, grey: np.ndarray, noise: float, budget: Budget) -> tuple[Identified | None, bool]:
    """The blur, and whether text explained it."""
    if target.kind in (Kind.TEXT, Kind.PLATE, Kind.CODE) and grey.shape[0] <= _LONGEST_PX and grey.size <= 200_000:
        ink = ink_of_target(target)
        found = None if ink is None else identify_text(ink.ink, ink.noise, spent=lambda: budget.spent)
        if found is not None:
            return found, True
    part = grey[:_LONGEST_PX, :_LONGEST_PX]
    return identify_texture(part, noise), False


def _read(
    target: Target, grey: np.ndarray, kernel: Kernel, noise: float, budget: Budget
) -> tuple[tuple[Guess, ...], int]:
    """What the reader reads in the reconstructions and not in the blurred picture; a text counts if two of them agree."""
    if target.kind in (Kind.FACE, Kind.PERSON) or grey.size > 400_000:
        return (), 0
    before = {line for line, score in _lines(grey) if score >= 0.5}
    seen: list[list[tuple[str, float]]] = []
    trials = 0
    for sharper in (kernel,):
        for number, (_, picture) in enumerate(reconstructions(grey, sharper, noise)):
            if budget.spent:
                break
            if number not in (0, 1, 2, 5):
                continue
            trials += 1
            seen.append(_lines(picture))
    # A line counts for every reconstruction that shows its letters, however they were cut into lines.
    shown = ["".join(_letters(line) for line, _ in lines) for lines in seen]
    votes: dict[str, list[float]] = {}
    for line, score in (item for lines in seen for item in lines):
        votes.setdefault(line, []).append(score)
    for line, scores in votes.items():
        support = sum(_letters(line) in text for text in shown) if _letters(line) else 0
        scores += [min(scores)] * max(0, support - len(scores))
    ranked = sorted(votes.items(), key=lambda item: (-len(item[1]), -max(item[1]), item[0]))
    guesses = []
    for line, scores in ranked[:5]:
        sure = len(scores) >= 2 and max(scores) >= _SURE_SCORE and line not in before
        letters = sum(char.isalnum() for char in line)
        # A reader's score is no posterior: half of it where two reconstructions agree, less otherwise.
        weight = 0.5 + 0.4 * min(1.0, len(scores) / 6) if sure and letters >= _SHORTEST else 0.3 * max(scores)
        guesses.append(Guess(text=line, posterior=round(min(_MOST_SURE, weight), 3)))
    return tuple(sorted(guesses, key=lambda guess: -guess.posterior)), trials


def _letters(line: str) -> str:
    return "".join(char for char in line if char.isalnum())


def _lines(grey: np.ndarray) -> list[tuple[str, float]]:
    from indelible.detect.reader import read_lines

    low, high = np.quantile(grey, (0.005, 0.995))
    picture = np.clip((grey - low) / max(high - low, 8.0) * 255, 0, 255).astype(np.uint8)
    picture = np.pad(picture, 12, mode="edge")
    return [
        (line.text.strip(), line.score)
        for line in read_lines(Image.fromarray(picture).convert("RGB"))
        if line.text.strip()
    ]


def _calibrated(kernel: Kernel, shape: tuple[int, ...], noise: float, budget: Budget, seed: int) -> tuple[int, int]:
    """In how many planted pictures the best reconstruction gains `GAIN_DB`, and how many there were."""
    height, width = min(shape[0], 160), min(shape[1], 160)
    gained = trials = 0
    for trial in range(max(6, round(_TRIALS * budget.effort))):
        if budget.spent:
            break
        clear, blurred = planted(kernel, height, width, seed * 1000 + trial)
        best = -np.inf
        for number, (_, picture) in enumerate(reconstructions(blurred.astype(np.float64), kernel, noise)):
            best = max(best, gain_db(clear, blurred, picture))
            if best >= GAIN_DB or number >= 7:
                break
        gained += best >= GAIN_DB
        trials += 1
    return gained, trials
