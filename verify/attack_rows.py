"""The attack suite as rows: every lossy region is attacked, and a region resists only what was tried on it in this run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from PIL import Image

from indelible.attacks.face_limits import mosaic_within_limits
from indelible.attacks.grid import estimate_grid
from indelible.attacks.methods import ATTACKS, Attack, Target
from indelible.attacks.suite import DECISIVE, arms_of, concerned, run_attack
from indelible.media import Picture
from indelible.model import Box, Check, Control, Finding, Kind, Outcome, Polarity, Reason, RegionEvidence, Severity
from indelible.model.attack import AttackResult
from indelible.verify.subject import Subject
from indelible.verify.uniform import found_flat, is_solid

VERSION = 1
#: Longest time per attack and region, in seconds; what is cut off is undecided.
SECONDS = 120.0
#: Regions that are attacked; further ones are undecided.
_MOST = 24
#: Attacks that a region's kind demands: without them it is not said to resist.
REQUIRED: Mapping[Kind, tuple[str, ...]] = {
    Kind.FACE: ("face_parrot", "face_matched"),
    Kind.PERSON: ("face_parrot", "face_matched"),
    Kind.TEXT: ("mosaic_text", "candidate_match"),
    Kind.PLATE: ("mosaic_text", "candidate_match"),
}
_ADVICE = "Redact it again with a solid fill; fewer blocks are not enough for letters."
_FACE_ADVICE = "Redact it again with a solid fill, or with fewer blocks across the face."


def attack_rows(
    subject: Subject,
    *,
    gallery: Mapping[str, tuple[np.ndarray, ...]] | None = None,
    progress: Callable[[str], None] | None = None,
) -> tuple[Check, ...]:
    """One row per lossy region and attack that concerns it; none for fills, of which the swap test and the pixel checks say more."""
    picture = subject.picture
    if picture is None:
        return ()
    rows: list[Check] = []
    lossy = [region for region in subject.regions if not (is_solid(region) or found_flat(region))]
    for number, region in enumerate(lossy):
        frame = region.region.frame
        if frame >= picture.frames:
            continue
        image = picture.images[frame]
        box = region.region.box.intersection(Box(0, 0, *image.size))
        if box is None or number >= _MOST:
            rows.append(_cut(region))
            continue
        target = Target(
            image=image,
            box=box,
            kind=region.kind,
            jpeg=picture.jpeg,
            frames=picture.images,
            file=subject.published,
            gallery=gallery or {},
            others=tuple(other.region.box for other in subject.regions if other is not region),
        )
        for entry in concerned(target):
            if progress is not None:
                progress(f"attack.{entry.name}")
            row = _row(entry, run_attack(entry, target, seconds=SECONDS, seed=subject.seed), region, subject)
            if row is not None:
                rows.append(row)
    return tuple(rows)


def resisted(region: RegionEvidence, rows: Sequence[Check], subject: Subject) -> bool:
    """Whether every attack that the region's kind demands held, armed, and the mosaic is coarse enough to be tried at all."""
    mine = [row for row in rows if row.family == "attack" and row.region == region.id]
    held = {row.id for row in mine if row.outcome is Outcome.HELD and row.armed}
    demanded = REQUIRED.get(region.kind)
    if not demanded or any(f"attack.{name}" not in held for name in demanded):
        return False
    if any(row.outcome is not Outcome.HELD for row in mine):
        return False
    picture = subject.picture
    if picture is None or region.kind not in (Kind.FACE, Kind.PERSON):
        return picture is not None
    grid = estimate_grid(np.asarray(picture.images[region.region.frame].crop(region.region.box.corners)))
    return grid is not None and mosaic_within_limits(region.region.box, grid)


def shows_through(image: Image.Image, box: Box, picture: Picture) -> bool:
    """Whether what looks like a cover really lets something through: shadows and grey panels look the same at first."""
    target = Target(image=image, box=box, jpeg=picture.jpeg)
    return run_attack(ATTACKS.get("cover_stretch"), target, seconds=SECONDS).outcome is Outcome.BROKEN


def _row(entry: Attack, result: AttackResult, region: RegionEvidence, subject: Subject) -> Check | None:
    """The row of one attack; None where the region is of another kind, as the attack's own test says."""
    demanded = entry.name in REQUIRED.get(region.kind, ())
    if result.outcome is Outcome.NOT_APPLICABLE and not demanded:
        return None
    outcome, why = result.outcome, result.why
    if outcome is Outcome.NOT_APPLICABLE:  # demanded, and nothing to do it with: no gallery, no grid
        outcome, why = Outcome.INCONCLUSIVE, Reason.COVERAGE_GAP.value
    broken = outcome is Outcome.BROKEN
    controls: tuple[Control, ...] = ()
    if result.outcome in DECISIVE:
        arms = arms_of(entry.name)
        named = f"attack.{entry.name}/{VERSION}"
        controls = (
            Control(check=named, polarity=Polarity.POSITIVE, observed=arms.positive),
            Control(check=named, polarity=Polarity.NEGATIVE, observed=arms.negative),
        )
    return Check(
        id=f"attack.{entry.name}",
        version=VERSION,
        family="attack",
        outcome=outcome,
        why=None if outcome is Outcome.HELD else Reason.ATK_BROKEN.value if broken else _closed(why),
        region=region.id,
        findings=(_finding(entry, region),) if broken else (),
        armed_by=controls,
        trials=result.trials or None,
        seed=subject.seed,
    )


def _closed(why: str | None) -> str:
    return why if why in {reason.value for reason in Reason} else Reason.COVERAGE_GAP.value


def _finding(entry: Attack, region: RegionEvidence) -> Finding:
    return Finding(
        rule=entry.rule,
        channel=f"region.{entry.name}",
        severity=Severity.CRITICAL,
        where=f"region {region.id}",
        remedy=_FACE_ADVICE if region.kind in (Kind.FACE, Kind.PERSON) else _ADVICE,
        region=region.id,
    )


def _cut(region: RegionEvidence) -> Check:
    return Check(
        id="attack.suite",
        version=VERSION,
        family="attack",
        outcome=Outcome.INCONCLUSIVE,
        why=Reason.BUDGET_CUT.value,
        region=region.id,
    )
