"""Look for everything that a policy names, and say what nobody looked for.

Never a crash and never silence: a kind whose detector could not run is listed with a closed reason.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from indelible.detect.registry import DETECTORS
from indelible.detect.scene import Scene
from indelible.errors import ModelMissing
from indelible.media import Picture
from indelible.model import Detection, Kind, NotExamined, Policy, TextMode
from indelible.model.geometry import covered_share


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """What was found, sorted by kind and place, and the kinds that were not examined, or only in part."""

    detections: tuple[Detection, ...]
    not_examined: tuple[NotExamined, ...] = ()


#: A frame in between is covered too where its own boxes cover less than this share of a neighbour's.
_COVERED = 0.8


def locate(picture: Picture, policy: Policy, progress: Callable[[str], None] | None = None) -> Located:
    """Run each detector whose kinds the policy names over every frame; what scores below the policy's threshold is dropped.

    Frames that show the same are examined once. In an animation, what one frame shows is hidden in the frames before and after it too:
    what moves slowly is still there, and a detector misses it now and then. ``person`` and ``custom`` are drawn by people; no
    detector is expected to find them. ``progress`` is called with the name of each detector before it runs.
    """
    seen: dict[bytes, Located] = {}
    by_frame: list[Located] = []
    for number in range(picture.frames):
        frame = picture.frame(number)
        key = _key(frame) if picture.more else b""
        if key not in seen:
            seen[key] = _locate_in(frame, policy, progress)
        by_frame.append(seen[key])
    found = [[replace(item, frame=number) for item in part.detections] for number, part in enumerate(by_frame)]
    if picture.durations_ms:
        found = _carried_over(found)
    order = list(Kind)
    reasons: dict[Kind, str] = {}
    for part in by_frame:
        for missed in part.not_examined:
            if missed.kind not in reasons or missed.reason == "error":
                reasons[missed.kind] = missed.reason
    return Located(
        detections=_sorted(item for items in found for item in items),
        not_examined=tuple(NotExamined(kind=kind, reason=reasons[kind]) for kind in order if kind in reasons),
    )


def _key(frame: Picture) -> bytes:
    digest = hashlib.sha256(repr((frame.image.mode, frame.image.size)).encode())
    digest.update(frame.image.tobytes())
    return digest.digest()


def _carried_over(found: Sequence[Sequence[Detection]]) -> list[list[Detection]]:
    """Each frame's detections, and those of its neighbours that they do not cover."""
    carried = [list(items) for items in found]
    for number, items in enumerate(carried):
        own = [item.box for item in found[number]]
        for neighbour in (number - 1, number + 1):
            if 0 <= neighbour < len(found):
                items += [
                    replace(item, frame=number) for item in found[neighbour] if covered_share(item.box, own) < _COVERED
                ]
    return carried


def _sorted(detections: Iterable[Detection]) -> tuple[Detection, ...]:
    order = list(Kind)
    return tuple(
        sorted(
            set(detections),
            key=lambda item: (
                order.index(item.kind),
                item.frame,
                item.box.y,
                item.box.x,
                item.box,
                item.detector,
                -item.score,
            ),
        )
    )


def _locate_in(picture: Picture, policy: Policy, progress: Callable[[str], None] | None) -> Located:
    """One frame."""
    wanted = [kind for kind in Kind if kind in policy.kinds and kind not in (Kind.PERSON, Kind.CUSTOM)]
    reasons: dict[Kind, str] = {}
    in_part: dict[Kind, str] = {}
    examined: set[Kind] = set()
    scene = Scene(picture)
    found: list[Detection] = []
    if Kind.TEXT in wanted and policy.text is TextMode.NONE:
        wanted.remove(Kind.TEXT)
        reasons[Kind.TEXT] = "not_requested"
    for name, entry in DETECTORS:
        kinds = entry.finds.intersection(wanted)
        if not kinds:
            continue
        reason = None
        if progress is not None:
            progress(name)
        try:
            results = tuple(entry.run(scene, policy))
            detections = [item for item in results if isinstance(item, Detection)]
            if any(not item.box.inside(picture.width, picture.height) for item in detections):
                raise ValueError("a detection lies outside the picture")
            found += [
                item
                for item in detections
                if item.kind in kinds and item.score >= policy.thresholds.get(item.kind, 0.0)
            ]
            in_part |= {
                item.kind: item.reason for item in results if isinstance(item, NotExamined) and item.kind in kinds
            }
        except ModelMissing:
            reason = "model_missing"
        except Exception:  # a detector that fails, whatever way, must not hide what the others found
            reason = "error"
        for kind in kinds:
            if reason is None:
                examined.add(kind)
            else:
                reasons[kind] = reason  # two detectors of one kind: one that failed is told even if the other ran
    for kind in wanted:
        if kind not in examined and kind not in reasons:
            reasons[kind] = "not_in_this_version"
    reasons = in_part | reasons  # a kind that was left out as a whole is told as that
    return Located(
        detections=_sorted(found),
        not_examined=tuple(NotExamined(kind=kind, reason=reasons[kind]) for kind in Kind if kind in reasons),
    )
