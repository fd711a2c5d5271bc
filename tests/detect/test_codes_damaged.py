"""Codes that nobody can decode are known by their marks; fences, facades, text and tables are none."""

from __future__ import annotations

import time

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from skimage import data

from indelible.detect.codes import READ, find_codes
from indelible.detect.scene import Scene
from indelible.media import Picture
from indelible.model import Box, Mode, Policy
from indelible.model.geometry import covered_share


def scene(image: Image.Image) -> Scene:
    return Scene(Picture(format="png", sha256="0" * 64, image=image, stored_size=image.size, orientation=1))


def sheet(kind: str, module: int = 4) -> tuple[Image.Image, Box]:
    """A grey page with one code, and the box of its ink."""
    content = "412345678901" if kind in ("EAN13", "ITF") else "Jane Doe 1234"
    code = Image.fromarray(
        np.array(zxingcpp.create_barcode(content, getattr(zxingcpp.BarcodeFormat, kind)).to_image(scale=module))
    ).convert("L")
    page = Image.new("L", (max(520, code.width + 160), max(420, code.height + 160)), 235)
    page.paste(code, (80, 80))
    left, top, right, bottom = page.point(lambda value: 255 * (value < 100)).getbbox() or (0, 0, 1, 1)
    return page, Box(left, top, right - left, bottom - top)


def covered_ink(page: Image.Image, ink: Box) -> float:
    return covered_share(ink, [item.box for item in find_codes(scene(page), Policy())])


@pytest.mark.parametrize("kind", ["QRCode", "DataMatrix", "Code128", "EAN13"])
def test_a_torn_code_is_found_although_it_cannot_be_read(kind: str) -> None:
    """A quarter is missing."""
    page, ink = sheet(kind)
    end = ink.right - ink.width // 4
    page.paste(235, (end, 0, page.width, page.height))
    left = Box(ink.x, ink.y, end - ink.x, ink.height)

    found = find_codes(scene(page), Policy())

    assert zxingcpp.read_barcodes(np.asarray(page)) == []
    assert covered_share(left, [item.box for item in found]) >= 0.75
    assert all(item.score < READ for item in found)


def test_a_scratched_qr_code_is_found() -> None:
    """Its finder patterns are cut through."""
    page, ink = sheet("QRCode")
    pen = ImageDraw.Draw(page)
    for share in (0.12, 0.5, 0.85):
        pen.line((ink.x + share * ink.width, ink.y - 9, ink.x + share * ink.width, ink.bottom + 9), fill=235, width=6)
        pen.line((ink.x - 9, ink.y + share * ink.height, ink.right + 9, ink.y + share * ink.height), fill=235, width=6)

    assert zxingcpp.read_barcodes(np.asarray(page)) == []
    assert covered_ink(page, ink) >= 0.75


@pytest.mark.parametrize("kind", ["QRCode", "Aztec", "Code39", "ITF"])
@pytest.mark.parametrize("angle", [17, 30])
def test_a_tilted_code_is_covered(kind: str, angle: int) -> None:
    """As cameras see them, light on dark as well."""
    page, ink = sheet(kind)
    mask = Image.new("L", page.size, 0)
    mask.paste(255, ink.corners)
    turned = page.rotate(angle, expand=True, fillcolor=235, resample=Image.Resampling.BICUBIC)
    left, top, right, bottom = mask.rotate(angle, expand=True).getbbox() or (0, 0, 1, 1)
    where = Box(left, top, right - left, bottom - top)

    assert covered_ink(turned, where) >= 0.75
    assert covered_ink(Image.eval(turned, lambda value: 255 - value), where) >= 0.75


def test_modules_of_one_pixel() -> None:
    """Tiny codes are enlarged before they are read."""
    page, ink = sheet("QRCode", module=1)

    assert covered_ink(page, ink) >= 0.9


def _fence() -> Image.Image:
    rng = np.random.default_rng(1)
    row = np.tile(np.repeat([50, 200], [6, 21]), 24)
    return Image.fromarray(np.clip(row[None, :] + rng.normal(0, 8, (300, len(row))), 0, 255).astype(np.uint8))


def _facade() -> Image.Image:
    storey = np.repeat([60, 190, 90, 200], [6, 8, 6, 17])
    return Image.fromarray(np.tile(storey, 14)[:, None].repeat(300, axis=1).astype(np.uint8))


def _windows() -> Image.Image:
    page = Image.new("L", (500, 500), 220)
    pen = ImageDraw.Draw(page)
    for x in range(60, 440, 24):
        for y in range(60, 440, 24):
            pen.rectangle((x, y, x + 11, y + 11), fill=40)
    return page


def _text() -> Image.Image:
    page = Image.new("L", (600, 400), 255)
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(size=15)
    for row in range(20):
        pen.text((20, 10 + 19 * row), "illicit lilac hill: 1111 il1l1 the mill will fill until nil", fill=0, font=font)
    return page


def _table() -> Image.Image:
    page = Image.new("L", (500, 400), 255)
    pen = ImageDraw.Draw(page)
    for line in range(9):
        pen.line((40, 40 + 40 * line, 460, 40 + 40 * line), fill=0, width=2)
        pen.line((40 + 52 * line, 40, 40 + 52 * line, 360), fill=0, width=2)
    return page


@pytest.mark.parametrize("draw", [_fence, _facade, _windows, _text, _table])
def test_what_only_resembles_a_code_stays_silent(draw: object) -> None:
    """Even bars, storeys, windows, letters, rulings."""
    assert callable(draw)
    assert find_codes(scene(draw()), Policy()) == ()


@pytest.mark.parametrize("name", ["camera", "astronaut", "coins", "grass", "page"])
def test_pictures_without_codes_stay_silent(name: str) -> None:
    """Photographs, texture, a scanned page."""
    assert find_codes(scene(Image.fromarray(getattr(data, name)())), Policy()) == ()


def test_balanced_leaves_out_bars_that_could_not_be_read() -> None:
    """Fewer boxes: what only has the marks of bars is the weakest class."""
    page, ink = sheet("Code128")
    page.paste(235, (ink.right - ink.width // 4, 0, page.width, page.height))

    assert find_codes(scene(page), Policy())
    assert find_codes(scene(page), Policy(mode=Mode.BALANCED)) == ()


@pytest.mark.parametrize("size", [(1, 1), (1, 20_000), (20_000, 3), (13, 13)])
def test_odd_sizes_are_no_problem(size: tuple[int, int]) -> None:
    """Strips and specks."""
    assert find_codes(scene(Image.new("L", size, 128)), Policy()) == ()


def test_noise_ends_soon_and_is_no_code() -> None:
    """Hostile input is bounded."""
    noise = np.random.default_rng(4).integers(0, 256, (1500, 1500), dtype=np.uint8)
    started = time.monotonic()

    found = find_codes(scene(Image.fromarray(noise).filter(ImageFilter.BoxBlur(0))), Policy())

    assert found == ()
    assert time.monotonic() - started < 20
