"""A101: text under a mosaic, read with nothing given.

A mosaic takes averages, and averages of known shapes in an unknown order are a code book. Font, size, place, grid and space of averaging are
estimated; texts are then built letter by letter so that their averages are those seen. `broken` takes a reading whose posterior is at least 0.5
and that explains the cells better than its own freedom of choice could. A bad fit says nothing, and is `inconclusive`.

`held` is said only of a region of one or two cells, after planted texts of the same look were attacked without success: such a region
has too few values to tell texts of any length apart.

Reference: ATTACKS.md section 4.
"""

from __future__ import annotations

import time

import numpy as np

from indelible.attacks.capacity import cell_bits
from indelible.attacks.fonts import installed_fonts
from indelible.attacks.methods import Budget, Target, attack
from indelible.attacks.mosaic_cells import CellGrid
from indelible.attacks.mosaic_draw import block_means, plain_font, text_image
from indelible.attacks.mosaic_read import LineReading
from indelible.attacks.mosaic_region import (
    inside,
    read_region,
    region_cells,
    region_colours,
    region_lines,
    why_not,
)
from indelible.attacks.scoring import upper_bound
from indelible.model import Kind, Outcome, Reason
from indelible.model.attack import AttackResult, Estimate

_NAME, _RULE = "mosaic_text", "A101"
_BROKEN_POSTERIOR = 0.5
#: Regions of so few cells are shown to hold; success of planted trials must stay under the threshold.
_FEW_CELLS = 2
_PLANTED = 200
_DECOYS = 1000
_THRESHOLD = 0.05


def _broken_one() -> Target:
    font = plain_font()
    text = "".join(str(digit) for digit in np.random.default_rng(101).integers(0, 10, 8))
    if font is None:
        return _held_one()
    image, box = text_image(text, font, 24)
    return Target(image=block_means(image, box, 8, (3, 5)), box=box, kind=Kind.TEXT)


def _held_one() -> Target:
    from PIL import Image

    from indelible.model import Box

    font = plain_font()
    if font is None:
        return Target(image=Image.new("RGB", (80, 40), (90, 90, 90)), box=Box(20, 10, 40, 20), kind=Kind.TEXT)
    image, box = text_image("20481357", font, 24)
    return Target(image=block_means(image, box, max(box.width, box.height)), box=box, kind=Kind.TEXT)


@attack(
    _NAME,
    rule=_RULE,
    breaks="pixelated text, by building texts whose block averages are those seen",
    applies=why_not,
    broken_one=_broken_one,
    held_one=_held_one,
    order=40,
)
def mosaic_text(target: Target, budget: Budget, seed: int) -> AttackResult:
    """Estimate how the mosaic was made and read what is under it."""
    began = time.monotonic()

    def result(outcome: Outcome, **more: object) -> AttackResult:
        return AttackResult(
            attack=_NAME, rule=_RULE, outcome=outcome, box=target.box, seed=seed, seconds=time.monotonic() - began, **more  # type: ignore[arg-type]
        )  # fmt: skip

    why = why_not(target)
    box = inside(target)
    if why is not None or box is None:
        return result(Outcome.NOT_APPLICABLE, why=why or "no_region")
    grid = region_cells(target.image, box, lossy=target.jpeg is not None)
    if grid is None:
        return result(Outcome.NOT_APPLICABLE, why="no_mosaic")
    colours = region_colours(target.image, box, grid)
    estimated: dict[str, Estimate] = {"block": grid.block, "phase": grid.phase}
    grey = bool(np.ptp(grid.colours, axis=2).max() < 1.5)
    leaked = cell_bits(grid.colours[..., 0].size, 1 if grey else 3)
    if grid.colours[..., 0].size <= _FEW_CELLS:
        return _of_few_cells(target, grid, budget, seed, estimated, leaked, began)
    lines = region_lines(grid, colours) if colours is not None else ()
    if not lines:
        return result(Outcome.INCONCLUSIVE, why=Reason.COVERAGE_GAP, estimated=estimated, leaked_bits=leaked)
    reading = read_region(lines, installed_fonts(), budget)
    if reading.lines:
        estimated |= _estimates(reading.lines[0])
    top = reading.guesses[0].posterior if reading.guesses else 0.0
    fit = max((line.rms for line in reading.lines), default=None)
    known = {
        "guesses": reading.guesses, "estimated": estimated, "fit": None if fit is None else round(255 * fit, 3),
        "trials": reading.trials, "leaked_bits": leaked,
    }  # fmt: skip
    if any(line.texts[0][1] >= _BROKEN_POSTERIOR and line.explained for line in reading.lines):
        return result(Outcome.BROKEN, success=top, **known)
    cut = budget.spent or reading.missing > 0
    return result(Outcome.INCONCLUSIVE, why=Reason.BUDGET_CUT if cut else Reason.COVERAGE_GAP, **known)


def _estimates(line: LineReading) -> dict[str, Estimate]:
    setup, way = line.found.setup, line.found.way
    return {
        "averaging": way.space, "kernel": way.kernel, "font": setup.font.name, "size": setup.size, "setting": setup.setting,
        "baseline": setup.baseline,
    }  # fmt: skip


def _of_few_cells(
    target: Target,
    grid: CellGrid,
    budget: Budget,
    seed: int,
    estimated: dict[str, Estimate],
    leaked: float,
    began: float,
) -> AttackResult:
    """Planted digit strings through as many cells, each sought among random ones by its values; control: the values of another string."""
    rng = np.random.default_rng(seed)
    cells = grid.colours[..., 0].size
    length = max(6, round(3 * cells))
    ink = rng.uniform(0.2, 0.4, 10)  # mean ink of ten glyphs: which ones does not matter to what values can tell
    truths = rng.integers(0, 10, (_PLANTED, length))
    hits = control = 0
    done = 0
    for i, truth in enumerate(truths):
        if budget.spent:
            break
        decoys = rng.integers(0, 10, (_DECOYS, length))
        values = _cell_values(decoys, ink, cells)
        for which, counted in ((truth, True), (truths[i - 1], False)):
            nearest = int(np.argmin(np.abs(values - _cell_values(which[None], ink, cells)).sum(axis=1)))
            right = bool((decoys[nearest] == truth).all())
            hits, control = hits + (right and counted), control + (right and not counted)
        done += 1
    upper = upper_bound(hits, done)
    held = done == _PLANTED and upper <= _THRESHOLD
    return AttackResult(
        attack=_NAME, rule=_RULE, outcome=Outcome.HELD if held else Outcome.INCONCLUSIVE, box=target.box,
        why=None if held else (Reason.BUDGET_CUT if done < _PLANTED else Reason.COVERAGE_GAP), estimated=estimated,
        trials=done, success=hits / max(1, done), baseline=0.0, control=control / max(1, done), interval=(0.0, upper),
        leaked_bits=leaked, seed=seed, seconds=time.monotonic() - began,
    )  # fmt: skip


def _cell_values(texts: np.ndarray, ink: np.ndarray, cells: int) -> np.ndarray:
    parts = np.array_split(ink[texts], cells, axis=1)
    return np.round(255 * np.stack([part.mean(axis=1) for part in parts], axis=1))
