"""containers.carve: signatures of pictures, video, archives and metadata where no picture data belongs (LEAKS.md section 7).

Searched are the stretches that the walker could not give to the picture: metadata, gaps, trailers, unknown structures, and
what inflates there. A hit counts when it parses, or decodes to 8x8 or more.
"""

from __future__ import annotations

import time

from indelible.model import Finding, Outcome, Reason
from indelible.verify.checks import Observation, leak_check
from indelible.verify.containers.rules import finding, reason_of
from indelible.verify.containers.signatures import confirmed, find, inflate
from indelible.verify.containers.walkers import inspect_file
from indelible.verify.plants import clean_jpeg, with_segment
from indelible.verify.subject import Subject

#: Candidates that are tried, and bytes that are searched, before the search gives up (L315).
MAX_HITS = 512
MAX_BYTES = 64 * 1024 * 1024
BUDGET_S = 20.0
_METADATA = frozenset({"carve.xmp", "carve.exif", "carve.irb"})


def _leaking() -> Subject:
    hidden = clean_jpeg(1, (32, 32))
    return Subject(published=with_segment(clean_jpeg(), 0xE9, b"\0" * 5 + hidden), format="jpeg", extension=".jpg")


def _clean() -> Subject:
    return Subject(published=clean_jpeg(), format="jpeg", extension=".jpg")


@leak_check("containers.carve", family="structure", rules={"L216"}, leaking=_leaking, clean=_clean, order=13)
def carve(subject: Subject) -> Observation:
    """Search everything that is not the picture for something that is a file of its own."""
    inspection = inspect_file(subject.published)
    if inspection is None:
        return Observation(outcome=Outcome.INCONCLUSIVE, why=Reason.UNKNOWN_STRUCTURE.value)
    parts = [
        (offset, subject.published[offset : offset + length]) for offset, length in _merged(inspection.walk.opaque)
    ]
    parts += list(inspection.inflated)
    parts += [(offset, packed) for offset, data in parts if (packed := _packed(data))]
    findings, cut = _search(parts)
    if cut:
        findings.append(finding("L315", "carve.budget"))
    _, reason = reason_of(findings)
    if reason is Reason.THUMB_ORIGINAL and all(item.channel in _METADATA for item in findings):
        reason = Reason.META_RESIDUE
    return Observation(findings=tuple(findings), why=None if reason is None else reason.value)


def _merged(spans: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    """Stretches ``(offset, length)`` that touch or overlap, joined: what is split over two structures is found too."""
    joined: list[tuple[int, int]] = []
    for offset, length in sorted(spans):
        if joined and offset <= joined[-1][0] + joined[-1][1]:
            start, before = joined[-1]
            joined[-1] = (start, max(before, offset + length - start))
        else:
            joined.append((offset, length))
    return joined


def _packed(data: bytes) -> bytes:
    """What inflates at the first zlib header near the start of an opaque block: a private chunk often begins so."""
    for at in range(min(len(data), 64)):
        if data[at] & 0x8F == 0x08 and at + 1 < len(data) and (data[at] << 8 | data[at + 1]) % 31 == 0:
            content = inflate(data[at:])
            if len(content) >= 8:
                return content
    return b""


def _search(parts: list[tuple[int, bytes]]) -> tuple[list[Finding], bool]:
    """The confirmed hits, one finding for each kind, and whether the budget cut the search."""
    found: dict[str, Finding] = {}
    tried, searched, deadline = 0, 0, time.monotonic() + BUDGET_S
    for offset, data in parts:
        searched += len(data)
        if searched > MAX_BYTES:
            return list(found.values()), True
        for hit in find(data):
            if hit.kind in found:
                continue
            tried += 1
            if tried > MAX_HITS or time.monotonic() > deadline:
                return list(found.values()), True
            if confirmed(hit, data):
                found[hit.kind] = finding("L216", f"carve.{hit.kind}", offset + hit.offset)
    return list(found.values()), False
