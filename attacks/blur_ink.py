"""A blurred region as ink on a background: which way round, which contrast, how noisy, and what shines in from outside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indelible.jpeg import LUMA

#: Standard deviation of rounding to whole levels at the frequencies that a blur leaves, with what Pillow's passes round in between.
ROUNDING = 0.45
_FLAT = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Ink:
    """``ink``: float64 ``(height, width)``, 0 background, 1 the darkest (or lightest) that text may be.

    ``background`` and ``foreground`` in levels; ``noise``: standard deviation of ``ink``; ``known``: whether the contrast was seen
    in the surround and not only assumed.
    """

    ink: np.ndarray
    background: float
    foreground: float
    noise: float
    known: bool


def ink_of(pixels: np.ndarray, surround: np.ndarray | None = None, *, quality: int | None = None) -> Ink | None:
    """A region as ink, or None if it is flat.

    Args:
        pixels: uint8 ``(height, width)`` or ``(height, width, 3)``.
        surround: uint8 ``(n,)`` or ``(n, 3)``: pixels around the region, sharp.
        quality: of the JPEG encoder behind the blur, None for none.
    """
    values, around = pixels.astype(np.float64), None if surround is None else surround.astype(np.float64)
    rounding = ROUNDING
    if values.ndim == 3:
        spans = np.ptp(values.reshape(-1, 3), axis=0)
        if np.array_equal(values[..., 0], values[..., 1]) and np.array_equal(values[..., 0], values[..., 2]):
            mix = np.array([1.0, 0.0, 0.0])
        elif quality is not None:
            mix = np.array([0.299, 0.587, 0.114])
        else:
            mix = spans / max(spans.sum(), 1e-9)
        rounding *= float(np.sqrt((mix**2).sum()))
        values = values @ mix
        around = None if around is None else around @ mix
    if np.ptp(values) < _FLAT:
        return None
    border = np.concatenate([values[0], values[-1], values[:, 0], values[:, -1]])
    shown = np.concatenate([border, border if around is None or not len(around) else around])
    low, high = float(values.min()), float(values.max())
    background = _mode(shown)
    dark = background - low >= high - background
    if not dark and background < low + 0.25 * (high - low):
        background = min(background, low)
    if dark:
        foreground, known = 0.0, False
        if around is not None and len(around) and background - around.min() > 0.95 * (background - low):
            foreground, known = float(around.min()), True
    else:
        foreground, known = 255.0, False
        if around is not None and len(around) and around.max() - background > 0.95 * (high - background):
            foreground, known = float(around.max()), True
    span = foreground - background
    if abs(span) < _FLAT:
        return None
    level = rounding if quality is None else max(rounding, codec_noise(quality))
    return Ink(
        ink=(values - background) / span,
        background=background,
        foreground=foreground,
        noise=level / abs(span),
        known=known or foreground in (0.0, 255.0) and background in (255.0, 0.0),
    )


def codec_noise(quality: int) -> float:
    """Standard deviation per coefficient that a JPEG of that IJG quality adds to a smooth picture, in levels."""
    scale = 5000 / quality if quality < 50 else 200 - 2 * quality
    table = [max(1, min(255, (entry * scale + 50) // 100)) for entry in LUMA]
    low = [table[i] for i in (0, 1, 8, 9, 2, 16)]
    return float(np.mean(low) / np.sqrt(12))


def _mode(values: np.ndarray) -> float:
    """The commonest level, as the mean of what lies within one level of it."""
    counts = np.bincount(np.clip(np.rint(values), 0, 255).astype(int), minlength=256)
    near = np.convolve(counts, [1, 1, 1], mode="same")
    top = int(np.argmax(near))
    return float(values[np.abs(values - top) <= 1.5].mean())
