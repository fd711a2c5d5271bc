"""Every byte of a TIFF has a name; what a clean writer would not write is found, with the rule and channel that it has."""

from __future__ import annotations

import csv
import io
import struct
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from indelible.corpus.case import RECIPES, cases
from indelible.corpus.tifffile_ import Field, Page, bytes_field, change, join, long_field, short_field, split
from indelible.exec.exiftool import prefetch, reading
from indelible.model import Outcome, Severity
from indelible.redact.formats.tiff import write, write_frames
from indelible.redact.selfcheck import check_structure
from indelible.verify.checks import CHECKS, decide
from indelible.verify.containers import Walk, tiff
from indelible.verify.containers.signatures import decodes
from indelible.verify.containers.tags import judge_tag
from indelible.verify.containers.tiff_samples import read_samples
from indelible.verify.samples import encoded, texture
from indelible.verify.subject import Subject

SAMPLES = Path(__file__).parents[4] / "shared" / "samples" / "metadata"
WALKED = sorted(name for name in RECIPES.names() if name.startswith("tiff.") and name not in ("tiff.low_byte",))
#: Found by the pixel check, not by the walk.
_PIXELS = {"tiff.alpha.rgb", "tiff.palette.unused"}


def telling(walk: Walk) -> set[tuple[str, str]]:
    return {(item.rule, item.channel) for item in walk.findings if item.severity is not Severity.INFO}


def tiles(walk: Walk, length: int) -> bool:
    at = 0
    for item in walk.structures:
        if item.offset != at or item.length <= 0:
            return False
        at += item.length
    return at == length


@pytest.mark.parametrize("name", WALKED)
def test_a_planted_payload_is_found(name: str) -> None:
    """Each recipe is found in four spellings, its clean twin is not accused, and every byte keeps a name."""
    for case in cases(1, 4, frozenset({name})):
        walk = tiff.walk(case.published)

        assert tiles(walk, len(case.published))
        if case.leaky and name not in _PIXELS:
            assert case.expected <= telling(walk), case.name
        if not case.leaky:
            assert telling(walk) == set(), case.name


@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "LA", "1", "P", "I;16", "CMYK", "F"])
@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate", "packbits"])
def test_clean_files_of_another_encoder_have_no_finding(mode: str, compression: str | None) -> None:
    """What Pillow and libtiff write from bare pixels, in every mode and coding, is at most a fingerprint."""
    image = texture(83, 47, 3)
    image = image.convert("L").convert("I;16") if mode == "I;16" else image.convert(mode)
    data = encoded(image, "tiff", compression=compression)
    walk = tiff.walk(data)

    assert telling(walk) == set()
    assert tiles(walk, len(data)) and not walk.opaque


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_jpeg_inside_a_tiff_is_walked(mode: str) -> None:
    """The tables stand apart from the strips; put together they are a clean file, and what hides in a strip is found."""
    data = encoded(texture(90, 150, 4).convert(mode), "tiff", compression="jpeg", strip_size=90 * 64)
    (page,) = split(data)
    hidden = page.strips[0].replace(b"\xff\xda", b"\xff\xfe\x00\x0esecret words\xff\xda", 1)
    leaky = join((Page(page.fields, (hidden, *page.strips[1:])),))

    assert telling(tiff.walk(data)) == set()
    assert telling(tiff.walk(leaky)) == {("L112", "jpeg.com")}
    behind = join((Page(page.fields, (page.strips[0] + b"secret words", *page.strips[1:])),))
    assert telling(tiff.walk(behind)) == {("L304", "tiff.strip.slack")}


