"""Files as they should be published: by the product's own redactor, bound to a plan."""

from __future__ import annotations

import numpy as np

from indelible.corpus.carriers import Scene, scene, to_jpeg, to_png
from indelible.corpus.case import Draw, Sample
from indelible.media import open_picture
from indelible.model import Box, FillStyle, Kind, Redaction, RedactionPlan, Region, Source, State
from indelible.redact.apply import PlannedRedactor

SAMPLINGS = ("4:2:0", "4:2:2", "4:4:4")


def plan_for(
    source: bytes, box: Box, kind: Kind, *, blocks: int | None = None, color: str = "#000000"
) -> RedactionPlan:
    """A plan with one redaction: solid, or a mosaic where ``blocks`` is given."""
    picture = open_picture(source)
    return RedactionPlan(
        source=Source(sha256=picture.sha256, width=picture.width, height=picture.height),
        policy="public",
        redactions=(
            Redaction(
                id="r1",
                kind=kind,
                region=Region(box=box),
                fill=FillStyle.MOSAIC if blocks else FillStyle.SOLID,
                blocks=blocks,
                color=color,
                state=State.ACCEPTED,
            ),
        ),
    )


def redacted(source: bytes, plan: RedactionPlan, format: str | None = None) -> Sample:
    """The product's own output for a source and a plan, in the source's format or another one, with both beside it."""
    redactor = PlannedRedactor.bind(plan, open_picture(source), format)
    published = redactor.publish(redactor.decode(source))
    return Sample(published=published, original=source, plan=plan, redactor=redactor)


def source_of(rng: np.random.Generator, found: Scene, format: str, sampling: str | None = None) -> bytes:
    """The scene as a source file; quality, sampling and progression from the generator."""
    if format == "png":
        return to_png(found.picture)
    return to_jpeg(
        found.picture,
        quality=int(rng.integers(60, 96)),
        sampling=sampling or SAMPLINGS[int(rng.integers(len(SAMPLINGS)))],
        progressive=bool(rng.integers(2)),
    )


def carrier(draw: Draw, format: str) -> Sample:
    """A properly redacted file to plant something in; every third pair keeps original, plan and redactor beside it."""
    rng = draw.generator("carrier")
    found = scene(rng)
    if draw.index % 4 == 3:
        found = Scene(picture=found.picture.convert("L"), box=found.box, kind=found.kind)
    source = source_of(rng, found, "jpeg" if format == "jpeg" else "png")
    sample = redacted(source, plan_for(source, found.box, found.kind), format)
    return sample if draw.index % 3 == 1 else Sample(published=sample.published)
