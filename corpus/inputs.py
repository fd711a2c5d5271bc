"""Pictures to be redacted by anybody's tool: one secret each at a known place, and a file round it that says more.

`Case` holds what was published; an `Input` is what goes in. The face is NASA's portrait of Eileen Collins (public domain, bundled
with scikit-image) in many sizes and lights; names, addresses and numbers are invented. Each input has a twin with another
secret in the same box and the same file round it: a redactor whose output depends on neither gives one file for both.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance

from indelible.corpus import jpegfile, pngfile
from indelible.corpus.draw import font
from indelible.corpus.exif import RESOLUTION, Exif, gps, xmp
from indelible.media import open_picture
from indelible.model import Box, Kind, Redaction, RedactionPlan, Region, Source, State

#: Changes of what is drawn or planted are a new version: results of two versions cannot be compared.
VERSION = 1

KINDS = (Kind.FACE, Kind.TEXT, Kind.CODE)
#: What lies round the picture: format, and where its file says more than it shows.
CARRIERS = (
    "jpeg.plain",
    "png.plain",
    "jpeg.exif",
    "png.text",
    "jpeg.thumbnail",
    "png.trailing",
    "jpeg.xmp",
    "png.exif",
)
#: Of the portrait, in the bundled picture: eyebrows to chin, ear to ear.
_FACE = Box(182, 62, 88, 110)
_INK = (28, 30, 36)
_SECRETS = (
    ("anna.eriksson@example.org", "peter.novak77@example.com"),
    ("+44 20 7946 0958", "+44 20 7946 0147"),
    ("GB82 WEST 1234 5698 7654 32", "DE89 3704 0044 0532 0130 00"),
    ("4111 1111 1111 1111", "5555 5555 5555 4444"),
)

#: Texts that a hidden line may be, for attacks that compare candidates.
CANDIDATES = tuple(text for pair in _SECRETS for text in pair)


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One file to redact. ``marker`` is planted in its metadata, empty where there is none; ``twin`` has another secret."""

    name: str
    kind: Kind
    carrier: str
    extension: str
    data: bytes = field(repr=False)
    twin: bytes = field(repr=False)
    box: Box
    marker: bytes = field(repr=False)

    def plan_for(self, data: bytes) -> RedactionPlan:
        """Where the secret lies, as a plan for ``data`` or ``twin``."""
        picture = open_picture(data)
        return RedactionPlan(
            source=Source(sha256=picture.sha256, width=picture.width, height=picture.height),
            policy="public",
            redactions=(Redaction(id="r1", kind=self.kind, region=Region(box=self.box), state=State.ACCEPTED),),
        )


def inputs(seed: int, count: int, kinds: Sequence[Kind] = KINDS) -> Iterator[Input]:
    """``count`` inputs of the given kinds; the first 24 show every kind in every carrier once. Same seed, same bytes."""
    for number in range(count):
        rng = np.random.default_rng([VERSION, seed, number])
        kind = kinds[number % len(kinds)]
        carrier = CARRIERS[number % len(CARRIERS)]  # 3 and 8 have no common factor
        marker = f"INDELIBLE-PLANT-{hashlib.sha256(f'{seed}/{number}'.encode()).hexdigest()[:24]}".encode()
        picture, other, box = _SCENES[kind](rng)
        quality = int(rng.integers(80, 95))
        yield Input(
            name=f"input-{seed:04d}-{number:04d}",
            kind=kind,
            carrier=carrier,
            extension=".jpg" if carrier.startswith("jpeg") else ".png",
            data=_file(picture, carrier, quality, marker),
            twin=_file(other, carrier, quality, marker),
            box=box,
            marker=b"" if carrier.endswith(("plain", "thumbnail", "trailing")) else marker,
        )


def _portrait(rng: np.random.Generator) -> tuple[Image.Image, Image.Image, Box]:
    """The portrait, cropped, scaled and lit at random; in the twin the face is mirrored."""
    from skimage import data

    whole = Image.fromarray(data.astronaut())
    left, top = int(rng.integers(0, 120)), int(rng.integers(0, 30))
    right, bottom = int(rng.integers(330, 513)), int(rng.integers(300, 400))
    scale = float(rng.uniform(0.8, 1.3))
    size = (round((right - left) * scale), round((bottom - top) * scale))
    picture = whole.resize(size, Image.Resampling.LANCZOS, (left, top, right, bottom))
    picture = ImageEnhance.Brightness(picture).enhance(float(rng.uniform(0.8, 1.15)))
    box = Box(
        round((_FACE.x - left) * scale),
        round((_FACE.y - top) * scale),
        round(_FACE.width * scale),
        round(_FACE.height * scale),
    )
    return picture, _swapped(picture, box, picture.crop(box.corners).transpose(Image.Transpose.FLIP_LEFT_RIGHT)), box


