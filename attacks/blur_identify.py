"""Which blur it was: family and width by likelihood.

Two priors of what lies beneath. Text of random letters (`identify_text`) knows much about its own spectrum, so the width comes out
within a few per cent from one line, and families differ by hundreds of nats. Anything else (`identify_texture`) is taken as a
picture whose power falls with a power of frequency; that tells box and disc by their zeros, and the width more roughly.

Reference: ATTACKS.md section 8.2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from indelible.attacks.blur_fonts import Hypothesis, shortlist
from indelible.attacks.blur_kernels import (
    BOX,
    BROWSER,
    CLAMP,
    DISC,
    GAUSSIAN,
    OPENCV,
    PILLOW,
    STACK,
    Kernel,
    of_sigma,
    plane,
)  # fmt: skip
from indelible.attacks.fonts import Font, installed_fonts

_FAMILIES = (PILLOW, OPENCV, GAUSSIAN, BROWSER, BOX, STACK, DISC)
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

    best: dict[str, Hypothesis] = {}
    smooth = np.geomspace(max(0.6, 0.3 / band), widest, 24)
    rough = look([of_sigma(GAUSSIAN, float(sigma), edge) for sigma in smooth], sizes, min(band, 0.25))
    if not rough or spent():
        return None
    near = sorted({round(rough[0].size * step, 1) for step in (0.88, 1.0, 1.13)})
    starts = {GAUSSIAN: (rough[0].cost, rough[0].kernel.sigma)}
    for family in sorted(set(families) & {BOX, DISC, STACK}):
        wide = [of_sigma(family, float(sigma), edge) for sigma in np.geomspace(0.8, widest, 44)]
        first = look(wide, sizes[::2], min(band, 0.25))
        if first:
            starts[family] = _recost(look, first[0].kernel, near, min(band, 0.25)), first[0].kernel.sigma
    if min(starts, key=lambda name: starts[name][0]) != GAUSSIAN:  # the size was found beside a wrong kernel
        family = min(starts, key=lambda name: starts[name][0])
        again = look([of_sigma(family, starts[family][1], edge)], sizes, min(band, 0.25))
        near = sorted({round((again or rough)[0].size * step, 1) for step in (0.88, 1.0, 1.13)})
    common = min(0.5, 1.15 * band)
    both = ("digits", "mixed")  # digits taken for letters would shift the width by two per cent
    for family in families:
        start = starts.get(family, starts[GAUSSIAN])[1]
        factors = np.geomspace(0.87, 1.15, 13)
        found = look([of_sigma(family, start * float(factor), edge) for factor in factors], near, common, both)
        if spent() or not found:
            return None
        best[family] = found[0]
    ranked = sorted(best.values(), key=lambda item: item.cost)
    for item in ranked[:3]:
        widths = [item.kernel.width * float(factor) for factor in np.linspace(0.975, 1.025, 9)]
        found = look(
            [Kernel(family=item.kernel.family, width=width, edge=edge) for width in widths], near, common, both
        )
        if found and found[0].cost < best[item.kernel.family].cost:
            best[item.kernel.family] = found[0]
    ranked = sorted(best.values(), key=lambda item: item.cost)
    return Identified(
        kernel=ranked[0].kernel,
        margin=ranked[1].cost - ranked[0].cost if len(ranked) > 1 else 0.0,
        others=tuple(item.kernel for item in ranked[1:]),
        hypothesis=ranked[0],
    )


def _recost(
    look: Callable[[Sequence[Kernel], Sequence[float], float], list[Hypothesis]],
    kernel: Kernel,
    sizes: Sequence[float],
    cutoff: float,
) -> float:
    """The cost of the best kernel within some per cent of one that was found on a coarse grid."""
    found = look([kernel.scaled(float(factor)) for factor in np.geomspace(0.93, 1.075, 7)], sizes, cutoff)
    return found[0].cost if found else np.inf


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
    height, width = values.shape
    if min(height, width) < 16 or np.ptp(values) < 4:
        return None
    window = np.outer(np.hanning(height + 2)[1:-1], np.hanning(width + 2)[1:-1])
    level = (values * window).sum() / window.sum()
    power = np.abs(np.fft.rfft2((values - level) * window)) ** 2 / (window**2).sum()
    fy, fx = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :]
    radius = np.hypot(fy, fx)
    used = radius > 2.0 / min(height, width)
    best: dict[str, tuple[float, Kernel]] = {}
    widest = min(height, width) / 3
    for family in (GAUSSIAN, PILLOW, BOX, STACK, DISC):
        for sigma in np.geomspace(0.7, widest, 36):
            kernel = of_sigma(family, float(sigma), edge)
            gain = _gain(kernel, height, width)[used]
            for slope in (1.6, 2.0, 2.4, 3.0):
                shape = gain * radius[used] ** -slope
                cost = _scaled_cost(power[used], shape, noise**2)
                if family not in best or cost < best[family][0]:
                    best[family] = (cost, kernel)
    ranked = sorted(best.values(), key=lambda item: item[0])
    return Identified(
        kernel=ranked[0][1], margin=ranked[1][0] - ranked[0][0], others=tuple(kernel for _, kernel in ranked[1:])
    )


def _gain(kernel: Kernel, height: int, width: int) -> np.ndarray:
    """Power transfer on the grid of `numpy.fft.rfft2`."""
    picture = plane(kernel)
    half = picture.shape[0] // 2
    folded = np.zeros((height, width))
    at_y, at_x = np.arange(-half, half + 1) % height, np.arange(-half, half + 1) % width
    np.add.at(folded, (at_y[:, None], at_x[None, :]), picture)
    return np.asarray(np.abs(np.fft.rfft2(folded)) ** 2)


def _scaled_cost(power: np.ndarray, shape: np.ndarray, floor: float) -> float:
    """Whittle's cost at the best of some amplitudes."""
    best = np.inf
    scale = float(np.median(power / np.maximum(shape, 1e-30)))
    strong = shape > 0.05 * shape.max()
    scale = max(float(np.mean(power[strong] / shape[strong])), 1e-12) if strong.any() else scale
    for factor in (0.5, 0.7, 1.0, 1.4, 2.0):
        model = scale * factor * shape + floor
        best = min(best, float((np.log(model) + power / model).sum()))
    return best
