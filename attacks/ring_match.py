"""Candidates drawn into the covered place, put through what the picture went through, and compared with what is seen outside the cover.

Two ways lead out of a box that is too small: ink that sticks out of it, and the source's compression, which mixes the 64 pixels of a block
and, where chroma is sampled coarsely, those of the next. Both are one question: which candidate explains the ring best?

Judged is the difference between candidates. That the best one explains the ring at all is asked apart: it must explain at least half of what
an empty place leaves unexplained.

Reference: ATTACKS.md sections 5, 9.1 (A304), 9.2 (A302); Ho and Chang 2008 (residue of compressed templates).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from indelible.attacks.line_font import LineFit, coverage, drawn
from indelible.attacks.recompress import Coding, recoded
from indelible.model import Box

#: Pixels by which hinted advances and the place of a fitted pen may be off.
GAP_PX = 0.8
#: Width of the ring in which ink that sticks out is looked for.
RING_PX = 3
#: Share of ink from which a pixel of the surround is text of its own and not ringing.
_OWN_INK = 0.22
#: How far ink that sticks out may reach, in heights of the region.
_REACH = 0.35
#: Fit of the words beside the region from which they are drawn rather than copied.
_EXACT = 0.97
#: Share of the unexplained that the best candidate must explain.
EXPLAINED = 0.5
#: Mean square error per value that rounding and a decoder's differences cause, in squared levels.
_NOISE_FLOOR = 0.1
#: Neighbouring errors go together, so that a ring says less than its pixels are many.
_INDEPENDENT = 0.25
#: Root mean square difference, in levels, under which two predictions are one.
_SAME = 0.35


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """What is seen round a cover, and how a candidate would look there.

    ``area``: the part of the picture that is drawn, on the coding's grid. ``base``: float32 ``(height, width)``, ink that stands there anyway;
    ``alone``: the same without the words behind the region, which a candidate that leads up to them is drawn with. ``mask``: bool, of the same shape, the pixels that are compared. ``seen``: float32 ``(pixels, channels)``. ``pen``, ``baseline``: in the
    area. ``fill``: colour of the cover. ``again``: the published file's own coding.
    """

    area: Box
    box: Box
    base: np.ndarray = field(repr=False)
    alone: np.ndarray = field(repr=False)
    mask: np.ndarray = field(repr=False)
    seen: np.ndarray = field(repr=False)
    line: LineFit
    pen: float
    baseline: int
    coding: Coding | None
    again: Coding | None
    fill: np.ndarray = field(repr=False)

    def expected(self, text: str, dx: float = 0.0, dy: int = 0) -> np.ndarray:
        """The ring's values if ``text`` were hidden. float32 ``(pixels, channels)``."""
        joined = bool(text) and self.line.fit >= _EXACT and abs(self.line.gap_error(text)) <= GAP_PX
        ink = (self.alone if joined else self.base).copy()
        if text:
            shape, x, y = self._shape(text, dx, joined)
            _add(ink, shape, x, y + dy)
        page, dark = np.array(self.line.colours.page, np.float32), np.array(self.line.colours.ink, np.float32)
        channels = self.seen.shape[1]
        values = page[:channels] + ink[..., None] * (dark - page)[:channels]
        pixels = np.clip(np.round(values), 0, 255).astype(np.uint8)
        pixels = pixels[..., 0] if channels == 1 else pixels
        if self.coding is not None:
            pixels = recoded(np.ascontiguousarray(pixels), self.coding)
        if self.again is not None:
            covered = np.array(pixels)
            inside = slice(self.box.y, self.box.bottom), slice(self.box.x, self.box.right)
            covered[inside] = self.fill[:channels] if channels > 1 else self.fill[0]
            pixels = recoded(covered, self.again)
        return np.asarray(pixels.reshape(*self.mask.shape, channels)[self.mask], dtype=np.float32)

    def _shape(self, text: str, dx: float, joined: bool) -> tuple[np.ndarray, int, int]:
        """Coverage of a candidate where it would stand, kerning and rounding included, and its first pixel in the area.

        ``joined``: with the words behind it, whose pen the line's own advances place more finely than what is seen of them.
        """
        before = self.line.before
        if before is None:
            pen = self.line.pen(text) - self.area.x if self.line.after is not None else self.pen
            ink, left, top = drawn(self.line.face, self.line.size, text, (pen + dx) % 1.0)
            return ink, math.floor(pen + dx) + left, self.baseline + top
        lead = before.text + " "
        behind = f" {self.line.after.text}" if joined and self.line.after is not None else ""
        ink, left, top = drawn(self.line.face, self.line.size, lead + text + behind, (self.pen + dx) % 1.0)
        if ink.size:
            start = int(self.line.width(lead) - 0.5 * self.line.width(" ")) - left
            ink = ink.copy()
            ink[:, : max(0, start)] = 0.0
        return ink, math.floor(self.pen + dx) + left, self.baseline + top


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """How well candidates explain a ring. ``errors``: squared error of each candidate; ``empty``: of no text at all, all per value.

    ``values``: the predictions, float32 ``(candidates, values)``. ``posterior``: of each candidate.
    """

    errors: np.ndarray = field(repr=False)
    empty: float
    values: np.ndarray = field(repr=False)
    posterior: np.ndarray = field(repr=False)

    @property
    def explained(self) -> float:
        """Share of what an empty place leaves unexplained that the best candidate explains."""
        best = float(self.errors.min())
        return 0.0 if self.empty <= 0 else max(0.0, 1.0 - best / self.empty)

    @property
    def spread(self) -> float:
        """Root mean square distance of the candidates' predictions from their mean, in levels: what the ring could tell apart."""
        return float(np.sqrt(self.values.var(axis=0).mean())) if self.values.size else 0.0

    @property
    def bits(self) -> float:
        """What the ring says about which candidate it is: log2 of how many there are less the entropy that is left."""
        weights = self.posterior[self.posterior > 0]
        return float(np.log2(len(self.posterior)) + (weights * np.log2(weights)).sum())

    def planted(self, trials: int, seed: int) -> int:
        """How often a candidate, planted with as much noise as the best fit leaves, comes out first."""
        if not self.values.size:
            return 0
        rng = np.random.default_rng(seed)
        noise = float(np.sqrt(max(_NOISE_FLOOR, self.errors.min())))
        squares = (self.values.astype(np.float64) ** 2).sum(axis=1)
        hits = 0
        for truth in rng.integers(0, len(self.values), trials):
            seen = self.values[truth] + rng.normal(0, noise, self.values.shape[1])
            scores = squares - 2 * self.values @ seen
            best = np.flatnonzero(scores <= scores.min() + 1e-6)
            hits += bool(rng.choice(best) == truth)
        return hits


