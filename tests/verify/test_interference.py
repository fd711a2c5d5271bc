"""Put something else where the secret was, and demand the same bytes."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from PIL import Image, ImageFilter, ImageOps

from indelible.media import open_picture
from indelible.model import Box, Kind, Redaction, RedactionPlan, Region, Source
from indelible.redact.apply import PlannedRedactor
from indelible.verify.contents import CONTENTS
from indelible.verify.interference import CannotRecompress, after_decode, before_source_compression

BOX = Box(43, 37, 30, 22)


def photo(seed: int, **options: object) -> bytes:
    """A textured scene as a JPEG."""
    rng = np.random.default_rng(seed)
    image = Image.fromarray(rng.integers(40, 200, (30, 40, 3), dtype=np.uint8)).resize((160, 120))
    stream = io.BytesIO()
    image.save(stream, "JPEG", **{"quality": 80, "subsampling": 2, **options})
    return stream.getvalue()


def bound(original: bytes) -> PlannedRedactor:
    """Our redactor for one box."""
    picture = open_picture(original)
    return PlannedRedactor.bind(
        RedactionPlan(
            source=Source(sha256=picture.sha256, width=picture.width, height=picture.height),
            policy="public",
            redactions=(Redaction(id="r1", kind=Kind.FACE, region=Region(box=BOX)),),
        ),
        picture,
    )


@dataclass(frozen=True)
class Sloppy:
    """Another tool's way to redact, wrapped round ours."""

    good: PlannedRedactor
    spoil: Callable[[Image.Image], Image.Image] | None = None
    box: Box | None = None
    options: Callable[[Image.Image], dict[str, object]] | None = None

    def decode(self, source: bytes) -> tuple[Image.Image, ...]:
        """As ours."""
        return self.good.decode(source)

    def publish(self, frames: Sequence[Image.Image]) -> bytes:
        """Careless in one way."""
        before = image = frames[0]
        if self.spoil:
            image = self.spoil(image)
        if self.box is None and self.options is None:
            return self.good.publish([image])
        image = image.copy()
        image.paste((0, 0, 0), (self.box or self.good.regions[0].region.box).corners)
        stream = io.BytesIO()
        image.save(stream, "JPEG", **(self.options(before) if self.options else {"quality": 80}))
        return stream.getvalue()


