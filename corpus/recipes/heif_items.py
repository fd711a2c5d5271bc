"""HEIC and AVIF: pictures and metadata beside the picture, each an item of its own."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace

import numpy as np
from PIL import Image

from indelible.corpus.draw import face
from indelible.corpus.exif import RESOLUTION, Exif, gps, xmp
from indelible.corpus.heiffile import File, Part, box, decoded, encoded, full, split
from indelible.corpus.payload import Plant, small_jpeg
from indelible.corpus.recipes.heif_structure import both, heif

_ALPHA = {"avif": b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", "heif": b"urn:mpeg:hevc:2015:auxid:1"}


def _format(file: File) -> str:
    return "avif" if file.parts[0].kind == b"av01" else "heif"


def _picture(plant: Plant, size: tuple[int, int] = (96, 64)) -> Image.Image:
    """A face on a ground of its own: what the published picture does not show."""
    rng = np.random.default_rng(list(plant.digest[:8]))
    coarse = rng.integers(60, 190, (size[1] // 8, size[0] // 8, 3), dtype=np.uint8)
    image = Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
    image.paste(face((size[1] // 2, size[1] * 5 // 8), (214, 164, 128)), (size[0] // 4, 4))
    return image


def _hidden(file: File, plant: Plant, size: tuple[int, int] = (96, 64)) -> Part:
    return encoded(_picture(plant, size), _format(file))


@both("item.thmb", ("L208", "heif.item.thmb"))
def thumbnail(data: bytes, plant: Plant) -> bytes:
    """The thumbnail of another picture."""
    file = split(data)
    return file.add(_hidden(file, plant), links=[(b"thmb", 2, (1,))]).to_bytes()


@both("item.hidden", ("L209", "heif.item.hidden"))
def hidden(data: bytes, plant: Plant) -> bytes:
    """An item that the file says nobody should show."""
    file = split(data)
    return file.add(replace(_hidden(file, plant), hidden=True)).to_bytes()


@both("images", ("L211", "heif.images"))
def second(data: bytes, plant: Plant) -> bytes:
    """A second picture of the same rank."""
    file = split(data)
    return file.add(_hidden(file, plant)).to_bytes()


@both("item.aux.depth", ("L207", "heif.item.aux"))
def depth(data: bytes, plant: Plant) -> bytes:
    """A depth map."""
    return _auxiliary(data, plant, b"urn:mpeg:mpegB:cicp:systems:auxiliary:depth")


@both("item.aux.gainmap", ("L207", "heif.item.aux"))
def gain_map(data: bytes, plant: Plant) -> bytes:
    """A phone's gain map."""
    return _auxiliary(data, plant, b"urn:com:apple:photo:2020:aux:hdrgainmap")


def _auxiliary(data: bytes, plant: Plant, kind: bytes) -> bytes:
    file = split(data)
    part = encoded(_picture(plant).convert("L"), _format(file)).with_property(full(b"auxC", kind + b"\0"))
    return file.add(part, links=[(b"auxl", 2, (1,))]).to_bytes()


@both("item.alpha.second", ("L207", "heif.item.aux"))
def second_alpha(data: bytes, plant: Plant) -> bytes:
    """Two alpha planes: one of them is never looked at."""
    file = split(data)
    kind = full(b"auxC", _ALPHA[_format(file)] + b"\0")
    plane = encoded(decoded(data).convert("L"), _format(file)).with_property(kind)
    other = encoded(_picture(plant, decoded(data).size).convert("L"), _format(file)).with_property(kind)
    return file.add(plane, other, links=[(b"auxl", 2, (1,)), (b"auxl", 3, (1,))]).to_bytes()


@both("item.tmap", ("L207", "heif.item.tmap"), ("L209", "heif.item.hidden"))
def tone_map(data: bytes, plant: Plant) -> bytes:
    """A tone-mapped picture derived from this one and a hidden one."""
    file = split(data)
    gain = replace(_hidden(file, plant), hidden=True)
    size = next(item for item in file.parts[0].properties if item[4:8] == b"ispe")
    derived = Part(kind=b"tmap", data=bytes(62), properties=(size,))
    return file.add(gain, derived, links=[(b"dimg", 3, (1, 2))]).to_bytes()


