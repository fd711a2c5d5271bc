"""Every byte of a JPEG has a name; what a clean writer would not write is found, with the rule and channel that it has."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from indelible.verify.containers import Walk, jpeg
from indelible.verify.containers.walkers import inspect_file
from indelible.verify.plants import clean_jpeg, exif_block, payload, with_exif, with_segment, with_xmp
from indelible.verify.samples import encoded, texture

PAYLOAD = payload(7)


def telling(walk: Walk) -> set[tuple[str, str]]:
    return {(item.rule, item.channel) for item in walk.findings if item.severity.value != "info"}


def tiles(walk: Walk, length: int) -> bool:
    """Whether the structures lie end to end over the whole file."""
    at = 0
    for item in walk.structures:
        if item.offset != at or item.length <= 0:
            return False
        at += item.length
    return at == length


def before(data: bytes, marker: bytes, content: bytes) -> bytes:
    at = data.rindex(marker)
    return data[:at] + content + data[at:]


UNUSED = b"\xff\xdb\x00\x43\x03" + PAYLOAD[:64].replace(b"\0", b"1")

RECIPES: dict[str, tuple[Callable[[bytes], bytes], str, str]] = {
    "1 append": (lambda d: d + PAYLOAD, "L301", "jpeg.trailer"),
    "2 APP9": (lambda d: with_segment(d, 0xE9, PAYLOAD), "L302", "jpeg.app9.unknown"),
    "3 APP7": (lambda d: with_segment(d, 0xE7, PAYLOAD), "L302", "jpeg.app7.unknown"),
    "4 COM": (lambda d: with_segment(d, 0xFE, PAYLOAD), "L112", "jpeg.com"),
    "5 gap": (lambda d: before(d, b"\xff\xda", PAYLOAD), "L303", "jpeg.gap"),
    "6 DQT": (lambda d: before(d, b"\xff\xc0", UNUSED), "L305", "jpeg.table.unused"),
    "7 slack": (lambda d: before(d, b"\xff\xd9", PAYLOAD), "L304", "jpeg.scan.slack"),
    "one byte of slack": (lambda d: before(d, b"\xff\xd9", b"\x12"), "L304", "jpeg.scan.slack"),
    "zeros behind": (lambda d: d + bytes(100), "L301", "jpeg.trailer"),
    "EXIF": (lambda d: with_exif(d, exif_block(text=b"hello")), "L101", "jpeg.app1.exif"),
    "EXIF text": (lambda d: with_exif(d, exif_block(text=b"hello")), "L104", "exif.text"),
    "EXIF position": (lambda d: with_exif(d, exif_block(gps=True)), "L102", "exif.gps"),
    "EXIF slack": (lambda d: with_exif(d, exif_block(text=b"hello") + PAYLOAD), "L118", "exif.slack"),
    "EXIF thumbnail": (
        lambda d: with_exif(d, exif_block(thumbnail=clean_jpeg(3, (32, 24)))),
        "L201",
        "exif.ifd1.thumbnail",
    ),
    "XMP position only": (lambda d: with_xmp(d, b'exif:GPSLatitude="1,2N"'), "L102", "xmp.gps"),
    "XMP regions": (lambda d: with_xmp(d, b'mwg-rs:Regions="x"'), "L109", "xmp.regions"),
    "ICC": (lambda d: with_segment(d, 0xE2, b"ICC_PROFILE\0\1\1" + bytes(128)), "L111", "jpeg.app2.icc"),
    "MPF": (lambda d: with_segment(d, 0xE2, b"MPF\0II*\0" + bytes(8)), "L206", "jpeg.app2.mpf"),
    "second picture": (lambda d: d + clean_jpeg(9, (32, 32)), "L206", "jpeg.trailer.image"),
    "video": (lambda d: d + b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "L210", "jpeg.trailer.video"),
    "Photoshop": (lambda d: with_segment(d, 0xED, b"Photoshop 3.0\x008BIM\4\4\0\0\0\0\0\0"), "L110", "jpeg.app13.irb"),
    "JFXX": (lambda d: with_segment(d, 0xE0, b"JFXX\0\x13\2\2" + bytes(12)), "L203", "jpeg.app0.jfxx"),
    "second SOI": (lambda d: d[:2] + d, "L307", "jpeg.multi_soi"),
    "fill": (lambda d: before(d, b"\xff\xda", b"\xff\xff\xff"), "L314", "jpeg.fill"),
    "density": (lambda d: d[:13] + b"\1\0\x48\0\x48" + d[18:], "L113", "jpeg.app0.density"),
    "Adobe with room": (lambda d: with_segment(d, 0xEE, b"Adobe\0\x64\0\0\0\0\1more"), "L305", "jpeg.app14.adobe"),
}


@pytest.mark.parametrize("name", RECIPES)
def test_a_planted_payload_is_found(name: str) -> None:
    """Each recipe is found with its rule and channel in a colour and a grey file, and every byte keeps a name."""
    plant, rule, channel = RECIPES[name]
    for seed, mode in ((1, "RGB"), (2, "L"), (3, "RGB")):
        data = plant(encoded(texture(128, 96, seed).convert(mode), "jpeg", quality=80))
        walk = jpeg.walk(data)

        assert (rule, channel) in telling(walk)
        assert tiles(walk, len(data))


OPTIONS: list[dict[str, object]] = [
    {},
    {"quality": 100, "subsampling": 0},
    {"quality": 5},
    {"subsampling": 1},
    {"optimize": True},
    {"progressive": True},
    {"progressive": True, "subsampling": 0, "quality": 97},
    {"restart_marker_blocks": 2},
    {"progressive": True, "restart_marker_rows": 1},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("size", [(1, 1), (8, 8), (17, 33), (130, 70)])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_clean_files_of_any_legal_encoder_have_no_finding(
    options: dict[str, object], size: tuple[int, int], mode: str
) -> None:
    """Progressive scans, restart markers and optimised tables are fingerprints, not leaks; one byte of slack is found."""
    image = texture(200, 200, 4).crop((0, 0, *size)).convert(mode)
    data = encoded(image, "jpeg", **options)
    walk = jpeg.walk(data)

    assert not telling(walk)
    assert tiles(walk, len(data)) and not walk.unknown_bytes and not walk.opaque
    assert ("L304", "jpeg.scan.slack") in telling(jpeg.walk(before(data, b"\xff\xd9", b"\x33")))


@pytest.mark.parametrize("color", [(128, 128, 128), (0, 0, 0), (255, 255, 255)])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_flat_bottom_is_not_slack(color: tuple[int, int, int], progressive: bool) -> None:
    """A bottom of mid-grey decodes alike from a cut stream; counting codes does not fall for it."""
    image = texture(256, 256, 1)
    image.paste(color, (0, 64, 256, 256))

    assert not telling(jpeg.walk(encoded(image, "jpeg", quality=85, progressive=progressive)))


def test_large_scans_are_tested_with_the_decoder() -> None:
    """Beyond the exact budget, 9 bytes and more behind the last MCU are found, and a clean file has no finding."""
    noise = np.random.default_rng(1).integers(0, 256, (1500, 1200, 3), dtype=np.uint8)
    noise[-300:] = 128
    data = encoded(Image.fromarray(noise), "jpeg", quality=90)

    assert len(data) > 1_000_000
    assert not telling(jpeg.walk(data))
    for length in (9, 84, 40_000):
        walk = jpeg.walk(before(data, b"\xff\xd9", b"\x12" * length))
        assert ("L304", "jpeg.scan.slack") in telling(walk)
        assert tiles(walk, len(data) + length)


def test_a_scan_that_is_coded_twice_shows_another_picture() -> None:
    """A second first-scan in a progressive file is not a refinement: a viewer that stops early sees something else."""
    data = encoded(texture(64, 48, 1), "jpeg", progressive=True)
    scans = [item for item in jpeg.walk(data).structures if item.name in ("jpeg.sos", "jpeg.scan")]
    first = data[scans[0].offset : scans[1].offset + scans[1].length]

    doubled = data[: scans[0].offset] + first + data[scans[0].offset :]

    assert ("L211", "jpeg.scan.differs") in telling(jpeg.walk(doubled))


def test_bytes_before_a_restart_marker_are_slack() -> None:
    """Slack can lie at the end of every restart interval, not only the last."""
    data = encoded(texture(64, 48, 1), "jpeg", restart_marker_blocks=2)
    at = data.index(b"\xff\xd0")

    assert ("L304", "jpeg.scan.slack") in telling(jpeg.walk(data[:at] + PAYLOAD + data[at:]))


def test_a_file_cut_anywhere_is_never_clean() -> None:
    """Truncation at every structure's edge, and one byte beside it, is undecided or broken."""
    for data in (clean_jpeg(), with_exif(clean_jpeg(), exif_block(text=b"x" * 9, thumbnail=clean_jpeg(2, (16, 16))))):
        edges = {item.offset + delta for item in jpeg.walk(data).structures for delta in (0, 1, 3, 5)}
        for edge in sorted(edge for edge in edges if 2 < edge < len(data)):
            walk = jpeg.walk(data[:edge])
            assert telling(walk)
            assert tiles(walk, edge)


