"""`residual.text`: a second reader, of another make than the locator's, reads no personal data.

Tesseract reads the published picture in sparse mode, small pictures enlarged. Where the policy removes personal data, its lines
go through the same rules as the locator's; where it removes all text, any word that was read with confidence counts. Its words
in ordinary photographs (foliage, bricks, fences) are short and doubtful, and are dropped before anything is concluded. Where text
was filled it reads a second time, with every fill painted in the colour round it: beside a black bar Tesseract does not read the
digits that were left.

Reference: DETECTION.md section C (Tesseract as the second reader).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PIL import Image

from indelible.detect.entities import classify
from indelible.detect.lines import TextLine, Word
from indelible.exec.tesseract import ReadLine, ReadWord, read_lines
from indelible.model import Box, EntityType, Kind, Outcome, Reason, TextMode, TextRules
from indelible.model.geometry import covered_share
from indelible.verify import samples
from indelible.verify.checks import Observation, leak_check
from indelible.verify.residual import hits_left, residual_observation
from indelible.verify.subject import Subject

#: Pictures with fewer pixels are enlarged twofold before they are read.
SMALL_PIXELS = 1_000_000
#: A word counts from this confidence and length on; short words need more confidence.
_SURE, _LONG = 0.60, 4
_VERY_SURE, _SHORT = 0.85, 3
#: Words under this confidence are not read into a line at all.
_READABLE = 0.40
_DISTINCT = 3
#: What is filled where text stands; a region that was only found in the picture has no kind of its own.
_BESIDE_TEXT = frozenset({Kind.TEXT, Kind.CUSTOM})
#: How far round a filled region its surroundings are looked at.
_BESIDE_PX = 4
#: Seconds to read a picture: a floor, and more for each million pixels as read.
_FLOOR_S, _PER_MEGAPIXEL_S = 30.0, 10.0

_LINES = ("Card 4111 1111 1111 1111", "mail erika.muster@example.com")
_SIZE = (420, 100)


def _leaking() -> Subject:
    return samples.subject(samples.encoded(samples.page(_LINES, size=_SIZE, text_px=22)))


def _clean() -> Subject:
    image = samples.page(_LINES, size=_SIZE, text_px=22)
    boxes = (Box(14, 14, 392, 34), Box(14, 49, 392, 34))
    for box in boxes:
        image.paste((0, 0, 0), box.corners)
    regions = [samples.region(box, kind=Kind.TEXT, name=f"r{number}") for number, box in enumerate(boxes, 1)]
    return samples.subject(samples.encoded(image), regions)


def _applies(subject: Subject) -> str | None:
    wanted = Kind.TEXT in subject.policy.kinds and subject.policy.text is not TextMode.NONE
    return None if wanted else "kind_not_in_policy"


@leak_check(
    "residual.text",
    family="residual",
    rules={"L422"},
    leaking=_leaking,
    clean=_clean,
    applies=_applies,
    order=71,
    by_frame=True,
)
def residual_text(subject: Subject) -> Observation:
    """No text that the policy removes is left outside the filled regions."""
    if subject.picture is None:
        return Observation(outcome=Outcome.INCONCLUSIVE, why=Reason.UNKNOWN_STRUCTURE.value)
    image, filled = subject.picture.image, [region.region.box for region in subject.regions]
    pictures = [image]
    if any(region.kind in _BESIDE_TEXT for region in subject.regions):
        pictures.append(papered(image, filled))
    hits: list[Box] = []
    # neither reading sees all that the other sees: the layout that Tesseract makes out changes with the bars
    for picture in pictures:
        seen = [tuple(word for word in line if covered_share(word.box, filled) < 0.5) for line in read(picture)]
        everything = subject.policy.text is TextMode.ALL
        found = sure_words(seen) if everything else personal_data(seen, subject.policy.text_rules)
        hits += [box for box in found if not any(box.intersection(other) for other in hits)]
    return residual_observation("L422", "residual.text", hits_left(subject, hits))


def papered(image: Image.Image, boxes: Iterable[Box]) -> Image.Image:
    """A copy with each box in the colour that is most common round it; what hits in there is not asked for anyway."""
    copy = image.copy()
    for box in boxes:
        round_it = box.grown(_BESIDE_PX, _BESIDE_PX, image.width, image.height)
        pixels = np.asarray(image.crop(round_it.corners))
        beside = np.ones(pixels.shape[:2], bool)
        beside[box.y - round_it.y : box.bottom - round_it.y, box.x - round_it.x : box.right - round_it.x] = False
        if beside.any():
            colour = np.median(pixels[beside], axis=0).astype(int)
            copy.paste(tuple(colour.tolist()) if colour.ndim else int(colour), box.corners)
    return copy


def read(image: Image.Image) -> tuple[ReadLine, ...]:
    """What Tesseract reads, enlarged if the picture is small."""
    pixels = image.width * image.height
    scale = 2.0 if pixels < SMALL_PIXELS else 1.0
    return read_lines(image, scale=scale, timeout_s=_FLOOR_S + _PER_MEGAPIXEL_S * pixels * scale**2 / 1e6)


def sure_words(lines: list[ReadLine]) -> list[Box]:
    """The boxes of the words that were read with confidence."""
    return [word.box for line in lines for word in line if _is_sure(word)]


def personal_data(lines: list[ReadLine], rules: TextRules | None = None) -> list[Box]:
    """The boxes of what the rules take for personal data, where at least one of its words was read with confidence."""
    readable = [tuple(word for word in line if word.confidence >= _READABLE) for line in lines]
    kept = [line for line in readable if line]
    spans = classify([_text_line(line) for line in kept], rules)
    return [
        span.box
        for span in spans
        if (span.entity is not EntityType.OTHER or span.custom)
        and any(_is_sure(word) and word.box.intersection(span.box) is not None for word in kept[span.line])
    ]


def _is_sure(word: ReadWord) -> bool:
    letters = [character for character in word.text if character.isalnum()]
    if len(set(letters)) < _DISTINCT and not any(character.isdigit() for character in letters):
        return False  # "iii", "eee": fences and foliage
    return (word.confidence >= _SURE and len(letters) >= _LONG) or (
        word.confidence >= _VERY_SURE and len(letters) >= _SHORT
    )


def _text_line(words: ReadLine) -> TextLine:
    left, top = min(word.box.x for word in words), min(word.box.y for word in words)
    right, bottom = max(word.box.right for word in words), max(word.box.bottom for word in words)
    return TextLine(
        text=" ".join(word.text for word in words),
        box=Box(left, top, right - left, bottom - top),
        words=tuple(Word(text=word.text, box=word.box) for word in words),
        score=sum(word.confidence for word in words) / len(words),
    )
