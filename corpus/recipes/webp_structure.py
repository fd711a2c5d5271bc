"""WebP: chunks, frames and bytes where no reader looks. Numbers 19 and 20 of the planted payloads, and their relatives."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from indelible.corpus import icc
from indelible.corpus.draw import face
from indelible.corpus.exif import RESOLUTION, Exif, gps, xmp
from indelible.corpus.payload import Plant, small_jpeg
from indelible.corpus.planting import planted
from indelible.corpus.webpfile import (
    ALPHA,
    ANIMATION,
    EXIF,
    ICC,
    XMP,
    Chunk,
    coded,
    extended,
    frame,
    join,
    size_of,
    split,
    with_chunk,
)  # fmt: skip

_SKIN = (214, 164, 128)


@planted("webp.trailer", ("L301", "webp.trailer"))
def trailer(data: bytes, plant: Plant) -> bytes:
    """Bytes behind the end that the header states."""
    return data + plant.data


@planted("webp.trailer.picture", ("L301", "webp.trailer"), ("L206", "webp.trailer.image"))
def picture_behind(data: bytes, plant: Plant) -> bytes:
    """A second picture behind the end."""
    del plant
    return data + small_jpeg((48, 48))


@planted("webp.chunk.unknown", ("L302", "webp.chunk.unknown"))
def private(data: bytes, plant: Plant) -> bytes:
    """A chunk that no reader knows, behind a bare picture."""
    return join((*split(data), Chunk(b"PLNT", plant.data)))


@planted("webp.chunk.info", ("L302", "webp.chunk.unknown"))
def info_list(data: bytes, plant: Plant) -> bytes:
    """A list of texts as sound files have it."""
    artist = Chunk(b"IART", plant.marker + b"\0").to_bytes()
    return with_chunk(data, b"LIST", b"INFO" + artist)


@planted("webp.chunk.preview", ("L302", "webp.chunk.unknown"), ("L214", "webp.chunk.preview"))
def preview(data: bytes, plant: Plant) -> bytes:
    """A picture in a chunk that no reader knows."""
    del plant
    return with_chunk(data, b"PRVW", small_jpeg((48, 48)))


@planted("webp.exif", ("L101", "webp.exif"), ("L102", "exif.gps"))
def position(data: bytes, plant: Plant) -> bytes:
    """The position in the EXIF chunk."""
    del plant
    block = Exif(image=RESOLUTION, position=gps(-48.8767, -123.3933)).to_bytes()
    return with_chunk(data, b"EXIF", block, EXIF)


@planted("webp.exif.owner", ("L101", "webp.exif"), ("L103", "exif.owner"))
def owner(data: bytes, plant: Plant) -> bytes:
    """The owner's name, with the prefix that JPEG has and WebP has not."""
    del plant
    return with_chunk(data, b"EXIF", b"Exif\0\0" + Exif(camera={0xA430: "Anna Eriksson"}).to_bytes(), EXIF)


@planted("webp.exif.thumbnail", ("L101", "webp.exif"), ("L201", "exif.ifd1.thumbnail"))
def thumbnail(data: bytes, plant: Plant) -> bytes:
    """A thumbnail in the EXIF chunk."""
    del plant
    block = Exif(image=RESOLUTION, thumbnail=small_jpeg((64, 48))).to_bytes()
    return with_chunk(data, b"EXIF", block, EXIF)


@planted("webp.xmp", ("L106", "webp.xmp"), ("L108", "xmp.ids"))
def packet(data: bytes, plant: Plant) -> bytes:
    """An XMP packet with the document's identifiers."""
    return with_chunk(data, b"XMP ", xmp({"xmpMM:DocumentID": f"xmp.did:{plant.text[16:48]}"}), XMP)


@planted("webp.xmp.second", ("L106", "webp.xmp"), ("L302", "webp.chunk.unknown"))
def second_packet(data: bytes, plant: Plant) -> bytes:
    """A second XMP packet behind the first."""
    first = with_chunk(data, b"XMP ", xmp({"dc:source": plant.text}), XMP)
    return join((*split(first), Chunk(b"XMP ", xmp({"dc:creator": plant.text}))))


@planted("webp.iccp", ("L111", "webp.iccp"))
def profile(data: bytes, plant: Plant) -> bytes:
    """A colour profile."""
    del plant
    return with_chunk(data, b"ICCP", icc.profile(), ICC)


@planted("webp.c2pa", ("L114", "webp.c2pa"), ("L212", "webp.c2pa.thumbnail"))
def provenance(data: bytes, plant: Plant) -> bytes:
    """A provenance store with a thumbnail."""
    return with_chunk(data, b"C2PA", b"\0\0\0\x10jumb" + plant.marker + small_jpeg((48, 48)))


@planted("webp.frames", ("L211", "webp.frames"))
def second_frame(data: bytes, plant: Plant) -> bytes:
    """A second frame that a still viewer never shows."""
    del plant
    size = size_of(data)
    hidden = coded(face(size, _SKIN), quality=80)[0]
    shown = split(data)[0]
    return join(
        (extended(ANIMATION, size), Chunk(b"ANIM", bytes(6)), frame(shown, size, 60_000), frame(hidden, size, 0))
    )


