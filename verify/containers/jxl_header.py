"""The headers of a JPEG XL codestream: the picture's, each frame's, and where each frame ends (ISO/IEC 18181-1, Annexes C to F).

Nothing entropy-coded is read: a colour profile or a permuted table of contents ends the walk, and the result says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from indelible.jxl import Bits, read_size

_MAX_FRAMES = 2_000
_ENUM = ((0, 0), (0, 1), (4, 2), (6, 18))
_NAME = ((0, 0), (4, 0), (5, 16), (10, 48))
_UPSAMPLING = ((0, 1), (0, 2), (0, 4), (0, 8))
_VARDCT, _MODULAR = 0, 1
_REGULAR, _LF, _REFERENCE, _SKIP = range(4)


@dataclass(slots=True)
class Header:
    """What the headers say. ``end`` is the byte behind the last frame, None where it cannot be told without decoding."""

    size: tuple[int, int] = (0, 0)
    intrinsic: bool = False
    orientation: int = 1
    preview: tuple[int, int] | None = None
    animation: bool = False
    timecodes: bool = False
    profile: bool = False
    channels: list[int] = field(default_factory=list)  # types of the extra channels; 0 is alpha
    named: bool = False  # a frame or channel has a name
    extensions: bool = False
    padding: bool = True  # every bit of padding is zero
    frames: int = 0
    cropped: bool = False
    helpers: int = 0  # frames that are only referred to
    end: int | None = None


def read_header(data: bytes) -> Header:
    """Read from the signature FF 0A on. Raises `ValueError` where the stream is damaged or cut."""
    found, bits = Header(), Bits(data, 2)
    found.size = read_size(bits)
    xyb = _metadata(bits, found)
    _transform(bits, xyb)
    if found.profile:
        return found
    found.padding &= bits.align()
    if found.preview is not None:
        end = _frame(bits, found, xyb, found.preview)[0]
        if end is None:
            return found
        bits.at = 8 * end
    for _ in range(_MAX_FRAMES):
        end, last = _frame(bits, found, xyb, found.size)
        if end is None:
            return found
        if end > len(data):
            raise ValueError("a frame is cut")
        bits.at = 8 * end
        if last:
            found.end = end
            return found
    raise ValueError("too many frames")


def _metadata(bits: Bits, found: Header) -> bool:
    """ImageMetadata; whether colours are stored as XYB."""
    if bits.flag():
        return True
    extra = bits.flag()
    if extra:
        found.orientation = bits.read(3) + 1
        if bits.flag():
            found.intrinsic = True
            read_size(bits)
        if bits.flag():
            found.preview = _preview(bits)
        if bits.flag():
            found.animation = True
            bits.choice((0, 100), (0, 1000), (10, 1), (30, 1))
            bits.choice((0, 1), (0, 1001), (8, 1), (10, 1))
            bits.choice((0, 0), (3, 0), (16, 0), (32, 0))
            found.timecodes = bits.flag()
    _depth(bits)
    bits.flag()
    for _ in range(bits.choice((0, 0), (0, 1), (4, 2), (12, 1))):
        _channel(bits, found)
    xyb = bits.flag()
    _color(bits, found)
    if extra and not bits.flag():
        bits.read(32)
        bits.flag()
        bits.read(16)
    _extensions(bits, found)
    return xyb


def _preview(bits: Bits) -> tuple[int, int]:
    options = ((0, 16), (0, 32), (5, 1), (9, 33)) if bits.flag() else ((6, 1), (8, 65), (10, 321), (12, 1345))
    scale = 8 if options[0][0] == 0 else 1
    height = bits.choice(*options) * scale
    ratio = bits.read(3)
    if not ratio:
        return bits.choice(*options) * scale, height
    across, down = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))[ratio - 1]
    return height * across // down, height


def _depth(bits: Bits) -> None:
    if bits.flag():
        bits.choice((0, 32), (0, 16), (0, 24), (6, 1))
        bits.read(4)
    else:
        bits.choice((0, 8), (0, 10), (0, 12), (6, 1))


def _channel(bits: Bits, found: Header) -> None:
    if bits.flag():
        found.channels.append(0)
        return
    kind = bits.choice(*_ENUM)
    found.channels.append(kind)
    _depth(bits)
    bits.choice((0, 0), (0, 3), (0, 4), (3, 1))
    length = bits.choice(*_NAME)
    found.named |= length > 0
    bits.read(8 * length)
    if kind == 0:
        bits.flag()
    elif kind == 2:
        bits.read(64)
    elif kind == 5:
        bits.choice((0, 1), (2, 0), (4, 3), (8, 19))


def _color(bits: Bits, found: Header) -> None:
    if bits.flag():
        return
    found.profile = bits.flag()
    space = bits.choice(*_ENUM)
    if found.profile:
        return
    if space != 2:  # XYB says all by itself
        if bits.choice(*_ENUM) == 2:
            _point(bits)
        if space != 1 and bits.choice(*_ENUM) == 2:
            for _ in range(3):
                _point(bits)
        if bits.flag():
            bits.read(24)
        else:
            bits.choice(*_ENUM)
    bits.choice(*_ENUM)


def _point(bits: Bits) -> None:
    for _ in range(2):
        bits.choice((19, 0), (19, 524288), (20, 1048576), (21, 2097152))


def _number(bits: Bits) -> int:
    """U64."""
    kind = bits.read(2)
    if kind == 0:
        return 0
    if kind < 3:
        return 1 + bits.read(4) if kind == 1 else 17 + bits.read(8)
    value, shift = bits.read(12), 12
    while bits.flag():
        if shift == 60:
            return value | bits.read(4) << 60
        value |= bits.read(8) << shift
        shift += 8
    return value


def _extensions(bits: Bits, found: Header) -> None:
    present = _number(bits)
    if present:
        found.extensions = True
        lengths = [_number(bits) for _ in range(present.bit_count())]
        if sum(lengths) > 8 * len(bits.data):
            raise ValueError("an extension beyond the end")
        bits.at += sum(lengths)


def _transform(bits: Bits, xyb: bool) -> None:
    """CustomTransformData."""
    if bits.flag():
        return
    if xyb and not bits.flag():
        bits.read(16 * 16)
    mask = bits.read(3)
    for bit, count in enumerate((15, 55, 210)):
        if mask >> bit & 1:
            bits.read(16 * count)


def _frame(bits: Bits, found: Header, xyb: bool, size: tuple[int, int]) -> tuple[int | None, bool]:
    """FrameHeader and TOC; the byte behind the frame (None: permuted), and whether it is the last one."""
    kind, encoding, upsampling, shift, passes, level, last = _REGULAR, _VARDCT, 1, 1, 1, 0, True
    if not bits.flag():
        kind, encoding = bits.read(2), bits.read(1)
        flags = _number(bits)
        ycbcr = not xyb and bits.flag()
        if ycbcr and not flags & 0x20:
            bits.read(6)
        if not flags & 0x20:
            upsampling = bits.choice(*_UPSAMPLING)
            for _ in found.channels:
                bits.choice(*_UPSAMPLING)
        if encoding == _MODULAR:
            shift = bits.read(2)
        elif xyb:
            bits.read(6)
        if kind != _REFERENCE:
            passes = _passes(bits)
        if kind == _LF:
            level = bits.choice((0, 1), (0, 2), (0, 3), (0, 4))
        cropped = kind != _LF and bits.flag()
        partial = cropped
        if cropped:
            size, partial = _crop(bits, kind, size)
        last = False
        duration, mode = 0, 0
        if kind in (_REGULAR, _SKIP):
            mode = _blending(bits, found, partial)
            for _ in found.channels:
                _blending(bits, found, partial)
            if found.animation:
                duration = bits.choice((0, 0), (0, 1), (8, 0), (32, 0))
                if found.timecodes:
                    bits.read(32)
            last = bits.flag()
            found.cropped |= cropped
        reference = bits.read(2) if kind != _LF and not last else 0
        can = not last and kind != _LF and (duration == 0 or reference != 0)
        if kind == _REFERENCE or (kind != _LF and not partial and mode == 0 and can):
            bits.flag()
        length = bits.choice(*_NAME)
        found.named |= length > 0
        bits.read(8 * length)
        _filter(bits, found, encoding)
        _extensions(bits, found)
    found.frames += kind in (_REGULAR, _SKIP)
    found.helpers += kind not in (_REGULAR, _SKIP)
    width, height = (-(-side // upsampling) for side in size)
    if kind == _LF:
        width, height = (-(-side // (1 << 3 * level)) for side in size)
    return _contents(bits, found, width, height, 128 << shift, passes), last


def _passes(bits: Bits) -> int:
    count = bits.choice((0, 1), (0, 2), (0, 3), (3, 4))
    if count != 1:
        steps = bits.choice((0, 0), (0, 1), (0, 2), (1, 3))
        bits.read(2 * (count - 1))
        for _ in range(steps):
            bits.choice(*_UPSAMPLING)
        for _ in range(steps):
            bits.choice((0, 0), (0, 1), (0, 2), (3, 0))
    return count


def _crop(bits: Bits, kind: int, canvas: tuple[int, int]) -> tuple[tuple[int, int], bool]:
    """The frame's own size, and whether it leaves part of the canvas uncovered."""
    options = ((8, 0), (11, 256), (14, 2304), (30, 18688))
    left = top = 0
    if kind != _REFERENCE:
        left, top = (value >> 1 ^ -(value & 1) for value in (bits.choice(*options), bits.choice(*options)))
    width, height = bits.choice(*options), bits.choice(*options)
    whole = left <= 0 and top <= 0 and left + width >= canvas[0] and top + height >= canvas[1]
    return (width, height), not whole


