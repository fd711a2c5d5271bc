"""A102: which of a list of texts is under a mosaic or a blur: each one is laid through the estimated redaction, and the best fit is named.

A list makes the search small: plates of a pattern, the names of a team, the days of a year. Judged is the difference between candidates; that
one of them fits is no proof by itself, because the true text need not be on the list, and one of many strangers must fit best. So `broken` also wants a
fit to within what rounding and small differences of rendering leave, and a lead that strangers of the same shape do not reach; they are ranked along, and
never named.

Reference: ATTACKS.md section 5.
"""

from __future__ import annotations

import time

import numpy as np

from indelible.attacks.blur_identify import identify_text
from indelible.attacks.blur_kernels import Kernel
from indelible.attacks.blur_target import ink_of_target, why_not_blurred
from indelible.attacks.candidate_lists import plates
from indelible.attacks.candidate_views import blur_view, mosaic_view, other_blurs, other_mosaics
from indelible.attacks.candidates import Ranking, View, rank_candidates
from indelible.attacks.fonts import Font, installed_fonts
from indelible.attacks.methods import Budget, Target, attack
from indelible.attacks.mosaic_draw import block_means, plain_font, text_image
from indelible.attacks.mosaic_region import inside, region_cells, region_colours, region_lines, why_not
from indelible.attacks.mosaic_search import Way
from indelible.attacks.mosaic_shortlist import Setup
from indelible.model import Kind, Outcome, Reason
from indelible.model.attack import AttackResult, Estimate, Guess

_NAME, _RULE = "candidate_match", "A102"
_BROKEN_POSTERIOR = 0.5
#: What the best candidate may leave per cell, as a share of the fullest one; beyond, it does not explain the region.
_WORST_FIT = 0.05
#: Lead over the next candidates that a list without the text reaches in one case of a hundred.
_LEAST_LEAD = 4.6
_NAMED = 10


def _why_not(target: Target) -> str | None:
    if not any(text.strip() for text in target.candidates):
        return "no_candidates"
    return None if why_not_blurred(target) is None else why_not(target)


def _broken_one() -> Target:
    return _plate("KA12 3405", 8)


def _held_one() -> Target:
    """A mosaic of one cell: every candidate of the same look fits alike."""
    target = _plate("KA12 3405", 400)
    return target


def _plate(text: str, block: int) -> Target:
    font = plain_font()
    decoys = tuple(dict.fromkeys(("KA12 3405", *plates(102, 40))))
    if font is None:
        from PIL import Image

        from indelible.model import Box

        return Target(image=Image.new("RGB", (80, 40), (90, 90, 90)), box=Box(20, 10, 40, 20), candidates=decoys)
    image, box = text_image(text, font, 28)
    return Target(image=block_means(image, box, block), box=box, kind=Kind.PLATE, candidates=decoys)


@attack(
    _NAME,
    rule=_RULE,
    breaks="short texts from a list, by laying every candidate through the estimated mosaic or blur",
    applies=_why_not,
    broken_one=_broken_one,
    held_one=_held_one,
    order=45,
)
def candidate_match(target: Target, budget: Budget, seed: int) -> AttackResult:
    """Rank the candidates. Lists of plates, days and numbers are made by `indelible.attacks.candidate_lists`."""
    began = time.monotonic()
    why = _why_not(target)
    if why is not None:
        return AttackResult(
            attack=_NAME, rule=_RULE, outcome=Outcome.NOT_APPLICABLE, box=target.box, why=why, seed=seed
        )
    listed = frozenset(target.candidates)
    through = _through_blur if why_not_blurred(target) is None else _through_mosaic
    ranking, estimated = through(target, budget, seed)
    outcome, reason, guesses = _verdict(ranking, listed, cut=budget.spent)
    return AttackResult(
        attack=_NAME, rule=_RULE, outcome=outcome, why=reason, box=target.box, guesses=guesses, estimated=estimated,
        fit=None if ranking is None else round(255 * ranking.sigma, 3), trials=0 if ranking is None else ranking.trials,
        success=guesses[0].posterior if guesses else None, baseline=1 / len(listed),
        leaked_bits=_leaked(ranking, len(listed)), seed=seed, seconds=time.monotonic() - began,
    )  # fmt: skip


