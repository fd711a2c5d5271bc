"""Codes are found whole, whatever their kind and angle, and pictures without any stay silent."""

from __future__ import annotations

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from skimage import data

from indelible.detect.codes import find_codes
from indelible.detect.scene import Scene
from indelible.media import Picture
from indelible.model import Box, Policy
from indelible.model.geometry import covered_share

SECRET = "412345678901"


def scene(image: Image.Image) -> Scene:
    return Scene(Picture(format="png", sha256="0" * 64, image=image, stored_size=image.size, orientation=1))


def page(code: Image.Image, angle: int = 0) -> tuple[Scene, Box]:
    """A white page with one code, and the box of its ink."""
    sheet = Image.new("L", (900, 900), 255)
    turned = code.rotate(angle, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    sheet.paste(turned, (180, 150))
    left, top, right, bottom = Image.eval(sheet, lambda value: 255 - value).point(
        lambda v: 255 * (v > 100)
    ).getbbox() or (0, 0, 1, 1)
    return scene(sheet), Box(left, top, right - left, bottom - top)


def code(kind: str, scale: int = 2) -> Image.Image:
    content = SECRET if kind == "EAN13" else "Jane Doe, 12 High Street"
    barcode = zxingcpp.create_barcode(content, getattr(zxingcpp.BarcodeFormat, kind))
    return Image.fromarray(np.array(barcode.to_image(scale=scale)))


@pytest.mark.parametrize("kind", ["QRCode", "DataMatrix", "Aztec", "PDF417", "Code128", "EAN13"])
def test_a_code_is_covered_whole(kind: str) -> None:
    sheet, ink = page(code(kind))

    found = find_codes(sheet, Policy())

    assert len(found) == 1
    assert covered_share(ink, [item.box for item in found]) >= 0.95
    assert found[0].box.area <= 4 * ink.area


@pytest.mark.parametrize(("kind", "angle"), [("QRCode", 30), ("Code128", 45), ("Code128", 90)])
def test_a_turned_code_is_covered(kind: str, angle: int) -> None:
    sheet, ink = page(code(kind), angle)

    assert covered_share(ink, [item.box for item in find_codes(sheet, Policy())]) >= 0.9


def test_a_detection_never_holds_what_the_code_says() -> None:
    sheet, _ = page(code("EAN13"))

    assert SECRET not in repr(find_codes(sheet, Policy()))


@pytest.mark.parametrize("name", ["coffee", "rocket", "brick"])
def test_a_picture_without_codes_stays_silent(name: str) -> None:
    assert find_codes(scene(Image.fromarray(getattr(data, name)())), Policy()) == ()


def test_a_picture_of_one_pixel_is_no_problem() -> None:
    assert find_codes(scene(Image.new("RGB", (1, 1))), Policy()) == ()
