"""Which font, size, baseline and sigma a blurred line may have, before a character is guessed.

Text of random letters is a known random process: per horizontal frequency, the rows of a line have a covariance that follows in
closed form from the glyphs' outlines and advances (a renewal process whose marks are glyphs). Blurring multiplies it by the
kernel's transfer. So each hypothesis has a Gaussian likelihood, and thousands of them cost seconds; no letters are tried.

Rows of a glyph are kept in 16ths of an em; frequencies are those of the region's width.

Reference: ATTACKS.md sections 4.1 (step 3), 8.2 and 8.3; Whittle's likelihood.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from indelible.attacks.blur_kernels import Kernel, axis_terms
from indelible.attacks.fonts import Font
from indelible.attacks.glyphs import designed_advance, outline_glyph

DIGITS = "0123456789"
LOWER = "abcdefghijklmnopqrstuvwxyz"
UPPER = LOWER.upper()
MIXED = LOWER + UPPER + DIGITS + " .,-:/"
#: What may stand in a line of each kind.
ALPHABETS = {"digits": DIGITS + " .,-:/", "lower": LOWER + " .,-'", "upper": UPPER + DIGITS + " .-", "mixed": MIXED}
#: Kinds of text by their letters and how often they come; a hypothesis names one.
_ENGLISH = dict(
    zip("etaoinshrdlcumwfgypbvkjxqz", (12.7, 9.1, 8.2, 7.5, 7.0, 6.7, 6.3, 6.1, 6.0, 4.3, 4.0, 2.8, 2.8, 2.4, 2.4,
                                       2.2, 2.0, 2.0, 1.9, 1.5, 1.0, 0.8, 0.15, 0.15, 0.1, 0.07), strict=True)
)  # fmt: skip
_PER_EM, _ROWS_PER_EM = 32, 16
_ABOVE, _BELOW = 18, 6  # rows above and below the baseline
_WIDEST_EM = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """One way in which the line may have been set and blurred. ``baseline``: row of the region; ``cost``: nats, lower is better."""

    font: Font
    size: float
    baseline: int
    kernel: Kernel
    kind: str
    cost: float


def weights(kind: str) -> dict[str, float]:
    """How often each character comes in a kind of text, summing to 1: ``digits``, ``lower``, ``upper`` or ``mixed``."""
    if kind == "digits":
        chosen = dict.fromkeys(DIGITS, 1.0)
    elif kind == "lower":
        chosen = {char: 0.5 * share + 2.0 for char, share in _ENGLISH.items()} | {" ": 12.0}
    elif kind == "upper":
        chosen = (
            {char.upper(): 0.5 * share + 2.0 for char, share in _ENGLISH.items()}
            | dict.fromkeys(DIGITS, 3.0)
            | {" ": 6.0}
        )
    else:
        chosen = {char: 0.4 * share + 1.0 for char, share in _ENGLISH.items()}
        chosen |= {char.upper(): 0.05 * share + 0.8 for char, share in _ENGLISH.items()}
        chosen |= dict.fromkeys(DIGITS, 1.2) | {" ": 8.0, ".": 0.8, ",": 0.8, "-": 0.5, ":": 0.4, "/": 0.3}
    total = sum(chosen.values())
    return {char: share / total for char, share in chosen.items()}


@functools.lru_cache(maxsize=16)
def letter_prior(kind: str) -> np.ndarray:
    """Log-probabilities of the letters of `ALPHABETS`, one after another: ``(letters + 1, letters)``, the last row for the start."""
    share, alphabet = weights(kind), ALPHABETS[kind]
    line = np.log(np.array([0.97 * share.get(char, 0.0) + 0.03 / len(alphabet) for char in alphabet]))
    return np.broadcast_to(line, (len(alphabet) + 1, len(alphabet))).copy()


@functools.lru_cache(maxsize=128)
def _outlines(font: Font, kind: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Glyphs ``(glyphs, rows, columns)`` in 16ths and 32nds of an em from the pen, advances in em, weights."""
    frequency = weights(kind)
    columns = int(_WIDEST_EM * _PER_EM)
    ink = np.zeros((len(frequency), _ABOVE + _BELOW, columns), np.float32)
    for i, char in enumerate(frequency):
        glyph = outline_glyph(font, 64.0, char, "none")
        if not glyph.ink.size:
            continue
        rows, cols = glyph.ink.shape
        fine = np.zeros((4 * (_ABOVE + _BELOW), 2 * columns), np.float32)
        top, left = 4 * _ABOVE + glyph.top, glyph.left + _PER_EM // 4
        r0, c0 = max(0, top), max(0, left)
        r1, c1 = min(fine.shape[0], top + rows), min(fine.shape[1], left + cols)
        if r1 > r0 and c1 > c0:
            fine[r0:r1, c0:c1] = glyph.ink[r0 - top : r1 - top, c0 - left : c1 - left]
        ink[i] = fine.reshape(_ABOVE + _BELOW, 4, columns, 2).mean(axis=(1, 3))
    advance = np.array([designed_advance(font, char) for char in frequency])
    return ink, advance, np.array(list(frequency.values()))


