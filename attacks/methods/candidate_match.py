"""A102: which of a list of texts is under the mosaic: each one is laid through the estimated redaction, and the best fit is named.

A list makes the search small: plates of a pattern, the names of a team, the days of a year. Judged is the difference between candidates; that
one of them fits is no proof by itself, because the true text need not be on the list, and one of many strangers must fit best. So `broken` also wants a
fit to within what rounding and small differences of rendering leave, and a lead over the next candidates that strangers do not reach. A short
list is filled up with strangers of the same shape, which are never named.

Reference: ATTACKS.md section 5.
"""

from __future__ import annotations

import time

import numpy as np

from indelible.attacks.candidate_lists import plates, strangers
from indelible.attacks.capacity import cell_bits
from indelible.attacks.fonts import Font, installed_fonts
from indelible.attacks.methods import Budget, Target, attack
from indelible.attacks.mosaic_candidates import Ranking, rank_candidates
from indelible.attacks.mosaic_draw import block_means, plain_font, text_image
from indelible.attacks.mosaic_region import inside, region_cells, region_colours, region_lines, why_not
from indelible.attacks.mosaic_search import Way
from indelible.model import Kind, Outcome, Reason
from indelible.model.attack import AttackResult, Estimate, Guess

_NAME, _RULE = "candidate_match", "A102"
_BROKEN_POSTERIOR = 0.5
#: Residual of the best candidate per cell, as ink, beyond which it does not explain the region.
_WORST_FIT = 0.03
#: Lead over the next candidates that a list without the text reaches in one case of a hundred.
_LEAST_LEAD = 4.6
_NAMED = 10
#: Shorter lists are filled up to so many.
_LEAST_LIST = 200


def _why_not(target: Target) -> str | None:
    if not any(text.strip() for text in target.candidates):
        return "no_candidates"
    return why_not(target)


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
    breaks="short texts from a list, by laying every candidate through the estimated mosaic",
    applies=_why_not,
    broken_one=_broken_one,
    held_one=_held_one,
    order=45,
)
def candidate_match(target: Target, budget: Budget, seed: int) -> AttackResult:
    """Rank the candidates. Lists of plates, days and numbers are made by `indelible.attacks.candidate_lists`."""
    began = time.monotonic()
    why = _why_not(target)
    box = inside(target)
    grid = None if why is not None or box is None else region_cells(target.image, box, lossy=target.jpeg is not None)
    if grid is None or box is None:
        return AttackResult(
            attack=_NAME, rule=_RULE, outcome=Outcome.NOT_APPLICABLE, box=target.box, why=why or "no_mosaic", seed=seed
        )
    candidates = target.candidates
    colours = region_colours(target.image, box, grid)
    lines = region_lines(grid, colours) if colours is not None else ()
    estimated: dict[str, Estimate] = {"block": grid.block, "phase": grid.phase}
    cells = int(grid.colours[..., 0].size)
    leaked = min(cell_bits(cells, 3), float(np.log2(max(1, len(set(candidates))))))
    ranking = None
    if len(lines) == 1 and cells > 2:
        ways = (Way(space="srgb"), Way(space="linear"))
        more = strangers(candidates, seed, max(0, _LEAST_LIST - len(set(candidates))))
        ranking = rank_candidates(lines[0], (*candidates, *more), _fonts(), ways, budget)
    outcome, reason, guesses = _verdict(ranking, frozenset(candidates))
    if ranking is not None:
        estimated |= {"averaging": ranking.way.space, "font": ranking.setup.font.name, "size": ranking.setup.size}
    return AttackResult(
        attack=_NAME, rule=_RULE, outcome=outcome, why=reason, box=target.box, guesses=guesses, estimated=estimated,
        fit=None if ranking is None else round(255 * ranking.sigma, 3), trials=0 if ranking is None else ranking.trials,
        success=guesses[0].posterior if guesses else None, baseline=1 / max(1, len(set(candidates))), leaked_bits=leaked,
        seed=seed, seconds=time.monotonic() - began,
    )  # fmt: skip


def _fonts() -> list[Font]:
    fonts = installed_fonts()
    return [font for font in fonts if font.plain or "bold" in font.style.lower() and "ital" not in font.style.lower()]


def _verdict(ranking: Ranking | None, listed: frozenset[str]) -> tuple[Outcome, Reason | None, tuple[Guess, ...]]:
    if ranking is None:
        return Outcome.INCONCLUSIVE, Reason.COVERAGE_GAP, ()
    shares = ranking.posteriors()
    ranked = [(text, share) for text, share in zip(ranking.order, shares, strict=True) if text in listed][:_NAMED]
    guesses = tuple(Guess(text=text, posterior=share) for text, share in ranked)
    leads = ranking.order[0] in listed and shares[0] >= _BROKEN_POSTERIOR and ranking.lead() >= _LEAST_LEAD
    if leads and ranking.sigma <= _WORST_FIT:
        return Outcome.BROKEN, None, guesses
    return Outcome.INCONCLUSIVE, Reason.BUDGET_CUT if ranking.cut else Reason.COVERAGE_GAP, guesses
