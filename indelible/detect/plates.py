"""Number plates: what the text says, and what a small network sees, weighed against each other.

A text in a format that some country issues counts for much, a mixture of letters and digits for less, capitals alone for little; a
page where many lines have the same height counts against it. The network supports or replaces the text: what it is sure of is a
plate, even if nobody can read it. Detector boxes hold the rim and the holder; the policy's margin comes on top.

Reference: DETECTION.md section B (the rules on text), training/README.md (the network).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from indelible.detect.lines import TextLine
from indelible.detect.plate_bars import beside_bars, is_bars
from indelible.detect.plate_candidates import Candidate, candidates
from indelible.detect.plate_net import Sight, sights
from indelible.detect.plate_patterns import compact
from indelible.detect.registry import detector
from indelible.detect.scene import Scene
from indelible.model import Box, Detection, Kind, Mode, NotExamined, Policy

NAME = "plate.text_and_net"
#: Pictures beyond this are shrunk so far for the network that small unreadable plates vanish.
SMALL_LOST_PIXELS = 16_000_000
#: Least score that is returned.
CUTS = {Mode.RECALL: 0.5, Mode.BALANCED: 0.7}
LEAST = min(CUTS.values())
#: With a text, the network's word counts from this chance on.
_SUPPORT = 0.15
#: Seen by the network alone: the chance that scores 0.5. A plate of some size and contrast would have been read, so one that was not
#: read is believed more easily if it is faint (grey values' deviation) or small (pixels high).
_FAINT, _FAINT_NEEDS = 12.0, 0.84
_SMALL, _SMALL_NEEDS = 16, 0.95
_CLEAR_NEEDS = 0.985
#: Or if it is out of focus or smeared: the steepest step between neighbours over the deviation, and the pixels high between which that tells.
_SOFT, _SOFT_HIGH, _SOFT_NEEDS = 0.5, (16, 120), 0.78
#: Or where the reader saw text too, too small to be read: pixels of a row; width over height from which a plate has one row.
_AGREED_NEEDS, _AGREED_HIGH, _TWO_ROWS = 0.8, 20, 1.9
_ASPECT = (1.15, 6.5)
#: Capitals alone are a word on a sign far more often than a plate with a chosen word: the network has to be sure.
_WORD, _WORD_NEEDS = 0.1, 0.95
#: Logit: start, for the text's likeness, for the network's chance, and the most that peers on a page take away.
_START, _TEXT, _NET, _PAGE = -3.0, 4.0, 4.0, 4.0
_PAGE_PEERS = 12
#: So many lines read with confidence, of whatever height, are a page too: what stands on it is the business of the search for text.
_PAGE_LINES = 30
_MOST_PLATES = 200
_READ = 0.75  # the reader is this sure of a line
_WIDE, _HIGH = 0.04, 0.16


@detector(NAME, finds={Kind.PLATE}, version=2)
def find_plates(scene: Scene, policy: Policy) -> tuple[Detection | NotExamined, ...]:
    """Every plate that is read, seen, or both."""
    seen = sights(scene.image, _SUPPORT)
    scored = weighed(scene.lines, seen, np.asarray(scene.image.convert("L")))
    kept = _merged((box, score) for box, score in scored if score >= CUTS[policy.mode])
    results: list[Detection | NotExamined] = [
        Detection(kind=Kind.PLATE, box=box, score=round(score, 4), detector=NAME) for box, score in kept[:_MOST_PLATES]
    ]
    if len(kept) > _MOST_PLATES:
        results.append(NotExamined(kind=Kind.PLATE, reason="too_many"))
    elif scene.width * scene.height > SMALL_LOST_PIXELS:
        results.append(NotExamined(kind=Kind.PLATE, reason="small_subjects"))
    return tuple(results)


def weighed(lines: Sequence[TextLine], seen: Sequence[Sight], grey: NDArray[np.uint8]) -> list[tuple[Box, float]]:
    """Boxes of whole plates and their scores, 0.0 to 1.0, in no order. ``grey``: the picture, ``(height, width)``."""
    result = []
    size = (grey.shape[1], grey.shape[0])
    print_lines = sum(line.score >= _READ and len(compact(line.text)) >= 3 for line in lines)
    for text in candidates(lines):
        sight = max((item for item in seen if _belongs(text, item.box)), key=lambda item: item.chance, default=None)
        page = min(1.0, max(text.peers / _PAGE_PEERS, print_lines / _PAGE_LINES)) ** 2
        chance = 0.0 if sight is None else sight.chance
        if text.likeness <= _WORD:
            score = _against(chance, _WORD_NEEDS)
        else:
            score = _logistic(_START + _TEXT * text.likeness + _NET * chance - _PAGE * page)
        if text.digits and score >= LEAST and beside_bars(grey, text.box):
            continue
        box = text.box.grown(round(_WIDE * text.box.width), round(_HIGH * text.height), *size)
        if sight is not None and chance >= 0.3:
            box = _union(box, sight.box)
        result.append((box, score))
    read = [line.box for line in lines if line.score >= _READ and len(compact(line.text)) >= 3]
    unread = [line.box for line in lines if line.score < _READ]
    for sight in seen:
        score = _alone(sight, read, unread, grey)
        if score > 0 and not (score >= LEAST and is_bars(grey, sight.box)):
            result.append((sight.box, score))
    return result


def _alone(sight: Sight, read: Sequence[Box], unread: Sequence[Box], grey: NDArray[np.uint8]) -> float:
    """Score of what only the network saw; nothing where the reader read something else.

    ``unread``: where the reader found text that it could not read with confidence. That agrees with the network.
    """
    box = sight.box
    if sight.chance < min(_AGREED_NEEDS, _SOFT_NEEDS) or not _ASPECT[0] <= box.width / box.height <= _ASPECT[1]:
        return 0.0
    for line in read:
        common = box.intersection(line)
        if common is not None and common.area >= 0.25 * min(box.area, line.area):
            return 0.0
    needs = _FAINT_NEEDS if sight.contrast < _FAINT else _SMALL_NEEDS if box.height < _SMALL else _CLEAR_NEEDS
    rows = 2 if box.width < _TWO_ROWS * box.height else 1
    if box.height < rows * _AGREED_HIGH and any(_like(box, line) for line in unread):
        needs = min(needs, _AGREED_NEEDS)
    if _SOFT_HIGH[0] <= box.height <= _SOFT_HIGH[1] and needs > _SOFT_NEEDS and _steepness(grey, box) < _SOFT:
        needs = _SOFT_NEEDS
    return _against(sight.chance, needs)


def _steepness(grey: NDArray[np.uint8], box: Box) -> float:
    """The steepest steps from one pixel to the next along the rows of a box, in its standard deviations: 1 and more where it is sharp."""
    part = grey[box.y : box.bottom, box.x : box.right].astype(np.float32)
    if part.shape[1] < 2:
        return 1.0
    return float(np.percentile(np.abs(np.diff(part, axis=1)), 98) / max(1.0, float(part.std())))


def _like(one: Box, other: Box) -> bool:
    common = one.intersection(other)
    return common is not None and common.area >= 0.4 * (one.area + other.area - common.area)


def _belongs(text: Candidate, box: Box) -> bool:
    """Whether the network's box is the plate around the text: the text inside it, and not much smaller."""
    common = text.box.intersection(box)
    return common is not None and common.area >= 0.6 * text.box.area and common.area >= 0.2 * box.area