def _other(data: bytes, *, big: bool, order: str) -> bytes:
    """A file of our writer in the other byte order, or as BigTIFF: same strips, same entries."""
    (page,) = split(data)
    head = (b"II" if order == "<" else b"MM") + struct.pack(
        order + ("HHHQ" if big else "HI"), *((43, 8, 0, 0) if big else (42, 0))
    )
    body = bytearray(head)
    starts = []
    for strip in page.strips:
        starts.append(len(body))
        body += strip
    body += b"\0" * (len(body) % 2)
    long = "Q" if big else "I"
    room = 8 if big else 4
    fields: dict[int, tuple[int, int, bytes]] = {}
    for tag, item in page.fields.items():
        code = {3: "H", 4: "I", 5: "I"}[item.kind]
        numbers = struct.unpack(f"<{len(item.value) // struct.calcsize(code)}{code}", item.value)
        fields[tag] = (item.kind, item.count, struct.pack(f"{order}{len(numbers)}{code}", *numbers))
    wide = 16 if big else 4
    fields[273] = (wide, len(starts), struct.pack(f"{order}{len(starts)}{long}", *starts))
    fields[279] = (wide, len(starts), struct.pack(f"{order}{len(starts)}{long}", *map(len, page.strips)))
    struct.pack_into(order + long, body, 8 if big else 4, len(body))
    place = len(body) + (8 if big else 2) + (20 if big else 12) * len(fields) + room
    table, values = struct.pack(order + ("Q" if big else "H"), len(fields)), b""
    for tag in sorted(fields):
        kind, count, value = fields[tag]
        table += struct.pack(order + ("HHQ" if big else "HHI"), tag, kind, count)
        if len(value) <= room:
            table += value.ljust(room, b"\0")
        else:
            table += struct.pack(order + long, place + len(values))
            values += value + b"\0" * (len(value) % 2)
    return bytes(body) + table + bytes(room) + values


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
def test_both_byte_orders_and_big_files(order: str, big: bool) -> None:
    """The same picture in the other layouts is clean; a payload behind it, or in an entry, is not."""
    image = Image.new("RGB", (300, 200), "navy")
    data = _other(write(image, None), big=big, order=order)
    back = decodes(data, "TIFF")

    if not big or order == "<":  # the imaging library does not know the fourth layout
        assert back is not None and back.tobytes() == image.tobytes()
    assert telling(tiff.walk(data)) == set()
    assert telling(tiff.walk(data + b"secret words")) == {("L309", "tiff.unreferenced")}


