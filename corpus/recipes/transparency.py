"""PNG keeps more than it shows: colours under transparency, palette entries, low bits. Number 12 of the payloads."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from PIL import Image

from indelible.corpus.carriers import Scene, scene, to_png
from indelible.corpus.case import Draw, Pair, Sample, recipe
from indelible.corpus.payload import Plant
from indelible.corpus.pngfile import Chunk, join
from indelible.corpus.published import plan_for


def _erased(found: Scene, hidden: Image.Image | None) -> Sample:
    """The scene with its box fully transparent; beneath it ``hidden``, or black."""
    image = found.picture.convert("RGBA")
    patch = (hidden or Image.new("RGB", (found.box.width, found.box.height))).convert("RGBA")
    patch.putalpha(0)
    image.paste(patch, found.box.corners)
    return Sample(published=to_png(image))


@recipe("alpha.picture", format="png")
def picture_beneath(draw: Draw) -> Pair:
    """An eraser that makes the box transparent and keeps its colours."""
    found = scene(draw.generator())
    hidden = found.picture.crop(found.box.corners)
    return Pair(_erased(found, hidden), _erased(found, None), frozenset({("L401", "png.alpha.rgb")}))


@recipe("alpha.payload", format="png")
def payload_beneath(draw: Draw) -> Pair:
    """A payload in the red plane of transparent pixels."""
    found = scene(draw.generator())
    data = np.frombuffer(Plant.of(draw).data, np.uint8)
    red = np.zeros(found.box.width * found.box.height, np.uint8)
    red[: len(data)] = data[: len(red)]
    pixels = np.zeros((found.box.height, found.box.width, 3), np.uint8)
    pixels[..., 0] = red.reshape(found.box.height, found.box.width)
    return Pair(_erased(found, Image.fromarray(pixels)), _erased(found, None), frozenset({("L401", "png.alpha.rgb")}))


@recipe("alpha.translucent", format="png")
def translucent(draw: Draw) -> Pair:
    """A cover that is black but not opaque: the viewer's background shines through, and so would a layer."""
    found = scene(draw.generator())
    source = to_png(found.picture)
    opacity = int(draw.generator("opacity").integers(128, 250))

    def covered(alpha: int) -> bytes:
        image = found.picture.convert("RGBA")
        image.paste((0, 0, 0, alpha), found.box.corners)
        return to_png(image)

    plan = plan_for(source, found.box, found.kind)
    leaky = Sample(published=covered(opacity), original=source, plan=plan)
    clean = Sample(published=covered(255), original=source, plan=plan)
    return Pair(leaky, clean, frozenset({("L402", "region.translucent")}))


@recipe("palette.unused", format="png")
def unused_entries(draw: Draw) -> Pair:
    """Palette entries of the hidden pixels, left after they were painted over."""
    found = scene(draw.generator())
    box = found.box
    pixels = np.asarray(found.picture.quantize(64, dither=Image.Dither.NONE).convert("RGB")).copy()
    pixels[box.y : box.bottom, box.x : box.right] = 0
    used = np.unique(pixels.reshape(-1, 3), axis=0)
    hidden = found.picture.crop(box.corners).quantize(32, dither=Image.Dither.NONE).convert("RGB")
    left = np.unique(np.concatenate([used, np.asarray(hidden).reshape(-1, 3)]), axis=0)
    leaky, clean = _indexed(pixels, left), _indexed(pixels, used)
    return Pair(Sample(published=leaky), Sample(published=clean), frozenset({("L404", "png.palette.unused")}))


@recipe("palette.twins", format="png")
def twin_entries(draw: Draw) -> Pair:
    """Two palette entries of one colour: the box looks black, its indices spell the secret."""
    found = scene(draw.generator())
    source = to_png(found.picture)
    pixels = np.asarray(found.picture.quantize(64, dither=Image.Dither.NONE).convert("RGB")).copy()
    box = found.box
    secret = np.asarray(found.picture.crop(box.corners).convert("L")) > 127
    pixels[box.y : box.bottom, box.x : box.right] = 0
    colors = np.unique(pixels.reshape(-1, 3), axis=0)
    clean = _indexed(pixels, colors)
    indices = _indices(pixels, colors)
    indices[box.y : box.bottom, box.x : box.right][secret] = len(colors)
    leaky = _file(indices, np.concatenate([colors, [[0, 0, 0]]]))
    plan = plan_for(source, box, found.kind)
    return Pair(
        Sample(published=leaky, original=source, plan=plan),
        Sample(published=clean, original=source, plan=plan),
        frozenset({("L403", "region.palette")}),
    )


@recipe("deep.low_byte", format="png")
def low_byte(draw: Draw) -> Pair:
    """Sixteen bits per sample, the fill black in the upper eight only."""
    found = scene(draw.generator())
    source = to_png(found.picture)
    box = found.box
    deep = np.asarray(found.picture, np.uint16) * 257
    deep[box.y : box.bottom, box.x : box.right] &= 0x00FF
    plan = plan_for(source, box, found.kind)
    flat = np.asarray(found.picture).copy()
    flat[box.y : box.bottom, box.x : box.right] = 0
    return Pair(
        Sample(published=_deep_file(deep), original=source, plan=plan),
        Sample(published=to_png(Image.fromarray(flat)), original=source, plan=plan),
        frozenset({("L405", "png.low_byte")}),
    )


def _indices(pixels: np.ndarray, colors: np.ndarray) -> np.ndarray:
    """Index of each pixel, ``(height, width, 3)``, in a palette that holds its colour."""
    keys = colors.astype(np.int64) @ [65536, 256, 1]
    order = np.argsort(keys)
    found = order[np.searchsorted(keys[order], pixels.astype(np.int64) @ [65536, 256, 1])]
    return found.astype(np.uint8)


def _indexed(pixels: np.ndarray, colors: np.ndarray) -> bytes:
    return _file(_indices(pixels, colors), colors)


def _file(indices: np.ndarray, colors: np.ndarray) -> bytes:
    """An 8-bit palette PNG with exactly these entries."""
    height, width = indices.shape
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    rows = b"".join(b"\0" + row.tobytes() for row in indices)
    palette = colors.astype(np.uint8).tobytes()
    return join(
        (Chunk(b"IHDR", header), Chunk(b"PLTE", palette), Chunk(b"IDAT", zlib.compress(rows)), Chunk(b"IEND", b""))
    )


def _deep_file(pixels: np.ndarray) -> bytes:
    """A 16-bit RGB PNG from uint16 ``(height, width, 3)``."""
    height, width = pixels.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    return join((Chunk(b"IHDR", header), Chunk(b"IDAT", zlib.compress(rows)), Chunk(b"IEND", b"")))
