"""VP8 and VP8L streams in WebP: partition sizes that add up, and nothing behind the end of a partition (RFC 6386, RFC 9649).

Neither coding says where it ends, and both are arithmetic or prefix codes that only a whole decoder can follow. So the end is
told by the decoder (LEAKS.md section 7). VP8L: a stream that lacks bits is refused, so one that can be cut by three bytes and
still gives its picture has slack. VP8: bytes that matter change the picture when they are flipped; a clean partition has two to
four bytes at its end that do not, nine are slack. Up to two bytes of VP8L and about six of VP8 may be hidden there unseen.
"""

from __future__ import annotations

import hashlib
import io
import warnings
import zlib
from dataclasses import dataclass

import numpy as np
from PIL import Image

from indelible.verify.containers.notes import Notes
from indelible.verify.containers.vp8_header import lossless, lossy, still_file, uncropped

#: Bytes at the end of a VP8 partition that may be without influence, and by how much a VP8L stream is cut to try it.
TOLERATED = 8
CUT = 3
#: Pixels that are decoded for all pictures of one file, and of one picture.
MAX_DECODED = 300_000_000
_MAX_PIXELS = 50_000_000
#: A key frame spends at least two bits on a macroblock of 256 pixels: a stream that states more was cut, or lies.
_MOST_PER_BYTE = 2048
#: Pixels that are decoded at most to confirm that the end of one partition has no influence.
_MAX_CONFIRMED = 60_000_000


@dataclass(slots=True)
class Budget:
    """What decoding has cost so far, in pixels."""

    decoded: int = 0

    def take(self, pixels: int) -> bool:
        """Whether another picture of this size may be decoded."""
        self.decoded += pixels
        return pixels <= _MAX_PIXELS and self.decoded <= MAX_DECODED


def inspect_stream(
    notes: Notes, budget: Budget, kind: bytes, stream: bytes, start: int, alpha: tuple[bytes, int] | None
) -> tuple[int, int] | None:
    """Examine one coded picture.

    Args:
        notes: where findings go.
        budget: shared by all pictures of the file.
        kind: ``VP8 `` or ``VP8L``.
        stream: the chunk's content, at file offset ``start``.
        alpha: content and file offset of the ALPH chunk beside it.

    Returns:
        ``(width, height)`` as coded; None where the stream cannot be read.
    """
    parsed = lossy(notes, stream, start) if kind == b"VP8 " else lossless(notes, stream, start)
    if parsed is None:
        notes.note("L310", "webp.stream", start)
        return None
    size, ends = parsed
    if kind == b"VP8 " and size[0] * size[1] > _MOST_PER_BYTE * len(stream):
        notes.note("L310", "webp.truncated", start)
        return size
    whole, full = uncropped(stream, size) if kind == b"VP8 " else (stream, size)
    reference = _digest(notes, budget, kind, whole, None, full, start)
    if reference is None:
        return size
    for first, end in ends:
        if kind == b"VP8L":
            slack = _complete(notes, budget, still_file(kind, stream[:-CUT], None, size), size, reference)
        else:
            slack = not _matters(notes, budget, whole, (first, end), full, reference)
        if slack:
            notes.note("L304", "webp.vp8.slack", start + end - CUT)
            notes.inflated.append((start + max(first, end - 65_536), stream[max(first, end - 65_536) : end]))
    if alpha is not None:
        _alpha(notes, budget, kind, stream, alpha, size)
    elif kind == b"VP8L" and stream[4] & 0x10:
        _beneath(notes, budget, kind, stream, None, size, start)
    return size


def _digest(
    notes: Notes, budget: Budget, kind: bytes, stream: bytes, alpha: bytes | None, size: tuple[int, int], start: int
) -> int | None:
    if not budget.take(size[0] * size[1]):
        notes.note("L315", "webp.budget", start)
        return None
    shown = _decoded(still_file(kind, stream, alpha, size))
    if shown is None or shown.size != size:
        notes.note("L310", "webp.undecodable", start)
        return None
    return _hash(shown)


