"""Which blur it was: family and width by likelihood.

Two priors of what lies beneath. Text of random letters (`identify_text`) knows much about its own spectrum, so the width comes out
within a few per cent from one line, and families differ by hundreds of nats. Anything else (`identify_texture`) is taken as a
picture whose power falls smoothly with frequency (`blur_family`); that tells box and disc by their zeros, and the width of a Gaussian
more roughly.

Reference: ATTACKS.md section 8.2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from indelible.attacks.blur_family import families as by_spectrum
from indelible.attacks.blur_fonts import Hypothesis, shortlist
from indelible.attacks.blur_kernels import (
    BOX,
    BROWSER,
    CLAMP,
    DISC,
    GAUSSIAN,
    GAUSSIANS,
    MOTION,
    OPENCV,
    PILLOW,
    RESAMPLE,
    STACK,
    Kernel,
    of_sigma,
)  # fmt: skip
from indelible.attacks.fonts import Font, installed_fonts

_FAMILIES = (PILLOW, OPENCV, GAUSSIAN, BROWSER, BOX, STACK, DISC, MOTION)
#: Nats of the spectrum above the likeliest family, from which one is not looked at, and how much of them count beside the text's.
_HOPELESS, _SHARE = 400.0, 0.25
#: Nats by which a family with zeros must be ahead of every Gaussian to be taken at its word.
_CLEAR = 100.0
#: Of sigma in the region's shorter side: above it the zeros lie too close to be seen, and the spectrum counts for little.
_NARROW, _SHARE_WIDE = 0.1, 0.03
_ROUGH_SIZES = (11, 13, 16, 19, 22, 26, 31, 37, 44, 54, 66)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """``kernel``: the likeliest; ``margin``: nats by which the next family is less likely; ``others``: next families' best kernels."""

    kernel: Kernel
    margin: float
    others: tuple[Kernel, ...]
    hypothesis: Hypothesis | None = None


def identify_text(
    ink: np.ndarray,
    noise: float,
    *,
    edge: str = CLAMP,
    families: Sequence[str] = _FAMILIES,
    free_contrast: bool = False,
    spent: Callable[[], bool] = lambda: False,
) -> Identified | None:
    """The blur of a line of text; None if time ran out before anything was found. ``ink`` as `shortlist` takes it."""
    fonts = _typical()
    if not fonts:
        return None
    height = ink.shape[0]
    sizes: Sequence[float] = [float(size) for size in _ROUGH_SIZES if 0.6 * size <= height]
    sizes = sizes or [float(_ROUGH_SIZES[0])]
    soft = max(3 * noise, 0.004)
    band = resolved(ink, soft)
    widest = max(2.0, min(ink.shape) / 2)

    def look(
        kernels: Sequence[Kernel], sizes: Sequence[float], cutoff: float, kinds: Sequence[str] = ("mixed",)
    ) -> list[Hypothesis]:
        return shortlist(
            ink, noise=soft, kernels=kernels, fonts=fonts, sizes=sizes, kinds=kinds, spent=spent, keep=1,
            free_contrast=free_contrast, cutoff=min(0.5, cutoff),
        )  # fmt: skip

    smooth = np.geomspace(max(0.6, 0.3 / band), widest, 20)
    rough = look([of_sigma(GAUSSIAN, float(sigma), edge) for sigma in smooth], sizes, min(band, 0.25))
    if not rough or spent():
        return None
    spectral = by_spectrum(255 * ink, 255 * noise, edge=edge, spent=spent)
    if spent():
        return None
    if spectral and spectral[0].kernel.family == RESAMPLE:
        return Identified(kernel=spectral[0].kernel, margin=100.0, others=(rough[0].kernel,))
    least = spectral[0].cost if spectral else 0.0
    ahead = min((one.cost for one in spectral if one.kernel.family in GAUSSIANS), default=least) - least
    narrow = bool(spectral) and spectral[0].kernel.sigma <= _NARROW * min(ink.shape)
    if (
        ahead > _CLEAR and narrow and spectral[0].kernel.family in families
    ):  # its zeros are seen: no text tells the width better
        kernel = spectral[0].kernel
        again = look([kernel], sizes, min(band, 0.25), ("digits", "lower", "mixed"))
        others = tuple(one.kernel for one in spectral[1:3])
        return Identified(kernel=kernel, margin=ahead, others=others, hypothesis=again[0] if again else None)
    common = min(0.5, 1.15 * band)
    kinds = ("digits", "lower", "mixed")  # digits taken for letters would shift the width by two per cent
    # OpenCV cuts and rounds its tails, so that its width would be taken for a tenth less by another's kernel.
    starts = [
        (of_sigma(family, rough[0].kernel.sigma, edge), rough[0].size, np.geomspace(0.87, 1.2, 14))
        for family in (PILLOW, OPENCV)
        if family in families
    ]
    smooth_cost = min((one.cost - least for one in spectral if one.kernel.family in GAUSSIANS), default=0.0)
    extra = {PILLOW: smooth_cost, OPENCV: smooth_cost}
    for one in spectral[:3]:
        family = one.kernel.family
        if family in GAUSSIANS or family not in families or narrow and one.cost > least + _HOPELESS:
            continue
        again = look([one.kernel], sizes, min(band, 0.25))
        if again:
            starts.append((one.kernel, again[0].size, np.linspace(0.96, 1.04, 9)))
            extra[family] = one.cost - least
    best: dict[str, tuple[float, Hypothesis]] = {}

    def compare(kernels: Sequence[Kernel], near: Sequence[float], more: float) -> None:
        for item in look(kernels, near, common, kinds):
            family, cost = item.kernel.family, item.cost + (_SHARE if narrow else _SHARE_WIDE) * more
            if family not in best or cost < best[family][0]:
                best[family] = cost, item

    for kernel, size, factors in starts:
        near = sorted({round(size * step, 1) for step in (0.88, 1.0, 1.13)})
        compare([kernel.scaled(float(factor)) for factor in factors], near, extra[kernel.family])
        if spent() or kernel.family not in best:
            return None
    leader = min(best.values(), key=lambda item: item[0])[1]
    near = sorted({round(leader.size * step, 1) for step in (0.94, 1.0, 1.06)})
    if leader.kernel.family in GAUSSIANS:
        for family in families:
            if family in GAUSSIANS:
                around = [leader.kernel.sigma * float(factor) for factor in np.linspace(0.975, 1.025, 5)]
                compare([of_sigma(family, sigma, edge) for sigma in around], near, smooth_cost)
    else:
        compare([leader.kernel.scaled(float(f)) for f in np.linspace(0.99, 1.01, 5)], near, extra[leader.kernel.family])
    if spent():
        return None
    ranked = sorted(best.values(), key=lambda item: item[0])
    return Identified(
        kernel=ranked[0][1].kernel,
        margin=ranked[1][0] - ranked[0][0] if len(ranked) > 1 else 0.0,
        others=tuple(item.kernel for _, item in ranked[1:]),
        hypothesis=ranked[0][1],
    )


