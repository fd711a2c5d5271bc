"""Every byte of a PNG has a name; what a clean writer would not write is found, with the rule and channel that it has."""

from __future__ import annotations

import struct
import time
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from indelible.verify.containers import Walk, png
from indelible.verify.plants import chunk, clean_jpeg, clean_png, exif_block, payload, with_chunk
from indelible.verify.samples import encoded, texture

PAYLOAD = payload(8)


def telling(walk: Walk) -> set[tuple[str, str]]:
    return {(item.rule, item.channel) for item in walk.findings if item.severity.value != "info"}


def tiles(walk: Walk, length: int) -> bool:
    at = 0
    for item in walk.structures:
        if item.offset != at or item.length <= 0:
            return False
        at += item.length
    return at == length


def rebuilt(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The file with its joined IDAT content changed, in one IDAT."""
    at, stream, head = 8, b"", data[:8]
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind == b"IDAT":
            stream += data[at + 8 : at + 8 + length]
        elif kind == b"IEND":
            break
        else:
            head += data[at : at + 12 + length]
        at += 12 + length
    return head + chunk(b"IDAT", change(stream)) + chunk(b"IEND", b"")


def longer(stream: bytes) -> bytes:
    return zlib.compress(zlib.decompress(stream) + b"\0" + PAYLOAD)


RECIPES: dict[str, tuple[Callable[[bytes], bytes], str, str]] = {
    "8 append": (lambda d: d + PAYLOAD, "L301", "png.trailer"),
    "9 tEXt after IEND": (lambda d: d + chunk(b"tEXt", b"Comment\0" + PAYLOAD), "L301", "png.trailer"),
    "10 private chunk": (lambda d: with_chunk(d, b"prVt", PAYLOAD), "L302", "png.chunk.unknown"),
    "11 IDAT slack": (lambda d: rebuilt(d, lambda s: s + PAYLOAD), "L304", "png.idat.slack"),
    "further rows": (lambda d: rebuilt(d, longer), "L306", "png.rows"),
    "tEXt": (lambda d: with_chunk(d, b"tEXt", b"Comment\0" + PAYLOAD), "L112", "png.text"),
    "zTXt": (lambda d: with_chunk(d, b"zTXt", b"Comment\0\0" + zlib.compress(PAYLOAD)), "L112", "png.text"),
    "zTXt slack": (lambda d: with_chunk(d, b"zTXt", b"C\0\0" + zlib.compress(b"a") + PAYLOAD), "L304", "png.text.slack"),
    "iTXt XMP": (
        lambda d: with_chunk(d, b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta exif:GPSLatitude='1'/>"),
        "L102",
        "xmp.gps",
    ),
    "eXIf": (lambda d: with_chunk(d, b"eXIf", exif_block(gps=True)), "L102", "exif.gps"),
    "raw profile": (
        lambda d: with_chunk(d, b"tEXt", b"Raw profile type exif\0\nexif\n  20\n" + exif_block(gps=True).hex().encode()),
        "L102",
        "exif.gps",
    ),
    "iCCP": (lambda d: with_chunk(d, b"iCCP", b"name\0\0" + zlib.compress(bytes(128))), "L111", "png.iccp"),
    "pHYs": (lambda d: with_chunk(d, b"pHYs", bytes(9)), "L113", "png.ancillary"),
    "tIME": (lambda d: with_chunk(d, b"tIME", bytes(7)), "L113", "png.ancillary"),
    "acTL": (lambda d: with_chunk(d, b"acTL", struct.pack(">II", 1, 0)), "L211", "apng.frames"),
    "preview": (lambda d: with_chunk(d, b"prVW", clean_jpeg(1, (16, 16))), "L214", "png.chunk.preview"),
    "C2PA": (lambda d: with_chunk(d, b"caBX", bytes(40)), "L114", "png.c2pa"),
    "suggested palette": (lambda d: with_chunk(d, b"PLTE", PAYLOAD[:84]), "L305", "png.plte.suggested"),
    "empty IDAT": (lambda d: d.replace(chunk(b"IEND", b""), chunk(b"IDAT", b"") + chunk(b"IEND", b"")), "L307", "png.idat.extra"),
    "wrong CRC": (lambda d: d[:30] + bytes([d[30] ^ 1]) + d[31:], "L312", "png.crc"),
    "ZIP behind": (lambda d: d + b"PK\3\4" + bytes(40), "L301", "png.trailer"),
    "content in IEND": (lambda d: d[:-12] + chunk(b"IEND", PAYLOAD), "L303", "png.iend"),
}  # fmt: skip


@pytest.mark.parametrize("name", RECIPES)
def test_a_planted_payload_is_found(name: str) -> None:
    """Each recipe is found with its rule and channel, and every byte keeps a name."""
    plant, rule, channel = RECIPES[name]
    for seed in (1, 2, 3):
        data = plant(encoded(texture(128, 96, seed), "png"))
        walk = png.walk(data)

        assert (rule, channel) in telling(walk)
        assert tiles(walk, len(data))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
@pytest.mark.parametrize("size", [(1, 1), (3, 2), (65, 41)])
def test_clean_files_have_no_finding(mode: str, size: tuple[int, int]) -> None:
    """What Pillow writes from a bare picture, in every mode, has no finding and no opaque byte."""
    image = texture(80, 60, 5).crop((0, 0, *size))
    data = encoded(image.convert("L").convert("I;16") if mode == "I;16" else image.convert(mode), "png", optimize=True)
    walk = png.walk(data)

    assert not telling(walk)
    assert tiles(walk, len(data)) and not walk.opaque


def test_a_palette_with_transparency_is_clean() -> None:
    """PLTE and tRNS belong to a palette picture."""
    image = Image.new("P", (4, 4))
    image.putpalette([0, 0, 0, 255, 255, 255])

    assert not telling(png.walk(encoded(image, "png", transparency=0)))


@pytest.mark.parametrize("color", [0, 2, 3, 4, 6])
def test_adam7_rows_are_counted(color: int) -> None:
    """An interlaced picture of odd size has exactly the bytes of its seven passes; interlacing is a fingerprint."""
    bits = 8 * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color]
    raw = b"".join((b"\0" + bytes(stride - 1)) * down for down, stride in png.rows(13, 9, bits, True))
    palette = chunk(b"PLTE", bytes(3)) if color == 3 else b""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 13, 9, 8, color, 0, 0, 1))
    data = png.SIGNATURE + header + palette + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")

    assert not telling(png.walk(data))
    assert telling(
        png.walk(data.replace(chunk(b"IDAT", zlib.compress(raw)), chunk(b"IDAT", zlib.compress(raw + b"\0"))))
    )


def test_a_chunk_length_beyond_the_standard_is_undecided() -> None:
    """A length of 2^31 is refused without being believed."""
    data = clean_png()
    walk = png.walk(data[:33] + struct.pack(">I", 1 << 31) + data[37:])

    assert {("L306", "png.chunk.length"), ("L310", "png.truncated")} <= telling(walk)


def test_a_bomb_in_a_text_is_cut_off() -> None:
    """Hundreds of megabytes of zeros in a text chunk cost neither memory nor time."""
    engine = zlib.compressobj(9)
    bomb = b"".join(engine.compress(bytes(1 << 20)) for _ in range(48)) + engine.flush()
    data = clean_png()
    for _ in range(8):
        data = with_chunk(data, b"zTXt", b"Comment\0\0" + bomb)
    started = time.monotonic()
    walk = png.walk(data)

    assert ("L315", "png.text.size") in telling(walk)
    assert time.monotonic() - started < 5


def test_a_bomb_in_the_picture_is_cut_off() -> None:
    """The stream is inflated to the rows of the picture and no further."""
    data = rebuilt(clean_png(), lambda _: zlib.compress(bytes(200_000_000), 9))
    started = time.monotonic()

    assert ("L306", "png.rows") in telling(png.walk(data))
    assert time.monotonic() - started < 2


def test_a_file_cut_anywhere_is_never_clean() -> None:
    """Truncation at every structure's edge, and beside it, is undecided or broken."""
    data = with_chunk(clean_png(), b"tEXt", b"a\0" + PAYLOAD)
    for source in (clean_png(), data):
        edges = {item.offset + delta for item in png.walk(source).structures for delta in (0, 1, 4, 8, 11)}
        for edge in sorted(edge for edge in edges if 8 < edge < len(source)):
            walk = png.walk(source[:edge])
            assert telling(walk)
            assert tiles(walk, edge)


def test_a_thousand_chunks_are_fine_and_a_million_are_not() -> None:
    """The number of structures has a cap; beyond it nothing is certified."""
    data = clean_png()
    few, many = (data[:33] + chunk(b"tEXt", b"a\0b") * count + data[33:] for count in (1_000, 40_000))

    assert ("L315", "png.structures") not in telling(png.walk(few))
    assert ("L315", "png.structures") in telling(png.walk(many))


def test_known_private_chunks_break_and_unknown_unreadable_ones_are_undecided() -> None:
    """LEAKS.md section 2: a known private type is a leak whatever it holds."""
    (known,) = png.walk(with_chunk(clean_png(), b"iDOT", bytes(28))).findings
    (unknown,) = png.walk(with_chunk(clean_png(), b"prVt", bytes(28))).findings

    assert not known.cannot_tell and unknown.cannot_tell
