"""Which family of blur, whatever the picture shows: by what the kernel takes from the spectrum.

A picture's power falls smoothly with frequency, how steeply is fitted, along with how much more stands across than along. A kernel
multiplies it by its transfer: a box takes out straight lines, a disc rings, a motion stripes in one direction, a Gaussian bends it
down without a gap. Each kernel has a likelihood; families differ by hundreds of nats where the region is a few kernels wide.
A region that was made small and large again is known otherwise: its pixels lie in the span of few.

Reference: ATTACKS.md section 8.2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from indelible.attacks.blur_kernels import (
    BOX,
    CLAMP,
    DISC,
    GAUSSIAN,
    MOTION,
    OPENCV,
    PILLOW,
    RESAMPLE,
    STACK,
    Kernel,
    of_sigma,
    taps,
)  # fmt: skip

#: Longest side that is looked at, px; widths tried per family; angles of a motion, degrees.
_LONGEST_PX, _WIDTHS, _ANGLES = 256, 28, 12
#: What a resampled region may leave outside the span, in levels, and how much more its neighbours must leave.
_IN_SPAN, _NEXT = 0.75, 1.6
#: What is merely smooth lies ever better in the span of more; what was enlarged from so many, not until there are so many times more.
_LONELY, _FEWEST = 1.6, 8
_ROUNDS = 20
_WIDEST_PX = 700
#: Frequencies above which every other one is left out.
_ENOUGH = 3000
#: How firmly the power of what lies beneath is held to fall with the square of frequency: a steeper fall would pass for a blur.
_SLOPE_HELD = 1200.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A family's likeliest kernel and what it costs, in nats; lower is better."""

    kernel: Kernel
    cost: float


def families(
    values: np.ndarray, noise: float, *, edge: str = CLAMP, spent: Callable[[], bool] = lambda: False
) -> list[Ranked]:
    """Every family's likeliest kernel, best first; empty if the region is too small or too flat to tell, or time ran out.

    Args:
        values: float ``(height, width)``, levels.
        noise: standard deviation, levels.
        edge: for the kernels that are given back.
        spent: asked between families.
    """
    whole, values = values.astype(np.float64), _middle(values)
    height, width = values.shape
    if min(height, width) < 16 or np.ptp(values) < 4:
        return []
    spectrum = _Spectrum(values, noise)
    widest = min(height, width) / 3
    found: list[Ranked] = []
    for family in (GAUSSIAN, PILLOW, OPENCV, BOX, STACK, DISC):
        if spent():
            return []
        count = _WIDTHS * (1 if family in (GAUSSIAN, PILLOW) else 3)  # zeros and rounded taps make narrow valleys
        grid = [of_sigma(family, float(sigma), edge) for sigma in np.geomspace(0.7, widest, count)]
        rough = sorted((spectrum.cost(kernel), i) for i, kernel in enumerate(grid))
        found.append(min((_climbed(spectrum, [grid[i]]) for _, i in rough[:2]), key=lambda item: item.cost))
    if spent():
        return []
    lengths = np.geomspace(4.0, min(1.2 * max(height, width) / 2, 3.4 * widest), 24)
    angles = np.arange(_ANGLES) * (180.0 / _ANGLES)
    grid = [
        Kernel(family=MOTION, width=float(length), angle=float(angle), edge=edge)
        for length in lengths
        for angle in angles
    ]
    rough = sorted((spectrum.cost(kernel), i) for i, kernel in enumerate(grid))
    found.append(min((_climbed(spectrum, _around(grid[i])) for _, i in rough[:4]), key=lambda item: item.cost))
    small = resampled(whole, noise) if whole.shape[1] <= _WIDEST_PX else None
    ranked = sorted(found, key=lambda item: item.cost)
    return ranked if small is None else [Ranked(kernel=small, cost=ranked[0].cost - 100.0), *ranked]


