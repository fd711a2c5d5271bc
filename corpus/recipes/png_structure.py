"""PNG: bytes where no reader looks. Numbers 8 to 11 of the planted payloads, and their relatives."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from functools import lru_cache

import numpy as np
from PIL import Image

from indelible.corpus.payload import Plant, small_jpeg
from indelible.corpus.planting import planted
from indelible.corpus.pngfile import SIGNATURE, Chunk, insert, join, split, text


@planted("png.trailer", ("L301", "png.trailer"))
def trailer(data: bytes, plant: Plant) -> bytes:
    """Bytes behind IEND."""
    return data + plant.data


@planted("png.trailer.text", ("L301", "png.trailer"))
def text_behind(data: bytes, plant: Plant) -> bytes:
    """A text chunk behind IEND."""
    return data + text("Comment", plant.text).to_bytes()


@planted("png.trailer.picture", ("L301", "png.trailer"))
def picture_behind(data: bytes, plant: Plant) -> bytes:
    """A second picture behind IEND."""
    del plant
    return data + small_jpeg((48, 48))


@planted("png.trailer.restorable", ("L301", "png.trailer"), ("L313", "png.trailer.restorable"))
def overwritten(data: bytes, plant: Plant) -> bytes:
    """A larger picture overwritten by this one and not truncated (CVE-2023-21036)."""
    rng = np.random.default_rng(list(plant.digest[:8]))
    coarse = rng.integers(0, 256, (40, 50, 3), dtype=np.uint8)
    older = np.asarray(Image.fromarray(coarse).resize((400, 320), Image.Resampling.BICUBIC), np.int16)
    older = np.clip(older + rng.integers(-6, 7, older.shape), 0, 255).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(older).save(stream, "PNG")
    return data + stream.getvalue()[len(data) :]


@planted("png.chunk.unknown", ("L302", "png.chunk.unknown"))
def private(data: bytes, plant: Plant) -> bytes:
    """A private chunk, well placed and with a right checksum."""
    return insert(data, Chunk(b"prVt", plant.data))


@planted("png.chunk.preview", ("L214", "png.chunk.preview"))
def preview(data: bytes, plant: Plant) -> bytes:
    """A drawing program's preview chunk."""
    del plant
    return insert(data, Chunk(b"prVW", small_jpeg()))


@planted("png.idat.slack", ("L304", "png.idat.slack"))
def slack(data: bytes, plant: Plant) -> bytes:
    """Bytes behind the end of the compressed stream, inside the last IDAT."""
    chunks, _ = split(data)
    last = max(index for index, item in enumerate(chunks) if item.name == b"IDAT")
    longer = Chunk(b"IDAT", chunks[last].data + plant.data)
    return join((*chunks[:last], longer, *chunks[last + 1 :]))


@planted("png.idat.extra", ("L307", "png.idat.extra"))
def split_off(data: bytes, plant: Plant) -> bytes:
    """An empty IDAT behind the data."""
    del plant
    chunks, _ = split(data)
    return join((*chunks[:-1], Chunk(b"IDAT", b""), chunks[-1]))


@planted("png.rows", ("L306", "png.rows"))
def rows(data: bytes, plant: Plant) -> bytes:
    """More rows in the compressed stream than the header says."""
    chunks, _ = split(data)
    stream = b"".join(item.data for item in chunks if item.name == b"IDAT")
    longer = zlib.compress(zlib.decompress(stream) + plant.data, 6)
    return join((chunks[0], Chunk(b"IDAT", longer), chunks[-1]))


@planted("png.text", ("L112", "png.text"))
def plain_text(data: bytes, plant: Plant) -> bytes:
    """A tEXt chunk."""
    return insert(data, Chunk(b"tEXt", b"Comment\0" + plant.data.replace(b"\0", b" ")))


@planted("png.text.international", ("L112", "png.text"))
def international(data: bytes, plant: Plant) -> bytes:
    """An iTXt chunk, compressed."""
    return insert(data, Chunk(b"iTXt", b"Description\0\x01\0en\0\0" + zlib.compress(plant.text.encode())))


@planted("png.text.compressed", ("L112", "png.text"))
def compressed(data: bytes, plant: Plant) -> bytes:
    """A zTXt chunk."""
    return insert(data, Chunk(b"zTXt", b"Author\0\0" + zlib.compress(plant.data)))