def _letter(rng: np.random.Generator) -> tuple[Image.Image, Image.Image, Box]:
    """A line of personal data on paper, between two lines that are nobody's."""
    size = int(rng.integers(20, 29))
    secret, other = _SECRETS[int(rng.integers(len(_SECRETS)))]
    paper = _paper(rng, 460, 200)
    pen = ImageDraw.Draw(paper)
    pen.text((24, 24), "Notice of delivery", font=font(size), fill=(40, 42, 48))
    pen.text((24, 150), "Open on weekdays", font=font(size), fill=(40, 42, 48))
    x, y = int(rng.integers(24, 34)), int(rng.integers(80, 100))
    left, top, right, bottom = (round(value) for value in pen.textbbox((x, y), secret, font=font(size)))
    box = Box(left, top, right - left, bottom - top)
    written = paper.copy()
    ImageDraw.Draw(written).text((x, y), secret, font=font(size), fill=_INK)
    # the other line is drawn by itself and fitted into the same box, because its own width would tell the two apart
    length = round(pen.textlength(other, font=font(size)))
    strip = paper.crop((box.x, box.y, box.x + length, box.bottom))
    ImageDraw.Draw(strip).text((x - left, y - top), other, font=font(size), fill=_INK)
    return written, _swapped(paper, box, strip.resize((box.width, box.height), Image.Resampling.LANCZOS)), box


def _label(rng: np.random.Generator) -> tuple[Image.Image, Image.Image, Box]:
    """A code with an address in it, on a label."""
    import zxingcpp

    paper = _paper(rng, 360, 300)
    ImageDraw.Draw(paper).text((20, 16), "Fragile", font=font(24), fill=(40, 42, 48))
    side = int(rng.integers(150, 200))
    box = Box(int(rng.integers(30, 100)), int(rng.integers(60, 90)), side, side)
    quiet = paper.copy()
    quiet.paste((255, 255, 255), box.grown(24, 24, paper.width, paper.height).corners)
    drawn = []
    for name in ("anna.eriksson", "maria.rossi77"):
        made = zxingcpp.create_barcode(f"mailto:{name}@example.org", zxingcpp.BarcodeFormat.QRCode)
        small = Image.fromarray(np.asarray(zxingcpp.write_barcode_to_image(made, scale=1, add_quiet_zones=False)))
        drawn.append(_swapped(quiet, box, small.resize((side, side), Image.Resampling.NEAREST).convert("RGB")))
    return drawn[0], drawn[1], box


_SCENES = {Kind.FACE: _portrait, Kind.TEXT: _letter, Kind.CODE: _label}


def _paper(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    tone = rng.integers(215, 245)
    grain = rng.normal(0.0, 2.0, (height, width, 1)) + np.array([0.0, 0.0, -5.0])
    return Image.fromarray(np.clip(tone + grain, 0, 255).astype(np.uint8))


def _swapped(picture: Image.Image, box: Box, content: Image.Image) -> Image.Image:
    changed = picture.copy()
    changed.paste(content, (box.x, box.y))
    return changed


def _file(picture: Image.Image, carrier: str, quality: int, marker: bytes) -> bytes:
    """The picture in its carrier; thumbnails and leftovers show the secret, as they do in real files."""
    stream = io.BytesIO()
    if carrier.startswith("png"):
        picture.save(stream, "PNG")
        return _png(stream.getvalue(), carrier, picture, marker.decode("ascii"))
    picture.save(stream, "JPEG", quality=quality, subsampling="4:2:0")
    return _jpeg(stream.getvalue(), carrier, picture, marker.decode("ascii"))


def _jpeg(data: bytes, carrier: str, picture: Image.Image, marker: str) -> bytes:
    if carrier == "jpeg.exif":
        block = Exif(image={**RESOLUTION, 0x010E: marker, 0x013B: "Anna Eriksson"}, position=gps(-48.8767, -123.3933))
        return jpegfile.insert(data, jpegfile.app1_exif(block.to_bytes()))
    if carrier == "jpeg.thumbnail":
        block = Exif(image=dict(RESOLUTION), thumbnail=_small(picture))
        return jpegfile.insert(data, jpegfile.app1_exif(block.to_bytes()))
    if carrier == "jpeg.xmp":
        return jpegfile.insert(
            data, jpegfile.app1_xmp(xmp({"dc:source": marker, "xmpMM:DocumentID": f"xmp.did:{marker}"}))
        )
    return data


def _png(data: bytes, carrier: str, picture: Image.Image, marker: str) -> bytes:
    if carrier == "png.text":
        return pngfile.insert(data, pngfile.text("Author", marker), pngfile.compressed_text("Comment", marker.encode()))
    if carrier == "png.exif":
        block = Exif(image={**RESOLUTION, 0x010E: marker}, position=gps(-48.8767, -123.3933)).to_bytes()
        return pngfile.insert(data, pngfile.Chunk(b"eXIf", block))
    return data + _small(picture) if carrier == "png.trailing" else data


def _small(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    thumbnail = picture.copy()
    thumbnail.thumbnail((160, 160), Image.Resampling.LANCZOS)
    thumbnail.save(stream, "JPEG", quality=80)
    return stream.getvalue()
