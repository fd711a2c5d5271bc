"""From candidates compared with a ring to the outcome of an attack: what counts as read, as held, and as not known.

- nothing that candidates could change is outside the cover, or what is seen there is explained by an empty place: held;
- the best candidate explains what is seen, and is told apart from the others: broken;
- where the line goes on behind the region, of candidates with like rings the one counts that leads up to the next word;
- something is seen that no candidate explains: not known. A wrong face, a name that is on no list, and a strong cover look alike.
"""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from indelible.attacks.cover_residue import COVERED_SPAN, span
from indelible.attacks.line_font import LineFit, fit_line
from indelible.attacks.methods import Budget, Target
from indelible.attacks.recompress import Coding, coding_of_file, estimated_codings
from indelible.attacks.ring_match import EXPLAINED, GAP_PX, RING_PX, Match, Ring, classes, fitting, matched, ring_of
from indelible.attacks.scoring import lower_bound, upper_bound
from indelible.attacks.surnames import surnames
from indelible.errors import ModelMissing
from indelible.model import Box, Kind, Outcome, Reason
from indelible.model.attack import AttackResult, Estimate, Guess

#: Mean square error per value, in squared levels, up to which an empty place explains what is seen.
_NOTHING = 0.02
#: Levels by which two predictions may differ in one value and still be the same.
_ROUNDING = 1.0
_SURE = 0.5
#: Share of the posterior below which the place of the words behind a region is taken for something else than the text's width.
_FEW = 0.05
#: Candidates with like rings, up to which the words behind the region are drawn for each of them.
_FEW_ALIKE = 60
_LEAKED_BITS = 1.0
_TRIALS = 60
_GUESSES = 5
_TEXT = frozenset({Kind.TEXT, Kind.PLATE, Kind.SIGNATURE, Kind.CUSTOM, None})
_JUDGED_PX = 256
_CONTROL_NAMES = 60


def why_not(target: Target) -> str | None:
    """Why candidates cannot be compared round this region, in a closed word, or None."""
    box = target.box
    if box is None:
        return "no_region"
    if not box.inside(*target.image.size) or min(box.width, box.height) < 6:
        return "too_small"
    region = np.asarray(target.image.convert("RGB").crop(box.corners)).astype(np.float32)
    return None if span(region) <= COVERED_SPAN else "not_a_fill"


def run_ring(target: Target, budget: Budget, seed: int, *, attack: str, rule: str, bleed: bool) -> AttackResult:
    """Compare candidates with the ring round a region.

    Args:
        bleed: through the source's compression; else ink that stands out of the cover.
    """
    started = time.monotonic()

    def result(outcome: Outcome, why: str | None = None, **found: Any) -> AttackResult:
        return AttackResult(
            attack=attack, rule=rule, outcome=outcome, box=target.box, why=why, seed=seed,
            seconds=time.monotonic() - started, **found,
        )  # fmt: skip

    why = why_not(target)
    if why is not None or target.box is None:
        return result(Outcome.NOT_APPLICABLE, why)
    if budget.spent:
        return result(Outcome.INCONCLUSIVE, Reason.BUDGET_CUT.value)
    try:
        line = fit_line(target.image, target.box, target.others)
    except ModelMissing:
        return result(Outcome.INCONCLUSIVE, Reason.MODEL_MISSING.value)
    if line is None:
        return result(Outcome.INCONCLUSIVE if target.kind in _TEXT else Outcome.NOT_APPLICABLE, "no_text_line")
    again = coding_of_file(target.file, target.jpeg)
    codings = _sources(target, again) if bleed else [None]
    if not codings:
        return result(Outcome.NOT_APPLICABLE, "lossless_source")
    names = target.candidates or surnames()
    numbers = fitting(line, target.box, names, 1 if bleed else RING_PX + 1)
    estimated: dict[str, Estimate] = {"face": line.face.name, "size_px": line.size, "face_fit": round(line.fit, 3)}
    if not numbers:
        return result(Outcome.INCONCLUSIVE, "no_candidate_fits", estimated=estimated)
    chosen = [names[number] for number in numbers]
    best: tuple[Match, Ring, Coding | None] | None = None
    for coding in codings:
        ring = ring_of(target.image, target.box, target.others, line, coding, again)
        if ring is None:
            return result(Outcome.NOT_APPLICABLE, "no_ring", estimated=estimated)
        match = matched(ring, chosen, lambda: budget.spent)
        if match is None:
            return result(Outcome.INCONCLUSIVE, Reason.BUDGET_CUT.value, estimated=estimated)
        if best is None or match.errors.min() < best[0].errors.min():
            best = match, ring, coding
    assert best is not None  # there is at least one coding
    match, ring, coding = best
    posterior = _told_by_the_words_behind(target, ring, chosen, match.posterior, budget)
    if coding is not None:
        estimated |= {"source_quality": coding.quality, "source_sampling": coding.sampling}
    return _judged(target, line, match, posterior, chosen, seed, estimated, result)


class _Answer(Protocol):
    """Makes the result with what all results of one run share."""

    def __call__(self, outcome: Outcome, why: str | None = None, **found: Any) -> AttackResult: ...


