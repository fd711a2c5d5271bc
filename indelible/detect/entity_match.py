"""What a rule returns: a stretch of one line, what it is, and how sure the rule is of it."""

from __future__ import annotations

from typing import NamedTuple

from indelible.model import EntityType

#: How sure rules are, 0.0 to 1.0: a checksum, a label or a shape that is hardly anything else; a good sign; one sign alone.
SURE, LIKELY, WEAK = 0.95, 0.75, 0.4


class Match(NamedTuple):
    """Characters ``start`` to ``end`` of the line with the number ``line``."""

    line: int
    start: int
    end: int
    entity: EntityType
    confidence: float = SURE
