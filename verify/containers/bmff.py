"""Boxes of ISO/IEC 14496-12 (HEIF, AVIF) and of ISO/IEC 15444-1 and 18181-2 (JPEG 2000, JPEG XL): one reader for all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from indelible.verify.containers.notes import Notes, gaps

#: Nesting beyond this is not walked (L315).
MAX_DEPTH = 16


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its header lies in ``[start, body)``, its content in ``[body, end)``. ``open`` means size 0: to the end."""

    kind: bytes
    start: int
    body: int
    end: int
    user: bytes = b""
    open: bool = False

    @property
    def size(self) -> int:
        """Length of the content in bytes."""
        return self.end - self.body


@dataclass(frozen=True, slots=True)
class Damaged:
    """What lies at ``start`` is no box that fits: its type and the size that it claims."""

    kind: bytes
    start: int
    claimed: int


def read_box(data: bytes, at: int, end: int) -> Box | Damaged:
    """The box at ``at``; it has to end at ``end`` or before. Sizes are 32 bit, 64 bit (1), or to the end (0)."""
    if end - at < 8:
        return Damaged(b"", at, 0)
    size, kind, body = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8], at + 8
    if size == 1:
        if end - at < 16:
            return Damaged(kind, at, 1)
        size, body = int.from_bytes(data[at + 8 : at + 16]), at + 16
    stop = end if size == 0 else at + size
    user = b""
    if kind == b"uuid":
        user, body = data[body : body + 16], body + 16
    if stop < body or stop > end:
        return Damaged(kind, at, size)
    return Box(kind, at, body, stop, user, size == 0)


def boxes(
    notes: Notes, data: bytes, start: int, end: int, *, what: str, ended: Callable[[Damaged], bool] | None = None
) -> Iterator[Box]:
    """The boxes of ``[start, end)`` in order, by a format whose channels begin with ``what``.

    What does not fit is named and written down (L306 for a size that lies, L310), and ends the walk of its parent.
    ``ended`` says of what does not fit that the file was whole before it: then it is a trailer (L301).
    """
    at = start
    while at < end:
        if notes.full:
            notes.note("L315", f"{what}.structures", at)
            notes.name("unwalked", at, end, unknown=True)
            return
        box = read_box(data, at, end)
        if isinstance(box, Damaged) and ended is not None and ended(box):
            notes.note("L301", f"{what}.trailer", at)
            notes.name(f"{what}.trailer", at, end, unknown=True)
            return
        if isinstance(box, Damaged):
            notes.note("L306", f"{what}.box.size", at)
            notes.note("L310", f"{what}.truncated", at)
            notes.name("unwalked", at, end, unknown=True)
            return
        if box.open and end != len(data):
            notes.note("L306", f"{what}.box.size", at)  # size 0 is for the last box of a file
        yield box
        at = box.end


def seal(notes: Notes, length: int, *, what: str) -> None:
    """Put structures in file order, and name what damage has left without a name (L310)."""
    notes.structures.sort(key=lambda item: item.offset)
    notes.opaque.sort()
    for start, end in gaps(((item.offset, item.offset + item.length) for item in notes.structures), length):
        notes.note("L310", f"{what}.truncated", start)
        notes.name("unwalked", start, end, unknown=True)
    notes.structures.sort(key=lambda item: item.offset)


class Reader:
    """Big-endian numbers and strings from one stretch; raises `ValueError` beyond its end."""

    def __init__(self, data: bytes, start: int, end: int) -> None:
        self.data, self.at, self.end = data, start, end

    @property
    def left(self) -> int:
        """Bytes not yet read."""
        return self.end - self.at

    def uint(self, length: int) -> int:
        """An unsigned number of ``length`` bytes (0 reads nothing)."""
        return int.from_bytes(self.take(length))

    def take(self, length: int) -> bytes:
        """The next ``length`` bytes."""
        if not 0 <= length <= self.left:
            raise ValueError("beyond the end of the box")
        self.at += length
        return self.data[self.at - length : self.at]

    def text(self) -> bytes:
        """A string that ends with a zero byte; the zero may be missing at the very end of the box."""
        stop = self.data.find(b"\0", self.at, self.end)
        value = self.data[self.at : stop if stop >= 0 else self.end]
        self.at = stop + 1 if stop >= 0 else self.end
        return value

    def full(self) -> tuple[int, int]:
        """Version and flags of a full box."""
        return self.uint(1), self.uint(3)
