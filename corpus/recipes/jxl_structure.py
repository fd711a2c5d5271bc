"""JPEG XL: boxes round the codestream, bytes behind it, and frames that nobody sees. Only where its plug-in is installed."""

from __future__ import annotations

import importlib
import io
import struct
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image

from indelible.corpus.carriers import scene
from indelible.corpus.case import Expected
from indelible.corpus.exif import RESOLUTION, Exif, gps, xmp
from indelible.corpus.jxlfile import Stream, box, container, split
from indelible.corpus.payload import Plant, small_jpeg
from indelible.corpus.planting import Planter, planted
from indelible.plugins import writable
from indelible.redact.formats import FORMATS


def jxl(name: str, *expected: Expected) -> Callable[[Planter], Planter]:
    """Register a planter where JPEG XL can be written."""
    return planted(f"jxl.{name}", *expected) if "JXL" in writable() else lambda plant: plant


def _other(stream: Stream, plant: Plant, size: tuple[int, int] | None = None) -> Stream:
    """Another picture of the same kind."""
    picture = scene(np.random.default_rng(list(plant.digest[:8]))).picture
    picture = picture.resize(size or stream.size, Image.Resampling.BICUBIC)
    return split(FORMATS.get("jxl").write(picture.convert("L" if stream.grey else "RGB"), None))


@jxl("trailer", ("L301", "jxl.trailer"))
def trailer(data: bytes, plant: Plant) -> bytes:
    """Bytes behind a bare codestream, which has no length field."""
    return data + plant.data


@jxl("trailer.picture", ("L301", "jxl.trailer"), ("L206", "jxl.trailer.image"))
def picture_behind(data: bytes, plant: Plant) -> bytes:
    """A JPEG behind a bare codestream."""
    del plant
    return data + small_jpeg((48, 48))


@jxl("trailer.box", ("L301", "jxl.trailer"))
def trailer_in_box(data: bytes, plant: Plant) -> bytes:
    """Bytes behind the codestream, inside its box."""
    return container(data + plant.data)


@jxl("trailer.container", ("L301", "jxl.trailer"))
def trailer_of_container(data: bytes, plant: Plant) -> bytes:
    """Bytes behind the last box."""
    return container(data, behind=b"\xff\xff\xff" + plant.data)


@jxl("stream.slack", ("L304", "jxl.stream.slack"))
def slack(data: bytes, plant: Plant) -> bytes:
    """Bytes at the end of the last section, which its decoder never reaches."""
    stream = split(data)
    if stream.frame.contents[0] & 3 > 2 or max(stream.size) > 256:
        raise ValueError("a picture of several sections")
    length, size = _section(stream.frame.contents)
    content = stream.frame.contents[length:] + plant.data
    table = _table(len(content))
    del size
    return stream.to_bytes([replace(stream.frame, contents=table + content)])


def _section(contents: bytes) -> tuple[int, int]:
    """Length of the table of one section, and what it says."""
    value = int.from_bytes(contents[:4], "little")
    bits, offset = ((10, 0), (14, 1024), (22, 17408), (30, 4211712))[value & 3]
    return (2 + bits + 7) // 8, offset + (value >> 2 & (1 << bits) - 1)


