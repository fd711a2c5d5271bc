"""The source's own compression carries the secret out of a tight box (ATTACKS.md section 9.2)."""

from __future__ import annotations

from PIL import Image

from indelible.corpus.carriers import scene
from indelible.corpus.case import Draw, Pair, recipe
from indelible.corpus.published import plan_for, redacted, source_of
from indelible.corpus.redactors import Fault, Job, botched


def _tight(image: Image.Image, job: Job) -> bytes:
    job.fill(image, job.box)
    return job.write(image)


def _snapped(image: Image.Image, job: Job) -> bytes:
    job.fill(image, job.snapped)
    return job.write(image)


def _bleeding(draw: Draw, sampling: str, fault: Fault) -> Pair:
    """A JPEG source whose fill is too small; published as PNG, every second pair without the means to run again."""
    rng = draw.generator()
    found = scene(rng)
    source = source_of(rng, found, "jpeg", sampling)
    plan = plan_for(source, found.box, found.kind)
    rerun = draw.index % 2 == 0
    expected = {("L406", "region.bleed")}
    if rerun:
        expected.add(("L433", "interference.before_source_compression"))
    leaky = botched(source, plan, fault, as_png=True, rerun=rerun)
    return Pair(leaky, redacted(source, plan), frozenset(expected))


@recipe("bleed.420.tight", format="png")
def tight_420(draw: Draw) -> Pair:
    """A tight box on a 4:2:0 source."""
    return _bleeding(draw, "4:2:0", _tight)


@recipe("bleed.422.tight", format="png")
def tight_422(draw: Draw) -> Pair:
    """A tight box on a 4:2:2 source."""
    return _bleeding(draw, "4:2:2", _tight)


@recipe("bleed.444.tight", format="png")
def tight_444(draw: Draw) -> Pair:
    """A tight box on a 4:4:4 source."""
    return _bleeding(draw, "4:4:4", _tight)


@recipe("bleed.420.snapped", format="png")
def snapped_420(draw: Draw) -> Pair:
    """A box on the coding grid of a 4:2:0 source, without the pixel that chroma interpolation reaches beyond it."""
    return _bleeding(draw, "4:2:0", _snapped)


@recipe("bleed.422.snapped", format="png")
def snapped_422(draw: Draw) -> Pair:
    """A box on the coding grid of a 4:2:2 source, without the pixel that chroma interpolation reaches beyond it."""
    return _bleeding(draw, "4:2:2", _snapped)


@recipe("bleed.jpeg", format="jpeg")
def published_as_jpeg(draw: Draw) -> Pair:
    """A tight box on a JPEG source, published as JPEG again."""
    rng = draw.generator()
    found = scene(rng)
    source = source_of(rng, found, "jpeg")
    plan = plan_for(source, found.box, found.kind)
    expected = frozenset({("L433", "interference.before_source_compression")})
    return Pair(botched(source, plan, _tight), redacted(source, plan), expected)
