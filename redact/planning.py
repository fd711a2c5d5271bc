"""Detections and policy to a plan: margins, the width of text boxes, the fill of each kind."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence

from indelible.media import Picture
from indelible.model import (
    Box,
    Detection,
    FillStyle,
    Kind,
    Policy,
    Redaction,
    RedactionPlan,
    Region,
    Source,
    State,
)
from indelible.model.geometry import covered_share, padded_to_quantum, text_unit


def make_plan(detections: Sequence[Detection], policy: Policy, source: Picture) -> RedactionPlan:
    """One redaction per detection, in reading order within each kind, numbered r1, r2, ...

    What lies mostly in a box that the policy ignores gets none. The ignored boxes stand in the plan as rejected by the caller, so
    that everybody who reads it sees that they were let stand.
    """
    found = [item for item in detections if not is_ignored(item, policy)]
    usual = usual_heights(found, policy)
    planned = sorted(
        (
            (planned_box(item, policy, *source.images[item.frame].size, usual.get(item.frame, 0)), item)
            for item in found
        ),
        key=lambda pair: (pair[1].kind, pair[1].frame, pair[0].y, pair[0].x, pair[0], pair[1].detector),
    )
    return RedactionPlan(
        source=Source(sha256=source.sha256, width=source.width, height=source.height, frames=source.frames),
        policy=policy.name,
        redactions=tuple(
            Redaction(
                id=f"r{number}",
                kind=item.kind,
                region=Region(box=box, frame=item.frame),
                fill=_fill(item.kind, policy),
                blocks=policy.mosaic_blocks if _fill(item.kind, policy) is FillStyle.MOSAIC else None,
                color=policy.color,
                source=f"detector:{item.detector}",
                score=round(item.score, 4),
                state=State.ACCEPTED,
            )
            for number, (box, item) in enumerate(planned, start=1)
        )
        + tuple(_ignored(policy, source)),
    )


def is_ignored(detection: Detection, policy: Policy) -> bool:
    """Whether more than half of a detection lies in boxes that the policy ignores."""
    return covered_share(detection.box, policy.ignore) > 0.5


def usual_heights(detections: Sequence[Detection], policy: Policy) -> dict[int, int]:
    """The middle one of the heights of each frame's text boxes, margins included, by frame."""
    heights: dict[int, list[int]] = {}
    for item in detections:
        if item.kind is Kind.TEXT:
            thickness = item.box.width if item.box.height > 2 * item.box.width else item.box.height
            heights.setdefault(item.frame, []).append(thickness + 2 * _margin(thickness, policy.margins[item.kind]))
    return {frame: statistics.median_low(values) for frame, values in heights.items()}


def planned_box(detection: Detection, policy: Policy, width: int, height: int, usual: int = 0) -> Box:
    """The detection's box with the margin of its kind, cut to the frame; a text box on a grid, at a quantised width.

    The width of a tight box over text tells its length (ATTACKS.md section 9.3), so it is padded to many line heights; ``usual`` is the
    height that text boxes of this frame have, 0 if not known.
    """
    box, share = detection.box, policy.margins[detection.kind]
    if detection.kind is Kind.FACE and policy.head:
        box = _whole_head(box, width, height)
    across, down = box.width, box.height
    if detection.kind is Kind.TEXT:  # a line's margin goes by its thickness: its length may be that of the page
        across = down = box.width if box.height > 2 * box.width else box.height
    grown = box.grown(_margin(across, share), _margin(down, share), width, height)
    if detection.kind is not Kind.TEXT:
        return grown
    return padded_to_quantum(grown, width, height, text_unit(across + 2 * _margin(across, share), usual))


def _whole_head(face: Box, width: int, height: int) -> Box:
    """A face's box grown to the head: hair above, ears and hair at the sides, the chin and a little of the neck below."""
    up, aside, down = (_margin(face.height, 0.5), _margin(face.width, 0.3), _margin(face.height, 0.15))
    x, y = max(0, face.x - aside), max(0, face.y - up)
    return Box(x, y, min(width, face.right + aside) - x, min(height, face.bottom + down) - y)


def _ignored(policy: Policy, source: Picture) -> Iterator[Redaction]:
    """The policy's ignored boxes, as far as they lie in each frame."""
    count = 0
    for number, image in enumerate(source.images):
        for ignored in policy.ignore:
            box = Box(0, 0, *image.size).intersection(ignored)
            if box is not None:
                count += 1
                yield Redaction(
                    id=f"i{count}",
                    kind=Kind.CUSTOM,
                    region=Region(box=box, frame=number),
                    source="policy:ignore",
                    state=State.REJECTED,
                )


def _margin(length: int, share: float) -> int:
    return -int(-length * share // 1)


def _fill(kind: Kind, policy: Policy) -> FillStyle:
    people = kind in (Kind.FACE, Kind.PERSON)
    return FillStyle.MOSAIC if people and policy.people == "mosaic" else FillStyle.SOLID
