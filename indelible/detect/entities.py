"""Which recognised words are personal data: the same rules for the locator's reader and for the verifier's.

Rules, no model: each finding can be explained, and the same lines always give the same answer. In doubt the value is covered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from indelible.detect.entity_addresses import addresses
from indelible.detect.entity_badges import alone, on_badges_and_cards, stacked
from indelible.detect.entity_custom import denied, without_allowed
from indelible.detect.entity_documents import (
    card_holders,
    identity_page,
    machine_readable,
    on_identity_page,
    under_field_numbers,
)
from indelible.detect.entity_frame import levelled
from indelible.detect.entity_labels import labelled
from indelible.detect.entity_match import LIKELY, SURE, Match
from indelible.detect.entity_names import above_address, names, repeated
from indelible.detect.entity_numbers import numbers
from indelible.detect.lines import TextLine, Word, folded
from indelible.model import Box, EntityType, TextRules

__all__ = ["EntitySpan", "TextLine", "Word", "classify"]

#: Lines looked at, and characters of one line: a hostile picture must not buy hours of matching. What is beyond is covered.
MAX_LINES = 1_500
MAX_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitySpan:
    """One piece of personal data: its type, its box in upright pixels, and the number of the line it stands in.

    ``confidence``: how sure the rule is that it is personal, 0.0 to 1.0, whatever the reader's own score. ``custom``: the caller's
    own words or patterns matched it.
    """

    entity: EntityType
    box: Box
    line: int
    confidence: float = 1.0
    custom: bool = False


def classify(lines: Sequence[TextLine], rules: TextRules | None = None) -> tuple[EntitySpan, ...]:
    """The personal data in the lines of one picture, sorted by line and place; overlapping findings are joined.

    A page that lies on its side or askew is classified as if it lay straight; its spans are whole lines. A line found and not read
    is covered as ``OTHER``. Raises ValueError for a pattern of the caller's that is no regular expression.
    """
    rules = rules or TextRules()
    beyond = tuple(
        EntitySpan(entity=EntityType.OTHER, box=line.box, line=number, confidence=SURE)
        for number, line in enumerate(lines)
        if number >= MAX_LINES or len(line.text) > MAX_CHARACTERS or not line.text
    )
    lines = [line if len(line.text) <= MAX_CHARACTERS else replace(line, text="") for line in lines[:MAX_LINES]]
    found = _found(levelled(lines))
    if rules.allow:
        kept = {number: without_allowed(lines[number].text, rules) for number in {match.line for match in found}}
        found = [
            match
            for match in found
            if any(character.isalnum() for character in kept[match.line][match.start : match.end])
        ]
    own = list(denied(lines, rules))
    return tuple(sorted(_spans(lines, found, own) + beyond, key=lambda span: (span.line, span.box)))


def _found(lines: Sequence[TextLine]) -> list[Match]:
    """What every rule finds in the lines of one page that lies straight."""
    found: list[Match] = []
    for number, line in enumerate(lines):
        found += [Match(number, *match) for match in numbers(line.text, folded(line.text))]
    cards = {match.line for match in found if match.entity is EntityType.CARD}
    handles = [lines[match.line].text[match.start : match.end] for match in found if match.entity is EntityType.EMAIL]
    reachable = len(handles) + sum(match.entity is EntityType.PHONE for match in found)

    zone = machine_readable(lines)
    found += [Match(number, 0, len(lines[number].text), EntityType.MRZ) for number in zone]
    found += labelled(lines)
    found += names(lines, handles)
    found += on_badges_and_cards(lines, reachable)
    found += stacked(lines)
    found += card_holders(lines, cards)
    block = addresses(lines)
    found += [Match(number, 0, len(lines[number].text), EntityType.ADDRESS, LIKELY) for number in block]
    found += above_address(lines, block)
    if identity_page(lines, zone):
        found += on_identity_page(lines, zone)
        found += under_field_numbers(lines, {match.line for match in found})
    found += alone(lines)
    found += repeated(lines, found)
    return found


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


def _spans(lines: Sequence[TextLine], found: Sequence[Match], own: Sequence[Match]) -> tuple[EntitySpan, ...]:
    """Overlapping matches of one line joined to one, under the name that comes first in the order above."""
    joined: list[tuple[Match, bool]] = []
    marked = [(match, False) for match in set(found)] + [(match, True) for match in set(own)]
    for match, custom in sorted(marked, key=lambda item: (item[0].line, item[0].start, -item[0].end, item)):
        if match.end <= match.start:
            continue
        if joined and joined[-1][0].line == match.line and match.start < joined[-1][0].end:
            before, was_custom = joined.pop()
            kind = min(before.entity, match.entity, key=_ORDER.index)
            sure = max(before.confidence, match.confidence)
            end = max(before.end, match.end)
            joined.append((Match(match.line, before.start, end, kind, sure), custom or was_custom))
        else:
            joined.append((match, custom))
    return tuple(
        EntitySpan(
            entity=match.entity,
            box=box,
            line=match.line,
            confidence=match.confidence,
            custom=custom,
        )
        for match, custom in joined
        for box in _boxes(lines[match.line], match)
    )


def _boxes(line: TextLine, match: Match) -> tuple[Box, ...]:
    """A level line's words; the whole of any other line."""
    return (line.box_of(match.start, match.end),) if line.upright else line.boxes
