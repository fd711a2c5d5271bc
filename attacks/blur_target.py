"""What the blur attacks share: the region cut out, whether it is blurred at all, and the seeded targets of their controls."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from indelible.attacks.blur_identify import resolved
from indelible.attacks.blur_ink import Ink, codec_noise, ink_of
from indelible.attacks.blur_kernels import Kernel, apply
from indelible.attacks.fonts import Font, installed_fonts
from indelible.attacks.grid import estimate_grid, unevenness
from indelible.attacks.methods import Target
from indelible.model import Box

#: Smallest region, px, and the highest frequency that a blurred one may show, cycles per px.
SMALLEST_PX = 12
_SHARP = 0.36
_MOST_PX = 1_500_000
_RING_PX = 12
#: Levels by which a blurred region has to vary, behind a codec in its large shapes.
_FLAT = 6.0


def region_of(target: Target) -> np.ndarray | None:
    """The region's pixels, uint8 ``(height, width)`` or ``(height, width, 3)``; None if nothing of it lies in the picture."""
    image = target.image if target.image.mode in ("RGB", "L") else target.image.convert("RGB")
    box = target.box or Box(0, 0, *image.size)
    part = box.intersection(Box(0, 0, *image.size))
    return None if part is None else np.asarray(image.crop(part.corners))


def surround_of(target: Target) -> np.ndarray | None:
    """The pixels round the region, a row each; None where it is the whole picture."""
    image = target.image if target.image.mode in ("RGB", "L") else target.image.convert("RGB")
    part = None if target.box is None else target.box.intersection(Box(0, 0, *image.size))
    if part is None:
        return None
    ring = part.grown(_RING_PX, _RING_PX, *image.size)
    if ring == part:
        return None
    pixels = np.asarray(image.crop(ring.corners))
    mask = np.ones(pixels.shape[:2], bool)
    mask[part.y - ring.y : part.bottom - ring.y, part.x - ring.x : part.right - ring.x] = False
    return np.asarray(pixels[mask])


def quality_of(target: Target) -> int | None:
    """Quality of the JPEG that the picture went through, None for none."""
    return None if target.jpeg is None else target.jpeg.quality


def ink_of_target(target: Target) -> Ink | None:
    """The region as ink on a background."""
    pixels = region_of(target)
    return None if pixels is None else ink_of(pixels, surround_of(target), quality=quality_of(target))


def why_not_blurred(target: Target) -> str | None:
    """A closed word for why a region is no blurred one, or None: too small, too large, flat, a mosaic, or with detail up to the pixel."""
    pixels = region_of(target)
    if pixels is None or min(pixels.shape[:2]) < SMALLEST_PX:
        return "too_small"
    if pixels.shape[0] * pixels.shape[1] > _MOST_PX:
        return "too_large"
    grey = pixels.astype(np.float64)
    grey = grey.mean(axis=2) if grey.ndim == 3 else grey
    if np.ptp(grey) < _FLAT or (target.jpeg is not None and unevenness(grey) < _FLAT):
        return "flat"  # also a fill with the fringe that a codec puts at its border
    grid = estimate_grid(pixels)
    if grid is not None and 2 * grid.across.period <= pixels.shape[1] and 2 * grid.down.period <= pixels.shape[0]:
        return "mosaic"  # one cell as large as the region is none
    noise = 0.6 if target.jpeg is None else 2.5 * max(0.3, codec_noise(target.jpeg.quality))
    return "not_blurred" if resolved(grey, noise) > _SHARP and not _gone(grey, noise) else None


def _gone(grey: np.ndarray, noise: float) -> bool:
    """Whether neighbours differ by no more than blurring leaves: a fifth of the region's whole range is never crossed in one step."""
    steps = [np.abs(np.diff(grey, axis=axis)) for axis in (0, 1)]
    return max(float(step.max()) for step in steps) < 0.2 * float(np.ptp(grey)) + noise


def drawn_text(text: str, font: Font, size: int, kernel: Kernel | None, *, margin: int) -> Image.Image:
    """Black text on white with a margin, blurred as a whole."""
    face = ImageFont.truetype(font.path, size, index=font.index)
    ascent, descent = face.getmetrics()
    width = int(face.getlength(text)) + 2 * margin + 2
    image = Image.new("L", (width, ascent + descent + 2 * margin), 255)
    ImageDraw.Draw(image).text((margin, margin + ascent), text, font=face, fill=0, anchor="ls")
    return image if kernel is None else Image.fromarray(apply(kernel, np.asarray(image)))


def plain_font(word: str = "Mono") -> Font:
    """A plain installed face whose family holds a word, else any; raises LookupError where no font is installed."""
    fonts = [font for font in installed_fonts() if font.plain] or list(installed_fonts())
    if not fonts:
        raise LookupError("no outline font is installed")
    return next((font for font in fonts if word in font.family), fonts[0])
