"""Signatures, initials and handwriting on pages: ink that a pen left, told from print by its strokes and by its place.

Four reasons, strongest first: strokes far taller or wider than the print; ink or a line of script in the place that a label
names; a few letters in the corner of a page, where pages are initialled; strokes that are only somewhat taller than the print.
On a passport the ground is full of fine lines, so there only the places count, and script larger than the fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indelible.detect.ink_groups import Group, groups_of
from indelible.detect.lines import TextLine
from indelible.detect.registry import detector
from indelible.detect.scene import Scene
from indelible.detect.signature_page import CONFIDENT, Page, page_of
from indelible.detect.signature_words import labels, machine_readable
from indelible.model import Box, Detection, Kind, Mode, Policy

NAME = "signature.strokes"
#: Scores: what the reasons are worth. Balanced mode leaves out what is below its cut.
CERTAIN, LABELLED, PLACED, CORNER, TALL = 0.9, 0.85, 0.7, 0.6, 0.4
BALANCED_CUT = 0.5
#: Lines on a page beyond which it is a flood, and not looked at line by line.
MAX_LINES = 3_000

_PAD = 1.0  # text heights around the ink: dots, faint ends and what the binarising lost


@detector(NAME, finds={Kind.SIGNATURE}, version=1)
def find_signatures(scene: Scene, policy: Policy) -> tuple[Detection, ...]:
    """What a pen wrote on a page. Pictures without a page have none."""
    lines = scene.lines[:MAX_LINES]
    page = page_of(scene.image, lines)
    if page is None:
        return ()
    least = BALANCED_CUT if policy.mode is Mode.BALANCED else 0.0
    found = [(box, score) for box, score in _candidates(page, lines, scene.width, scene.height) if score >= least]
    return tuple(
        Detection(kind=Kind.SIGNATURE, box=box, score=score, detector=NAME) for box, score in sorted(_joined(found))
    )


def _candidates(page: Page, lines: Sequence[TextLine], width: int, height: int) -> Iterator[tuple[Box, float]]:
    """Padded boxes in upright pixels, and their scores."""
    unit = page.text_px / page.scale
    zone = machine_readable(lines)
    places = _places(lines, unit, width, height) if page.words else ()
    groups = groups_of(page.pen, page.text_px)
    for group in groups:
        if not _by_pen(group):
            continue
        box = _upright(group, page, width, height)
        labelled = any(_inside(box, place) >= 0.5 for place in places)
        score = _worth(group, labelled, _cornered(box, width, height))
        if score and (labelled or not zone) and page.on_paper(group.left, group.top, group.right, group.bottom):
            yield _padded(box, unit, width, height), score
    named = labels(lines)
    for line in lines if page.words else ():
        score = _line_worth(line, named, unit, bool(zone), height)
        if score:
            yield _padded(line.box, 0.5 * unit, width, height), score


def _by_pen(group: Group) -> bool:
    """Thin strokes for their size, mostly slanted, in a box that is mostly empty; not the rim of a stamp."""
    return (
        group.stroke <= min(0.5, max(0.32, 0.09 * group.reach))
        and group.thickest <= min(0.9, max(0.6, 0.2 * group.reach))
        and (group.ring <= 0.8 or group.reach < 4.0)
        and group.oblique >= 0.38
        and group.density <= 0.36
        and group.path >= 0.65 * group.reach
    )


def _worth(group: Group, labelled: bool, cornered: bool) -> float:
    if group.parts > 10 and group.reach < min(3.0, 0.6 * group.height) and group.spread < 4.0:
        return 0.0  # many small strokes in a heap: a stamp, a seal, print that nobody could read
    if group.reach >= 2.2 or (group.spread >= 4.0 and group.reach >= 1.2 and group.path >= 4.0):
        return CERTAIN
    if labelled and group.reach >= 0.9:
        return LABELLED
    if cornered and group.reach >= 0.85 and group.path >= 1.0 and group.parts <= 6:
        return CORNER
    if group.reach >= 1.6 and group.parts <= 8 and group.path >= 1.6:
        return TALL
    return 0.0


def _places(lines: Sequence[TextLine], unit: float, width: int, height: int) -> tuple[Box, ...]:
    """Where the labels say that one signs: beside, below, and above the label."""
    found = []
    for line in labels(lines):
        box, tall = line.box, min(line.box.width, line.box.height)
        sides = (
            box.x - 2 * unit,
            box.y - 4.5 * tall,
            max(box.right, box.x + 14 * tall) + 2 * unit,
            box.bottom + 5 * tall,
        )
        place = Box.from_corners(*sides, width, height)
        if place is not None:
            found.append(place)
    return tuple(found)


def _cornered(box: Box, width: int, height: int) -> bool:
    """Whether a box stands where pages are initialled: the foot of the page off its middle, or low on the outer edge."""
    across, down = (box.x + box.right) / 2 / width, (box.y + box.bottom) / 2 / height
    return (down > 0.88 and (across > 0.55 or across < 0.25)) or (down > 0.7 and across > 0.78)


def _line_worth(line: TextLine, named: Sequence[TextLine], unit: float, passport: bool, page_height: int) -> float:
    """What the reader took for a line of text although it is script: by its place, its size, and how badly it was read.

    ``named`` are the labels. Script has small letters and no digits; passports print their own fields in capitals.
    """
    letters = sum(map(str.isalpha, line.text))
    if letters < 3 or line.text.isupper() or any(map(str.isdigit, line.text)) or line in named:
        return 0.0
    box, size = line.box, min(line.box.width, line.box.height)
    if (passport or size >= 1.3 * unit or line.score < CONFIDENT) and any(_under(box, label.box) for label in named):
        return LABELLED
    lower = box.y + box.height / 2 > 0.3 * page_height
    if passport and lower and size >= 1.6 * unit and len(line.text.split()) <= 3:
        return PLACED
    return 0.0


def _under(box: Box, label: Box) -> bool:
    """Whether a line stands right under a label, by less than two and a half of its heights, and begins in its reach."""
    below = -0.3 * label.height <= box.y - label.bottom <= 2.5 * label.height
    return below and box.x < label.right and box.right > label.x and box.height <= 5 * label.height


def _upright(group: Group, page: Page, width: int, height: int) -> Box:
    scale = page.scale
    box = Box.from_corners(
        group.left / scale, group.top / scale, group.right / scale, group.bottom / scale, width, height
    )
    return box or Box(0, 0, width, height)


def _padded(box: Box, pad: float, width: int, height: int) -> Box:
    return box.grown(round(_PAD * pad), round(_PAD * pad), width, height)


def _inside(box: Box, place: Box) -> float:
    common = box.intersection(place)
    return common.area / box.area if common else 0.0


def _joined(found: Sequence[tuple[Box, float]]) -> list[tuple[Box, float]]:
    """Boxes of which one lies mostly in the other are one find, with the better score."""
    kept: list[tuple[Box, float]] = []
    for box, score in sorted(found, key=lambda item: (-item[0].area, item)):
        host = next((i for i, (other, _) in enumerate(kept) if _inside(box, other) >= 0.7), None)
        if host is None:
            kept.append((box, score))
        else:
            kept[host] = (kept[host][0], max(score, kept[host][1]))
    return kept
