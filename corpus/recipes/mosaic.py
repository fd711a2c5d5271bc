"""Mosaics finer than planned (ATTACKS.md sections 4 and 7)."""

from __future__ import annotations

from PIL import Image

from indelible.corpus.carriers import scene
from indelible.corpus.case import Draw, Pair, recipe
from indelible.corpus.published import plan_for, redacted, source_of
from indelible.corpus.redactors import Job, botched
from indelible.model import Kind


def _fine(draw: Draw, format: str) -> Pair:
    rng = draw.generator()
    found = scene(rng, kind=Kind.FACE, large=True)
    source = source_of(rng, found, format)
    plan = plan_for(source, found.box, Kind.FACE, blocks=int(rng.integers(4, 7)))
    side = int(rng.integers(4, 7)) if format == "png" else int(rng.integers(6, 9))

    def fault(image: Image.Image, job: Job) -> bytes:
        patch = image.crop(job.area.corners)
        cells = (-(-patch.width // side), -(-patch.height // side))
        small = patch.resize(cells, Image.Resampling.BOX)
        coarse = small.resize((cells[0] * side, cells[1] * side), Image.Resampling.NEAREST)
        image.paste(coarse.crop((0, 0, *patch.size)), job.area.corners)
        return job.write(image)

    return Pair(botched(source, plan, fault), redacted(source, plan), frozenset({("L410", "region.mosaic_too_fine")}))


@recipe("mosaic.fine.png", format="png")
def fine_in_png(draw: Draw) -> Pair:
    """Cells of a few pixels over a face that was to have six cells across at most."""
    return _fine(draw, "png")


@recipe("mosaic.fine.jpeg", format="jpeg")
def fine_in_jpeg(draw: Draw) -> Pair:
    """The same, published as JPEG."""
    return _fine(draw, "jpeg")
