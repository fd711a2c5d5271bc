"""previews.frames: another frame or page that shows the same scene without the redaction (L211).

Redacting what the eye sees first, the first frame or page, is the commonest way to leak a film or a document. A frame without any
region of its own that agrees with a redacted one outside the region, and not inside it, shows what the region hides.

Nothing is said where the plan decided about every frame: what it found in each was its choice, and other checks look at that.
"""

from __future__ import annotations

import io

from PIL import Image

from indelible.media import open_picture
from indelible.model import Box, Evidence, Finding, Kind, Outcome, Reason, Region, RegionEvidence
from indelible.verify.checks import Observation, leak_check
from indelible.verify.containers.rules import finding
from indelible.verify.leaks.previews import LEVELS, disagreement
from indelible.verify.samples import texture
from indelible.verify.subject import Subject

#: What a frame shows is the same scene where it differs by no more than this outside the region, in mean levels.
_SAME_SCENE = 6.0
_MAX_PAIRS = 400
_CHANNELS = {"gif": "gif.frames", "png": "apng.frames", "webp": "webp.frames", "tiff": "tiff.ifd.next"}
_BOX = Box(32, 24, 48, 40)


def _subject(*, bare: bool) -> Subject:
    before = texture(128, 96, 5)
    after = before.copy()
    after.paste((0, 0, 0), _BOX.corners)
    stream = io.BytesIO()
    after.save(stream, "TIFF", save_all=True, append_images=[before if bare else after])
    boxes = [0] if bare else [0, 1]
    return Subject(
        published=stream.getvalue(),
        format="tiff",
        picture=open_picture(stream.getvalue()),
        regions=tuple(
            RegionEvidence(
                id=f"f{frame}",
                kind=Kind.CUSTOM,
                region=Region(box=_BOX, frame=frame),
                evidence=Evidence.UNKNOWN,
                method="unknown",
            )
            for frame in boxes
        ),
    )


def _leaking() -> Subject:
    return _subject(bare=True)


def _clean() -> Subject:
    return _subject(bare=False)


def _applies(subject: Subject) -> str | None:
    if subject.picture is None or not subject.picture.more:
        return "one_frame"
    if not subject.regions:
        return "no_regions"
    return "plan_of_every_frame" if subject.every_frame_decided else None


@leak_check(
    "previews.frames", family="preview", rules={"L211"}, leaking=_leaking, clean=_clean, applies=_applies, order=14
)
def frames(subject: Subject) -> Observation:
    """No frame without a region shows what a region of another one hides."""
    picture = subject.picture
    if picture is None:
        return Observation(outcome=Outcome.INCONCLUSIVE, why=Reason.UNKNOWN_STRUCTURE.value)
    redacted = {region.region.frame for region in subject.regions}
    bare = [number for number in range(picture.frames) if number not in redacted]
    channel = _CHANNELS.get(picture.format, "frames")
    told: dict[str, Finding] = {}
    pairs = [(region, number) for number in bare for region in subject.regions if region.region.frame < picture.frames]
    for region, number in pairs[:_MAX_PAIRS]:
        if region.id not in told and _shows(
            picture.images[number], picture.images[region.region.frame], region.region.box
        ):
            item = finding("L211", channel)
            told[region.id] = Finding(
                rule=item.rule, channel=item.channel, severity=item.severity, where=f"region {region.id}",
                remedy="Redact every frame and page, or publish one alone.", region=region.id,
            )  # fmt: skip
    if told:
        return Observation(findings=tuple(told.values()), why=Reason.THUMB_ORIGINAL.value, trials=len(pairs))
    if len(pairs) > _MAX_PAIRS:
        return Observation(outcome=Outcome.INCONCLUSIVE, why=Reason.BUDGET_CUT.value, trials=_MAX_PAIRS)
    return Observation(trials=len(pairs))


def _shows(other: Image.Image, redacted: Image.Image, box: Box) -> bool:
    inside, around = disagreement(other.convert("RGB"), redacted, box)
    return around <= _SAME_SCENE and inside > LEVELS