@functools.lru_cache(maxsize=256)
def _coverage(font: Font, kind: str) -> float:
    """Ink of a line, square em per em of its length."""
    ink, advance, share = _outlines(font, kind)
    area = ink.sum(axis=(1, 2)) / (_ROWS_PER_EM * _PER_EM)
    return float((area @ share) / max(float(advance @ share), 1e-3))


def likely_contrast(ink: np.ndarray, font: Font, kind: str, size: float, sigma: float) -> float:
    """How strong the ink is, from how much of it there is in all, for text of usual letters; within a tenth or so."""
    expected = _coverage(font, kind) * size * _extent(ink.sum(axis=0), sigma)
    return float(np.clip(ink.sum() / max(expected, 1e-6), 0.15, 1.3))


def _spectrum(font: Font, kind: str, cycles: np.ndarray, length: float) -> np.ndarray:
    """Covariance of the rows at each frequency, per em of text: complex ``(frequencies, rows, rows)``.

    Args:
        font: the font.
        kind: the kind of text.
        cycles: frequencies in cycles per em.
        length: of the text, in em.
    """
    ink, advance, share = _outlines(font, kind)
    column = np.arange(ink.shape[2]) / _PER_EM
    wave = np.exp(-2j * np.pi * np.outer(column, cycles)) / _PER_EM
    glyph = np.tensordot(ink, wave, axes=(2, 0)).transpose(2, 0, 1)  # (frequencies, glyphs, rows)
    turn = np.exp(-2j * np.pi * np.outer(cycles, advance))  # (frequencies, glyphs)
    mean_advance = float(share @ advance)
    count = max(2.0, length / max(mean_advance, 1e-3))
    own = np.einsum("fgr,g,fgs->frs", glyph, share, glyph.conj(), optimize=True)
    mean = np.einsum("fgr,g->fr", glyph, share)
    before = np.einsum("fgr,g,fg->fr", glyph.conj(), share, turn)
    step = (turn @ share) * (1 - 1 / count)
    cross = mean[:, :, None] * (before / (1 - step)[:, None])[:, None, :] * (1 - 1 / count)
    both = own + cross + cross.conj().transpose(0, 2, 1)
    return np.asarray(both / mean_advance)


@functools.lru_cache(maxsize=400)
def _roots(font: Font, kind: str, size: float, width: int, count: int, extent: float) -> np.ndarray:
    """A root of the rows' covariance at the first frequencies of a region: complex ``(frequencies, rows, rank)``."""
    cycles = np.arange(count) / width * size
    values, vectors = np.linalg.eigh(_spectrum(font, kind, cycles, extent / size) * size * extent)
    return np.asarray(vectors[:, :, -12:] * np.sqrt(np.clip(values[:, None, -12:], 0, None)), dtype=np.complex64)


def _rows_matrix(height: int, size: float, baseline: float) -> np.ndarray:
    """How a glyph's rows fill the pixel rows: ``(height, rows)``, each pixel the mean over what it covers."""
    top = baseline + (np.arange(_ABOVE + _BELOW) - _ABOVE) * size / _ROWS_PER_EM
    bottom = top + size / _ROWS_PER_EM
    at = np.arange(height)[:, None]
    return np.asarray(np.clip(np.minimum(bottom, at + 1) - np.maximum(top, at), 0, None))


