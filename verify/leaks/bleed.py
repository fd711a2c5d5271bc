"""`pixels.bleed`: what the source's own compression smeared round a redaction was removed with it.

A box drawn on decoded JPEG pixels leaves the smear outside the box: 60 of 60 scenes still depended on what was hidden
(ATTACKS.md section 9.2). The verifier computes the area for itself and demands that the published file is flat there.

Reference: ATTACKS.md section 9.2 (A302), LEAKS.md section 4.10 (L406).
"""

from __future__ import annotations

from indelible.model import Box, FillStyle, Finding, Outcome, Reason, Severity
from indelible.verify import samples
from indelible.verify.checks import Observation, leak_check
from indelible.verify.growth import required_area
from indelible.verify.subject import Subject
from indelible.verify.uniform import is_flat, solid_boxes

_BOX = Box(35, 26, 31, 19)


def _control(*, whole: bool) -> Subject:
    """A 4:2:0 source, its box filled as asked for, or out to the coding grid."""
    original = samples.encoded(samples.texture(112, 80, 12), "jpeg", quality=85, subsampling=2)
    bare = samples.subject(original)
    assert bare.picture is not None
    area = required_area(_BOX, bare.picture) if whole else _BOX
    image = bare.picture.image.copy()
    image.paste((0, 0, 0), area.corners)
    return samples.subject(
        samples.encoded(image),
        [samples.region(area)],
        original=original,
        plan=samples.plan_for(original, [_BOX]),
    )


def _leaking() -> Subject:
    return _control(whole=False)


def _clean() -> Subject:
    return _control(whole=True)


def _applies(subject: Subject) -> str | None:
    if subject.plan is None:
        return "no_plan"
    if subject.original_picture is None:
        return "no_original"
    if subject.original_picture.jpeg is None:
        return "lossless_source"
    if not any(item.fill is FillStyle.SOLID for item in subject.plan.applied):
        return "no_solid"
    return None


@leak_check(
    "pixels.bleed",
    family="pixels",
    rules={"L403", "L406"},
    leaking=_leaking,
    clean=_clean,
    applies=_applies,
    order=21,
    by_frame=True,
)
def bleed(subject: Subject) -> Observation:
    """Each planned solid box is flat, and so is everything that its content reached when the source was compressed."""
    picture, original, plan = subject.picture, subject.original_picture, subject.plan
    if picture is None or original is None or plan is None:
        return Observation(outcome=Outcome.INCONCLUSIVE, why=Reason.UNKNOWN_STRUCTURE.value)
    if picture.image.size != original.image.size:
        return Observation(outcome=Outcome.INCONCLUSIVE, why=Reason.COVERAGE_GAP.value)
    planned = [item for item in plan.applied if item.fill is FillStyle.SOLID]
    required = {item.id: required_area(item.region.box, original) for item in planned}
    painted = (*solid_boxes(subject), *required.values())
    blended = picture.lossy
    findings = []
    for item in planned:
        if is_flat(picture.image, required[item.id], painted, blended=blended):
            continue
        if is_flat(picture.image, item.region.box, painted, blended=blended):
            findings.append(_finding(item.id, "L406", "region.bleed", Severity.HIGH))
        else:
            findings.append(_finding(item.id, "L403", "region.short", Severity.CRITICAL))
    return Observation(findings=tuple(findings), why=Reason.PIXEL_RESIDUE.value if findings else None)


def _finding(region: str, rule: str, channel: str, severity: Severity) -> Finding:
    return Finding(
        rule=rule,
        channel=channel,
        severity=severity,
        where=f"region {region}",
        remedy="Grow the region to the source's MCU grid and one pixel more, then fill it.",
        region=region,
    )
