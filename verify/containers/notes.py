"""What a walker writes down while it walks: names for every byte, findings, and copies of embedded pictures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from indelible.model import Finding, Severity
from indelible.verify.containers import Structure, Walk
from indelible.verify.containers.rules import finding

#: Caps: beyond them a file is not certified (L315), whatever else it is.
MAX_STRUCTURES = 20_000
MAX_FINDINGS = 400
MAX_EMBEDDED = 64
MAX_PICTURE, MAX_PICTURES = 32 * 1024 * 1024, 128 * 1024 * 1024  # bytes kept: of one picture, of all


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """A picture inside the file that is not the picture: its rule and channel, where it starts, its bytes.

    ``size`` is ``(width, height)`` for bare 8-bit RGB samples, None for an encoded picture.
    """

    rule: str
    channel: str
    offset: int
    data: bytes = field(repr=False)
    size: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """A walk, the embedded pictures it came upon, and blocks it inflated (metadata text, for the carver)."""

    walk: Walk
    embedded: tuple[Embedded, ...] = field(default=(), repr=False)
    inflated: tuple[tuple[int, bytes], ...] = field(default=(), repr=False)


class Notes:
    """Collects in file order; `inspection` seals it."""

    def __init__(self, format: str) -> None:
        self.format = format
        self.structures: list[Structure] = []
        self.findings: list[Finding] = []
        self.embedded: list[Embedded] = []
        self.opaque: list[tuple[int, int]] = []
        self.inflated: list[tuple[int, bytes]] = []
        self.unknown_bytes = 0
        self._held = 0
        self._seen: dict[tuple[str, str], int] = {}

    @property
    def full(self) -> bool:
        """Whether a cap on entries is reached."""
        return len(self.structures) >= MAX_STRUCTURES or len(self.findings) >= MAX_FINDINGS

    def name(self, name: str, offset: int, end: int, *, opaque: bool = False, unknown: bool = False) -> None:
        """Name ``[offset, end)``; nothing for an empty stretch."""
        if end <= offset:
            return
        self.structures.append(Structure(name=name, offset=offset, length=end - offset))
        if opaque or unknown:
            self.opaque.append((offset, end - offset))
        if unknown:
            self.unknown_bytes += end - offset

    def note(
        self,
        rule: str,
        channel: str,
        offset: int | None = None,
        *,
        severity: Severity | None = None,
        cannot_tell: bool | None = None,
    ) -> None:
        """Write down a finding; the same rule and channel once only, where it was first seen at its worst."""
        item = finding(rule, channel, offset, severity=severity, cannot_tell=cannot_tell)
        seen = self._seen.get((rule, channel))
        if seen is None and len(self.findings) < MAX_FINDINGS:
            self._seen[rule, channel] = len(self.findings)
            self.findings.append(item)
        elif seen is not None and _worse(item, self.findings[seen]):
            self.findings[seen] = item

    def picture(
        self, rule: str, channel: str, offset: int, data: bytes, *, size: tuple[int, int] | None = None
    ) -> None:
        """Write down an embedded picture, as a finding and as bytes for the comparison."""
        self.note(rule, channel, offset)
        data = data[:MAX_PICTURE]
        self._held += len(data)
        if len(self.embedded) >= MAX_EMBEDDED or self._held > MAX_PICTURES:
            self.note("L315", "embedded.count", offset)  # found and reported, but not all of them are compared
        else:
            self.embedded.append(Embedded(rule=rule, channel=channel, offset=offset, data=data, size=size))

    def inspection(self) -> Inspection:
        """The sealed result."""
        return Inspection(
            walk=Walk(
                format=self.format,
                structures=tuple(self.structures),
                findings=tuple(self.findings),
                unknown_bytes=self.unknown_bytes,
                opaque=tuple(self.opaque),
            ),
            embedded=tuple(self.embedded),
            inflated=tuple(self.inflated),
        )


def _worse(item: Finding, other: Finding) -> bool:
    return (item.severity.rank, item.cannot_tell) < (other.severity.rank, other.cannot_tell)


def gaps(spans: Iterable[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """The stretches ``[start, end)`` of ``[0, length)`` that no span covers."""
    free, reached = [], 0
    for start, end in sorted(spans):
        if start > reached:
            free.append((reached, min(start, length)))
        reached = max(reached, end)
        if reached >= length:
            break
    if reached < length:
        free.append((reached, length))
    return free
