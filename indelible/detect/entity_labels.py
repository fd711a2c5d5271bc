"""Values after labels: "Name:", "Geburtsdatum", "Passport No" and their kin.

A label is looked for in the line without accents, case, spaces and punctuation, because OCR loses those first. Its value is
the rest of the line, or the line to the right of it, or the line below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indelible.detect.entity_gazetteer import gazetteer
from indelible.detect.entity_label_words import DIRECT, LONG, NEEDS_COLON, SHORT
from indelible.detect.entity_match import LIKELY, SURE, WEAK, Match
from indelible.detect.lines import TextLine, folded
from indelible.model import EntityType

E = EntityType

_NOT_PERSONAL = re.compile(
    r"(?:gst|vat|tax|company|business|branch|store|terminal|merchant|product|item|order|invoice)\s*$"
)
# A "name" that is not a person's.
_NOT_A_PERSON = re.compile(
    r"(?:company|firm\w*|file|product|item|brand|domain|host|bank|project|business|trade|class|field|event|model|type|"
    r"device|course|store|shop|branch|account type)\s*$"
)
_VALUE_START = re.compile(r"[\s:.;,=#*/)\]\u2013-]*")
_SEPARATOR = re.compile(r"\s*[:=]\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One label in a line: what its value would be, and where in the text it stands."""

    entity: EntityType
    start: int
    end: int
    direct: bool = False  # its value follows at once, without a colon: "served by"


def _squeezed(text: str) -> tuple[str, list[int]]:
    """Letters and digits of a folded line, and where each of them stood."""
    kept = [(character, place) for place, character in enumerate(text) if character.isalnum()]
    return "".join(character for character, _ in kept), [place for _, place in kept]


_LONG_KEYS = tuple(
    sorted(((entity, key.replace(" ", "")) for entity, keys in LONG for key in keys.split("|")), key=lambda item: -len(item[1]))
)  # fmt: skip
_DIRECT_KEYS = frozenset(key.replace(" ", "") for key in DIRECT)
_SHORT_WORDS = tuple((entity, re.compile(rf"(?<![a-z0-9])(?:{words})(?![a-z0-9])")) for entity, words in SHORT)


def labels(text: str) -> tuple[Label, ...]:
    """The labels of one line, in reading order; of two that overlap the longer stays."""
    plain = folded(text)
    squeezed, places = _squeezed(plain)
    found: list[Label] = []
    for entity, key in _LONG_KEYS:
        at = squeezed.find(key)
        if at >= 0:
            found.append(
                Label(entity=entity, start=places[at], end=places[at + len(key) - 1] + 1, direct=key in _DIRECT_KEYS)
            )
    for entity, pattern in _SHORT_WORDS:
        for match in pattern.finditer(plain):
            before = plain[: match.start()]
            if _NOT_PERSONAL.search(before) or (entity is E.NAME and _NOT_A_PERSON.search(before)):
                continue
            if match.group() in NEEDS_COLON and not (
                match.start() <= 2 and plain[match.end() :].lstrip()[:1] in (":", "=")
            ):
                continue
            if entity is E.ADDRESS and re.search(r"(?:e-?mail|web|ip|mac|internet|url)\s*$", before):
                continue
            found.append(Label(entity=entity, start=match.start(), end=match.end()))
    kept: list[Label] = []
    for label in sorted(found, key=lambda item: (item.start - item.end, item.start)):
        if all(label.end <= other.start or label.start >= other.end for other in kept):
            kept.append(label)
    return tuple(sorted(kept, key=lambda item: item.start))


def plausible(entity: EntityType, value: str) -> bool:
    """Whether a value could be what its label announces."""
    letters = sum(character.isalpha() for character in value)
    digits = sum(character.isdigit() for character in value)
    if entity is E.NAME:
        return letters >= 2 and digits <= 2 and letters + digits >= 0.6 * len(value.replace(" ", ""))
    if entity is E.DATE_OF_BIRTH:
        return digits >= 2
    if entity in (E.ID_NUMBER, E.LICENCE):
        return digits >= 2 and letters + digits >= 4
    return letters + digits >= 2


