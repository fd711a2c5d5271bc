"""The coverage map of a TIFF file: every byte belongs to a directory, a value or a block of a picture, or is found (L309)."""

from __future__ import annotations

from dataclasses import dataclass, field

from indelible.verify.containers.notes import MAX_STRUCTURES, Notes

#: Zero bytes between structures that an even alignment explains.
ALIGNMENT = 7
MAX_SPANS = 400_000

#: ``(start, end, name, opaque)``; the name is empty where nothing points to.
Piece = tuple[int, int, str, bool]


@dataclass(slots=True)
class Coverage:
    """Stretches of the file by name, as they are come upon; `write` puts them in order."""

    spans: list[Piece] = field(default_factory=list)

    @property
    def full(self) -> bool:
        """Whether a cap is reached."""
        return len(self.spans) >= MAX_SPANS

    def add(self, start: int, end: int, name: str, *, opaque: bool = False) -> None:
        """Name ``[start, end)``; ``opaque``: it holds no picture of the file."""
        if end > start:
            self.spans.append((start, end, name, opaque))

    def write(self, notes: Notes, data: bytes) -> None:
        """Name every byte of the file, and write down what nothing points to."""
        for start, end, name, opaque in self._pieces(len(data)):
            if len(notes.structures) >= MAX_STRUCTURES - 1:
                notes.note("L315", "tiff.structures", start)
                notes.name("unwalked", start, len(data), unknown=True)
                return
            if name:
                notes.name(name, start, end, opaque=opaque)
            elif end - start <= ALIGNMENT and not any(data[start:end]):
                notes.name("tiff.alignment", start, end)
            else:
                notes.note("L309", "tiff.unreferenced", start)
                notes.name("tiff.unreferenced", start, end, unknown=True)

    def _pieces(self, length: int) -> list[Piece]:
        """The file cut into named and unnamed pieces; where two overlap, the one that begins first has the bytes."""
        found: list[Piece] = []
        reached = 0

        def put(start: int, end: int, name: str, opaque: bool) -> None:
            if found and found[-1][1] == start and found[-1][2:] == (name, opaque):
                found[-1] = (found[-1][0], end, name, opaque)
            else:
                found.append((start, end, name, opaque))

        for start, end, name, opaque in sorted(self.spans, key=lambda item: (item[0], -item[1], item[2])):
            if start > reached:
                put(reached, start, "", False)
            if end > reached:
                put(max(start, reached), end, name, opaque)
                reached = end
        if reached < length:
            put(reached, length, "", False)
        return found