def _through_mosaic(target: Target, budget: Budget, seed: int) -> tuple[Ranking[Way] | None, dict[str, Estimate]]:
    """The ranking under a mosaic of one line and more than two cells, and how it was made."""
    box = inside(target)
    grid = None if box is None else region_cells(target.image, box, lossy=target.jpeg is not None)
    if box is None or grid is None:
        return None, {}
    estimated: dict[str, Estimate] = {"block": grid.block, "phase": grid.phase}
    colours = region_colours(target.image, box, grid)
    lines = region_lines(grid, colours) if colours is not None else ()
    if len(lines) != 1 or grid.colours[..., 0].size <= 2:
        return None, estimated
    line = lines[0]
    ways = (Way(space="srgb"), Way(space="linear"))
    ranking = rank_candidates(
        lambda way: mosaic_view(line, way), ways, other_mosaics, target.candidates, _fonts(), budget, seed
    )
    if ranking is not None:
        estimated |= {"averaging": ranking.way.space, "kernel": ranking.way.kernel} | _set(ranking.setup)
    return ranking, estimated


def _through_blur(target: Target, budget: Budget, seed: int) -> tuple[Ranking[Kernel] | None, dict[str, Estimate]]:
    """The ranking under a blur that splits into rows and columns, and its kernel."""
    ink = ink_of_target(target)
    if ink is None:
        return None, {}
    known = identify_text(ink.ink, ink.noise, free_contrast=not ink.known, spent=lambda: budget.spent)
    if known is None or blur_view(ink, known.kernel) is None:
        return None, {}

    def view_of(kernel: Kernel) -> View:
        view = blur_view(ink, kernel)
        assert view is not None  # the same family splits at every width
        return view

    ranking = rank_candidates(view_of, (known.kernel,), other_blurs, target.candidates, _fonts(), budget, seed)
    kernel = known.kernel if ranking is None else ranking.way
    estimated: dict[str, Estimate] = {"family": kernel.family, "sigma": round(kernel.sigma, 3)}
    return ranking, estimated if ranking is None else estimated | _set(ranking.setup)


def _set(setup: Setup) -> dict[str, Estimate]:
    return {"font": setup.font.name, "size": setup.size}


def _leaked(ranking: Ranking[Way] | Ranking[Kernel] | None, listed: int) -> float:
    """Bits of the list that the region can tell apart: the logarithm of the outputs that differ, or of the list where none were counted."""
    outputs = ranking.outputs if ranking is not None else None
    return float(np.log2(listed if outputs is None else min(listed, outputs)))


def _fonts() -> list[Font]:
    fonts = installed_fonts()
    return [font for font in fonts if font.plain or "bold" in font.style.lower() and "ital" not in font.style.lower()]


def _verdict(
    ranking: Ranking[Way] | Ranking[Kernel] | None, listed: frozenset[str], *, cut: bool
) -> tuple[Outcome, Reason | None, tuple[Guess, ...]]:
    undecided = Reason.BUDGET_CUT if cut else Reason.COVERAGE_GAP
    if ranking is None:
        return Outcome.INCONCLUSIVE, undecided, ()
    shares = ranking.posteriors()
    ranked = [(text, share) for text, share in zip(ranking.order, shares, strict=True) if text in listed][:_NAMED]
    guesses = tuple(Guess(text=text, posterior=share) for text, share in ranked)
    leads = ranking.order[0] in listed and shares[0] >= _BROKEN_POSTERIOR and ranking.lead() >= _LEAST_LEAD
    if leads and ranking.left <= _WORST_FIT:
        return Outcome.BROKEN, None, guesses
    return Outcome.INCONCLUSIVE, undecided, guesses
