"""Names that stand alone in large letters or one below the other: badges, business cards, a chat's senders, lists on a board.

Nothing around such a name says that it is one. What speaks for it is its place: it is the largest line of few, or it stands over
or under a given name, or among other names of the same size.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from indelible.detect.entity_gazetteer import gazetteer
from indelible.detect.entity_match import LIKELY, WEAK, Match
from indelible.detect.entity_names import could_be_name, kind_of
from indelible.detect.lines import TextLine, folded
from indelible.model import EntityType

#: Lines on a badge; on a card.
_BADGE_LINES, _CARD_LINES = 10, 16
#: Of two lines of one name, the smaller one's height over the larger one's, and the gap between them in heights of the larger.
_ALIKE, _GAP = 0.33, 0.9
_LIST = 2  # given names of about one height that make a list


def on_badges_and_cards(lines: Sequence[TextLine], handles: int) -> Iterator[Match]:
    """The large line of a card or badge: few lines, one taller than the rest, whose words may be a name but are no ordinary words.

    ``handles``: how many e-mail addresses and telephone numbers the page shows; a business card shows at least one.
    """
    if not 2 <= len(lines) <= _CARD_LINES:
        return
    heights = sorted(line.box.height for line in lines)
    middle = heights[len(heights) // 2]
    for number, line in enumerate(lines):
        large = line.box.height >= 1.25 * middle and line.box.height >= 0.75 * heights[-1]
        if large and could_be_name(line.text):
            lists = gazetteer()
            words = [folded(word) for word in re.split(r"[\s.]+", line.text) if word]
            known = any(word in lists.given or word in lists.surnames for word in words)
            # a heading in capitals often holds a word that is somebody's name: "SUMMER SALE"
            if line.text.isupper() and any(kind_of(word) in ("doubtful", "word") for word in words):
                continue
            if known or handles:
                yield Match(number, 0, len(line.text), EntityType.NAME, LIKELY if known else 0.5)


def stacked(lines: Sequence[TextLine]) -> Iterator[Match]:
    """A given name and a surname on two lines, the larger one among the largest of few lines: a badge."""
    if not 2 <= len(lines) <= _BADGE_LINES:
        return
    lists = gazetteer()
    heights = [line.box.height for line in lines]
    words = [_single(line.text) for line in lines]
    for one, upper in enumerate(lines):
        for two, lower in enumerate(lines):
            if one == two or not words[one] or not words[two] or not _stacked(upper, lower):
                continue
            large = max(upper.box.height, lower.box.height)
            rest = sorted(height for number, height in enumerate(heights) if number not in (one, two))
            if large < 0.7 * max(heights) or (rest and large < 1.2 * rest[len(rest) // 2]):
                continue
            kinds = {kind_of(words[one]), kind_of(words[two])}
            given = any(lists.is_given(word) for word in (words[one], words[two]))
            listed = "surname" in kinds and any(word in lists.given for word in (words[one], words[two]))
            other_is_word = kinds == {"given", "word"} and not any(
                word in lists.surnames for word in (words[one], words[two]) if kind_of(word) == "word"
            )
            if (given or listed) and not other_is_word:
                yield Match(one, 0, len(upper.text), EntityType.NAME, LIKELY)
                yield Match(two, 0, len(lower.text), EntityType.NAME, LIKELY)


def _single(text: str) -> str:
    """The word of a line that is one capitalised word, particles aside, folded; empty for other lines."""
    found = re.fullmatch(
        r"(?:(?:de|van|von|der|den|di|da|le|la|el|al|ter|zu|dos|do)\s+){0,2}([^\W\d_]+(?:['’-][^\W\d_]+)*)\.?",
        text.strip(),
        re.IGNORECASE,
    )
    word = found.group(1) if found else ""
    return folded(word) if len(word) >= 3 and word[0].isupper() else ""


def _stacked(upper: TextLine, lower: TextLine) -> bool:
    """Whether one line stands right under the other, flush left or centred, and is of a comparable size."""
    a, b = upper.box, lower.box
    low, high = sorted((a.height, b.height))
    gap = b.y - a.bottom
    flush = min(abs(a.x - b.x), abs(a.x + a.right - b.x - b.right) / 2)
    return low >= _ALIKE * high and -0.4 * high <= gap <= _GAP * high and flush <= 0.8 * high and b.y > a.y


def _given(word: str) -> bool:
    """Whether one capitalised word is a given name, joined ones too, and no place of the world."""
    lists = gazetteer()
    plain = folded(word)
    parts = plain.split("-")
    return (
        len(plain) >= 3
        and word[0].isupper()
        and (not word.isupper() or len(plain) > 3)
        and all(part.isalpha() and lists.is_given(part) for part in parts)
        and plain not in lists.world
    )


def alone(lines: Sequence[TextLine]) -> Iterator[Match]:
    """Lines that are one given name and nothing else: a chat's sender, a name tag; less known ones in a list of such lines."""
    lists = gazetteer()
    held: list[tuple[int, bool]] = []
    for number, line in enumerate(lines):
        # a bullet, or the initial of a surname, may stand beside it
        text = re.sub(r"^[-*•·–]\s*|\s+[^\W\d_]\.?$", "", line.text.strip(" .,:;!-"))
        word, *more = re.split(r"\s+", text)
        if len(more) == 1 and _given(word) and more[0].islower() and kind_of(folded(more[0])) in ("unknown", "surname"):
            # the reader loses the capital of a surname whose first letter it does not know
            yield Match(number, 0, len(line.text), EntityType.NAME, WEAK)
        if not more and _given(word):
            plain = folded(word)
            held.append((number, plain in lists.known and len(plain) >= 4 and not word.isupper()))
    heights = sorted(lines[number].box.height for number, _ in held)
    for number, sure in held:
        height = lines[number].box.height
        peers = bisect_right(heights, 1.4 * height) - bisect_left(heights, 0.7 * height)  # itself among them
        if sure or (peers >= _LIST and not lines[number].text.isupper()):
            yield Match(number, 0, len(lines[number].text), EntityType.NAME, WEAK)
