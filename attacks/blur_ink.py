"""A blurred region as ink on a background: which way round, which contrast, how noisy, and what shines in from outside."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from indelible.jpeg import LUMA

#: Standard deviation of rounding to whole levels at the frequencies that a blur leaves, with what Pillow's passes round in between.
ROUNDING = 0.45
_FLAT = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Ink:
    """``ink``: float64 ``(height, width)``, 0 background, 1 the darkest (or lightest) that text may be.

    ``background`` and ``foreground`` in levels; ``noise``: standard deviation of ``ink``; ``known``: whether the contrast was seen
    in the surround and not only assumed. ``levels``: one channel as it was, uint8 ``(height, width)``, None behind a lossy codec;
    ``paper`` and ``pen``: background and foreground in that channel.
    """

    ink: np.ndarray
    background: float
    foreground: float
    noise: float
    known: bool
    levels: np.ndarray | None = field(default=None, repr=False)
    paper: float = 0.0
    pen: float = 0.0


def ink_of(pixels: np.ndarray, surround: np.ndarray | None = None, *, quality: int | None = None) -> Ink | None:
    """A region as ink, or None if it is flat.

    Args:
        pixels: uint8 ``(height, width)`` or ``(height, width, 3)``.
        surround: uint8 ``(n,)`` or ``(n, 3)``: pixels around the region, sharp.
        quality: of the JPEG encoder behind the blur, None for none.
    """
    shown = _border(pixels)
    channels = pixels[..., None] if pixels.ndim == 2 else pixels
    if channels.shape[2] == 1 or np.ptp(channels.astype(np.int16), axis=2).max() == 0:
        plane = channels[..., 0]
        around = None if surround is None else _plain(surround)
        return _one(plane.astype(np.float64), around, shown[..., 0], quality, plane if quality is None else None)
    around = None if surround is None or surround.ndim == 1 else surround.astype(np.float64)
    return _coloured(channels, around, shown, quality)


def _border(pixels: np.ndarray) -> np.ndarray:
    """The pixels along the region's border: float ``(n, channels)``."""
    channels = (pixels[..., None] if pixels.ndim == 2 else pixels).astype(np.float64)
    return np.concatenate([channels[0], channels[-1], channels[:, 0], channels[:, -1]])


def _plain(surround: np.ndarray) -> np.ndarray:
    """The surround of a grey region in its one channel; what is coloured there tells nothing of the ink."""
    if surround.ndim == 1:
        return surround.astype(np.float64)
    grey = np.ptp(surround.astype(np.int16), axis=1) == 0
    return np.asarray(surround[grey, 0], dtype=np.float64)


def _one(
    values: np.ndarray, around: np.ndarray | None, border: np.ndarray, quality: int | None, levels: np.ndarray | None
) -> Ink | None:
    if np.ptp(values) < _FLAT:
        return None
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
    level = ROUNDING if quality is None else max(ROUNDING, codec_noise(quality))
    return Ink(
        ink=(values - background) / span,
        background=background,
        foreground=foreground,
        noise=level / abs(span),
        known=known or foreground in (0.0, 255.0) and background in (255.0, 0.0),
        levels=levels,
        paper=background,
        pen=foreground,
    )


def _coloured(channels: np.ndarray, around: np.ndarray | None, border: np.ndarray, quality: int | None) -> Ink | None:
    """Text of one colour on a plain ground of another: how far each pixel is along the line from the one to the other.

    Full ink is taken to lie where that line leaves the cube of colours, unless the surround shows it.
    """
    values = channels.astype(np.float64)
    ground = np.array([_mode(border[:, i]) for i in range(3)])
    off = (values - ground).reshape(-1, 3)
    if np.abs(off).max() < _FLAT:
        return None
    _, _, axes = np.linalg.svd(off.T @ off)
    line = axes[0] * (1.0 if float((off @ axes[0]).sum()) >= 0 else -1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        room = np.where(line > 1e-3, (255 - ground) / line, np.where(line < -1e-3, -ground / line, np.inf))
    reach = float(room.min())
    along = off @ line
    known = False
    if around is not None and len(around):
        away = around - ground
        aligned = away @ line
        near = np.linalg.norm(away - aligned[:, None] * line, axis=1) < 6 + 0.05 * np.abs(aligned)
        if near.any() and float(aligned[near].max()) > max(_FLAT, 0.95 * float(along.max())):
            reach, known = float(aligned[near].max()), True
    if reach < max(_FLAT, 0.9 * float(along.max())):
        reach = float(along.max())
    if reach < _FLAT:
        return None
    # Chroma is coded more coarsely than luma, and at half the resolution.
    level = ROUNDING if quality is None else 1.5 * max(ROUNDING, codec_noise(quality))
    widest = int(np.argmax(np.abs(line)))
    return Ink(
        ink=(along / reach).reshape(values.shape[:2]),
        background=0.0,
        foreground=reach,
        noise=level / reach,
        known=known,
        levels=channels[..., widest] if quality is None else None,
        paper=float(ground[widest]),
        pen=float(ground[widest] + reach * line[widest]),
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
