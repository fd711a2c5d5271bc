"""Look for everything that a policy names, and say what nobody looked for.

Never a crash and never silence: a kind whose detector could not run is listed with a closed reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from indelible.detect.registry import DETECTORS
from indelible.detect.scene import Scene
from indelible.errors import ModelMissing
from indelible.media import Picture
from indelible.model import Detection, Kind, NotExamined, Policy, TextMode


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """What was found, sorted by kind and place, and the kinds that were not examined, or only in part."""

    detections: tuple[Detection, ...]
    not_examined: tuple[NotExamined, ...] = ()


def locate(picture: Picture, policy: Policy, progress: Callable[[str], None] | None = None) -> Located:
    """Run each detector whose kinds the policy names, over one `Scene`; what scores below the policy's threshold is dropped.

    ``person`` and ``custom`` are drawn by people; no detector is expected to find them. ``progress`` is called with the name of
    each detector before it runs.
    """
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
    order = list(Kind)
    return Located(
        detections=tuple(
            sorted(
                set(found),
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
        ),
        not_examined=tuple(NotExamined(kind=kind, reason=reasons[kind]) for kind in order if kind in reasons),
    )
