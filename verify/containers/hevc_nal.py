"""HEVC in HEIF: hvcC and a walk over length-prefixed NAL units (ISO/IEC 14496-15, 8.3; ITU-T H.265, 7.3 and 7.4.2.2)."""

from __future__ import annotations

from dataclasses import dataclass

from indelible.verify.containers.bmff import Box, Reader
from indelible.verify.containers.notes import Notes

_VPS, _SPS, _PPS, _SEI = 32, 33, 34, (39, 40)
_SLICES = frozenset({19, 20, 21})  # IDR and CRA: what a still picture may be made of
_MAX_UNITS = 20_000
#: Parameter sets of real encoders stay far below these lengths; what is longer carries something else.
_LONGEST = {_VPS: 160, _SPS: 400, _PPS: 200}


@dataclass(slots=True)
class HevcConfig:
    """What hvcC says: how long a length field is, the picture's shown and coded size (None where the SPS was not read)."""

    length_size: int = 4
    shown: tuple[int, int] | None = None
    coded: tuple[int, int] | None = None


def read_config(notes: Notes, data: bytes, box: Box) -> HevcConfig:
    """Examine hvcC. Damage is written down, never raised."""
    found = HevcConfig()
    try:
        reader = Reader(data, box.body, box.end)
        reader.take(21)
        found.length_size = (reader.uint(1) & 3) + 1
        seen: set[int] = set()
        for _ in range(reader.uint(1)):
            kind = reader.uint(1) & 0x3F
            for _ in range(reader.uint(2)):
                at = reader.at
                unit = reader.take(reader.uint(2))
                if kind in _SEI:
                    notes.note("L115", "heif.hevc.sei", at)
                    notes.opaque.append((at, len(unit) + 2))
                elif kind not in _LONGEST or not unit or unit[0] >> 1 & 0x3F != kind:
                    notes.note("L302", "heif.hevc.nal", at, cannot_tell=False)
                    notes.opaque.append((at, len(unit) + 2))
                else:
                    _parameters(notes, found, kind, unit, at, seen)
        if reader.left:
            notes.note("L304", "heif.box.slack", reader.at)
            notes.opaque.append((reader.at, reader.left))
    except ValueError:
        notes.note("L310", "heif.hevc.damaged", box.start)
    return found


def _parameters(notes: Notes, found: HevcConfig, kind: int, unit: bytes, at: int, seen: set[int]) -> None:
    if kind in seen:
        notes.note("L307", "heif.hevc.parameters", at)
        notes.opaque.append((at, len(unit) + 2))
    seen.add(kind)
    if len(unit) > _LONGEST[kind]:
        notes.note("L304", "heif.hevc.parameters.slack", at)
        notes.opaque.append((at, len(unit) + 2))
    if kind == _SPS:
        try:
            found.coded, found.shown = _sizes(unit)
        except ValueError:
            notes.note("L310", "heif.hevc.damaged", at)


def walk_units(notes: Notes, data: bytes, base: int, length_size: int) -> None:
    """Walk the NAL units in ``data``, which begins at file offset ``base``: slices of one picture and nothing else."""
    at = pictures = count = 0
    while at < len(data):
        count += 1
        if count > _MAX_UNITS:
            notes.note("L315", "heif.hevc.count", base + at)
            return
        length = int.from_bytes(data[at : at + length_size])
        body = at + length_size
        if length < 3 or body + length > len(data):
            rule, channel = ("L304", "heif.hevc.slack") if pictures else ("L310", "heif.hevc.damaged")
            notes.note(rule, channel, base + at)
            notes.opaque.append((base + at, len(data) - at))
            return
        kind = data[body] >> 1 & 0x3F
        if kind in _SLICES:
            if data[body + 2] >> 7:  # first_slice_segment_in_pic_flag
                pictures += 1
                if pictures == 2:
                    notes.note("L211", "heif.hevc.frames", base + at)
        else:
            rule, channel = _LISTED.get(kind, ("L302", "heif.hevc.nal"))
            notes.note(rule, channel, base + at, cannot_tell=False)
            notes.opaque.append((base + at, length_size + length))
        at = body + length


#: NAL units that are known and do not belong into the data of a still picture.
_LISTED = {
    _VPS: ("L307", "heif.hevc.parameters"),
    _SPS: ("L307", "heif.hevc.parameters"),
    _PPS: ("L307", "heif.hevc.parameters"),
    35: ("L305", "heif.hevc.delimiter"),
    36: ("L305", "heif.hevc.delimiter"),
    37: ("L305", "heif.hevc.delimiter"),
    38: ("L308", "heif.hevc.filler"),
    39: ("L115", "heif.hevc.sei"),
    40: ("L115", "heif.hevc.sei"),
    **{kind: ("L211", "heif.hevc.frames") for kind in (*range(10), *range(16, 19))},
}


class _Bits:
    """Bits of a NAL unit, emulation prevention removed."""

    def __init__(self, unit: bytes) -> None:
        plain = unit.replace(b"\0\0\3", b"\0\0")
        self.value, self.left = int.from_bytes(plain), 8 * len(plain)

    def read(self, count: int) -> int:
        self.left -= count
        if self.left < 0:
            raise ValueError("beyond the end")
        return self.value >> self.left & ((1 << count) - 1)

    def golomb(self) -> int:
        zeros = 0
        while not self.read(1):
            zeros += 1
            if zeros > 32:
                raise ValueError("no number")
        return (1 << zeros) - 1 + self.read(zeros)


def _sizes(unit: bytes) -> tuple[tuple[int, int], tuple[int, int]]:
    """Coded and shown ``(width, height)`` of a sequence parameter set (H.265, 7.3.2.2). Raises `ValueError`."""
    bits = _Bits(unit[2:400])
    bits.read(4)
    layers = bits.read(3)
    bits.read(1 + 88 + 8)
    present = [(bits.read(1), bits.read(1)) for _ in range(layers)]
    if layers:
        bits.read(2 * (8 - layers))
    for profile, level in present:
        bits.read(88 * profile + 8 * level)
    bits.golomb()
    chroma = bits.golomb()
    if chroma == 3:
        bits.read(1)
    width, height = bits.golomb(), bits.golomb()
    left = right = top = bottom = 0
    if bits.read(1):
        left, right, top, bottom = bits.golomb(), bits.golomb(), bits.golomb(), bits.golomb()
    across, down = (2 if chroma in (1, 2) else 1), (2 if chroma == 1 else 1)
    return (width, height), (width - across * (left + right), height - down * (top + bottom))
