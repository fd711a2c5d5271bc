"""Redactors that do one thing wrong, and say nothing about it in their own account.

They serve an examination as the redactor to run again: same `decode` and `publish` as the product's, same claim about the
regions, one fault each (ATTACKS.md sections 9 and 12.1).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PIL import Image

from indelible.corpus.case import Sample
from indelible.jpeg import JpegCoding
from indelible.media import Picture, open_picture
from indelible.model import Box, RedactionPlan, RegionEvidence
from indelible.redact.apply import PlannedRedactor
from indelible.redact.geometry import snapped

BLACK = (0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a fault may work with: the planned box, the area that should be filled, and the proper writer."""

    box: Box
    area: Box
    claimed: Box
    mcu: tuple[int, int]
    coding: JpegCoding | None
    write: Callable[[Image.Image], bytes]

    def fill(self, image: Image.Image, box: Box | None = None) -> None:
        """Paint a box black, the proper area by default."""
        image.paste(BLACK if image.mode == "RGB" else 0, (box or self.area).corners)

    @property
    def snapped(self) -> Box:
        """The planned box on the source's coding grid, without the pixel beyond it."""
        return snapped(self.box, self.mcu, 1 << 16, 1 << 16)


#: ``(picture to be painted over, job)`` -> the published file.
Fault = Callable[[Image.Image, Job], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class SloppyRedactor:
    """One fault, bound to one plan and source. ``claims_area`` is what it tells about its region."""

    plan: RedactionPlan
    job: Job = field(repr=False)
    fault: Fault = field(repr=False)
    regions: tuple[RegionEvidence, ...]

    @classmethod
    def bind(cls, plan: RedactionPlan, source: Picture, fault: Fault, *, as_png: bool = False) -> SloppyRedactor:
        """Bind a fault to a plan with one redaction; ``as_png`` writes PNG whatever the source is."""
        proper = PlannedRedactor.bind(plan, source)
        growth = proper.steps[0].growth
        if as_png:
            from indelible.redact.formats import FORMATS

            container, coding = FORMATS.get("png"), None
        else:
            container, coding = proper.format, proper.coding
        job = Job(
            box=plan.applied[0].region.box,
            area=growth.filled,
            claimed=growth.area,
            mcu=source.jpeg.mcu if source.jpeg else (1, 1),
            coding=coding,
            write=lambda image: container.write(image, coding),
        )
        return cls(plan=plan, job=job, fault=fault, regions=proper.regions)

    def decode(self, source: bytes) -> tuple[Image.Image, ...]:
        """The source's bytes to the upright bare picture, as the only frame."""
        return open_picture(source).images

    def publish(self, frames: Sequence[Image.Image]) -> bytes:
        """The faulty file; ``frames`` are left as they are."""
        return self.fault(frames[0].copy(), self.job)


def botched(source: bytes, plan: RedactionPlan, fault: Fault, *, as_png: bool = False, rerun: bool = True) -> Sample:
    """What a sloppy redactor publishes, with source and plan, and with the redactor if it can be run again."""
    redactor = SloppyRedactor.bind(plan, open_picture(source), fault, as_png=as_png)
    published = redactor.publish(redactor.decode(source))
    return Sample(published=published, original=source, plan=plan, redactor=redactor if rerun else None)
