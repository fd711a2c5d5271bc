"""`pixels.ring`: glyph tips that stick out of a covered line of text.

Ascenders, descenders and the fringe of anti-aliasing tell letters apart (A304). On plain ground, ink that touches the edge
of a region and ends within a few pixels is such a tip. Ink that goes on is a neighbour, a ruling or a drawing. Where
original and plan are at hand the question has an exact answer: did that ink belong to something inside the planned box?

Nothing is said on busy ground, nor of faces and codes: there is always something that touches the edge of a box.

Reference: ATTACKS.md section 9.1 (A304), LEAKS.md section 3 (L407).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from indelible.model import Box, Finding, Kind, Outcome, Reason, RegionEvidence, Severity
from indelible.model.geometry import is_padded_to_quantum
from indelible.verify import samples
from indelible.verify.checks import Observation, leak_check
from indelible.verify.subject import Subject
from indelible.verify.uniform import is_mosaic

#: Width of the ring in which ink must begin.
RING_PX = 3
#: How far from the ground's grey level a pixel counts as ink, and how near as ground.
_INK_LEVELS = 56
_GROUND_LEVELS = 24
#: The ground is plain where at least this share of the pixels round the region is ground.
_PLAIN_SHARE = 0.70
#: A tip: how far it may reach out of the region, and how long it may be along the edge, in heights of the region.
_REACH = 0.35
_LENGTH = 0.6
#: Without an original: more of an edge than this is a clipped neighbouring line, not tips.
_SPARSE_SHARE = 0.30
_BLIND_REACH = 0.25
#: Without an original: more pixels than this share that are neither ground nor ink are shades of a photograph or a wall.
_SHADES_SHARE = 0.08
#: With an original: at least this share of the ink must have lain in the planned box.
_OWN_SHARE = 0.7
#: Ink that covers more of the planned box than this is no writing: it is the label that the writing stands on.
_LABEL_SHARE = 0.6

_TALLEST = 160
_KINDS = frozenset({Kind.TEXT, Kind.SIGNATURE, Kind.PLATE, Kind.CUSTOM})
_SIZE = (320, 90)
_LINES = ("Invoice 4711 of 3 May", "hdbk Philadelphia bfhk")


def _control(*, top: int) -> Subject:
    """Two lines of text, the second one covered from row ``top`` on."""
    image = samples.page(_LINES, size=_SIZE, text_px=24)
    box = Box(14, top, 292, 88 - top)
    image.paste((0, 0, 0), box.corners)
    return samples.subject(samples.encoded(image), [samples.region(box, kind=Kind.TEXT)])


def _leaking() -> Subject:
    return _control(top=_first_ink_row() + 3)


def _clean() -> Subject:
    return _control(top=_first_ink_row() - 4)


def _first_ink_row() -> int:
    """The first row of the second line's ink on the control's page."""
    rows = (np.asarray(samples.page(("", _LINES[1]), size=_SIZE, text_px=24).convert("L")) < 128).any(axis=1)
    return int(np.flatnonzero(rows)[0])


def _examined(region: RegionEvidence) -> bool:
    return region.kind in _KINDS and not is_mosaic(region)


def _applies(subject: Subject) -> str | None:
    if not subject.regions:
        return "no_regions"
    return None if any(_examined(region) for region in subject.regions) else "no_text_region"


@leak_check(
    "pixels.ring",
    family="pixels",
    rules={"L407"},
    leaking=_leaking,
    clean=_clean,
    applies=_applies,
    order=23,
    by_frame=True,
)
def ring(subject: Subject) -> Observation:
    """No ink begins in the 3 px round a covered text and ends a few pixels further on."""
    picture = subject.picture
    if picture is None:
        return Observation(outcome=Outcome.INCONCLUSIVE, why=Reason.UNKNOWN_STRUCTURE.value)
    covers = tuple(region.region.box for region in subject.regions)
    original = _comparable_original(subject)
    findings = []
    for region in subject.regions:
        if not _examined(region) or not region.region.box.inside(picture.width, picture.height):
            continue
        planned = _planned_box(subject, region) if original is not None else None
        view = _view(picture.image, region.region.box, covers)
        if view is None:
            continue
        if planned is not None and original is not None:
            padded = is_padded_to_quantum(planned, picture.width, picture.height)
            judged = [tip for tip in _tips(view, _REACH) if not (padded and tip.side in _ends(planned))]
            leaks = any(_is_own(tip, view, original, planned) for tip in judged)
        else:
            leaks = _sparse_tips(view, lossy=picture.jpeg is not None)
        if leaks:
            findings.append(_finding(region.id))
    return Observation(findings=tuple(findings), why=Reason.PIXEL_RESIDUE.value if findings else None)


def _ends(box: Box) -> tuple[str, str]:
    """The sides at which a padded line ends. Padding reaches beyond the text, so what it cuts there is a neighbour's letter."""
    return ("left", "right") if box.width >= box.height else ("top", "bottom")


def _comparable_original(subject: Subject) -> Image.Image | None:
    original, picture = subject.original_picture, subject.picture
    if original is None or picture is None or subject.plan is None or original.image.size != picture.image.size:
        return None
    return original.image


def _planned_box(subject: Subject, region: RegionEvidence) -> Box | None:
    """The box that was asked for, before it was grown to a grid."""
    planned = [] if subject.plan is None else [i.region.box for i in subject.plan.applied if i.id == region.id]
    return planned[0] if planned else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """A region with its surround. ``ink`` and ``open``: bool, ``(height, width)``; ``box`` in the view's pixels.

    ``open`` excludes the region itself and every other region. ``origin`` is the view's top left in the picture. ``shades``
    is the share of open pixels that are neither ground nor ink.
    """

    box: Box
    origin: tuple[int, int]
    ink: np.ndarray
    open: np.ndarray
    ground: np.ndarray
    shades: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tip:
    """One piece of ink outside the region. ``mask``: bool, of the view's shape. ``along``: pixels along the edge."""

    side: str
    mask: np.ndarray
    along: int


