"""Left-to-right search for the text whose mosaic is the one seen, over many hypotheses at once.

A state is a place of the pen, the last two glyphs, and the columns that are still open. States are kept by the first open column:
all states of one column have settled the same cells, so their costs compare. Each step tries every glyph on every state; a new state's
key is the cost of settled columns, the cost that its open columns have already for certain (too much ink cannot be taken away), and
the ink that the column left of the pen lacks and can no longer get. Costs are nats: half of squared differences over sigma squared.

Hypotheses (fonts, sizes, baselines) run side by side in the same arrays, and those that fall behind are dropped on the way.

Reference: ATTACKS.md section 4.1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from indelible.attacks.mosaic_tables import UNITS, Table

_NEVER = np.float32(1e9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """What text costs before the picture is seen, in nats.

    ``glyph``: float32 ``(glyphs + 1, glyphs + 1, glyphs)`` by the two glyphs before (the last index: none), or ``(glyphs,)``.
    ``per_pixel``: what a pixel of advance usually costs, so that pens further on compare with those behind. ``space``: the glyph that
    neither begins nor ends a text nor follows itself.
    """

    glyph: np.ndarray
    per_pixel: float
    space: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One text under one hypothesis. ``cost``: nats, prior included; ``misfit``: without. ``start``: pen's first place, px."""

    hypothesis: int
    text: tuple[int, ...] = field(repr=False)
    cost: float
    misfit: float
    start: int


@dataclass(slots=True)
class _States:
    """Rows of equal length: hypothesis, pen in units, last two glyphs, misfit, prior, pruning key, open ink, id in the history."""

    hypothesis: np.ndarray
    pen: np.ndarray
    last: np.ndarray
    before: np.ndarray
    misfit: np.ndarray
    prior: np.ndarray
    key: np.ndarray
    open: np.ndarray
    node: np.ndarray

    def take(self, index: np.ndarray) -> _States:
        return _States(*(getattr(self, name)[index] for name in _States.__slots__))


def _joined(parts: Sequence[_States]) -> _States:
    return _States(*(np.concatenate([getattr(part, name) for part in parts]) for name in _States.__slots__))


