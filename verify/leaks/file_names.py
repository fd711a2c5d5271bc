"""file.name: what the name of a published file, and of the folder that it was named with, gives away (L150).

A camera's counter ties the file to its original, a date says when, a name says who. Patterns only: no list of names is
consulted, so a name in lower case is not noticed, and two unusual words with capitals may be taken for one.
"""

from __future__ import annotations

import re
import unicodedata

from indelible.model import Reason
from indelible.verify.checks import Observation, leak_check
from indelible.verify.containers.rules import finding
from indelible.verify.place import FilePlace
from indelible.verify.plants import clean_png
from indelible.verify.subject import Subject

_START, _END = r"(?:^|[^0-9A-Za-z])_?", r"(?![0-9])"
#: Names that cameras, telephones and screens give.
_COUNTERS = re.compile(
    _START
    + r"(?:(?:IMGP?|IMG_E|DSC[NF]?|MG|PICT|PXL|MVI|MVIMG|VID|MOV|CIMG|SAM|SDC|GOPR|DJI|PANO|HPIM|KIMG|WP|KIC|DCP|EPSN|BURST|"
    r"SAVE|FLIR|IR|VLC|SNAP)[-_ ]?\d{3,}|G[HXPL]\d{6}|P\d{7}|(?-i:[RLFS]\d{7})|1\d\d_\d{4}|WA\d{4}|"
    r"(?:Screen ?shot|Screen Recording|Bildschirmfoto|Captura|Capture d.?.cran|Schermata)[-_ ].*\d)" + _END,
    re.IGNORECASE,
)
_YEAR, _MONTH, _DAY = r"(?:19[5-9]\d|20\d\d)", r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_MONTHS = (
    r"(?:jan(?:uary|uar|vier)?|feb(?:ruary|ruar)?|f[eé]vrier|mar(?:ch|s)?|m[aä]rz|apr(?:il)?|avril|may|mai|june?|juni?|juin|"
    r"july?|juli|juillet|aug(?:ust)?|ao[uû]t|sept?(?:ember|embre)?|o[ck]t(?:ober|obre)?|nov(?:ember|embre)?|"
    r"de[cz](?:ember)?|d[eé]cembre)"
)
_DATES = re.compile(
    r"(?<![0-9A-Za-z])(?:"
    rf"{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[-_ T]?\d{{4,9}})?"
    rf"|{_YEAR}[-_. ]{_MONTH}[-_. ]{_DAY}(?:[-_ T]\d[\d.\-_ ]*)?"
    rf"|{_DAY}[-_. ]{_MONTH}[-_. ]{_YEAR}|{_MONTH}[-_. ]{_DAY}[-_. ]{_YEAR}"
    rf"|(?:{_DAY}[-_. ]*)?{_MONTHS}[-_. ]*(?:{_DAY}[-_., ]+)?{_YEAR}"
    r"|1[0-9]{12}|1[0-7][0-9]{8}"  # seconds or milliseconds since 1970, as messengers name files
    r")(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_TITLES = re.compile(r"(?<![A-Za-z])(?:Mrs?|Ms|Dr|Prof|Herr|Frau|Mme|Sra?|Sig)[-_. ]+[A-Z]\w+")
_POSSESSIVE = re.compile(r"(?<![A-Za-z])[A-Z]\w+['\u2019]s(?![A-Za-z])")
_MAIL = re.compile(r"[\w.+-]+(?:@|_at_)[\w-]+\.\w{2,}")
#: Digests, such as our own outputs are named by; their digits are nobody's date.
_DIGEST = re.compile(r"(?<![0-9A-Za-z])(?=[0-9]*[a-f])[0-9a-f]{12,64}(?![0-9A-Za-z])")
_WORD = re.compile(r"[^\W\d_]+")
#: Words that stand in names of pictures with a capital and are no one's.
_ORDINARY = frozenset(
    "image photo picture pic screen shot scan scanned copy copie kopie final draft new old page figure fig test sample "
    "press public published redacted output result results frame cover front back map chart plan report document file "
    "export untitled square circle triangle black white red green blue yellow purple orange pink grey gray brown dark light "
    "big small large left right top bottom first second third one two three full half part detail view close wide crop "
    "cropped edited edit version original source web print low high res resolution quality size scale group team family "
    "house street city town park garden river lake mountain beach sea sky tree flower dog cat bird horse car bus train "
    "plane boat bridge tower church school office room kitchen table desk window door wall floor night day morning evening "
    "spring summer autumn winter christmas easter birthday wedding party holiday trip tour visit event meeting conference "
    "logo icon banner header footer background texture pattern noise gradient the a an of and or for in on at to with from by "
    "no not my our your this that quarantined certificate profile portrait landscape desktop phone mobile camera".split()
)


def _subject(name: str) -> Subject:
    return Subject(published=clean_png(), format="png", extension=".png", place=FilePlace(name=name))


def _leaking() -> Subject:
    return _subject("IMG_4711.png")


def _clean() -> Subject:
    return _subject("indelible-0f3c2ab1c9de.png")


def _placed(subject: Subject) -> str | None:
    return None if subject.place is not None else "no_name"


@leak_check("file.name", family="metadata", rules={"L150"}, leaking=_leaking, clean=_clean, applies=_placed, order=11)
def name(subject: Subject) -> Observation:
    """Hold the names of file and folder against patterns of counters, dates and names, and against the source's."""
    place = subject.place
    assert place is not None
    findings = []
    if place.stem_of_original or tells(place.name.rpartition(".")[0] or place.name):
        findings.append(finding("L150", "file.name"))
    if place.folder and tells(place.folder):
        findings.append(finding("L150", "file.directory"))
    return Observation(findings=tuple(findings), why=Reason.NAME_PII.value if findings else None)


def tells(untrusted: str) -> bool:
    """Whether a name names a shot, a day or a person."""
    text = _DIGEST.sub(" ", unicodedata.normalize("NFKC", untrusted)[:255])
    if any(pattern.search(text) for pattern in (_COUNTERS, _DATES, _TITLES, _POSSESSIVE, _MAIL)):
        return True
    return _names_somebody(text)


def _names_somebody(text: str) -> bool:
    """Whether two words with capitals stand beside each other, neither of them an ordinary one."""
    parts = re.sub(r"(?<=[^\W\d_A-Z])(?=[A-Z][a-z])", " ", text)  # AnnaEriksson
    last = -9
    for match in _WORD.finditer(parts):
        word = match.group()
        capital = len(word) > 1 and word[0].isupper() and word[1:].islower() and word.casefold() not in _ORDINARY
        if capital and match.start() - last <= 2:
            return True
        last = match.end() if capital else -9
    return False
