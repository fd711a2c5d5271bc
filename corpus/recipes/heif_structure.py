"""HEIC and AVIF: stray boxes, stray bytes and lying tables. Numbers 21 to 24 of the planted payloads, and their relatives.

What matters most is made for both formats, and for HEIC only where its encoder is installed.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace

from indelible.corpus.case import Expected
from indelible.corpus.heiffile import box, full, split
from indelible.corpus.payload import Plant, small_jpeg
from indelible.corpus.planting import Planter, planted
from indelible.plugins import writable

FORMATS = tuple(format for format in ("avif", "heif") if format.upper() in writable())


def both(name: str, *expected: Expected) -> Callable[[Planter], Planter]:
    """Register a planter for AVIF and for HEIC."""

    def register(plant: Planter) -> Planter:
        for format in FORMATS:
            planted(f"{format}.{name}", *expected)(plant)
        return plant

    return register


def avif(name: str, *expected: Expected) -> Callable[[Planter], Planter]:
    """Register a planter for AVIF alone: one walker reads both, and HEIC is slow to write or refused by its decoder."""
    return planted(f"avif.{name}", *expected)


def heif(name: str, *expected: Expected) -> Callable[[Planter], Planter]:
    """Register a planter for HEIC alone, because the usual decoder of AVIF refuses such a file."""
    return planted(f"heif.{name}", *expected) if "heif" in FORMATS else lambda plant: plant


def changed(data: bytes, **changes: object) -> bytes:
    """The file put together anew with some of its fields changed."""
    return replace(split(data), **changes).to_bytes()  # type: ignore[arg-type]


@both("free", ("L308", "heif.free"))
def free(data: bytes, plant: Plant) -> bytes:
    """A free box at the end of the file."""
    return data + box(b"free", plant.data)


@avif("free.inside", ("L308", "heif.free"))
def free_inside(data: bytes, plant: Plant) -> bytes:
    """A skip box among the boxes of meta."""
    return changed(data, inside=box(b"skip", plant.data))


@avif("udta", ("L308", "heif.free"))
def user_data(data: bytes, plant: Plant) -> bytes:
    """User data between meta and mdat."""
    return changed(data, before=box(b"udta", plant.data))


@both("box.unknown", ("L302", "heif.box.unknown"))
def unknown(data: bytes, plant: Plant) -> bytes:
    """A box of unknown type at the end of the file."""
    return data + box(b"plnt", plant.data)


@avif("box.long", ("L302", "heif.box.unknown"))
def unknown_long(data: bytes, plant: Plant) -> bytes:
    """The same with a 64-bit size."""
    return data + struct.pack(">I4sQ", 1, b"plnt", 16 + len(plant.data)) + plant.data


@avif("box.inside", ("L302", "heif.box.unknown"))
def unknown_inside(data: bytes, plant: Plant) -> bytes:
    """A box of unknown type among the properties."""
    return changed(data, loose=(box(b"plnt", plant.data),))


@both("mdat.second", ("L307", "heif.mdat.second"), ("L309", "heif.mdat.gap"))
def second_media(data: bytes, plant: Plant) -> bytes:
    """A second media box."""
    return data + box(b"mdat", plant.data)


@both("mdat.gap", ("L309", "heif.mdat.gap"))
def gap(data: bytes, plant: Plant) -> bytes:
    """Bytes in the media box that no item claims."""
    return changed(data, gap=plant.data)


@avif("idat.gap", ("L309", "heif.mdat.gap"))
def gap_inside(data: bytes, plant: Plant) -> bytes:
    """Item data inside meta that no item claims."""
    return changed(data, inside=box(b"idat", plant.data))


@both("trailer", ("L301", "heif.trailer"))
def trailer(data: bytes, plant: Plant) -> bytes:
    """Bytes behind the last box."""
    return data + plant.data


@avif("trailer.picture", ("L301", "heif.trailer"), ("L206", "heif.trailer.image"))
def picture_behind(data: bytes, plant: Plant) -> bytes:
    """A JPEG behind the last box."""
    del plant
    return data + small_jpeg((48, 48))


@both("uuid", ("L302", "heif.uuid"))
def unique(data: bytes, plant: Plant) -> bytes:
    """A box with a type of its own."""
    return data + box(b"uuid", plant.digest[:16] + plant.data)


@both("mpvd", ("L210", "heif.mpvd"))
def motion(data: bytes, plant: Plant) -> bytes:
    """The film of a motion photo."""
    return data + box(b"mpvd", box(b"ftyp", b"isom" + bytes(4) + b"isommp42") + box(b"mdat", plant.data))


@both("sefd", ("L116", "heif.sefd"))
def maker_box(data: bytes, plant: Plant) -> bytes:
    """A phone maker's box behind the picture."""
    return data + box(b"sefd", plant.data)


@avif("moov", ("L211", "heif.moov"))
def film(data: bytes, plant: Plant) -> bytes:
    """A film with one track beside the picture."""
    return data + _film(b"vide", len(data), plant) + box(b"skip")