def shortlist(
    ink: np.ndarray,
    *,
    noise: float,
    kernels: Sequence[Kernel],
    fonts: Sequence[Font],
    sizes: Sequence[float],
    kinds: Sequence[str] = ("digits", "mixed"),
    spent: Callable[[], bool] = lambda: False,
    keep: int = 24,
    free_contrast: bool = False,
    cutoff: float | None = None,
) -> list[Hypothesis]:
    """The likeliest ways in which a line was set and blurred, best first.

    Args:
        ink: float, ``(height, width)``, 0 for background, 1 for full ink.
        noise: standard deviation of ``ink`` about the truth.
        kernels: kernels to try.
        fonts: fonts to try.
        sizes: sizes in px per em.
        kinds: kinds of text, see `weights`.
        spent: asked between hypotheses; what was found so far is returned.
        keep: how many.
        free_contrast: the ink's contrast is not known either.
        cutoff: highest frequency that counts, cycles per px; None for three quarters over the smallest sigma.
    """
    height, width = ink.shape
    sigma = min(kernel.sigma for kernel in kernels)
    cutoff = min(0.5, 0.75 / max(sigma, 0.7)) if cutoff is None else cutoff
    modes = min(height, max(3, int(2 * height * cutoff)))
    rows = np.cos(np.pi * np.outer(np.arange(modes), np.arange(height) + 0.5) / height) * np.sqrt(2 / height)
    rows[0] /= np.sqrt(2)
    taper = _taper(ink, sigma)
    spectrum = np.fft.rfft(rows @ (ink * taper), axis=1).T
    freqs = np.arange(spectrum.shape[0]) / width
    used = freqs <= cutoff
    spectrum, freqs = spectrum[used], freqs[used]
    power = float((taper**2).sum())
    column = ink.sum(axis=0)
    extent = _extent(column, sigma)
    mass = np.clip(ink.sum(axis=1), 0, None)
    centroid = float((mass * (np.arange(height) + 0.5)).sum() / max(mass.sum(), 1e-9))
    found: list[Hypothesis] = []
    blurs = [[(rows @ down, transfer) for down, transfer in _axes(kernel, height, width, freqs)] for kernel in kernels]
    for font in fonts:
        for kind in kinds:
            outline, _, share = _outlines(font, kind)
            profile = np.einsum("grc,g->r", outline, share)
            middle = (
                float((profile * (np.arange(len(profile)) + 0.5 - _ABOVE)).sum() / max(profile.sum(), 1e-9))
                / _ROWS_PER_EM
            )
            for size in sizes:
                if spent():
                    return _best(found, keep)
                roots = _roots(font, kind, size, width, len(freqs), extent)
                guess = centroid - middle * size
                slack = max(1, round(0.06 * size))
                for baseline in range(round(guess) - slack, round(guess) + slack + 1, 1 if size < 30 else 2):
                    shape = _rows_matrix(height, size, baseline)
                    for kernel, axes in zip(kernels, blurs, strict=True):
                        mixed = sum((down @ shape) @ (roots * transfer[:, None, None]) for down, transfer in axes)
                        assert isinstance(mixed, np.ndarray)
                        cost = _cost(spectrum, mixed, noise**2 * power, free_contrast)
                        found.append(
                            Hypothesis(font=font, size=size, baseline=baseline, kernel=kernel, kind=kind, cost=cost)
                        )
        if len(found) > 4000:
            found = _best(found, 10 * keep, distinct=False)
    return _best(found, keep)


def _cost(spectrum: np.ndarray, mixed: np.ndarray, floor: float, free: bool) -> float:
    """Negative log-likelihood of the rows' spectra, zero-mean Gaussian with covariance ``mixed mixed* + floor``."""
    count = mixed.shape[2]
    inner = mixed.conj().transpose(0, 2, 1) @ mixed
    eye = np.eye(count)
    best = np.inf
    for contrast in (0.4, 0.55, 0.75, 1.0) if free else (1.0,):
        lower = np.linalg.cholesky(inner * contrast**2 + floor * eye)
        seen = (mixed.conj().transpose(0, 2, 1) @ spectrum[:, :, None]) * contrast
        solved = np.linalg.solve(lower, seen)
        weight = np.full(len(spectrum), 1.0)
        weight[0] = 0.5  # the constant is real
        quad = ((np.abs(spectrum) ** 2).sum(axis=1) - (np.abs(solved) ** 2).sum(axis=(1, 2))) / floor
        logdet = 2 * np.log(np.abs(np.einsum("fii->fi", lower))).sum(axis=1) - count * np.log(floor)
        best = min(best, float((weight * (quad + logdet)).sum()))
    return best


def _best(found: list[Hypothesis], keep: int, *, distinct: bool = True) -> list[Hypothesis]:
    """The best, at most one for each font, size, kind and kernel if they are to be distinct."""
    ranked = sorted(found, key=lambda item: (item.cost, item.font.name, item.size, item.baseline))
    if not distinct:
        return ranked[:keep]
    seen: set[tuple[str, float, str, Kernel]] = set()
    chosen = []
    for item in ranked:
        key = (item.font.name, item.size, item.kind, item.kernel)
        if key not in seen:
            seen.add(key)
            chosen.append(item)
    return chosen[:keep]


def _taper(ink: np.ndarray, sigma: float) -> np.ndarray:
    """1 inside, falling to 0 at the left and right border, unless nothing shows there anyway."""
    width = ink.shape[1]
    taper = np.ones(width)
    edge = np.abs(ink[:, [0, -1]]).max(axis=0)
    ramp = max(2, min(width // 4, round(1.5 * sigma)))
    slope = 0.5 - 0.5 * np.cos(np.pi * (np.arange(ramp) + 0.5) / ramp)
    if edge[0] > 0.01:
        taper[:ramp] = slope
    if edge[1] > 0.01:
        taper[-ramp:] = slope[::-1]
    return taper


def _extent(column: np.ndarray, sigma: float) -> float:
    """Width of the text before the blur, px: where the columns rise above a third of their usual height."""
    level = np.quantile(column, 0.8) / 3
    inside = np.flatnonzero(column > level)
    return float(max(4.0, inside[-1] - inside[0] + 1)) if len(inside) else 4.0


def _axes(kernel: Kernel, height: int, width: int, freqs: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """The blur down as a matrix, and what it leaves of each horizontal frequency, for each of its terms."""
    around = 2 * (int(5 * kernel.sigma) + 8) + 1
    found = []
    for down, matrix in axis_terms(kernel, height, around):
        row = matrix[around // 2]
        at = np.arange(around) - around // 2
        found.append((down, (row[:, None] * np.exp(-2j * np.pi * np.outer(at, freqs))).sum(axis=0)))
    return found
