"""`pixels.mosaic`: a mosaic has at most six blocks across, counted in the published pixels and not in the plan.

Between 18 and 15 blocks across a face people begin to fail; machines that were trained on the same mosaic do not. Six is
the parameter rule that comes before any attack. A plan that says six where the file shows twenty-four is broken, and so is
a "mosaic" that shows no grid at all.

Reference: ATTACKS.md section 7 (parameter rule before any test).
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from indelible.attacks.grid import estimate_grid
from indelible.model import Box, Finding, Kind, Outcome, Reason, RegionEvidence, Severity
from indelible.verify import samples
from indelible.verify.checks import Observation, leak_check
from indelible.verify.subject import Subject
from indelible.verify.uniform import cropped, is_mosaic

#: Blocks across the shorter side of a region that may be published.
MOST_BLOCKS = 6
#: Cells are whole pixels wide, so that a count may come out a little high.
_TOLERANCE = 0.5
#: Grey levels within which a region without a grid counts as one cell, leaving out one pixel in a hundred and the border,
#: where a codec rings.
_FLAT_LEVELS = 8
_BORDER_PX = 8

_BOX = Box(20, 14, 96, 120)


def _control(blocks: int) -> Subject:
    """A textured picture with a mosaic that is declared to have six blocks across."""
    image = samples.texture(140, 150, 14)
    cell = _BOX.width // blocks
    patch = image.crop(_BOX.corners)
    small = patch.resize((_BOX.width // cell, _BOX.height // cell), Image.Resampling.BOX)
    image.paste(small.resize(patch.size, Image.Resampling.NEAREST), _BOX.corners)
    evidence = samples.region(_BOX, method="mosaic/1", kind=Kind.FACE, blocks=MOST_BLOCKS)
    return samples.subject(samples.encoded(image), [evidence])


def _leaking() -> Subject:
    return _control(24)


def _clean() -> Subject:
    return _control(6)


def _applies(subject: Subject) -> str | None:
    if not subject.regions:
        return "no_regions"
    return None if any(is_mosaic(region) for region in subject.regions) else "no_mosaic"


@leak_check(
    "pixels.mosaic",
    family="pixels",
    rules={"L410"},
    leaking=_leaking,
    clean=_clean,
    applies=_applies,
    order=24,
    by_frame=True,
)
def mosaic(subject: Subject) -> Observation:
    """Blocks across each mosaic, as the published file shows them."""
    picture = subject.picture
    if picture is None:
        return Observation(outcome=Outcome.INCONCLUSIVE, why=Reason.UNKNOWN_STRUCTURE.value)
    findings = []
    unexamined = False
    for region in subject.regions:
        if not is_mosaic(region):
            continue
        if not region.region.box.inside(picture.width, picture.height):
            unexamined = True
            continue
        channel = _fault(region, cropped(picture.image, region.region.box))
        if channel is not None:
            findings.append(_finding(region.id, channel))
    if not findings and unexamined:
        return Observation(outcome=Outcome.INCONCLUSIVE, why=Reason.COVERAGE_GAP.value)
    return Observation(findings=tuple(findings), why=Reason.ATK_BROKEN.value if findings else None)


def _fault(region: RegionEvidence, pixels: np.ndarray) -> str | None:
    """The channel of the finding for one region, None for a mosaic that is as coarse as it must and claims to be."""
    grid = estimate_grid(pixels)
    if grid is None:
        trim = min(_BORDER_PX, min(pixels.shape[:2]) // 4)
        inside = pixels[trim : pixels.shape[0] - trim, trim : pixels.shape[1] - trim]
        low, high = np.percentile(inside, (1, 99), axis=(0, 1))
        return None if (high - low <= _FLAT_LEVELS).all() else "region.mosaic_not_found"
    most = MOST_BLOCKS if region.method == "unknown" else min(MOST_BLOCKS, region.blocks or MOST_BLOCKS)
    height, width = pixels.shape[:2]
    return "region.mosaic_too_fine" if grid.blocks(width, height) > most + _TOLERANCE else None


def _finding(region: str, channel: str) -> Finding:
    return Finding(
        rule="L410",
        channel=channel,
        severity=Severity.CRITICAL,
        where=f"region {region}",
        remedy=f"Use a solid fill, or at most {MOST_BLOCKS} blocks across the region.",
        region=region,
    )
