"""`pixels.fill`: a solid region shows one value in every plane, down to the last level of the last pixel.

A marker at 98 % opacity, "darken" instead of "fill", a box one pixel short: all of them look black and keep the content.
Areas that were found by searching are examined inside only, because the edge of a fill in a foreign JPEG is not flat even
where the fill was perfect.

Reference: ATTACKS.md section 9.1 (near-black residue), LEAKS.md section 4.10 (L403).
"""

from __future__ import annotations

import numpy as np

from indelible.media import Picture
from indelible.model import Box, FillStyle, Finding, Outcome, Reason, Severity
from indelible.verify import samples
from indelible.verify.checks import Observation, leak_check
from indelible.verify.growth import inner_area
from indelible.verify.subject import Subject
from indelible.verify.uniform import cropped, found_flat, is_flat, is_nearly_flat, is_solid, solid_boxes

#: Levels by which residue under an almost opaque cover differs from the cover.
_RESIDUE_LEVELS = 40
_BOX = Box(21, 18, 40, 30)


def _leaking() -> Subject:
    """A fill that is one level off where the content was bright."""
    image = samples.texture(96, 72, 11)
    residue = image.convert("L").point(lambda value: value >> 7).convert("RGB")
    image.paste(residue.crop(_BOX.corners), _BOX.corners)
    return samples.subject(samples.encoded(image), [samples.region(_BOX)])


def _clean() -> Subject:
    image = samples.texture(96, 72, 11)
    image.paste((0, 0, 0), _BOX.corners)
    return samples.subject(samples.encoded(image), [samples.region(_BOX)])


def _applies(subject: Subject) -> str | None:
    if not subject.regions:
        return "no_regions"
    if not any(is_solid(region) or found_flat(region) for region in subject.regions):
        return "no_solid"
    return None


@leak_check(
    "pixels.fill",
    family="pixels",
    rules={"L403"},
    leaking=_leaking,
    clean=_clean,
    applies=_applies,
    order=20,
    by_frame=True,
)
def fill(subject: Subject) -> Observation:
    """Every solid region, and every planned box under one, is constant in the decoded published file."""
    picture = subject.picture
    if picture is None:
        return Observation(outcome=Outcome.INCONCLUSIVE, why=Reason.UNKNOWN_STRUCTURE.value)
    size = (picture.width, picture.height)
    solid, blended = solid_boxes(subject), picture.lossy
    findings = []
    unexamined = False
    for region in subject.regions:
        box = region.region.box
        if is_solid(region):
            if not box.inside(*size):
                unexamined = True
            elif not is_flat(picture.image, box, solid, blended=blended):
                if picture.spreads and is_nearly_flat(picture.image, box):
                    unexamined = True  # what a predictive coder leaves and what a faint residue leaves look alike
                else:
                    findings.append(_finding(region.id, "region.not_constant"))
        elif found_flat(region):
            inside = inner_area(box, picture) if box.inside(*size) else None
            if inside is None:
                unexamined = True
            elif picture.spreads and is_nearly_flat(picture.image, inside):
                continue
            elif _has_residue(cropped(picture.image, inside)):
                findings.append(_finding(region.id, "region.not_constant"))
    short = _short_boxes(subject, picture, solid, blended)
    if short is None:
        unexamined = True
    told = {item.region for item in findings}
    findings += [_finding(name, "region.short") for name in short or () if name not in told]
    if not findings and unexamined:
        return Observation(outcome=Outcome.INCONCLUSIVE, why=Reason.COVERAGE_GAP.value)
    return Observation(findings=tuple(findings), why=Reason.PIXEL_RESIDUE.value if findings else None)


def _has_residue(pixels: np.ndarray) -> bool:
    """Whether an area that was found by searching is almost, and not quite, one value.

    What stands out clearly was put there on purpose: a caption on a bar, the label of a button.
    """
    values = pixels.reshape(pixels.shape[0] * pixels.shape[1], -1).astype(np.int16)
    apart = int(np.abs(values - np.median(values, axis=0)).max())
    return 0 < apart <= _RESIDUE_LEVELS


def _short_boxes(subject: Subject, picture: Picture, solid: tuple[Box, ...], blended: bool) -> list[str] | None:
    """Planned solid redactions whose box is not wholly flat; None if the plan's frame is not the published one."""
    if subject.plan is None:
        return []
    source = subject.plan.source
    if (source.width, source.height) != (picture.width, picture.height):
        return None
    planned = [item for item in subject.plan.applied if item.fill is FillStyle.SOLID]
    painted = (*solid, *(item.region.box for item in planned))
    return [
        item.id
        for item in planned
        if not is_flat(picture.image, item.region.box, painted, blended=blended)
        and not (picture.spreads and is_nearly_flat(picture.image, item.region.box))
    ]


def _finding(region: str, channel: str) -> Finding:
    return Finding(
        rule="L403",
        channel=channel,
        severity=Severity.CRITICAL,
        where=f"region {region}",
        remedy="Fill the whole area with one opaque colour, after decoding and before encoding.",
        region=region,
    )
