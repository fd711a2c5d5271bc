"""Reconstructions of a blurred picture without a model of what it shows: Wiener, Richardson-Lucy, total variation, several settings.

No single one is best; the maximum over all is what counts. Pictures are padded by mirroring, so that the border does not ring.

Reference: ATTACKS.md section 8.3 (A202).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from indelible.attacks.blur_kernels import RESAMPLE, Kernel, of_sigma, plane


def reconstructions(grey: np.ndarray, kernel: Kernel, noise: float) -> Iterator[tuple[str, np.ndarray]]:
    """Names and pictures, one by one, the cheapest first.

    Args:
        grey: float ``(height, width)``, levels.
        kernel: the blur.
        noise: standard deviation, levels.
    """
    from skimage.restoration import denoise_tv_chambolle, richardson_lucy

    picture = plane(kernel if kernel.family != RESAMPLE else of_sigma("gaussian", kernel.sigma))
    margin = min(picture.shape[0], *grey.shape)
    padded = np.pad(grey, margin, mode="symmetric")
    inner = slice(margin, -margin), slice(margin, -margin)
    transfer = _transfer(picture, padded.shape)
    level = float(np.median(grey))
    seen = np.fft.rfft2(padded - level)
    radius = np.hypot(np.fft.fftfreq(padded.shape[0])[:, None], np.fft.rfftfreq(padded.shape[1])[None, :])
    falling = np.maximum(radius, 1 / max(padded.shape)) ** 2
    first: np.ndarray | None = None
    for factor in (1.0, 0.1, 10.0, 100.0):
        for name, prior in (("wiener", np.full_like(radius, 1e-4)), ("wiener-smooth", 0.02 * falling)):
            weight = factor * noise**2 * prior
            found = np.fft.irfft2(seen * transfer.conj() / (np.abs(transfer) ** 2 + weight), padded.shape)
            restored = np.clip(found[inner] + level, 0, 255)
            first = restored if first is None else first
            yield f"{name} {factor:g}", restored
    assert first is not None
    for weight in (4.0, 12.0):
        yield f"tv {weight:g}", np.asarray(denoise_tv_chambolle(first, weight=weight, max_num_iter=60))
    scaled = np.clip(padded / 255, 1e-4, 1.0)
    if padded.size <= 400_000:
        for steps in (30, 120):
            found = richardson_lucy(scaled, picture, num_iter=steps, clip=True)
            yield f"richardson-lucy {steps}", np.asarray(found[inner] * 255)


def resolved_frequency(sigma: float, ratio: float) -> float:
    """The highest frequency that comes back through a Gaussian, cycles per px, at a power ratio of signal to noise."""
    return math.sqrt(math.log(max(ratio, 1.0)) / (2 * math.pi**2)) / sigma


def _transfer(picture: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    wide = np.zeros(shape)
    half = picture.shape[0] // 2
    at_y, at_x = np.arange(-half, half + 1) % shape[0], np.arange(-half, half + 1) % shape[1]
    np.add.at(wide, (at_y[:, None], at_x[None, :]), picture)
    return np.asarray(np.fft.rfft2(wide))
