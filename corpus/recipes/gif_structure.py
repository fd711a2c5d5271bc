"""GIF: extensions, hidden frames, and bytes where no reader looks. Numbers 13 to 15 of the planted payloads, and relatives."""

from __future__ import annotations

import io
import struct
import zipfile

import numpy as np
from PIL import Image

from indelible.corpus import icc
from indelible.corpus.draw import face
from indelible.corpus.exif import xmp
from indelible.corpus.giffile import Gif, application, control, picture, split, sub_blocks
from indelible.corpus.payload import Plant, small_jpeg
from indelible.corpus.planting import planted

_LOOP = application(b"NETSCAPE2.0", b"\x01\0\0")


@planted("gif.trailer", ("L301", "gif.trailer"))
def trailer(data: bytes, plant: Plant) -> bytes:
    """Bytes behind the end byte."""
    return data + plant.data


@planted("gif.trailer.picture", ("L301", "gif.trailer"), ("L206", "gif.trailer.image"))
def picture_behind(data: bytes, plant: Plant) -> bytes:
    """A second picture behind the end byte."""
    del plant
    return data + small_jpeg((48, 48))


@planted("gif.trailer.archive", ("L301", "gif.trailer"))
def archive(data: bytes, plant: Plant) -> bytes:
    """A ZIP file behind the picture: both open."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as bundle:
        bundle.writestr(zipfile.ZipInfo("original.txt"), plant.data)
    return data + stream.getvalue()


@planted("gif.trailer.restorable", ("L301", "gif.trailer"), ("L313", "gif.trailer.restorable"))
def overwritten(data: bytes, plant: Plant) -> bytes:
    """A larger GIF overwritten by this one and not truncated."""
    rng = np.random.default_rng(list(plant.digest[:8]))
    coarse = rng.integers(0, 256, (40, 50), dtype=np.uint8)
    older = np.asarray(Image.fromarray(coarse).resize((400, 320), Image.Resampling.BICUBIC), np.int16)
    older = np.clip(older + rng.integers(-6, 7, older.shape), 0, 255).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(older).save(stream, "GIF")
    return data + stream.getvalue()[len(data) :]


@planted("gif.app.unknown", ("L302", "gif.app.unknown"))
def private(data: bytes, plant: Plant) -> bytes:
    """An application extension that no reader knows."""
    return split(data).with_blocks(application(b"PLANTXX1.0 ", plant.data))


@planted("gif.extension.unknown", ("L302", "gif.extension.unknown"))
def unknown_label(data: bytes, plant: Plant) -> bytes:
    """An extension with a label that the standard does not have."""
    return split(data).with_blocks(b"!\x42" + sub_blocks(plant.data))


@planted("gif.app.loop.longer", ("L302", "gif.app.unknown"))
def longer_loop(data: bytes, plant: Plant) -> bytes:
    """A loop extension with more in it than a number of rounds."""
    return split(data).with_blocks(b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0" + sub_blocks(plant.data))


@planted("gif.app.loop", ("L305", "gif.app.loop"))
def loop(data: bytes, plant: Plant) -> bytes:
    """A loop count in a still picture: two bytes of room."""
    return split(data).with_blocks(application(b"NETSCAPE2.0", b"\x01" + plant.digest[:2]))


@planted("gif.plaintext", ("L112", "gif.plaintext"))
def plain_text(data: bytes, plant: Plant) -> bytes:
    """A plain-text extension, which no viewer shows any more."""
    return split(data).with_blocks(b"!\x01\x0c" + bytes(12) + sub_blocks(plant.data), first=False)


@planted("gif.comment", ("L112", "gif.comment"))
def comment(data: bytes, plant: Plant) -> bytes:
    """A comment."""
    return split(data).with_blocks(b"!\xfe" + sub_blocks(plant.data))


@planted("gif.xmp", ("L106", "gif.xmp"), ("L102", "xmp.gps"))
def position(data: bytes, plant: Plant) -> bytes:
    """The position in an XMP packet, as a drawing program writes it."""
    del plant
    packet = xmp({"exif:GPSLatitude": "48,52.602S", "exif:GPSLongitude": "123,23.598W"})
    magic = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    return split(data).with_blocks(b"!\xff\x0bXMP DataXMP" + packet + magic)


@planted("gif.icc", ("L111", "gif.icc"))
def profile(data: bytes, plant: Plant) -> bytes:
    """A colour profile."""
    del plant
    content = icc.profile()
    return split(data).with_blocks(application(b"ICCRGBG1012", content))


@planted("gif.c2pa", ("L114", "gif.c2pa"), ("L212", "gif.c2pa.thumbnail"))
def provenance(data: bytes, plant: Plant) -> bytes:
    """A provenance store with a thumbnail."""
    store = b"jumb" + plant.marker + small_jpeg((48, 48))
    return split(data).with_blocks(application(b"C2PA_GIF\x01\0\0", store))


@planted("gif.irb", ("L110", "gif.irb"), ("L204", "irb.1036"))
def resources(data: bytes, plant: Plant) -> bytes:
    """Photoshop resources with a thumbnail, as a converter carries them along."""
    del plant
    thumbnail = struct.pack(">IIIIIIHH", 1, 48, 48, 144, 6912, 0, 24, 1) + small_jpeg((48, 48))
    block = b"8BIM\x04\x0c\0\0" + struct.pack(">I", len(thumbnail)) + thumbnail + b"\0" * (len(thumbnail) % 2)
    return split(data).with_blocks(application(b"MGK8BIM0000", block))


def _hidden(size: tuple[int, int]) -> Image.Image:
    return face(size, (214, 164, 128)).quantize(32)


@planted("gif.frames", ("L211", "gif.frames"))
def second_frame(data: bytes, plant: Plant) -> bytes:
    """A second frame that a still viewer never shows."""
    del plant
    gif = split(data)
    return gif.with_blocks(control(), gif.blocks[0], control(500), picture(_hidden(gif.size)), first=True)


@planted("gif.frames.first", ("L211", "gif.frames"), ("L305", "gif.palette.local"))
def covered_frame(data: bytes, plant: Plant) -> bytes:
    """A first frame that the second covers at once."""
    del plant
    gif = split(data)
    return gif.with_blocks(_LOOP, control(0), picture(_hidden(gif.size), local=True), control(0))


@planted("gif.frame.outside", ("L306", "gif.frame.outside"))
def cropped(data: bytes, plant: Plant) -> bytes:
    """A screen that is smaller than the picture: cropped for the viewer alone."""
    del plant
    gif = split(data)
    width, height = gif.size
    return Gif(gif.head[:6] + struct.pack("<HH", width - 24, height - 16) + gif.head[10:], gif.blocks).to_bytes()


@planted("gif.pixels", ("L306", "gif.pixels"))
def further_rows(data: bytes, plant: Plant) -> bytes:
    """More rows in the stream than the header says."""
    del plant
    gif = split(data)
    width, height = gif.size
    block = gif.blocks[0]
    shorter = struct.pack("<HH", width, height - 9)
    return Gif(gif.head[:6] + shorter + gif.head[10:], (block[:5] + shorter + block[9:],)).to_bytes()


@planted("gif.lzw.slack", ("L304", "gif.lzw.slack"))
def slack(data: bytes, plant: Plant) -> bytes:
    """Sub-blocks behind the one that holds the end code."""
    gif = split(data)
    return Gif(gif.head, (gif.blocks[0][:-1] + sub_blocks(plant.data),)).to_bytes()


@planted("gif.lzw.slack.inside", ("L304", "gif.lzw.slack"))
def slack_inside(data: bytes, plant: Plant) -> bytes:
    """Bytes behind the end code, inside the same sub-block."""
    gif = split(data)
    block, at = gif.blocks[0], 11
    content = b""
    while block[at]:
        content += block[at + 1 : at + 1 + block[at]]
        at += 1 + block[at]
    return Gif(gif.head, (block[:11] + sub_blocks(content + plant.marker),)).to_bytes()


@planted("gif.palette.unused", ("L404", "gif.palette.unused"))
def old_palette(data: bytes, plant: Plant) -> bytes:
    """A palette that still knows the colours from before."""
    stream = io.BytesIO(data)
    image = Image.open(stream).convert("RGB").quantize(64, dither=Image.Dither.NONE)
    colors = bytes(image.getpalette() or ())[:192]
    coded = split(_saved(image))
    table = colors + plant.digest + plant.marker + bytes(384)
    return Gif(b"GIF87a" + coded.head[6:10] + b"\xf6\0\0" + table[:384], coded.blocks[-1:]).to_bytes()


def _saved(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "GIF", interlace=0, optimize=False)
    return stream.getvalue()


@planted("gif.gce", ("L305", "gif.gce"))
def graphic_control(data: bytes, plant: Plant) -> bytes:
    """A graphic control in a still picture: a delay that nobody waits for."""
    return split(data).with_blocks(control(plant.digest[0] << 8 | plant.digest[1]))


@planted("gif.reserved", ("L308", "gif.reserved"))
def aspect(data: bytes, plant: Plant) -> bytes:
    """An aspect ratio that nobody reads."""
    return data[:12] + plant.digest[:1] + data[13:]


@planted("gif.gap", ("L303", "gif.gap"))
def between(data: bytes, plant: Plant) -> bytes:
    """Bytes between the last block and the end byte."""
    return data[:-1] + b"\0" + plant.data.replace(b";", b"_").replace(b"!", b"_").replace(b",", b"_") + b";"


@planted("gif.truncated", ("L310", "gif.truncated"))
def truncated(data: bytes, plant: Plant) -> bytes:
    """The file lacks its end byte: nobody can say what else is missing."""
    del plant
    return data[:-1]
