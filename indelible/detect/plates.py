"""Number plates: what the text says, and what a small network sees, weighed against each other.

A text in a format that some country issues counts for much, a mixture of letters and digits for less, capitals alone for little; a
page where many lines have the same height counts against it. The network supports or replaces the text: what it is sure of is a
plate, even if nobody can read it. Detector boxes hold the rim and the holder; the policy's margin comes on top.

Reference: DETECTION.md section B (the rules on text), training/README.md (the network).
"""

from __future__ import annotations

from collections.abc import Iterable
from math import exp

from indelible.detect.plate_candidates import Candidate, candidates
from indelible.detect.plate_net import Sight, sights
from indelible.detect.registry import detector
from indelible.detect.scene import Scene
from indelible.model import Box, Detection, Kind, Mode, NotExamined, Policy

NAME = "plate.text_and_net"
#: Pictures beyond this are shrunk so far for the network that small unreadable plates vanish.
SMALL_LOST_PIXELS = 16_000_000
#: Least score that is returned.
CUTS = {Mode.RECALL: 0.5, Mode.BALANCED: 0.7}
#: Seen by the network alone: at least so sure. With a text, its word counts from the second number on.
_ALONE, _SUPPORT = 0.80, 0.05
#: Logit: start, for the text's likeness, for the network's chance, and the most that peers on a page take away.
_START, _TEXT, _NET, _PAGE = -3.0, 4.0, 4.0, 4.0
_PAGE_PEERS = 12
_MOST_PLATES = 200
_WIDE, _HIGH = 0.04, 0.16


@detector(NAME, finds={Kind.PLATE}, version=1)
def find_plates(scene: Scene, policy: Policy) -> tuple[Detection | NotExamined, ...]:
    """Every plate that is read, seen, or both."""
    seen = sights(scene.image, _SUPPORT)
    scored = weighed(candidates(scene.lines), seen, (scene.width, scene.height))
    kept = _merged((box, score) for box, score in scored if score >= CUTS[policy.mode])
    results: list[Detection | NotExamined] = [
        Detection(kind=Kind.PLATE, box=box, score=round(score, 4), detector=NAME) for box, score in kept[:_MOST_PLATES]
    ]
    if len(kept) > _MOST_PLATES:
        results.append(NotExamined(kind=Kind.PLATE, reason="too_many"))
    elif scene.width * scene.height > SMALL_LOST_PIXELS:
        results.append(NotExamined(kind=Kind.PLATE, reason="small_subjects"))
    return tuple(results)


def weighed(texts: Iterable[Candidate], seen: Iterable[Sight], size: tuple[int, int]) -> list[tuple[Box, float]]:
    """Boxes of whole plates and their scores, 0.0 to 1.0, in no order."""
    seen = tuple(seen)
    result = []
    for text in texts:
        sight = max((item for item in seen if _belongs(text, item.box)), key=lambda item: item.chance, default=None)
        page = min(1.0, text.peers / _PAGE_PEERS) ** 2
        chance = 0.0 if sight is None else sight.chance
        score = _logistic(_START + _TEXT * text.likeness + _NET * chance - _PAGE * page)
        box = text.box.grown(round(_WIDE * text.box.width), round(_HIGH * text.height), *size)
        if sight is not None and chance >= 0.3:
            box = _union(box, sight.box)
        result.append((box, score))
    for sight in seen:
        if sight.chance >= _ALONE:
            # 0.80 alone scores 0.5, 0.98 about 0.9
            odds = sight.chance / (1 - min(sight.chance, 0.9999))
            result.append((sight.box, odds / (odds + _ALONE / (1 - _ALONE))))
    return result


def _belongs(text: Candidate, box: Box) -> bool:
    """Whether the network's box is the plate around the text: the text inside it, and not much smaller."""
    common = text.box.intersection(box)
    return common is not None and common.area >= 0.6 * text.box.area and common.area >= 0.2 * box.area


def _merged(scored: Iterable[tuple[Box, float]]) -> list[tuple[Box, float]]:
    """Boxes that hold each other for the most part become one, with the better score; best first."""
    kept: list[tuple[Box, float]] = []
    for box, score in sorted(scored, key=lambda item: (-item[1], item[0])):
        for number, (other, best) in enumerate(kept):
            common = box.intersection(other)
            if common is not None and common.area >= 0.5 * min(box.area, other.area):
                if box.area <= 2.5 * other.area:
                    kept[number] = (_union(box, other), best)
                break
        else:
            kept.append((box, score))
    return kept


def _union(one: Box, other: Box) -> Box:
    x, y = min(one.x, other.x), min(one.y, other.y)
    return Box(x, y, max(one.right, other.right) - x, max(one.bottom, other.bottom) - y)


def _logistic(value: float) -> float:
    return 1 / (1 + exp(-value))
