"""TIFF: bytes that no viewer shows. Number 18 of the planted payloads, and its relatives."""

from __future__ import annotations

import io
import struct
from dataclasses import replace

import numpy as np
from PIL import Image

from indelible.corpus.carriers import Scene, scene, to_png
from indelible.corpus.case import Draw, Pair, Sample, recipe
from indelible.corpus.payload import Plant, small_jpeg
from indelible.corpus.planting import planted
from indelible.corpus.published import plan_for
from indelible.corpus.tifffile_ import (
    Field,
    Page,
    bytes_field,
    change,
    join,
    long_field,
    short_field,
    split,
)
from indelible.redact.formats.tiff import write


def _small(plant: Plant, size: tuple[int, int] = (32, 24)) -> Page:
    """A page with a small picture of noise."""
    rng = np.random.default_rng(list(plant.digest[:8]))
    coarse = Image.fromarray(rng.integers(0, 256, (6, 8, 3), dtype=np.uint8))
    return split(write(coarse.resize(size, Image.Resampling.BICUBIC), None))[0]


@planted("tiff.unreferenced", ("L309", "tiff.unreferenced"))
def appended(data: bytes, plant: Plant) -> bytes:
    """Bytes behind the file, and nothing points to them."""
    return data + plant.data


@planted("tiff.unreferenced.old", ("L309", "tiff.unreferenced"))
def old_directory(data: bytes, plant: Plant) -> bytes:
    """An earlier state left in the file: its directory and strips are still there after an update."""
    page = _small(plant)
    updated = bytearray(join((page,)))
    updated += b"\0" * (len(updated) % 2)
    shift = len(updated) - 8
    (start,) = struct.unpack_from("<I", data, 4)
    moved = bytearray(data[8:])
    (count,) = struct.unpack_from("<H", data, start)
    for place in range(start + 2 - 8, start + 2 - 8 + 12 * count, 12):
        tag, kind, number = struct.unpack_from("<HHI", moved, place)
        length = {3: 2, 4: 4, 5: 8}[kind] * number
        if tag == 273:
            at = place + 8 if length <= 4 else struct.unpack_from("<I", moved, place + 8)[0] - 8
            for index in range(number):
                (value,) = struct.unpack_from("<I", moved, at + 4 * index)
                struct.pack_into("<I", moved, at + 4 * index, value + shift)
        if length > 4:
            (value,) = struct.unpack_from("<I", moved, place + 8)
            struct.pack_into("<I", moved, place + 8, value + shift)
    struct.pack_into("<I", updated, 4, start + shift)
    return bytes(updated + moved)


@planted("tiff.unreferenced.gap", ("L309", "tiff.unreferenced"))
def gap(data: bytes, plant: Plant) -> bytes:
    """Bytes between the header and the first strip."""
    hidden = plant.data + b"\0" * (len(plant.data) % 2)
    first, *others = split(data)
    moved = join((replace(first, strips=(hidden, *first.strips)), *others))
    (start,) = struct.unpack_from("<I", moved, 4)
    written = bytearray(moved)
    (count,) = struct.unpack_from("<H", moved, start)
    for place in range(start + 2, start + 2 + 12 * count, 12):
        tag, kind, number = struct.unpack_from("<HHI", moved, place)
        if tag in (273, 279):  # the first strip is taken off both lists again
            (at,) = struct.unpack_from("<I", moved, place + 8)
            if number == 2:
                written[place + 8 : place + 12] = moved[at + 4 : at + 8]
                written[at : at + 8] = bytes(8)
            else:
                struct.pack_into("<I", written, place + 8, at + 4)
                written[at : at + 4] = bytes(4)
            struct.pack_into("<I", written, place + 4, number - 1)
    return bytes(written)


@planted("tiff.strip.slack", ("L304", "tiff.strip.slack"))
def strip_slack(data: bytes, plant: Plant) -> bytes:
    """Bytes behind the pixels of the last strip, counted as part of it."""
    first, *others = split(data)
    return join((replace(first, strips=(*first.strips[:-1], first.strips[-1] + plant.data)), *others))


@planted("tiff.strip.slack.lzw", ("L304", "tiff.strip.slack"))
def packed_slack(data: bytes, plant: Plant) -> bytes:
    """Bytes behind the end code of an LZW stream."""
    page = _flat(data)
    return join((replace(page, strips=(*page.strips[:-1], page.strips[-1] + plant.data)),))