@pytest.mark.claim("T-NI-01")
@pytest.mark.parametrize("options", [
    {"subsampling": 0}, {"subsampling": 1}, {"subsampling": 2}, {"progressive": True}, {"quality": 97},
    {"quality": 30}, {"optimize": True},
], ids=str)  # fmt: skip
@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_a_solid_box_over_the_grid_does_not_depend_on_the_secret(options: dict[str, object], orientation: int) -> None:
    """Both levels, in each sampling and orientation that a camera writes."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    original = photo(7, exif=exif.tobytes(), **options)
    redactor = bound(original)
    published = redactor.publish(redactor.decode(original))

    assert after_decode(redactor, original, published, [Region(box=BOX)], seed=1) == (9, 0)
    assert before_source_compression(redactor, original, [Region(box=BOX)], seed=1) == (9, 0)


@pytest.mark.claim("T-NI-01")
@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("seed", range(5))
def test_a_tight_box_on_a_jpeg_leaks_through_the_sources_compression(subsampling: int, seed: int) -> None:
    """It passes the first level, since the redactor is honest, and fails the second."""
    original = photo(seed, subsampling=subsampling)
    tight = Sloppy(bound(original), box=BOX)
    published = tight.publish(tight.decode(original))

    assert after_decode(tight, original, published, [Region(box=BOX)], seed=1)[1] == 0
    assert before_source_compression(tight, original, [Region(box=BOX)], seed=1)[1] > 0


@pytest.mark.parametrize("factor", ["440", "411"])
@pytest.mark.parametrize("orientation", [1, 6])
def test_rarer_samplings_are_tried_too(factor: str, orientation: int) -> None:
    """Written again by the other encoder, with the standard tables that these files have."""
    cv2 = pytest.importorskip("cv2")
    pixels = np.asarray(open_picture(photo(3)).image)
    number = getattr(cv2, f"IMWRITE_JPEG_SAMPLING_FACTOR_{factor}")
    data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, number, cv2.IMWRITE_JPEG_QUALITY, 83])[1]
    exif = Image.Exif()
    exif[0x0112] = orientation
    block = exif.tobytes()
    original = bytes(data[:2]) + b"\xff\xe1" + (len(block) + 2).to_bytes(2) + block + bytes(data[2:])
    redactor = bound(original)
    tight = Sloppy(redactor, box=BOX)

    assert before_source_compression(redactor, original, [Region(box=BOX)], seed=1) == (9, 0)
    assert before_source_compression(tight, original, [Region(box=BOX)], seed=1)[1] > 0


def test_a_tight_box_on_a_lossless_source_leaks_nothing() -> None:
    """Nothing has mixed the pixels before us."""
    image = open_picture(photo(3)).image
    stream = io.BytesIO()
    image.save(stream, "PNG")
    original = stream.getvalue()
    redactor = bound(original)
    published = redactor.publish(redactor.decode(original))

    assert after_decode(redactor, original, published, [Region(box=BOX)], seed=1) == (9, 0)
    assert before_source_compression(redactor, original, [Region(box=BOX)], seed=1) == (9, 0)


CARELESS: dict[str, Callable[[PlannedRedactor], Sloppy]] = {
    "contrast before the fill": lambda good: Sloppy(good, spoil=ImageOps.autocontrast),
    "palette before the fill": lambda good: Sloppy(good, spoil=lambda image: image.quantize(16).convert("RGB")),
    "blur before the fill": lambda good: Sloppy(good, spoil=lambda image: image.filter(ImageFilter.GaussianBlur(25))),
    "mask off by one": lambda good: Sloppy(good, box=Box(BOX.x + 1, BOX.y, BOX.width - 1, BOX.height)),
    "thumbnail before the fill": lambda good: Sloppy(
        good, options=lambda before: {"quality": 80, "comment": before.resize((16, 12)).tobytes()}
    ),
    "quality by content": lambda good: Sloppy(
        good, options=lambda before: {"quality": 60 + len(set(before.resize((16, 12)).tobytes())) % 30}
    ),
}


@pytest.mark.claim("T-NI-01")
@pytest.mark.parametrize("name", sorted(CARELESS))
def test_a_redactor_that_looks_before_it_fills_is_caught(name: str) -> None:
    """By the first level alone."""
    original = photo(5)
    redactor = CARELESS[name](bound(original))
    published = redactor.publish(redactor.decode(original))

    assert after_decode(redactor, original, published, [Region(box=BOX)], seed=1)[1] > 0


def test_a_change_of_the_published_file_is_caught() -> None:
    """The comparison is with the file in hand, byte for byte."""
    original = photo(5)
    redactor = bound(original)
    published = redactor.publish(redactor.decode(original))

    assert after_decode(redactor, original, published + b"\0", [Region(box=BOX)], seed=1) == (9, 9)


def test_the_result_does_not_depend_on_the_number_of_threads() -> None:
    """One at a time or two."""
    original = photo(5)
    redactor = bound(original)
    published = redactor.publish(redactor.decode(original))

    counts = {after_decode(redactor, original, published, [Region(box=BOX)], seed=1, threads=n) for n in (1, 2, 4)}

    assert counts == {(9, 0)}


def test_tables_that_cannot_be_written_again_are_not_passed_over() -> None:
    """Three tables for three components: the second level says that it could not run."""
    tables = [[8] * 64, [16] * 64, [24] * 64]
    original = photo(5, qtables=tables)
    picture = open_picture(original)
    assert picture.jpeg is not None

    marker = original.index(b"\xff\xc0")
    third_component_table = marker + 4 + 6 + 2 * 3 + 2
    changed = bytearray(original)
    changed[third_component_table] = 2
    original = bytes(changed)

    with pytest.raises(CannotRecompress):
        before_source_compression(bound(original), original, [Region(box=BOX)], seed=1)


@pytest.mark.claim("T-NI-02")
def test_the_contents_are_nine_and_differ() -> None:
    """From nothing to a stranger's text; the extremes of entropy are among them."""
    pictures = {name: make(40, 30, 5) for name, make in CONTENTS.items()}

    assert len({pixels.tobytes() for pixels in pictures.values()}) == 9
    assert all(pixels.shape == (30, 40, 3) and pixels.dtype == np.uint8 for pixels in pictures.values())
    assert pictures["zeros"].std() == 0
    assert pictures["noise"].std() > 70
