"""Reading text through a known blur: a beam over pen positions, with what is not yet read taken as Gaussian.

The blurred line is a sum of blurred glyphs. A prefix of the text explains the columns left of the pen, and a part of those right of
it, where the next glyphs reach in as well; cutting there loses. So the rest of the line is marginalised: random strings in the same
font give the mean and covariance of what unread text adds to a window round the pen, and a prefix is scored by the likelihood of
its residual under that. Hypotheses compete at the same pen position, so lengths need no correction. This is a Viterbi search with
lookahead; with a fixed pitch it is a K-best decoder.

Rows are projected on the few vertical patterns that survive the blur, columns are binned to about 0.4 sigma: the noise stays white,
and a hypothesis is a vector of some hundred numbers.

Reference: ATTACKS.md section 8.3 (A201).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from indelible.attacks.glyphs import GlyphSet

Terms = list[tuple[np.ndarray, np.ndarray]]
_SAMPLES, _AHEAD = 800, 2.0
_MOST_MODES, _MOST_RANK = 16, 96


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One decoded line. ``cost``: negative log-posterior in nats, without constants; ``misfit`` its part that the residual makes.

    ``pens``: where the pen stood after each character, px.
    """

    text: str = field(repr=False)
    cost: float
    misfit: float
    pens: tuple[float, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is decoded.

    Attributes:
        ink: float, ``(height, width)``: 0 where the background shows, 1 where full ink would.
        terms: pairs ``(height, rows)`` and ``(width, columns)``: the blur, from the picture before it, which may be wider.
        origin: row and column of the region's pixel (0, 0) in the picture before the blur.
        baseline: row of the baseline in the region.
        noise: standard deviation of ``ink`` about the model.
        sigma: of the blur, px; sets bins and window only.
    """

    ink: np.ndarray
    terms: Terms
    origin: tuple[int, int] = (0, 0)
    baseline: int
    noise: float
    sigma: float


@dataclass(slots=True)
class _State:
    """The survivors at one pen pixel: ``rest`` ``(states, dims)`` float32, ``pen`` px, ``cost`` (window cost), glyph last placed."""

    rest: list[np.ndarray] = field(default_factory=list)
    pen: list[np.ndarray] = field(default_factory=list)
    last: list[np.ndarray] = field(default_factory=list)
    cost: list[np.ndarray] = field(default_factory=list)
    score: list[np.ndarray] = field(default_factory=list)
    path: list[list[tuple[int, int]]] = field(default_factory=list)


class Decoder:
    """Everything that one line, one font and one size share; `decode` runs the beam."""

    def __init__(self, line: Line, glyphs: GlyphSet, kern: np.ndarray, *, seed: int = 0) -> None:
        """``kern``: px, ``(glyphs, glyphs)``, first glyph by row."""
        self.line, self.glyphs, self.kern = line, glyphs, np.round(kern, 4)
        self.bin = max(1, int(line.sigma / 2.5))
        self.width = line.ink.shape[1]
        self.bins = -(-self.width // self.bin)
        self._project()
        self._future(np.random.default_rng(seed))
        self._templates: dict[int, np.ndarray] = {}
        self._whiteners: dict[tuple[int, int], tuple[np.ndarray, np.ndarray, float]] = {}

    def _project(self) -> None:
        line, ink = self.line, self.glyphs.ink
        phases, count, rows, columns = ink.shape
        top = line.origin[0] + line.baseline + self.glyphs.top
        tall = line.terms[0][0].shape[1]
        first, last = max(0, -top), min(rows, tall - top)
        inside = ink[:, :, first:last] if last > first else ink[:, :, :0]
        blurred = [
            np.tensordot(inside, down[:, top + first : top + max(first, last)], axes=(2, 1)) for down, _ in line.terms
        ]  # (phases, glyphs, columns, height)
        stack = np.concatenate([part[0].reshape(-1, line.ink.shape[0]) for part in blurred])
        values, modes = np.linalg.eigh(stack.T @ stack / max(1, count))
        order = np.argsort(values)[::-1][:_MOST_MODES]
        kept = order[values[order] > (0.3 * line.noise) ** 2] if len(order) else order
        if not len(kept):
            kept = order[:1]
        modes = modes[:, kept]
        self.modes = len(kept)
        self._parts = [np.ascontiguousarray(np.moveaxis(part @ modes, 2, 3), dtype=np.float32) for part in blurred]
        size = np.bincount(np.arange(self.width) // self.bin, minlength=self.bins)
        share = np.zeros((self.bins, self.width))
        share[np.arange(self.width) // self.bin, np.arange(self.width)] = (
            1 / np.sqrt(size)[np.arange(self.width) // self.bin]
        )
        self._across = [np.ascontiguousarray(share @ across, dtype=np.float32) for _, across in line.terms]
        self.data = ((modes.T @ line.ink) @ share.T).T.astype(np.float32).ravel()  # bin-major: (bins, modes)
        whole = float((line.ink**2).sum())
        self.missed = max(0.0, whole - float((self.data.astype(np.float64) ** 2).sum()))

    def template(self, drawn: int) -> np.ndarray:
        """Every glyph with its pen at ``drawn / phases`` px of the region: float32 ``(glyphs, bins * modes)``."""
        known = self._templates.get(drawn)
        if known is not None:
            return known
        phases = self.glyphs.phases
        left = drawn // phases + self.glyphs.left + self.line.origin[1]
        wide = self._across[0].shape[1]
        columns = self._parts[0].shape[3]
        first, last = max(0, -left), min(columns, wide - left)
        count = self._parts[0].shape[1]
        out = np.zeros((count, self.bins, self.modes), np.float32)
        if last > first:
            for part, across in zip(self._parts, self._across, strict=True):
                piece = part[drawn % phases][:, :, first:last] @ across[:, left + first : left + last].T
                out += piece.transpose(0, 2, 1)
        flat = out.reshape(count, -1)
        self._templates[drawn] = flat
        return flat

    def _future(self, rng: np.random.Generator) -> None:
        """Mean and covariance of what random text adds, the pen at the start of a bin and up to a bin later."""
        glyphs, sigma = self.glyphs, self.line.sigma
        self.before = int(np.ceil(3.5 * sigma / self.bin)) + 1  # bins left of the pen that later glyphs reach
        self.ahead = int(np.ceil((_AHEAD * sigma + 4) / self.bin)) + 1
        reach = int(np.ceil((self.ahead + 1) * self.bin + 3.5 * sigma))
        strip = np.zeros((len(self._parts), _SAMPLES, self.modes, reach + 64), np.float32)
        pen = np.zeros(_SAMPLES)
        last = np.full(_SAMPLES, -1)
        advance = glyphs.advance
        while pen.min() < reach and len(advance):
            chosen = rng.integers(0, len(advance), _SAMPLES)
            pen = pen + np.where(last >= 0, self.kern[last, chosen], 0.0)
            drawn = self.drawn(pen)
            for sample in np.flatnonzero(pen < reach):
                left = drawn[sample] // glyphs.phases + glyphs.left
                for term, part in enumerate(self._parts):
                    piece = part[drawn[sample] % glyphs.phases, chosen[sample]]
                    skip = max(0, -left)
                    end = min(piece.shape[1], strip.shape[3] - left)
                    if end > skip:
                        strip[term, sample, :, left + skip : left + end] += piece[:, skip:end]
            pen = pen + np.maximum(advance[chosen], 1.0)
            last = chosen
        self._gauss: list[tuple[np.ndarray, np.ndarray]] = []
        total = self.before + self.ahead
        kernel = [self._wide_line(term) for term in range(len(self._parts))]
        self.step = -(-self.bin // 2)
        for offset in range(0, self.bin, self.step):
            out = np.zeros((_SAMPLES, total, self.modes), np.float32)
            for term, line in enumerate(kernel):
                rows = np.zeros((total, strip.shape[3]), np.float32)
                half = len(line) // 2
                for b in range(total):
                    for i in range(self.bin):
                        x = (b - self.before) * self.bin + i - offset
                        lo, hi = max(0, x - half), min(strip.shape[3], x + half + 1)
                        if hi > lo:
                            rows[b, lo:hi] += line[lo - x + half : hi - x + half] / np.sqrt(self.bin)
                out += (strip[term] @ rows.T).transpose(0, 2, 1)
            flat = out.reshape(_SAMPLES, -1)
            mean = flat.mean(axis=0)
            spread = flat - mean
            values, vectors = np.linalg.eigh(spread.T @ spread / len(flat))
            values, vectors = values[::-1][:_MOST_RANK], vectors[:, ::-1][:, :_MOST_RANK]
            kept = values > 0.05 * self.line.noise**2
            self._gauss.append((mean, vectors[:, kept] * np.sqrt(values[kept])))

    def _wide_line(self, term: int) -> np.ndarray:
        """The kernel along x, as it is in the middle of the region, odd length."""
        across = self.line.terms[term][1]
        row = across.shape[0] // 2
        at = row + self.line.origin[1]
        reach = min(int(np.ceil(4 * self.line.sigma)) + 2, at, across.shape[1] - 1 - at)
        line = across[row, at - reach : at + reach + 1][::-1]
        return np.asarray(line[::-1], dtype=np.float32)

    def drawn(self, pen: np.ndarray) -> np.ndarray:
        """Where a glyph is really drawn, in phases: the nearest whole pixel, or the nearest phase of one."""
        return np.floor(np.asarray(pen) * self.glyphs.phases + 0.5).astype(int)

    def _whitener(self, pixel: int) -> tuple[int, int, np.ndarray, np.ndarray, float]:
        """First bin, end bin, directions ``(dims, rank)``, mean ``(dims,)`` and log-determinant of the window at a pen pixel."""
        here, offset = divmod(max(pixel, 0), self.bin)
        offset = offset // self.step
        first, end = here - self.before, here + self.ahead
        cut_left, cut_right = max(0, -first), max(0, end - self.bins)
        key = (offset, cut_left * 10_000 + cut_right)
        known = self._whiteners.get(key)
        if known is None:
            mean, roots = self._gauss[offset]
            total = (self.before + self.ahead) * self.modes
            part = slice(min(total, cut_left * self.modes), max(0, total - cut_right * self.modes))
            mean, roots = mean[part], roots[part]
            noise = self.line.noise**2
            inner = np.linalg.cholesky(roots.T.astype(np.float64) @ roots + noise * np.eye(roots.shape[1]))
            directions = np.linalg.solve(inner, roots.T.astype(np.float64)).T
            determinant = float(np.log(np.diag(inner)).sum() - 0.5 * roots.shape[1] * np.log(noise))
            known = directions.astype(np.float32), mean, determinant
            self._whiteners[key] = known
        directions, mean, determinant = known
        return max(0, first), min(self.bins, max(end, 0)), directions, mean, determinant

    def score(self, rest: np.ndarray, pixel: int) -> np.ndarray:
        """Negative log-likelihood of residuals ``(states, dims)`` up to the window's end, the pen at ``pixel``."""
        first, end, directions, mean, determinant = self._whitener(pixel)
        low, high = first * self.modes, end * self.modes
        closed = np.einsum("ij,ij->i", rest[:, :low], rest[:, :low])
        if high > low:
            window = rest[:, low:high] - mean
            closed = closed + np.einsum("ij,ij->i", window, window)
            seen = window @ directions
            closed = closed - np.einsum("ij,ij->i", seen, seen)
        return np.asarray(closed / (2 * self.line.noise**2) + determinant, dtype=np.float64)

    def decode(
        self,
        *,
        beam: int = 24,
        prior: np.ndarray | None = None,
        spent: Callable[[], bool] = lambda: False,
        keep: int = 12,
    ) -> list[Reading]:
        """The best readings, best first; an empty list if time ran out. ``prior``: log-probabilities ``(glyphs + 1, glyphs)``, last row for the start."""
        glyphs = self.glyphs
        count = len(glyphs.chars)
        lattice = int(self.width + max(1.0, float(glyphs.advance.max())) + 2)
        start = -int(np.ceil(max(0, glyphs.left + glyphs.ink.shape[3])))  # pens left of the region still show ink in it
        start = max(start, -self.line.origin[1]) if self.line.origin[1] else 0
        if prior is None:
            prior = np.full((count + 1, count), -np.log(count))
        shelves: dict[int, _State] = {}
        nodes: list[tuple[int, int, float]] = [(-1, -1, 0.0)]  # parent node, glyph, pen
        ends: list[tuple[float, int, float]] = []
        norm = 2 * self.line.noise**2
        total = float((self.data**2).sum())
        fresh = [i / glyphs.phases for i in range(glyphs.phases)] if glyphs.setting == "fine" else [0.0]
        ends.append((total / norm, 0, total / norm))
        for pixel in range(start, lattice):
            if spent():
                return []
            shelf = shelves.pop(pixel, None) or _State()
            rest = [self.data[None, :].repeat(len(fresh), 0), *shelf.rest]
            pens = [pixel + np.array(fresh), *shelf.pen]
            last = [np.full(len(fresh), count), *shelf.last]
            cost = [np.zeros(len(fresh)), *shelf.cost]
            origin = [[(0, -1)] * len(fresh), *shelf.path]
            if pixel >= self.width:
                rest, pens, last, cost, origin = rest[1:], pens[1:], last[1:], cost[1:], origin[1:]
                if not rest:
                    continue
            all_rest, all_pen, all_last, all_cost = (np.concatenate(x) for x in (rest, pens, last, cost))
            paths = [item for part in origin for item in part]
            scores = self.score(all_rest, pixel) + all_cost
            order = np.argsort(scores, kind="stable")
            order = order[scores[order] < scores[order[0]] + 80][:beam]
            all_rest, all_pen, all_last, all_cost = (x[order] for x in (all_rest, all_pen, all_last, all_cost))
            own = []
            for position, chosen in enumerate(order):
                parent, glyph = paths[chosen]
                if glyph < 0:
                    own.append(0)
                else:
                    nodes.append((parent, glyph, float(all_pen[position])))
                    own.append(len(nodes) - 1)
            misfit = np.einsum("ij,ij->i", all_rest, all_rest) / norm
            final = misfit + all_cost
            ends.extend((float(f), node, float(m)) for f, node, m in zip(final, own, misfit, strict=True) if node)
            if pixel < self.width:
                self._extend(pixel, all_rest, all_pen, all_last, all_cost, own, prior, beam, shelves)
            ends = sorted(ends)[: 8 * keep]
        return self._readings(ends, nodes, keep)

    def _extend(
        self,
        pixel: int,
        rest: np.ndarray,
        pens: np.ndarray,
        last: np.ndarray,
        cost: np.ndarray,
        own_nodes: list[int],
        prior: np.ndarray,
        beam: int,
        shelves: dict[int, _State],
    ) -> None:
        """Put every glyph after every survivor; the best of them wait at their next pen."""
        glyphs = self.glyphs
        count = len(glyphs.chars)
        shift = np.vstack([self.kern, np.zeros((1, count))])[last]  # (states, glyphs)
        place = self.drawn(pens[:, None] + shift)
        after = pens[:, None] + shift + np.maximum(glyphs.advance, 1.0)[None, :]
        target = np.floor(after + 1e-6).astype(int)
        added = cost[:, None] - prior[last]
        norm = 2 * self.line.noise**2
        groups = (np.maximum(target, 0) // self.bin) * self.bin + np.maximum(
            target, 0
        ) % self.bin // self.step * self.step
        for group in np.unique(groups):  # pens that share a window
            first, end, directions, mean, determinant = self._whitener(int(group))
            low, high = first * self.modes, end * self.modes
            aim = groups == group
            seen_rest = (rest[:, low:high] - mean) @ directions
            energy = np.einsum("ij,ij->i", rest[:, :high], rest[:, :high]) - 2 * rest[:, low:high] @ mean + mean @ mean
            energy = energy - np.einsum("ij,ij->i", seen_rest, seen_rest)
            scores = np.full(aim.shape, np.inf)
            for drawn in np.unique(place[aim]):
                pick = aim & (place == drawn)
                letters = np.flatnonzero(pick.any(axis=0))
                ink = self.template(int(drawn))[letters]
                seen_ink = ink[:, low:high] @ directions
                own = np.einsum("ij,ij->i", ink[:, :high], ink[:, :high]) + 2 * ink[:, low:high] @ mean
                own = own - np.einsum("ij,ij->i", seen_ink, seen_ink)
                quad = energy[:, None] + own - 2 * (rest[:, :high] @ ink[:, :high].T - seen_rest @ seen_ink.T)
                scores[:, letters] = np.where(pick[:, letters], quad / norm + determinant, scores[:, letters])
            scores = scores + added
            for next_pixel in np.unique(target[aim]):
                flat = (
                    np.where(target == next_pixel, scores, np.inf).ravel()
                    if len(np.unique(target[aim])) > 1
                    else scores.ravel()
                )
                best = np.argpartition(flat, min(beam, flat.size - 1))[:beam]
                best = best[np.argsort(flat[best], kind="stable")]
                best = best[np.isfinite(flat[best])]
                if not len(best):
                    continue
                states, chosen = np.unravel_index(best, scores.shape)
                inks = np.stack([self.template(int(place[s, g]))[g] for s, g in zip(states, chosen, strict=True)])
                shelf = shelves.setdefault(int(next_pixel), _State())
                shelf.rest.append(rest[states] - inks)
                shelf.pen.append(after[states, chosen])
                shelf.last.append(chosen)
                shelf.cost.append(added[states, chosen])
                shelf.score.append(flat[best])
                shelf.path.append([(own_nodes[s], int(g)) for s, g in zip(states, chosen, strict=True)])
                self._thin(shelf, beam)

    def _thin(self, shelf: _State, beam: int) -> None:
        """Keep the best of a waiting shelf, once it holds many."""
        waiting = sum(len(x) for x in shelf.score)
        if waiting < 6 * beam:
            return
        score = np.concatenate(shelf.score)
        order = np.argsort(score, kind="stable")[: 2 * beam]
        paths = [item for part in shelf.path for item in part]
        shelf.rest = [np.concatenate(shelf.rest)[order]]
        shelf.pen = [np.concatenate(shelf.pen)[order]]
        shelf.last = [np.concatenate(shelf.last)[order]]
        shelf.cost = [np.concatenate(shelf.cost)[order]]
        shelf.score = [score[order]]
        shelf.path = [[paths[i] for i in order]]

    def _readings(
        self, ends: list[tuple[float, int, float]], nodes: list[tuple[int, int, float]], keep: int
    ) -> list[Reading]:
        found: dict[str, Reading] = {}
        for cost, node, misfit in sorted(ends):
            letters: list[int] = []
            pens: list[float] = []
            while node > 0:
                parent, glyph, pen = nodes[node]
                letters.append(glyph)
                pens.append(pen)
                node = parent
            text = "".join(self.glyphs.chars[g] for g in reversed(letters))
            if text.rstrip() not in found:
                found[text.rstrip()] = Reading(text=text.rstrip(), cost=cost, misfit=misfit, pens=tuple(reversed(pens)))
            if len(found) >= keep:
                break
        return list(found.values())
