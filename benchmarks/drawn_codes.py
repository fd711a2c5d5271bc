"""Codes drawn by zxing's encoder from a seed and then treated badly, for the benchmark of codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from indelible.model import Box

KINDS = ("QRCode", "MicroQRCode", "RMQRCode", "DataMatrix", "Aztec", "PDF417", "Code128", "Code39", "EAN13", "ITF")
_DIGITS = frozenset({"EAN13", "ITF"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """What happens to a symbol before it is laid on its ground."""

    angle: float = 0.0
    module: int = 3
    inverted: bool = False
    damage: str = ""
    blur: float = 0.0
    contrast: float = 1.0
    noise: float = 0.0


TREATMENTS: dict[str, Treatment] = {
    "clean, 3 px a module": Treatment(),
    "1 px a module": Treatment(module=1),
    "2 px a module": Treatment(module=2),
    "8 px a module": Treatment(module=8),
    "turned 17": Treatment(angle=17),
    "turned 30": Treatment(angle=30),
    "turned 45": Treatment(angle=45),
    "turned 90": Treatment(angle=90),
    "inverted": Treatment(inverted=True),
    "inverted, turned 30": Treatment(inverted=True, angle=30),
    "scratched": Treatment(damage="scratch"),
    "blotted": Treatment(damage="blot"),
    "a quarter cut off": Treatment(damage="crop"),
    "blurred": Treatment(blur=2.0),
    "pale": Treatment(contrast=0.3),
    "noisy": Treatment(noise=25.0),
}


def symbol(kind: str, seed: int, module: int) -> Image.Image:
    """A symbol with its quiet zone, grey, dark on light."""
    import zxingcpp

    rng = np.random.default_rng([seed, 5])
    digits = "".join(str(digit) for digit in rng.integers(0, 10, 12))
    content = digits if kind in _DIGITS else ("ID " + digits[:6] if kind != "RMQRCode" else "ID" + digits)
    barcode = zxingcpp.create_barcode(content, getattr(zxingcpp.BarcodeFormat, kind))
    return Image.fromarray(np.array(barcode.to_image(scale=module))).convert("L")


def drawn(kind: str, seed: int, treatment: Treatment, size: int = 700) -> tuple[Image.Image, Box]:
    """A sticker with a symbol on a photograph, and the box of what is left of the symbol's ink."""
    from skimage import data

    rng = np.random.default_rng([seed, 6])
    code = symbol(kind, seed, treatment.module)
    ink = _ink(code)
    code, ink = _DAMAGE[treatment.damage](code, ink, rng)
    pixels = np.asarray(code, dtype=np.float64)
    if treatment.inverted:
        pixels = 255 - pixels
    code = Image.fromarray((128 + (pixels - 128) * treatment.contrast).astype(np.uint8))
    paper = 255 * (not treatment.inverted)
    paper = int(128 + (paper - 128) * treatment.contrast)
    mask = Image.new("L", code.size, 0)
    mask.paste(255, ink)
    edge = 6 * treatment.module
    sticker = Image.new("L", (code.width + 2 * edge, code.height + 2 * edge), paper)
    sticker.paste(code, (edge, edge))
    whole = Image.new("L", sticker.size, 0)
    whole.paste(mask, (edge, edge))
    cover = Image.new("L", sticker.size, 255)
    if treatment.angle:
        sticker, whole, cover = (
            item.rotate(treatment.angle, expand=True, resample=Image.Resampling.BICUBIC)
            for item in (sticker, whole, cover)
        )
    ground = Image.fromarray(data.coffee()[:, :, 1]).resize((size, size))
    if max(sticker.size) > size - 20:
        side = max(sticker.size) + 40
        ground = ground.resize((side, side))
    at = tuple(int(rng.integers(10, max(11, ground.width - side - 10))) for side in sticker.size)
    ground.paste(sticker, at, cover)
    left, top, right, bottom = whole.point(lambda value: 255 * (value > 128)).getbbox() or (0, 0, 1, 1)
    if treatment.blur:
        ground = ground.filter(ImageFilter.GaussianBlur(treatment.blur))
    noisy = np.asarray(ground, dtype=np.float64) + rng.normal(0, treatment.noise, (ground.height, ground.width))
    box = Box(at[0] + left, at[1] + top, right - left, bottom - top)
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).convert("RGB"), box


Corners = tuple[int, int, int, int]


def _ink(code: Image.Image) -> Corners:
    return code.point(lambda value: 255 * (value < 128)).getbbox() or (0, 0, *code.size)


def _whole(code: Image.Image, ink: Corners, rng: np.random.Generator) -> tuple[Image.Image, Corners]:
    return code, ink


def _scratched(code: Image.Image, ink: Corners, rng: np.random.Generator) -> tuple[Image.Image, Corners]:
    pen = ImageDraw.Draw(code)
    left, top, right, bottom = ink
    for _ in range(3):
        ends = [(int(rng.integers(left, right)), y) for y in (top - 4, bottom + 4)]
        pen.line(ends, fill=255, width=max(2, (right - left) // 14))
    y = int(rng.integers(top, bottom))
    pen.line((left, y, right, y), fill=255, width=max(2, (bottom - top) // 14))
    return code, ink


def _blotted(code: Image.Image, ink: Corners, rng: np.random.Generator) -> tuple[Image.Image, Corners]:
    left, top, right, bottom = ink
    middle, high = (left + right) // 2, bottom - top
    wide = max(6, (right - left) // 3)
    ImageDraw.Draw(code).ellipse((middle - wide // 2, top + high // 4, middle + wide // 2, bottom - high // 6), fill=20)
    return code, ink


def _cropped(code: Image.Image, ink: Corners, rng: np.random.Generator) -> tuple[Image.Image, Corners]:
    left, top, right, bottom = ink
    end = right - (right - left) // 4
    code.paste(255, (end, 0, code.width, code.height))
    return code, (left, top, end, bottom)


_DAMAGE: dict[str, Callable[[Image.Image, Corners, np.random.Generator], tuple[Image.Image, Corners]]] = {
    "": _whole,
    "scratch": _scratched,
    "blot": _blotted,
    "crop": _cropped,
}
