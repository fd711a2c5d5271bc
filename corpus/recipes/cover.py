"""Covers that do not cover: short, translucent, nearly black, blurred, or over more than pixels."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from indelible.corpus.carriers import scene, to_png
from indelible.corpus.case import Draw, Expected, Pair, recipe
from indelible.corpus.draw import font
from indelible.corpus.published import plan_for, redacted, source_of
from indelible.corpus.redactors import Fault, Job, botched
from indelible.model import Box, Kind

_NOT_CONSTANT: Expected = ("L403", "region.not_constant")
_AFTER_DECODE: Expected = ("L432", "interference.after_decode")


def _covered(draw: Draw, fault: Fault, kind: Kind | None = None) -> Pair:
    """A PNG whose cover has the fault; every second pair can be run again."""
    rng = draw.generator()
    found = scene(rng, kind=kind)
    source = source_of(rng, found, "png")
    plan = plan_for(source, found.box, found.kind)
    rerun = draw.index % 2 == 0
    expected = {_NOT_CONSTANT, _AFTER_DECODE} if rerun else {_NOT_CONSTANT}
    return Pair(botched(source, plan, fault, rerun=rerun), redacted(source, plan), frozenset(expected))


@recipe("cover.short", format="png")
def short(draw: Draw) -> Pair:
    """A box one pixel short on the right and below."""

    def fault(image: Image.Image, job: Job) -> bytes:
        job.fill(image, Box(job.box.x, job.box.y, job.box.width - 1, job.box.height - 1))
        return job.write(image)

    return _covered(draw, fault)


@recipe("cover.shifted", format="png")
def shifted(draw: Draw) -> Pair:
    """A box one pixel off to the right."""

    def fault(image: Image.Image, job: Job) -> bytes:
        job.fill(image, Box(job.box.x + 1, job.box.y, job.box.width, job.box.height))
        return job.write(image)

    return _covered(draw, fault)


@recipe("cover.residue", format="png")
def residue(draw: Draw) -> Pair:
    """Black where it was dark, one level above black where it was bright."""
    return _covered(draw, _pixelwise(lambda pixels: pixels // 128), Kind.TEXT)


@recipe("cover.darkened", format="png")
def darkened(draw: Draw) -> Pair:
    """Darkened to the lowest four levels instead of filled."""
    return _covered(draw, _pixelwise(lambda pixels: pixels // 64))


@recipe("cover.blue", format="png")
def one_plane(draw: Draw) -> Pair:
    """One bit left in the blue plane only."""

    def change(pixels: np.ndarray) -> np.ndarray:
        return pixels // 128 * np.array([0, 0, 1], np.uint8)

    return _covered(draw, _pixelwise(change), Kind.TEXT)


@recipe("cover.marker90", format="png")
def marker90(draw: Draw) -> Pair:
    """A black marker at 90 per cent over text."""
    return _covered(draw, _pixelwise(lambda pixels: (pixels * 0.1 + 0.5).astype(np.uint8)), Kind.TEXT)


@recipe("cover.marker98", format="png")
def marker98(draw: Draw) -> Pair:
    """A black marker at 98 per cent over text."""
    return _covered(draw, _pixelwise(lambda pixels: (pixels * 0.02 + 0.5).astype(np.uint8)), Kind.TEXT)


@recipe("cover.strokes", format="png")
def strokes(draw: Draw) -> Pair:
    """Three strokes of a highlighter at 80 per cent, one over the other."""
    return _covered(draw, _pixelwise(lambda pixels: (pixels * 0.2**3 + 0.5).astype(np.uint8)), Kind.TEXT)


@recipe("cover.blur", format="png")
def blurred(draw: Draw) -> Pair:
    """A strong blur where a fill was planned."""

    def fault(image: Image.Image, job: Job) -> bytes:
        corners = job.box.corners
        image.paste(image.crop(corners).filter(ImageFilter.GaussianBlur(9)), corners)
        return job.write(image)

    return _covered(draw, fault)


@recipe("cover.jpeg.marker", format="jpeg")
def marker_in_jpeg(draw: Draw) -> Pair:
    """A marker at 90 per cent, published as JPEG."""
    rng = draw.generator()
    found = scene(rng, kind=Kind.TEXT)
    source = source_of(rng, found, "jpeg")
    plan = plan_for(source, found.box, found.kind)

    def fault(image: Image.Image, job: Job) -> bytes:
        pixels = np.asarray(image.crop(job.area.corners)) * 0.1 + 0.5
        image.paste(Image.fromarray(pixels.astype(np.uint8)), job.area.corners)
        return job.write(image)

    return Pair(botched(source, plan, fault), redacted(source, plan), frozenset({_NOT_CONSTANT, _AFTER_DECODE}))


@recipe("cover.gamut", format="jpeg")
def beyond_gamut(draw: Draw) -> Pair:
    """A flawless green on the screen; in the file, brightness beyond what a screen can show spells the secret.

    Saturated green leaves about 35 levels of luma that all clip to (0, 255, 0) when YCbCr is turned into RGB.
    """
    rng = draw.generator()
    found = scene(rng, kind=Kind.TEXT)
    source = source_of(rng, found, "jpeg", "4:4:4")
    plan = plan_for(source, found.box, found.kind, color="#00ff00")

    def fault(image: Image.Image, job: Job) -> bytes:
        luma, blue, red = (np.asarray(plane).copy() for plane in image.convert("YCbCr").split())
        area = job.area
        part = (slice(area.y, area.bottom), slice(area.x, area.right))
        luma[part] = np.where(luma[part] > 127, 156, 146)
        blue[part], red[part] = 20, 5
        stream = io.BytesIO()
        planes = [Image.fromarray(plane) for plane in (luma, blue, red)]
        Image.merge("YCbCr", planes).save(stream, "JPEG", quality=95, subsampling=0)
        return stream.getvalue()

    rerun = draw.index % 2 == 0
    expected = {_NOT_CONSTANT, _AFTER_DECODE} if rerun else {_NOT_CONSTANT}
    return Pair(botched(source, plan, fault, rerun=rerun), redacted(source, plan), frozenset(expected))


@recipe("cover.missing", format="jpeg")
def missing(draw: Draw) -> Pair:
    """Nothing covered at all, and the file written as if it were."""
    rng = draw.generator()
    found = scene(rng)
    source = source_of(rng, found, "jpeg")
    plan = plan_for(source, found.box, found.kind)
    sample = botched(source, plan, lambda image, job: job.write(image), rerun=draw.index % 2 == 0)
    return Pair(sample, redacted(source, plan), frozenset({_NOT_CONSTANT}))


@recipe("cover.tips", format="png")
def tips(draw: Draw) -> Pair:
    """A line of text covered to the height of its small letters: what rises above or hangs below tells the word."""
    rng = draw.generator()
    page = Image.new("RGB", (192, 96), (236, 236, 232))
    pen = ImageDraw.Draw(page)
    size = int(rng.integers(20, 25))
    word = ("Philadelphia", "Liddell Fitch", "Kettlewhip", "Bath & Hull")[int(rng.integers(4))]
    x, y = int(rng.integers(12, 20)), int(rng.integers(50, 66))  # of the line's start and its baseline
    pen.text((x, y), word, font=font(size), fill=(20, 20, 24), anchor="ls")
    pen.text((12, 20), "Invoice 4711", font=font(13), fill=(60, 60, 64), anchor="ls")
    left, top, right, bottom = (int(edge) for edge in pen.textbbox((x, y), word, font=font(size), anchor="ls"))
    source = to_png(page)
    whole = plan_for(source, Box(left - 4, top - 4, right - left + 8, bottom - top + 8), Kind.TEXT)
    low = plan_for(source, Box(left - 4, top + 4, right - left + 8, bottom - top), Kind.TEXT)
    return Pair(redacted(source, low), redacted(source, whole), frozenset({("L407", "region.ring")}))


def _pixelwise(change: Callable[[np.ndarray], np.ndarray]) -> Fault:
    """A fault that maps the box's pixels, uint8 ``(height, width, 3)``, one by one."""

    def fault(image: Image.Image, job: Job) -> bytes:
        pixels = change(np.asarray(image.crop(job.box.corners)))
        image.paste(Image.fromarray(pixels.astype(np.uint8)), job.box.corners)
        return job.write(image)

    return fault
