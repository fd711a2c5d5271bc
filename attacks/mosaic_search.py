"""Fonts, sizes and places of a line run against each other until few are left, and those are read in full.

A race reads only the first columns, with a narrow beam, and drops what falls behind the best of all batches. The survivors are read to
the end; then the way the text was set (sub-pixel places, hinting), the size, the kernel and the strength of the ink are refined by reading again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from indelible.attacks.glyphs import Setting, kerning
from indelible.attacks.methods import Budget
from indelible.attacks.mosaic_beam import Prior, Reading, search
from indelible.attacks.mosaic_ink import Space, curve
from indelible.attacks.mosaic_kernel import Kernel
from indelible.attacks.mosaic_line import Line, line_cells
from indelible.attacks.mosaic_shortlist import Setup
from indelible.attacks.mosaic_tables import UNITS, Cells, Table, lead_of, make_table, span_of

_BATCH = 48
SETTINGS: tuple[Setting, ...] = ("snapped", "whole", "fitted", "fine")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How the mosaic was made: space of averaging, kernel, and the share of the assumed contrast that the text has."""

    space: Space = "srgb"
    kernel: Kernel = "box"
    strength: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A reading with all that it assumes. ``cost``: nats at ``sigma``; ``rms``: root mean squared residual, as ink."""

    text: str = field(repr=False)
    setup: Setup
    way: Way
    chars: str = field(repr=False)
    cost: float
    misfit: float
    sigma: float
    start: int

    @property
    def prior(self) -> float:
        """Cost of the text before the picture is seen, nats."""
        return self.cost - self.misfit


def tables_for(
    cells: Cells, line: Line, setups: Sequence[Setup], way: Way, chars: str, columns: int, kern: bool
) -> list[Table]:
    """Tables of equal shape for many setups."""
    sets = [setup.glyphs(chars) for setup in setups]
    span = max(span_of(glyphs, cells.edges, cells.reach) for glyphs in sets)
    kerns = [kerning(setup.font, chars) if kern and setup.setting != "whole" else None for setup in setups]
    lead = lead_of([(table, setup.size) for table, setup in zip(kerns, setups, strict=True)], cells.edges)
    return [
        make_table(
            cells,
            glyphs,
            setup.baseline,
            curve(glyphs.ink, line.colours.at(way.strength), way.space),
            table,
            span=span,
            lead=lead,
            columns=columns,
        )
        for setup, glyphs, table in zip(setups, sets, kerns, strict=True)
    ]


def race(
    line: Line, setups: Sequence[Setup], way: Way, chars: str, prior: Prior, budget: Budget,
    *, columns: int, beam: int, misfit: float, margin: float, ceiling: tuple[float, float] | None = None,
) -> tuple[list[tuple[float, Setup]], int]:  # fmt: skip
    """The setups by their best key over the first columns, smallest first; those that were dropped are left out. And the trials."""
    cells = line_cells(line, way.space, way.kernel, misfit, way.strength)
    best = np.full(cells.ink.shape[0] + 2, np.inf)
    finished: list[tuple[float, Setup]] = []
    trials = 0
    for at in range(0, len(setups), _BATCH):
        if budget.spent:
            break
        batch = list(setups[at : at + _BATCH])
        tables = tables_for(cells, line, batch, way, chars, columns, kern=not chars[:10].isdigit())

        def keep(column: int, keys: np.ndarray) -> np.ndarray:
            best[column] = min(best[column], float(keys.min()))
            return np.asarray((keys <= best[column] + margin) | ~np.isfinite(keys))

        readings, tried = search(
            tables,
            prior,
            beam=beam,
            best=1,
            margin=margin,
            whole=columns >= cells.ink.shape[0],
            keep=keep,
            cut=lambda: budget.spent,
            ceiling=ceiling,
        )
        trials += tried + _entries(tables)
        finished += [(reading.cost, batch[reading.hypothesis]) for reading in readings]
    finished.sort(key=lambda item: (item[0], item[1].font, item[1].size, item[1].baseline))
    return finished, trials


def _entries(tables: Sequence[Table]) -> int:
    """Glyphs at places: to make one costs as much as to try it, so both count as trials."""
    return sum(int(np.prod(table.share.shape[:3])) for table in tables)


def read_line(
    line: Line, setups: Sequence[Setup], way: Way, chars: str, prior: Prior, budget: Budget,
    *, beam: int, misfit: float, margin: float, best: int = 4, ceiling: tuple[float, float] | None = None,
    behind: float | None = None,
) -> tuple[list[Found], int]:  # fmt: skip
    """The line read in full under each setup, cheapest first, and the trials. ``behind``: nats by which a setup may lag behind the best one."""
    cells = line_cells(line, way.space, way.kernel, misfit, way.strength)
    found: list[Found] = []
    trials = 0
    lowest = np.full(cells.ink.shape[0] + 2, np.inf)

    def keep(column: int, keys: np.ndarray) -> np.ndarray:
        lowest[column] = min(lowest[column], float(keys.min()))
        return np.asarray((keys <= lowest[column] + (behind or 0.0)) | ~np.isfinite(keys))

    phases: dict[int, list[Setup]] = {}
    for setup in setups:
        phases.setdefault(4 if setup.setting in ("fine", "fitted") else 1, []).append(setup)
    for group in phases.values():
        for at in range(0, len(group), 16):
            if budget.spent:
                break
            batch = group[at : at + 16]
            tables = tables_for(cells, line, batch, way, chars, len(cells.ink), kern=True)
            readings, tried = search(
                tables, prior, beam=beam, best=best, margin=margin, cut=lambda: budget.spent, ceiling=ceiling,
                keep=None if behind is None else keep,
            )  # fmt: skip
            trials += tried + _entries(tables)
            found += [_found(reading, batch, way, chars, misfit) for reading in readings]
    found.sort(key=lambda item: (item.cost, item.text))
    return found, trials


def _found(reading: Reading, setups: Sequence[Setup], way: Way, chars: str, misfit: float) -> Found:
    return Found(
        text="".join(chars[i] for i in reading.text), setup=setups[reading.hypothesis], way=way, chars=chars,
        cost=reading.cost, misfit=reading.misfit, sigma=misfit, start=reading.start,
    )  # fmt: skip


def strength_of(line: Line, found: Found) -> float:
    """By how much the contrast of the text found would have to be scaled to fit the cells best."""
    cells = line_cells(line, found.way.space, found.way.kernel, found.sigma, found.way.strength)
    chars = "".join(sorted(set(found.text)))
    if not chars:
        return 1.0
    table = tables_for(cells, line, [found.setup], found.way, chars, len(cells.ink), kern=True)[0]
    drawn = drawn_cells(table, [chars.index(char) for char in found.text], found.start)
    scale = float((drawn * table.seen).sum() / max(1e-9, float((drawn * drawn).sum())))
    return line.colours.at(found.way.strength).scaled(scale, found.way.space)


def drawn_cells(table: Table, glyphs: Sequence[int], start: int) -> np.ndarray:
    """Cells of a text that begins at a place, over sigma: shape of ``table.seen``."""
    span, phases = table.share.shape[3] - 2 * table.lead, table.share.shape[1]
    total = np.zeros((len(table.seen) + span, table.share.shape[-1]), np.float32)
    pen, last = start * UNITS, -1
    for glyph in glyphs:
        pen += int(table.kern[last, glyph])
        fine = (pen * phases + UNITS // 2) // UNITS
        place = int(np.clip(fine // phases - table.first, 0, len(table.touched) - 1))
        at = int(table.touched[place])
        total[at : at + span] += table.share[place, fine % phases, glyph, table.lead : table.lead + span]
        pen += int(table.advance[glyph])
        last = glyph
    return total[: len(table.seen)]
