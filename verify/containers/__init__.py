"""One structure walker per format: it names every byte of the file and allows only what the format's list names."""

from __future__ import annotations

from dataclasses import dataclass

from indelible.model import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """One named stretch of the file: ``[offset, offset + length)``."""

    name: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Every byte accounted for, or said not to be. ``structures`` are in file order and do not overlap.

    ``opaque`` are the stretches that carry no listed image data (metadata blocks, gaps, trailers): the carver looks there.
    """

    format: str
    structures: tuple[Structure, ...]
    findings: tuple[Finding, ...]
    unknown_bytes: int
    opaque: tuple[tuple[int, int], ...] = ()
