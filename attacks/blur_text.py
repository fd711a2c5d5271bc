"""Reading a blurred line from nothing but its pixels: kernel, font, size and place are found on the way.

Order, cheap to dear: the kernel by likelihood under random text; a shortlist of fonts, sizes and baselines the same way; each of
these decoded with a narrow beam and a soft noise; the best refined (width, family and edge of the blur, contrast) against what they
read, then decoded again with a wide beam and honest noise. What is judged in the end is the residual of the re-render, and how far
the next reading lies behind.

Reference: ATTACKS.md section 8.3 (A201).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from indelible.attacks.blur_answer import EXPLAINED, Attempt, TextReading, answer_of, plenty
from indelible.attacks.blur_decode import Decoder, Line, Reading
from indelible.attacks.blur_fonts import ALPHABETS, Hypothesis, letter_prior, likely_contrast, shortlist
from indelible.attacks.blur_identify import identify_text
from indelible.attacks.blur_ink import Ink
from indelible.attacks.blur_kernels import BROWSER, GAUSSIAN, GAUSSIANS, OPENCV, PILLOW, Kernel, axis_terms, of_sigma
from indelible.attacks.blur_proof import SAME, difference
from indelible.attacks.fonts import Font, installed_fonts
from indelible.attacks.glyphs import Setting, glyph_set, kerning

#: In which setting, at which baselines beside the likeliest, and for how many hypotheses the line is decoded.
_PASSES: tuple[tuple[Setting, tuple[int, ...], int], ...] = (
    ("snapped", (0, -1), 60),
    ("whole", (0, -1), 6),
    ("fine", (0, 1), 10),
    ("snapped", (1,), 12),
)
#: Soft noise of the first decoding, levels of full contrast.
_SOFT = 1.5 / 255
#: Residual in units of the noise, of a soft decoding that is worth finishing.
_PROMISING = 1.9
#: Residual of a soft decoding, in units of the noise, up to which the blur's width is fitted to it and the line decoded again.
_NEAR = 16.0
#: A fitted contrast that is so near to the known one counts as that.
_AS_KNOWN = 0.02
#: Readings whose re-render is looked at closely, and how far the best of them may be, in levels, to look at more.
_CHECKED, _FAR = 4, 0.6
#: After so many soft decodings, a residual above this ends the search.
_HOPELESS = ((90, 14.0), (40, 30.0), (12, 60.0), (3, 120.0))
_SIZES = tuple(float(size) for size in (*range(10, 33), 34, 36, 38, 40, 44, 48, 54, 60, 72))


def read_line(
    ink: Ink,
    *,
    kernel: Kernel | None = None,
    edges: Sequence[str] = ("clamp",),
    fonts: Sequence[Font] | None = None,
    sizes: Sequence[float] = _SIZES,
    kinds: Sequence[str] = ("digits", "lower", "mixed"),
    effort: float = 1.0,
    seed: int = 0,
    spent: Callable[[], bool] = lambda: False,
) -> TextReading:
    """Read a region that holds one blurred line.

    Args:
        ink: the region.
        kernel: the blur, if it is known; it is then not questioned.
        edges: edge policies to try, the first for everything but the last refinement.
        fonts: fonts to try, all installed ones by default.
        sizes: px per em.
        kinds: kinds of text to try.
        effort: scales the number of hypotheses decoded.
        seed: of the decoder's random strings.
        spent: asked between hypotheses.
    """
    values, noise = ink.ink, ink.noise
    known = kernel is not None
    if kernel is None:
        found = identify_text(values, noise, edge=edges[0], spent=spent, free_contrast=not ink.known)
        if found is None:
            return TextReading(readings=(), attempt=None, kernel=None, fit=np.inf, trials=0, cut=spent())
        kernel = found.kernel
        if kernel.family == BROWSER:  # three boxes as well; Pillow's have no steps
            kernel = Kernel(family=PILLOW, width=kernel.sigma, edge=kernel.edge)
    chosen = tuple(fonts) if fonts is not None else installed_fonts()
    usable = [size for size in sizes if 0.5 * size <= values.shape[0]] or [sizes[0]]
    count = max(4, round(30 * effort))
    search = _Search(ink=ink, edges=edges, known=known, seed=seed, spent=spent)
    plain = [font for font in chosen if font.plain]
    rest = [font for font in chosen if not font.plain]
    for faces, share in ((plain, 1.0), (rest, 0.5)):
        if faces and not search.explained and not search.hopeless:
            search.scan(
                _hypotheses(values, noise, kernel, faces, usable, kinds, count, spent, known, not ink.known),
                share * effort,
            )
    if not search.explained and not search.hopeless:
        search.climb()
        for attempt in search.best(2):
            search.finish(attempt)
    return answer_of(search.finals or search.best(1), kernel, search.trials, spent())


def _hypotheses(
    values: np.ndarray,
    noise: float,
    kernel: Kernel,
    fonts: Sequence[Font],
    sizes: Sequence[float],
    kinds: Sequence[str],
    count: int,
    spent: Callable[[], bool],
    known: bool = False,
    free: bool = False,
) -> list[Hypothesis]:
    """Every font at few sizes; then the likeliest fonts at the sizes between, the kernel's width left open by a per cent or two."""
    soft = max(3 * noise, 0.004)
    some = [size for i, size in enumerate(sizes) if i == 0 or i % max(1, round(len(sizes) / 14)) == 0]
    rough = shortlist(
        values,
        noise=soft,
        kernels=[kernel],
        fonts=fonts,
        sizes=some,
        kinds=kinds,
        spent=spent,
        keep=40 * count,
        free_contrast=free,
    )
    likely: dict[tuple[str, str], Hypothesis] = {}
    for item in sorted(rough, key=lambda item: item.cost + (0.0 if item.font.plain else 3.0)):
        likely.setdefault((item.font.name, item.kind), item)
    steps = (1.0,) if known else tuple(0.97 + 0.005 * i for i in range(13))
    kernels = [kernel.scaled(step) for step in steps]
    found: dict[tuple[str, float, str], Hypothesis] = {}
    for item in list(likely.values())[: max(4, count // 2)]:
        near = [size for size in sizes if 0.84 * item.size <= size <= 1.2 * item.size]
        for hypothesis in shortlist(
            values,
            noise=soft,
            kernels=kernels,
            fonts=[item.font],
            sizes=near,
            kinds=[item.kind],
            spent=spent,
            keep=99,
            free_contrast=free,
        ):
            found.setdefault((hypothesis.font.name, hypothesis.size, hypothesis.kind), hypothesis)
    ranked = sorted(
        found.values(), key=lambda item: (item.cost + (0.0 if item.font.plain else 3.0), item.font.name, item.size)
    )
    return ranked[: 3 * count]


class _Search:
    """The decodings of one line, and what they came to."""

    def __init__(self, *, ink: Ink, edges: Sequence[str], known: bool, seed: int, spent: Callable[[], bool]) -> None:
        self.ink, self.edges, self.known, self.seed, self.spent = ink, edges, known, seed, spent
        self.soft = max(_SOFT, 1.5 * ink.noise)
        self.trials = 0
        self.finals: list[Attempt] = []
        self.explained = False
        self._soft: dict[tuple[str, float, int, str, str], Attempt] = {}

    def decode(
        self,
        hypothesis: Hypothesis,
        setting: Setting,
        *,
        noise: float,
        beam: int,
        contrast: float = 1.0,
        keep: int = 6,
    ) -> Attempt | None:
        """One decoding; None if time is out. Soft ones are remembered for `best`."""
        if self.spent():
            return None
        values = self.ink.ink / contrast
        chars = ALPHABETS[hypothesis.kind]
        height, width = values.shape
        if not -2 * hypothesis.size < hypothesis.baseline < height + 2 * hypothesis.size:
            return None
        glyphs = glyph_set(hypothesis.font, hypothesis.size, chars, setting)
        line = Line(
            ink=values, terms=axis_terms(hypothesis.kernel, height, width), baseline=hypothesis.baseline,
            noise=noise / contrast, sigma=hypothesis.kernel.sigma,
        )  # fmt: skip
        decoder = Decoder(line, glyphs, kerning(hypothesis.font, chars) * hypothesis.size, seed=self.seed)
        readings = decoder.decode(beam=beam, prior=letter_prior(hypothesis.kind), keep=keep, spent=self.spent)
        self.trials += 1
        if not readings:
            return None
        fit = float(np.sqrt(2 * readings[0].misfit / max(1, len(decoder.data))) * noise / self.ink.noise)
        attempt = Attempt(hypothesis=hypothesis, setting=setting, readings=tuple(readings), contrast=contrast, fit=fit)
        if beam <= 8:
            key = hypothesis.font.name, hypothesis.size, hypothesis.baseline, setting, hypothesis.kind
            self._soft[key] = attempt
        return attempt

    def scan(self, hypotheses: Sequence[Hypothesis], effort: float) -> None:
        """Decode the hypotheses in turn, in each setting, until one explains the line. Hinting lifts most text by a pixel or none."""
        for setting, steps, most in _PASSES:
            ranked = hypotheses if setting == "snapped" and len(steps) > 1 else self.ordered(hypotheses)
            for hypothesis in ranked[: max(2, round(most * effort))]:
                for step in steps:
                    near = replace(hypothesis, baseline=hypothesis.baseline + step)
                    self.attempt(near, setting)
                    if self.spent() or self.explained or self.hopeless:
                        return

    @property
    def hopeless(self) -> bool:
        """Whether what was tried so far leaves so much that this is no text, or in no font that is here."""
        tried = len(self._soft)
        limit = next((limit for count, limit in _HOPELESS if tried >= count), np.inf)
        return tried > 0 and limit < np.inf and min(item.fit for item in self._soft.values()) > limit

    def attempt(self, hypothesis: Hypothesis, setting: Setting) -> None:
        """A soft decoding, and all that follows if it leaves little."""
        leader = min((item.readings[0].cost for item in self._soft.values()), default=np.inf)
        found = self.decode(hypothesis, setting, noise=self.soft, beam=4, contrast=self.contrast_of(hypothesis))
        if found is None or len(found.readings[0].text) < 2:
            return
        if (
            found.fit >= _PROMISING
            and not (self.known and self.ink.known)
            and found.fit < _NEAR
            and found.readings[0].cost < leader
        ):
            found = self.polished(found)
        if found.fit < _PROMISING:
            self.finish(found)

    def contrast_of(self, hypothesis: Hypothesis) -> float:
        """The contrast to begin with: 1.0 where it is known, else by how much ink there is."""
        if self.ink.known:
            return 1.0
        return likely_contrast(self.ink.ink, hypothesis.font, hypothesis.kind, hypothesis.size, hypothesis.kernel.sigma)

    def polished(self, attempt: Attempt) -> Attempt:
        """The blur's width fitted to a soft reading and the line decoded again, for as long as that helps.

        A width that is off by two per cent makes the right font look wrong; most letters of such a reading are right all the same.
        """
        for _ in range(3):
            closer = self.refined(attempt, quick=True)
            again = self.decode(closer.hypothesis, closer.setting, noise=self.soft, beam=4, contrast=closer.contrast)
            if again is None or again.readings[0].cost > 0.97 * attempt.readings[0].cost:
                return attempt
            attempt = again
            if attempt.fit < _PROMISING:
                break
        return attempt

    def finish(self, attempt: Attempt) -> None:
        """Refine the kernel against the reading and decode with honest noise, twice."""
        current = self.refined(attempt)
        for beam, level in ((12, 2.0), (40, 1.0)):
            again = self.decode(
                current.hypothesis,
                current.setting,
                noise=level * self.ink.noise,
                beam=beam,
                contrast=current.contrast,
                keep=16,
            )
            if again is None:
                return
            current = self.refined(again)
        current = self.proved(current)
        self.finals.append(current)
        self.explained = self.explained or current.same < SAME or (current.fit < EXPLAINED and plenty(current))

    def proved(self, attempt: Attempt) -> Attempt:
        """The attempt with its readings in the order of their exact re-renders, where one of them is the region itself."""
        if self.ink.levels is None:
            return attempt
        kernel, contrast = attempt.hypothesis.kernel, attempt.contrast
        pages: list[np.ndarray] = []
        readings: list[Reading] = []
        for number, reading in sorted(enumerate(attempt.readings), key=lambda item: len(item[1].text)):
            page = self._page(attempt, number)
            if not any(np.array_equal(page, other) for other in pages):  # what stands outside is not there
                pages.append(page)
                readings.append(reading)
        if not pages:
            return attempt
        first = min(difference(self.ink, page, kernel, contrast) + (i,) for i, page in enumerate(pages[:_CHECKED]))
        if first[0] > _FAR:
            return replace(attempt, same=first[0])
        kernel = replace(kernel, width=first[1])
        if not self.known and kernel.family in GAUSSIANS and first[0] > SAME / 5:
            # three boxes are three boxes: only their roundings tell whose they are
            ways = [kernel, *(of_sigma(name, kernel.sigma, kernel.edge) for name in GAUSSIANS if name != kernel.family)]
            found = [difference(self.ink, pages[first[2]], way, contrast) for way in ways]
            at = int(np.argmin([one[0] for one in found]))
            kernel = replace(ways[at], width=found[at][1])
        apart = [difference(self.ink, page, kernel, contrast)[0] for page in pages]
        if min(apart) >= SAME:
            return replace(attempt, same=min(apart))
        order = np.argsort(apart, kind="stable")
        return replace(
            attempt,
            hypothesis=replace(attempt.hypothesis, kernel=kernel),
            readings=tuple(readings[i] for i in order),
            same=apart[order[0]],
            apart=tuple(apart[i] for i in order),
        )

    def ordered(self, hypotheses: Sequence[Hypothesis]) -> list[Hypothesis]:
        """The hypotheses in the order of their best soft decoding."""
        cost: dict[tuple[str, float, str], float] = {}
        for (font, size, _, _, kind), attempt in self._soft.items():
            key = font, size, kind
            cost[key] = min(cost.get(key, np.inf), attempt.readings[0].cost)
        return sorted(hypotheses, key=lambda item: cost.get((item.font.name, item.size, item.kind), np.inf))

    def climb(self) -> None:
        """From the best, single steps of size, baseline and half sizes, while they help."""
        for _ in range(3):
            start = self.best(1)
            if self.spent() or self.explained or not start:
                return
            here, setting = start[0].hypothesis, start[0].setting
            steps = [replace(here, baseline=here.baseline + step) for step in (-1, 1)]
            steps += [replace(here, size=here.size + step) for step in (-1.0, -0.5, 0.5, 1.0) if here.size + step >= 6]
            for item in steps:
                if (
                    not self.explained
                    and (item.font.name, item.size, item.baseline, setting, item.kind) not in self._soft
                ):
                    self.attempt(item, setting)
            if self.best(1)[0].readings[0].cost >= start[0].readings[0].cost:
                return

    def best(self, count: int) -> list[Attempt]:
        """The soft decodings of least cost."""
        ranked = sorted(
            self._soft.values(),
            key=lambda item: (item.readings[0].cost, item.hypothesis.font.name, item.hypothesis.size, item.setting),
        )
        return ranked[:count]

    def refined(self, attempt: Attempt, *, quick: bool = False) -> Attempt:
        """The attempt with the kernel and contrast that fit its reading best, and the residual of that.

        ``quick``: only the width, but further off.
        """
        page = self._page(attempt)
        height, width = self.ink.ink.shape
        start = attempt.hypothesis.kernel
        best: tuple[float, Kernel, float] | None = None

        def fit(kernel: Kernel) -> float:
            nonlocal best
            render = np.zeros((height, width))
            for down, across in axis_terms(kernel, height, width):
                render += down @ page @ across.T
            contrast, rms = self._fit(render)
            if best is None or rms < best[0]:
                best = rms, kernel, contrast
            return rms

        fit(start)
        if not self.known:
            families = [start.family]
            if start.family in GAUSSIANS and not quick:
                families += [name for name in (PILLOW, OPENCV, GAUSSIAN, BROWSER) if name != start.family]
            for family in families:
                for edge in self.edges if family == start.family and not quick else (start.edge,):
                    middle = start.width if family == start.family else start.sigma
                    if family == OPENCV and start.family != OPENCV:
                        middle = start.sigma * 1.01
                    for span, steps in ((0.06, 9), (0.01, 5)) if quick else ((0.03, 7), (0.008, 5), (0.002, 5)):
                        ranked = [
                            (fit(Kernel(family=family, width=float(middle * f), edge=edge)), float(middle * f))
                            for f in 1 + np.linspace(-span, span, steps)
                        ]
                        middle = min(ranked)[1]
        assert best is not None
        rms, kernel, contrast = best
        return replace(attempt, hypothesis=replace(attempt.hypothesis, kernel=kernel), contrast=contrast, rms=rms)

    def _fit(self, render: np.ndarray) -> tuple[float, float]:
        """Contrast (1.0 where it is known) and the residual's rms."""
        power = float((render**2).sum())
        contrast = float((render * self.ink.ink).sum() / power) if power > 0 else 1.0
        contrast = min(1.6, max(0.15, contrast))
        if self.ink.known and abs(contrast - 1) < _AS_KNOWN:
            contrast = 1.0
        return contrast, float(np.sqrt(np.mean((self.ink.ink - contrast * render) ** 2)))

    def _page(self, attempt: Attempt, number: int = 0) -> np.ndarray:
        """A reading set again, before the blur: coverage ``(height, width)``."""
        hypothesis, reading = attempt.hypothesis, attempt.readings[number]
        chars = ALPHABETS[hypothesis.kind]
        glyphs = glyph_set(hypothesis.font, hypothesis.size, chars, attempt.setting)
        height, width = self.ink.ink.shape
        page = np.zeros((height, width))
        rows, columns = glyphs.ink.shape[2:]
        for char, pen in zip(reading.text, reading.pens, strict=False):
            which = chars.index(char)
            before = pen - max(float(glyphs.advance[which]), 1.0)
            place = int(np.floor(before * glyphs.phases + 0.5))
            left, top = place // glyphs.phases + glyphs.left, hypothesis.baseline + glyphs.top
            r0, c0, r1, c1 = max(0, top), max(0, left), min(height, top + rows), min(width, left + columns)
            if r1 > r0 and c1 > c0:
                page[r0:r1, c0:c1] += glyphs.ink[
                    place % glyphs.phases, which, r0 - top : r1 - top, c0 - left : c1 - left
                ]
        return np.clip(page, 0, 1)
