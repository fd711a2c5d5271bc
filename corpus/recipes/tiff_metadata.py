"""TIFF: EXIF, XMP, IPTC, profiles and what programs for layers and raw pictures leave in it."""

from __future__ import annotations

import struct
from dataclasses import replace

from PIL import ImageCms

from indelible.corpus.exif import xmp
from indelible.corpus.payload import Plant, small_jpeg
from indelible.corpus.planting import planted
from indelible.corpus.tifffile_ import Field, Page, ascii_field, bytes_field, change, join, split


def _inner(data: bytes, tag: int, page: Page) -> bytes:
    first, *others = split(data)
    return join((replace(first, inner={tag: (page,)}), *others))


def _resource(number: int, content: bytes) -> bytes:
    return b"8BIM" + struct.pack(">HHI", number, 0, len(content)) + content + b"\0" * (len(content) % 2)


@planted("tiff.text", ("L104", "tiff.text"))
def text(data: bytes, plant: Plant) -> bytes:
    """The artist's name."""
    return change(data, 315, ascii_field(f"Anna Eriksson {plant.text[16:24]}"))


@planted("tiff.text.host", ("L104", "tiff.text"))
def host(data: bytes, plant: Plant) -> bytes:
    """The name of the computer on which the file was made."""
    return change(data, 316, ascii_field(f"annas-laptop-{plant.text[16:24]}"))


@planted("tiff.text.desktop", ("L104", "tiff.text"))
def desktop(data: bytes, plant: Plant) -> bytes:
    """The author as a desktop writes it, in UTF-16."""
    return change(data, 40093, bytes_field((plant.text + "\0").encode("utf-16-le"), 1))


@planted("tiff.text.software", ("L104", "tiff.text"))
def software(data: bytes, plant: Plant) -> bytes:
    """The program and its licensee."""
    return change(data, 305, ascii_field(f"Exemplar Develop 4.1 ({plant.text[16:32]})"))


@planted("tiff.xmp", ("L106", "tiff.xmp"))
def packet(data: bytes, plant: Plant) -> bytes:
    """An XMP packet."""
    return change(data, 700, bytes_field(xmp({"dc:source": plant.text}), 1))


@planted("tiff.xmp.gps", ("L106", "tiff.xmp"), ("L102", "xmp.gps"))
def position_in_xmp(data: bytes, plant: Plant) -> bytes:
    """The position in the XMP packet only."""
    del plant
    position = {"exif:GPSLatitude": "48,52.602S", "exif:GPSLongitude": "123,23.598W"}
    return change(data, 700, bytes_field(xmp(position), 1))


@planted("tiff.iptc", ("L110", "tiff.iptc"))
def caption(data: bytes, plant: Plant) -> bytes:
    """An IPTC caption."""
    block = b"\x1c\x02\x78" + struct.pack(">H", len(plant.marker)) + plant.marker
    return change(data, 33723, bytes_field(block))


@planted("tiff.irb", ("L110", "tiff.irb"), ("L204", "irb.1036"))
def resources(data: bytes, plant: Plant) -> bytes:
    """Image resources with a thumbnail."""
    del plant
    small = small_jpeg()
    head = struct.pack(">IIIIIIHH", 1, 32, 32, 96, 96 * 32, len(small), 24, 1)
    return change(data, 34377, bytes_field(_resource(1036, head + small), 1))


@planted("tiff.icc", ("L111", "tiff.icc"))
def profile(data: bytes, plant: Plant) -> bytes:
    """A colour profile with a device's name in it."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    made[24:36] = struct.pack(">6H", 2019, 7, 16, 9, 42, 10)
    made += plant.marker
    struct.pack_into(">I", made, 0, len(made))
    return change(data, 34675, bytes_field(bytes(made)))


@planted("tiff.imagesourcedata", ("L213", "tiff.imagesourcedata"))
def layers(data: bytes, plant: Plant) -> bytes:
    """All layers of the picture, as a drawing program keeps them in a TIFF."""
    block = b"Adobe Photoshop Document Data Block\0" + b"8BIMLayr" + struct.pack(">I", len(plant.data)) + plant.data
    return change(data, 37724, bytes_field(block))


@planted("tiff.dngprivate", ("L213", "tiff.dngprivate"))
def private_data(data: bytes, plant: Plant) -> bytes:
    """A converter's private block: the maker's notes of the raw file."""
    return change(data, 50740, bytes_field(b"Exemplar\0" + plant.data, 1))


@planted("tiff.originalraw", ("L213", "tiff.originalraw"))
def original_raw(data: bytes, plant: Plant) -> bytes:
    """The whole raw file, embedded."""
    return change(data, 50828, bytes_field(plant.data))


@planted("tiff.serial", ("L103", "tiff.serial"))
def serial(data: bytes, plant: Plant) -> bytes:
    """The serial number of the camera."""
    return change(data, 50735, ascii_field(plant.text[16:28]))


@planted("tiff.exififd", ("L101", "tiff.exififd"), ("L103", "exif.owner"))
def exif(data: bytes, plant: Plant) -> bytes:
    """An EXIF directory with the owner's name."""
    return _inner(data, 34665, Page({0xA430: ascii_field(f"Anna Eriksson {plant.text[16:24]}")}))


@planted("tiff.exififd.makernote", ("L105", "exif.makernote"), ("L202", "exif.makernote.preview"))
def maker_note(data: bytes, plant: Plant) -> bytes:
    """A maker's private block with a preview in it."""
    note = b"EXEMPLAR\0\x01\x02" + plant.marker + small_jpeg((48, 48))
    return _inner(data, 34665, Page({0x927C: bytes_field(note)}))


@planted("tiff.gpsifd", ("L102", "tiff.gpsifd"), ("L102", "exif.gps"))
def position(data: bytes, plant: Plant) -> bytes:
    """The position."""
    del plant
    degrees = Field(5, 3, struct.pack("<6I", 48, 1, 52, 1, 3612, 100))
    return _inner(data, 34853, Page({1: ascii_field("S"), 2: degrees, 3: ascii_field("W"), 4: degrees}))


@planted("tiff.geo", ("L102", "tiff.geo"))
def geography(data: bytes, plant: Plant) -> bytes:
    """The corner of an aerial picture on the map."""
    corner = struct.pack("<6d", 0, 0, 0, -123.39 - plant.marker[20] / 1000, -48.87, 0)
    return change(data, 33922, Field(12, 6, corner))


@planted("tiff.time", ("L104", "tiff.text"))
def time(data: bytes, plant: Plant) -> bytes:
    """The time of the last change."""
    return change(data, 306, ascii_field(f"2019:07:{1 + plant.marker[20] % 28:02d} 09:42:10"))