@planted("webp.image.second", ("L307", "webp.image.second"), ("L211", "webp.frames"))
def second_picture(data: bytes, plant: Plant) -> bytes:
    """A second coded picture behind the first."""
    del plant
    return join((*split(data), *coded(face(size_of(data), _SKIN), quality=80)))


@planted("webp.vp8.slack", ("L304", "webp.vp8.slack"))
def slack(data: bytes, plant: Plant) -> bytes:
    """Bytes behind the last partition, inside the chunk."""
    return join((Chunk(b"VP8 ", _lossy(data).data + plant.data),))


@planted("webp.vp8.slack.first", ("L304", "webp.vp8.slack"))
def slack_between(data: bytes, plant: Plant) -> bytes:
    """Bytes behind the first partition, its length corrected."""
    stream = _lossy(data).data
    tag = int.from_bytes(stream[:3], "little")
    first = 10 + (tag >> 5)
    longer = tag + (len(plant.data) << 5)
    return join((Chunk(b"VP8 ", longer.to_bytes(3, "little") + stream[3:first] + plant.data + stream[first:]),))


@planted("webp.vp8l.slack", ("L304", "webp.vp8.slack"))
def slack_lossless(data: bytes, plant: Plant) -> bytes:
    """Bytes behind the end of a lossless stream, inside the chunk."""
    (chunk,) = coded(Image.open(io.BytesIO(data)).convert("RGB"), lossless=True)
    return join((Chunk(b"VP8L", chunk.data + plant.data),))


@planted("webp.alph.slack", ("L304", "webp.vp8.slack"))
def slack_alpha(data: bytes, plant: Plant) -> bytes:
    """Bytes behind the end of the alpha channel's stream."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    image.putalpha(Image.linear_gradient("L").resize(image.size).point(lambda value: max(1, value)))
    head, alpha, picture = coded(image, quality=80)
    return join((head, Chunk(b"ALPH", alpha.data + plant.data), picture))


@planted("webp.alpha.rgb", ("L401", "webp.alpha.rgb"))
def beneath(data: bytes, plant: Plant) -> bytes:
    """A picture under full transparency, kept exactly."""
    del plant
    image = Image.open(io.BytesIO(data)).convert("RGB")
    mask = Image.new("L", image.size, 255)
    mask.paste(0, (8, 8, image.width // 2, image.height // 2))
    image.putalpha(mask)
    return join(coded(image, lossless=True, exact=True))


@planted("webp.alpha.rgb.lossy", ("L401", "webp.alpha.rgb"))
def beneath_lossy(data: bytes, plant: Plant) -> bytes:
    """A lossy picture with an alpha channel put beside it later: everything beneath is still there."""
    del plant
    size = size_of(data)
    mask = np.full((size[1], size[0]), 255, np.uint8)
    mask[:80, :96] = 0
    alpha = Chunk(b"ALPH", b"\0" + mask.tobytes())
    return join((extended(ALPHA, size), alpha, _lossy(data)))


def _lossy(data: bytes) -> Chunk:
    """The picture as another program codes it."""
    (chunk,) = coded(Image.open(io.BytesIO(data)).convert("RGB"), quality=80)
    return chunk


@planted("webp.size", ("L301", "webp.trailer"), ("L306", "webp.size"))
def stated_size(data: bytes, plant: Plant) -> bytes:
    """An EXIF chunk that the size in the header leaves out: readers skip it, and tools that go by chunks find it."""
    return data + Chunk(b"EXIF", Exif(image={0x010E: plant.text}).to_bytes()).to_bytes()


@planted("webp.padding", ("L308", "webp.padding"))
def padding(data: bytes, plant: Plant) -> bytes:
    """A byte of padding that is not zero."""
    profile = Chunk(b"ICCP", icc.profile() + b"\0")
    odd = Chunk(b"ICCP", profile.data[: len(profile.data) // 2 * 2 - 1]).to_bytes(plant.digest[:1])
    return join((extended(ICC, size_of(data)), odd, *split(data)))


@planted("webp.flags", ("L306", "webp.flags"))
def flags(data: bytes, plant: Plant) -> bytes:
    """An EXIF chunk that the flags do not announce."""
    del plant
    return with_chunk(data, b"EXIF", Exif(image=RESOLUTION).to_bytes(), 0)


@planted("webp.vp8x.unused", ("L305", "webp.vp8x.unused"))
def unused(data: bytes, plant: Plant) -> bytes:
    """An extended header with nothing to announce."""
    del plant
    return join((extended(0, size_of(data)), *split(data)))


@planted("webp.reserved", ("L308", "webp.reserved"))
def reserved(data: bytes, plant: Plant) -> bytes:
    """Three reserved bytes that are not zero."""
    head = extended(0, size_of(data))
    return join((Chunk(b"VP8X", b"\0" + plant.digest[:3] + head.data[4:]), *split(data)))