def _judged(
    target: Target,
    line: LineFit,
    match: Match,
    posterior: np.ndarray,
    chosen: Sequence[str],
    seed: int,
    estimated: dict[str, Estimate],
    answer: _Answer,
) -> AttackResult:
    """The outcome of a comparison that was carried through."""
    assert target.box is not None
    hits = match.planted(_TRIALS, seed)
    inside = fitting(line, target.box, chosen, -1)
    # one class only where no candidate that lies well inside changes any value: a weak trace is a trace
    one_class = len(inside) >= 2 and float(np.ptp(match.values[inside], axis=0).max()) <= _ROUNDING
    estimated |= {"classes": classes(match.values), "explained": round(match.explained, 3), "candidates": len(chosen)}
    numbers: dict[str, Any] = {
        "estimated": estimated,
        "fit": round(match.explained, 3),
        "trials": len(chosen) + _TRIALS,
        "success": hits / _TRIALS,
        "baseline": 1 / len(chosen),
        "interval": (lower_bound(hits, _TRIALS), upper_bound(hits, _TRIALS)),
    }
    order = np.argsort(-posterior, kind="stable")[:_GUESSES]
    guesses = tuple(Guess(text=chosen[n], posterior=min(0.99, float(posterior[n]))) for n in order)
    explained = match.explained >= EXPLAINED and match.empty > _NOTHING
    read = explained and float(posterior.max()) >= _SURE and len(chosen) > 1
    narrowed = explained and match.bits >= _LEAKED_BITS and lower_bound(hits, _TRIALS) > 5 / len(chosen)
    if read or narrowed:
        return answer(Outcome.BROKEN, leaked_bits=round(match.bits, 2), guesses=guesses, **numbers)
    if one_class:
        return answer(Outcome.HELD, leaked_bits=0.0, **numbers)
    if match.empty <= _NOTHING:
        return answer(Outcome.HELD, **numbers)
    return answer(Outcome.INCONCLUSIVE, "poor_fit", **numbers)


def _told_by_the_words_behind(
    target: Target, ring: Ring, chosen: Sequence[str], posterior: np.ndarray, budget: Budget
) -> np.ndarray:
    """The posterior of those that lead up to the words behind the region; as it is, if what the ring says does not.

    Rings of two names may be the same where their widths are not, or differ by so little that only the letters further on tell.
    This orders guesses; it never makes a silent ring speak.
    """
    errors = np.abs([ring.line.gap_error(text) for text in chosen])
    fits = np.where(errors <= GAP_PX, posterior, 0.0)
    total = float(fits.sum())
    if np.isnan(errors).any() or total < _FEW or target.box is None:
        return posterior
    fits = np.asarray(fits / total)
    alike = [int(number) for number in np.flatnonzero(fits >= 0.1 * fits.max())]
    if not 2 <= len(alike) <= _FEW_ALIKE:
        return fits
    wide = ring_of(target.image, target.box, target.others, ring.line, ring.coding, ring.again, behind=True)
    further = None if wide is None else matched(wide, [chosen[number] for number in alike], lambda: budget.spent)
    if further is None or further.explained < EXPLAINED:
        return fits
    result = np.zeros_like(fits)
    result[alike] = fits[alike] * further.posterior
    return np.asarray(result / result.sum())


def control(*, tight: bool, quality: int | None, cut_px: int = 0) -> Target:
    """A line with a covered name: a tight box, or one grown by a coded unit and a pixel.

    Args:
        quality: of the source's compression, None for a lossless source.
        cut_px: rows by which the box leaves the name's tops open.
    """
    font = ImageFont.load_default(size=26)
    image = Image.new("RGB", (420, 150), "white")
    pen = ImageDraw.Draw(image)
    x, y, lead, name = 24, 58, "Account of ", "Hartley"
    pen.text((x, y), lead + name + " in Hamburg", fill="black", font=font)
    if quality is not None:
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=quality)
        image = Image.open(io.BytesIO(stream.getvalue())).convert("RGB")
    left, top, right, bottom = (
        int(side) for side in pen.textbbox((x + pen.textlength(lead, font=font), y), name, font=font)
    )
    box = Box(left - 1, top - 1 + cut_px, right - left + 2, bottom - top + 2 - cut_px)
    if not tight:
        box = Box(
            box.x // 16 * 16 - 1,
            box.y // 16 * 16 - 1,
            0 + -(-box.width // 16) * 16 + 34,
            -(-box.height // 16) * 16 + 18,
        )
    image.paste((0, 0, 0), box.corners)
    names = (name, *(other for other in surnames() if other != name))[:_CONTROL_NAMES]
    return Target(image=image, box=box, kind=Kind.TEXT, candidates=names)


def _sources(target: Target, again: Coding | None) -> list[Coding | None]:
    """How the source may have been compressed: as its decoded pixels say, and as the published file is."""
    box = target.box
    assert box is not None
    pixels = np.asarray(target.image.convert("RGB"))
    used = np.ones(pixels.shape[:2], bool)
    for covered in (box, *target.others):
        grown = covered.grown(18, 18, *target.image.size)
        used[grown.y : grown.bottom, grown.x : grown.right] = False
    x = min(max(0, box.x + box.width // 2 - _JUDGED_PX // 2), max(0, target.image.width - _JUDGED_PX)) // 16 * 16
    y = min(max(0, box.y + box.height // 2 - _JUDGED_PX // 2), max(0, target.image.height - _JUDGED_PX)) // 16 * 16
    part = slice(y, y + _JUDGED_PX), slice(x, x + _JUDGED_PX)
    found = estimated_codings(np.ascontiguousarray(pixels[part]), used[part])
    sources: list[Coding | None] = list(found)
    if again is not None and all(coding.quality != again.quality for coding in found):
        sources.append(again)
    return sources