@planted("png.time", ("L113", "png.ancillary"))
def time(data: bytes, plant: Plant) -> bytes:
    """The time of the last change."""
    return insert(data, Chunk(b"tIME", struct.pack(">HBBBBB", 2019, 7, 1 + plant.marker[20] % 28, 9, 42, 10)))


@planted("png.resolution", ("L113", "png.ancillary"))
def resolution(data: bytes, plant: Plant) -> bytes:
    """The resolution of the scanner."""
    return insert(data, Chunk(b"pHYs", struct.pack(">IIB", 5000 + plant.marker[20], 11811, 1)))


@planted("png.gamma", ("L113", "png.ancillary"))
def gamma(data: bytes, plant: Plant) -> bytes:
    """A gamma value that only one program writes."""
    return insert(data, Chunk(b"gAMA", struct.pack(">I", 45400 + plant.marker[20])))


@planted("png.crc", ("L312", "png.crc"))
def checksum(data: bytes, plant: Plant) -> bytes:
    """Four bytes of room in a checksum that most readers do not look at."""
    chunks, _ = split(data)
    end = chunks[-1].to_bytes()
    return join(chunks[:-1]) + end[:-4] + plant.digest[:4]


@planted("png.apng", ("L211", "apng.frames"))
def frames(data: bytes, plant: Plant) -> bytes:
    """A second frame that a still viewer never shows."""
    del plant
    chunks, _ = split(data)
    width, height = struct.unpack_from(">II", chunks[0].data)
    channels = {0: 1, 2: 3}[chunks[0].data[9]]
    control = (width, height, 0, 0, 1, 10, 0, 0)
    hidden = zlib.compress(
        (b"\0" + bytes(range(width * channels % 256)) * 1).ljust(width * channels + 1, b"x") * height
    )
    pieces = [chunks[0], Chunk(b"acTL", struct.pack(">II", 2, 0))]
    pieces.append(Chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, *control)))
    pieces += chunks[1:-1]
    pieces.append(Chunk(b"fcTL", struct.pack(">IIIIIHHBB", 1, *control)))
    pieces.append(Chunk(b"fdAT", struct.pack(">I", 2) + hidden))
    return join((*pieces, chunks[-1]))


@planted("png.trailer.archive", ("L301", "png.trailer"))
def archive(data: bytes, plant: Plant) -> bytes:
    """A ZIP file behind the picture: both open."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as bundle:
        bundle.writestr(zipfile.ZipInfo("original.txt"), plant.data)
    return data + stream.getvalue()


@planted("png.palette.suggested", ("L305", "png.plte.suggested"))
def suggested(data: bytes, plant: Plant) -> bytes:
    """A palette in a picture that has none to use."""
    chunks, tail = split(data)
    header = chunks[0].data
    if header[9] == 0:  # a grey picture may not have one: write it as RGB
        stream = io.BytesIO()
        Image.open(io.BytesIO(data)).convert("RGB").save(stream, "PNG")
        data = stream.getvalue()
    return insert(data, Chunk(b"PLTE", plant.marker))


@planted("png.transparent_color", ("L305", "png.trns"))
def transparent_color(data: bytes, plant: Plant) -> bytes:
    """One colour declared transparent: a place for a few bytes, and for pixels that a viewer does not show."""
    chunks, _ = split(data)
    samples = {0: 1, 2: 3}[chunks[0].data[9]]
    return insert(data, Chunk(b"tRNS", b"".join(bytes((0, value)) for value in plant.digest[:samples])))


@planted("png.text.large", ("L112", "png.text"))
def inflating(data: bytes, plant: Plant) -> bytes:
    """A compressed text that grows to 24 MB: a reader that gives up has proved nothing."""
    return insert(data, Chunk(b"zTXt", b"Comment\0\0" + _large() + zlib.compress(plant.data)))


@lru_cache(maxsize=1)
def _large() -> bytes:
    return zlib.compress(b" " * 24_000_000, 9)


@planted("png.truncated", ("L310", "png.truncated"))
def truncated(data: bytes, plant: Plant) -> bytes:
    """The file ends before IEND: nobody can say what else is missing."""
    del plant
    return data[: -12 if data.startswith(SIGNATURE) else None]