def _matters(
    notes: Notes, budget: Budget, stream: bytes, span: tuple[int, int], size: tuple[int, int], reference: int
) -> bool:
    """Whether the last nine bytes of a VP8 partition have an influence on the picture."""
    first, end = span
    if end - first <= TOLERATED:
        return True
    spent = 0
    for number, mask in enumerate(_masks()):
        if not budget.take(size[0] * size[1]):
            notes.note("L315", "webp.budget")
            return number == 0
        changed = bytearray(stream)
        for place, value in zip(range(end - len(mask), end), mask, strict=True):
            changed[place] ^= value
        shown = _decoded(still_file(b"VP8 ", bytes(changed), None, size))
        if shown is None or _hash(shown) != reference:
            return True
        spent += size[0] * size[1]
        if spent > _MAX_CONFIRMED:
            break
    return False


def _masks() -> list[bytes]:
    """What nine bytes are changed by, one after the other: in a flat picture one change alone may show nothing by chance."""
    whole = TOLERATED + 1
    mixed = [hashlib.blake2b(bytes([number]), digest_size=whole).digest() for number in range(10)]
    singles = [bytes(place) + b"\xff" + bytes(whole - 1 - place) for place in range(whole)]
    return [b"\xff" * whole, *mixed, *singles]


def _complete(notes: Notes, budget: Budget, file: bytes, size: tuple[int, int], reference: int) -> bool:
    """Whether a VP8L stream that is cut by three bytes still gives the picture: its decoder says when bits are missing."""
    if not budget.take(size[0] * size[1]):
        notes.note("L315", "webp.budget")
        return False
    shown = _decoded(file)
    return shown is not None and _hash(shown) == reference


def _alpha(
    notes: Notes, budget: Budget, kind: bytes, stream: bytes, alpha: tuple[bytes, int], size: tuple[int, int]
) -> None:
    """The ALPH chunk: one byte that says how it is coded, then plain samples or a VP8L stream without its header."""
    content, start = alpha
    if len(content) < 2 or content[0] & 3 > 1:
        notes.note("L310", "webp.stream", start)
        return
    if content[0] >> 6 or content[0] >> 4 & 3 > 1:
        notes.note("L308", "webp.reserved", start)
    if content[0] & 3 == 0:
        excess = len(content) - 1 - size[0] * size[1]
        if excess > 0:
            notes.note("L304", "webp.vp8.slack", start + len(content) - excess)
        elif excess < 0:
            notes.note("L310", "webp.truncated", start)
    else:
        reference = _digest(notes, budget, kind, stream, content, size, start)
        if reference is None:
            return
        if _complete(notes, budget, still_file(kind, stream, content[:-CUT], size), size, reference):
            notes.note("L304", "webp.vp8.slack", start + len(content) - CUT)
            notes.inflated.append((start, content[-65_536:]))
    _beneath(notes, budget, kind, stream, content, size, start)


def _beneath(
    notes: Notes, budget: Budget, kind: bytes, stream: bytes, alpha: bytes | None, size: tuple[int, int], start: int
) -> None:
    """Colour where the picture is fully transparent must be one constant; for the lossy coding, away from edges and nearly."""
    if not budget.take(size[0] * size[1]):
        notes.note("L315", "webp.budget", start)
        return
    shown = _decoded(still_file(kind, stream, alpha, size))
    if shown is None or shown.mode != "RGBA":
        return
    hidden = np.asarray(shown.getchannel("A")) == 0
    levels = 0
    if kind == b"VP8 ":
        levels = 8
        blocks = hidden[: size[1] // 16 * 16, : size[0] // 16 * 16].reshape(size[1] // 16, 16, size[0] // 16, 16)
        full = blocks.all(axis=(1, 3))
        inner = full.copy()
        inner[1:] &= full[:-1]
        inner[:-1] &= full[1:]
        inner[:, 1:] &= full[:, :-1]
        inner[:, :-1] &= full[:, 1:]
        hidden = np.repeat(np.repeat(inner, 16, 0), 16, 1)
    colors = np.asarray(shown)[: hidden.shape[0], : hidden.shape[1], :3][hidden]
    if len(colors) and int((colors.max(axis=0).astype(int) - colors.min(axis=0)).max()) > levels:
        notes.note("L401", "webp.alpha.rgb", start)


def _decoded(file: bytes) -> Image.Image | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = Image.open(io.BytesIO(file), formats=["WEBP"])
            image.load()
        except Exception:  # Pillow raises nearly anything on hostile bytes
            return None
    return image


def _hash(image: Image.Image) -> int:
    """Fast, and good enough: two pictures that collide would be taken for the same, which can only add a finding."""
    return zlib.crc32(image.tobytes())