def _tiled(pixels: np.ndarray, tile: int, predictor: int = 1) -> bytes:
    """An uncompressed or differenced RGB file of square tiles; ``pixels`` is a whole number of tiles."""
    height, width = pixels.shape[:2]
    if predictor == 2:
        rows = pixels.reshape(height, width // tile, tile, 3).copy()
        rows[:, :, 1:] = pixels.reshape(height, width // tile, tile, 3)[:, :, 1:] - rows[:, :, :-1]
        pixels = rows.reshape(height, width, 3)
    blocks = [
        pixels[y : y + tile, x : x + tile].tobytes() for y in range(0, height, tile) for x in range(0, width, tile)
    ]
    fields = {
        256: long_field(40), 257: long_field(24), 258: short_field(8, 8, 8), 259: short_field(1), 262: short_field(2),
        277: short_field(3), 284: short_field(1), 317: short_field(predictor), 322: short_field(tile), 323: short_field(tile),
    }  # fmt: skip
    data = join((Page(fields, tuple(blocks)),))
    at = data.rfind(struct.pack("<HHI", 273, 4, len(blocks)))
    data = data[:at] + struct.pack("<H", 324) + data[at + 2 :]
    at = data.rfind(struct.pack("<HHI", 279, 4, len(blocks)))
    data = data[:at] + struct.pack("<H", 325) + data[at + 2 :]
    # the two moved entries belong behind the tile's size
    (start,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, start)
    table = sorted(data[at : at + 12] for at in range(start + 2, start + 2 + 12 * count, 12))
    table.sort(key=lambda entry: struct.unpack_from("<H", entry))
    return data[: start + 2] + b"".join(table) + data[start + 2 + 12 * count :]


@pytest.mark.parametrize("predictor", [1, 2])
def test_margins_of_tiles(predictor: int) -> None:
    """One colour or the repeated edge beyond the picture is how encoders fill tiles; anything else is content."""
    seen = np.asarray(texture(48, 32, 5)).copy()
    constant, repeated = seen.copy(), seen.copy()
    constant[24:], constant[:, 40:] = 255, 255
    repeated[:, 40:] = repeated[:, 39:40]
    repeated[24:] = repeated[23:24]

    assert telling(tiff.walk(_tiled(constant, 16, predictor))) == set()
    assert telling(tiff.walk(_tiled(repeated, 16, predictor))) == set()
    assert telling(tiff.walk(_tiled(seen, 16, predictor))) == {("L308", "tiff.tile.padding")}


def test_further_pictures_are_handed_out_to_be_compared() -> None:
    """Reduced copies in the chain decode from the copies that are handed out; pages are the picture, and told."""
    first, second, third = texture(80, 60, 1), texture(40, 30, 2), Image.new("L", (24, 18), 9)
    data = write_frames((first, second, third), (), 0)
    main, *further = split(data)
    pages = tiff.inspect(data)
    reduced = tiff.inspect(join((main, *(page.with_field(254, long_field(1)) for page in further))))

    assert [(item.rule, item.channel, item.cannot_tell) for item in pages.walk.findings] == [
        ("L211", "tiff.ifd.next", True)
    ]
    assert not pages.embedded
    assert ("L211", "tiff.reduced") in telling(reduced.walk)
    found = [decodes(item.data) for item in reduced.embedded]
    assert [item.tobytes() if item else b"" for item in found] == [second.tobytes(), third.tobytes()]


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("size", [(1, 1), (203, 97), (30_000, 3), (3, 3_000)])
@pytest.mark.parametrize("flat", [False, True])
def test_our_writer_is_clean_to_both_witnesses(mode: str, size: tuple[int, int], flat: bool) -> None:
    """Same bytes twice, the pixels come back, no finding, and exiftool shows nothing outside its list and no warning."""
    image = (Image.new("RGB", size, "teal") if flat else texture(*size, 8)).convert(mode)
    data = write(image, None)
    answer = reading(data)

    assert data == write(image, None)
    check_structure(data, "tiff")
    with Image.open(io.BytesIO(data)) as back:
        assert (back.mode, back.tobytes()) == (mode, image.tobytes())
    walk = tiff.walk(data)
    assert walk.findings == () and tiles(walk, len(data))
    assert (0, False) == (answer.warnings, answer.error)
    assert [key for key in sorted(answer.tags) if judge_tag("tiff", key, answer.tags[key])] == []


def test_exiftool_on_what_our_writer_does_not_write() -> None:
    """Pages and foreign codings are named for what they are; a text is a text."""
    pages = write_frames((texture(20, 20, 1), texture(20, 20, 2)), (), 0)
    tiled = encoded(texture(20, 20, 1).convert("P"), "tiff", compression="tiff_lzw", dpi=(72, 72))
    named = change(write(texture(20, 20, 1), None), 305, Field(2, 6, b"Paint\0"))
    prefetch([pages, tiled, named])

    def seen(data: bytes) -> set[tuple[str, str]]:
        tags = reading(data).tags
        found = [judge_tag("tiff", key, tags[key]) for key in tags]
        return {(item.rule, item.channel) for item in found if item is not None}

    assert seen(pages) == set()
    assert seen(tiled) <= {("L117", "exiftool.tiff.encoder")}
    assert ("L101", "exiftool.exif") in seen(named)


def test_stored_samples_are_what_was_written() -> None:
    """At full depth, with alpha, in strips of every coding."""
    deep = np.arange(60 * 50, dtype=np.uint16).reshape(50, 60) * 21
    stored = read_samples(encoded(Image.fromarray(deep), "tiff", compression="tiff_adobe_deflate"))
    alpha = texture(33, 21, 1).convert("RGBA")
    alpha.putalpha(Image.linear_gradient("L").resize((33, 21)))
    colour = read_samples(encoded(alpha, "tiff", compression="tiff_lzw"))
    indexed = texture(33, 21, 1).quantize(16)
    palette = read_samples(encoded(indexed, "tiff", compression="packbits"))
    bilevel = texture(33, 21, 1).convert("1")
    bits = read_samples(encoded(bilevel, "tiff"))

    assert stored is not None and (stored.pixels[..., 0] == deep).all()
    assert colour is not None and colour.alpha == 3 and (colour.pixels == np.asarray(alpha)).all()
    assert palette is not None and palette.palette is not None and (palette.pixels[..., 0] == np.asarray(indexed)).all()
    assert bits is not None and (bits.pixels[..., 0] == np.asarray(bilevel)).all()


def _directory(*entries: tuple[int, int, int, int], following: int = 0) -> bytes:
    table = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return struct.pack("<H", len(entries)) + table + struct.pack("<I", following)


HOSTILE = {
    "points to itself": b"II*\0\x08\0\0\0" + _directory((330, 4, 1, 8), following=8),
    "ring of exif": b"II*\0\x08\0\0\0" + _directory((34665, 4, 1, 8)),
    "count of values 2^32": b"II*\0\x08\0\0\0" + _directory((273, 4, 0xFFFFFFFF, 0), (279, 4, 0xFFFFFFFF, 0)),
    "picture of 2^32": b"II*\0\x08\0\0\0" + _directory((256, 4, 1, 0xFFFFFFFF), (257, 4, 1, 0xFFFFFFFF), (273, 4, 1, 8)),
    "rows of one byte": b"II*\0\x08\0\0\0" + _directory((256, 4, 1, 1), (257, 4, 1, 0xFFFFFFFF), (273, 4, 1, 8), (278, 4, 1, 1)),
    "tiles of nothing": b"II*\0\x08\0\0\0" + _directory((256, 4, 1, 9), (257, 4, 1, 9), (322, 4, 1, 0), (323, 4, 1, 0), (324, 4, 1, 8)),
    "big offsets": b"II+\0\x08\0\0\0" + struct.pack("<Q", 1 << 63) + bytes(40),
    "big count": b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, 1 << 63) + bytes(80),
    "header alone": b"MM\0*\0\0\0\x08",
    "no directory": b"II*\0\0\0\0\0",
    "many directories": b"II*\0\x08\0\0\0" + b"".join(struct.pack("<HI", 0, 14 + 6 * n) for n in range(100_000)),
    "entries without end": b"II*\0\x08\0\0\0\xff\xff" + b"\0\x01\x03\0\x01\0\0\0\x01\0\0\0" * 65_535,
    "zeros": b"II*\0\x08\0\0\0" + bytes(1_000_000),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_end_in_time_and_are_never_clean(name: str) -> None:
    """Rings, floods and sizes that no machine has."""
    started = time.monotonic()
    walk = tiff.walk(HOSTILE[name])

    assert time.monotonic() - started < 2
    assert telling(walk) and tiles(walk, len(HOSTILE[name]))


def test_nesting_a_thousand_deep_is_cut() -> None:
    """Directories in directories: beyond a depth nothing is certified."""
    data = b"II*\0\x08\0\0\0" + b"".join(_directory((330, 4, 1, 8 + 18 * (n + 1))) for n in range(1_000)) + bytes(6)

    assert ("L315", "tiff.structures") in telling(tiff.walk(data))


def test_bombs_are_cut_off() -> None:
    """Deflate, PackBits and LZW that grow beyond the picture are followed no further than the picture."""
    import zlib

    page = {256: long_field(60_000), 257: long_field(60_000), 258: short_field(8), 262: short_field(1), 277: short_field(1),
            278: long_field(60_000), 284: short_field(1)}  # fmt: skip
    small = page | {256: long_field(64), 257: long_field(64), 278: long_field(64)}
    bomb = zlib.compress(bytes(300_000_000), 9)
    huge = join((Page(page | {259: short_field(8)}, (bomb,)),))
    longer = join((Page(small | {259: short_field(8)}, (bomb,)),))
    started = time.monotonic()

    assert ("L315", "tiff.strip.budget") in telling(tiff.walk(huge))
    assert ("L304", "tiff.strip.slack") in telling(tiff.walk(longer))
    assert time.monotonic() - started < 3


def test_strips_that_share_their_bytes_are_not_decoded_again_and_again() -> None:
    """Ten thousand strips of one stretch of the file: said, not followed."""
    data = write(texture(400, 300, 1), None)
    (page,) = split(data)
    count = 10_000
    fields = {**page.fields, 257: long_field(count * 40), 278: long_field(40)}
    body = join((Page(fields, (page.strips[0],)),))
    place = len(body)
    changed = bytearray(body + struct.pack(f"<{count}I", *(8,) * count) + struct.pack(f"<{count}I", *(48_000,) * count))
    (start,) = struct.unpack_from("<I", changed, 4)
    for at in range(start + 2, start + 2 + 12 * struct.unpack_from("<H", changed, start)[0], 12):
        tag = struct.unpack_from("<H", changed, at)[0]
        if tag in (273, 279):
            struct.pack_into("<HII", changed, at + 2, 4, count, place + (4 * count if tag == 279 else 0))
    started = time.monotonic()

    assert ("L306", "tiff.strip.overlap") in telling(tiff.walk(bytes(changed)))
    assert time.monotonic() - started < 2


def test_unknown_private_entries_break_and_low_unreadable_ones_are_undecided() -> None:
    """A registered number that nobody knows, holding nothing readable, cannot be judged."""
    data = write(texture(20, 20, 1), None)
    (low,) = tiff.walk(change(data, 300 + 200, bytes_field(bytes(12)))).findings
    (private,) = tiff.walk(change(data, 65_000, bytes_field(bytes(12)))).findings

    assert low.cannot_tell and not private.cannot_tell


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the labelled metadata samples are not on this machine")
def test_every_labelled_sample_is_flagged() -> None:
    """Each TIFF and PSD of the labelled set that carries something breaks or stops the container walk."""
    walk = CHECKS.get("containers.walk")
    with (SAMPLES / "MANIFEST.csv").open(newline="", encoding="utf-8") as table:
        rows = [row for row in csv.DictReader(table) if row["format"] in ("tiff", "psd")]
    missed = [
        row["file"]
        for row in rows
        if decide(walk.run(Subject(published=(SAMPLES / row["file"]).read_bytes()))) is Outcome.HELD
    ]

    assert len(rows) > 20
    assert [] == missed