def _flat(data: bytes) -> Page:
    """A page of the same size in one colour: LZW always makes it smaller."""
    first = split(data)[0]
    width, height = (struct.unpack("<I", first.fields[tag].value)[0] for tag in (256, 257))
    mode = "RGB" if first.fields[277].value[0] == 3 else "L"
    return split(write(Image.new(mode, (width, height), "grey"), None))[0]


@planted("tiff.tile.padding", ("L308", "tiff.tile.padding"))
def tile_padding(data: bytes, plant: Plant) -> bytes:
    """A payload in the part of a tile that lies beyond the picture."""
    samples = split(data)[0].fields[277].value[0]
    width, height, tile = 40, 24, 64
    pixels = np.full((tile, tile * samples), 90, np.uint8)
    room = np.frombuffer(plant.data[: tile * samples], np.uint8)
    pixels[-1, : len(room)] = room
    fields = {
        256: long_field(width), 257: long_field(height), 258: short_field(*(8,) * samples), 259: short_field(1),
        262: short_field(2 if samples == 3 else 1), 277: short_field(samples), 284: short_field(1),
        322: short_field(tile), 323: short_field(tile), 324: long_field(8), 325: long_field(pixels.size),
    }  # fmt: skip
    made = join((Page(fields),))
    return _with_block(made, pixels.tobytes())


def _with_block(data: bytes, block: bytes) -> bytes:
    """A file whose only tile is put in behind the header; every offset moves."""
    moved = bytearray(data[:8] + block + data[8:])
    (start,) = struct.unpack_from("<I", data, 4)
    struct.pack_into("<I", moved, 4, start + len(block))
    (count,) = struct.unpack_from("<H", data, start)
    for place in range(start + 2, start + 2 + 12 * count, 12):
        kind, number = struct.unpack_from("<HI", data, place + 2)
        if {3: 2, 4: 4}[kind] * number > 4:
            (value,) = struct.unpack_from("<I", data, place + 8)
            struct.pack_into("<I", moved, place + len(block) + 8, value + len(block))
    return bytes(moved)


@planted("tiff.ifd.next", ("L211", "tiff.ifd.next"))
def second_page(data: bytes, plant: Plant) -> bytes:
    """A second page."""
    return join((*split(data), _small(plant)))


@planted("tiff.subifd", ("L211", "tiff.subifd"))
def inner_picture(data: bytes, plant: Plant) -> bytes:
    """A picture in a directory inside the first one."""
    first, *others = split(data)
    return join((replace(first, inner={330: (_small(plant),)}), *others))


@planted("tiff.reduced", ("L211", "tiff.reduced"))
def reduced(data: bytes, plant: Plant) -> bytes:
    """A second page that says that it is the first one, smaller."""
    return join((*split(data), _small(plant).with_field(254, long_field(1))))


@planted("tiff.mask", ("L211", "tiff.mask"))
def mask(data: bytes, plant: Plant) -> bytes:
    """A transparency mask: the outline of what was cut out."""
    return join((*split(data), _small(plant).with_field(254, long_field(4))))


@planted("tiff.jpeg_thumb", ("L202", "tiff.jpeg_thumb"))
def thumbnail(data: bytes, plant: Plant) -> bytes:
    """A JPEG thumbnail in a second directory, as in EXIF."""
    del plant
    first, *others = split(data)
    small = small_jpeg((48, 48))
    body = join((first, Page({259: short_field(6), 513: long_field(0), 514: long_field(len(small))}), *others))
    place = len(body) + len(body) % 2
    at = body.rfind(struct.pack("<HHI", 513, 4, 1))
    return body[: at + 8] + struct.pack("<I", place) + body[at + 12 :] + b"\0" * (len(body) % 2) + small


@planted("tiff.tag.unknown", ("L302", "tiff.tag.unknown"))
def private_tag(data: bytes, plant: Plant) -> bytes:
    """An entry that nobody has registered."""
    return change(data, 65_000, bytes_field(plant.data))