class _Stack:
    """Tables of equal shape on top of each other."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self.places = max(table.share.shape[0] for table in tables)
        _, self.phases, self.glyphs, self.stored, self.rows = tables[0].share.shape
        self.lead = tables[0].lead
        self.width = self.stored - self.lead
        self.first = tables[0].first
        self.columns = tables[0].columns
        self.edges = tables[0].edges
        share = np.zeros((len(tables), self.places, *tables[0].share.shape[1:]), np.float32)
        self.touched = np.zeros((len(tables), self.places), np.int64)
        self.closed = np.zeros((len(tables), self.places), np.int64)
        for i, table in enumerate(tables):
            share[i, : len(table.touched)] = table.share
            self.touched[i], self.closed[i] = (
                np.pad(column, (0, self.places - len(column)), mode="edge") for column in (table.touched, table.closed)
            )
        self.windows = np.lib.stride_tricks.sliding_window_view(share.reshape(-1), self.width * self.rows)
        self.seen = np.stack([table.seen for table in tables])
        self.room = np.stack([table.room for table in tables])
        self.advance = np.stack([table.advance for table in tables])
        self.kern = np.stack([table.kern for table in tables])
        self.kerned = bool(self.kern.any())
        owner = np.repeat(np.arange(self.width), self.rows)[:, None]
        self.before = (owner < np.arange(self.width + 1)).astype(np.float32)
        self.behind = (owner >= np.arange(self.width + 1)).astype(np.float32)
        blank = 0.5 * (self.seen**2).sum(axis=2)
        self.blank_after = np.concatenate(
            [np.cumsum(blank[:, ::-1], axis=1)[:, ::-1], np.zeros((len(tables), 1))], axis=1
        )
        self.blank_before = np.concatenate([np.zeros((len(tables), 1)), np.cumsum(blank, axis=1)], axis=1)


def search(
    tables: Sequence[Table],
    prior: Prior,
    *,
    beam: int,
    best: int = 4,
    margin: float = 60.0,
    whole: bool = True,
    keep: Callable[[int, np.ndarray], np.ndarray] | None = None,
    cut: Callable[[], bool] | None = None,
    ceiling: tuple[float, float] | None = None,
) -> tuple[list[Reading], int]:
    """The best texts of each hypothesis, cheapest first, and how many extensions were tried.

    Args:
        tables: hypotheses over the same cells, alphabet and span.
        beam: states kept per hypothesis and column.
        margin: nats by which a state may lag behind the best of its column.
        whole: the text ends within the columns; else the cheapest state over the last column counts as it is.
        keep: from a column and each hypothesis's best key there or further on (inf: no state), which hypotheses go on. A wide glyph
            jumps over columns, so the best state need not stand in this one.
        cut: asked at every column; True ends the search with what there is.
        ceiling: nats of misfit beyond which a text is not the one, at the start and for each column more: none is kept beyond it.
    """
    stack = _Stack(tables)
    history: list[tuple[np.ndarray, np.ndarray]] = []
    counter = 0
    pools: dict[int, list[_States]] = {}
    most = np.inf if ceiling is None else ceiling[0] + ceiling[1] * np.arange(stack.columns + 2 * stack.width + 2)
    most = np.broadcast_to(most, (stack.columns + 2 * stack.width + 2,)).astype(np.float32)
    _begin(stack, pools, history, float(min(400.0, most[1])))
    counter = len(history[0][0])
    alive = np.ones(len(tables), bool)
    ends: list[tuple[np.ndarray, ...]] = []
    tried = 0
    last_column = stack.columns
    lowest = np.full((len(tables), last_column + 1), np.inf)
    for column, states_there in pools.items():
        np.minimum.at(lowest[:, column], states_there[0].hypothesis, states_there[0].key)
    for column in range(last_column + 1):
        if cut is not None and cut():
            break
        pool = pools.pop(column, [])
        generation = 0
        first_of_column = True
        while pool and generation < 12:
            states = _best_of(_joined(pool), beam, margin, len(tables), stack.glyphs)
            states = states.take(alive[states.hypothesis])
            pool = []
            if not len(states.pen):
                break
            if first_of_column and keep is not None:
                alive &= keep(column, lowest[:, column:].min(axis=1))
                states = states.take(alive[states.hypothesis])
                if not len(states.pen):
                    break
            first_of_column = False
            ends.append(_ended(stack, prior, states, whole, column, float(most[stack.columns])))
            if column >= last_column:
                break
            for landed, children in _extended(stack, prior, states, beam, margin, most):
                history.append((children.node.copy(), children.last.copy()))
                children.node = counter + np.arange(len(children.node))
                counter += len(children.node)
                np.minimum.at(lowest[:, min(landed, last_column)], children.hypothesis, children.key)
                if landed == column:
                    pool.append(children)
                else:
                    pools.setdefault(min(landed, last_column), []).append(children)
            tried += len(states.pen) * stack.glyphs
            generation += 1
    return _readings(ends, history, best, len(tables)), tried


def _begin(
    stack: _Stack, pools: dict[int, list[_States]], history: list[tuple[np.ndarray, np.ndarray]], most: float
) -> None:
    """A state for every whole-pixel place up to the first columns whose ink costs more than ``most``, nothing drawn yet."""
    count = stack.seen.shape[0]
    made = []
    for h in range(count):
        hopeless = np.flatnonzero(stack.blank_before[h] > stack.blank_before[h].min() + most)
        limit = stack.edges[min(hopeless[0] if len(hopeless) else stack.columns, stack.columns)]
        places = np.arange(stack.first, min(int(limit) + 1, stack.first + stack.places - 1))
        closed = stack.closed[h, places - stack.first]
        made.append((np.full(len(places), h), places * UNITS, closed, stack.blank_before[h, closed]))
    hypothesis, pen, closed, misfit = (np.concatenate(column) for column in zip(*made, strict=True))
    states = _States(
        hypothesis=hypothesis, pen=pen.astype(np.int64), last=np.full(len(pen), stack.glyphs), before=np.full(len(pen), stack.glyphs),
        misfit=misfit.astype(np.float32), prior=np.zeros(len(pen), np.float32), key=misfit.astype(np.float32),
        open=np.zeros((len(pen), stack.width, stack.rows), np.float32), node=np.arange(len(pen)),
    )  # fmt: skip
    history.append((-1 - pen // UNITS, np.full(len(pen), -1)))
    for column in np.unique(closed):
        pools[int(column)] = [states.take(closed == column)]


def _best_of(states: _States, beam: int, margin: float, count: int, none: int) -> _States:
    """The cheapest states of each hypothesis, in order of hypothesis; those without a glyph yet are all alike and all kept."""
    lowest = np.full(count, np.inf, np.float32)
    np.minimum.at(lowest, states.hypothesis, states.key)
    near = np.flatnonzero(states.key <= lowest[states.hypothesis] + margin)
    order = near[np.lexsort((states.key[near], states.hypothesis[near]))]
    owner = states.hypothesis[order]
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    return states.take(order[(rank < beam) | (states.last[order] == none)])


def _extended(
    stack: _Stack, prior: Prior, states: _States, beam: int, margin: float, most: np.ndarray
) -> list[tuple[int, _States]]:
    """Every glyph on every state; survivors by the column in which their pen lands."""
    n, glyphs, width, rows = len(states.pen), stack.glyphs, stack.width, stack.rows
    h = states.hypothesis
    place = states.pen // UNITS - stack.first
    base = stack.closed[h, np.clip(place, 0, stack.places - 1)]
    start = states.pen[:, None] + stack.kern[h, states.last] if stack.kerned else states.pen[:, None]
    if stack.phases == 1:
        at, phase = (start + UNITS // 2) // UNITS - stack.first, 0
    else:
        step = UNITS // stack.phases
        fine = (start + step // 2) // step
        at, phase = fine // stack.phases - stack.first, fine % stack.phases
    inside = (at >= 0) & (at < stack.places)
    at = np.clip(at, 0, stack.places - 1)
    shift = np.clip(stack.touched[h[:, None], at] - base[:, None], 0, stack.lead)
    index = ((h[:, None] * stack.places + at) * stack.phases + phase) * glyphs + np.arange(glyphs)
    offsets = index * (stack.stored * rows) + (stack.lead - shift) * rows
    target = np.lib.stride_tricks.sliding_window_view(stack.seen, width, axis=1)[h, base]  # (n, rows, width)
    lacking = states.open - target.transpose(0, 2, 1)
    ink = stack.windows[offsets].reshape(n, glyphs, width, rows)
    ink += lacking[:, None]
    flat = ink.reshape(n * glyphs, -1)
    settled = (flat * flat) @ stack.before
    surplus = np.maximum(flat, 0)
    over = np.square(surplus, out=surplus) @ stack.behind
    pen = start + stack.advance[h]
    landing = np.clip(pen // UNITS - stack.first, 0, stack.places - 1)
    landed = stack.closed[h[:, None], landing] - base[:, None]
    every = np.arange(n * glyphs)
    passed = np.minimum(landed, width).ravel()
    misfit = states.misfit[:, None] + 0.5 * settled[every, passed].reshape(n, glyphs)
    key = misfit + 0.5 * over[every, passed].reshape(n, glyphs)
    key += 0.5 * _lost(stack, h, base, ink, landed, pen)
    inside = inside & (key <= most[np.minimum(base[:, None] + np.maximum(landed, 0), len(most) - 1)])
    cost = prior.glyph[states.before, states.last] if prior.glyph.ndim == 3 else prior.glyph[None, :]
    priors = states.prior[:, None] + cost
    if prior.space is not None:
        priors[:, prior.space] += np.where((states.last == glyphs) | (states.last == prior.space), _NEVER, 0)
    key = key + priors - prior.per_pixel * (pen / UNITS)
    key = np.where(inside, key, _NEVER).astype(np.float32)
    return _survivors(stack, states, key, misfit, priors, pen, landed, base, offsets, beam, margin)


def _lost(
    stack: _Stack, h: np.ndarray, base: np.ndarray, ink: np.ndarray, landed: np.ndarray, pen: np.ndarray
) -> np.ndarray:
    """Squared ink that the first open column lacks and can no longer get, as the pen has passed part of it."""
    column = np.clip(landed, 0, stack.width - 1)
    n, glyphs = column.shape
    here = ink[np.arange(n)[:, None], np.arange(glyphs), column]
    absolute = np.clip(base[:, None] + column, 0, len(stack.edges) - 2)
    width = stack.edges[absolute + 1] - stack.edges[absolute]
    left = np.clip((stack.edges[absolute + 1] - pen / UNITS + 2.0) / width, 0, 1)
    lack = np.maximum(-here - stack.room[h[:, None], absolute] * left[..., None].astype(np.float32), 0)
    return np.asarray(np.einsum("nar,nar->na", lack, lack))


def _survivors(
    stack: _Stack, states: _States, key: np.ndarray, misfit: np.ndarray, priors: np.ndarray, pen: np.ndarray,
    landed: np.ndarray, base: np.ndarray, offsets: np.ndarray, beam: int, margin: float,
) -> list[tuple[int, _States]]:  # fmt: skip
    """Children near enough to the best of their hypothesis that settled as many columns."""
    n, width, rows = len(states.pen), stack.width, stack.rows
    owner = states.hypothesis
    firsts = np.flatnonzero(np.diff(owner, prepend=-1))
    sizes = np.diff(np.append(firsts, n))
    chosen_rows, chosen_glyphs = [], []
    for step in range(int(landed.max()) + 1):
        here = np.where(landed == step, key, _NEVER)
        lowest = np.repeat(np.minimum.reduceat(here.min(axis=1), firsts), sizes)
        row, glyph = np.nonzero((here <= lowest[:, None] + margin) & (here < _NEVER))
        if len(row) > 0:
            order = np.lexsort((here[row, glyph], owner[row]))
            row, glyph = row[order], glyph[order]
            begins = np.flatnonzero(np.diff(owner[row], prepend=-1))
            rank = np.arange(len(row)) - np.repeat(begins, np.diff(np.append(begins, len(row))))
            kept = rank < beam
            chosen_rows.append(row[kept])
            chosen_glyphs.append(glyph[kept])
    if not chosen_rows:
        return []
    row, glyph = np.concatenate(chosen_rows), np.concatenate(chosen_glyphs)
    total = stack.windows[offsets[row, glyph]].reshape(len(row), width, rows) + states.open[row]
    step = np.minimum(landed[row, glyph], width)
    index = step[:, None] + np.arange(width)
    moved = np.take_along_axis(np.pad(total, ((0, 0), (0, width), (0, 0))), index[:, :, None], axis=1)
    children = _States(
        hypothesis=owner[row], pen=pen[row, glyph], last=glyph, before=states.last[row], misfit=misfit[row, glyph],
        prior=priors[row, glyph].astype(np.float32), key=key[row, glyph], open=moved, node=states.node[row],
    )  # fmt: skip
    column = base[row] + landed[row, glyph]
    return [(int(value), children.take(column == value)) for value in np.unique(column)]


def _ended(
    stack: _Stack, prior: Prior, states: _States, whole: bool, column: int, most: float
) -> tuple[np.ndarray, ...]:
    """What each state costs if the text ends here."""
    if not whole:
        ready = column >= stack.columns
        cost = states.key.astype(np.float64) if ready else np.full(len(states.pen), np.inf)
        return states.hypothesis, cost, states.misfit.astype(np.float64), states.node
    h = states.hypothesis
    base = stack.closed[h, np.clip(states.pen // UNITS - stack.first, 0, stack.places - 1)]
    target = np.lib.stride_tricks.sliding_window_view(stack.seen, stack.width, axis=1)[h, base]
    rest = 0.5 * ((states.open - target.transpose(0, 2, 1)) ** 2).sum(axis=(1, 2))
    after = np.minimum(base + stack.width, stack.blank_after.shape[1] - 1)
    misfit = states.misfit + rest + stack.blank_after[h, after]
    misfit = np.where(misfit > most, np.inf, misfit)
    misfit = np.where(states.last == (-1 if prior.space is None else prior.space), np.inf, misfit)
    return h, misfit + states.prior, misfit.astype(np.float64), states.node


def _readings(
    ends: list[tuple[np.ndarray, ...]], history: list[tuple[np.ndarray, np.ndarray]], best: int, count: int
) -> list[Reading]:
    if not ends:
        return []
    hypothesis, cost, misfit, node = (np.concatenate(column) for column in zip(*ends, strict=True))
    parents = np.concatenate([parent for parent, _ in history])
    glyphs = np.concatenate([glyph for _, glyph in history])
    order = np.argsort(cost, kind="stable")
    order = order[np.isfinite(cost[order])]
    taken = np.zeros(count, int)
    found: list[Reading] = []
    known: set[tuple[int, tuple[int, ...]]] = set()
    for i in order:
        h = int(hypothesis[i])
        if taken[h] >= best:
            if (taken >= best).all():
                break
            continue
        text: list[int] = []
        at = int(node[i])
        while glyphs[at] >= 0:
            text.append(int(glyphs[at]))
            at = int(parents[at])
        if (h, tuple(text)) in known:
            continue
        known.add((h, tuple(text)))
        taken[h] += 1
        found.append(
            Reading(
                hypothesis=h, text=tuple(reversed(text)), cost=float(cost[i]), misfit=float(misfit[i]),
                start=int(-1 - parents[at]),
            )
        )  # fmt: skip
    return found