@both("clap", ("L209", "heif.clap"))
def crop(data: bytes, plant: Plant) -> bytes:
    """A crop that a viewer applies and that leaves every pixel in the file."""
    file = split(data)
    width, height = decoded(data).size
    left = 2 * (8 + plant.marker[20] % 8)
    window = struct.pack(">IIIIiIiI", width - left, 1, height, 1, left // 2, 1, 0, 1)
    return file.with_primary(file.parts[0].with_property(box(b"clap", window))).to_bytes()


@both("irot", ("L209", "heif.irot"))
def turned(data: bytes, plant: Plant) -> bytes:
    """A rotation, which says how the camera was held."""
    file = split(data)
    return file.with_primary(file.parts[0].with_property(box(b"irot", bytes((1 + plant.marker[20] % 3,))))).to_bytes()


@both("derived.grid", ("L209", "heif.derived"))
def tiles(data: bytes, plant: Plant) -> bytes:
    """A grid that shows less than its tiles hold."""
    file = split(data)
    width, height = decoded(data).size
    tile = replace(file.parts[0], hidden=True)
    shown = (width * 2 - 40, height)
    grid = Part(
        kind=b"grid",
        data=struct.pack(">BBBBHH", 0, 0, 0, 1, *shown),
        properties=(full(b"ispe", struct.pack(">II", *shown)),),
    )
    right = replace(_hidden(file, plant, (width, height)), hidden=True)
    if tile.properties != right.properties:  # a grey picture: its grid must be of one kind
        right = tile
    return File(brands=file.brands, parts=(grid, tile, right), links=((b"dimg", 1, (2, 3)),)).to_bytes()


@heif("derived.identity", ("L209", "heif.derived"), ("L209", "heif.item.hidden"))
def identity(data: bytes, plant: Plant) -> bytes:
    """A picture that is derived from a hidden one by a crop."""
    del plant
    file = split(data)
    width, height = decoded(data).size
    size = next(item for item in file.parts[0].properties if item[4:8] == b"ispe")
    window = box(b"clap", struct.pack(">IIIIiIiI", width - 32, 1, height, 1, 16, 1, 0, 1))
    shown = Part(kind=b"iden", data=b"\0", properties=(size, window))
    whole = replace(file.parts[0], hidden=True)
    return File(brands=file.brands, parts=(shown, whole), links=((b"dimg", 1, (2,)),)).to_bytes()


@both("item.exif", ("L101", "heif.item.exif"), ("L102", "exif.gps"), ("L104", "exif.text"))
def exif(data: bytes, plant: Plant) -> bytes:
    """Camera data with a position and a caption."""
    block = Exif(image={0x010E: plant.text, **RESOLUTION}, position=gps(59.3, 18.1)).to_bytes()
    return _described(data, Part(kind=b"Exif", data=bytes(4) + block))


@both("item.exif.thumbnail", ("L101", "heif.item.exif"), ("L201", "exif.ifd1.thumbnail"))
def exif_thumbnail(data: bytes, plant: Plant) -> bytes:
    """The thumbnail of another picture in the camera data."""
    del plant
    block = Exif(image=RESOLUTION, thumbnail=small_jpeg((64, 48))).to_bytes()
    return _described(data, Part(kind=b"Exif", data=struct.pack(">I", 6) + b"Exif\0\0" + block))


@both("item.xmp", ("L106", "heif.item.xmp"), ("L104", "xmp.text"))
def packet(data: bytes, plant: Plant) -> bytes:
    """An XMP packet with a caption."""
    content = xmp({"dc:description": plant.text})
    return _described(data, Part(kind=b"mime", data=content, text=b"application/rdf+xml\0"))


@both("item.xmp.packed", ("L106", "heif.item.xmp"), ("L104", "xmp.text"))
def packed(data: bytes, plant: Plant) -> bytes:
    """The same, compressed."""
    content = zlib.compress(xmp({"dc:description": plant.text}))
    return _described(data, Part(kind=b"mime", data=content, text=b"application/rdf+xml\0deflate\0"))


@both("item.mime", ("L302", "heif.item.mime"))
def attachment(data: bytes, plant: Plant) -> bytes:
    """An attachment of any kind."""
    return _described(data, Part(kind=b"mime", data=plant.data, text=b"text/plain\0"))


@both("item.iptc", ("L110", "heif.item.iptc"))
def iptc(data: bytes, plant: Plant) -> bytes:
    """A press agency's record."""
    record = b"\x1c\x02\x78" + struct.pack(">H", len(plant.marker)) + plant.marker
    return _described(data, Part(kind=b"iptc", data=record))


@both("item.uri", ("L302", "heif.item.uri"))
def address(data: bytes, plant: Plant) -> bytes:
    """Data whose kind is given by an address."""
    return _described(data, Part(kind=b"uri ", data=plant.data, text=b"tag:example.org,2020:meta\0"))


def _described(data: bytes, part: Part) -> bytes:
    return split(data).add(part, links=[(b"cdsc", 2, (1,))]).to_bytes()
