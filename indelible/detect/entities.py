"""Which recognised words are personal data: the same rules for the locator's reader and for the verifier's.

Rules, no model: each finding can be explained, and the same lines always give the same answer. In doubt the value is covered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from indelible.detect.entity_addresses import addresses
from indelible.detect.entity_documents import (
    card_holders,
    identity_page,
    machine_readable,
    on_identity_page,
    under_field_numbers,
)
from indelible.detect.entity_labels import labelled
from indelible.detect.entity_names import above_address, names
from indelible.detect.entity_numbers import numbers
from indelible.detect.lines import TextLine, Word, folded
from indelible.model import Box, EntityType, TextRules

__all__ = ["EntitySpan", "TextLine", "Word", "classify"]

#: Lines looked at, and characters of one line: a hostile picture must not buy hours of matching. What is beyond is covered.
MAX_LINES = 1_500
MAX_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitySpan:
    """One piece of personal data: its type, its box in upright pixels, and the number of the line it stands in."""

    entity: EntityType
    box: Box
    line: int


def classify(lines: Sequence[TextLine], rules: TextRules | None = None) -> tuple[EntitySpan, ...]:
    """The personal data in the lines of one picture, sorted by line and place; overlapping findings are joined."""
    beyond = tuple(
        EntitySpan(entity=EntityType.OTHER, box=line.box, line=number)
        for number, line in enumerate(lines)
        if number >= MAX_LINES or len(line.text) > MAX_CHARACTERS
    )
    lines = [line if len(line.text) <= MAX_CHARACTERS else replace(line, text="") for line in lines[:MAX_LINES]]
    found: list[tuple[int, int, int, EntityType]] = []
    for number, line in enumerate(lines):
        found += [(number, *match) for match in numbers(line.text, folded(line.text))]
    cards = {number for number, _, _, entity in found if entity is EntityType.CARD}
    handles = [lines[number].text[start:end] for number, start, end, entity in found if entity is EntityType.EMAIL]

    zone = machine_readable(lines)
    found += [(number, 0, len(lines[number].text), EntityType.MRZ) for number in zone]
    found += labelled(lines)
    found += names(lines, handles)
    found += card_holders(lines, cards)
    block = addresses(lines)
    found += [(number, 0, len(lines[number].text), EntityType.ADDRESS) for number in block]
    found += above_address(lines, block)
    if identity_page(lines, zone):
        found += on_identity_page(lines, zone)
        found += under_field_numbers(lines, {number for number, *_ in found})
    return tuple(sorted(_spans(lines, found) + beyond, key=lambda span: (span.line, span.box)))


_ORDER = (
    EntityType.MRZ,
    EntityType.IBAN,
    EntityType.CARD,
    EntityType.EMAIL,
    EntityType.ID_NUMBER,
    EntityType.LICENCE,
    EntityType.DATE_OF_BIRTH,
    EntityType.PHONE,
    EntityType.NAME,
    EntityType.ADDRESS,
    EntityType.IP,
    EntityType.URL,
    EntityType.PLATE,
    EntityType.OTHER,
)


def _spans(lines: Sequence[TextLine], found: list[tuple[int, int, int, EntityType]]) -> tuple[EntitySpan, ...]:
    """Overlapping matches of one line joined to one, under the name that comes first in the order above."""
    joined: list[tuple[int, int, int, EntityType]] = []
    for number, start, end, entity in sorted(set(found), key=lambda item: (item[0], item[1], -item[2], item[3])):
        if end <= start:
            continue
        if joined and joined[-1][0] == number and start < joined[-1][2]:
            _, first, last, before = joined.pop()
            kind = min(before, entity, key=_ORDER.index)
            joined.append((number, first, max(last, end), kind))
        else:
            joined.append((number, start, end, entity))
    return tuple(
        EntitySpan(entity=entity, box=lines[number].box_of(start, end), line=number)
        for number, start, end, entity in joined
    )