def labelled(lines: Sequence[TextLine]) -> Iterator[Match]:
    """Every value that a label announces."""
    known = [labels(line.text) for line in lines]
    for number, line in enumerate(lines):
        for position, label in enumerate(known[number]):
            following = known[number][position + 1 :]
            stop = following[0].start if following else len(line.text)
            start = label.end + _leading(line.text[label.end : stop])
            value = line.text[start:stop].rstrip(" :/|-")
            own = plausible(label.entity, value) and _announces(line.text, label, start, value)
            if own:
                yield Match(number, start, start + len(value), label.entity, _sure(label, value, line.text))
                continue
            before = line.text[known[number][position - 1].end if position else 0 : label.start]
            if len(line.text[label.end :].split()) > 6 or (len(before.split()) >= 4 and not _colon(line.text, label)):
                continue  # the word stands in a sentence
            if label.entity is E.NAME and re.search(r"\d{3}", value) and not any(map(str.isalpha, value)):
                continue  # a number stands where the name would
            for other in _neighbours(lines, number, known):
                if plausible(label.entity, lines[other].text):
                    yield Match(
                        other, 0, len(lines[other].text), label.entity, min(LIKELY, _sure(label, lines[other].text, ""))
                    )
                    break


def _colon(text: str, label: Label) -> bool:
    return text[label.end :].lstrip()[:1] in (":", "=")


def _sure(label: Label, value: str, text: str) -> float:
    """How sure a labelled value is: a name made of ordinary words ("Cashier: ADMINISTRATOR") hardly is one."""
    if label.entity is E.NAME:
        words = re.findall(r"[a-z]+", folded(value))
        lists = gazetteer()
        if all(lists.is_word(word) or len(word) < 2 for word in words):
            return WEAK
    return SURE if ":" in text[label.end : label.end + 4] else LIKELY


def _leading(rest: str) -> int:
    found = _VALUE_START.match(rest)
    return found.end() if found else 0


def _announces(text: str, label: Label, start: int, value: str) -> bool:
    """Whether what follows in the line is the value and not more of the label or a sentence."""
    between = text[label.end : start]
    if ":" in between or "=" in between:
        return True
    if label.direct:
        return label.start <= 30 and value[:1].isupper() and len(value.split()) <= 3
    if "/" in between or label.start > 12:
        return False  # the label again in another language, or the middle of a sentence
    if label.entity is E.NAME:
        return label.start <= 4 and value[:1].isupper() and len(value.split()) <= 4
    if label.entity is E.ADDRESS:
        return label.start <= 4 and any(character.isdigit() for character in value)
    return any(character.isdigit() for character in value)


def _neighbours(lines: Sequence[TextLine], number: int, known: Sequence[tuple[Label, ...]]) -> Iterator[int]:
    """Lines that could hold a label's value: to the right in the same row, then below, past more label lines."""
    own = lines[number].box
    right = [
        (other.box.x - own.right, index)
        for index, other in enumerate(lines)
        if index != number
        and -own.height <= other.box.x - own.right <= 8 * own.height
        and abs((other.box.y + other.box.bottom) - (own.y + own.bottom)) <= own.height
    ]
    if right and not known[min(right)[1]] and lines[number].text.rstrip().endswith((":", "=")):
        yield min(right)[1]
    current = own
    for _ in range(3):
        below = [
            (other.box.y - current.bottom, abs(other.box.x - current.x), index)
            for index, other in enumerate(lines)
            if other.box.y > current.y + current.height // 2
            and other.box.y - current.bottom <= 1.6 * max(current.height, other.box.height)
            and other.box.x < current.right
            and other.box.right > current.x
            and abs(other.box.x - current.x) <= max(6 * current.height, current.width // 2)
        ]
        if not below:
            break
        nearest = min(below)[2]
        if not known[nearest] and not is_label_like(lines[nearest].text):
            yield nearest
            break
        current = lines[nearest].box
    if right and not known[min(right)[1]]:
        yield min(right)[1]


_LABEL_WORD = re.compile(
    r"date|issue|expiry|valid|gultig|autorit|authority|behorde|sex|geschlecht|nationalit|type|code|signature|unterschrift"
    r"|datum|delivrance|titulaire|platnosti|vydan|udsted|utfard|gyldig|giltig|kelt|ervenyes|voimassa|gecerli|uyruk|allampolgar"
    r"|allekirjoitus|imza|alairas|podpis|underskrift|namnteckning|handtekening|firma del|assinatura|semnatura"
)


def is_label_like(text: str) -> bool:
    """Whether a line reads as a label itself: a field number, a slash between languages, a closing colon."""
    plain = folded(text)
    if plain.rstrip().endswith((":", "/")):
        return True
    digits = sum(character.isdigit() for character in plain)
    return digits <= 2 and ("/" in plain or bool(_LABEL_WORD.search(plain)) or bool(re.match(r"\d{1,2}[. ]", plain)))
