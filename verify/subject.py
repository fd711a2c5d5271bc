"""What lies before the verifier: a file, perhaps its original, perhaps its plan, perhaps the redactor as a function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from PIL import Image

from indelible.media import Picture
from indelible.model import Box, Policy, RedactionPlan, RegionEvidence
from indelible.verify.place import FilePlace


class Redactor(Protocol):
    """The redactor under examination, bound to one plan and one source. It must not read the plan's digest again."""

    def decode(self, source: bytes) -> tuple[Image.Image, ...]:
        """The source's bytes to the upright bare pictures (RGB or L) on which redaction works, one per frame or page."""
        ...

    def publish(self, frames: Sequence[Image.Image]) -> bytes:
        """Upright bare pictures, redacted and written as the published file's bytes. Leaves ``frames`` as they are."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One examination. ``regions`` are the redacted areas as filled in the published file, from the redactor's own
    account or found by `indelible.attacks`; a check must not trust them beyond what it can see.

    ``picture`` is the published file decoded (None when it cannot be); ``original`` the source's bytes, if given. ``place`` is
    set where a file on a disk is examined: a name and facts that no finding may contain.
    """

    published: bytes = field(repr=False)
    policy: Policy = field(default_factory=Policy)
    format: str | None = None
    picture: Picture | None = None
    extension: str = ""
    original: bytes | None = field(default=None, repr=False)
    original_picture: Picture | None = None
    plan: RedactionPlan | None = None
    regions: tuple[RegionEvidence, ...] = ()
    redactor: Redactor | None = None
    seed: int = 0
    place: FilePlace | None = None

    @property
    def every_frame_decided(self) -> bool:
        """Whether the plan was made for as many frames or pages as the published picture has."""
        return self.picture is not None and self.plan is not None and self.plan.source.frames == self.picture.frames

    def of_frame(self, number: int) -> Subject:
        """What there is of one frame or page, as a still picture with the same file; regions keep their ids."""
        picture = None if self.picture is None else self.picture.frame(number)
        original = self.original_picture
        if original is not None:
            original = original.frame(number) if number < original.frames else None
        size = original.image.size if original is not None else None
        return replace(
            self,
            picture=picture,
            original_picture=original,
            regions=tuple(region for region in self.regions if region.region.frame == number),
            plan=None if self.plan is None else _plan_of(self.plan, number, size),
        )


def _plan_of(plan: RedactionPlan, number: int, size: tuple[int, int] | None) -> RedactionPlan:
    """The decisions about one frame; on a page that is smaller than the largest one, cut to it."""
    width, height = size or (plan.source.width, plan.source.height)
    return replace(
        plan,
        source=replace(plan.source, width=width, height=height),
        redactions=tuple(
            replace(item, region=replace(item.region, box=box))
            for item in plan.redactions
            if item.region.frame == number and (box := item.region.box.intersection(Box(0, 0, width, height)))
        ),
    )
