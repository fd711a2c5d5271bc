"""Personal names in running text and on cards: by title, by a given name that many people bear, by the e-mail address.

No list holds every name. A list of given names finds the common ones; labels, identity pages and address blocks find others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from indelible.detect.lines import TextLine, folded
from indelible.model import EntityType

Match = tuple[int, int, int, EntityType]

_NAME_WORD = r"[A-ZÀ-Ž](?:[A-Za-zÀ-ž'’-]+|\.|(?![A-Za-zÀ-ž0-9]))"
_AFTER_TITLE = re.compile(
    r"(?<!\w)(?:Mrs?|Ms|Miss|Mx|Dr|Prof|Sir|Dame|Herrn?|Frau|Monsieur|Madame|Mme|Mlle|Sr|Sra|Srta|Señora?|Don|Doña|Sig|Sig\.ra|Dott|Pan|Pani|MR|MRS|MS|DR|Encik|Puan|Cik|Tuan)"
    rf"\b\.?:?\s+((?:{_NAME_WORD}[\s.]*){{1,4}})"
)
_SIGN_OFF = re.compile(
    r"(?:yours (?:sincerely|faithfully|truly)|(?:kind|best|warm) regards|sincerely|mit freundlichen gru\w+|cordialement|atentamente|saludos)\W*$"
)
_CAPITALISED = re.compile(rf"{_NAME_WORD}(?:[ .]\s?{_NAME_WORD}){{1,3}}")
_GREETING = re.compile(
    r"(?:^|\W)(?:[Dd]ear|[Hh]i|[Hh]ello|[Ll]iebe[r]?|[Cc]her|[Cc]h[eè]re|[Qq]uerid[oa]|[Gg]entile|[Cc]aro|[Cc]ara)\s+"
    rf"(?!Sir|Madam|All|Team|Customer)((?:{_NAME_WORD}\s?){{1,3}})"
)
_COMPANY = re.compile(
    r"(?<![a-z])(?:sdn|bhd|ltd|limited|inc|llc|gmbh|ag|kg|sarl|sas|sa|bv|nv|plc|corp|company|store|shop|restaurant|restoran|hotel|mart|market"
    r"|trading|enterprise|hardware|stationery|bank|university|school|hospital|clinic|street|road|avenue|invoice|receipt|total|tax"
    r"|cash|thank|party|island|hall|center|centre|prize|award|day|school)(?![a-z])"
)

# Common given names of several cultures, folded. Words that are mostly something else (mark, may, will, rose, grace, art, bill,
# guy, hope, joy, max, sky, summer, april, august) are left out.
GIVEN_NAMES = frozenset(
    "aaron abdul abdullah abigail adam adrian agnes agnieszka ahmad ahmed aisha alan albert alejandro alessandro alex alexander "
    "alexandra alexei alfred ali alice alicia alison amanda amelie amina amir amy ana anastasia andre andrea andreas andrei "
    "andrew andrzej angela angelika anita anja ann anna anne annette anthony antoine anton antonio arthur astrid aurelie aysha "
    "barbara beatrice ben benjamin bernard bernd birgit bjorn bogdan boris brandon brian bruno bryan camille carla carlos carmen "
    "carol carolina caroline catherine cecilia celine charles charlotte chloe chris christian christina christine christoph "
    "christophe christopher claire clara claudia claudio clement colin connor craig cristina cynthia dagmar daniel daniela danielle "
    "david deborah denise dennis derek diana diego dieter dimitri dirk dmitri dominic dominik donald donna dorothy douglas dylan "
    "edith eduardo edward ekaterina elena eleonora elisa elisabeth elizabeth ella ellen emil emilia emilie emily emma enrique eric "
    "erica erik erika ernst ester esther ethan eugene eva evelyn fabian fabien fatima federica federico felipe felix ferdinand "
    "fernando filip fiona florian frances francesca francesco francisco francois frank franz frederic frederick friedrich gabriel "
    "gabriela gareth gary georg george gerald gerard gerhard gertrud giacomo gianluca giorgio giovanni giulia giuseppe gloria "
    "gonzalo gordon graham greg gregory guido guillaume gustav hannah hans harald harold harry hassan heather heike heinrich "
    "heinz helen helena helga helmut henri henrik henry herbert hermann holger howard hugo ian ibrahim ignacio ines ingrid irene "
    "iris isabel isabella isabelle ismail ivan jack jacob jacqueline jacques jaime jakob jakub james jamie jan jana jane janet "
    "janina jason javier jean jeff jeffrey jennifer jens jeremy jerome jessica jessie jim joachim joan joana joanna joao johan "
    "johann johanna johannes john johnny jonas jonathan jorge jose josef joseph josephine joshua juan judith julia julian juliana "
    "julie julien juliette jurgen justin kamil karen karim karin karl karolina katarina katarzyna katherine kathleen kathrin katja "
    "katrin keith kelly kenneth kevin khalid kimberly klaus kristina kristian krzysztof kurt lars laura lauren laurent lea leah lena "
    "leo leon leonardo leonie leticia liam lidia linda lisa lorenzo lothar louis louise luca lucas lucia luciana lucy luigi luis "
    "luisa luka lukas luke lydia maciej madeleine magdalena malgorzata manfred manuel manuela marc marcel marcin marco marcos "
    "marcus margaret margarita maria marian mariana marianne marie marina mario marion marjorie markus marta martin martina mary "
    "massimo mateo mateusz mathias mathieu mathilde matteo matthew matthias matthieu maureen maurice maximilian megan mehmet melanie "
    "melissa michael michal michel michele michelle miguel mikhail milan mohamed mohammad mohammed mohd monica monika monique muhammad "
    "mustafa nadia nadine nancy natalia natalie nathalie nathan nicholas nicolas nicole nikolai nils nina noah nora norbert norman "
    "nuno oleg olga oliver olivia olivier omar oscar otto pablo paola paolo pascal patricia patrick paul paula paulina paulo pavel "
    "pedro peter petra philip philipp philippe phillip pierre pilar piotr rachel rafael raj rajesh ralf ralph ramon raquel raymond "
    "rebecca regina rekha renate rene ricardo riccardo richard rita robert roberta roberto roger roland rolf roman ronald rosa "
    "rosario roy rudolf russell ruth ryan sabine sabrina sally samantha samuel sandra sara sarah scott sean sebastian sergei sergio "
    "serge sharon sheila silvia simon simona simone siti sofia sonia sophia sophie stefan stefania stefano stella stephan stephane "
    "stephanie stephen steve steven stuart susan susana susanne suzanne sven svetlana sylvia sylvie tamara tanja tatiana teresa "
    "theodor theresa thomas thorsten tim timothy tina tobias tom tomas tomasz tony torsten ulrich ulrike ursula uwe valentina valerie "
    "vanessa vera veronica veronika victor victoria viktor vincent vincenzo virginia vladimir walter wei werner wilhelm william "
    "wolfgang xavier yannick yasmin ying yolanda youssef yuki yusuf yves zachary zoe zofia".split()
)  # fmt: skip


def names(lines: Sequence[TextLine], handles: Sequence[str]) -> Iterator[Match]:
    """Names in each line. ``handles`` are the e-mail addresses that stand on the same page."""
    parts = {
        part for handle in handles for part in re.split(r"[^a-z]+", folded(handle).split("@")[0]) if len(part) >= 4
    }
    closing: TextLine | None = None
    for number, line in enumerate(lines):
        text = line.text
        plain = folded(text)
        for pattern in (_AFTER_TITLE, _GREETING):
            for found in pattern.finditer(text):
                yield (number, *found.span(1), EntityType.NAME)
        short = 1 <= len(text.split()) <= 4 and text[:1].isupper() and not any(c.isdigit() for c in text)
        if short and closing is not None and _follows(closing, line):
            yield number, 0, len(text), EntityType.NAME
            closing = None
        if _SIGN_OFF.search(plain):
            closing = line
        yield from ((number, *span, EntityType.NAME) for span in _by_given_name(text))
        words = re.findall(r"[a-z]{3,}", plain)
        if len(words) <= 4 and "@" not in text and any(part in words for part in parts) and not _COMPANY.search(plain):
            yield number, 0, len(text), EntityType.NAME


def _follows(closing: TextLine, line: TextLine) -> bool:
    """Whether a line stands below another, within a few line heights and its width: readers list lines in any order."""
    own, other = closing.box, line.box
    return own.y < other.y <= own.bottom + 4 * own.height and other.x < own.right and other.right > own.x


def _by_given_name(text: str) -> Iterator[tuple[int, int]]:
    """Two to four capitalised words one of which, the first or the second, is a common given name."""
    for found in _CAPITALISED.finditer(text):
        words = re.split(r"[ .]+", found.group().strip(" ."))
        first = next((place for place, word in enumerate(words[:2]) if folded(word) in GIVEN_NAMES), None)
        if first is None or _COMPANY.search(folded(text[found.start() : found.end() + 12])):
            continue
        if len(words) - first >= 2 or first == 1:
            yield found.span()


def above_address(lines: Sequence[TextLine], block: set[int]) -> Iterator[Match]:
    """Who lives there: two to four words of letters right above the first line of an address, unless a company's."""
    for number in sorted(block):
        own = lines[number].box
        for other, line in enumerate(lines):
            box = line.box
            gap = own.y - box.bottom
            close = -0.5 * own.height <= gap <= 0.8 * own.height and box.y < own.y - own.height // 2
            aligned = min(abs(box.x - own.x), abs(box.x + box.right - own.x - own.right) // 2) <= 1.5 * own.height
            words = line.text.replace(".", " ").split()
            if (
                other not in block
                and close
                and aligned
                and box.height <= 1.5 * own.height
                and 2 <= len(words) <= 4
                and all(re.fullmatch(r"[A-ZÀ-Ž][a-zà-ž'’-]*", word) for word in words)
                and not _COMPANY.search(folded(line.text))
            ):
                yield other, 0, len(line.text), EntityType.NAME
