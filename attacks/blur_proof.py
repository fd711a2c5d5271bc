"""The last word on a reading: it is set, blurred by the library itself in whole levels, and laid beside the region.

A linear model of a blur can fit no better than the library's rounding, and a wide blur leaves so few numbers that a neighbouring
reading fits as well. The library rounds the same way each time: the right text, blurred again, gives the same levels almost
everywhere, and a wrong one does not. So this tells readings apart that likelihood cannot, and it cannot be met by chance.

Reference: ATTACKS.md section 8.2 (exact libraries); 4.2 (a re-render that fits).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from indelible.attacks.blur_ink import Ink
from indelible.attacks.blur_kernels import BROWSER, MOTION, OPEN, PILLOW, RESAMPLE, STACK, Kernel, apply

#: Root mean square in levels up to which a region is the same but for a few roundings. Two roundings that have nothing to do with
#: each other differ by 0.41; a wrong reading that fits as well as noise allows has been seen at 0.2, the right one is at 0.0 to 0.05.
SAME = 0.1
#: From which a closer look at the width is worth while, and how far off it may be.
_WORTH, _SPANS = 0.5, ((0.0015, 7), (0.0004, 5), (0.0001, 5))
#: The same picture has hardly a pixel that is off by more than one level.
_OFF_BY_TWO = 0.002


def difference(ink: Ink, page: np.ndarray, kernel: Kernel, contrast: float = 1.0) -> tuple[float, float]:
    """How far a page, blurred in whole levels, is from the region, and at which width of the kernel.

    The first number is the root mean square in levels; infinite where it cannot be told.

    Args:
        ink: the region; needs the levels of one channel as they were, and no lossy codec behind them.
        page: coverage ``(height, width)`` before the blur, 0.0 to 1.0.
        kernel: the blur.
        contrast: of the text, in units of the region's ink.
    """
    if ink.levels is None or kernel.family in (MOTION, RESAMPLE) or page.shape != ink.levels.shape:
        return float("inf"), kernel.width
    seen = ink.levels.astype(np.int16)
    background = round(ink.paper)
    foreground = round(min(255.0, max(0.0, background + contrast * (ink.pen - background))))
    clear = np.rint(background + (foreground - background) * page).clip(0, 255).astype(np.uint8)

    def off(near: Kernel) -> float:
        steps = _blurred(near, clear, background).astype(np.int16) - seen
        rms = float(np.sqrt(np.mean(steps.astype(np.float64) ** 2)))
        return SAME if rms < SAME and float(np.mean(np.abs(steps) > 1)) > _OFF_BY_TWO else rms

    best = min((off(near), near.width) for near in _near(kernel))
    if SAME / 5 < best[0] < _WORTH and kernel.family not in (BROWSER, STACK):
        for span, count in _SPANS:
            widths = [best[1] * (1 + float(step)) for step in np.linspace(-span, span, count)]
            best = min(best, *((off(replace(kernel, width=width)), width) for width in widths))
            if best[0] < SAME / 5:
                break
    return best


def _near(kernel: Kernel) -> list[Kernel]:
    """The kernel as it was found, and with the round widths that a person would type, where one is within a tenth of a per cent."""
    found = [kernel]
    for step in (1.0, 0.5, 0.25, 0.1):
        width = round(round(kernel.width / step) * step, 4)
        if width > 0 and abs(width / kernel.width - 1) < 1e-3 and all(item.width != width for item in found):
            found.append(replace(kernel, width=width))
    return found


def _blurred(kernel: Kernel, clear: np.ndarray, background: int) -> np.ndarray:
    if kernel.edge != OPEN:
        return apply(kernel, clear)
    margin = min(400, int(4 * kernel.sigma) + 4) if kernel.family == PILLOW else min(400, int(5 * kernel.sigma) + 4)
    wide = np.pad(clear, margin, constant_values=background)
    return apply(kernel, wide)[margin:-margin, margin:-margin]