def _view(image: Image.Image, box: Box, covers: tuple[Box, ...]) -> _View | None:
    """The region and what lies round it; None if the ground is not plain or too little of it is seen."""
    pad = max(3 * RING_PX, min(_TALLEST, box.height))
    around = box.grown(pad, pad, image.width, image.height)
    pixels = np.asarray(image.crop(around.corners).convert("RGB")).astype(np.int16)
    seen = np.ones(pixels.shape[:2], dtype=bool)
    for cover in covers:
        part = cover.intersection(around)
        if part is not None:
            seen[part.y - around.y : part.bottom - around.y, part.x - around.x : part.right - around.x] = False
    if seen.sum() < 4 * (box.width + box.height):
        return None
    ground = np.median(pixels[seen], axis=0)
    distance = np.abs(pixels - ground).max(axis=2)
    if (distance[seen] <= _GROUND_LEVELS).mean() < _PLAIN_SHARE:
        return None
    return _View(
        box=Box(box.x - around.x, box.y - around.y, box.width, box.height),
        origin=(around.x, around.y),
        ink=(distance > _INK_LEVELS) & seen,
        open=seen,
        ground=ground,
        shades=float(((distance > _GROUND_LEVELS) & (distance <= _INK_LEVELS))[seen].mean()),
    )


def _tips(view: _View, reach: float) -> list[_Tip]:
    """Pieces of ink that touch the region's edge and end near it."""
    import cv2

    height = min(view.box.height, view.box.width, _TALLEST)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(view.ink.astype(np.uint8), connectivity=8)
    tips = []
    for side, strip in _strips(view.box, view.ink.shape).items():
        for label in np.unique(labels[strip]):
            if label == 0 or label >= count:
                continue
            left, top, width, tall, area = (int(value) for value in stats[label])
            outward, along = (tall, width) if side in ("top", "bottom") else (width, tall)
            framed = left == 0 or top == 0 or left + width == view.ink.shape[1] or top + tall == view.ink.shape[0]
            if framed or area < 3 or outward > max(RING_PX, reach * height) or along > max(4, _LENGTH * height):
                continue
            tips.append(_Tip(side=side, mask=labels == label, along=along))
    return tips


def _strips(box: Box, shape: tuple[int, ...]) -> dict[str, tuple[slice, slice]]:
    """The line of pixels just outside each edge of ``box`` that lies in the view."""
    strips = {}
    if box.y > 0:
        strips["top"] = (slice(box.y - 1, box.y), slice(box.x, box.right))
    if box.bottom < shape[0]:
        strips["bottom"] = (slice(box.bottom, box.bottom + 1), slice(box.x, box.right))
    if box.x > 0:
        strips["left"] = (slice(box.y, box.bottom), slice(box.x - 1, box.x))
    if box.right < shape[1]:
        strips["right"] = (slice(box.y, box.bottom), slice(box.right, box.right + 1))
    return strips


def _sparse_tips(view: _View, *, lossy: bool) -> bool:
    """Without an original: some edge shows a few tips, and not the ragged row of a clipped neighbouring line."""
    if lossy and view.box.x + view.origin[0] > 0 and _on_grid(view):
        return False  # grown to the coding grid: what touches the edge is a neighbour that the growth has clipped
    if view.shades > _SHADES_SHARE:
        return False
    tips = _tips(view, _BLIND_REACH)
    for side, edge in (("top", view.box.width), ("bottom", view.box.width)):
        along = [tip.along for tip in tips if tip.side == side]
        if along and sum(along) <= _SPARSE_SHARE * edge:
            return True
    return False


def _on_grid(view: _View) -> bool:
    """Whether the region's edges lie on, or one pixel beside, a grid of 8."""
    x, y = view.box.x + view.origin[0], view.box.y + view.origin[1]
    return all(edge % 8 in (0, 1, 7) for edge in (x, y))


def _is_own(tip: _Tip, view: _View, original: Image.Image, planned: Box) -> bool:
    """Whether the tip belongs, in the original, to ink that lay in the planned box for the most part."""
    import cv2

    height, width = view.ink.shape
    left, top = view.origin
    pixels = np.asarray(original.crop((left, top, left + width, top + height)).convert("RGB")).astype(np.int16)
    ink = (np.abs(pixels - view.ground).max(axis=2) > _INK_LEVELS).astype(np.uint8)
    _, labels = cv2.connectedComponents(ink, connectivity=8)
    inside = np.zeros((height, width), dtype=bool)
    inside[
        max(0, planned.y - top) : max(0, planned.bottom - top), max(0, planned.x - left) : max(0, planned.right - left)
    ] = True
    for label in np.unique(labels[tip.mask]):
        if label == 0:
            continue
        piece = labels == label
        rows = np.flatnonzero(piece.any(axis=1))
        whole_line = rows[-1] - rows[0] + 1 > 2 * view.box.height
        own = piece[inside].sum()
        if not whole_line and _OWN_SHARE * piece.sum() <= own <= _LABEL_SHARE * inside.sum():
            return True
    return False


def _finding(region: str) -> Finding:
    return Finding(
        rule="L407",
        channel="region.ring",
        severity=Severity.HIGH,
        where=f"region {region}",
        remedy="Enlarge the region until no letter sticks out of it.",
        region=region,
    )
