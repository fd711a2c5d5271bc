"""A blur undone as far as rounding lets it: least squares through the exact matrices of both axes, the border's policy worked in.

A box blur with a known border loses nothing but rounding; substitution from one border adds the rounding up, from both it adds up
half as much, and least squares over all equations at once is the limit of that. What comes back is measured, not assumed: seeded
pictures are blurred by the library itself, restored in the same way, and the gain in PSNR is counted.

Reference: ATTACKS.md sections 2.3 and 8.3 (A203).
"""

from __future__ import annotations

import numpy as np

from indelible.attacks.blur_kernels import Kernel, apply, axis_terms

#: Gain that counts as broken, in dB.
GAIN_DB = 6.0
_SPREAD = 60.0  # standard deviation that a picture is taken to have, levels


class Inverse:
    """The regularised inverse of a separable blur for one size of region."""

    def __init__(self, kernel: Kernel, height: int, width: int, noise: float) -> None:
        """``noise``: standard deviation, levels."""
        self.kernel, self.noise = kernel, noise
        (down, across), *more = axis_terms(kernel, height, width)
        if more:
            raise ValueError("this blur does not split into rows and columns")
        self._rows, gain_down, self._back_down = np.linalg.svd(down)
        self._columns, gain_across, self._back_across = np.linalg.svd(across)
        self._gain = gain_down[:, None] * gain_across[None, :]
        self._forward = down, across

    def restore(self, blurred: np.ndarray) -> np.ndarray:
        """Levels before the blur, float ``(height, width)``, 0..255."""
        level = float(np.median(blurred))
        weight = (self.noise / _SPREAD) ** 2
        seen = self._rows.T @ (blurred - level) @ self._columns.conj()
        found = self._back_down.T @ (seen * self._gain / (self._gain**2 + weight)) @ self._back_across
        return np.asarray(np.clip(found + level, 0, 255))

    def cost(self, blurred: np.ndarray) -> float:
        """Negative log-likelihood of a blurred picture of anything, its power falling with the square (or cube) of frequency.

        The transforms are orthonormal, so that kernels can be compared. ``blurred``: float ``(height, width)``, levels.
        """
        seen = (self._rows.T @ (blurred - np.median(blurred)) @ self._columns) ** 2
        down, across = (
            0.5 * np.linalg.norm(np.diff(back, axis=1), axis=1) for back in (self._back_down, self._back_across)
        )
        radius = down[:, None] ** 2 + across[None, :] ** 2 + 1e-4
        best = np.inf
        for slope in (1.0, 1.5):
            shape = self._gain**2 / radius**slope
            strong = shape > 0.02 * np.quantile(shape, 0.98)
            scale = float(np.mean(seen[strong] / shape[strong]))
            for factor in (0.1, 0.3, 1.0, 3.0):
                model = factor * scale * shape + self.noise**2
                best = min(best, float((0.5 * np.log(model) + 0.5 * seen / model).sum()))
        return best

    def misfit(self, blurred: np.ndarray, restored: np.ndarray) -> float:
        """Standard deviation of what the restored picture, blurred again, leaves, in levels."""
        down, across = self._forward
        level = float(np.median(blurred))
        return float(np.std(blurred - level - down @ (restored - level) @ across.T))


def dead_leaves(rng: np.random.Generator, height: int, width: int, smallest: int = 3) -> np.ndarray:
    """A seeded picture of overlapping rectangles, uint8: edges at all scales."""
    picture = np.full((height, width), 128, np.uint8)
    for _ in range(60):
        tall, wide = (int(smallest + rng.pareto(1.2) * smallest) for _ in range(2))
        top, left = int(rng.integers(-tall, height)), int(rng.integers(-wide, width))
        picture[max(0, top) : top + tall, max(0, left) : left + wide] = int(rng.integers(0, 256))
    return picture


def gain_db(clear: np.ndarray, blurred: np.ndarray, restored: np.ndarray) -> float:
    """By how much a restored picture is nearer to the clear one than the blurred one is, in dB."""
    before = float(np.mean((clear.astype(float) - blurred) ** 2))
    after = float(np.mean((clear.astype(float) - restored) ** 2))
    return float(10 * np.log10(max(before, 1e-9) / max(after, 1e-9)))


def planted(kernel: Kernel, height: int, width: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A seeded picture and how the library blurs it, both uint8 ``(height, width)``."""
    clear = dead_leaves(np.random.default_rng(seed), height, width)
    return clear, apply(kernel, clear)
