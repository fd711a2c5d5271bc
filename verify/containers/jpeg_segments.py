"""What the application segments and comments of a JPEG hold (LEAKS.md section 4.1); only a bare JFIF header is allowed."""

from __future__ import annotations

import struct
from collections.abc import Callable

from indelible.model import Severity
from indelible.verify.containers.exif import inspect_exif
from indelible.verify.containers.irb import inspect_irb
from indelible.verify.containers.notes import Notes
from indelible.verify.containers.signatures import confirmed, find, readable
from indelible.verify.containers.xmp import inspect_xmp

_EXIF = b"Exif\0"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_XMP_EXTENDED = b"http://ns.adobe.com/xmp/extension/\0"
_PHOTOSHOP = b"Photoshop 3.0\0"

#: First bytes of private segments that are known, by marker number (exiftool's JPEG tag tables).
_VENDOR: dict[int, tuple[bytes, ...]] = {
    1: (b"FLIR\0", b"QVCI\0", b"PARROT"),
    3: (b"Meta\0", b"META\0", b"Exif\0", b"_JPSJPS_", b"Stim", b"ImgProcMeta"),
    4: (b"SCALADO\0", b"FPXR\0", b"QTI Debug", b"InfiRay", b"DJI"),
    5: (b"RMETA\0", b"SamsungUniqueID", b"ssuniqueid\0", b"\0ssuniqueid", b"InfiRay"),
    6: (b"EPPIM\0", b"NITF\0", b"HP_TDHD", b"GoPro\0", b"DTAT", b"TDHD"),
    7: (b"PENTAX \0", b"HUAWEI\0", b"Qualcomm ", b"DJI-DBG\0", b"\x1aQualcomm"),
    8: (b"SPIFF\0",),
    9: (b"Media Jukebox\0", b"infisens"),
    10: (b"UNICODE\0",),
    11: (b"HDR_RI ",),
    12: (b"Ducky", b"PictureInfo", b"[picture info]", b"OLYMPUS", b"Seiko", b"Agfa"),
    13: (b"Adobe_CM\0",),
    15: (b"GraphicConverter", b"Q "),
}