def _table(size: int) -> bytes:
    for kind, (bits, offset) in enumerate(((10, 0), (14, 1024), (22, 17408), (30, 4211712))):
        if size - offset < 1 << bits:
            return (kind | (size - offset) << 2).to_bytes((2 + bits + 7) // 8, "little")
    raise ValueError("too large")


@jxl("exif", ("L101", "jxl.exif"), ("L102", "exif.gps"), ("L104", "exif.text"))
def exif(data: bytes, plant: Plant) -> bytes:
    """Camera data with a position and a caption."""
    block = Exif(image={0x010E: plant.text, **RESOLUTION}, position=gps(40.4, -3.7)).to_bytes()
    return container(data, box(b"Exif", bytes(4) + block))


@jxl("exif.thumbnail", ("L101", "jxl.exif"), ("L201", "exif.ifd1.thumbnail"))
def thumbnail(data: bytes, plant: Plant) -> bytes:
    """The thumbnail of another picture."""
    del plant
    block = Exif(image=RESOLUTION, thumbnail=small_jpeg((64, 48))).to_bytes()
    return container(data, behind=box(b"Exif", bytes(4) + block))


@jxl("xml", ("L106", "jxl.xml"), ("L104", "xmp.text"))
def packet(data: bytes, plant: Plant) -> bytes:
    """An XMP packet."""
    return container(data, behind=box(b"xml ", xmp({"dc:description": plant.text})))


@jxl("brob", ("L302", "jxl.brob"), ("L106", "jxl.xml"))
def packed(data: bytes, plant: Plant) -> bytes:
    """A packet that Brotli packs (one raw block here)."""
    content = xmp({"dc:description": plant.text})
    size = len(content) - 1
    # window 16 bits; a last empty block behind a raw one of four nibbles (RFC 7932, section 9)
    head = (size << 4 | 1 << 20).to_bytes(3, "little")
    return container(data, box(b"brob", b"xml " + head + content + b"\3"))


@jxl("jumb", ("L114", "jxl.jumb"), ("L212", "jxl.jumb.thumbnail"))
def store(data: bytes, plant: Plant) -> bytes:
    """A provenance store with a thumbnail of the original."""
    return container(
        data, box(b"jumb", box(b"jumd", plant.digest[:16] + b"\3c2pa\0") + box(b"bidb", small_jpeg((64, 48))))
    )


@jxl("jbrd", ("L213", "jxl.jbrd"))
def rebuilding(data: bytes, plant: Plant) -> bytes:
    """What it takes to rebuild the JPEG that the picture was made from, with its comment."""
    encoder: Any = importlib.import_module("pillow_jxl").Encoder
    with Image.open(io.BytesIO(data)) as image:
        stream = io.BytesIO()
        image.convert("RGB").save(stream, "JPEG", quality=92, comment=plant.marker)
        packed: bytes = encoder(mode="RGB", use_container=True, num_threads=1)(
            stream.getvalue(), image.width, image.height, jpeg_encode=True
        )
    return packed


@jxl("jhgm", ("L207", "jxl.jhgm"))
def gain_map(data: bytes, plant: Plant) -> bytes:
    """A gain map, which is a picture of its own."""
    stream = split(data)
    other = _other(stream, plant, (64, 48))
    content = struct.pack(">BH", 0, 4) + plant.digest[:4] + b"\0" + bytes(4) + other.to_bytes([other.frame])
    return container(data, behind=box(b"jhgm", content))


@jxl("box.unknown", ("L302", "jxl.box.unknown"))
def unknown(data: bytes, plant: Plant) -> bytes:
    """A box of unknown type."""
    return container(data, box(b"plnt", plant.data))


@jxl("free", ("L308", "jxl.free"))
def free(data: bytes, plant: Plant) -> bytes:
    """Free space that is not free."""
    return container(data, behind=box(b"free", plant.data))


@jxl("uuid", ("L302", "jxl.uuid"))
def unique(data: bytes, plant: Plant) -> bytes:
    """A box with a type of its own."""
    return container(data, behind=box(b"uuid", plant.digest[:16] + plant.data))


@jxl("frames", ("L211", "jxl.frames"))
def frames(data: bytes, plant: Plant) -> bytes:
    """A picture under the picture: the first of two frames is painted over by the second."""
    stream = split(data)
    return stream.to_bytes([_other(stream, plant).frame, stream.frame])


@jxl("frame_crop", ("L211", "jxl.frame_crop"))
def crop(data: bytes, plant: Plant) -> bytes:
    """A frame larger than the canvas: what lies beyond is stored and not shown."""
    del plant
    stream = split(data)
    width, height = stream.size
    frame = replace(stream.frame, crop=(-16, -8, width, height))
    return stream.to_bytes([frame], size=(width - 32, height - 16))


@jxl("preview", ("L211", "jxl.preview"))
def preview(data: bytes, plant: Plant) -> bytes:
    """A preview before the picture."""
    stream = split(data)
    return stream.to_bytes([stream.frame], preview=_other(stream, plant, (64, 48)))


@jxl("name", ("L112", "jxl.name"))
def name(data: bytes, plant: Plant) -> bytes:
    """A name of the frame."""
    stream = split(data)
    return stream.to_bytes([replace(stream.frame, name=plant.marker)])


@jxl("extensions", ("L302", "jxl.extensions"))
def extension(data: bytes, plant: Plant) -> bytes:
    """An extension of the header that no decoder knows."""
    stream = split(data)
    return stream.to_bytes([stream.frame], extension=plant.marker)


@jxl("orientation", ("L305", "jxl.orientation"))
def turned(data: bytes, plant: Plant) -> bytes:
    """How the camera was held."""
    stream = split(data)
    return stream.to_bytes([stream.frame], orientation=2 + plant.marker[20] % 3)
