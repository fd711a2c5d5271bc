"""The source's own compression carries the secret out of a tight box (ATTACKS.md section 9.2)."""

from __future__ import annotations

from PIL import Image

from indelible.corpus.carriers import Scene, scene, to_jpeg
from indelible.corpus.case import Draw, Pair, recipe
from indelible.corpus.exif import Exif
from indelible.corpus.jpegfile import app1_exif, insert
from indelible.corpus.published import plan_for, redacted, source_of
from indelible.corpus.redactors import Fault, Job, botched
from indelible.media import open_picture, stored
from indelible.redact.geometry import destroyed_area, snapped


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


@recipe("bleed.rotated", format="png")
def rotated(draw: Draw) -> Pair:
    """A box grown on the coding grid of the upright picture, where the grid is that of the stored one."""
    rng = draw.generator()
    orientation = (3, 2, 4, 6, 8, 7)[draw.index % 6]
    while True:  # until the wrong grid misses something of the right one
        found = scene(rng, size=(132, 100))
        source = _turned(found, int(rng.integers(60, 96)), orientation)
        picture = open_picture(source)
        wrong = snapped(found.box, (16, 16), picture.width, picture.height).grown(1, 1, picture.width, picture.height)
        if not wrong.contains(destroyed_area(found.box, picture)):
            break
    plan = plan_for(source, found.box, found.kind)

    def fault(image: Image.Image, job: Job) -> bytes:
        job.fill(image, wrong)
        return job.write(image)

    expected = frozenset({("L406", "region.bleed"), ("L433", "interference.before_source_compression")})
    return Pair(botched(source, plan, fault, as_png=True), redacted(source, plan), expected)


def _turned(found: Scene, quality: int, orientation: int) -> bytes:
    """The scene as a 4:2:0 JPEG stored in another orientation, with the EXIF entry that turns it back."""
    data = to_jpeg(stored(found.picture, orientation), quality=quality, sampling="4:2:0")
    return insert(data, app1_exif(Exif(image={0x0112: orientation}).to_bytes()))


@recipe("bleed.jpeg", format="jpeg")
def published_as_jpeg(draw: Draw) -> Pair:
    """A tight box on a JPEG source, published as JPEG again."""
    rng = draw.generator()
    found = scene(rng)
    source = source_of(rng, found, "jpeg")
    plan = plan_for(source, found.box, found.kind)
    expected = frozenset({("L433", "interference.before_source_compression")})
    return Pair(botched(source, plan, _tight), redacted(source, plan), expected)
