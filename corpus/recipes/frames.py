"""Several frames or pages: the first one redacted, the second one forgotten."""

from __future__ import annotations

from dataclasses import replace

from indelible.corpus.carriers import scene, to_png
from indelible.corpus.case import Draw, Pair, Sample, recipe
from indelible.corpus.published import plan_for
from indelible.media import open_picture
from indelible.redact.apply import PlannedRedactor
from indelible.redact.formats import FORMATS

_CHANNELS = {"gif": "gif.frames", "png": "apng.frames", "webp": "webp.frames", "tiff": "tiff.ifd.next"}
_DURATIONS_MS = (400, 400)


def _forgotten(draw: Draw, format: str) -> Pair:
    """Both twins show the redacted picture first; behind it the leaky one shows what it hides, the clean one a like picture."""
    found = scene(draw.generator("scene"), size=(192, 160))
    source = to_png(found.picture)
    picture = open_picture(source)
    redactor = PlannedRedactor.bind(plan_for(source, found.box, found.kind), picture)
    covered = open_picture(redactor.publish(picture.images)).image
    # the twin's second frame is redacted too; one corner moves, as something does in every film
    moved = covered.copy()
    moved.paste((120, 130, 140), (0, 0, 6, 6))
    write = FORMATS.get(format).write_frames
    if write is None:
        raise ValueError("the format holds one picture")
    leaky, clean = (write((covered, second), _DURATIONS_MS, 0) for second in (picture.image, moved))
    one = plan_for(source, found.box, found.kind)
    (decision,) = one.redactions
    again = replace(decision, id="r2", region=replace(decision.region, frame=1))
    both = replace(one, source=replace(one.source, frames=2), redactions=(decision, again))
    return Pair(
        Sample(published=leaky, plan=one if draw.index % 2 else None),
        Sample(published=clean, plan=both),
        frozenset({("L211", _CHANNELS[format])}),
    )


@recipe("frames.gif", format="gif")
def gif(draw: Draw) -> Pair:
    """A second frame of a GIF that nobody redacted."""
    return _forgotten(draw, "gif")


@recipe("frames.png", format="png")
def png(draw: Draw) -> Pair:
    """A second frame of an animated PNG that nobody redacted."""
    return _forgotten(draw, "png")


@recipe("frames.webp", format="webp")
def webp(draw: Draw) -> Pair:
    """A second frame of an animated WebP that nobody redacted."""
    return _forgotten(draw, "webp")


@recipe("frames.tiff", format="tiff")
def tiff(draw: Draw) -> Pair:
    """A second page of a TIFF that nobody redacted."""
    return _forgotten(draw, "tiff")