def ring_of(
    image: Image.Image,
    box: Box,
    others: Sequence[Box],
    line: LineFit,
    coding: Coding | None,
    again: Coding | None = None,
    *,
    behind: bool = False,
) -> Ring | None:
    """What to compare, and with what; None if nothing of the ring lies in the picture.

    Args:
        coding: how the source was compressed; None for the 3 px in which ink may stick out, without any compression.
        again: how the published file was compressed after the cover was drawn.
        behind: compare the words behind the region as well, which stand where the hidden text has pushed them.
    """
    pixels = np.asarray(image.convert("RGB"))
    height, width = pixels.shape[:2]
    side = coding.mcu if coding is not None else (8, 8)
    offset = coding.offset if coding is not None else (0, 0)
    grey = _is_grey(pixels, box, line)
    if coding is None:
        reached = box.grown(RING_PX, RING_PX, width, height)
    elif grey:  # no chroma: nothing leaves the blocks of 8 that the box touches
        reached = _snapped(box, (8, 8), offset, width, height)
    else:
        reached = _snapped(box, side, offset, width, height).grown(*coding.reach, width, height)
    if behind and line.after is not None:
        last = min(width, line.after.right + 4)
        reached = Box(reached.x, reached.y, max(reached.right, last) - reached.x, reached.height)
    area = _snapped(reached.grown(side[0], side[1], width, height), side, offset, width, height)
    mask = np.zeros((area.height, area.width), bool)
    _part(mask, reached, area)[:] = True
    for covered in (box, *others):
        common = covered.intersection(area)
        if common is not None:
            grown = common if covered == box and again is None else common.grown(1, 1, width, height)
            part = grown.intersection(area)
            if part is not None:
                _part(mask, part, area)[:] = False
    if not mask.any():
        return None
    seen = pixels[area.y : area.bottom, area.x : area.right].astype(np.float32)
    inner = Box(box.x - area.x, box.y - area.y, box.width, box.height)
    values = seen[mask].mean(axis=1, keepdims=True) if grey else seen[mask]
    pen = line.before.pen if line.before is not None else float(box.x)
    base, alone = _base(seen, line, inner, area)
    return Ring(
        area=area,
        box=inner,
        base=base,
        alone=alone,
        mask=mask,
        seen=np.asarray(values, dtype=np.float32),
        line=line,
        pen=pen - area.x,
        baseline=line.baseline - area.y,
        coding=coding,
        again=again,
        fill=np.median(pixels[box.y : box.bottom, box.x : box.right].reshape(-1, 3), axis=0).astype(np.uint8),
    )


def matched(ring: Ring, candidates: Sequence[str], stop: Callable[[], bool] = lambda: False) -> Match | None:
    """Draw every candidate and compare; None if ``stop``, asked before each, ends it."""
    seen = ring.seen.reshape(-1)
    rows = []
    for text in candidates:
        if stop():
            return None
        rows.append(ring.expected(text).reshape(-1))
    values = np.stack(rows)
    errors = ((values - seen) ** 2).mean(axis=1)
    empty = float(((ring.expected("").reshape(-1) - seen) ** 2).mean())
    noise = max(_NOISE_FLOOR, float(errors.min()))
    likelihood = -0.5 * _INDEPENDENT * (errors - errors.min()) * len(seen) / noise
    weights = np.exp(np.maximum(likelihood, -700.0))
    return Match(errors=errors, empty=empty, values=values, posterior=weights / weights.sum())