def test_unreadable_private_bytes_are_undecided_and_readable_ones_broken() -> None:
    """LEAKS.md section 2: opaque content that nobody can interpret is not called a leak, nor clean."""
    random = bytes(range(128, 256))
    (quiet,) = [item for item in jpeg.walk(with_segment(clean_jpeg(), 0xE9, random)).findings]
    (loud,) = [item for item in jpeg.walk(with_segment(clean_jpeg(), 0xE9, "GEHEIMNIS".encode("utf-16-le"))).findings]

    assert quiet.cannot_tell and not loud.cannot_tell


def test_no_finding_repeats_a_value() -> None:
    """A report that quotes what it found is the leak."""
    data = (
        with_xmp(with_exif(clean_jpeg(), exif_block(text=b"Plantaganet")), b'dc:creator="Plantaganet"') + b"Plantaganet"
    )

    assert "Plantaganet" not in repr(inspect_file(data))


def test_embedded_pictures_come_back_as_bytes() -> None:
    """The thumbnail that is found is the one that was put in."""
    thumbnail = clean_jpeg(3, (32, 24))
    inspection = inspect_file(with_exif(clean_jpeg(), exif_block(thumbnail=thumbnail)))

    assert inspection is not None
    (found,) = inspection.embedded
    assert thumbnail == found.data
    assert (32, 24) == Image.open(io.BytesIO(found.data)).size


def test_beyond_the_cap_on_scans_every_byte_still_has_a_name() -> None:
    """Hundreds of scans are not walked to the end, and said so; those before the cap keep their names."""
    data = clean_jpeg()
    scan = data[data.index(b"\xff\xda") : data.rindex(b"\xff\xd9")]
    many = before(data, b"\xff\xd9", scan * 300)
    walk = jpeg.walk(many)

    assert tiles(walk, len(many))
    assert ("L315", "jpeg.structures") in telling(walk)