def _merged(scored: Iterable[tuple[Box, float]]) -> list[tuple[Box, float]]:
    """Boxes of like size that overlap become one, with the better score; small ones inside larger ones go. Best first."""
    kept: list[tuple[Box, float]] = []
    for box, score in sorted(scored, key=lambda item: (-item[1], item[0])):
        for number, (other, best) in enumerate(kept):
            common = box.intersection(other)
            if common is not None and common.area >= 0.5 * min(box.area, other.area) and box.area <= 2.5 * other.area:
                if other.area <= 2.5 * box.area:
                    kept[number] = (_union(box, other), best)
                break
        else:
            kept.append((box, score))
    inner = {
        one for one, _ in kept for two, _ in kept if one != two and _share(one, two) >= 0.8 and one.area < two.area
    }
    return [item for item in kept if item[0] not in inner]


def _share(one: Box, other: Box) -> float:
    common = one.intersection(other)
    return 0.0 if common is None else common.area / one.area


def _union(one: Box, other: Box) -> Box:
    x, y = min(one.x, other.x), min(one.y, other.y)
    return Box(x, y, max(one.right, other.right) - x, max(one.bottom, other.bottom) - y)


def _against(chance: float, needs: float) -> float:
    """The chance, moved so that ``needs`` becomes 0.5."""
    chance = min(0.9999, max(0.0001, chance))
    return _logistic(log(chance / (1 - chance)) - log(needs / (1 - needs)))


def _logistic(value: float) -> float:
    return 1 / (1 + exp(-value))
