"""HEIC and AVIF: what hides inside the coded picture itself, in units that a decoder skips."""

from __future__ import annotations

import struct
from dataclasses import replace

from indelible.corpus.heiffile import Part, box, split
from indelible.corpus.payload import Plant
from indelible.corpus.planting import planted
from indelible.plugins import writable


def _obu(kind: int, payload: bytes) -> bytes:
    """An OBU with a size field."""
    length, size = len(payload), bytearray()
    while True:
        size.append(length & 0x7F | (0x80 if length > 0x7F else 0))
        length >>= 7
        if not length:
            return bytes((kind << 3 | 2,)) + bytes(size) + payload


def _coded(data: bytes, before: bytes, behind: bytes) -> bytes:
    file = split(data)
    part = replace(file.parts[0], data=before + file.parts[0].data + behind)
    return file.with_primary(part).to_bytes()


@planted("avif.obu.metadata", ("L115", "avif.obu.metadata"))
def metadata(data: bytes, plant: Plant) -> bytes:
    """A metadata unit."""
    return _coded(data, b"", _obu(5, b"\x04\xb5" + plant.data + b"\x80"))


@planted("avif.obu.padding", ("L308", "avif.obu.padding"))
def padding(data: bytes, plant: Plant) -> bytes:
    """A padding unit that is not padding."""
    return _coded(data, b"", _obu(15, plant.data + b"\x80"))


@planted("avif.obu.unknown", ("L302", "avif.obu.unknown"))
def reserved(data: bytes, plant: Plant) -> bytes:
    """A unit of a reserved type, which decoders skip."""
    return _coded(data, b"", _obu(9, plant.data))


@planted("avif.obu.frames", ("L211", "avif.obu.frames"))
def second_frame(data: bytes, plant: Plant) -> bytes:
    """A second frame behind the one that is shown."""
    del plant
    return _coded(data, b"", split(data).parts[0].data)


@planted("avif.obu.config", ("L115", "avif.obu.metadata"))
def in_config(data: bytes, plant: Plant) -> bytes:
    """A metadata unit in the configuration."""
    file = split(data)
    boxes = [
        box(b"av1C", item[8:] + _obu(5, b"\x04\xb5" + plant.data + b"\x80")) if item[4:8] == b"av1C" else item
        for item in file.parts[0].properties
    ]
    return file.with_primary(replace(file.parts[0], properties=tuple(boxes))).to_bytes()


def _unit(kind: int, payload: bytes) -> bytes:
    """A NAL unit with a length of four bytes; no start code can come about in ASCII."""
    unit = bytes((kind << 1, 1)) + payload
    return struct.pack(">I", len(unit)) + unit


def _sei(payload: bytes) -> bytes:
    """user_data_unregistered."""
    content = bytes(range(1, 17)) + payload.replace(b"\0", b" ")
    return b"\x05" + b"\xff" * (len(content) // 255) + bytes((len(content) % 255,)) + content + b"\x80"


def _in_config(part: Part, kind: int, payload: bytes) -> Part:
    boxes = []
    for item in part.properties:
        if item[4:8] == b"hvcC":
            content = bytearray(item[8:])
            content[22] += 1
            unit = bytes((kind << 1, 1)) + payload
            item = box(b"hvcC", bytes(content) + struct.pack(">BHH", kind, 1, len(unit)) + unit)
        boxes.append(item)
    return replace(part, properties=tuple(boxes))


if "HEIF" in writable():

    @planted("heif.hevc.sei", ("L115", "heif.hevc.sei"))
    def sei(data: bytes, plant: Plant) -> bytes:
        """A message to decoders before the picture."""
        return _coded(data, _unit(39, _sei(plant.data)), b"")

    @planted("heif.hevc.sei.config", ("L115", "heif.hevc.sei"))
    def sei_in_config(data: bytes, plant: Plant) -> bytes:
        """A message to decoders in the configuration."""
        file = split(data)
        return file.with_primary(_in_config(file.parts[0], 39, _sei(plant.data))).to_bytes()

    @planted("heif.hevc.filler", ("L308", "heif.hevc.filler"))
    def filler(data: bytes, plant: Plant) -> bytes:
        """Filler that is not filler."""
        return _coded(data, b"", _unit(38, plant.data.replace(b"\0", b" ")))

    @planted("heif.hevc.nal", ("L302", "heif.hevc.nal"))
    def unspecified(data: bytes, plant: Plant) -> bytes:
        """A unit of an unspecified type, which decoders skip."""
        return _coded(data, _unit(50, plant.data.replace(b"\0", b" ")), b"")

    @planted("heif.hevc.parameters", ("L307", "heif.hevc.parameters"))
    def parameters(data: bytes, plant: Plant) -> bytes:
        """A second parameter set that nothing uses."""
        file = split(data)
        return file.with_primary(_in_config(file.parts[0], 34, b"\xe0" + plant.marker)).to_bytes()