@planted("tiff.tag.count", ("L306", "tiff.tag.count"))
def long_entry(data: bytes, plant: Plant) -> bytes:
    """A listed entry with more values than it takes."""
    payload = plant.data + b"\0" * (len(plant.data) % 2)
    return change(data, 296, Field(3, 1 + len(payload) // 2, struct.pack("<H", 2) + payload))


@planted("tiff.entry.padding", ("L308", "tiff.entry.padding"))
def entry_padding(data: bytes, plant: Plant) -> bytes:
    """Two bytes behind each short value: room for a few letters."""
    changed = bytearray(data)
    (start,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, start)
    letters = iter(plant.digest)
    for place in range(start + 2, start + 2 + 12 * count, 12):
        kind, number = struct.unpack_from("<HI", data, place + 2)
        if (kind, number) == (3, 1):
            changed[place + 10 : place + 12] = bytes((next(letters), next(letters)))
    return bytes(changed)


@planted("tiff.tag.order", ("L307", "tiff.tag.order"))
def twice(data: bytes, plant: Plant) -> bytes:
    """An entry that stands there twice; readers differ in which one they take."""
    del plant
    changed = bytearray(data)
    (start,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, start)
    last = start + 2 + 12 * (count - 1)
    changed[last : last + 12] = changed[last - 12 : last]  # 284 in the place of 296
    return bytes(changed)


@planted("tiff.truncated", ("L310", "tiff.truncated"))
def truncated(data: bytes, plant: Plant) -> bytes:
    """A second directory was cut off: nobody can say what was in it."""
    del plant
    changed = bytearray(data)
    (start,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, start)
    struct.pack_into("<I", changed, start + 2 + 12 * count, len(data) + 100)
    return bytes(changed)


@planted("tiff.resolution", ("L113", "tiff.resolution"))
def resolution(data: bytes, plant: Plant) -> bytes:
    """The resolution of the scanner."""
    return change(data, 282, Field(5, 1, struct.pack("<II", 300_000 + plant.marker[20], 1000)))


@planted("tiff.row.padding", ("L308", "tiff.row.padding"))
def row_padding(data: bytes, plant: Plant) -> bytes:
    """A black and white picture whose rows end in the middle of a byte; the rest of it carries bits."""
    del data
    width, height = 33, 90
    rows = np.zeros((height, 5), np.uint8)
    rows[:, :4] = np.frombuffer(plant.digest[:4], np.uint8)
    letters = np.frombuffer(plant.marker[:height].ljust(height, b"-"), np.uint8)
    rows[:, 4] = letters & 0x7F
    fields = {
        256: long_field(width), 257: long_field(height), 258: short_field(1), 259: short_field(1),
        262: short_field(1), 277: short_field(1), 278: long_field(height), 284: short_field(1),
    }  # fmt: skip
    return join((Page(fields, (rows.tobytes(),)),))


@planted("tiff.alpha.rgb", ("L401", "tiff.alpha.rgb"))
def beneath(data: bytes, plant: Plant) -> bytes:
    """An eraser was used: the picture is transparent there, and its colours are still stored."""
    picture = Image.open(io.BytesIO(data)).convert("RGBA")
    secret = Image.open(io.BytesIO(small_jpeg((40, 32)))).convert("RGBA")
    secret.putalpha(0)
    picture.paste(secret, (8 + plant.marker[20] % 16, 8))
    stream = io.BytesIO()
    picture.save(stream, "TIFF", dpi=(72, 72))
    return stream.getvalue()


@planted("tiff.palette.unused", ("L404", "tiff.palette.unused"))
def palette(data: bytes, plant: Plant) -> bytes:
    """The picture has 16 colours, and its palette those of the picture before."""
    picture = Image.open(io.BytesIO(data)).convert("RGB").quantize(16, dither=Image.Dither.NONE)
    left = [value for pair in zip(*[iter(plant.marker * 9)] * 3, strict=False) for value in pair][: 240 * 3]
    picture.putpalette((picture.getpalette() or [])[:48] + left)
    stream = io.BytesIO()
    picture.save(stream, "TIFF", dpi=(72, 72))
    return stream.getvalue()


def _deep(found: Scene, hidden: bool) -> bytes:
    """A 16-bit picture with a black bar; ``hidden``: the low bytes under it are what was there."""
    levels = np.asarray(found.picture.convert("L"), np.uint16) * 256
    box = found.box
    part = levels[box.y : box.bottom, box.x : box.right]
    part[:] = part >> 8 if hidden else 0
    stream = io.BytesIO()
    Image.fromarray(levels).save(stream, "TIFF", dpi=(72, 72))
    return stream.getvalue()


@recipe("tiff.low_byte", format="tiff")
def low_byte(draw: Draw) -> Pair:
    """A bar painted at 8 bit over a 16-bit picture: the low bytes under it stay."""
    found = scene(draw.generator("carrier"))
    source = to_png(found.picture.convert("L"))
    plan = plan_for(source, found.box, found.kind)
    clean = Sample(published=_deep(found, False), original=source, plan=plan)
    return Pair(replace(clean, published=_deep(found, True)), clean, frozenset({("L405", "tiff.low_byte")}))