@avif("moov.audio", ("L211", "heif.moov"), ("L210", "heif.moov.audio"))
def sound(data: bytes, plant: Plant) -> bytes:
    """A sound track beside the picture."""
    return data + _film(b"soun", len(data), plant) + box(b"skip")


def _film(handler: bytes, place: int, plant: Plant) -> bytes:
    samples = (
        full(b"stsz", struct.pack(">II", len(plant.data), 1))
        + full(b"stsc", struct.pack(">IIII", 1, 1, 1, 1))
        + full(b"stco", struct.pack(">II", 1, place + 8))
    )
    media = full(b"hdlr", bytes(4) + handler + bytes(13)) + box(b"minf", box(b"stbl", samples))
    return box(b"mdat", plant.data) + box(b"moov", box(b"trak", box(b"mdia", media)))


@avif("meta.second", ("L307", "heif.meta.second"))
def second_meta(data: bytes, plant: Plant) -> bytes:
    """A second meta box."""
    return data + full(b"meta", full(b"hdlr", bytes(4) + b"pict" + bytes(13)) + box(b"idat", plant.data))


@both("hdlr.name", ("L112", "heif.hdlr.name"))
def handler_name(data: bytes, plant: Plant) -> bytes:
    """A text in the handler's name."""
    return changed(data, handler=plant.marker + b"\0")


@both("item.name", ("L112", "heif.item.name"))
def item_name(data: bytes, plant: Plant) -> bytes:
    """A text in the item's name."""
    file = split(data)
    return file.with_primary(replace(file.parts[0], name=plant.marker)).to_bytes()


@avif("ftyp.version", ("L305", "heif.ftyp"))
def version(data: bytes, plant: Plant) -> bytes:
    """Four bytes in the version of the brand."""
    return changed(data, version=plant.digest[:4])


@avif("ftyp.brand", ("L305", "heif.ftyp"))
def brand(data: bytes, plant: Plant) -> bytes:
    """Brands that nobody has heard of."""
    return changed(data, brands=split(data).brands + plant.digest)


@both("box.slack", ("L304", "heif.box.slack"))
def slack(data: bytes, plant: Plant) -> bytes:
    """Bytes behind the last field of a box."""
    return changed(data, primary=plant.data)


@avif("property.unused", ("L305", "heif.property.unused"))
def unused(data: bytes, plant: Plant) -> bytes:
    """A property that belongs to no item."""
    return changed(data, loose=(box(b"pasp", plant.digest[:8]),))


@avif("property.unlisted", ("L305", "heif.property.unlisted"))
def unlisted(data: bytes, plant: Plant) -> bytes:
    """A pixel shape that is a message."""
    return _with(data, box(b"pasp", plant.digest[:8]))


@avif("udes", ("L104", "heif.udes"))
def description(data: bytes, plant: Plant) -> bytes:
    """A description that a person typed."""
    return _with(data, full(b"udes", b"en\0Name\0" + plant.marker + b"\0tag\0"))


@both("colr.prof", ("L111", "heif.colr.prof"))
def profile(data: bytes, plant: Plant) -> bytes:
    """A colour profile."""
    return _with(data, box(b"colr", b"prof" + struct.pack(">I", 128 + len(plant.data)) + bytes(124) + plant.data))


@avif("grpl", ("L305", "heif.grpl"))
def groups(data: bytes, plant: Plant) -> bytes:
    """A group of pictures that are a message."""
    return changed(data, inside=box(b"grpl", full(b"altr", struct.pack(">II", 100, 16) + plant.digest)))


@avif("iloc.overlap", ("L306", "heif.iloc.overlap"), ("L106", "heif.item.xmp"))
def overlap(data: bytes, plant: Plant) -> bytes:
    """An item that shares bytes with the picture."""
    file = split(data)
    part = replace(file.parts[0], kind=b"mime", data=plant.data, properties=(), text=b"application/rdf+xml\0")
    return replace(file.add(part, links=[(b"cdsc", 2, (1,))]), overlap=8).to_bytes()


@avif("ispe", ("L306", "heif.ispe"))
def extent(data: bytes, plant: Plant) -> bytes:
    """A stated size that is not the coded one."""
    return _other_size(data, 2 + plant.marker[20] % 8)


@avif("window", ("L209", "heif.window"))
def window(data: bytes, plant: Plant) -> bytes:
    """A stated size that leaves a strip of the coded picture out."""
    del plant
    return _other_size(data, 64)


def _other_size(data: bytes, less: int) -> bytes:
    file = split(data)
    boxes = []
    for item in file.parts[0].properties:
        if item[4:8] == b"ispe":
            width, height = struct.unpack(">II", item[12:20])
            item = full(b"ispe", struct.pack(">II", width - less, height))
        boxes.append(item)
    return file.with_primary(replace(file.parts[0], properties=tuple(boxes))).to_bytes()


def _with(data: bytes, *properties: bytes) -> bytes:
    file = split(data)
    return file.with_primary(file.parts[0].with_property(*properties)).to_bytes()