class Segments:
    """Takes the segments in file order and puts together what is split over several."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._jfif_seen = False
        self._extended: dict[bytes, list[tuple[int, bytes]]] = {}
        self._boxes: dict[bytes, list[bytes]] = {}
        self._box_offset = 0

    def application(self, number: int, payload: bytes, offset: int, first: bool) -> str:
        """Examine APPn at file offset ``offset`` (of its marker); the structure's name. ``first``: directly after SOI."""
        special: dict[int, Callable[[bytes, int], str | None]] = {
            1: self._app1, 2: self._app2, 11: self._app11, 13: self._app13, 14: self._app14,
        }  # fmt: skip
        if number == 0:
            return self._app0(payload, offset, first)
        name = special[number](payload, offset) if number in special else None
        if name is not None:
            return name
        if payload.startswith(_VENDOR.get(number, ())) and number in _VENDOR:
            channel = "jpeg.app1.other" if number == 1 else f"jpeg.app{number}.vendor"
            self._notes.note("L116", channel, offset)
            return channel
        if number == 1:
            self._notes.note("L116", "jpeg.app1.other", offset)
            return "jpeg.app1.other"
        channel = f"jpeg.app{number}.unknown"
        self._notes.note("L302", channel, offset, cannot_tell=not readable(payload))
        return channel

    def finish(self) -> None:
        """Examine what had to be put together: extended XMP by its GUID, JUMBF boxes by their instance number."""
        for parts in self._extended.values():
            inspect_xmp(self._notes, b"".join(part for _, part in sorted(parts)), 0)
        for pieces in self._boxes.values():
            store = b"".join(pieces)
            for hit in find(store, 64, ("jpeg", "png")):
                if confirmed(hit, store):
                    self._notes.picture("L212", "jpeg.app11.jumbf.thumbnail", self._box_offset, store[hit.offset :])

    def _app0(self, payload: bytes, offset: int, first: bool) -> str:
        notes = self._notes
        at = offset + 4
        if payload.startswith(b"JFXX\0"):
            kind = payload[5:6]
            size = (payload[6], payload[7]) if kind == b"\x13" and len(payload) > 8 else None
            notes.picture("L203", "jpeg.app0.jfxx", at, payload[8 if size else 6 :], size=size)
            return "jpeg.app0.jfxx"
        if not payload.startswith(b"JFIF\0") or len(payload) < 14:
            notes.note("L116", "jpeg.app0.other", offset)
            return "jpeg.app0.other"
        if self._jfif_seen or not first:
            notes.note("L307", "jpeg.app0.second", offset)
        self._jfif_seen = True
        major, _, units, across, down, width, height = struct.unpack_from(">BBBHHBB", payload, 5)
        if width and height:
            notes.picture("L203", "jpeg.app0.thumbnail", at + 14, payload[14:], size=(width, height))
        elif len(payload) != 14 or width or height:
            notes.note("L306", "jpeg.app0.length", offset)
        if payload[5:7] != b"\x01\x01":
            notes.note("L117", "jpeg.app0.version", offset, severity=None if major == 1 else Severity.MEDIUM)
        if (units, across, down) != (0, 1, 1):
            notes.note("L113", "jpeg.app0.density", offset)
        return "jpeg.app0"

    def _app1(self, payload: bytes, offset: int) -> str | None:
        notes = self._notes
        if payload.startswith(_EXIF):
            notes.note("L101", "jpeg.app1.exif", offset)
            inspect_exif(notes, payload[6:], offset + 10)
            return "jpeg.app1.exif"
        if payload.startswith(_XMP):
            notes.note("L106", "jpeg.app1.xmp", offset)
            inspect_xmp(notes, payload[len(_XMP) :], offset)
            return "jpeg.app1.xmp"
        if payload.startswith(_XMP_EXTENDED):
            notes.note("L107", "jpeg.app1.xmp_extended", offset)
            body = payload[len(_XMP_EXTENDED) :]
            if len(body) >= 40:
                place = struct.unpack_from(">I", body, 36)[0]
                self._extended.setdefault(body[:32], []).append((place, body[40:]))
            return "jpeg.app1.xmp_extended"
        if b"<x:xmpmeta" in payload or b"<?xpacket" in payload:  # a packet without its usual heading
            notes.note("L106", "jpeg.app1.xmp", offset)
            inspect_xmp(notes, payload, offset)
            return "jpeg.app1.xmp"
        return None

    def _app2(self, payload: bytes, offset: int) -> str | None:
        known = (
            (b"ICC_PROFILE\0", "L111", "jpeg.app2.icc"),
            (b"MPF\0", "L206", "jpeg.app2.mpf"),
            (b"FPXR\0", "L202", "jpeg.app2.fpxr"),
            (b"urn:iso:std:iso:ts:21496", "L207", "jpeg.app2.gainmap"),
        )
        for start, rule, channel in known:
            if payload.startswith(start):
                self._notes.note(rule, channel, offset)
                return channel
        return None

    def _app11(self, payload: bytes, offset: int) -> str | None:
        if not payload.startswith(b"JP") or len(payload) < 16:
            return None
        self._notes.note("L114", "jpeg.app11.jumbf", offset)
        self._box_offset = self._box_offset or offset
        pieces = self._boxes.setdefault(payload[2:4], [])
        pieces.append(payload[8:] if not pieces else payload[16:])  # every piece repeats the box header
        return "jpeg.app11.jumbf"

    def _app13(self, payload: bytes, offset: int) -> str | None:
        if not payload.startswith((_PHOTOSHOP, b"Adobe_Photoshop2.5:", b"8BIM")):
            return None
        self._notes.note("L110", "jpeg.app13.irb", offset)
        start = payload.find(b"8BIM")
        if start >= 0:
            inspect_irb(self._notes, payload[start:], offset + 4 + start)
        return "jpeg.app13.irb"

    def _app14(self, payload: bytes, offset: int) -> str | None:
        if not payload.startswith(b"Adobe"):
            return None
        bare = len(payload) == 12 and payload[5:7] in (b"\0\x64", b"\0\x65") and payload[11] <= 2
        # legal, and needed to decode some files: an encoder's mark as long as it has no room for anything else
        self._notes.note("L305", "jpeg.app14.adobe", offset, severity=Severity.INFO if bare else None)
        return "jpeg.app14.adobe"
