"""Plan and picture to a new file, never in place.

Solid regions are painted first, so that a mosaic beside one averages paint and not the hidden pixels; then mosaics; then
the solid regions once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image

from indelible.errors import UsageError
from indelible.jpeg import JpegCoding
from indelible.media import Picture, open_picture
from indelible.model import Box, Evidence, Redaction, RedactionPlan, Region, RegionEvidence
from indelible.redact.fills import FILLS, Fill
from indelible.redact.formats import ImageFormat, format_for
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

    Frames are redacted each by itself. It serves `indelible.verify` as the redactor under examination: `decode` and `publish` may be called with other
    pixels than the source's, from several threads.
    """

    plan: RedactionPlan
    format: ImageFormat
    coding: JpegCoding | None
    sizes: tuple[tuple[int, int], ...]
    durations_ms: tuple[int, ...]
    plays: int
    steps: tuple[Step, ...] = field(repr=False)

    @classmethod
    def bind(cls, plan: RedactionPlan, source: Picture, format: str | None = None) -> PlannedRedactor:
        """Bind ``plan`` to ``source``; ``format`` is the output's, the source's own by default.

        Raises `UsageError` if the plan was made for another file, or if the format cannot hold what the source holds.
        """
        stated = plan.source
        if (stated.sha256, stated.width, stated.height, stated.frames) != (
            source.sha256,
            source.width,
            source.height,
            source.frames,
        ):
            raise UsageError(
                "plan_for_other_file", "The plan was made for another file.", "Make a new one with `indelible plan`."
            )
        container = format_for(source, format)
        coding = container.coding_for(source)
        frames = [source.frame(number) for number in range(source.frames)]
        return cls(
            plan=plan,
            format=container,
            coding=coding,
            sizes=tuple(frame.image.size for frame in frames),
            durations_ms=source.durations_ms,
            plays=source.plays,
            steps=tuple(
                Step(
                    redaction=item,
                    fill=FILLS.get(item.fill.value),
                    growth=grow(box, frame, coding, chroma_halved=container.chroma_halved),
                )
                for item in plan.applied
                if (frame := frames[item.region.frame])
                and (box := item.region.box.intersection(Box(0, 0, *frame.image.size)))  # pages may be smaller
            ),
        )

    @property
    def structure(self) -> str:
        """The name under which `indelible.redact.selfcheck` knows the file's structure."""
        return "apng" if self.format.name == "png" and len(self.sizes) > 1 else self.format.name

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

    def decode(self, source: bytes) -> tuple[Image.Image, ...]:
        """The source's bytes to the upright pictures that are redacted, one per frame or page."""
        return open_picture(source).images

    def publish(self, frames: Sequence[Image.Image]) -> bytes:
        """The published file's bytes; ``frames`` are left as they are."""
        return self.publish_owned([image.copy() for image in frames])

    def publish_owned(self, frames: Sequence[Image.Image]) -> bytes:
        """As `publish`, but ``frames`` are painted over: saves one copy of each picture."""
        if tuple(image.size for image in frames) != self.sizes or any(image.info for image in frames):
            raise ValueError("the redactor works on the bare pictures that it was bound to")
        for number, image in enumerate(frames):
            steps = [step for step in self.steps if step.redaction.region.frame == number]
            blind = [step for step in steps if step.fill.keeps_nothing]
            for step in blind:
                _paint(image, step)
            seeing = [step for step in steps if not step.fill.keeps_nothing]
            for step in seeing:
                _paint(image, step)
            for step in blind if seeing else ():
                _paint(image, step)
        if len(frames) == 1:
            return self.format.write(frames[0], self.coding)
        if self.format.write_frames is None:
            raise ValueError("the format holds one picture")
        return self.format.write_frames(frames, self.durations_ms, self.plays)


def _paint(image: Image.Image, step: Step) -> None:
    corners = step.growth.filled.corners
    if step.fill.blind is not None:
        patch = step.fill.blind(step.redaction, image.mode, (step.growth.filled.width, step.growth.filled.height))
    elif step.fill.seeing is not None:
        patch = step.fill.seeing(step.redaction, image.crop(corners))
    else:
        raise ValueError("a fill has exactly one way to make its patch")
    image.paste(patch, corners)