def _middle(values: np.ndarray) -> np.ndarray:
    top, left = (max(0, (side - _LONGEST_PX) // 2) for side in values.shape)
    return values[top : top + _LONGEST_PX, left : left + _LONGEST_PX].astype(np.float64)


class _Spectrum:
    """The windowed power of a region, and what a kernel makes of it."""

    def __init__(self, values: np.ndarray, noise: float) -> None:
        height, width = values.shape
        window = np.outer(np.hanning(height + 2)[1:-1], np.hanning(width + 2)[1:-1])
        level = (values * window).sum() / window.sum()
        power = np.abs(np.fft.rfft2((values - level) * window)) ** 2 / (window**2).sum()
        self.fy, self.fx = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :]
        radius = np.hypot(self.fy, self.fx)
        self.floor = noise**2
        self.used = (radius > 2.5 / min(height, width)) & (radius < 0.45)
        if self.used.sum() > _ENOUGH:
            self.used &= np.indices(self.used.shape).sum(axis=0) % 2 == 0
        self.power = power[self.used]
        r = radius[self.used]
        across = ((self.fx**2 - self.fy**2) / np.maximum(radius, 1e-9) ** 2)[self.used]
        self.design = np.stack([np.ones_like(r), np.log(r), across, across**2], axis=1)
        self._beta = np.array([np.log(max(self.power.mean(), self.floor)), -2.0, 0.0, 0.0])

    def cost(self, kernel: Kernel) -> float:
        """Whittle's cost at the best of smooth spectra: a gamma regression with the kernel's transfer as its offset."""
        gain = _smeared(transfer(kernel, self.fy, self.fx))[self.used]
        gain = np.maximum(gain, 1e-12)
        design, power = self.design, self.power
        strong = gain > 0.05 * gain.max()
        beta = np.array([np.log(np.mean(power[strong] / gain[strong]) * 0.1), -2.0, 0.0, 0.0])
        ridge = np.diag([1e-6, _SLOPE_HELD, 2.0, 2.0])
        prior = np.array([0.0, -2.0, 0.0, 0.0])
        best = np.inf
        damping = 1e-3
        for _ in range(_ROUNDS):
            shape = np.exp(np.clip(design @ beta, -40, 40)) * gain
            model = shape + self.floor
            off = beta - prior
            cost = float((np.log(model) + power / model).sum() + 0.5 * off @ ridge @ off)
            if cost < best - 1e-3:
                better = cost < best - 0.5
                best, kept, damping = cost, beta, damping / 4
                share = shape / model
                slope = design.T @ (share * (1 - power / model)) + ridge @ off
                curve = (design * (share**2)[:, None]).T @ design + ridge
                if not better and damping < 1e-4:
                    break
            else:
                damping *= 10
                if damping > 1e3:
                    break
            beta = kept - np.linalg.solve(curve + damping * np.diag(np.diag(curve)), slope)
        return best


def _climbed(spectrum: _Spectrum, grid: list[Kernel]) -> Ranked:
    """The best of a grid, then of ever smaller steps of its width (and angle)."""
    cost, at = min((spectrum.cost(kernel), i) for i, kernel in enumerate(grid))
    best = grid[at]
    span, turn = 0.04, 180.0 / _ANGLES / 2
    for _ in range(4):
        near = [best.scaled(1 - span), best.scaled(1 + span)]
        if best.family == MOTION:
            near += [_turned(best, turn), _turned(best, -turn)]
        for kernel in near:
            one = spectrum.cost(kernel)
            if one < cost:
                cost, best = one, kernel
        span, turn = span / 2, turn / 2
    return Ranked(kernel=best, cost=cost)


def _around(kernel: Kernel, count: int = 7) -> list[Kernel]:
    return [kernel.scaled(float(step)) for step in np.linspace(0.91, 1.09, count)]


def _turned(kernel: Kernel, degrees: float) -> Kernel:
    return Kernel(family=MOTION, width=kernel.width, angle=(kernel.angle + degrees) % 180.0, edge=kernel.edge)


def transfer(kernel: Kernel, fy: np.ndarray, fx: np.ndarray) -> np.ndarray:
    """What a kernel leaves of the power at each frequency (cycles per px): float ``(len(fy), len(fx))``."""
    family, width = kernel.family, kernel.width
    if family == DISC:
        from scipy.special import j1

        x = 2 * np.pi * max(width, 0.3) * np.hypot(fy, fx)
        return np.asarray((2 * j1(x) / np.maximum(x, 1e-9)) ** 2)
    if family not in (GAUSSIAN, DISC, MOTION):
        line = taps(kernel)
        at = np.arange(len(line)) - len(line) // 2
        down, across = ((np.cos(2 * np.pi * freq.ravel()[:, None] * at) @ line) ** 2 for freq in (fy, fx))
        return np.asarray(down[:, None] * across[None, :], dtype=np.float64)
    if family == MOTION:
        turn = np.radians(kernel.angle)
        return np.asarray(np.sinc((width - 1) * (fx * np.cos(turn) - fy * np.sin(turn))) ** 2)
    return np.asarray(np.exp(-4 * np.pi**2 * kernel.sigma**2 * (fy**2 + fx**2)))


def _smeared(gain: np.ndarray) -> np.ndarray:
    """As the window shows it: a frequency's power stands in its neighbours as well."""
    gain = (4 * gain + np.roll(gain, 1, axis=0) + np.roll(gain, -1, axis=0)) / 6
    beside = np.pad(gain, ((0, 0), (1, 1)), mode="reflect")
    return np.asarray((4 * gain + beside[:, :-2] + beside[:, 2:]) / 6)


def resampled(values: np.ndarray, noise: float) -> Kernel | None:
    """Shrinking and enlarging again, if the region's rows and columns lie in the span of few: the filter that enlarged, and the factor."""
    height, width = values.shape
    level = float(np.median(values))
    limit = max(_IN_SPAN, 1.5 * noise)
    energy = values - level
    if float(np.std(energy)) < 4 * limit:
        return None
    best: tuple[float, int, str] | None = None

    def outside(count: int, filter_: str) -> float:
        basis, _ = np.linalg.qr(_enlarging(count, width, filter_))
        out = energy - (energy @ basis) @ basis.T
        return float(np.sqrt(np.mean(out**2)) / np.sqrt(max(1e-9, 1 - count / width)))

    for enlarged in ("bilinear", "bicubic", "linear"):
        left: dict[int, float] = {}
        for count in range(3, width // 2 + 1):
            left[count] = outside(count, enlarged)
            if left[count] < limit and count - 1 in left and left[count - 1] > _NEXT * left[count]:
                later = [outside(more, enlarged) for more in range(count + 1, round(_LONELY * count) + 1)]
                lonely = count >= _FEWEST and later[0] > _NEXT * left[count] and min(later) > left[count]
                if lonely and (best is None or left[count] < best[0]):
                    best = left[count], count, enlarged
                break
            if left[count] < 0.8 * limit:
                break
    if best is None:
        return None
    factor = width / best[1]
    kernel = Kernel(family=RESAMPLE, width=factor, filters=("area" if best[2] == "linear" else "box", best[2]))
    basis, *_ = np.linalg.svd(_enlarging(max(1, round(height / factor)), height, best[2]), full_matrices=False)
    out = energy - basis @ (basis.T @ energy)
    return kernel if float(np.sqrt(np.mean(out**2))) < 2 * limit else None


def _enlarging(count: int, length: int, filter_: str) -> np.ndarray:
    """The matrix that enlarges ``count`` values to ``length``."""
    from indelible.attacks.blur_kernels import _resize

    return np.asarray(_resize(np.eye(count, dtype=np.float32), (count, length), filter_), dtype=np.float64)
