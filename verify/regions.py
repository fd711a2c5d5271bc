"""Where the published file should be, or seems to be, redacted: the regions that the checks examine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from indelible.attacks.distinguishable import distinguishable
from indelible.attacks.found import find_places
from indelible.media import Picture
from indelible.model import Box, Evidence, Kind, RedactionPlan, Region, RegionEvidence
from indelible.verify.attack_rows import shows_through
from indelible.verify.growth import required_area


def examined_regions(
    plan: RedactionPlan | None,
    picture: Picture | None,
    original: Picture | None,
    *,
    seed: int,
    given: Sequence[RegionEvidence] | None = None,
) -> tuple[RegionEvidence, ...]:
    """The regions of a published file, nothing known about them yet.

    Args:
        plan: what was to be redacted; without one, the picture is searched.
        picture: the published file, None where it cannot be decoded.
        original: tells how far each region has to reach.
        seed: of the contents that a mosaic is tried with.
        given: regions that a certificate names, taken as they are.
    """
    regions = given if given is not None else _regions(plan, picture, original)
    return tuple(_told_apart(item, seed) for item in regions)


def _regions(
    plan: RedactionPlan | None, picture: Picture | None, original: Picture | None
) -> tuple[RegionEvidence, ...]:
    if plan is not None:  # whether or not it can be seen there: a region that no check reaches is not held
        return tuple(
            RegionEvidence(
                id=item.id,
                kind=item.kind,
                region=Region(
                    box=_required(item.region, original) if original else item.region.box,
                    frame=item.region.frame,
                ),
                evidence=Evidence.UNKNOWN,
                method=f"{item.fill.value}/1",
                source="human" if item.source == "human" else "detector",
                blocks=item.blocks,
            )
            for item in plan.applied
        )
    if picture is None:
        return ()
    found = [
        (frame, item)
        for frame, image in enumerate(picture.images)
        for item in find_places(image, lossy=picture.lossy)
        if item.kind != "cover" or shows_through(image, item.box, picture)
    ]
    return tuple(
        RegionEvidence(
            id=f"f{number}",
            kind=Kind.CUSTOM,
            region=Region(box=item.box, frame=frame),
            evidence=Evidence.UNKNOWN,
            method=item.method,
            source="found",
            blocks=item.blocks,
        )
        for number, (frame, item) in enumerate(found, start=1)
    )


def _told_apart(region: RegionEvidence, seed: int) -> RegionEvidence:
    """A mosaic with how many contents it tells apart; other regions as they are."""
    if region.blocks is None:
        return region
    found = distinguishable(region.kind, region.region.box, region.blocks, seed)
    return replace(region, distinguishable=(found.outputs, found.of))


def _required(region: Region, original: Picture) -> Box:
    """The area that must hold nothing; a region in a frame that the original does not have stays as it is."""
    if region.frame >= original.frames:
        return region.box
    return required_area(region.box, original.frame(region.frame))
