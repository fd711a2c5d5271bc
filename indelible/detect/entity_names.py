"""Personal names by what stands around them or in them: titles, greetings, sign-offs, e-mail handles, known given names.

No list holds every name, and most surnames are words. So one sign is weak, two agree: a known given name with another capitalised
word, two names of the lists, a title before a capitalised word, a word that the page's e-mail address repeats.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from indelible.detect.entity_gazetteer import gazetteer
from indelible.detect.entity_match import LIKELY, SURE, WEAK, Match
from indelible.detect.lines import TextLine, folded
from indelible.model import EntityType

_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶĻŁŃŅŇŐŒŔŘŚŞŠŢŤŪŮŰŲŹŻŽȘȚ"
_NAME_WORD = rf"[{_UPPER}](?:[^\W\d_]+(?:['’-][^\W\d_]+)*(?![^\W_])|['’][^\W\d_]+|\.|(?![^\W_]))"
_PARTICLE = r"(?:(?:de|da|di|do|dos|das|del|della|du|des|la|le|van|von|vom|der|den|ter|ten|zu|zum|af|av|bin|binti|al|el|y|e|san|st)\.? ){1,3}"
_CAPITALISED = re.compile(rf"{_NAME_WORD}(?:[ .,]\s?(?:{_PARTICLE})?{_NAME_WORD}){{0,4}}")
_TITLES = (
    "Mrs?|Ms|Miss|Mx|Dr|Dra|Prof|Sir|Dame|Lady|Lord|Rev|Capt|Judge|Herrn?|Frau|Familie|Dipl\\.-Ing|Ing|Mag|Monsieur|Madame|Mme|Mlle|Maître|Sr|Sra|Srta"
    "|Señora?|Senhora?|Don|Doña|Dona|Sig|Sig\\.ra|Signora?|Dott|Dott\\.ssa|Avv|Geom|Rag|Pan|Pani|Paní|Państwo|Dhr|Mevr|Mevrouw|Meneer|Heer|Fru|Hr|Herra"
    "|Rouva|Dl|Dna|Domnul|Doamna|Bay|Bayan|Sayın|Sn|Encik|Puan|Cik|Tuan|MUDr|JUDr|PhDr|Mgr|Bc|inż|Úr|Asszony"
)
_AFTER_TITLE = re.compile(
    rf"(?<![\w.])(?:{_TITLES}|MRS?|MS|DR|PROF|HERRN?|FRAU)\b\.?:?\s+(?:(?:Dr|Prof|med|dent|jur|phil|rer|nat|Ing|h\.? ?c|mult)\b\.?\s*)*"
    rf"((?:(?:{_PARTICLE})?{_NAME_WORD}[\s.]*){{1,4}})"
)
_AFTER_NAME = re.compile(
    rf"((?:{_NAME_WORD}[ .]+){{1,3}}{_NAME_WORD}),?\s+(?:MD|M\.D\.|PhD|Ph\.D\.?|CSc|MBA|MSc|BSc|Esq|Jr|Sr|RN|DDS|CPA)\b"
)
_SIGN_OFF = re.compile(
    r"(?:yours? (?:sincerely|faithfully|truly)|(?:kind|best|warm|with)(?: \w+)? (?:regards|wishes)|sincerely(?: yours)?|regards|cheers"
    r"|(?:mit )?(?:freundlichen?|besten|herzlichen?|viele[n]?|liebe[n]?) gru\w+|hochachtungsvoll|cordialement|(?:salutations|sentiments) \w+|bien a vous"
    r"|atentamente|(?:un cordial )?saludos?(?: cordiales)?|cordiali saluti|distinti saluti|cordialmente|atenciosamente|com os melhores cumprimentos"
    r"|(?:met )?vriendelijke groet\w*|hoogachtend|z powazaniem|pozdrawiam|s (?:pozdravem|uctou|pozdravom)|med vanlig\w* hals\w*|vanliga halsningar"
    r"|med venlig hilsen|(?:med )?vennlig hilsen|mvh|ystavallisin terveisin|terveisin|cu (?:stima|respect)|tisztelettel|udvozlettel|saygilarimla|saygilarimizla"
    r"|s postovanjem|lep pozdrav)\W*$"
)
_GREETING = re.compile(
    r"(?:^|[^\w])(?:[Dd]ear|[Hh]i|[Hh]ello|[Hh]ey|[Ll]iebe[r]?|[Hh]allo|[Cc]her|[Cc]h[eè]re|[Bb]onjour|[Qq]uerid[oa]|[Ee]stimad[oa]|[Hh]ola|[Gg]entile|[Cc]ar[oa]"
    r"|[Oo]l[aá]|[Cc]iao|[Bb]este|[Gg]eachte|[Dd]rog[ai]|[Cc]ze[sś][cć]|[Vv]á[zž]en[ýá]|[Mm]il[ýá]|[Hh]ej|[Kk]j[aæ]r[ea]|[Kk][aæ]re|[Hh]ei|[Dd]rag[aă]|[Kk]edves|[Ss]evgili|[Ss]ayın|[Mm]erhaba)"
    rf",?\s+(?!Sirs?\b|Madam|All\b|Team|Customer|World|Everyone|Guests?\b|Valued)((?:{_NAME_WORD}\s?){{1,3}})"
)
_COMPANY = re.compile(
    r"(?<![a-z])(?:sdn|bhd|ltd|limited|inc|llc|llp|gmbh|ag|kg|ohg|sarl|sas|sa|srl|spa|bv|nv|plc|corp|company|co|oy|oyj|ab|a/s|aps|as|asa|kft|zrt|doo|spol|s\.r\.o|sp\.? z"
    r"|store|shop|restaurant|restoran|hotel|mart|market|trading|enterprise|hardware|stationery|bank|university|school|hospital|clinic|street|road|avenue"
    r"|invoice|receipt|total|tax|cash|thank|party|center|centre|prize|award|museum|institute|foundation|airport|station"
    r"|college|academy|library|theatre|theater|group|holding|partners|associates|brothers|bros|sons|taxi\w*|beach|bay|mountain|cup|open)(?![a-z])"
)


def names(lines: Sequence[TextLine], handles: Sequence[str]) -> Iterator[Match]:
    """Names in each line. ``handles`` are the e-mail addresses that stand on the same page."""
    parts = {
        part for handle in handles for part in re.split(r"[^a-z]+", folded(handle).split("@")[0]) if len(part) >= 4
    } - _MAILBOXES
    closing: TextLine | None = None
    for number, line in enumerate(lines):
        text = line.text
        plain = folded(text)
        for pattern in (_AFTER_TITLE, _GREETING, _AFTER_NAME):
            for found in pattern.finditer(text):
                yield Match(number, *found.span(1), EntityType.NAME, LIKELY)
        short = 1 <= len(text.split()) <= 4 and text[:1].isupper() and not any(c.isdigit() for c in text)
        if short and closing is not None and _follows(closing, line):
            yield Match(number, 0, len(text), EntityType.NAME, LIKELY)
            closing = None
        if _SIGN_OFF.search(plain):
            closing = line
        yield from (Match(number, *span) for span in _by_lists(text))
        words = re.findall(r"[a-z]{3,}", plain)
        if len(words) <= 4 and "@" not in text and any(part in words for part in parts) and not _COMPANY.search(plain):
            yield Match(number, 0, len(text), EntityType.NAME, LIKELY)


_MAILBOXES = frozenset(
    "info mail email contact kontakt office service support sales admin hello team help press jobs career reservations booking bookings"
    " enquiries inquiries customer client webmaster postmaster noreply reply accounts accounting billing order orders shop store"
    " news newsletter marketing reception example company name your firstname lastname user".split()
)


def _follows(closing: TextLine, line: TextLine) -> bool:
    """Whether a line stands below another, within a few line heights and its width: readers list lines in any order."""
    own, other = closing.box, line.box
    return own.y < other.y <= own.bottom + 4 * own.height and other.x < own.right and other.right > own.x


def _by_lists(text: str) -> Iterator[tuple[int, int, EntityType, float]]:
    """Runs of capitalised words that the lists of names speak for, and how loudly."""
    for found in _CAPITALISED.finditer(text):
        around = folded(text[max(0, found.start() - 12) : found.end() + 12])
        before, after = text[: found.start()].rstrip(), text[found.end() :].lstrip()
        partners = "," in found.group() and re.match(r"(?:and|und|et|e|y|og|och|i)\s", after)
        if _COMPANY.search(around) or before.endswith("&") or after.startswith("&") or partners:
            continue  # a firm, named after people or not
        for start, end, confidence in _names_in(found.group()):
            yield found.start() + start, found.start() + end, EntityType.NAME, confidence


def _names_in(run: str) -> Iterator[tuple[int, int, float]]:
    """Stretches of a run of capitalised words: from a known name over the words beside it that could be names."""
    lists = gazetteer()
    words = [
        (found.start(), found.end(), folded(found.group()).strip(".")) for found in re.finditer(r"[^\s,.]+\.?|\.", run)
    ]
    words = [word for word in words if word[2] and not re.fullmatch(_PARTICLE.strip(), word[2] + " ")]
    kinds = [kind_of(word) for _, _, word in words]
    if len(words) == 2 and kinds == ["given", "word"] and words[1][2] in lists.surnames and not run.isupper():
        yield words[0][0], words[1][1], 0.55  # "Erik Hall", "Nicolaj Lassen"
    place = 0
    while place < len(words):
        if kinds[place] == "word":
            place += 1
            continue
        last = place
        while last + 1 < len(words) and kinds[last + 1] != "word" and last - place < 4:
            last += 1
        own = kinds[place : last + 1]
        phrase = " ".join(word for _, _, word in words[place : last + 1])
        score = _score(own)
        capitals = run[words[place][0] : words[last][1]]
        if capitals.isupper() and len(own) != own.count("initial"):
            score -= 0.1 if own.count("given") + own.count("surname") >= 2 else 0.3  # headings are set in capitals
        if "," in capitals and "given" not in own:
            place = last + 1
            continue
        if score >= WEAK and phrase not in lists.places:
            yield words[place][0], words[last][1], min(SURE, score)
        place = last + 1


def kind_of(word: str) -> str:
    known = gazetteer()
    if len(word) == 1:
        return "initial"
    parts = word.split("-") if "-" in word else [word]
    if all(known.is_given(part) for part in parts):
        return "given" if word not in known.world else "doubtful"
    if known.is_word(word) and word not in known.given:
        return "word"
    if known.is_surname(word) or any(known.is_surname(part) for part in parts):
        return "surname"
    if word in known.given or (word in known.surnames and known.is_word(word)):
        return "doubtful"
    return (
        "unknown" if word.replace("'", "").replace("’", "").replace("-", "").isalpha() and len(word) <= 20 else "word"
    )


def _score(kinds: Sequence[str]) -> float:
    """How sure a run of words of these kinds is a name, 0.0 to 1.0; at least two words."""
    given, surname = kinds.count("given"), kinds.count("surname")
    rest = len(kinds) - given - surname
    if len(kinds) < 2:
        return 0.0
    if given >= 1 and given + surname >= 2:
        return 0.9
    if given == 1 and (kinds[0] == "given" or kinds[1] == "given") and rest <= 2:
        return 0.75 if kinds[0] == "given" or kinds[0] == "initial" else 0.6
    if surname >= 1 and "doubtful" in kinds:
        return 0.65
    if surname >= 1 and "initial" in kinds:
        return 0.65
    if surname >= 2 and len(kinds) == 2:
        return 0.5
    return 0.0


def could_be_name(text: str) -> bool:
    """Whether a line of two to four words of letters could be a name: no ordinary words only, no company."""
    words = [word for word in re.split(r"[\s.]+", text) if word]
    lists = gazetteer()
    return (
        2 <= len(words) <= 4
        and all(re.fullmatch(rf"[{_UPPER}][^\W\d_]*(?:['’-][^\W\d_]+)*", word) for word in words)
        and not _COMPANY.search(folded(text))
        and not all(lists.is_word(folded(word)) for word in words)
    )


def above_address(lines: Sequence[TextLine], block: set[int]) -> Iterator[Match]:
    """Who lives there: two to four words of letters right above the first line of an address, unless a company's."""
    for number in sorted(block):
        own = lines[number].box
        for other, line in enumerate(lines):
            box = line.box
            gap = own.y - box.bottom
            close = -0.5 * own.height <= gap <= 0.8 * own.height and box.y < own.y - own.height // 2
            aligned = min(abs(box.x - own.x), abs(box.x + box.right - own.x - own.right) // 2) <= 1.5 * own.height
            if other not in block and close and aligned and box.height <= 1.5 * own.height and not line.text.isupper():
                if could_be_name(line.text):
                    yield Match(other, 0, len(line.text), EntityType.NAME, LIKELY)


def repeated(lines: Sequence[TextLine], found: Sequence[Match]) -> Iterator[Match]:
    """Words of names found on the page, wherever else they stand: a letter signed with the given name alone."""
    lists = gazetteer()
    known = {
        word
        for match in found
        if match.entity is EntityType.NAME and match.confidence >= 0.7
        for word in re.findall(r"[a-z]{4,}", folded(lines[match.line].text[match.start : match.end]))
        if not lists.is_word(word)
    }
    for number, line in enumerate(lines):
        for word in re.finditer(rf"(?<![^\W_])[{_UPPER}][^\W\d_]{{3,}}(?![^\W_])", line.text):
            if folded(word.group()) in known:
                yield Match(number, *word.span(), EntityType.NAME, LIKELY)
