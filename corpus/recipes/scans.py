"""JPEG: a scan that a slow viewer shows first, or that no viewer shows."""

from __future__ import annotations

import io
from dataclasses import replace

from PIL import Image

from indelible.corpus.carriers import scene
from indelible.corpus.case import Draw, Pair, Sample, recipe
from indelible.corpus.jpegfile import join, split
from indelible.corpus.published import plan_for, redacted, source_of
from indelible.media import open_picture


@recipe("jpeg.scan.differs", format="jpeg")
def early_scan(draw: Draw) -> Pair:
    """A progressive file whose first, coarse scan still shows the secret; later scans paint over it."""
    rng = draw.generator()
    found = scene(rng)
    source = source_of(rng, found, "jpeg", "4:2:0")
    shown = open_picture(source).image
    hidden = open_picture(redacted(source, plan_for(source, found.box, found.kind)).published).image
    before, after = _progressive(shown), _progressive(hidden)
    coarse = before[_tables(before) : _end_of_scan(before)]
    leaky = after[: _tables(after)] + coarse + after[_tables(after) :]
    return Pair(Sample(published=leaky), Sample(published=after), frozenset({("L211", "jpeg.scan.differs")}))


@recipe("jpeg.scan.second", format="jpeg")
def second_scan(draw: Draw) -> Pair:
    """A second scan of the same components behind the first: the unredacted picture, coded with the same tables."""
    rng = draw.generator()
    found = scene(rng)
    source = source_of(rng, found, "jpeg", "4:4:4")
    sample = redacted(source, plan_for(source, found.box, found.kind))
    assert sample.redactor is not None
    segments, scan, tail = split(sample.published)
    quality = open_picture(sample.published).jpeg
    stream = io.BytesIO()
    open_picture(source).image.save(stream, "JPEG", quality=quality.quality if quality else 75, subsampling=0)
    _, older, _ = split(stream.getvalue())
    published = join(segments, scan, segments[-1].to_bytes() + older + tail)
    return Pair(replace(sample, published=published), sample, frozenset({("L211", "jpeg.scan.differs")}))


def _progressive(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=80, progressive=True, subsampling=2)
    return stream.getvalue()


def _tables(data: bytes) -> int:
    """Offset of the first Huffman table."""
    return data.index(b"\xff\xc4")


def _end_of_scan(data: bytes) -> int:
    """Offset of the marker behind the first scan's coded data."""
    place = data.index(b"\xff\xda") + 2
    while not (data[place] == 0xFF and data[place + 1] != 0):
        place += 1
    return place