def classes(values: np.ndarray, most: int = 64) -> int:
    """How many of the first predictions, float32 ``(candidates, values)``, are apart by more than rounding."""
    kept: list[np.ndarray] = []
    for row in values[:most]:
        if all(float(np.sqrt(((row - other) ** 2).mean())) > _SAME for other in kept):
            kept.append(row)
    return len(kept)


def fitting(line: LineFit, box: Box, candidates: Sequence[str], slack: int) -> list[int]:
    """Numbers of the candidates whose ink stands out of the region by no more than ``slack`` pixels."""
    found = []
    for number, text in enumerate(candidates):
        ink, left, top = drawn(line.face, line.size, text)
        pen = line.pen(text)
        x, y = (box.x if math.isnan(pen) else pen) + left, line.baseline + top
        across = x >= box.x - slack - 1 and x + ink.shape[1] <= box.right + slack + 1
        if across and y >= box.y - slack and y + ink.shape[0] <= box.bottom + slack:
            found.append(number)
    return found


def _is_grey(pixels: np.ndarray, box: Box, line: LineFit) -> bool:
    """Whether page, ink and everything near the region is without colour."""
    near = box.grown(24, 24, pixels.shape[1], pixels.shape[0])
    part = pixels[near.y : near.bottom, near.x : near.right].astype(np.int16)
    seen = np.ones(part.shape[:2], bool)
    seen[box.y - near.y : box.bottom - near.y, box.x - near.x : box.right - near.x] = False
    triples = np.ptp(np.array(line.colours.page)) <= 2 and np.ptp(np.array(line.colours.ink)) <= 6
    return bool(triples and (np.ptp(part[seen], axis=1) <= 3).all()) if seen.any() else bool(triples)


def _base(seen: np.ndarray, line: LineFit, box: Box, area: Box) -> tuple[np.ndarray, np.ndarray]:
    """The ink outside the region that is not the hidden text's own: what goes on beyond the reach of a tip. Ringing is wiped.

    Then the same without the words behind the region.
    """
    import cv2

    ink = coverage(seen, line.colours)
    ink[box.y : box.bottom, box.x : box.right] = 0.0
    solid = (ink > _OWN_INK).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    reach = max(RING_PX + 1, _REACH * min(box.height, 160))
    base = np.zeros_like(ink)
    for label in range(1, count):
        left, top, wide, tall = (int(value) for value in stats[label][:4])
        near = left + wide >= box.x and left <= box.right and top + tall >= box.y and top <= box.bottom
        within = (
            left >= box.x - reach
            and left + wide <= box.right + reach
            and top >= box.y - reach
            and top + tall <= box.bottom + reach
        )
        if not (near and within):
            part = cv2.dilate((labels == label).astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
            base[part] = np.maximum(base[part], ink[part])
    if line.fit < _EXACT:
        base[box.y : box.bottom, box.x : box.right] = 0.0
        return base, base
    alone = base
    for run in (line.before, line.after):  # they are drawn: what is seen of them has been compressed already
        if run is None:
            continue
        shape = drawn(line.face, line.size, run.text, run.pen % 1.0)
        top, left = line.baseline + shape[2] - area.y, run.left - area.x
        rows = slice(max(0, top - 1), max(0, top + shape[0].shape[0] + 1))
        base[rows, max(0, left - 2) : max(0, run.right - area.x + 2)] = 0
        if run is line.after:
            alone = base.copy()
        _add(base, shape[0], math.floor(run.pen) + shape[1] - area.x, line.baseline + shape[2] - area.y)
    for ink_left in (base, alone):
        ink_left[box.y : box.bottom, box.x : box.right] = 0.0
    return base, alone


def _add(ink: np.ndarray, drawn_ink: np.ndarray, x: int, y: int) -> None:
    """Put a drawn text on ``ink``, the darker one counting."""
    x0, y0 = max(0, x), max(0, y)
    x1, y1 = min(ink.shape[1], x + drawn_ink.shape[1]), min(ink.shape[0], y + drawn_ink.shape[0])
    if x1 > x0 and y1 > y0:
        part = ink[y0:y1, x0:x1]
        np.maximum(part, drawn_ink[y0 - y : y1 - y, x0 - x : x1 - x], out=part)


def _snapped(box: Box, side: tuple[int, int], offset: tuple[int, int], width: int, height: int) -> Box:
    """The box out to a grid, cut to the frame."""
    left = (box.x - offset[0]) // side[0] * side[0] + offset[0]
    top = (box.y - offset[1]) // side[1] * side[1] + offset[1]
    right = -(-(box.right - offset[0]) // side[0]) * side[0] + offset[0]
    bottom = -(-(box.bottom - offset[1]) // side[1]) * side[1] + offset[1]
    left, top = max(left, offset[0]), max(top, offset[1])
    return Box(left, top, max(1, min(right, width) - left), max(1, min(bottom, height) - top))


def _part(mask: np.ndarray, box: Box, area: Box) -> np.ndarray:
    """A box of the picture in an array of the area."""
    return mask[max(0, box.y - area.y) : box.bottom - area.y, max(0, box.x - area.x) : box.right - area.x]
