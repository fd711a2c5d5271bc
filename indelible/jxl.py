"""The size that a JPEG XL codestream states, read before any decoder is asked: the imaging plug-in decodes as it opens."""

from __future__ import annotations

_SIGNATURE = b"\0\0\0\x0cJXL \r\n\x87\n"
_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))


class Bits:
    """Bits of a codestream, least significant first (ISO/IEC 18181-1, Annex B). Raises `ValueError` beyond its end."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data, self.at = data, 8 * at

    def read(self, count: int) -> int:
        """An unsigned number of ``count`` bits."""
        first, last = self.at >> 3, (self.at + count + 7) >> 3
        if last > len(self.data):
            raise ValueError("beyond the end of the codestream")
        value = int.from_bytes(self.data[first:last], "little") >> (self.at & 7)
        self.at += count
        return value & ((1 << count) - 1)

    def flag(self) -> bool:
        """One bit."""
        return bool(self.read(1))

    def choice(self, *options: tuple[int, int]) -> int:
        """U32: one of four ``(bits, offset)``; 0 bits is a constant."""
        bits, offset = options[self.read(2)]
        return offset + self.read(bits)

    def align(self) -> bool:
        """Skip to the next byte; whether the bits between were zero."""
        return not self.read(-self.at % 8)


def read_size(bits: Bits) -> tuple[int, int]:
    """SizeHeader: ``(width, height)``."""
    if bits.flag():
        height = 8 * (bits.read(5) + 1)
        ratio = bits.read(3)
        width = 0 if ratio else 8 * (bits.read(5) + 1)
    else:
        sides = ((9, 1), (13, 1), (18, 1), (30, 1))
        height = bits.choice(*sides)
        ratio = bits.read(3)
        width = 0 if ratio else bits.choice(*sides)
    if ratio:
        across, down = _RATIOS[ratio - 1]
        width = height * across // down
    return width, height


def stated_size(data: bytes) -> tuple[int, int] | None:
    """``(width, height)`` of a file or bare codestream; None where no codestream begins."""
    start = 0
    if data.startswith(_SIGNATURE):
        at = 12
        while True:
            size, kind, body = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8], at + 8
            if size == 1:
                size, body = int.from_bytes(data[at + 8 : at + 16]), at + 16
            if kind in (b"jxlc", b"jxlp"):
                start = body + (4 if kind == b"jxlp" else 0)
                break
            if size < body - at or at + size > len(data):
                return None
            at += size
    if data[start : start + 2] != b"\xff\x0a":
        return None
    try:
        return read_size(Bits(data[start : start + 64], 2))
    except ValueError:
        return None