def resolved(ink: np.ndarray, noise: float) -> float:
    """The highest frequency along x or y at which more than noise is seen, cycles per px."""
    height, width = ink.shape
    window = np.outer(_soft_window(height), _soft_window(width))
    power = np.abs(np.fft.rfft2((ink - np.median(ink)) * window)) ** 2 / (window**2).sum()
    radius = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :])
    edges = np.linspace(0, 0.5, max(8, min(height, width) // 2) + 1)
    which = np.digitize(radius.ravel(), edges) - 1
    mean = np.bincount(which, power.ravel(), len(edges))[:-1] / np.maximum(
        np.bincount(which, minlength=len(edges))[:-1], 1
    )
    above = np.flatnonzero(mean > 2 * noise**2)
    return float(edges[above[-1] + 1]) if len(above) else float(edges[1])


def _soft_window(length: int) -> np.ndarray:
    ramp = max(1, length // 8)
    slope = 0.5 - 0.5 * np.cos(np.pi * (np.arange(ramp) + 0.5) / ramp)
    window = np.ones(length)
    window[:ramp], window[-ramp:] = slope, slope[::-1]
    return window


def _typical() -> list[Font]:
    """A few plain faces that differ: the first sans, serif and fixed-pitch ones that are installed."""
    fonts = [font for font in installed_fonts() if font.plain] or list(installed_fonts())
    chosen: list[Font] = []
    for word in ("Sans", "Serif"):
        chosen += [font for font in fonts if word in font.family and font not in chosen and "Math" not in font.family][
            :1
        ]
    return chosen or fonts[:3]


def identify_texture(values: np.ndarray, noise: float, *, edge: str = CLAMP) -> Identified | None:
    """The blur of a picture of anything; None if it is too small or too flat to tell.

    Args:
        values: float ``(height, width)``, levels.
        noise: standard deviation, levels.
        edge: kept for the kernels that are given back.
    """
    ranked = by_spectrum(values, noise, edge=edge)
    if not ranked:
        return None
    margin = ranked[1].cost - ranked[0].cost
    return Identified(kernel=ranked[0].kernel, margin=margin, others=tuple(item.kernel for item in ranked[1:]))
