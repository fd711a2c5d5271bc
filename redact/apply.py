"""Plan and picture to a new file, never in place.

Solid regions are painted first, so that a mosaic beside one averages paint and not the hidden pixels; then mosaics; then
the solid regions once more.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from PIL import Image

from indelible.errors import UsageError
from indelible.jpeg import JpegCoding
from indelible.media import Picture, open_picture
from indelible.model import Evidence, Redaction, RedactionPlan, Region, RegionEvidence
from indelible.redact.fills import FILLS, Fill
from indelible.redact.formats import FORMATS, ImageFormat
from indelible.redact.geometry import Growth, grow


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One redaction, bound to the fill that does it and to the pixels it takes."""

    redaction: Redaction
    fill: Fill
    growth: Growth


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRedactor:
    """A plan bound to one source: everything about the output that does not depend on a pixel is decided here.

    It serves `indelible.verify` as the redactor under examination: `decode` and `publish` may be called with other
    pixels than the source's, from several threads.
    """

    plan: RedactionPlan
    format: ImageFormat
    coding: JpegCoding | None
    size: tuple[int, int]
    steps: tuple[Step, ...] = field(repr=False)

    @classmethod
    def bind(cls, plan: RedactionPlan, source: Picture) -> PlannedRedactor:
        """Bind ``plan`` to ``source``. Raises `UsageError` if the plan was made for another file."""
        stated = plan.source
        if (stated.sha256, stated.width, stated.height) != (source.sha256, source.width, source.height):
            raise UsageError(
                "plan_for_other_file", "The plan was made for another file.", "Make a new one with `indelible plan`."
            )
        container = FORMATS.get(source.format)
        coding = container.coding_for(source)
        return cls(
            plan=plan,
            format=container,
            coding=coding,
            size=(source.width, source.height),
            steps=tuple(
                Step(redaction=item, fill=FILLS.get(item.fill.value), growth=grow(item.region.box, source, coding))
                for item in plan.applied
            ),
        )

    @property
    def regions(self) -> tuple[RegionEvidence, ...]:
        """The redactor's own account of what it removed: areas that are flat (solid) or averaged (mosaic)."""
        return tuple(
            RegionEvidence(
                id=step.redaction.id,
                kind=step.redaction.kind,
                region=Region(box=step.growth.area, frame=step.redaction.region.frame),
                evidence=Evidence.UNKNOWN,
                method=step.fill.method,
                source="human" if step.redaction.source == "human" else "detector",
                blocks=step.redaction.blocks,
            )
            for step in self.steps
        )

    def decode(self, source: bytes) -> Image.Image:
        """The source's bytes to the upright picture that is redacted."""
        return open_picture(source).image

    def publish(self, image: Image.Image) -> bytes:
        """The published file's bytes; ``image`` is left as it is."""
        return self.publish_owned(image.copy())

    def publish_owned(self, image: Image.Image) -> bytes:
        """As `publish`, but ``image`` is painted over: saves one copy of the picture."""
        if image.size != self.size or image.info:
            raise ValueError("the redactor works on the bare picture that it was bound to")
        blind = [step for step in self.steps if step.fill.keeps_nothing]
        for step in blind:
            _paint(image, step)
        seeing = [step for step in self.steps if not step.fill.keeps_nothing]
        for step in seeing:
            _paint(image, step)
        for step in blind if seeing else ():
            _paint(image, step)
        return self.format.write(image, self.coding)


def _paint(image: Image.Image, step: Step) -> None:
    corners = step.growth.filled.corners
    if step.fill.blind is not None:
        patch = step.fill.blind(step.redaction, image.mode, (step.growth.filled.width, step.growth.filled.height))
    elif step.fill.seeing is not None:
        patch = step.fill.seeing(step.redaction, image.crop(corners))
    else:
        raise ValueError("a fill has exactly one way to make its patch")
    image.paste(patch, corners)
