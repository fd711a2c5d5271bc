"""JPEG: a scan that a slow viewer shows first, or that no viewer shows."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence

from PIL import Image, ImageDraw

from indelible.corpus.carriers import scene, to_jpeg
from indelible.corpus.case import Draw, Pair, Sample, recipe
from indelible.corpus.draw import font
from indelible.corpus.jpegfile import SOS, Segment, join, split
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
    """A baseline file in one scan per component, and a scan of the unredacted brightness before the right one."""
    rng = draw.generator()
    found = scene(rng)
    source = source_of(rng, found, "png")
    shown = open_picture(source).image.convert("YCbCr").split()
    hidden = open_picture(redacted(source, plan_for(source, found.box, found.kind)).published).image
    planes = tuple(enumerate(hidden.convert("YCbCr").split(), start=1))
    leaky, clean = _by_component(((1, shown[0]), *planes)), _by_component(planes)
    return Pair(Sample(published=leaky), Sample(published=clean), frozenset({("L211", "jpeg.scan.differs")}))


@recipe("jpeg.padding", format="jpeg")
def behind_the_crop(draw: Draw) -> Pair:
    """A lossless crop that cuts the frame and leaves the coded columns behind its edge: up to 15 of them."""
    rng = draw.generator()
    picture = scene(rng, size=(128, 96)).picture
    word = "".join(str(digit) for digit in rng.integers(0, 10, 12))
    strip = Image.new("RGB", (96, 15), (255, 255, 255))
    ImageDraw.Draw(strip).text((2, 1), word, font=font(11), fill=(0, 0, 0))
    picture.paste(strip.transpose(Image.Transpose.ROTATE_90), (113, 0))
    quality = int(rng.integers(75, 96))
    segments, scan, tail = split(to_jpeg(picture, quality=quality, sampling="4:2:0"))
    narrower = (
        Segment(item.marker, item.payload[:3] + struct.pack(">H", 113) + item.payload[5:])
        if item.marker == 0xC0
        else item
        for item in segments
    )
    clean = to_jpeg(picture.crop((0, 0, 113, 96)), quality=quality, sampling="4:2:0")
    expected = frozenset({("L209", "jpeg.padding")})
    return Pair(Sample(published=join(narrower, scan, tail)), Sample(published=clean), expected)


def _by_component(planes: Sequence[tuple[int, Image.Image]]) -> bytes:
    """A baseline 4:4:4 JPEG with one scan per (component number, plane): a grey file's coded data is such a scan."""
    pieces, head = b"", b""
    for number, plane in planes:
        stream = io.BytesIO()
        plane.save(stream, "JPEG", quality=85)
        segments, scan, _ = split(stream.getvalue())
        header = Segment(SOS, bytes((1, number, 0, 0, 63, 0)))
        pieces += header.to_bytes() + scan
        if not head:
            frame = b"".join(bytes((component, 0x11, 0)) for component in (1, 2, 3))
            head = join(
                (
                    Segment(item.marker, item.payload[:5] + b"\x03" + frame) if item.marker == 0xC0 else item
                    for item in segments[:-1]
                ),
                b"",
                b"",
            )
    return head + pieces + b"\xff\xd9"


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
