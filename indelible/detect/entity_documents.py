"""Identity documents and cards: machine-readable lines, and what they say about the rest of the page.

A machine-readable zone (ICAO Doc 9303) repeats the printed names, numbers and dates. Where one is found, every printed
line that shares a name or a number with it is personal too, however its label was read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from indelible.detect.entity_match import LIKELY, WEAK, Match
from indelible.detect.lines import TextLine, folded
from indelible.model import EntityType

# What readers make of the filler "<".
_FILLERS = str.maketrans({"«": "<", "‹": "<", "〈": "<", "＜": "<", "≤": "<", "€": "<", "£": "<", "{": "<", "(": "<"})
_RUN_OF_FILLERS = re.compile(r"<{2,}|[<CKLES]{6,}$")
_DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}\s?[.,/-]\s?\d{1,2}\s?[.,/-]\s?(?:\d{4}|\d{2})|\d{4}\s?[.,/-]\s?\d{1,2}\s?[.,/-]\s?\d{1,2}"
    r"|\d{1,2}\.?\s+[A-Za-zÀ-ž]{3,9}[./]?(?:\s?/?\s?[A-Za-zÀ-ž]{3,9})?\.?\s+(?:\d{4}|\d{2}))(?!\d)"
)
# A number as documents print theirs: six digits or more, perhaps with letters before or after.
_LONG_NUMBER = re.compile(r"(?<![\w.,/])(?:[A-Z]{1,3} ?)?\d(?:[ -]?\d){5,}(?: ?[A-Z]{1,2})?(?![\w.,/])")
_TITLE = re.compile(
    r"passport|passeport|reisepass|pasaporte|passaporto|paszport|cestovn|identity card|personalausweis|carte d.?identite|carta d.?identita"
    r"|osebna izkaznica|documento nacional|driving licen[cs]e|driver licen[cs]e|fuhrerschein|permis de conduire|permiso de conduc"
    r"|documento de identidade|carta de identidade|cartao de cidadao|carte d.?identitate|carte de identitate|pasaport|kimlik karti|surucu belgesi"
    r"|szemelyazonosito igazolvany|szemelyi igazolvany|vezetoi engedely|utlevel|henkilokortti|ajokortti|passi\b|legitimation|korkort|korekort|forerkort"
    r"|identitetskort|nationellt id|ridicsky prukaz|vodicsky preukaz|prawo jazdy|rijbewijs|patente di guida|carta de conducao|permis de sejour|putovnica"
    r"|vozacka dozvola|osobna iskaznica|potni list|reisdokument|aufenthaltserlaubnis|titre de sejour|permesso di soggiorno|nationality card|voter id"
    r"|residence permit|aufenthaltstitel|dowod osobisty|obcansky prukaz|identiteitskaart"
)
_CARD_WORDS = re.compile(
    r"valid|thru|good|month|year|member since|debit|credit|visa|master|card\b|bank|platinum|gold|business|electronic|expires"
    r"|authori[sz]ed|signature|classic|world|american|express"
)


def is_mrz(text: str) -> bool:
    """Whether one line is machine-readable text: 30, 36 or 44 characters of A-Z, 0-9 and filler, read with mistakes."""
    line = text.translate(_FILLERS).replace(" ", "")
    if not 22 <= len(line) <= 52:
        return False
    known = sum(character.isdigit() or character == "<" or "A" <= character <= "Z" for character in line)
    if known < 0.9 * len(line):
        return False
    fillers = line.count("<")
    return fillers >= 3 or (fillers >= 1 and bool(_RUN_OF_FILLERS.search(line)) and len(line) >= 28)


def machine_readable(lines: Sequence[TextLine]) -> set[int]:
    """Numbers of the lines of a machine-readable zone; a line of its shape beside a plain one counts too."""
    found = {number for number, line in enumerate(lines) if is_mrz(line.text)}
    for number in sorted(found):
        own = lines[number].box
        for other, line in enumerate(lines):
            near = abs(line.box.y - own.y) <= 3.5 * own.height and line.box.width >= 0.6 * own.width
            bare = re.sub(r"[^A-Za-z0-9]", "", line.text)
            if near and len(bare) >= 20 and sum(c.isupper() or c.isdigit() for c in bare) >= 0.85 * len(bare):
                found.add(other)
    return found


def identity_page(lines: Sequence[TextLine], zone: set[int]) -> bool:
    """Whether the picture shows an identity document: a machine-readable zone, or its title on a page with few lines."""
    return bool(zone) or (len(lines) <= 45 and any(_TITLE.search(folded(line.text)) for line in lines))


def on_identity_page(lines: Sequence[TextLine], zone: set[int]) -> list[Match]:
    """Dates, and whatever the machine-readable zone repeats."""
    names, figures = _tokens([lines[number].text for number in sorted(zone)])
    matches: list[Match] = []
    for number, line in enumerate(lines):
        if number in zone:
            continue
        matches += [
            Match(number, *found.span(), EntityType.DATE_OF_BIRTH, LIKELY) for found in _DATE.finditer(line.text)
        ]
        words = [_letters(word) for word in re.split(r"[\s,-]+", line.text)]
        if any(len(word) >= 3 and _known(word, names) for word in words) and len(words) <= 6:
            matches.append(Match(number, 0, len(line.text), EntityType.NAME, LIKELY))
        for alone in _LONG_NUMBER.finditer(line.text):
            if not _DATE.search(line.text):
                matches.append(Match(number, *alone.span(), EntityType.ID_NUMBER, LIKELY))
        bare = _figures(line.text)
        if len(bare) >= 6 and sum(character.isdigit() for character in bare) >= 4:
            if any(bare in figure or figure in bare for figure in figures if len(figure) >= 6):
                matches.append(Match(number, 0, len(line.text), EntityType.ID_NUMBER, LIKELY))
    return matches


def under_field_numbers(lines: Sequence[TextLine], taken: set[int]) -> list[Match]:
    """Values on an identity page right below a numbered or bilingual field label that could not be read.

    ``taken`` are lines that are known already. Nationality, sex, type and issuing office are not taken: they do not name a
    person. What stands below a label nobody can read is taken: it may.
    """
    matches: list[Match] = []
    for number, line in enumerate(lines):
        label = folded(line.text)
        if not (re.match(r"\d{1,2}[. ]\s?[a-z]", label) or "/" in label) or _DATE.search(line.text):
            continue
        if _HARMLESS_FIELD.search(label):
            continue
        own = line.box
        for other, value in enumerate(lines):
            box = value.box
            below = 0.5 * own.height <= box.y - own.y <= 1.7 * own.height and abs(box.x - own.x) <= 1.5 * own.height
            if other in taken or other == number or not below:
                continue
            words = value.text.split()
            if 1 <= len(words) <= 3 and all(re.fullmatch(r"[A-ZÀ-Ž][A-Za-zÀ-ž'-]{2,}", word) for word in words):
                matches.append(Match(other, 0, len(value.text), EntityType.OTHER, WEAK))
    return matches


_HARMLESS_FIELD = re.compile(
    r"national|nationalit|obcan|obywat|sex|type|typ\b|code|kod|authori|autorit|behorde|organ|issu|expir|signat|republi|pas\b|passp"
)


def card_holders(lines: Sequence[TextLine], numbers: set[int]) -> list[Match]:
    """The name below a payment card's number: letters only, at least two words, none of a card's own words."""
    matches: list[Match] = []
    for number in sorted(numbers):
        own = lines[number].box
        for other, line in enumerate(lines):
            words = line.text.replace(".", " ").split()
            if (
                own.bottom <= line.box.y + line.box.height // 2 <= own.bottom + 6 * own.height
                and line.box.x < own.x + own.width // 2
                and 2 <= len(words) <= 5
                and all(word.isalpha() for word in words)
                and line.text.upper() == line.text
                and not _CARD_WORDS.search(re.sub(r"cardm", "", folded(line.text)))
            ):
                matches.append(Match(other, 0, len(line.text), EntityType.NAME, LIKELY))
    return matches


def _letters(text: str) -> str:
    """Upper-case letters alone, digits turned into the letters they are misread from."""
    upper = folded(text).upper().translate(str.maketrans("01582", "OISBZ"))
    return re.sub(r"[^A-Z]", "", upper)


def _figures(text: str) -> str:
    """Letters and digits, every lookalike turned into its digit, so that two readings of one number agree."""
    upper = folded(text).upper().translate(str.maketrans("OQDILSBZ", "00011582"))
    return re.sub(r"[^A-Z0-9]", "", upper)


def _tokens(zone: Sequence[str]) -> tuple[set[str], set[str]]:
    names: set[str] = set()
    figures: set[str] = set()
    for text in zone:
        line = text.translate(_FILLERS).replace(" ", "")
        if sum(character.isdigit() for character in line) <= 3 and "<<" in line:
            body = line[5:] if re.match(r"[PIACV][A-Z<]", line) and len(line) >= 40 else line
            names |= {name for part in re.split(r"<+", body) if len(name := _letters(part)) >= 3}
        else:
            figures |= {figure for part in re.split(r"<+", line) if len(figure := _figures(part)) >= 6}
    return names, figures


def _known(word: str, names: set[str]) -> bool:
    return any(
        word == name or (len(word) >= 5 and len(word) == len(name) and _differences(word, name) <= 1) for name in names
    )


def _differences(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))
