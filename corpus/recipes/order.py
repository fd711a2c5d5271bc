"""Redactors that look before they fill: something in the file depends on what was hidden (ATTACKS.md section 12.1)."""

from __future__ import annotations

import io
from itertools import count

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from indelible.corpus.carriers import scene
from indelible.corpus.case import Draw, Expected, Pair, recipe
from indelible.corpus.exif import RESOLUTION, Exif
from indelible.corpus.jpegfile import app1_exif, insert
from indelible.corpus.published import plan_for, redacted, source_of
from indelible.corpus.redactors import Fault, Job, botched

_AFTER_DECODE: Expected = ("L432", "interference.after_decode")


def _looking(draw: Draw, format: str, fault: Fault, *more: Expected) -> Pair:
    rng = draw.generator()
    found = scene(rng)
    source = source_of(rng, found, format)
    plan = plan_for(source, found.box, found.kind)
    return Pair(botched(source, plan, fault), redacted(source, plan), frozenset({_AFTER_DECODE, *more}))


@recipe("order.contrast", format="png")
def contrast(draw: Draw) -> Pair:
    """Contrast stretched before the fill."""

    def fault(image: Image.Image, job: Job) -> bytes:
        image = ImageOps.autocontrast(image, cutoff=2)
        job.fill(image)
        return job.write(image)

    return _looking(draw, "png", fault)


@recipe("order.equalize", format="jpeg")
def equalize(draw: Draw) -> Pair:
    """Histogram equalised before the fill, published as JPEG."""

    def fault(image: Image.Image, job: Job) -> bytes:
        image = ImageOps.equalize(image)
        job.fill(image)
        return job.write(image)

    return _looking(draw, "jpeg", fault)


@recipe("order.sharpen", format="png")
def sharpen(draw: Draw) -> Pair:
    """Sharpened before the fill: the edge of the secret lies outside it now."""

    def fault(image: Image.Image, job: Job) -> bytes:
        image = image.filter(ImageFilter.UnsharpMask(3, 150, 0))
        job.fill(image)
        return job.write(image)

    return _looking(draw, "png", fault)


@recipe("order.resize", format="png")
def resize(draw: Draw) -> Pair:
    """Scaled down and up again before the fill."""

    def fault(image: Image.Image, job: Job) -> bytes:
        size = image.size
        half = image.resize((size[0] // 2, size[1] // 2), Image.Resampling.LANCZOS)
        image = half.resize(size, Image.Resampling.BICUBIC)
        job.fill(image)
        return job.write(image)

    return _looking(draw, "png", fault)


@recipe("order.palette", format="png")
def palette(draw: Draw) -> Pair:
    """Colours reduced to a palette before the fill."""

    def fault(image: Image.Image, job: Job) -> bytes:
        image = image.quantize(32, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).convert("RGB")
        job.fill(image)
        return job.write(image)

    return _looking(draw, "png", fault)


@recipe("order.quality", format="jpeg")
def quality(draw: Draw) -> Pair:
    """The quality chosen so that the unredacted picture fits a size."""

    def fault(image: Image.Image, job: Job) -> bytes:
        # the size of the unredacted picture picks one of many qualities, as a "save below n kB" option does
        full = len(_jpeg(image, quality=90))
        job.fill(image)
        return _jpeg(image, quality=20 + full % 35)

    return _looking(draw, "jpeg", fault)


@recipe("order.tables", format="jpeg")
def tables(draw: Draw) -> Pair:
    """Quantisation tables fitted to the unredacted picture."""

    def fault(image: Image.Image, job: Job) -> bytes:
        spread = float(np.asarray(image.convert("L"), np.float64).std())
        table = [max(1, min(255, round(2 + spread * (1 + place / 16) / 8))) for place in range(64)]
        job.fill(image)
        stream = io.BytesIO()
        image.save(stream, "JPEG", qtables=[table] if image.mode == "L" else [table, table])
        return stream.getvalue()

    return _looking(draw, "jpeg", fault)


@recipe("order.thumbnail", format="jpeg")
def thumbnail(draw: Draw) -> Pair:
    """The thumbnail made before the fill."""

    def fault(image: Image.Image, job: Job) -> bytes:
        small = _jpeg(image, quality=85)
        job.fill(image)
        block = Exif(image=RESOLUTION, thumbnail=small).to_bytes()
        return insert(job.write(image), app1_exif(block))

    return _looking(
        draw, "jpeg", fault, ("L101", "jpeg.app1.exif"), ("L201", "exif.ifd1.thumbnail"), ("L215", "preview.disagrees")
    )


@recipe("order.length", format="png")
def length(draw: Draw) -> Pair:
    """A right picture whose compression level depends on the hidden pixels."""

    def fault(image: Image.Image, job: Job) -> bytes:
        level = 1 + int(np.asarray(image.crop(job.box.corners), np.int64).sum()) % 9
        job.fill(image)
        stream = io.BytesIO()
        image.save(stream, "PNG", compress_level=level)
        return stream.getvalue()

    return _looking(draw, "png", fault)


@recipe("order.mean", format="png")
def mean_color(draw: Draw) -> Pair:
    """A fill of one colour, and the colour is the mean of what it hides."""

    def fault(image: Image.Image, job: Job) -> bytes:
        hidden = np.asarray(image.crop(job.box.corners), np.float64)
        red, green, blue = (int(value) for value in hidden.mean(axis=(0, 1)))
        image.paste((red, green, blue), job.area.corners)
        return job.write(image)

    return _looking(draw, "png", fault)


@recipe("order.unsteady", format="jpeg")
def unsteady(draw: Draw) -> Pair:
    """A redactor that writes something else each time it runs."""
    runs = count()

    def fault(image: Image.Image, job: Job) -> bytes:
        job.fill(image)
        return _jpeg(image, quality=30 + next(runs) % 40)

    pair = _looking(draw, "jpeg", fault)
    return Pair(pair.leaky, pair.clean, frozenset({("L431", "construction.rederivation")}))


def _jpeg(image: Image.Image, quality: int) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality)
    return stream.getvalue()
