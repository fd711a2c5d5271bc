"""The small copy that was forgotten, and the name that does not fit."""

from __future__ import annotations

from dataclasses import replace

from PIL import Image

from indelible.corpus.carriers import Scene, scene, to_jpeg
from indelible.corpus.case import Draw, Expected, Pair, Sample, recipe
from indelible.corpus.exif import RESOLUTION, Exif
from indelible.corpus.jpegfile import app1_exif, insert
from indelible.corpus.payload import Plant
from indelible.corpus.pngfile import Chunk
from indelible.corpus.pngfile import insert as insert_chunk
from indelible.corpus.published import carrier, plan_for, redacted, source_of
from indelible.media import open_picture

_THUMBNAIL: Expected = ("L201", "exif.ifd1.thumbnail")
_DISAGREES: Expected = ("L215", "preview.disagrees")


def _with_thumbnail(data: bytes, picture: Image.Image) -> bytes:
    block = Exif(image=RESOLUTION, thumbnail=to_jpeg(picture, quality=85, sampling="4:2:0")).to_bytes()
    if data.startswith(b"\x89PNG"):
        return insert_chunk(data, Chunk(b"eXIf", block))
    return insert(data, app1_exif(block))


def _redacted_scene(draw: Draw, format: str) -> tuple[Scene, Sample]:
    rng = draw.generator()
    found = scene(rng)
    source = source_of(rng, found, format)
    return found, redacted(source, plan_for(source, found.box, found.kind))


@recipe("preview.stale.jpeg", format="jpeg")
def stale_in_jpeg(draw: Draw) -> Pair:
    """The EXIF thumbnail of the unredacted picture."""
    found, clean = _redacted_scene(draw, "jpeg")
    small = found.picture.resize(
        (found.picture.width * 5 // 6, found.picture.height * 5 // 6), Image.Resampling.LANCZOS
    )
    leaky = replace(clean, published=_with_thumbnail(clean.published, small))
    return Pair(leaky, clean, frozenset({("L101", "jpeg.app1.exif"), _THUMBNAIL, _DISAGREES}))


@recipe("preview.stale.png", format="png")
def stale_in_png(draw: Draw) -> Pair:
    """The thumbnail of the unredacted picture in a PNG's eXIf chunk."""
    found, clean = _redacted_scene(draw, "png")
    leaky = replace(clean, published=_with_thumbnail(clean.published, found.picture))
    return Pair(leaky, clean, frozenset({("L101", "png.exif"), _THUMBNAIL, _DISAGREES}))


@recipe("preview.fresh", format="jpeg")
def fresh(draw: Draw) -> Pair:
    """A thumbnail of the redacted picture: it shows nothing, and is still not allowed."""
    _, clean = _redacted_scene(draw, "jpeg")
    small = open_picture(clean.published).image.resize((64, 48))
    leaky = replace(clean, published=_with_thumbnail(clean.published, small))
    return Pair(leaky, clean, frozenset({("L101", "jpeg.app1.exif"), _THUMBNAIL}))


@recipe("file.extension", format="jpeg")
def extension(draw: Draw) -> Pair:
    """A JPEG under the name of another format."""
    sample = carrier(draw, "jpeg")
    other = (".png", ".gif", ".pdf", ".txt")[Plant.of(draw).marker[20] % 4]
    return Pair(replace(sample, extension=other), sample, frozenset({("L311", "file.type")}))