def _blending(bits: Bits, found: Header, partial: bool) -> int:
    mode = bits.choice((0, 0), (0, 1), (0, 2), (2, 3))
    alpha = bool(found.channels) and mode in (2, 3)
    if alpha:
        bits.choice((0, 0), (0, 1), (0, 2), (3, 3))
    if alpha or mode == 4:
        bits.flag()
    if mode != 0 or partial:
        bits.read(2)
    return mode


def _filter(bits: Bits, found: Header, encoding: int) -> None:
    """RestorationFilter."""
    if bits.flag():
        return
    if bits.flag() and bits.flag():
        bits.read(96)
    if bits.read(2):
        if encoding == _VARDCT and bits.flag():
            bits.read(128)
        if bits.flag():
            bits.read(80)
        if bits.flag():
            bits.read(64 if encoding == _VARDCT else 48)
        if encoding == _MODULAR:
            bits.read(16)
    _extensions(bits, found)


def _contents(bits: Bits, found: Header, width: int, height: int, group: int, passes: int) -> int | None:
    """TOC: the byte behind the frame; None where the sections are permuted."""
    groups = -(-width // group) * -(-height // group)
    coarse = -(-width // (8 * group)) * -(-height // (8 * group))
    entries = 1 if groups == 1 and passes == 1 else 2 + coarse + groups * passes
    if entries > len(bits.data):
        raise ValueError("more sections than bytes")
    if bits.flag():
        return None
    found.padding &= bits.align()
    total = sum(bits.choice((10, 0), (14, 1024), (22, 17408), (30, 4211712)) for _ in range(entries))
    found.padding &= bits.align()
    return bits.at // 8 + total
