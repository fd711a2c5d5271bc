"""PSD: what a file of layers keeps. Its clean twin is the picture alone, in a format that is published."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from dataclasses import replace

from PIL import Image, ImageFilter

from indelible.corpus.case import Draw, Expected, Pair, recipe
from indelible.corpus.exif import xmp
from indelible.corpus.payload import Plant, small_jpeg
from indelible.corpus.psdfile import psd, resource
from indelible.corpus.published import carrier

#: ``(published picture, RGB; payload)`` -> the PSD file.
Maker = Callable[[Image.Image, Plant], bytes]


def _layered(name: str, *expected: Expected) -> Callable[[Maker], Maker]:
    def register(maker: Maker) -> Maker:
        def make(draw: Draw) -> Pair:
            clean = carrier(draw, "png")
            clean = replace(clean, original=None, plan=None, redactor=None)
            picture = Image.open(io.BytesIO(clean.published)).convert("RGB")
            leaky = replace(clean, published=maker(picture, Plant.of(draw)), extension=".psd")
            return Pair(leaky=leaky, clean=clean, expected=frozenset(expected))

        make.__doc__ = maker.__doc__
        recipe(name, format="psd")(make)
        return maker

    return register


@_layered("psd.flat", ("L305", "psd.format"))
def flat(picture: Image.Image, plant: Plant) -> bytes:
    """A file of layers without layers: no format to publish in."""
    del plant
    return psd(picture)


@_layered("psd.layers", ("L211", "psd.layers"), ("L213", "psd.layers"))
def layers(picture: Image.Image, plant: Plant) -> bytes:
    """The picture below the layer that covers it."""
    del plant
    return psd(picture, layers=(picture.filter(ImageFilter.MedianFilter(5)), picture))


@_layered("psd.thumbnail", ("L204", "psd.thumbnail"), ("L204", "irb.1036"))
def thumbnail(picture: Image.Image, plant: Plant) -> bytes:
    """A thumbnail among the resources."""
    del plant
    small = small_jpeg()
    head = struct.pack(">IIIIIIHH", 1, 32, 32, 96, 96 * 32, len(small), 24, 1)
    return psd(picture, resources=resource(1036, head + small))


@_layered("psd.resources", ("L110", "psd.irb"), ("L106", "irb.xmp"))
def packet(picture: Image.Image, plant: Plant) -> bytes:
    """An XMP packet among the resources."""
    return psd(picture, resources=resource(1060, xmp({"dc:source": plant.text})))


@_layered("psd.smart_objects", ("L213", "psd.smart_objects"))
def smart_object(picture: Image.Image, plant: Plant) -> bytes:
    """A file inside a layer, whole: what was placed there before it was cut and scaled."""
    content = plant.marker + small_jpeg((48, 48))
    block = b"8BIMlnk2" + struct.pack(">I", len(content)) + content
    return psd(picture, layers=(picture,), attached=block)


@_layered("psd.trailer", ("L301", "psd.trailer"))
def trailer(picture: Image.Image, plant: Plant) -> bytes:
    """Bytes behind the flattened picture."""
    return psd(picture) + plant.data
